"""A function runs in circles or out of time.

What it does
------------
Reports events that went around more often than the policy allows, and twenty invocations within five minutes that ran out of their time or
size of answer.

Why it matters
--------------
Work that never ends costs money and starves the others.

How to respond
--------------
Set the function's concurrency down, look at the events that do it.

When to allow it
----------------
A deployment that made the function slow.

References
----------
- https://attack.mitre.org/techniques/T1499/
- https://attack.mitre.org/techniques/T1496/
- https://schema.ocsf.io/1.3.0/classes/detection_finding
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, at_least
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "function-exhausted",
    severity=HIGH,
    sources=["casemate.guard"],
    tags=["attack.impact", "attack.t1499", "attack.t1496"],
    playbook="resources-exhausted",
)
def detect() -> Pattern:
    return at_least(
        20,
        event.raw("unmapped.reasons.rule").is_("recursion", "limit:time", "limit:response"),
        within=5 * MINUTE,
        by=(event.account, event.function),
        every=HOUR,
    )


_RECORD = """{"class_uid": 2004, "category_uid": 2, "activity_id": 1, "type_uid": 200401, "time": 1772359200000, "severity_id": 4, "action_id": 2, "disposition_id": 2, "metadata": {"version": "1.3.0", "uid": "r#:1", "correlation_uid": "r#", "product": {"name": "casemate-guard", "vendor_name": "Casemate", "version": "0.1.0"}}, "finding_info": {"uid": "r#:1", "title": "reject: limit:time", "types": ["limit"]}, "resources": [{"type": "function", "name": "orders"}], "unmapped": {"verdict": "reject", "reasons": [{"rule": "limit:time", "path": "body.q", "record": -1, "mode": "enforce"}], "count": 1, "refused": 0, "records": 1}, "function": "orders", "trigger": "apigateway"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(20)),
    ),
    quiet(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(3)),
    ),
]
