"""A bucket, queue or topic whose policy does not demand TLS.

What it does
------------
Reports buckets, queues and topics without a policy statement that denies requests over plain HTTP (`aws:SecureTransport` false).

Why it matters
--------------
These endpoints still answer HTTP. One client with an old URL sends data and signatures in clear.

How to fix
----------
Add a Deny statement for `Principal: "*"` with the condition `Bool: {aws:SecureTransport: false}`.

When to allow it
----------------
Those that only services inside AWS use.

References
----------
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html#transit
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.policy import Statement
from casemate.model.store import Store


@rule(
    "store-without-tls-policy",
    weakness="missing-encryption-in-transit",
    severity=LOW,
    tags=["cwe-319"],
    profile="strict",
)
def check(store: Store, system: System) -> Iterator[Outcome]:
    if store.service not in {"s3", "sqs", "sns"} or store.kind == "object":
        return
    if not any(_demands_tls(statement) for policy in system.policies_of(store) for statement in policy.statements):
        yield Violation(f"The {store.kind} {store.name} also answers plain HTTP", store.at)


def _demands_tls(statement: Statement) -> bool:
    return statement.effect == "Deny" and any(
        condition.key.lower() in {"aws:securetransport", "s3:tlsversion"} for condition in statement.conditions
    )


CASES = [
    bad(
        "cloudformation",
        """
        Files:  # <- here
          Type: AWS::S3::Bucket
        """,
    ),
    good(
        "cloudformation",
        """
        Files:
          Type: AWS::S3::Bucket
        Policy:
          Type: AWS::S3::BucketPolicy
          Properties:
            Bucket: !Ref Files
            PolicyDocument:
              Statement:
                - Effect: Deny
                  Principal: "*"
                  Action: s3:*
                  Resource: !Sub "${Files.Arn}/*"
                  Condition: {Bool: {aws:SecureTransport: false}}
        """,
    ),
]
