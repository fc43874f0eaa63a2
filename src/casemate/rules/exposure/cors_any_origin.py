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
    "serverless": "cors:\n  origins: [https://www.example.com]",
    "terraform": 'allow_origins = ["https://www.example.com"]',
    "arm": '"cors": {"allowedOrigins": ["https://www.example.com"]}',
    "cdk": "allowOrigins: ['https://www.example.com']",
}
"""Dialect -> origins by name. Which ones, only the author knows."""


@rule("cors-any-origin", weakness="cors-wildcard", severity=MEDIUM, tags=["cwe-942"])
def check(subject: Api | Route | Function | Store, system: System) -> Iterator[Outcome]:
    cors = _cors(subject)
    if cors is None or (isinstance(subject, Store) and not _WRITES & {method.upper() for method in cors.methods}):
        return
    for origin in cors.origins:
        yield from judge(
            origin,
            lambda value: value.strip("'\" ") in {"*", "http://*", "https://*"},
            f"Scripts on any web site can call {subject.name}"
            + (" with the visitor's credentials" if cors.credentials.ever(bool) else ""),
            severity=HIGH if cors.credentials.ever(bool) else MEDIUM,
            fixes=(Fix("Name the origins that may call it", safe=False, text=_NAMED.get(subject.resource.dialect)),),
        )


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
