"""A key of a service account was made.

What it does
------------
Reports keys that are made or uploaded for service accounts, keys for the storage's XML API, and API keys.

Why it matters
--------------
A key is good for years, anywhere, and shows up nowhere.

How to respond
--------------
Delete the key, look at the calls it signed (serviceAccountKeyName), use workload identity instead.

When to allow it
----------------
Old systems outside of Google that need one.

References
----------
- https://attack.mitre.org/techniques/T1098/001/
- https://attack.mitre.org/techniques/T1528/
- https://cloud.google.com/iam/docs/best-practices-for-managing-service-account-keys
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "service-account-key-made",
    severity=HIGH,
    sources=["google.audit"],
    tags=["attack.persistence", "attack.credential-access", "attack.t1098.001", "attack.t1528"],
)
def detect() -> Pattern:
    made = event.action.is_(
        "CreateServiceAccountKey", "UploadServiceAccountKey", "storage.hmacKeys.create", "CreateKey", "CreateApiKey"
    )
    return each(
        made & event.service.is_("iam", "storage", "apikeys") & DONE, by=(event.actor, event.account), every=DAY
    )


CASES = [
    fires(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "iam.googleapis.com", "methodName": "google.iam.admin.v1.CreateServiceAccountKey", "resourceName": "projects/-/serviceAccounts/1"}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
    quiet(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "iam.googleapis.com", "methodName": "google.iam.admin.v1.ListServiceAccountKeys", "resourceName": "projects/shop"}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
]
