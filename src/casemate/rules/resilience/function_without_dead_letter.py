"""Failed events are lost.

What it does
------------
Reports functions that are started asynchronously (bucket, topic, bus, schedule) without a dead-letter queue or
failure destination.

Why it matters
--------------
After two retries the event is gone: nobody knows what was lost, and an attacker who makes the function fail leaves no
trace.

How to fix
----------
Set `DeadLetterQueue` or `EventInvokeConfig.DestinationConfig.OnFailure`.

When to allow it
----------------
Schedules whose next run makes up for the last.

References
----------
- https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.function import Function

_ASYNCHRONOUS = frozenset({"bucket", "topic", "bus", "schedule", "mail", "iot", "config", "logs"})


@rule(
    "function-without-dead-letter", weakness="missing-dlq", severity=LOW, tags=["cwe-778", "cwe-391"], profile="strict"
)
def check(function: Function, system: System) -> Iterator[Outcome]:
    if any(
        trigger.kind in _ASYNCHRONOUS and not trigger.dead_letter.ever(bool) for trigger in system.triggers_of(function)
    ):
        yield from judge(
            function.dead_letter, lambda kept: not kept, f"Events that {function.name} cannot process are lost"
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
            Events:
              Nightly:
                Type: Schedule
                Properties: {Schedule: rate(1 day)}
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
            DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Failed.Arn}
            Events:
              Nightly:
                Type: Schedule
                Properties: {Schedule: rate(1 day)}
        Failed:
          Type: AWS::SQS::Queue
        """,
    ),
]
