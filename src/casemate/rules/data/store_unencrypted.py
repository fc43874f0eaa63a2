"""A store that keeps data in clear.

What it does
------------
Reports stores that do not encrypt at rest: services that encrypt only when asked (RDS, Neptune, DocumentDB, Redshift,
EBS volumes, EFS, OpenSearch, Kinesis, ElastiCache, DAX, …) without the setting, and any store where encryption is
switched off. Services that always encrypt by themselves (S3 since 2023, DynamoDB, SQS, …) are not reported here; see
store-without-own-key.

Why it matters
--------------
Whoever gets at a disk, a snapshot or a backup reads the data. A copied snapshot needs no password.

How to fix
----------
Switch encryption on. For most databases that means a new instance from an encrypted snapshot, so do it before there
is data.

When to allow it
----------------
Caches of public data.

References
----------
- https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html
- https://docs.aws.amazon.com/prescriptive-guidance/latest/encryption-best-practices/welcome.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, LOW, MEDIUM, Outcome, bad, good, judge, rule, unresolved
from casemate.model.finding import Severity
from casemate.model.store import Store, StoreKind

_SEVERITY: dict[StoreKind, Severity] = {
    "database": HIGH,
    "warehouse": HIGH,
    "document-store": HIGH,
    "topic": LOW,
    "stream": MEDIUM,
}


@rule("store-unencrypted", weakness="missing-encryption-at-rest", severity=MEDIUM, tags=["cwe-311"])
def check(store: Store, system: System) -> Iterator[Outcome]:
    yield from judge(
        store.encryption,
        lambda how: how == "none",
        f"The {store.kind} {store.name} keeps its data unencrypted",
        severity=_SEVERITY.get(store.kind, MEDIUM),
    )


CASES = [
    bad(
        "cloudformation",
        """
        Db:
          Type: AWS::RDS::DBInstance
          Properties:
            Engine: postgres
            StorageEncrypted: false  # <- here
        Events:  # <- here
          Type: AWS::Kinesis::Stream
          Properties: {ShardCount: 1}
        """,
    ),
    good(
        "cloudformation",
        """
        Db:
          Type: AWS::RDS::DBInstance
          Properties:
            Engine: postgres
            StorageEncrypted: true
        Table:
          Type: AWS::DynamoDB::Table
        Files:
          Type: AWS::S3::Bucket
        """,
    ),
    unresolved(
        "cloudformation",
        """
        Parameters:
          Encrypt: {Type: String}
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties: {Engine: postgres, StorageEncrypted: !Ref Encrypt}
        """,
    ),
]
