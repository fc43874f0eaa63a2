"""A store that is readable without authentication.

What it does
------------
Reports buckets with a public ACL (`PublicRead`, `PublicReadWrite`, `AuthenticatedRead`) that block-public-access
settings do not neutralise, objects with such an ACL, blob containers with public access, and stores granted to `allUsers`. Public bucket
*policies* are reported by resource-policy-public.

Why it matters
--------------
Everybody can list or download what is in it, search engines for open buckets included.

How to fix
----------
Remove the ACL, turn on all four block-public-access settings (or `allowBlobPublicAccess: false`,
`public_access_prevention = "enforced"`), and serve public content through a distribution with origin access control
or signed URLs.

When to allow it
----------------
Buckets that hold nothing but a public web site; then prefer a distribution in front.

References
----------
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl
- https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent
- https://cloud.google.com/storage/docs/public-access-prevention
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import CRITICAL, HIGH, Change, Fix, Outcome, bad, good, judge, rule, unresolved
from casemate.model.store import Store

_PRIVATE: dict[str, tuple[tuple[str, ...], object]] = {
    "AWS::S3::Bucket": (("AccessControl",), "Private"),
    "Microsoft.Storage/storageAccounts/blobServices/containers": (("properties", "publicAccess"), "None"),
    "Microsoft.ContainerRegistry/registries": (("properties", "anonymousPullEnabled"), False),
}
"""Native type -> the setting that closes it, and its value."""


@rule("public-store", weakness="public-access", severity=HIGH, tags=["cwe-732", "owasp-sls-02"])
def check(store: Store, system: System) -> Iterator[Outcome]:
    writable = store.written_by_all is not None and store.written_by_all.ever(bool)
    yield from judge(
        store.public,
        bool,
        f"Everybody can read {'and write ' if writable else ''}the {store.kind} {store.name}",
        severity=CRITICAL if writable else None,
        fixes=_fixes(store),
    )


def _fixes(store: Store) -> tuple[Fix, ...]:
    found = _PRIVATE.get(store.resource.type)
    if found is None:
        return ()
    return (Fix(f"Make the {store.kind} private", safe=False, changes=(Change(store.id, "set", *found),)),)


CASES = [
    bad(
        "cloudformation",
        """
        Files:
          Type: AWS::S3::Bucket
          Properties:
            AccessControl: PublicRead  # <- here
        """,
    ),
    bad(
        "terraform",
        """
        resource "aws_s3_bucket" "inbox" {}
        resource "aws_s3_bucket_acl" "inbox" {
          bucket = aws_s3_bucket.inbox.id
          acl    = "public-read-write"  # <- here
        }
        """,
    ),
    good(
        "cloudformation",
        """
        Files:
          Type: AWS::S3::Bucket
          Properties:
            AccessControl: Private
        Web:
          Type: AWS::S3::Bucket
        """,
    ),
    unresolved(
        "cloudformation",
        """
        Parameters:
          Acl: {Type: String}
        Resources:
          Files:
            Type: AWS::S3::Bucket
            Properties: {AccessControl: !Ref Acl}
        """,
    ),
    bad(
        "terraform",
        """
        resource "aws_s3_bucket" "web" {}
        resource "aws_s3_object" "page" {
          bucket = aws_s3_bucket.web.id
          key    = "page.html"
          acl    = "public-read"  # <- here
        }
        """,
    ),
    good(
        "terraform",
        """
        resource "aws_s3_bucket" "web" {}
        resource "aws_s3_bucket_public_access_block" "web" {
          bucket             = aws_s3_bucket.web.id
          block_public_acls  = true
          ignore_public_acls = true
        }
        resource "aws_s3_object" "page" {
          bucket = aws_s3_bucket.web.id
          key    = "page.html"
          acl    = "public-read"
        }
        resource "aws_s3_object" "private" {
          bucket = "elsewhere"
          key    = "private.html"
        }
        """,
    ),
]
