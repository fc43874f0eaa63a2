"""Keys, backups or stores are deleted by a person.

What it does
------------
Reports key versions that are scheduled for destruction, and projects, databases and their backups that are deleted, by a person.

Why it matters
--------------
Keys take all that they encrypt with them.

How to respond
--------------
Restore the key version and the project within their waiting time, revoke the person's sessions.

When to allow it
----------------
Cleaning up: announced.

References
----------
- https://attack.mitre.org/techniques/T1485/
- https://attack.mitre.org/techniques/T1490/
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import CRITICAL


@detection(
    "data-destroyed",
    severity=CRITICAL,
    sources=["google.audit"],
    tags=["attack.impact", "attack.t1485", "attack.t1490"],
)
def detect() -> Pattern:
    return each(
        event.action.is_(
            "DestroyCryptoKeyVersion",
            "DeleteProject",
            "cloudsql.instances.delete",
            "DeleteBackup",
            "DeleteDatabase",
            "cloudsql.backupRuns.delete",
        )
        & DONE
        & event.actor_type.is_("User"),
        by=(event.actor, event.account),
        every=HOUR,
    )


CASES = [
    fires(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "cloudkms.googleapis.com", "methodName": "DestroyCryptoKeyVersion", "resourceName": "projects/shop/locations/global/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1"}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
    quiet(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "cloudkms.googleapis.com", "methodName": "GetCryptoKeyVersion", "resourceName": "projects/shop"}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
]
