"""A function's code did what it never does.

What it does
------------
Reports that the guard stopped or saw the code of a function start a process, reach a host, call an action of the cloud, write a file or run
made-up code that is not on the function's list.

Why it matters
--------------
The list is made from the code itself. What is not on it is somebody else's code: an injection that worked or a poisoned dependency.

How to respond
--------------
Isolate the function, keep the events and logs of the invocation (the alert names it), find the way in, rotate the function's secrets.

When to allow it
----------------
A new version that was deployed without a new policy: build the policy with it.

References
----------
- https://attack.mitre.org/techniques/T1059/
- https://attack.mitre.org/techniques/T1648/
- https://attack.mitre.org/techniques/T1041/
- https://schema.ocsf.io/1.3.0/classes/detection_finding
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import CRITICAL


@detection(
    "code-left-its-limits",
    severity=CRITICAL,
    sources=["casemate.guard"],
    tags=[
        "attack.execution",
        "attack.exfiltration",
        "attack.credential-access",
        "attack.discovery",
        "attack.lateral-movement",
        "attack.persistence",
        "attack.privilege-escalation",
        "attack.t1059",
        "attack.t1648",
        "attack.t1041",
    ],
    playbook="function-breached",
)
def detect() -> Pattern:
    return each(
        event.raw("unmapped.reasons.rule").is_(
            "limit:hosts", "limit:actions", "limit:processes", "limit:writes", "limit:code"
        ),
        by=(event.account, event.function),
        every=HOUR,
    )


CASES = [
    fires(
        """{"class_uid": 2004, "category_uid": 2, "activity_id": 1, "type_uid": 200401, "time": 1772359200000, "severity_id": 4, "action_id": 2, "disposition_id": 2, "metadata": {"version": "1.3.0", "uid": "r1:1", "correlation_uid": "r1", "product": {"name": "casemate-guard", "vendor_name": "Casemate", "version": "0.1.0"}}, "finding_info": {"uid": "r1:1", "title": "reject: limit:processes", "types": ["limit"]}, "resources": [{"type": "function", "name": "orders"}], "unmapped": {"verdict": "reject", "reasons": [{"rule": "limit:processes", "path": "body.q", "record": -1, "mode": "enforce"}], "count": 1, "refused": 0, "records": 1}, "function": "orders", "trigger": ""}""",
    ),
    fires(
        """{"class_uid": 2004, "category_uid": 2, "activity_id": 1, "type_uid": 200401, "time": 1772359200000, "severity_id": 4, "action_id": 1, "disposition_id": 2, "metadata": {"version": "1.3.0", "uid": "r1:1", "correlation_uid": "r1", "product": {"name": "casemate-guard", "vendor_name": "Casemate", "version": "0.1.0"}}, "finding_info": {"uid": "r1:1", "title": "observed: limit:hosts", "types": ["limit"]}, "resources": [{"type": "function", "name": "orders"}], "unmapped": {"verdict": "observed", "reasons": [{"rule": "limit:hosts", "path": "body.q", "record": -1, "mode": "enforce"}], "count": 1, "refused": 0, "records": 1}, "function": "orders", "trigger": "apigateway"}""",
    ),
    quiet(
        """{"class_uid": 2004, "category_uid": 2, "activity_id": 1, "type_uid": 200401, "time": 1772359200000, "severity_id": 4, "action_id": 2, "disposition_id": 2, "metadata": {"version": "1.3.0", "uid": "r1:1", "correlation_uid": "r1", "product": {"name": "casemate-guard", "vendor_name": "Casemate", "version": "0.1.0"}}, "finding_info": {"uid": "r1:1", "title": "reject: sqli", "types": ["sqli"]}, "resources": [{"type": "function", "name": "orders"}], "unmapped": {"verdict": "reject", "reasons": [{"rule": "sqli", "path": "body.q", "record": -1, "mode": "enforce"}], "count": 1, "refused": 0, "records": 1}, "function": "orders", "trigger": "apigateway"}""",
    ),
    quiet(
        """{"class_uid": 2004, "category_uid": 2, "activity_id": 1, "type_uid": 200401, "time": 1772359200000, "severity_id": 4, "action_id": 2, "disposition_id": 2, "metadata": {"version": "1.3.0", "uid": "r1:1", "correlation_uid": "r1", "product": {"name": "casemate-guard", "vendor_name": "Casemate", "version": "0.1.0"}}, "finding_info": {"uid": "r1:1", "title": "reject: limit:time", "types": ["limit"]}, "resources": [{"type": "function", "name": "orders"}], "unmapped": {"verdict": "reject", "reasons": [{"rule": "limit:time", "path": "body.q", "record": -1, "mode": "enforce"}], "count": 1, "refused": 0, "records": 1}, "function": "orders", "trigger": "apigateway"}""",
    ),
]
