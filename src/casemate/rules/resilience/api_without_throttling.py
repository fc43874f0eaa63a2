"""An API without a rate limit.

What it does
------------
Reports APIs without a rate limit of their own whose routes all need authentication; public ones are reported by
public-api-without-throttling.

Why it matters
--------------
One careless or stolen client uses up the account's limit for all APIs.

How to fix
----------
Set a rate and burst limit for the stage, or a usage plan.

When to allow it
----------------
Internal APIs with few clients.

References
----------
- https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.api import Api

_GATEWAYS = frozenset({"rest", "http", "websocket"})


@rule("api-without-throttling", weakness="missing-throttling", severity=LOW, tags=["cwe-770"], profile="strict")
def check(api: Api, system: System) -> Iterator[Outcome]:
    if api.kind not in _GATEWAYS:
        return
    routes = system.routes_of_api(api)
    if not any(route.method != "OPTIONS" and route.auth.ever(lambda auth: auth == "none") for route in routes):
        yield from judge(api.throttled, lambda on: not on, f"{api.name} has no rate limit of its own")


CASES = [
    bad(
        "sam",
        """
        Api:  # <- here
          Type: AWS::Serverless::Api
          Properties:
            StageName: prod
            Auth: {DefaultAuthorizer: AWS_IAM}
        Hello:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            Events:
              Create:
                Type: Api
                Properties: {Path: /orders, Method: post, RestApiId: !Ref Api}
        """,
    ),
    good(
        "sam",
        """
        Api:
          Type: AWS::Serverless::Api
          Properties:
            StageName: prod
            Auth: {DefaultAuthorizer: AWS_IAM}
            MethodSettings:
              - {HttpMethod: "*", ResourcePath: /*, ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100}
        """,
    ),
]
