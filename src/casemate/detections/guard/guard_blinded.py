"""The guard could not look into events.

What it does
------------
Reports failures of the guard's engine, and ten events within five minutes that are too large, too deep or too tangled for its budgets.

Why it matters
--------------
Whoever knows that there is a guard hides the payload where it does not look.

How to respond
--------------
See what the events have in common; they were refused (the guard is closed on failure), so raise a budget only for events that you know.

When to allow it
----------------
Callers that really send such events.

References
----------
- https://attack.mitre.org/techniques/T1562/001/
- https://attack.mitre.org/techniques/T1027/
- https://schema.ocsf.io/1.3.0/classes/detection_finding
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, at_least
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "guard-blinded",
    severity=HIGH,
    sources=["casemate.guard"],
    tags=["attack.defense-evasion", "attack.t1562.001", "attack.t1027"],
)
def detect() -> Pattern:
    by = (event.account, event.function)
    rule = event.raw("unmapped.reasons.rule")
    return at_least(10, rule.starts("engine-failure:", "budget:", "text:"), within=5 * MINUTE, by=by, every=HOUR)


_RECORD = """{"class_uid": 2004, "category_uid": 2, "activity_id": 1, "type_uid": 200401, "time": 1772359200000, "severity_id": 4, "action_id": 2, "disposition_id": 2, "metadata": {"version": "1.3.0", "uid": "r#:1", "correlation_uid": "r#", "product": {"name": "casemate-guard", "vendor_name": "Casemate", "version": "0.1.0"}}, "finding_info": {"uid": "r#:1", "title": "reject: budget:depth", "types": ["budget"]}, "resources": [{"type": "function", "name": "orders"}], "unmapped": {"verdict": "reject", "reasons": [{"rule": "budget:depth", "path": "body.q", "record": -1, "mode": "enforce"}], "count": 1, "refused": 0, "records": 1}, "function": "orders", "trigger": "apigateway"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(10)),
    ),
    quiet(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(2)),
    ),
]
