"""A key that is never rotated.

What it does
------------
Reports symmetric customer keys without automatic rotation.

Why it matters
--------------
Rotation limits how much data one key protects, and what an attacker with an old copy can read.

How to fix
----------
Set `EnableKeyRotation: true` (`rotation_period` for Google keys).

When to allow it
----------------
Keys with imported material, which are rotated by hand.

References
----------
- https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Change, Fix, Outcome, bad, good, judge, rule
from casemate.model.secret import Key


@rule("key-rotation-off", weakness="missing-key-rotation", severity=LOW, tags=["cwe-324"], profile="strict")
def check(key: Key, system: System) -> Iterator[Outcome]:
    if key.symmetric.always(bool):
        change = Change(key.id, "set", ("EnableKeyRotation",), True)
        if key.cloud == "google":
            change = Change(key.id, "set", ("rotation_period",), "7776000s")
        fix = Fix("Rotate the key", safe=True, changes=(change,))
        yield from judge(
            key.rotation,
            lambda on: not on,
            f"The key {key.name} is never rotated",
            fixes=(fix,) if key.cloud != "azure" else (),
        )


CASES = [
    bad(
        "cloudformation",
        """
        Key:  # <- here
          Type: AWS::KMS::Key
          Properties: {KeyPolicy: {}}
        """,
    ),
    good(
        "cloudformation",
        """
        Key:
          Type: AWS::KMS::Key
          Properties:
            EnableKeyRotation: true
            KeyPolicy: {}
        """,
    ),
]
