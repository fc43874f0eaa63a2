"""A log sink, an exclusion or audit logging was changed.

What it does
------------
Reports sinks and buckets of logs that are deleted or changed, exclusions that are made, flow logs of networks that are switched off, logs
and metrics that are deleted, monitoring policies that are deleted and Security Command Center's findings that are muted.

Why it matters
--------------
What is excluded is never recorded.

How to respond
--------------
Put it back, look at what the caller did since.

When to allow it
----------------
Changes of logging cost: through the template.

References
----------
- https://attack.mitre.org/techniques/T1562/008/
- https://attack.mitre.org/techniques/T1070/
- https://cloud.google.com/logging/docs/audit/configure-data-access
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "google-logs-switched-off",
    severity=HIGH,
    sources=["google.audit"],
    tags=["attack.defense-evasion", "attack.t1562.008", "attack.t1070"],
)
def detect() -> Pattern:
    off = event.action.is_(
        "DeleteSink", "UpdateSink", "CreateExclusion", "UpdateExclusion", "DeleteBucket", "UpdateBucket", "DeleteLog",
        "DeleteLogMetric", "DeleteAlertPolicy", "DeleteNotificationChannel", "CreateMuteConfig", "BulkMuteFindings", "DeleteView",
        "UpdateSettings", "UpdateCmekSettings",
    )  # fmt: skip
    versioned = event.action.ends("DeleteSink", "UpdateSink", "CreateExclusion", "DeleteLog")
    watching = event.service.is_("logging", "monitoring", "securitycenter")
    audit = event.action.ends("SetIamPolicy") & event.raw(
        "protoPayload.serviceData.policyDelta.auditConfigDeltas.action"
    ).is_("REMOVE")
    flows = event.action.is_("compute.subnetworks.patch") & event.raw("protoPayload.request.enableFlowLogs").is_(False)
    return each((((off | versioned) & watching) | audit | flows) & DONE, by=(event.actor, event.account), every=HOUR)


CASES = [
    fires(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "logging.googleapis.com", "methodName": "google.logging.v2.ConfigServiceV2.DeleteSink", "resourceName": "projects/shop/sinks/siem"}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
    fires(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "logging.googleapis.com", "methodName": "google.logging.v2.ConfigServiceV2.CreateExclusion", "resourceName": "projects/shop"}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
    quiet(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "logging.googleapis.com", "methodName": "google.logging.v2.ConfigServiceV2.ListSinks", "resourceName": "projects/shop"}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
    quiet(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "logging.googleapis.com", "methodName": "google.logging.v2.ConfigServiceV2.DeleteSink", "resourceName": "projects/shop", "status": {"code": 7, "message": "PERMISSION_DENIED"}}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
]
