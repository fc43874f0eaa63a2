"""A function that scales without limit.

What it does
------------
Reports functions without reserved concurrency (or maximum instances).

Why it matters
--------------
One flood of events takes the whole account's concurrency, so that every other function stops, and it costs whatever
the flood costs.

How to fix
----------
Set `ReservedConcurrentExecutions` (`reservedConcurrency`, `max_instance_count`) to what the function needs.

When to allow it
----------------
Accounts of one function, and functions behind a queue with its own limit.

References
----------
- https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.function import Function


@rule(
    "function-without-concurrency-limit",
    weakness="missing-concurrency-limit",
    severity=LOW,
    tags=["cwe-770", "owasp-sls-08"],
    profile="strict",
)
def check(function: Function, system: System) -> Iterator[Outcome]:
    if function.kind not in {"azure-app", "azure-function", "edge"}:
        yield from judge(
            function.reserved_concurrency, lambda limit: limit is None, f"{function.name} scales without limit"
        )


CASES = [
    bad(
        "sam",
        """
        Hello:  # <- here
          Type: AWS::Serverless::Function
          Properties: {Handler: app.handler, Runtime: python3.13}
        """,
    ),
    good(
        "sam",
        """
        Hello:
          Type: AWS::Serverless::Function
          Properties: {Handler: app.handler, Runtime: python3.13, ReservedConcurrentExecutions: 5}
        """,
    ),
]
