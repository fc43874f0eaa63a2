"""A store that is readable without authentication.

What it does
------------
Reports buckets with a public ACL (`PublicRead`, `PublicReadWrite`, `AuthenticatedRead`) that block-public-access
settings do not neutralise, blob containers with public access, and stores granted to `allUsers`. Public bucket
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
from casemate.authoring import HIGH, Change, Fix, Outcome, bad, good, judge, rule, unresolved
from casemate.model.store import Store

_PRIVATE: dict[str, tuple[tuple[str, ...], object]] = {
    "AWS::S3::Bucket": (("AccessControl",), "Private"),
    "Microsoft.Storage/storageAccounts/blobServices/containers": (("properties", "publicAccess"), "None"),
    "Microsoft.ContainerRegistry/registries": (("properties", "anonymousPullEnabled"), False),
}
"""Native type -> the setting that closes it, and its value."""


@rule("public-store", weakness="public-access", severity=HIGH, tags=["cwe-732", "owasp-sls-02"])
def check(store: Store, system: System) -> Iterator[Outcome]:
    yield from judge(store.public, bool, f"Everybody can read the {store.kind} {store.name}", fixes=_fixes(store))


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
]
