"""A store without backups.

What it does
------------
Reports tables without point-in-time recovery, databases without automatic backups, buckets without versioning, and
vaults without purge protection.

Why it matters
--------------
A bug, a ransom note or one wrong delete loses the data for good. Serverless code with delete rights is fast.

How to fix
----------
Turn on point-in-time recovery, a backup retention of at least seven days, or versioning.

When to allow it
----------------
Data that can be made again.

References
----------
- https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html
- https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Change, Fix, Outcome, bad, good, judge, rule
from casemate.model.secret import Key
from casemate.model.store import Store

_BACKUPS: dict[str, tuple[tuple[str, ...], object, bool]] = {
    "AWS::DynamoDB::Table": (("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"), True, True),
    "AWS::EFS::FileSystem": (("BackupPolicy", "Status"), "ENABLED", True),
    "AWS::RDS::DBInstance": (("BackupRetentionPeriod",), 7, False),
    "AWS::RDS::DBCluster": (("BackupRetentionPeriod",), 7, False),
    "AWS::ElastiCache::ReplicationGroup": (("SnapshotRetentionLimit",), 7, False),
    "google_sql_database_instance": (("settings", "backup_configuration", "enabled"), True, False),
}
"""Native type -> the setting that turns backups on, its value, and whether nothing else changes."""
_VERSIONS: dict[str, tuple[tuple[str, ...], object]] = {
    "AWS::S3::Bucket": (("VersioningConfiguration", "Status"), "Enabled"),
    "google_storage_bucket": (("versioning", "enabled"), True),
}
"""Native type -> the setting that keeps versions, and its value."""


@rule("backup-off", weakness="missing-backup", severity=LOW, tags=["cwe-693"], profile="strict")
def check(subject: Store | Key, system: System) -> Iterator[Outcome]:
    if isinstance(subject, Key):
        yield from judge(
            subject.purge_protected, lambda kept: not kept, f"What is deleted from {subject.name} can be purged at once"
        )
        return
    yield from judge(
        subject.backup,
        lambda kept: not kept,
        f"The {subject.kind} {subject.name} has no backups",
        fixes=_backups(subject),
    )
    if subject.kind == "bucket":
        yield from judge(
            subject.versioned,
            lambda kept: not kept,
            f"The bucket {subject.name} keeps no versions",
            fixes=_versions(subject),
        )


def _backups(store: Store) -> tuple[Fix, ...]:
    found = _BACKUPS.get(store.resource.type)
    if found is None:
        return ()
    path, value, safe = found
    return (Fix("Turn backups on", safe=safe, changes=(Change(store.id, "set", path, value),)),)


def _versions(store: Store) -> tuple[Fix, ...]:
    found = _VERSIONS.get(store.resource.type)
    if found is None:
        return ()
    return (Fix("Keep versions", safe=False, changes=(Change(store.id, "set", *found),)),)


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
            PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}
        """,
    ),
]
