"""Messages come back while they are still being worked on.

What it does
------------
Reports queues whose visibility timeout is shorter than the timeout of the function they feed.

Why it matters
--------------
The same message is processed twice or more, side by side: double orders, double cost, and failed batches that look
like attacks.

How to fix
----------
Set the visibility timeout to six times the function's timeout.

When to allow it
----------------
Functions that are idempotent and always much faster than their timeout.

References
----------
- https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.function import Function
from casemate.model.trigger import Trigger
from casemate.model.value import text_of

_DEFAULT = 30
"""Seconds; the default of SQS."""


@rule("queue-visibility-too-short", weakness="denial-of-wallet", severity=LOW, tags=["cwe-400"], profile="strict")
def check(trigger: Trigger, system: System) -> Iterator[Outcome]:
    queue = system.target(trigger.source)
    function = system.inventory.find(trigger.function.target, Function)
    if trigger.kind != "queue" or queue is None or function is None or function.timeout.value is None:
        return
    written = queue.resource.properties.get("VisibilityTimeout")
    text = text_of(written)
    if written is not None and (text is None or not text.isdigit()):
        return
    seconds = int(text) if text else _DEFAULT
    if seconds < function.timeout.value:
        yield Violation(
            f"{queue.name} gives a message back after {seconds} s, {function.name} may work on it for {function.timeout.value} s",
            written.at if written is not None else queue.at,
            resource=queue,
        )


CASES = [
    bad(
        "sam",
        """
        Orders:
          Type: AWS::SQS::Queue
          Properties:
            VisibilityTimeout: 20  # <- here
        Hello:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            Timeout: 60
            Events:
              Order:
                Type: SQS
                Properties: {Queue: !GetAtt Orders.Arn}
        """,
    ),
    good(
        "sam",
        """
        Orders:
          Type: AWS::SQS::Queue
          Properties: {VisibilityTimeout: 360}
        Hello:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            Timeout: 60
            Events:
              Order:
                Type: SQS
                Properties: {Queue: !GetAtt Orders.Arn}
        """,
    ),
]
