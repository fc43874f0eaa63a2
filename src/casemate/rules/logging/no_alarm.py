"""Nothing rings when functions fail.

What it does
------------
Reports stacks with functions and without a single alarm, once a stack.

Why it matters
--------------
Abuse shows first in errors, throttles and duration. Without an alarm it shows first on the bill.

How to fix
----------
Add alarms on errors, throttles and concurrent executions of the functions that matter, with a topic that somebody
reads.

When to allow it
----------------
Systems that another product watches.

References
----------
- https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.function import Function
from casemate.model.resource import Stack


@rule("no-alarm", weakness="missing-alarm", severity=LOW, tags=["cwe-778", "owasp-sls-05"], profile="strict")
def check(stack: Stack, system: System) -> Iterator[Outcome]:
    functions = [
        function
        for function in system.inventory.functions
        if function.stack == stack.path and function.kind == "lambda" and not function.resource.generated
    ]
    if functions and not any(
        monitor.kind == "alarm" for monitor in system.inventory.monitors if monitor.stack == stack.path
    ):
        yield Violation(
            f"No alarm watches {_counted(functions)} of {'this folder' if stack.name == '.' else stack.name}",
            functions[0].at,
            resource=functions[0],
        )


def _counted(functions: Sequence[Function]) -> str:
    return "the function" if len(functions) == 1 else f"the {len(functions)} functions"


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
          Properties: {Handler: app.handler, Runtime: python3.13}
        Errors:
          Type: AWS::CloudWatch::Alarm
          Properties:
            MetricName: Errors
            Namespace: AWS/Lambda
            ComparisonOperator: GreaterThanThreshold
            EvaluationPeriods: 1
            Dimensions: [{Name: FunctionName, Value: !Ref Hello}]
        """,
    ),
]
