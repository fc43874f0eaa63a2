"""A function costs more than ten dollars an hour.

What it does
------------
Adds up what the runs of each function cost, by the billed duration and the memory in the platform's reports, and reports a function that
costs more than ten US dollars within an hour.

Why it matters
--------------
Ten dollars an hour are seven thousand a month for one function. Somebody calls it with what makes it work longest, it calls itself over a
bucket or a queue, or it retries what can never succeed. The budget alarm of the account tells a day later.

How to respond
--------------
Look at the function's triggers and at the size of what comes in; set its reserved concurrency to what it needs; put a rate limit in front.

When to allow it
----------------
Batch jobs that are meant to cost that much: suppress them by name.

References
----------
- https://aws.amazon.com/lambda/pricing/
- https://attack.mitre.org/techniques/T1496/
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, Stage, Statistic
from casemate.authoring.query import event
from casemate.model.finding import HIGH

DOLLARS = 10.0


@detection(
    "function-costs-much",
    severity=HIGH,
    sources=["aws.lambda"],
    tags=["attack.impact", "attack.t1496", "attack.t1499.003"],
    playbook="resources-exhausted",
)
def detect() -> Pattern:
    reported = Stage(event.action.is_("platform.report"), (event.function,))
    return Statistic((reported,), event.cost, "sum", (("gt", DOLLARS),), HOUR)


_REPORT = """{"owner": "111122223333", "logGroup": "/aws/lambda/resize", "id": "#", "timestamp": 1772323200000, "message": "REPORT", "platform": {"type": "platform.report", "requestId": "#", "billedDurationMs": 900000, "memorySizeMB": 10240}}"""
"""Fifteen minutes with 10 GB: fifteen cents."""

CASES = [
    fires("\n".join(_REPORT.replace("#", str(number)) for number in range(70))),
    quiet("\n".join(_REPORT.replace("#", str(number)) for number in range(40))),
    quiet("\n".join(_REPORT.replace("900000", "100").replace("#", str(number)) for number in range(70))),
]
