"""Sign-in that tells which users exist.

What it does
------------
Reports user pool clients that answer differently for unknown users.

Why it matters
--------------
An attacker learns which accounts exist and tries leaked passwords on those.

How to fix
----------
Set `PreventUserExistenceErrors: ENABLED`.

When to allow it
----------------
Pools whose user names are public anyway.

References
----------
- https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.workflow import UserPool


@rule("client-reveals-users", weakness="verbose-errors", severity=LOW, tags=["cwe-204"], profile="strict")
def check(pool: UserPool, system: System) -> Iterator[Outcome]:
    yield from judge(pool.reveals_users, bool, f"Sign-in through {pool.name} tells which users exist")


CASES = [
    bad(
        "cloudformation",
        """
        Client:
          Type: AWS::Cognito::UserPoolClient
          Properties:
            UserPoolId: pool
            PreventUserExistenceErrors: LEGACY  # <- here
        """,
    ),
    good(
        "cloudformation",
        """
        Client:
          Type: AWS::Cognito::UserPoolClient
          Properties:
            UserPoolId: pool
            PreventUserExistenceErrors: ENABLED
        """,
    ),
]
