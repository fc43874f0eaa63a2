"""A route that anybody can call.

What it does
------------
Reports API routes without any authentication: no IAM, JWT, Cognito, Lambda authoriser, function key or client
certificate, defaults of the API included. REST, HTTP and WebSocket (`$connect`) routes, routes of OpenAPI documents,
HTTP-triggered Azure functions with `authLevel: anonymous` and Google functions that `allUsers` may invoke. `OPTIONS`
routes (CORS preflight), routes of APIs that are private or whose policy lets in only a network, an account or an
organisation, and routes that demand an API key are not reported here. Neither are routes that have to be open: those
that are read for health checks, by crawlers and browsers (`GET /health`, `/robots.txt`, `/.well-known/…`), and those
where a caller signs in (`/login`, `/oauth/token`, `/forgot-password`).

Why it matters
--------------
The function behind the route takes input from everybody on the internet. Unless its own code checks who calls, data
can be read or changed by strangers; a route that writes is the greater risk.

How to fix
----------
Add an authoriser: `AuthorizationType: AWS_IAM`, a Cognito or JWT authoriser, or a Lambda authoriser; set it as the
API's default so that new routes are covered. In Azure set `authLevel` to `function` and put real identity (App
Service authentication) in front.

When to allow it
----------------
Pages and health checks that are meant for everybody, sign-in endpoints, and webhooks whose signature the code
verifies first.

References
----------
- https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-to-api.html
- https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#http-auth
- https://cloud.google.com/functions/docs/securing/managing-access-iam
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System, is_pinning, is_public
from casemate.authoring import HIGH, LOW, MEDIUM, Fix, Outcome, bad, good, judge, rule, unresolved
from casemate.model.api import Api, Route

_READS = frozenset({"GET", "HEAD"})


_AUTHORISED: dict[str, str] = {
    "sam": "Auth:\n  Authorizer: AWS_IAM  # or the name of an authoriser below Auth of the API",
    "cloudformation": "AuthorizationType: AWS_IAM  # or JWT or CUSTOM with an AuthorizerId",
    "serverless": "authorizer: aws_iam  # or {name: function}, {type: COGNITO_USER_POOLS, authorizerId: …}",
    "terraform": 'authorization_type = "AWS_IAM" # or "JWT" or "CUSTOM" with an authorizer_id',
    "cdk": "authorizer: new HttpIamAuthorizer(),",
    "functionjson": '"authLevel": "function"',
    "chalice": "@app.route('/…', authorizer=IAMAuthorizer())",
}
"""Dialect -> how a route asks who is calling."""
_OF_KIND: dict[tuple[str, str], str] = {
    ("cloudformation", "rest"): "AuthorizationType: AWS_IAM  # or COGNITO_USER_POOLS or CUSTOM with an AuthorizerId",
    ("terraform", "rest"): 'authorization = "AWS_IAM" # or "COGNITO_USER_POOLS" or "CUSTOM" with an authorizer_id',
    ("serverless", "http"): "authorizer: {type: aws_iam}  # or {name: …} of provider.httpApi.authorizers",
    ("serverless", "websocket"): "authorizer: {name: …}  # a function; or arn: …",
    ("cdk", "rest"): "authorizationType: AuthorizationType.IAM, // or an authorizer",
}
"""The same for one kind of API, where it differs."""


@rule("route-without-auth", weakness="missing-auth", severity=HIGH, tags=["cwe-306", "owasp-sls-02"])
def check(route: Route, system: System) -> Iterator[Outcome]:
    if route.kind in {"function-url", "load-balancer"} or route.method == "OPTIONS":
        return  # function URLs have a rule of their own; load balancers authenticate on the listener
    if route.kind == "websocket" and route.path not in {"$connect", "/$connect"}:
        return
    if route.api_key.ever(bool) or _has_to_be_open(route):
        return
    api = system.inventory.find(route.api.target if route.api else None, Api)
    if api is not None and api.private.ever(bool):
        return
    walls = _walls(api, system) if api is not None else frozenset()
    if walls - _ADDRESSES:
        return  # only a network, an account or an organisation gets to it
    yield from judge(
        route.auth,
        lambda auth: auth == "none",
        f"{_reached(route, api, system)} without any authentication"
        + (", from the addresses that the API's policy lets in" if walls else ""),
        severity=LOW if walls else MEDIUM if route.method in _READS else HIGH,
        evidence={"route": route.label, **({"limited by": ", ".join(sorted(walls))} if walls else {})},
        cause=route.label,
        fixes=(Fix("Ask who is calling", safe=False, text=_remedy(route)),),
    )


def _remedy(route: Route) -> str | None:
    dialect = route.resource.dialect
    if dialect == "sam" and route.resource.implied_by is None and "::Serverless::" not in route.resource.type:
        dialect = "cloudformation"  # a route that is declared by itself
    return _OF_KIND.get((dialect, route.kind)) or _AUTHORISED.get(dialect)


def _reached(route: Route, api: Api | None, system: System) -> str:
    """The route and what is behind it, in words."""
    function = system.target(route.function)
    if function is not None:
        return f"{route.label} reaches {function.name}"
    if api is not None and not api.implied and api.name != route.name:
        return f"{route.label} of {api.name} can be called"
    return f"{route.label} reaches {route.name}"


def _has_to_be_open(route: Route) -> bool:
    """Whether nobody could use the route if it asked who is calling."""
    parts = [part for part in route.path.lower().split("/") if part]
    if not parts:
        return False
    if route.method in _READS:
        return parts[-1] in _CHECKED or parts[0] == ".well-known"
    return route.method == "POST" and (parts[-1] in _SIGNING_IN or parts[-2:] == ["oauth", "token"])


_CHECKED = frozenset({
    "health", "healthz", "healthcheck", "health-check", "health_check", "livez", "readyz", "liveness", "readiness",
    "heartbeat", "ping", "favicon.ico", "robots.txt", "sitemap.xml",
})  # fmt: skip
"""What monitors, crawlers and browsers read, which sign in nowhere."""
_SIGNING_IN = frozenset({
    "login", "log-in", "signin", "sign-in", "sign_in", "forgot-password", "forgot_password", "forgotpassword",
    "reset-password", "reset_password", "resetpassword",
})  # fmt: skip


def _walls(api: Api, system: System) -> frozenset[str]:
    """The condition keys by which the API's resource policy keeps out whoever it does not know; empty where it does not.

    Either each Allow asks for them, or a Deny turns away everybody else (API Gateway Developer Guide, "Control access
    to a REST API with API Gateway resource policies").
    """
    statements = [one for policy in system.policies_of(api) for one in policy.statements]
    found = {
        condition.key.lower()
        for one in statements
        if one.effect == "Deny" and any(principal.is_anyone for principal in one.principals)
        for condition in one.conditions
        if condition.key.lower() in _SOURCES and condition.operator.lower().startswith(_OTHERS)
    }
    allowing = [one for one in statements if one.effect == "Allow"]
    if allowing and not any(is_public(one) for one in allowing):
        keys = {
            condition.key.lower()
            for one in allowing
            for condition in one.conditions
            if is_pinning(one, condition.key.lower())
        }
        found |= keys or {"principal"}
    return frozenset(found)


_ADDRESSES = frozenset({"aws:sourceip"})
_SOURCES = frozenset({"aws:sourceip", "aws:vpcsourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:principalorgid"})
_OTHERS = ("notipaddress", "stringnotequals", "stringnotlike")

CASES = [
    bad(
        "sam",
        """
        Orders:
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
            Auth: {DefaultAuthorizer: AWS_IAM}
        Orders:
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
    bad(
        "serverless",
        """
        service: shop
        provider: {name: aws, runtime: nodejs22.x}
        functions:
          create:
            handler: app.create
            events:
              - http: {path: orders, method: post}  # <- here
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
              - http: {path: orders, method: post, authorizer: aws_iam}
              - http: {path: partner, method: post, private: true}
        """,
    ),
    bad(
        "terraform",
        """
        resource "aws_apigatewayv2_api" "shop" {
          name          = "shop"
          protocol_type = "HTTP"
        }
        resource "aws_apigatewayv2_route" "create" { # <- here
          api_id    = aws_apigatewayv2_api.shop.id
          route_key = "POST /orders"
        }
        """,
    ),
    unresolved(
        "cloudformation",
        """
        Parameters:
          Auth: {Type: String}
        Resources:
          Shop:
            Type: AWS::ApiGatewayV2::Api
            Properties: {Name: shop, ProtocolType: HTTP}
          Create:
            Type: AWS::ApiGatewayV2::Route
            Properties: {ApiId: !Ref Shop, RouteKey: POST /orders, AuthorizationType: !Ref Auth}
        """,
    ),
    good(
        "sam",
        """
        Orders:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            Events:
              Alive:
                Type: Api
                Properties: {Path: /v1/health, Method: get}
              SignIn:
                Type: Api
                Properties: {Path: /auth/login, Method: post}
        """,
    ),
    bad(
        "sam",
        """
        Records:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            Events:
              Read:  # <- here
                Type: Api
                Properties: {Path: "/health/{patient}", Method: get}
        """,
    ),
    good(
        "sam",
        """
        Api:
          Type: AWS::Serverless::Api
          Properties:
            StageName: prod
            Auth: {ResourcePolicy: {SourceVpcWhitelist: [vpc-0a1b2c3d]}}
        Orders:
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
