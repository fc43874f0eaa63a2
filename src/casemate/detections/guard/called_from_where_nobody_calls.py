"""A function is called by a trigger that it does not have.

What it does
------------
Reports events of a kind that no trigger in the function's policy sends.

Why it matters
--------------
A trigger was added past the template, or somebody calls the function directly with an event of his own.

How to respond
--------------
Look for new triggers, permissions and URLs of the function, and for who called Invoke.

When to allow it
----------------
Tests with Invoke in the console.

References
----------
- https://attack.mitre.org/techniques/T1546/
- https://attack.mitre.org/techniques/T1648/
- https://schema.ocsf.io/1.3.0/classes/detection_finding
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "called-from-where-nobody-calls",
    severity=HIGH,
    sources=["casemate.guard"],
    tags=["attack.persistence", "attack.initial-access", "attack.collection", "attack.t1546", "attack.t1648"],
)
def detect() -> Pattern:
    return each(event.raw("unmapped.reasons.rule").is_("trigger"), by=(event.account, event.function), every=DAY)


CASES = [
    fires(
        """{"class_uid": 2004, "category_uid": 2, "activity_id": 1, "type_uid": 200401, "time": 1772359200000, "severity_id": 4, "action_id": 2, "disposition_id": 2, "metadata": {"version": "1.3.0", "uid": "r1:1", "correlation_uid": "r1", "product": {"name": "casemate-guard", "vendor_name": "Casemate", "version": "0.1.0"}}, "finding_info": {"uid": "r1:1", "title": "reject: trigger", "types": ["trigger"]}, "resources": [{"type": "function", "name": "orders"}], "unmapped": {"verdict": "reject", "reasons": [{"rule": "trigger", "path": "body.q", "record": -1, "mode": "enforce"}], "count": 1, "refused": 0, "records": 1}, "function": "orders", "trigger": "apigateway"}""",
    ),
    quiet(
        """{"class_uid": 2004, "category_uid": 2, "activity_id": 1, "type_uid": 200401, "time": 1772359200000, "severity_id": 4, "action_id": 2, "disposition_id": 2, "metadata": {"version": "1.3.0", "uid": "r1:1", "correlation_uid": "r1", "product": {"name": "casemate-guard", "vendor_name": "Casemate", "version": "0.1.0"}}, "finding_info": {"uid": "r1:1", "title": "reject: schema:type", "types": ["schema"]}, "resources": [{"type": "function", "name": "orders"}], "unmapped": {"verdict": "reject", "reasons": [{"rule": "schema:type", "path": "body.q", "record": -1, "mode": "enforce"}], "count": 1, "refused": 0, "records": 1}, "function": "orders", "trigger": "apigateway"}""",
    ),
]
