"""A public API without a rate limit.

What it does
------------
Reports APIs with at least one route that needs no authentication and without a rate limit of their own, once an API:
at its stage, or at the first such route where the framework makes the API by itself. The account's limit (10,000 requests a second, shared by all APIs) protects nobody's bill.

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
from casemate.authoring import MEDIUM, Fix, Outcome, Violation, bad, good, rule
from casemate.model.api import Api, Route
from casemate.model.function import Function

_STAGE = "DefaultRouteSettings: {ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200}"
_METHODS = (
    'MethodSettings:\n  - {HttpMethod: "*", ResourcePath: "/*", ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200}'
)
_LIMITED: dict[tuple[str, str], str] = {
    ("sam", "rest"): _METHODS,
    ("sam", "http"): _STAGE,
    ("cloudformation", "rest"): _METHODS,
    ("cloudformation", "http"): _STAGE,
    ("serverless", "rest"): (
        "plugins: [serverless-api-gateway-throttling]\n"
        "custom:\n  apiGatewayThrottling: {maxRequestsPerSecond: 100, maxConcurrentRequests: 50}"
    ),
    ("serverless", "http"): f"resources:\n  extensions:\n    HttpApiStage:\n      Properties:\n        {_STAGE}",
    ("serverless", "websocket"): (
        f"resources:\n  extensions:\n    WebsocketsDeploymentStage:\n      Properties:\n        {_STAGE}"
    ),
    ("terraform", "rest"): (
        'resource "aws_api_gateway_method_settings" "all" {\n  rest_api_id = …\n  stage_name  = …\n  method_path = "*/*"\n'
        "  settings {\n    throttling_rate_limit  = 100\n    throttling_burst_limit = 200\n  }\n}"
    ),
    ("terraform", "http"): (
        "default_route_settings {\n  throttling_rate_limit  = 100\n  throttling_burst_limit = 200\n}"
    ),
    ("cdk", "rest"): "deployOptions: { throttlingRateLimit: 100, throttlingBurstLimit: 200 },",
    ("cdk", "http"): "throttle: { rateLimit: 100, burstLimit: 200 }, // of the stage",
}
"""(dialect, kind of API) -> how it says a limit; a WebSocket API says it like an HTTP API where it has no own entry."""
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
    stands = any(
        True for stack in system.inventory.stacks if stack.path == api.stack and api.resource.key in stack.resources
    )
    own = stands and not api.implied
    which = f"any of its {len(public)} public routes" if len(public) > 1 else first.label
    yield Violation(
        f"{f'The API {api.name}' if own else 'The API'} has no rate limit, and anybody can call {which}",
        api.throttled.at if own else first.at,
        resource=api if own else first,
        evidence={"routes": ", ".join(route.label for route in public[:6])},
        fixes=(Fix("Limit the rate; the numbers are yours to choose", safe=False, text=_remedy(api)),),
        related=tuple((route.at, route.label) for route in public if own or route is not first)[:20],
    )


def _remedy(api: Api) -> str | None:
    kind = "http" if api.kind == "websocket" and (api.resource.dialect, api.kind) not in _LIMITED else api.kind
    return _LIMITED.get((api.resource.dialect, kind))


def _is_public(route: Route) -> bool:
    return (
        route.method != "OPTIONS"
        and (route.kind != "websocket" or route.path.strip("/") == "$connect")  # the others need a connection first
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
    bad(
        "sam",
        """
        Api:  # <- here
          Type: AWS::Serverless::Api
          Properties: {StageName: prod}
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
