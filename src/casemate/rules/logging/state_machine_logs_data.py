"""A state machine that logs its data.

What it does
------------
Reports state machines whose log holds the input and output of every step.

Why it matters
--------------
Personal data and secrets that pass through end in a log that many people can read.

How to fix
----------
Set `IncludeExecutionData: false`.

When to allow it
----------------
Workflows whose data is not confidential.

References
----------
- https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Change, Fix, Outcome, bad, good, judge, rule
from casemate.model.workflow import StateMachine


@rule("state-machine-logs-data", weakness="sensitive-data-logging", severity=LOW, tags=["cwe-532"], profile="strict")
def check(machine: StateMachine, system: System) -> Iterator[Outcome]:
    if machine.log_level.ever(lambda level: level.upper() != "OFF"):
        change = Change(machine.id, "set", ("LoggingConfiguration", "IncludeExecutionData"), False)
        fix = Fix("Leave the data of the steps out of the log", safe=True, changes=(change,))
        yield from judge(
            machine.logs_data, bool, f"The log of {machine.name} holds the data of every step", fixes=(fix,)
        )


CASES = [
    bad(
        "cloudformation",
        """
        Flow:
          Type: AWS::StepFunctions::StateMachine
          Properties:
            RoleArn: arn:aws:iam::123456789012:role/flow
            Definition: {StartAt: A, States: {A: {Type: Pass, End: true}}}
            LoggingConfiguration:
              Level: ALL
              IncludeExecutionData: true  # <- here
        """,
    ),
    good(
        "cloudformation",
        """
        Flow:
          Type: AWS::StepFunctions::StateMachine
          Properties:
            RoleArn: arn:aws:iam::123456789012:role/flow
            Definition: {StartAt: A, States: {A: {Type: Pass, End: true}}}
            LoggingConfiguration: {Level: ALL, IncludeExecutionData: false}
        """,
    ),
]
