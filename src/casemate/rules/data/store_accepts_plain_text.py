"""A store that can be spoken to without encryption.

What it does
------------
Reports storage accounts without HTTPS only, caches and Kafka clusters without encryption in transit, search domains
that do not enforce HTTPS, and databases that accept connections without TLS, where that is declared or is the default
of the service.

Why it matters
--------------
Credentials and data cross the network readable to whoever sits on the path; a client that is told to use HTTP does so
without an error.

How to fix
----------
Enforce TLS: `supportsHttpsTrafficOnly: true`, `TransitEncryptionEnabled: true`, `DomainEndpointOptions.EnforceHTTPS:
true`, `require_ssl`.

When to allow it
----------------
A cache of public data inside one host.

References
----------
- https://learn.microsoft.com/azure/storage/common/storage-require-secure-transfer
- https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, MEDIUM, Change, Fix, Outcome, bad, good, judge, rule
from casemate.model.store import Store

_BY_POLICY = frozenset({"bucket", "queue", "topic", "repository"})
"""Reached through an HTTPS API whose plain twin only a policy closes: see store-without-tls-policy."""


_ENFORCE: dict[str, tuple[tuple[tuple[str, ...], object], ...]] = {
    "AWS::ElastiCache::ReplicationGroup": ((("TransitEncryptionEnabled",), True),),
    "AWS::ElastiCache::CacheCluster": ((("TransitEncryptionEnabled",), True),),
    "AWS::MemoryDB::Cluster": ((("TLSEnabled",), True),),
    "AWS::DAX::Cluster": ((("ClusterEndpointEncryptionType",), "TLS"),),
    "AWS::OpenSearchService::Domain": (
        (("DomainEndpointOptions", "EnforceHTTPS"), True),
        (("NodeToNodeEncryptionOptions", "Enabled"), True),
    ),
    "AWS::Elasticsearch::Domain": (
        (("DomainEndpointOptions", "EnforceHTTPS"), True),
        (("NodeToNodeEncryptionOptions", "Enabled"), True),
    ),
    "Microsoft.Storage/storageAccounts": ((("properties", "supportsHttpsTrafficOnly"), True),),
    "Microsoft.Cache/redis": ((("properties", "enableNonSslPort"), False),),
    "google_sql_database_instance": ((("settings", "ip_configuration", "ssl_mode"), "ENCRYPTED_ONLY"),),
    "google_redis_instance": ((("transit_encryption_mode",), "SERVER_AUTHENTICATION"),),
}
"""Native type -> the settings that refuse plain text, and their values."""


@rule("store-accepts-plain-text", weakness="missing-encryption-in-transit", severity=MEDIUM, tags=["cwe-319"])
def check(store: Store, system: System) -> Iterator[Outcome]:
    if store.transit is not None and store.kind not in _BY_POLICY:
        yield from judge(
            store.transit,
            lambda enforced: not enforced,
            f"The {store.kind} {store.name} accepts unencrypted connections",
            severity=HIGH if store.kind == "storage-account" else MEDIUM,
            fixes=_fixes(store),
        )


def _fixes(store: Store) -> tuple[Fix, ...]:
    changes = tuple(Change(store.id, "set", path, value) for path, value in _ENFORCE.get(store.resource.type, ()))
    return (Fix("Accept encrypted connections only", safe=False, changes=changes),) if changes else ()


CASES = [
    bad(
        "cloudformation",
        """
        Cache:
          Type: AWS::ElastiCache::ReplicationGroup
          Properties:
            ReplicationGroupDescription: sessions
            AtRestEncryptionEnabled: true
            TransitEncryptionEnabled: false  # <- here
        """,
    ),
    good(
        "cloudformation",
        """
        Cache:
          Type: AWS::ElastiCache::ReplicationGroup
          Properties:
            ReplicationGroupDescription: sessions
            AtRestEncryptionEnabled: true
            TransitEncryptionEnabled: true
        """,
    ),
]
