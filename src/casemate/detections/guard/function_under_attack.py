"""Many events are refused.

What it does
------------
Reports thirty refusals by the guard of one function, or by the gateway, within five minutes.

Why it matters
--------------
Somebody looks for a hole; it is worth a look what passes.

How to respond
--------------
Block the source at the gateway or firewall, read which rules and paths were hit.

When to allow it
----------------
A caller that was changed and does not fit the schema any more.

References
----------
- https://attack.mitre.org/techniques/T1190/
- https://attack.mitre.org/techniques/T1595/002/
- https://schema.ocsf.io/1.3.0/classes/detection_finding
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, at_least
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "function-under-attack",
    severity=MEDIUM,
    sources=["casemate.guard", "casemate.gateway"],
    tags=["attack.reconnaissance", "attack.initial-access", "attack.t1190", "attack.t1595.002"],
)
def detect() -> Pattern:
    return at_least(
        30, event.raw("action_id").is_(2) & event.raw("class_uid").exists() & event.raw("metadata.product.name").is_("casemate-guard", "casemate-gateway"),
        within=5 * MINUTE, by=(event.account, event.function), every=HOUR,
    )  # fmt: skip


_RECORD = """{"class_uid": 2004, "category_uid": 2, "activity_id": 1, "type_uid": 200401, "time": 1772359200000, "severity_id": 4, "action_id": 2, "disposition_id": 2, "metadata": {"version": "1.3.0", "uid": "r#:1", "correlation_uid": "r#", "product": {"name": "casemate-guard", "vendor_name": "Casemate", "version": "0.1.0"}}, "finding_info": {"uid": "r#:1", "title": "reject: sqli", "types": ["sqli"]}, "resources": [{"type": "function", "name": "orders"}], "unmapped": {"verdict": "reject", "reasons": [{"rule": "sqli", "path": "body.q", "record": -1, "mode": "enforce"}], "count": 1, "refused": 0, "records": 1}, "function": "orders", "trigger": "apigateway"}"""
_RECORD_2 = """{"class_uid": 2004, "category_uid": 2, "activity_id": 1, "type_uid": 200401, "time": 1772359200000, "severity_id": 4, "action_id": 1, "disposition_id": 2, "metadata": {"version": "1.3.0", "uid": "r#:1", "correlation_uid": "r#", "product": {"name": "casemate-guard", "vendor_name": "Casemate", "version": "0.1.0"}}, "finding_info": {"uid": "r#:1", "title": "allow: sqli", "types": ["sqli"]}, "resources": [{"type": "function", "name": "orders"}], "unmapped": {"verdict": "allow", "reasons": [{"rule": "sqli", "path": "body.q", "record": -1, "mode": "enforce"}], "count": 1, "refused": 0, "records": 1}, "function": "orders", "trigger": "apigateway"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(30)),
    ),
    quiet(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(5)),
    ),
    quiet(
        "\n".join(_RECORD_2.replace("#", str(number)) for number in range(40)),
    ),
]
