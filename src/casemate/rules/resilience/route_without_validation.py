"""A route that takes any input.

What it does
------------
Reports REST routes that anybody can call and whose API validates neither parameters nor body.

Why it matters
--------------
Every malformed and oversized payload is passed on, paid for, and has to be caught by the function's own code.

How to fix
----------
Add a request validator with a model for the body and required parameters.

When to allow it
----------------
Functions that validate their whole input themselves.

References
----------
- https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.api import Route


@rule(
    "route-without-validation",
    weakness="missing-validation",
    severity=LOW,
    tags=["cwe-20", "owasp-sls-01"],
    profile="strict",
)
def check(route: Route, system: System) -> Iterator[Outcome]:
    takes_input = (
        route.method not in {"GET", "HEAD", "OPTIONS"} or "{" in route.path or len(route.path.strip("/").split("/")) > 1
    )
    if (
        route.kind == "rest"
        and route.method != "OPTIONS"
        and takes_input
        and route.auth.ever(lambda auth: auth == "none")
    ):
        yield from judge(
            route.validated, lambda on: not on, f"{route.label} passes any input on to {route.name}", cause=route.label
        )


CASES = [
    bad(
        "sam",
        """
        Hello:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            Events:
              Create:  # <- here
                Type: Api
                Properties: {Path: /orders, Method: post}
        """,
    ),
    good(
        "sam",
        """
        Api:
          Type: AWS::Serverless::Api
          Properties:
            StageName: prod
            Models: {Order: {type: object}}
        Hello:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            Events:
              Create:
                Type: Api
                Properties:
                  Path: /orders
                  Method: post
                  RestApiId: !Ref Api
                  RequestModel: {Model: Order, Required: true, ValidateBody: true}
        """,
    ),
]
