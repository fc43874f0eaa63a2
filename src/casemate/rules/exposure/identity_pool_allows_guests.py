"""Guests get cloud credentials.

What it does
------------
Reports Cognito identity pools that allow unauthenticated identities.

Why it matters
--------------
Everybody who knows the pool's id, which is in every client, gets temporary AWS credentials of the guest role.

How to fix
----------
Set `AllowUnauthenticatedIdentities: false`; let clients sign in, or call an API instead of AWS directly.

When to allow it
----------------
Guest analytics, with a guest role that allows exactly that.

References
----------
- https://docs.aws.amazon.com/cognito/latest/developerguide/identity-pools.html#authenticated-and-unauthenticated-identities
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Change, Fix, Outcome, bad, good, judge, rule, unresolved
from casemate.model.workflow import UserPool


@rule("identity-pool-allows-guests", weakness="missing-auth", severity=MEDIUM, tags=["cwe-306"])
def check(pool: UserPool, system: System) -> Iterator[Outcome]:
    change = Change(pool.id, "set", ("AllowUnauthenticatedIdentities",), False)
    fix = Fix("Give credentials to signed-in users only", safe=False, changes=(change,))
    yield from judge(
        pool.guests,
        bool,
        f"Everybody can get AWS credentials from the identity pool {pool.name} without signing in",
        fixes=(fix,),
    )


CASES = [
    bad(
        "cloudformation",
        """
        Pool:
          Type: AWS::Cognito::IdentityPool
          Properties:
            AllowUnauthenticatedIdentities: true  # <- here
        """,
    ),
    good(
        "cloudformation",
        """
        Pool:
          Type: AWS::Cognito::IdentityPool
          Properties:
            AllowUnauthenticatedIdentities: false
        """,
    ),
    unresolved(
        "cloudformation",
        """
        Parameters:
          Guests: {Type: String}
        Resources:
          Pool:
            Type: AWS::Cognito::IdentityPool
            Properties: {AllowUnauthenticatedIdentities: !Ref Guests}
        """,
    ),
]
