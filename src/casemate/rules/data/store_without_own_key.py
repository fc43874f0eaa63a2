"""A store encrypted with the service's own key.

What it does
------------
Reports buckets, tables, queues, topics, log groups and other stores that rest on the default encryption of their
service, without a key of the customer.

Why it matters
--------------
With the default key, whoever may read the store may decrypt it; a customer's key adds a second permission, its own
log, and a switch that makes all copies unreadable.

How to fix
----------
Name a KMS key (`SSESpecification`, `KmsMasterKeyId`, `BucketEncryption` with `aws:kms`, …).

When to allow it
----------------
Data that is not confidential; the default encryption is sound.

References
----------
- https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-mgmt
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.store import Store

_DEFAULTS = frozenset({"default"})


@rule("store-without-own-key", weakness="missing-encryption-at-rest", severity=LOW, tags=["cwe-311"], profile="strict")
def check(store: Store, system: System) -> Iterator[Outcome]:
    if store.kind != "bus":
        yield from judge(
            store.encryption,
            lambda how: how in _DEFAULTS,
            f"The {store.kind} {store.name} is encrypted with the service's own key only",
        )


CASES = [
    bad(
        "cloudformation",
        """
        Table:  # <- here
          Type: AWS::DynamoDB::Table
        """,
    ),
    good(
        "cloudformation",
        """
        Table:
          Type: AWS::DynamoDB::Table
          Properties:
            SSESpecification: {SSEEnabled: true, SSEType: KMS, KMSMasterKeyId: !Ref Key}
        Key:
          Type: AWS::KMS::Key
          Properties: {KeyPolicy: {}}
        """,
    ),
]
