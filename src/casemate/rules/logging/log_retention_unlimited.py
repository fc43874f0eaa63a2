"""Logs that are kept for ever.

What it does
------------
Reports log groups without a retention time.

Why it matters
--------------
Old logs hold personal data longer than any purpose, and cost money every month.

How to fix
----------
Set `RetentionInDays` (`logRetentionInDays`) to what your policy asks, for example 365.

When to allow it
----------------
Audit logs that the law demands for longer, exported elsewhere.

References
----------
- https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html#SettingLogRetention
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Change, Fix, Outcome, bad, good, judge, rule
from casemate.model.store import Store


@rule("log-retention-unlimited", weakness="denial-of-wallet", severity=LOW, tags=["cwe-770"], profile="strict")
def check(store: Store, system: System) -> Iterator[Outcome]:
    if store.kind == "log-group" and store.resource.implied_by is None:
        change = Change(store.id, "set", ("RetentionInDays",), 365)
        fix = Fix("Keep logs for a year (older ones are deleted)", safe=False, changes=(change,))
        yield from judge(
            store.retention_days,
            lambda days: days is None,
            f"The log group {store.name} is kept for ever",
            fixes=(fix,) if store.cloud == "aws" else (),
        )


CASES = [
    bad(
        "cloudformation",
        """
        Logs:  # <- here
          Type: AWS::Logs::LogGroup
          Properties: {LogGroupName: /aws/lambda/hello}
        """,
    ),
    good(
        "cloudformation",
        """
        Logs:
          Type: AWS::Logs::LogGroup
          Properties: {LogGroupName: /aws/lambda/hello, RetentionInDays: 90}
        """,
    ),
]
