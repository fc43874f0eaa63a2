"""A poisoned record blocks a stream.

What it does
------------
Reports stream and table triggers without a failure destination and without a limit on retries.

Why it matters
--------------
One record that makes the function fail is retried until it expires (up to a week for a stream), and everything behind
it in the shard waits.

How to fix
----------
Set `MaximumRetryAttempts` and `DestinationConfig.OnFailure`, and `BisectBatchOnFunctionError`.

When to allow it
----------------
Functions that never fail.

References
----------
- https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-errors.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.trigger import Trigger

_STREAMS = frozenset({"stream", "table", "kafka"})


@rule(
    "stream-retries-without-end",
    weakness="denial-of-wallet",
    severity=LOW,
    tags=["cwe-400", "cwe-674"],
    profile="strict",
)
def check(trigger: Trigger, system: System) -> Iterator[Outcome]:
    if (
        trigger.kind in _STREAMS
        and trigger.retries.always(lambda retries: retries is None)
        and trigger.dead_letter.always(lambda kept: not kept)
    ):
        yield Violation(f"A record that {trigger.name} cannot process is retried until it expires", trigger.at)


CASES = [
    bad(
        "sam",
        """
        Hello:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            Events:
              Clicks:  # <- here
                Type: Kinesis
                Properties: {Stream: !GetAtt Stream.Arn, StartingPosition: LATEST}
        Stream:
          Type: AWS::Kinesis::Stream
          Properties: {StreamEncryption: {EncryptionType: KMS, KeyId: alias/aws/kinesis}}
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
            Events:
              Clicks:
                Type: Kinesis
                Properties: {Stream: !GetAtt Stream.Arn, StartingPosition: LATEST, MaximumRetryAttempts: 3}
        Stream:
          Type: AWS::Kinesis::Stream
          Properties: {StreamEncryption: {EncryptionType: KMS, KeyId: alias/aws/kinesis}}
        """,
    ),
]
