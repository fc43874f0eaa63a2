"""A database with an address on the internet.

What it does
------------
Reports databases, caches, warehouses, search domains and brokers that are declared publicly accessible.

Why it matters
--------------
Only a password and a security group stand between the internet and the data. Serverless functions reach a database
inside a VPC just as well.

How to fix
----------
Set `PubliclyAccessible: false` (`publicNetworkAccess: Disabled`, no public IP) and attach the functions to the same
network.

When to allow it
----------------
Short-lived test instances without real data.

References
----------
- https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html#USER_VPC.Hiding
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, Change, Fix, Outcome, bad, good, judge, rule, unresolved
from casemate.model.store import Store

_NETWORKED = frozenset({"database", "cache", "warehouse", "search-domain", "broker", "document-store", "ledger"})


_PRIVATE: dict[str, tuple[tuple[str, ...], object]] = {
    "AWS::RDS::": (("PubliclyAccessible",), False),
    "AWS::Neptune::": (("PubliclyAccessible",), False),
    "AWS::Redshift": (("PubliclyAccessible",), False),
    "AWS::AmazonMQ::": (("PubliclyAccessible",), False),
    "AWS::DMS::": (("PubliclyAccessible",), False),
    "AWS::MSK::Cluster": (("BrokerNodeGroupInfo", "ConnectivityInfo", "PublicAccess", "Type"), "DISABLED"),
    "Microsoft.DBforPostgreSQL/flexibleServers": (("properties", "network", "publicNetworkAccess"), "Disabled"),
    "Microsoft.DBforMySQL/flexibleServers": (("properties", "network", "publicNetworkAccess"), "Disabled"),
    "Microsoft.": (("properties", "publicNetworkAccess"), "Disabled"),
    "google_sql_database_instance": (("settings", "ip_configuration", "ipv4_enabled"), False),
}
"""Beginning of a native type -> the setting that takes the public address away, and its value. The first that fits counts."""


@rule("publicly-routable-database", weakness="public-access", severity=HIGH, tags=["cwe-668"])
def check(store: Store, system: System) -> Iterator[Outcome]:
    if store.kind in _NETWORKED and store.publicly_routable is not None and store.publicly_routable.declared:
        yield from judge(
            store.publicly_routable, bool, f"The {store.kind} {store.name} has a public address", fixes=_fixes(store)
        )


def _fixes(store: Store) -> tuple[Fix, ...]:
    for type_, (path, value) in _PRIVATE.items():
        if store.resource.type.startswith(type_):
            return (Fix("Take the public address away", safe=False, changes=(Change(store.id, "set", path, value),)),)
    return ()


CASES = [
    bad(
        "cloudformation",
        """
        Db:
          Type: AWS::RDS::DBInstance
          Properties:
            Engine: postgres
            StorageEncrypted: true
            PubliclyAccessible: true  # <- here
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
            PubliclyAccessible: false
        """,
    ),
    unresolved(
        "cloudformation",
        """
        Parameters:
          Public: {Type: String}
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties: {Engine: postgres, StorageEncrypted: true, PubliclyAccessible: !Ref Public}
        """,
    ),
]
