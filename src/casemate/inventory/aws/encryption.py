"""Encryption at rest: what each AWS service does when a template says nothing, and how a template asks for more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.reading import as_text
from casemate.model.setting import Defaulted, Setting, convert
from casemate.model.value import Value, display

if TYPE_CHECKING:
    from casemate.inventory.reading import Props
    from casemate.model.store import Encryption

DEFAULTS: dict[str, tuple[Encryption, str]] = {
    "AWS::S3::Bucket": (
        "default",
        "S3 User Guide, 'Setting default server-side encryption behavior': SSE-S3 on every bucket since 2023-01",
    ),
    "AWS::S3Express::DirectoryBucket": (
        "default",
        "S3 User Guide, 'Data protection and encryption' of directory buckets: SSE-S3",
    ),
    "AWS::DynamoDB::Table": ("default", "DynamoDB Developer Guide, 'DynamoDB encryption at rest': an AWS owned key"),
    "AWS::DynamoDB::GlobalTable": (
        "default",
        "DynamoDB Developer Guide, 'DynamoDB encryption at rest': an AWS owned key",
    ),
    "AWS::DAX::Cluster": ("none", "AWS::DAX::Cluster SSESpecification: disabled by default"),
    "AWS::SQS::Queue": ("default", "AWS::SQS::Queue SqsManagedSseEnabled: SSE-SQS by default since 2022-10"),
    "AWS::SNS::Topic": (
        "default",
        "SNS Developer Guide, 'Data encryption': messages are on encrypted disks; SSE is on request",
    ),
    "AWS::Kinesis::Stream": ("none", "AWS::Kinesis::Stream StreamEncryption: absent means that encryption is off"),
    "AWS::KinesisFirehose::DeliveryStream": (
        "none",
        "Firehose Developer Guide, 'Data protection': SSE of direct puts is on request",
    ),
    "AWS::Events::EventBus": ("default", "EventBridge User Guide, 'Encrypting event buses': an AWS owned key"),
    "AWS::RDS::DBInstance": ("none", "AWS::RDS::DBInstance StorageEncrypted: by default, it isn't encrypted"),
    "AWS::RDS::DBCluster": ("none", "RDS User Guide, 'Encrypting Amazon RDS resources': off for Multi-AZ DB clusters"),
    "aurora": (
        "default",
        "Aurora User Guide, 'Encrypting Amazon Aurora resources': clusters made since 2026-02-18, an AWS owned key",
    ),
    "AWS::Neptune::DBCluster": ("none", "AWS::Neptune::DBCluster StorageEncrypted: off unless set"),
    "AWS::DocDB::DBCluster": ("none", "AWS::DocDB::DBCluster StorageEncrypted: off unless set"),
    "AWS::DocDBElastic::Cluster": (
        "default",
        "DocumentDB Developer Guide, 'Data encryption at rest for elastic clusters': an AWS owned key",
    ),
    "AWS::Redshift::Cluster": ("default", "AWS::Redshift::Cluster Encrypted: true by default since 2025-01"),
    "AWS::RedshiftServerless::Namespace": (
        "default",
        "AWS::RedshiftServerless::Namespace KmsKeyId: an AWS owned key by default",
    ),
    "AWS::ElastiCache::ReplicationGroup": (
        "none",
        "AWS::ElastiCache::ReplicationGroup AtRestEncryptionEnabled: false for Redis OSS",
    ),
    "valkey": ("default", "AWS::ElastiCache::ReplicationGroup AtRestEncryptionEnabled: true for Valkey"),
    "AWS::ElastiCache::ServerlessCache": (
        "default",
        "ElastiCache User Guide, 'At-rest encryption': serverless caches always encrypt",
    ),
    "AWS::MemoryDB::Cluster": ("default", "MemoryDB Developer Guide, 'At-rest encryption': always on"),
    "AWS::Elasticsearch::Domain": ("none", "AWS::Elasticsearch::Domain EncryptionAtRestOptions: off unless set"),
    "AWS::OpenSearchService::Domain": (
        "none",
        "AWS::OpenSearchService::Domain EncryptionAtRestOptions: off unless set",
    ),
    "AWS::OpenSearchServerless::Collection": (
        "default",
        "OpenSearch Developer Guide, 'Encryption in OpenSearch Serverless': always on",
    ),
    "AWS::Timestream::Database": (
        "default",
        "Timestream Developer Guide, 'Encryption at rest': a key named timestream in the account",
    ),
    "AWS::QLDB::Ledger": ("default", "QLDB Developer Guide, 'Encryption at rest': an AWS owned key"),
    "AWS::MSK::Cluster": ("default", "MSK Developer Guide, 'Amazon MSK encryption': the AWS managed key"),
    "AWS::MSK::ServerlessCluster": ("default", "MSK Developer Guide, 'MSK Serverless': service-managed keys"),
    "AWS::AmazonMQ::Broker": ("default", "AWS::AmazonMQ::Broker EncryptionOptions: an AWS owned key by default"),
    "AWS::EFS::FileSystem": ("none", "AWS::EFS::FileSystem Encrypted: off unless set"),
    "AWS::FSx::FileSystem": ("default", "FSx User Guides, 'Encryption at rest': always on"),
    "AWS::EC2::Volume": (
        "none",
        "AWS::EC2::Volume Encrypted: off unless set, or the account encrypts volumes by default",
    ),
    "AWS::EC2::Instance": (
        "none",
        "AWS::EC2::Instance Ebs Encrypted: off unless set, or the account encrypts volumes by default",
    ),
    "AWS::ECR::Repository": ("default", "AWS::ECR::Repository EncryptionConfiguration: AES256 by default"),
    "AWS::ECR::PublicRepository": ("default", "ECR Public User Guide: AES256"),
    "AWS::CodeArtifact::Domain": ("default", "AWS::CodeArtifact::Domain EncryptionKey: the AWS managed key by default"),
    "AWS::Backup::BackupVault": (
        "default",
        "AWS::Backup::BackupVault EncryptionKeyArn: the AWS managed key by default",
    ),
    "AWS::Logs::LogGroup": (
        "default",
        "CloudWatch Logs User Guide, 'Encrypt log data': always on, with the service's key",
    ),
    "AWS::SageMaker::NotebookInstance": (
        "default",
        "SageMaker Developer Guide, 'Protect data at rest': volumes are encrypted",
    ),
}
"""CloudFormation type (or engine) -> encryption at rest when the template is silent, and the AWS page that says so."""


def key_owner(value: Value | None) -> Encryption:
    """`customer` for a key of the customer's own; `service` for an AWS managed one (`alias/aws/…`), or none."""
    text = "" if value is None else display(value)
    return "customer" if text and not text.startswith("alias/aws/") and ":alias/aws/" not in text else "service"


def by_key(props: Props, key: str, type_: str) -> Setting[Encryption]:
    """For services where naming a key is what turns encryption (or the customer's own) on."""
    default, source = DEFAULTS[type_]
    return convert(props.present(key, source), lambda present: key_owner(props.find(key)) if present else default)


def by_flag(props: Props, flag: str, key: str, type_: str, *, off: Encryption = "none") -> Setting[Encryption]:
    """For services with a switch and an optional key. `off`: what the switch set to false means."""
    default, source = DEFAULTS[type_]

    def meaning(on: bool | None) -> Encryption:  # noqa: FBT001 - the value of the switch
        if on is None:
            return default
        return key_owner(props.find(key)) if on else off

    return convert(props.flag(flag, None, source), meaning)


def by_word(
    props: Props, choice: str, key: str, type_: str, *, off: frozenset[str] = frozenset({"NONE"})
) -> Setting[Encryption]:
    """For services with a choice of algorithm (`AES256`, `KMS`, `aws:kms`) and an optional key."""
    default, source = DEFAULTS[type_]

    def meaning(value: Value) -> Encryption:
        algorithm = as_text(value)
        if algorithm.upper() in off:
            return "none"
        return (
            key_owner(props.find(key)) if "KMS" in algorithm.upper() or "CUSTOMER" in algorithm.upper() else "service"
        )

    fallback: Encryption = default
    return props.read(choice, meaning, fallback, source)


def always(props: Props, type_: str) -> Setting[Encryption]:
    """For services that encrypt by themselves and take no key."""
    default, source = DEFAULTS[type_]
    return Defaulted("encryption", props.at, default, source)
