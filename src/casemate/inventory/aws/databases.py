"""Relational, document, graph, key-value and time-series databases, and ledgers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.aws import encryption
from casemate.inventory.aws.credentials import credentials
from casemate.inventory.aws.entity import about
from casemate.inventory.aws.resource_policies import standing
from casemate.inventory.logic import every
from casemate.inventory.reading import Props, as_text
from casemate.model.setting import Setting, Unresolved, convert
from casemate.model.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.entity import Entity
    from casemate.model.resource import Resource
    from casemate.model.store import Encryption
    from casemate.model.value import Value

_RESTORED = (
    "DBSnapshotIdentifier",
    "SnapshotIdentifier",
    "SourceDBInstanceIdentifier",
    "SourceDBClusterIdentifier",
    "DBClusterSnapshotIdentifier",
)
_ON = "DynamoDB keeps no continuous backups unless told to"
_UNPROTECTED = "deletion protection is off unless set"


def table(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::DynamoDB::Table`. `SSEEnabled: false` means the key that AWS owns, never no encryption."""
    props = context.props(resource)
    recovery = "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled"
    yield Store(
        **about(resource, context),
        kind="table",
        service="dynamodb",
        encryption=encryption.by_flag(
            props, "SSESpecification.SSEEnabled", "SSESpecification.KMSMasterKeyId", resource.type, off="default"
        ),
        backup=props.flag(recovery, False, _ON),
        deletion_protected=props.flag("DeletionProtectionEnabled", False, f"AWS::DynamoDB::Table: {_UNPROTECTED}"),
    )
    yield from standing(resource, context, "ResourcePolicy.PolicyDocument", "table")
    yield from standing(
        resource, context, "StreamSpecification.ResourcePolicy.PolicyDocument", "stream", part="stream-policy"
    )


def global_table(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::DynamoDB::GlobalTable`: as good as its weakest replica."""
    props = context.props(resource)
    replicas = [Props(replica.value, resource.at, replica.prefix) for replica in props.sections("Replicas")]
    recovery = "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled"
    backups = [replica.flag(recovery, False, _ON) for replica in replicas]
    protections = [replica.flag("DeletionProtectionEnabled", False, _UNPROTECTED) for replica in replicas]
    key = next((found for replica in replicas if (found := replica.find("SSESpecification.KMSMasterKeyId"))), None)
    default, source = encryption.DEFAULTS[resource.type]

    def meaning(on: bool | None) -> Encryption:  # noqa: FBT001 - the value of the switch
        return encryption.key_owner(key) if on else default

    yield Store(
        **about(resource, context),
        kind="table",
        service="dynamodb",
        encryption=convert(props.flag("SSESpecification.SSEEnabled", None, source), meaning),
        backup=every(*backups) if backups else None,
        deletion_protected=every(*protections) if protections else None,
    )
    for number, replica in enumerate(replicas, 1):
        path = "ResourcePolicy.PolicyDocument"
        yield from standing(resource, context, path, "table", part=f"policy/{number}", within=replica)


def instance(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::RDS::DBInstance` and Neptune's and DocumentDB's: in a cluster without own storage, password and backups."""
    props = context.props(resource)
    service = _SERVICES[resource.type]
    member = service != "rds" or props.find("DBClusterIdentifier") is not None
    yield Store(
        **about(resource, context),
        kind="database",
        service=service,
        encryption=None if member else _storage(props, resource.type),
        publicly_routable=_public_address(props, resource) if service != "docdb" else None,
        backup=None if member else _retained(props, "BackupRetentionPeriod", 1),
        deletion_protected=None if member else props.flag("DeletionProtection", False, f"RDS: {_UNPROTECTED}"),
        logging=None if member else props.present("EnableCloudwatchLogsExports", "RDS exports no logs unless told to"),
    )
    yield from credentials(resource, context)


def cluster(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::RDS::DBCluster`, `AWS::Neptune::DBCluster`, `AWS::DocDB::DBCluster`."""
    props = context.props(resource)
    service = _SERVICES[resource.type]
    exports = "EnableCloudwatchLogsExports"
    engine = props.read("Engine", _is_aurora, False)
    aurora = service == "rds" and engine.ever(bool)
    single = service == "rds" and props.find("PubliclyAccessible") is not None  # Multi-AZ DB clusters
    yield Store(
        **about(resource, context),
        kind="database",
        service=service,
        encryption=_storage(props, "aurora" if aurora else resource.type, engine if service == "rds" else None),
        publicly_routable=_public_address(props, resource) if single else None,
        authenticated=props.flag(
            "IamAuthEnabled", False, "Neptune asks nobody who they are unless IAM authentication is on"
        )
        if service == "neptune"
        else None,
        backup=_retained(props, "BackupRetentionPeriod", 1),
        deletion_protected=props.flag("DeletionProtection", False, f"{resource.type}: {_UNPROTECTED}"),
        logging=props.present(exports, "logs are not exported unless told to"),
    )
    yield from credentials(resource, context)


def _is_aurora(value: Value) -> bool:
    return as_text(value).lower().startswith("aurora")


def _storage(props: Props, type_: str, engine: Setting[bool] | None = None) -> Setting[Encryption]:
    """`engine`: whether it is Aurora; when that is not known, nor is what it does by default."""
    if props.find("StorageEncrypted") is None:
        if engine is not None and not engine.values():
            return Unresolved(
                "StorageEncrypted", engine.at, "not set, and the default depends on an engine that is not known"
            )
        for path in _RESTORED:
            if props.find(path) is not None:
                return Unresolved("StorageEncrypted", props.key_at(path), "encrypted as what it is made from")
    return encryption.by_flag(props, "StorageEncrypted", "KmsKeyId", type_)


def _public_address(props: Props, resource: Resource) -> Setting[bool]:
    """Terraform sends false where nothing is said; elsewhere the subnets decide (`PubliclyAccessible`)."""
    name = "PubliclyAccessible"
    if props.find(name) is not None or resource.dialect == "terraform" or resource.type != "AWS::RDS::DBInstance":
        return props.flag(name, False, "private unless set")
    return Unresolved(name, resource.at, "not set: public if its subnets are in a network with an internet gateway")


def _retained(props: Props, path: str, default: int) -> Setting[bool]:
    days = props.number(path, default, f"automatic backups are kept for {default} day{'s' if default != 1 else ''}")
    return convert(days, lambda value: value > 0)


def elastic_cluster(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::DocDBElastic::Cluster`."""
    props = context.props(resource)
    yield Store(
        **about(resource, context),
        kind="database",
        service="docdb",
        encryption=encryption.by_key(props, "KmsKeyId", resource.type),
        backup=_retained(props, "BackupRetentionPeriod", 1),
    )
    yield from credentials(resource, context)


def warehouse(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::Redshift::Cluster`."""
    props = context.props(resource)
    yield Store(
        **about(resource, context),
        kind="warehouse",
        service="redshift",
        encryption=encryption.by_flag(props, "Encrypted", "KmsKeyId", resource.type),
        publicly_routable=props.flag(
            "PubliclyAccessible", False, "AWS::Redshift::Cluster: private by default since 2025-01"
        ),
        backup=_retained(props, "AutomatedSnapshotRetentionPeriod", 1),
        logging=props.present("LoggingProperties", "Redshift writes no audit log unless told to"),
    )
    yield from credentials(resource, context)


def warehouse_namespace(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::RedshiftServerless::Namespace`: the data."""
    props = context.props(resource)
    yield Store(
        **about(resource, context),
        kind="warehouse",
        service="redshift-serverless",
        encryption=encryption.by_key(props, "KmsKeyId", resource.type),
        logging=props.present("LogExports", "Redshift exports no logs unless told to"),
    )
    yield from credentials(resource, context)


def warehouse_workgroup(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::RedshiftServerless::Workgroup`: the way to the data."""
    props = context.props(resource)
    yield Store(
        **about(resource, context),
        kind="warehouse",
        service="redshift-serverless",
        publicly_routable=props.flag(
            "PubliclyAccessible", False, "AWS::RedshiftServerless::Workgroup: private by default"
        ),
    )


def time_series(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::Timestream::Database`."""
    props = context.props(resource)
    yield Store(
        **about(resource, context),
        kind="database",
        service="timestream",
        encryption=encryption.by_key(props, "KmsKeyId", resource.type),
    )


def ledger(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::QLDB::Ledger`."""
    props = context.props(resource)
    yield Store(
        **about(resource, context),
        kind="ledger",
        service="qldb",
        encryption=encryption.by_key(props, "KmsKey", resource.type),
        deletion_protected=props.flag(
            "DeletionProtection", True, "AWS::QLDB::Ledger DeletionProtection: on by default"
        ),
    )


_SERVICES = {
    "AWS::RDS::DBInstance": "rds",
    "AWS::RDS::DBCluster": "rds",
    "AWS::Neptune::DBInstance": "neptune",
    "AWS::Neptune::DBCluster": "neptune",
    "AWS::DocDB::DBInstance": "docdb",
    "AWS::DocDB::DBCluster": "docdb",
}

BUILDERS: dict[str, Builder] = {
    "AWS::DynamoDB::Table": table,
    "AWS::DynamoDB::GlobalTable": global_table,
    "AWS::RDS::DBInstance": instance,
    "AWS::RDS::DBCluster": cluster,
    "AWS::Neptune::DBInstance": instance,
    "AWS::Neptune::DBCluster": cluster,
    "AWS::DocDB::DBInstance": instance,
    "AWS::DocDB::DBCluster": cluster,
    "AWS::DocDBElastic::Cluster": elastic_cluster,
    "AWS::Redshift::Cluster": warehouse,
    "AWS::RedshiftServerless::Namespace": warehouse_namespace,
    "AWS::RedshiftServerless::Workgroup": warehouse_workgroup,
    "AWS::Timestream::Database": time_series,
    "AWS::QLDB::Ledger": ledger,
}
