"""A runtime that the cloud no longer supports.

What it does
------------
Reports functions whose runtime, or whose Azure Functions host version, is past the end of support that its cloud
published, judged by today's date. It is worse when the end is more than half a year ago: then the cloud refuses new
deployments.

Why it matters
--------------
There are no more security patches for the language and its libraries; known holes stay open, and one day the function
can no longer be updated at all.

How to fix
----------
Move to a supported version: change the runtime, run the tests, deploy.

When to allow it
----------------
Never for long; `--now` lets you see what will be reported at a later date.

References
----------
- https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
- https://cloud.google.com/functions/docs/runtime-support
- https://learn.microsoft.com/azure/azure-functions/language-support-policy
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from casemate.analysis.runtimes import end_of_support, successor
from casemate.analysis.system import System
from casemate.authoring import HIGH, MEDIUM, Change, Fix, Outcome, Undecidable, Violation, bad, good, rule, unresolved
from casemate.model.function import Function
from casemate.model.setting import Setting, Unresolved

_LONG_AGO = timedelta(days=180)


@rule("outdated-runtime", weakness="outdated-runtime", severity=HIGH, tags=["cwe-1104", "cwe-1329", "owasp-sls-04"])
def check(function: Function, system: System) -> Iterator[Outcome]:
    settings: list[Setting[str | None]] = [function.runtime]
    if function.host_version is not None:
        settings.append(function.host_version)
    for setting in settings:
        for condition, leaf in setting.leaves():
            if isinstance(leaf, Unresolved):
                yield Undecidable(leaf)
                continue
            end = None if leaf.value is None else end_of_support(function.cloud, leaf.value)
            if end is None or end >= system.today:
                continue
            evidence = {"runtime": str(leaf.value), "end of support": end.isoformat()}
            if condition is not None:
                evidence["holds when"] = condition
            yield Violation(
                f"{function.name} runs on {leaf.value}, which has not been supported since {end.isoformat()}",
                leaf.at,
                severity=HIGH if system.today - end > _LONG_AGO else MEDIUM,
                evidence=evidence,
                fixes=_fixes(function, leaf.name, str(leaf.value), system),
                cause=str(leaf.value),
            )


def _fixes(function: Function, setting: str, runtime: str, system: System) -> tuple[Fix, ...]:
    newer = successor(function.cloud, runtime, system.today)
    if newer is None:
        return ()
    change = Change(function.id, "set", tuple(setting.split(".")), newer)
    return (Fix(f"Move to {newer}, then run the tests", safe=False, changes=(change,)),)


CASES = [
    bad(
        "sam",
        """
        Hello:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: nodejs12.x  # <- here
        """,
    ),
    good(
        "sam",
        """
        Hello:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: nodejs24.x
        """,
    ),
    unresolved(
        "sam",
        """
        Parameters:
          Runtime: {Type: String}
        Resources:
          Hello:
            Type: AWS::Serverless::Function
            Properties: {Handler: app.handler, Runtime: !Ref Runtime}
        """,
    ),
]
