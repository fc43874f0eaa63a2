"""A public API without a rate limit.

What it does
------------
Reports APIs with at least one route that needs no authentication and without a rate limit of their own, once an API,
at the first such route. The account's limit (10,000 requests a second, shared by all APIs) protects nobody's bill.

Why it matters
--------------
Anybody can call it as fast as the account allows: every other API of the account is starved, and each call is paid
for.

How to fix
----------
Set `ThrottlingRateLimit` and `ThrottlingBurstLimit` for the stage (`DefaultRouteSettings`, a usage plan), and a WAF
rate rule per address.

When to allow it
----------------
APIs behind a distribution that limits the rate and is the only way in.

References
----------
- https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.api import Api, Route
from casemate.model.function import Function

_GATEWAYS = frozenset({"rest", "http", "websocket"})


@rule("public-api-without-throttling", weakness="missing-throttling", severity=MEDIUM, tags=["cwe-770", "owasp-sls-08"])
def check(api: Api, system: System) -> Iterator[Outcome]:
    if api.kind not in _GATEWAYS or api.private.ever(bool) or not api.throttled.always(lambda on: not on):
        return
    routes = system.routes_of_api(api)
    public = [route for route in routes if _is_public(route)]
    if not public:
        return
    first = max(public, key=lambda route: (_weight(route, system), -public.index(route)))
    yield Violation(
        f"{len(public)} public route(s) of {'the API' if api.implied else api.name} have no rate limit",
        first.at,
        resource=first,
        evidence={"routes": ", ".join(route.label for route in public[:6])},
        related=tuple((route.at, route.label) for route in public if route is not first)[:20],
    )


def _is_public(route: Route) -> bool:
    return (
        route.method != "OPTIONS"
        and route.auth.ever(lambda auth: auth == "none")
        and not route.api_key.ever(bool)
        and not route.throttled.ever(bool)
    )


def _weight(route: Route, system: System) -> int:
    """What a call can cost: a route whose function may reach stores or other functions weighs more than one that serves a page."""
    function = system.inventory.find(route.function.target if route.function else None, Function)
    if function is None:
        return 0
    return 1 + len(
        {
            edge.target
            for edge in system.inventory.edges_from(function.id)
            if edge.kind in {"reads", "writes", "invokes"}
        }
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
            MethodSettings:
              - {HttpMethod: "*", ResourcePath: /*, ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100}
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
]
