"""A state machine that leaves no log.

What it does
------------
Reports state machines whose log level is OFF, and express ones without logs, whose history exists nowhere else.

Why it matters
--------------
An express workflow that failed or was abused leaves nothing to look at.

How to fix
----------
Set `LoggingConfiguration` with level ERROR or ALL; leave execution data out where it is personal.

When to allow it
----------------
Standard workflows whose execution history is enough.

References
----------
- https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Fix, Outcome, bad, good, judge, rule
from casemate.model.workflow import StateMachine

_LOGGED: dict[str, str] = {
    "sam": "Logging:\n  Level: ERROR\n  Destinations: [{CloudWatchLogsLogGroup: {LogGroupArn: !GetAtt Logs.Arn}}]",
    "cloudformation": "LoggingConfiguration:\n  Level: ERROR\n  Destinations: [{CloudWatchLogsLogGroup: {LogGroupArn: !GetAtt Logs.Arn}}]",
    "terraform": 'logging_configuration {\n  level           = "ERROR"\n  log_destination = "${aws_cloudwatch_log_group.LOGS.arn}:*"\n}',
    "cdk": "logs: { destination: logGroup, level: LogLevel.ERROR },",
}
"""Dialect -> a log; its log group has to be made."""


@rule("state-machine-not-logged", weakness="missing-logging", severity=LOW, tags=["cwe-778"], profile="strict")
def check(machine: StateMachine, system: System) -> Iterator[Outcome]:
    yield from judge(
        machine.log_level,
        lambda level: level.upper() == "OFF",
        f"The state machine {machine.name} leaves no log",
        fixes=(Fix("Write a log", safe=False, text=_LOGGED.get(machine.resource.dialect)),),
    )


CASES = [
    bad(
        "cloudformation",
        """
        Flow:  # <- here
          Type: AWS::StepFunctions::StateMachine
          Properties: {RoleArn: arn:aws:iam::123456789012:role/flow, Definition: {StartAt: A, States: {A: {Type: Pass, End: true}}}}
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
            LoggingConfiguration:
              Level: ERROR
              Destinations: [{CloudWatchLogsLogGroup: {LogGroupArn: arn:aws:logs:eu-west-1:123456789012:log-group:flow}}]
        """,
    ),
]
