"""No traces of what calls what.

What it does
------------
Reports functions, APIs and state machines without tracing (X-Ray, Application Insights).

Why it matters
--------------
In a system of many small functions, one request crosses a dozen logs. Without a trace, neither a fault nor an
intrusion can be followed.

How to fix
----------
Set `Tracing: Active` (`TracingConfig`, `tracing.lambda: true`, an Application Insights connection).

When to allow it
----------------
Functions that another tracer covers.

References
----------
- https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Change, Fix, Outcome, bad, good, judge, rule
from casemate.model.api import Api
from casemate.model.function import Function
from casemate.model.workflow import StateMachine

_TRACING: dict[str, tuple[tuple[str, ...], object]] = {
    "AWS::Lambda::Function": (("TracingConfig", "Mode"), "Active"),
    "AWS::ApiGateway::RestApi": (("TracingEnabled",), True),
    "AWS::StepFunctions::StateMachine": (("TracingConfiguration", "Enabled"), True),
}
"""Native type -> the setting that turns tracing on, and its value."""


@rule("tracing-off", weakness="missing-tracing", severity=LOW, tags=["cwe-778", "owasp-sls-05"], profile="strict")
def check(subject: Function | Api | StateMachine, system: System) -> Iterator[Outcome]:
    if isinstance(subject, Api) and subject.kind != "rest":
        return
    if isinstance(subject, Function) and subject.kind not in {"lambda", "azure-app"}:
        return
    yield from judge(
        subject.tracing, lambda on: not on, f"Calls of {subject.name} are not traced", fixes=_fixes(subject)
    )


def _fixes(subject: Function | Api | StateMachine) -> tuple[Fix, ...]:
    found = _TRACING.get(subject.resource.type)
    if found is None:
        return ()
    return (Fix("Trace calls", safe=True, changes=(Change(subject.id, "set", *found),)),)


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
          Properties: {Handler: app.handler, Runtime: python3.13, Tracing: Active}
        """,
    ),
]
