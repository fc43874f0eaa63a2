"""A detector that is switched off.

What it does
------------
Reports threat detectors and configuration recorders that are declared but disabled.

Why it matters
--------------
It looks protected on paper, and nothing watches.

How to fix
----------
Set `Enable: true`.

When to allow it
----------------
Regions where the service is not to be used.

References
----------
- https://docs.aws.amazon.com/guardduty/latest/ug/what-is-guardduty.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, bad, good, judge, rule
from casemate.model.workflow import Monitor


@rule("detector-disabled", weakness="missing-alarm", severity=MEDIUM, tags=["cwe-778"], profile="strict")
def check(monitor: Monitor, system: System) -> Iterator[Outcome]:
    if monitor.kind in {"detector", "recorder"}:
        yield from judge(monitor.enabled, lambda on: not on, f"{monitor.name} is declared but switched off")


CASES = [
    bad(
        "cloudformation",
        """
        Guard:
          Type: AWS::GuardDuty::Detector
          Properties:
            Enable: false  # <- here
        """,
    ),
    good(
        "cloudformation",
        """
        Guard:
          Type: AWS::GuardDuty::Detector
          Properties: {Enable: true}
        """,
    ),
]
