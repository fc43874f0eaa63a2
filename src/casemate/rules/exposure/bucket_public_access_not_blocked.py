"""A bucket that may be made public.

What it does
------------
Reports buckets whose block-public-access settings are switched off, wholly or in part, and storage accounts that
allow public containers.

Why it matters
--------------
Since April 2023 new buckets block public access by default. Switching it off means that one wrong policy or ACL, also
one set later by hand or by code, opens the bucket.

How to fix
----------
Set all four settings to true, or remove the block to get the default.

When to allow it
----------------
Buckets that must serve public content directly.

References
----------
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System, is_public
from casemate.authoring import LOW, Change, Fix, Outcome, bad, good, judge, rule
from casemate.model.store import Store

_BLOCK: dict[str, tuple[tuple[str, ...], object]] = {
    "AWS::S3::Bucket": (
        ("PublicAccessBlockConfiguration",),
        {"BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": True, "RestrictPublicBuckets": True},
    ),
    "Microsoft.Storage/storageAccounts": (("properties", "allowBlobPublicAccess"), False),
    "google_storage_bucket": (("public_access_prevention",), "enforced"),
}
"""Native type -> the setting that blocks public access, and its value."""


@rule("bucket-public-access-not-blocked", weakness="public-access", severity=LOW, tags=["cwe-732"], profile="strict")
def check(store: Store, system: System) -> Iterator[Outcome]:
    if store.public is not None and store.public.ever(bool):
        return  # already public: reported by public-store
    if any(is_public(statement) for policy in system.policies_of(store) for statement in policy.statements):
        return  # already public: reported by resource-policy-public
    if store.public_blocked is not None and store.public_blocked.declared and store.public_blocked.at != store.at:
        yield from judge(
            store.public_blocked,
            lambda blocked: not blocked,
            f"The {store.kind} {store.name} does not block public access",
            fixes=_fixes(store),
        )


def _fixes(store: Store) -> tuple[Fix, ...]:
    found = _BLOCK.get(store.resource.type)
    if found is None:
        return ()
    return (Fix("Block all public access", safe=False, changes=(Change(store.id, "set", *found),)),)


CASES = [
    bad(
        "cloudformation",
        """
        Files:
          Type: AWS::S3::Bucket
          Properties:
            PublicAccessBlockConfiguration:
              BlockPublicAcls: false  # <- here
              BlockPublicPolicy: false
              IgnorePublicAcls: false
              RestrictPublicBuckets: false
        """,
    ),
    good(
        "cloudformation",
        """
        Files:
          Type: AWS::S3::Bucket
          Properties:
            PublicAccessBlockConfiguration:
              BlockPublicAcls: true
              BlockPublicPolicy: true
              IgnorePublicAcls: true
              RestrictPublicBuckets: true
        Other:
          Type: AWS::S3::Bucket
        """,
    ),
    good(
        "cloudformation",
        """
        Site:
          Type: AWS::S3::Bucket
          Properties:
            PublicAccessBlockConfiguration: {BlockPublicPolicy: false, RestrictPublicBuckets: false}
        Policy:
          Type: AWS::S3::BucketPolicy
          Properties:
            Bucket: !Ref Site
            PolicyDocument:
              Statement: [{Effect: Allow, Principal: "*", Action: s3:GetObject, Resource: !Sub "${Site.Arn}/*"}]
        """,
    ),
]
