"""A principal is refused many different things.

What it does
------------
Reports ten different methods that were denied to one principal within ten minutes.

Why it matters
--------------
A program asks for what it may; whoever tries what a stolen key can do is refused one thing after another.

How to respond
--------------
Revoke the principal's credentials, see what it was allowed.

When to allow it
----------------
Scanners with too few rights.

References
----------
- https://attack.mitre.org/techniques/T1580/
- https://attack.mitre.org/techniques/T1526/
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, different
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "google-calls-denied",
    severity=MEDIUM,
    sources=["google.audit"],
    tags=["attack.discovery", "attack.t1580", "attack.t1526"],
)
def detect() -> Pattern:
    denied = event.raw("protoPayload.methodName").exists() & event.raw("protoPayload.status.code").is_(7)
    return different(
        10, (event.service, event.action), denied, within=10 * MINUTE, by=(event.actor, event.account), every=HOUR
    )


_RECORD = """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "compute.googleapis.com", "methodName": "v1.compute.thing#.list", "resourceName": "projects/shop", "status": {"code": 7, "message": "PERMISSION_DENIED"}}, "insertId": "#", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}"""
_RECORD_2 = """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "compute.googleapis.com", "methodName": "v1.compute.instances.list", "resourceName": "projects/shop", "status": {"code": 7, "message": "PERMISSION_DENIED"}}, "insertId": "#", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(10)),
    ),
    quiet(
        "\n".join(_RECORD_2.replace("#", str(number)) for number in range(30)),
    ),
]
