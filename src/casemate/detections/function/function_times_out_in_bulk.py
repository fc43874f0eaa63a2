"""A function runs out of time again and again.

What it does
------------
Reports fifty invocations of one function that ran into its timeout within five minutes.

Why it matters
--------------
Inputs that make a function work until its timeout (a pattern that backtracks, a bomb of a file) cost money and starve the others.

How to respond
--------------
Set the function's concurrency down, look at the inputs, bound the work.

When to allow it
----------------
What the function waits for is down.

References
----------
- https://attack.mitre.org/techniques/T1499/003/
- https://attack.mitre.org/techniques/T1496/
- https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, at_least
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "function-times-out-in-bulk",
    severity=HIGH,
    sources=["aws.lambda"],
    tags=["attack.impact", "attack.t1499.003", "attack.t1496"],
    playbook="resources-exhausted",
)
def detect() -> Pattern:
    return at_least(
        50,
        event.raw("platform.type").is_("timeout") | event.raw("record.status").is_("timeout"),
        within=5 * MINUTE,
        by=(event.account, event.function),
        every=HOUR,
    )


_RECORD = """{"owner": "111122223333", "logGroup": "/aws/lambda/orders", "logStream": "s", "id": "#", "timestamp": 1772359200000, "message": "2026-03-01T10:00:00Z 1a-# Task timed out after 30.03 seconds", "platform": {"requestId": "1a-#", "type": "timeout", "status": "timeout", "error": "Task timed out"}}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(50)),
    ),
    quiet(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(5)),
    ),
]
