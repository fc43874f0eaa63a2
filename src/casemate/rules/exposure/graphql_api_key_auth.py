"""A GraphQL API that only an API key protects.

What it does
------------
Reports AppSync GraphQL APIs whose default authentication is `API_KEY` or whose schema gives a query or mutation to the
key (`@aws_api_key`), and channels of Event APIs that the key opens.

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
from casemate.authoring import MEDIUM, Outcome, bad, good, judge, rule, unresolved
from casemate.model.api import Route

_VERBS: dict[str, dict[str, str]] = {
    "graphql": {},
    "events": {"PUBLISH": "publish to", "SUBSCRIBE": "subscribe to"},
}


@rule("graphql-api-key-auth", weakness="missing-auth", severity=MEDIUM, tags=["cwe-306", "owasp-sls-02"])
def check(route: Route, system: System) -> Iterator[Outcome]:
    if route.kind in _VERBS:
        verb = _VERBS[route.kind].get(route.method, "query")
        yield from judge(
            route.auth,
            lambda auth: auth == "api-key",
            f"Everybody who has the client's API key can {verb} {route.name}",
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
    bad(
        "cloudformation",
        """
        Graph:
          Type: AWS::AppSync::GraphQLApi
          Properties:
            Name: shop
            AuthenticationType: AWS_IAM
            AdditionalAuthenticationProviders:
              - AuthenticationType: API_KEY  # <- here
        Schema:
          Type: AWS::AppSync::GraphQLSchema
          Properties:
            ApiId: !GetAtt Graph.ApiId
            Definition: |
              type Query { orders: [String] @aws_api_key }
        """,
    ),
    good(
        "cloudformation",
        """
        Graph:
          Type: AWS::AppSync::GraphQLApi
          Properties:
            Name: shop
            AuthenticationType: API_KEY
            AdditionalAuthenticationProviders:
              - AuthenticationType: AWS_IAM
        Schema:
          Type: AWS::AppSync::GraphQLSchema
          Properties:
            ApiId: !GetAtt Graph.ApiId
            Definition: |
              type Query @aws_iam { orders: [String] }
        """,
    ),
    unresolved(
        "cloudformation",
        """
        Graph:
          Type: AWS::AppSync::GraphQLApi
          Properties:
            Name: shop
            AuthenticationType: AWS_IAM
            AdditionalAuthenticationProviders:
              - AuthenticationType: API_KEY
        """,
    ),
    bad(
        "cloudformation",
        """
        Events:
          Type: AWS::AppSync::Api
          Properties:
            Name: news
            EventConfig:
              AuthProviders: [{AuthType: API_KEY}, {AuthType: AWS_IAM}]
              ConnectionAuthModes: [{AuthType: API_KEY}]
              DefaultPublishAuthModes: [{AuthType: AWS_IAM}]
              DefaultSubscribeAuthModes:
                - AuthType: API_KEY  # <- here
        News:
          Type: AWS::AppSync::ChannelNamespace
          Properties: {ApiId: !GetAtt Events.ApiId, Name: news}
        """,
    ),
]
