"""An audit trail with holes.

What it does
------------
Reports CloudTrail trails of a single region, without validation of log files, or switched off.

Why it matters
--------------
An attacker works in the region that nobody records, or changes the record.

How to fix
----------
Set `IsMultiRegionTrail`, `EnableLogFileValidation` and `IsLogging` to true.

When to allow it
----------------
Additional trails beside a complete one.

References
----------
- https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Change, Fix, Outcome, bad, good, judge, rule
from casemate.model.workflow import Monitor


@rule("trail-incomplete", weakness="missing-logging", severity=MEDIUM, tags=["cwe-778"], profile="strict")
def check(monitor: Monitor, system: System) -> Iterator[Outcome]:
    if monitor.kind == "trail":
        yield from judge(
            monitor.multi_region,
            lambda on: not on,
            f"The trail {monitor.name} records one region only",
            fixes=_fix(monitor, "IsMultiRegionTrail", "Record all regions"),
        )
        yield from judge(
            monitor.validated,
            lambda on: not on,
            f"The files of the trail {monitor.name} can be changed unnoticed",
            fixes=_fix(monitor, "EnableLogFileValidation", "Validate the log files"),
        )
        yield from judge(
            monitor.enabled,
            lambda on: not on,
            f"The trail {monitor.name} is switched off",
            fixes=_fix(monitor, "IsLogging", "Switch the trail on"),
        )


def _fix(monitor: Monitor, setting: str, title: str) -> tuple[Fix, ...]:
    if monitor.cloud != "aws":
        return ()
    return (Fix(title, safe=True, changes=(Change(monitor.id, "set", (setting,), True),)),)


CASES = [
    bad(
        "cloudformation",
        """
        Trail:
          Type: AWS::CloudTrail::Trail
          Properties:
            S3BucketName: logs
            IsLogging: true
            IsMultiRegionTrail: false  # <- here
            EnableLogFileValidation: true
        """,
    ),
    good(
        "cloudformation",
        """
        Trail:
          Type: AWS::CloudTrail::Trail
          Properties: {S3BucketName: logs, IsLogging: true, IsMultiRegionTrail: true, EnableLogFileValidation: true}
        """,
    ),
]
