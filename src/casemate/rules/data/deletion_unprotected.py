"""A store that one call deletes.

What it does
------------
Reports databases, tables and user directories without deletion protection, where the service has it.

Why it matters
--------------
One wrong deployment or one stolen role deletes it with everything in it.

How to fix
----------
Set `DeletionProtection: true` (`DeletionProtectionEnabled` for tables).

When to allow it
----------------
Test stacks.

References
----------
- https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Change, Fix, Outcome, bad, good, judge, rule
from casemate.model.store import Store

_LOCKS: dict[str, tuple[tuple[str, ...], object]] = {
    "AWS::DynamoDB::Table": (("DeletionProtectionEnabled",), True),
    "AWS::Logs::LogGroup": (("DeletionProtectionEnabled",), True),
    "AWS::RDS::DBInstance": (("DeletionProtection",), True),
    "AWS::RDS::DBCluster": (("DeletionProtection",), True),
    "AWS::Neptune::DBCluster": (("DeletionProtection",), True),
    "AWS::DocDB::DBCluster": (("DeletionProtection",), True),
    "AWS::QLDB::Ledger": (("DeletionProtection",), True),
    "google_sql_database_instance": (("deletion_protection",), True),
    "google_bigquery_table": (("deletion_protection",), True),
    "google_spanner_database": (("deletion_protection",), True),
}
"""Native type -> the setting that forbids deletion, and its value."""


@rule("deletion-unprotected", weakness="missing-backup", severity=LOW, tags=["cwe-693"], profile="strict")
def check(store: Store, system: System) -> Iterator[Outcome]:
    if not store.resource.retained:
        yield from judge(
            store.deletion_protected,
            lambda kept: not kept,
            f"The {store.kind} {store.name} can be deleted by one call",
            fixes=_fixes(store),
        )


def _fixes(store: Store) -> tuple[Fix, ...]:
    found = _LOCKS.get(store.resource.type)
    if found is None:
        return ()
    return (Fix("Protect it from deletion", safe=True, changes=(Change(store.id, "set", *found),)),)


CASES = [
    bad(
        "cloudformation",
        """
        Db:  # <- here
          Type: AWS::RDS::DBInstance
          DeletionPolicy: Delete
          Properties: {Engine: postgres, StorageEncrypted: true}
        """,
    ),
    good(
        "cloudformation",
        """
        Db:
          Type: AWS::RDS::DBInstance
          DeletionPolicy: Delete
          Properties: {Engine: postgres, StorageEncrypted: true, DeletionProtection: true}
        """,
    ),
]
