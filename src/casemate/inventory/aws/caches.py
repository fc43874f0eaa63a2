"""In-memory stores: ElastiCache, MemoryDB, DAX."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.aws import encryption
from casemate.inventory.aws.credentials import credentials
from casemate.inventory.aws.entity import about
from casemate.inventory.logic import negated, some
from casemate.inventory.reading import word
from casemate.model.setting import Defaulted, convert
from casemate.model.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.entity import Entity
    from casemate.model.resource import Resource

_NO_SNAPSHOT = "no automatic snapshots unless a retention is set"


def replication_group(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::ElastiCache::ReplicationGroup`: Redis OSS has both encryptions off by default, Valkey on."""
    props = context.props(resource)
    valkey = props.read("Engine", word("valkey"), False).ever(bool)
    source = (
        f"AWS::ElastiCache::ReplicationGroup TransitEncryptionEnabled: {'true' if valkey else 'false'} for this engine"
    )
    type_ = "valkey" if valkey else resource.type
    yield Store(
        **about(resource, context),
        kind="cache",
        service="elasticache",
        encryption=encryption.by_flag(props, "AtRestEncryptionEnabled", "KmsKeyId", type_),
        transit=props.flag("TransitEncryptionEnabled", valkey, source),
        authenticated=some(
            props.present("AuthToken", "clients need no password unless one is set"), props.present("UserGroupIds")
        ),
        backup=convert(props.number("SnapshotRetentionLimit", 0, _NO_SNAPSHOT), lambda days: days > 0),
    )
    yield from credentials(resource, context)


def cache_cluster(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::ElastiCache::CacheCluster`: Memcached, or one node of Redis, which can do none of this by itself."""
    props = context.props(resource)
    memcached = props.read("Engine", word("memcached"), False).ever(bool)
    off = "AWS::ElastiCache::CacheCluster TransitEncryptionEnabled: false by default"
    yield Store(
        **about(resource, context),
        kind="cache",
        service="elasticache",
        transit=props.flag("TransitEncryptionEnabled", False, off),
        backup=None
        if memcached
        else convert(props.number("SnapshotRetentionLimit", 0, _NO_SNAPSHOT), lambda days: days > 0),
    )


def serverless_cache(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::ElastiCache::ServerlessCache`: encrypted at rest and in transit always."""
    props = context.props(resource)
    yield Store(
        **about(resource, context),
        kind="cache",
        service="elasticache",
        encryption=encryption.by_key(props, "KmsKeyId", resource.type),
        transit=Defaulted(
            "TransitEncryptionEnabled", resource.at, True, "ElastiCache User Guide: serverless caches speak TLS only"
        ),
        authenticated=props.present("UserGroupId", "clients need no password unless a user group is set"),
        backup=convert(props.number("SnapshotRetentionLimit", 0, _NO_SNAPSHOT), lambda days: days > 0),
    )


def memory_database(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::MemoryDB::Cluster`.

    The ACL `open-access` lets everybody in (MemoryDB Developer Guide, "Access control lists").
    """
    props = context.props(resource)
    yield Store(
        **about(resource, context),
        kind="cache",
        service="memorydb",
        encryption=encryption.by_key(props, "KmsKeyId", resource.type),
        transit=props.flag("TLSEnabled", True, "AWS::MemoryDB::Cluster TLSEnabled: true by default"),
        authenticated=negated(props.read("ACLName", word("open-access"), False)),
        backup=convert(props.number("SnapshotRetentionLimit", 0, _NO_SNAPSHOT), lambda days: days > 0),
    )


def accelerator(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::DAX::Cluster`."""
    props = context.props(resource)
    off = "AWS::DAX::Cluster ClusterEndpointEncryptionType: NONE by default"
    yield Store(
        **about(resource, context),
        kind="cache",
        service="dax",
        encryption=encryption.by_flag(props, "SSESpecification.SSEEnabled", "", resource.type),
        transit=props.read("ClusterEndpointEncryptionType", word("TLS"), False, off),
    )


BUILDERS: dict[str, Builder] = {
    "AWS::ElastiCache::ReplicationGroup": replication_group,
    "AWS::ElastiCache::CacheCluster": cache_cluster,
    "AWS::ElastiCache::ServerlessCache": serverless_cache,
    "AWS::MemoryDB::Cluster": memory_database,
    "AWS::DAX::Cluster": accelerator,
}
