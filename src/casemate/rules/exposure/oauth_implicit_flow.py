"""Tokens travel in the address bar.

What it does
------------
Reports user pool clients that allow the OAuth implicit flow, or user and password sent to the client.

Why it matters
--------------
Tokens in the fragment of a URL end in histories and logs, and nothing binds them to the client that asked.

How to fix
----------
Allow `code` only, with PKCE.

When to allow it
----------------
None; OAuth 2.1 removes the flow.

References
----------
- https://datatracker.ietf.org/doc/html/rfc9700#section-2.1.2
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.workflow import UserPool


@rule("oauth-implicit-flow", weakness="unverified-token", severity=LOW, tags=["cwe-522"], profile="strict")
def check(pool: UserPool, system: System) -> Iterator[Outcome]:
    for flow in pool.flows:
        yield from judge(
            flow,
            lambda name: name.lower() == "implicit",
            f"{pool.name} gives tokens in the address bar (implicit flow)",
        )


CASES = [
    bad(
        "cloudformation",
        """
        Client:
          Type: AWS::Cognito::UserPoolClient
          Properties:
            UserPoolId: pool
            PreventUserExistenceErrors: ENABLED
            AllowedOAuthFlows: [implicit]  # <- here
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
            AllowedOAuthFlows: [code]
        """,
    ),
]
