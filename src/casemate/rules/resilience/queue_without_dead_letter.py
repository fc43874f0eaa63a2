"""A poisoned message blocks the queue.

What it does
------------
Reports queues that feed a function and have no dead-letter queue.

Why it matters
--------------
A message that makes the function fail comes back again and again until it expires: money, blocked work, and nothing
to look at afterwards.

How to fix
----------
Set a `RedrivePolicy` with `maxReceiveCount` of about five.

When to allow it
----------------
Queues whose messages may be lost.

References
----------
- https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#events-sqs-queueconfig
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.store import Store


@rule("queue-without-dead-letter", weakness="missing-dlq", severity=LOW, tags=["cwe-400", "cwe-391"], profile="strict")
def check(store: Store, system: System) -> Iterator[Outcome]:
    if store.kind == "queue" and any(system.inventory.edges_from(store.id, "triggers")):
        yield from judge(
            store.dead_letter,
            lambda kept: not kept,
            f"A message that cannot be processed comes back to {store.name} again and again",
        )


CASES = [
    bad(
        "sam",
        """
        Orders:  # <- here
          Type: AWS::SQS::Queue
        Hello:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            Events:
              Order:
                Type: SQS
                Properties: {Queue: !GetAtt Orders.Arn}
        """,
    ),
    good(
        "sam",
        """
        Failed:
          Type: AWS::SQS::Queue
        Orders:
          Type: AWS::SQS::Queue
          Properties:
            RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 5}
        Hello:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            Events:
              Order:
                Type: SQS
                Properties: {Queue: !GetAtt Orders.Arn}
        """,
    ),
]
