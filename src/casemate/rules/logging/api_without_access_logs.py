"""An API that keeps no record of its calls.

What it does
------------
Reports API stages and load balancers and distributions without access logs.

Why it matters
--------------
After an incident nobody can say who called what, and detections have nothing to look at.

How to fix
----------
Set `AccessLogSetting` with a format that has caller, route, status and request id.

When to allow it
----------------
APIs whose functions log every call with its caller themselves.

References
----------
- https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.api import Api


@rule(
    "api-without-access-logs",
    weakness="missing-logging",
    severity=LOW,
    tags=["cwe-778", "owasp-sls-05"],
    profile="strict",
)
def check(api: Api, system: System) -> Iterator[Outcome]:
    yield from judge(api.access_logs, lambda on: not on, f"{api.name} keeps no access log")


CASES = [
    bad(
        "cloudformation",
        """
        Shop:
          Type: AWS::ApiGatewayV2::Api
          Properties: {Name: shop, ProtocolType: HTTP}
        Prod:  # <- here
          Type: AWS::ApiGatewayV2::Stage
          Properties: {ApiId: !Ref Shop, StageName: prod}
        """,
    ),
    good(
        "cloudformation",
        """
        Shop:
          Type: AWS::ApiGatewayV2::Api
          Properties: {Name: shop, ProtocolType: HTTP}
        Prod:
          Type: AWS::ApiGatewayV2::Stage
          Properties:
            ApiId: !Ref Shop
            StageName: prod
            AccessLogSettings: {DestinationArn: arn:aws:logs:eu-west-1:123456789012:log-group:shop, Format: $context.requestId}
        """,
    ),
]
