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
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.secret import Key
from casemate.model.store import Store


@rule("backup-off", weakness="missing-backup", severity=LOW, tags=["cwe-693"], profile="strict")
def check(subject: Store | Key, system: System) -> Iterator[Outcome]:
    if isinstance(subject, Key):
        yield from judge(
            subject.purge_protected, lambda kept: not kept, f"What is deleted from {subject.name} can be purged at once"
        )
        return
    yield from judge(subject.backup, lambda kept: not kept, f"The {subject.kind} {subject.name} has no backups")
    if subject.kind == "bucket":
        yield from judge(subject.versioned, lambda kept: not kept, f"The bucket {subject.name} keeps no versions")


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
