"""A resource was opened to everybody.

What it does
------------
Reports bindings for allUsers or allAuthenticatedUsers on projects, functions, services, buckets, topics, keys and images.

Why it matters
--------------
allUsers calls the function, reads the bucket, without any account.

How to respond
--------------
Take the binding away, look at the data access log since.

When to allow it
----------------
Public websites and APIs: through the template, with the member suppressed for that resource.

References
----------
- https://attack.mitre.org/techniques/T1537/
- https://attack.mitre.org/techniques/T1098/
- https://cloud.google.com/logging/docs/audit/understanding-audit-logs
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import CRITICAL


@detection(
    "opened-to-everybody",
    severity=CRITICAL,
    sources=["google.audit"],
    tags=["attack.exfiltration", "attack.persistence", "attack.initial-access", "attack.t1537", "attack.t1098"],
)
def detect() -> Pattern:
    policy = event.action.ends("SetIamPolicy", "setIamPermissions", "setIamPolicy", "CreateFunction", "ReplaceService")
    members = (
        event.raw("protoPayload.serviceData.policyDelta.bindingDeltas.member"),
        event.raw("protoPayload.metadata.datasetChange.bindingDeltas.member"),
        event.raw("protoPayload.request.policy.bindings.members"),
    )
    everybody = (
        members[0].is_("allUsers", "allAuthenticatedUsers")
        | members[1].is_("allUsers", "allAuthenticatedUsers")
        | members[2].is_("allUsers", "allAuthenticatedUsers")
    )
    removed = event.raw("protoPayload.serviceData.policyDelta.bindingDeltas.action").is_("REMOVE") & ~event.raw(
        "protoPayload.serviceData.policyDelta.bindingDeltas.action"
    ).is_("ADD")
    return each(policy & everybody & ~removed & DONE, by=(event.actor, event.resource), every=DAY)


CASES = [
    fires(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "cloudfunctions.googleapis.com", "methodName": "google.cloud.functions.v2.FunctionService.SetIamPolicy", "resourceName": "projects/shop", "request": {"policy": {"bindings": [{"role": "roles/run.invoker", "members": ["allUsers"]}]}}}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
    fires(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "storage.googleapis.com", "methodName": "storage.setIamPermissions", "resourceName": "projects/_/buckets/reports", "serviceData": {"@type": "type.googleapis.com/google.iam.v1.logging.AuditData", "policyDelta": {"bindingDeltas": [{"action": "ADD", "role": "roles/storage.objectViewer", "member": "allUsers"}]}}}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
    quiet(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "storage.googleapis.com", "methodName": "storage.setIamPermissions", "resourceName": "projects/_/buckets/reports", "serviceData": {"@type": "type.googleapis.com/google.iam.v1.logging.AuditData", "policyDelta": {"bindingDeltas": [{"action": "REMOVE", "role": "roles/storage.objectViewer", "member": "allUsers"}]}}}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
    quiet(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "cloudresourcemanager.googleapis.com", "methodName": "SetIamPolicy", "resourceName": "projects/shop", "serviceData": {"@type": "type.googleapis.com/google.iam.v1.logging.AuditData", "policyDelta": {"bindingDeltas": [{"action": "ADD", "role": "roles/viewer", "member": "user:bob@example.com"}]}}}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
]
