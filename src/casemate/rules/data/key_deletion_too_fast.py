"""A key that is gone after a week.

What it does
------------
Reports keys whose waiting period before deletion is shorter than two weeks.

Why it matters
--------------
A key deleted by mistake or by an attacker makes everything it encrypted unreadable; a week passes unnoticed over a
holiday.

How to fix
----------
Leave `PendingWindowInDays` at 30.

When to allow it
----------------
Keys of test stacks.

References
----------
- https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.secret import Key


@rule("key-deletion-too-fast", weakness="missing-backup", severity=LOW, tags=["cwe-693"], profile="strict")
def check(key: Key, system: System) -> Iterator[Outcome]:
    yield from judge(
        key.deletion_days,
        lambda days: days < 14,
        lambda days: f"{key.name} is gone {days} days after somebody deletes it",
    )


CASES = [
    bad(
        "cloudformation",
        """
        Key:
          Type: AWS::KMS::Key
          Properties:
            EnableKeyRotation: true
            KeyPolicy: {}
            PendingWindowInDays: 7  # <- here
        """,
    ),
    good(
        "cloudformation",
        """
        Key:
          Type: AWS::KMS::Key
          Properties: {EnableKeyRotation: true, KeyPolicy: {}}
        """,
    ),
]
