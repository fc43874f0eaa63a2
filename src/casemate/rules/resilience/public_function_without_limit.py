"""A public function that scales without limit.

What it does
------------
Reports functions with a URL that needs no authentication and without reserved concurrency. A function URL has no rate
limit of its own.

Why it matters
--------------
Anybody can start as many copies as the account allows: every other function stops, and each call is paid for.

How to fix
----------
Set `ReservedConcurrentExecutions` to what the function needs, or put an API or a distribution with a rate rule in
front.

When to allow it
----------------
None; a limit costs nothing.

References
----------
- https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html#urls-throttling
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, bad, good, judge, rule
from casemate.model.function import Function


@rule("public-function-without-limit", weakness="missing-concurrency-limit", severity=MEDIUM, tags=["cwe-770"])
def check(function: Function, system: System) -> Iterator[Outcome]:
    if function.url is not None and function.url.auth.ever(lambda auth: auth.upper() == "NONE"):
        yield from judge(
            function.reserved_concurrency,
            lambda limit: limit is None,
            f"Anybody can start as many copies of {function.name} as the account allows",
        )


CASES = [
    bad(
        "sam",
        """
        Hello:  # <- here
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            FunctionUrlConfig: {AuthType: NONE}
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
            ReservedConcurrentExecutions: 5
            FunctionUrlConfig: {AuthType: NONE}
        """,
    ),
]
