"""A route that only an API key protects.

What it does
------------
Reports routes whose only protection is an API key.

Why it matters
--------------
An API key says which plan a request counts for, not who sends it. It travels in clear in every request, is shared by
all users of a client and never expires by itself.

How to fix
----------
Keep the key for usage plans and add an authoriser beside it.

When to allow it
----------------
Partner traffic where the key is one of several layers, rotated, and limited by a usage plan.

References
----------
- https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.api import Route


@rule(
    "route-with-api-key-only", weakness="missing-auth", severity=LOW, tags=["cwe-287", "owasp-sls-02"], profile="strict"
)
def check(route: Route, system: System) -> Iterator[Outcome]:
    if route.method != "OPTIONS" and route.auth.always(lambda auth: auth == "none") and route.api_key.always(bool):
        yield Violation(f"{route.label} of {route.name} is protected by an API key alone", route.at, cause=route.label)


CASES = [
    bad(
        "serverless",
        """
        service: shop
        provider:
          name: aws
          runtime: nodejs22.x
          apiGateway: {apiKeys: [partner]}
        functions:
          create:
            handler: app.create
            events:
              - http: {path: orders, method: post, private: true}  # <- here
        """,
    ),
    good(
        "serverless",
        """
        service: shop
        provider: {name: aws, runtime: nodejs22.x}
        functions:
          create:
            handler: app.create
            events:
              - http: {path: orders, method: post, private: true, authorizer: aws_iam}
        """,
    ),
]
