"""An authoriser whose answer is reused for other routes.

What it does
------------
Reports Lambda authorisers that cache decisions by the token alone while they protect several routes.

Why it matters
--------------
The first answer is reused for all routes of the API: what was decided for `/orders` also opens `/admin`, unless the
returned policy names every route.

How to fix
----------
Set the TTL to 0, add the method and path to the identity source, or let the function return a policy for all routes.

When to allow it
----------------
Authorisers whose policies cover the whole API.

References
----------
- https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.api import Api, Authorizer


@rule(
    "authorizer-caches-too-widely",
    weakness="broken-access-control",
    severity=LOW,
    confidence="medium",
    tags=["cwe-863"],
    profile="strict",
)
def check(authorizer: Authorizer, system: System) -> Iterator[Outcome]:
    api = system.inventory.find(authorizer.api.target if authorizer.api else None, Api)
    if authorizer.kind != "lambda" or api is None or len(system.routes_of_api(api)) < 2:
        return
    if any(
        "path" in source or "routeKey" in source or "resourcePath" in source for source in authorizer.identity_sources
    ):
        return
    yield from judge(
        authorizer.cache_seconds,
        lambda seconds: seconds > 0,
        lambda seconds: f"{authorizer.name} reuses a decision for {seconds} s on every route of {api.name}",
    )


CASES = [
    bad(
        "cloudformation",
        """
        Shop:
          Type: AWS::ApiGateway::RestApi
          Properties: {Name: shop}
        Auth:
          Type: AWS::ApiGateway::Authorizer
          Properties:
            RestApiId: !Ref Shop
            Type: TOKEN
            Name: auth
            IdentitySource: method.request.header.Authorization
            AuthorizerUri: arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:auth/invocations
            AuthorizerResultTtlInSeconds: 300  # <- here
        A:
          Type: AWS::ApiGateway::Method
          Properties: {RestApiId: !Ref Shop, ResourceId: !GetAtt Shop.RootResourceId, HttpMethod: GET, AuthorizationType: CUSTOM, AuthorizerId: !Ref Auth}
        B:
          Type: AWS::ApiGateway::Method
          Properties: {RestApiId: !Ref Shop, ResourceId: !GetAtt Shop.RootResourceId, HttpMethod: POST, AuthorizationType: CUSTOM, AuthorizerId: !Ref Auth}
        """,
    ),
    good(
        "cloudformation",
        """
        Shop:
          Type: AWS::ApiGateway::RestApi
          Properties: {Name: shop}
        Auth:
          Type: AWS::ApiGateway::Authorizer
          Properties:
            RestApiId: !Ref Shop
            Type: TOKEN
            Name: auth
            IdentitySource: method.request.header.Authorization
            AuthorizerUri: arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:auth/invocations
            AuthorizerResultTtlInSeconds: 0
        A:
          Type: AWS::ApiGateway::Method
          Properties: {RestApiId: !Ref Shop, ResourceId: !GetAtt Shop.RootResourceId, HttpMethod: GET, AuthorizationType: CUSTOM, AuthorizerId: !Ref Auth}
        B:
          Type: AWS::ApiGateway::Method
          Properties: {RestApiId: !Ref Shop, ResourceId: !GetAtt Shop.RootResourceId, HttpMethod: POST, AuthorizationType: CUSTOM, AuthorizerId: !Ref Auth}
        """,
    ),
]
