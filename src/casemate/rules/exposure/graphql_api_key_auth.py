"""A GraphQL API that only an API key protects.

What it does
------------
Reports AppSync APIs whose default authentication is `API_KEY`.

Why it matters
--------------
The key is in every client, so everybody who looks at a page or an app has it. All queries and mutations that no
directive protects are then public.

How to fix
----------
Use Cognito, OIDC, Lambda or IAM as the default, and keep the key as an additional provider for types marked
`@aws_api_key`.

When to allow it
----------------
Public read-only data, with a key that is rotated.

References
----------
- https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, bad, good, judge, rule
from casemate.model.api import Route


@rule("graphql-api-key-auth", weakness="missing-auth", severity=MEDIUM, tags=["cwe-306", "owasp-sls-02"])
def check(route: Route, system: System) -> Iterator[Outcome]:
    if route.kind == "graphql":
        yield from judge(
            route.auth, lambda auth: auth == "api-key", f"Everybody who has the client's API key can query {route.name}"
        )


CASES = [
    bad(
        "cloudformation",
        """
        Graph:
          Type: AWS::AppSync::GraphQLApi
          Properties:
            Name: shop
            AuthenticationType: API_KEY  # <- here
        """,
    ),
    good(
        "cloudformation",
        """
        Graph:
          Type: AWS::AppSync::GraphQLApi
          Properties:
            Name: shop
            AuthenticationType: AWS_IAM
        """,
    ),
]
