"""Any web site may call it from a browser.

What it does
------------
Reports APIs, routes, function URLs and function apps whose CORS settings allow every origin, and buckets that allow
every origin to write. It is worse where credentials are allowed too, or where the origin is echoed.

Why it matters
--------------
Scripts on any site can call the API with what the visitor's browser can reach, and read the answers. Where
authentication rests on cookies, or on being inside a network, that is a bypass.

How to fix
----------
List the origins of your own front ends.

When to allow it
----------------
Public data for everybody's scripts, without credentials.

References
----------
- https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-cors.html
- https://developer.mozilla.org/docs/Web/HTTP/CORS
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, MEDIUM, Fix, Outcome, bad, good, judge, rule, unresolved
from casemate.model.api import Api, Route
from casemate.model.function import Cors, Function
from casemate.model.store import Store

_WRITES = frozenset({"PUT", "POST", "DELETE", "PATCH", "*"})


_NAMED: dict[str, str] = {
    "sam": 'AllowOrigins: ["https://www.example.com"]',
    "cloudformation": 'AllowOrigins: ["https://www.example.com"]',
    "serverless": "cors:\n  allowedOrigins: [https://www.example.com]",
    "terraform": 'allow_origins = ["https://www.example.com"]',
    "arm": '"cors": {"allowedOrigins": ["https://www.example.com"]}',
    "cdk": "allowOrigins: ['https://www.example.com']",
}
"""Dialect -> origins by name, for function URLs and HTTP APIs. Which ones, only the author knows."""
_OF_REST: dict[str, str] = {
    "sam": "Cors:\n  AllowOrigin: \"'https://www.example.com'\"",
    "cloudformation": "method.response.header.Access-Control-Allow-Origin: \"'https://www.example.com'\"",
    "serverless": "cors:\n  origin: https://www.example.com",
    "terraform": '"method.response.header.Access-Control-Allow-Origin" = "\'https://www.example.com\'"',
}
"""The same for REST APIs, where the answer to a preflight request says it."""
_OF_BUCKETS: dict[str, str] = {
    "sam": 'AllowedOrigins: ["https://www.example.com"]',
    "cloudformation": 'AllowedOrigins: ["https://www.example.com"]',
    "serverless": 'AllowedOrigins: ["https://www.example.com"]',
    "terraform": 'allowed_origins = ["https://www.example.com"]',
    "cdk": "allowedOrigins: ['https://www.example.com'],",
}


@rule("cors-any-origin", weakness="cors-wildcard", severity=MEDIUM, tags=["cwe-942"])
def check(subject: Api | Route | Function | Store, system: System) -> Iterator[Outcome]:
    cors = _cors(subject)
    if cors is None or (isinstance(subject, Store) and not _WRITES & {method.upper() for method in cors.methods}):
        return
    api = (
        system.inventory.find(subject.api.target if subject.api else None, Api) if isinstance(subject, Route) else None
    )
    told = {origin.at for origin in api.cors.origins} if api is not None and api.cors is not None else set()
    for origin in cors.origins:
        if origin.at in told:
            continue  # a setting of the whole API, reported there
        yield from judge(
            origin,
            lambda value: value.strip("'\" ") in {"*", "http://*", "https://*"},
            f"Scripts on any web site can call {_called(subject, api, system)}"
            + (" with the visitor's credentials" if cors.credentials.ever(bool) else ""),
            severity=HIGH if cors.credentials.ever(bool) else MEDIUM,
            fixes=(Fix("Name the origins that may call it", safe=False, text=_remedy(subject)),),
        )


def _remedy(subject: Api | Route | Function | Store) -> str | None:
    dialect = subject.resource.dialect
    if isinstance(subject, Store) and subject.cloud == "aws":
        return _OF_BUCKETS.get(dialect)
    if isinstance(subject, Api | Route) and subject.kind == "rest":
        return _OF_REST.get(dialect)
    return _NAMED.get(dialect)


def _called(subject: Api | Route | Function | Store, api: Api | None, system: System) -> str:
    """What a script calls, in words: the function behind a route, not the route's own declaration."""
    if isinstance(subject, Route):
        function = system.target(subject.function)
        return function.name if function is not None else subject.name if api is None else _interface(api)
    if isinstance(subject, Api):
        return _interface(subject)
    return f"the {subject.kind} {subject.name}" if isinstance(subject, Store) else subject.name


def _interface(api: Api) -> str:
    return "the API" if api.implied else f"the API {api.name}"


def _cors(subject: Api | Route | Function | Store) -> Cors | None:
    if isinstance(subject, Function):
        return subject.cors or (subject.url.cors if subject.url else None)
    if isinstance(subject, Route) and subject.kind == "function-url":
        return None  # the function itself is judged
    return subject.cors


CASES = [
    bad(
        "sam",
        """
        Hello:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            FunctionUrlConfig:
              AuthType: AWS_IAM
              Cors:
                AllowOrigins: ["*"]  # <- here
        """,
    ),
    good(
        "sam",
        """
        Hello:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            FunctionUrlConfig:
              AuthType: AWS_IAM
              Cors:
                AllowOrigins: ["https://shop.example"]
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
              - http:
                  path: orders
                  method: post
                  authorizer: aws_iam
                  cors: true  # <- here
        """,
    ),
    unresolved(
        "sam",
        """
        Parameters:
          Origin: {Type: String}
        Resources:
          Hello:
            Type: AWS::Serverless::Function
            Properties:
              Handler: app.handler
              Runtime: python3.13
              FunctionUrlConfig:
                AuthType: AWS_IAM
                Cors: {AllowOrigins: [!Ref Origin]}
        """,
    ),
]
