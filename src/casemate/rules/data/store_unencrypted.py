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
from casemate.authoring import HIGH, LOW, MEDIUM, Change, Fix, Outcome, bad, good, judge, rule, unresolved
from casemate.model.finding import Severity
from casemate.model.store import Store, StoreKind

_SEVERITY: dict[StoreKind, Severity] = {
    "database": HIGH,
    "warehouse": HIGH,
    "document-store": HIGH,
    "topic": LOW,
    "stream": MEDIUM,
}


_SWITCHES: dict[str, tuple[tuple[str, ...], object, bool]] = {
    "AWS::RDS::DBInstance": (("StorageEncrypted",), True, False),
    "AWS::RDS::DBCluster": (("StorageEncrypted",), True, False),
    "AWS::Neptune::DBCluster": (("StorageEncrypted",), True, False),
    "AWS::DocDB::DBCluster": (("StorageEncrypted",), True, False),
    "AWS::Redshift::Cluster": (("Encrypted",), True, False),
    "AWS::EFS::FileSystem": (("Encrypted",), True, False),
    "AWS::EC2::Volume": (("Encrypted",), True, False),
    "AWS::ElastiCache::ReplicationGroup": (("AtRestEncryptionEnabled",), True, False),
    "AWS::DAX::Cluster": (("SSESpecification", "SSEEnabled"), True, False),
    "AWS::OpenSearchService::Domain": (("EncryptionAtRestOptions", "Enabled"), True, False),
    "AWS::Elasticsearch::Domain": (("EncryptionAtRestOptions", "Enabled"), True, False),
    "AWS::Kinesis::Stream": (("StreamEncryption",), {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}, True),
    "AWS::SNS::Topic": (("KmsMasterKeyId",), "alias/aws/sns", True),
    "AWS::SQS::Queue": (("SqsManagedSseEnabled",), True, True),
    "AWS::KinesisFirehose::DeliveryStream": (
        ("DeliveryStreamEncryptionConfigurationInput",),
        {"KeyType": "AWS_OWNED_CMK"},
        True,
    ),
}
"""Native type -> the switch, its value, and whether it takes effect in place: databases, caches and disks are replaced by new ones. Source: AWS
CloudFormation template reference, "Update requires" of each property."""


@rule("store-unencrypted", weakness="missing-encryption-at-rest", severity=MEDIUM, tags=["cwe-311"])
def check(store: Store, system: System) -> Iterator[Outcome]:
    yield from judge(
        store.encryption,
        lambda how: how == "none",
        f"The {store.kind} {store.name} keeps its data unencrypted",
        severity=_SEVERITY.get(store.kind, MEDIUM),
        fixes=_fixes(store),
    )


def _fixes(store: Store) -> tuple[Fix, ...]:
    found = _SWITCHES.get(store.resource.type)
    if found is None:
        return ()
    path, value, in_place = found
    title = "Encrypt it at rest" if in_place else "Encrypt it at rest (what exists is replaced by a new, empty one)"
    return (Fix(title, safe=in_place, changes=(Change(store.id, "set", path, value),)),)


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
