"""A function that may run for very long.

What it does
------------
Reports functions with a timeout of five minutes or more, and functions behind an API whose timeout is longer than the
API itself waits (29 seconds for REST, 30 for HTTP).

Why it matters
--------------
A request that hangs, or an attacker who makes it hang, is paid for until the timeout; the caller has long gone away.

How to fix
----------
Set the timeout a little above what the function needs at its slowest. Give long work to a queue or a state machine.

When to allow it
----------------
Batch jobs that are not started by strangers.

References
----------
- https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
- https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule, unresolved
from casemate.model.function import Function

_LONG = 300
_API_WAITS = {"rest": 29, "http": 30, "websocket": 29, "graphql": 30}


@rule(
    "excessive-timeout", weakness="excessive-timeout", severity=LOW, tags=["cwe-400", "owasp-sls-08"], profile="strict"
)
def check(function: Function, system: System) -> Iterator[Outcome]:
    if not function.timeout.declared:
        return
    waits = [_API_WAITS[route.kind] for route in system.routes_of(function) if route.kind in _API_WAITS]
    limit = min([_LONG, *waits])
    reason = f"longer than the API in front of it waits ({limit} s)" if waits else "five minutes or more"
    yield from judge(
        function.timeout,
        lambda seconds: seconds > limit or seconds >= _LONG,
        lambda seconds: f"{function.name} may run for {seconds} s, {reason}",
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
            Timeout: 900  # <- here
        """,
    ),
    good(
        "sam",
        """
        Hello:
          Type: AWS::Serverless::Function
          Properties: {Handler: app.handler, Runtime: python3.13, Timeout: 20}
        """,
    ),
    unresolved(
        "sam",
        """
        Parameters:
          Seconds: {Type: Number}
        Resources:
          Hello:
            Type: AWS::Serverless::Function
            Properties: {Handler: app.handler, Runtime: python3.13, Timeout: !Ref Seconds}
        """,
    ),
]
