"""One principal reads many secrets.

What it does
------------
Reports twelve different secrets of Secret Manager that one principal reads within ten minutes. It needs data access logs.

Why it matters
--------------
A program reads its own few.

How to respond
--------------
Revoke the principal's credentials, rotate what was read.

When to allow it
----------------
Tools that move or back up secrets.

References
----------
- https://attack.mitre.org/techniques/T1555/006/
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, different
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "google-secrets-read-in-bulk",
    severity=HIGH,
    sources=["google.audit"],
    tags=["attack.credential-access", "attack.t1555.006"],
)
def detect() -> Pattern:
    return different(
        12,
        (event.resource,),
        event.action.is_("AccessSecretVersion") & DONE,
        within=10 * MINUTE,
        by=(event.actor,),
        every=HOUR,
    )


_RECORD = """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "secretmanager.googleapis.com", "methodName": "google.cloud.secretmanager.v1.SecretManagerService.AccessSecretVersion", "resourceName": "projects/1/secrets/s#/versions/latest"}, "insertId": "#", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}"""
_RECORD_2 = """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "secretmanager.googleapis.com", "methodName": "google.cloud.secretmanager.v1.SecretManagerService.AccessSecretVersion", "resourceName": "projects/1/secrets/s/versions/latest"}, "insertId": "#", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(12)),
    ),
    quiet(
        "\n".join(_RECORD_2.replace("#", str(number)) for number in range(30)),
    ),
]
