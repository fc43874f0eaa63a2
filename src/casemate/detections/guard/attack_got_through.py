"""Refused attacks were followed by something that worked.

What it does
------------
Reports a function at which the guard refused three events, and whose code then left its limits within half an hour.

Why it matters
--------------
The refusals are somebody who looks for the payload that passes; what the code did then is that payload.

How to respond
--------------
Isolate the function, keep the invocation as evidence, close the hole, rotate the function's secrets.

When to allow it
----------------
Tests of your own: suppress by function.

References
----------
- https://attack.mitre.org/techniques/T1190/
- https://attack.mitre.org/techniques/T1059/
- https://schema.ocsf.io/1.3.0/classes/detection_finding
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, Sequence, Stage, at_least
from casemate.authoring.query import event
from casemate.model.finding import CRITICAL


@detection(
    "attack-got-through",
    severity=CRITICAL,
    sources=["casemate.guard"],
    tags=["attack.initial-access", "attack.execution", "attack.t1190", "attack.t1059"],
    playbook="function-breached",
)
def detect() -> Pattern:
    by = (event.account, event.function)
    refused = at_least(3, event.raw("unmapped.verdict").is_("reject", "quarantine"), within=30 * MINUTE, by=by)
    left = event.raw("unmapped.reasons.rule").is_(
        "limit:hosts", "limit:actions", "limit:processes", "limit:writes", "limit:code"
    )
    return Sequence((Stage(refused, by, name="refused"), Stage(left, by)), within=30 * MINUTE, every=HOUR)


_RECORD = """{"class_uid": 2004, "category_uid": 2, "activity_id": 1, "type_uid": 200401, "time": 1772359200000, "severity_id": 4, "action_id": 2, "disposition_id": 2, "metadata": {"version": "1.3.0", "uid": "r#:1", "correlation_uid": "r#", "product": {"name": "casemate-guard", "vendor_name": "Casemate", "version": "0.1.0"}}, "finding_info": {"uid": "r#:1", "title": "reject: sqli", "types": ["sqli"]}, "resources": [{"type": "function", "name": "orders"}], "unmapped": {"verdict": "reject", "reasons": [{"rule": "sqli", "path": "body.q", "record": -1, "mode": "enforce"}], "count": 1, "refused": 0, "records": 1}, "function": "orders", "trigger": "apigateway"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(3))
        + "\n"
        + """{"class_uid": 2004, "category_uid": 2, "activity_id": 1, "type_uid": 200401, "time": 1772359260000, "severity_id": 4, "action_id": 1, "disposition_id": 2, "metadata": {"version": "1.3.0", "uid": "r9:1", "correlation_uid": "r9", "product": {"name": "casemate-guard", "vendor_name": "Casemate", "version": "0.1.0"}}, "finding_info": {"uid": "r9:1", "title": "observed: limit:processes", "types": ["limit"]}, "resources": [{"type": "function", "name": "orders"}], "unmapped": {"verdict": "observed", "reasons": [{"rule": "limit:processes", "path": "body.q", "record": -1, "mode": "enforce"}], "count": 1, "refused": 0, "records": 1}, "function": "orders", "trigger": "apigateway"}""",
    ),
    quiet(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(3)),
    ),
    quiet(
        """{"class_uid": 2004, "category_uid": 2, "activity_id": 1, "type_uid": 200401, "time": 1772359200000, "severity_id": 4, "action_id": 2, "disposition_id": 2, "metadata": {"version": "1.3.0", "uid": "r1:1", "correlation_uid": "r1", "product": {"name": "casemate-guard", "vendor_name": "Casemate", "version": "0.1.0"}}, "finding_info": {"uid": "r1:1", "title": "reject: sqli", "types": ["sqli"]}, "resources": [{"type": "function", "name": "orders"}], "unmapped": {"verdict": "reject", "reasons": [{"rule": "sqli", "path": "body.q", "record": -1, "mode": "enforce"}], "count": 1, "refused": 0, "records": 1}, "function": "orders", "trigger": "apigateway"}
{"class_uid": 2004, "category_uid": 2, "activity_id": 1, "type_uid": 200401, "time": 1772359260000, "severity_id": 4, "action_id": 1, "disposition_id": 2, "metadata": {"version": "1.3.0", "uid": "r9:1", "correlation_uid": "r9", "product": {"name": "casemate-guard", "vendor_name": "Casemate", "version": "0.1.0"}}, "finding_info": {"uid": "r9:1", "title": "observed: limit:processes", "types": ["limit"]}, "resources": [{"type": "function", "name": "other"}], "unmapped": {"verdict": "observed", "reasons": [{"rule": "limit:processes", "path": "body.q", "record": -1, "mode": "enforce"}], "count": 1, "refused": 0, "records": 1}, "function": "other", "trigger": "apigateway"}""",
    ),
]
