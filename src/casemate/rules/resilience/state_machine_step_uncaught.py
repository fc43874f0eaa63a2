"""A step whose failure nobody catches.

What it does
------------
Reports task states without a `Catch`, and states that wait for a token or a job without a time limit.

Why it matters
--------------
One failure ends the whole workflow half done; a token that never comes keeps it open, and paid for, for up to a year.

How to fix
----------
Add `Catch` to a state that cleans up, `Retry` for passing faults, and `TimeoutSeconds` or `HeartbeatSeconds` to every
wait.

When to allow it
----------------
Workflows that are only ever run by hand.

References
----------
- https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.workflow import StateMachine


@rule(
    "state-machine-step-uncaught",
    weakness="denial-of-wallet",
    severity=LOW,
    tags=["cwe-391", "cwe-400"],
    profile="strict",
)
def check(machine: StateMachine, system: System) -> Iterator[Outcome]:
    for name, at in machine.endless:
        yield Violation(f"The step {name} of {machine.name} may wait without end", at, cause=f"wait {name}")
    endless = {name for name, _ in machine.endless}
    uncaught = [entry for entry in machine.uncaught if entry[0] not in endless]
    if uncaught:
        yield Violation(
            f"Nothing catches a failure of {len(uncaught)} step{'' if len(uncaught) == 1 else 's'} of {machine.name}",
            uncaught[0][1],
            related=tuple((at, f"step {name}") for name, at in uncaught[1:10]),
            cause="uncaught",
        )


CASES = [
    bad(
        "cloudformation",
        """
        Flow:
          Type: AWS::StepFunctions::StateMachine
          Properties:
            RoleArn: arn:aws:iam::123456789012:role/flow
            Definition:
              StartAt: Wait
              States:
                Wait:  # <- here
                  Type: Task
                  Resource: arn:aws:states:::sqs:sendMessage.waitForTaskToken
                  Catch: [{ErrorEquals: [States.ALL], Next: Done}]
                  Next: Done
                Done: {Type: Succeed}
        """,
    ),
    good(
        "cloudformation",
        """
        Flow:
          Type: AWS::StepFunctions::StateMachine
          Properties:
            RoleArn: arn:aws:iam::123456789012:role/flow
            Definition:
              StartAt: Wait
              States:
                Wait:
                  Type: Task
                  Resource: arn:aws:states:::sqs:sendMessage.waitForTaskToken
                  TimeoutSeconds: 3600
                  Catch: [{ErrorEquals: [States.ALL], Next: Done}]
                  Next: Done
                Done: {Type: Succeed}
        """,
    ),
]
