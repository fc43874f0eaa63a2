"""A user directory with weak sign-in.

What it does
------------
Reports Cognito user pools without multi-factor authentication, and with a password policy that allows fewer than
eight characters.

Why it matters
--------------
Passwords that leak elsewhere open accounts here; functions behind the pool trust every token it signs.

How to fix
----------
Set `MfaConfiguration` to `ON` or `OPTIONAL` with software tokens, and a minimum length of at least twelve.

When to allow it
----------------
Pools for machines, or federated pools whose identity provider enforces both.

References
----------
- https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa.html
- https://pages.nist.gov/800-63-4/sp800-63b.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.workflow import UserPool

_SHORTEST = 8
"""NIST SP 800-63B: verifiers shall require at least eight characters."""


@rule("user-pool-weak-sign-in", weakness="missing-auth", severity=LOW, tags=["cwe-308", "cwe-521"], profile="strict")
def check(pool: UserPool, system: System) -> Iterator[Outcome]:
    if pool.kind != "pool":
        return
    yield from judge(pool.mfa, lambda mode: mode.upper() == "OFF", f"The user pool {pool.name} has no second factor")
    yield from judge(
        pool.password_length, lambda length: length < _SHORTEST, f"The user pool {pool.name} accepts short passwords"
    )


CASES = [
    bad(
        "cloudformation",
        """
        Pool:  # <- here
          Type: AWS::Cognito::UserPool
          Properties:
            Policies:
              PasswordPolicy:
                MinimumLength: 6  # <- here
        """,
    ),
    good(
        "cloudformation",
        """
        Pool:
          Type: AWS::Cognito::UserPool
          Properties:
            MfaConfiguration: "ON"
            Policies:
              PasswordPolicy:
                MinimumLength: 12
        """,
    ),
]
