"""Somebody got a role of weight over a project.

What it does
------------
Reports bindings of owner, editor, organisation, IAM and security administrators, token creators and service account users, by a person.

Why it matters
--------------
Token creators and users of service accounts have all that those accounts have; owners have the project.

How to respond
--------------
Take the binding away, revoke both, look at what the new holder did.

When to allow it
----------------
The set-up of projects by hand.

References
----------
- https://attack.mitre.org/techniques/T1098/003/
- https://cloud.google.com/logging/docs/audit/understanding-audit-logs
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "strong-role-given",
    severity=HIGH,
    sources=["google.audit"],
    tags=["attack.privilege-escalation", "attack.persistence", "attack.t1098.003"],
)
def detect() -> Pattern:
    given = event.action.ends("SetIamPolicy", "setIamPolicy") & event.raw(
        "protoPayload.serviceData.policyDelta.bindingDeltas.action"
    ).is_("ADD")
    role = event.raw("protoPayload.serviceData.policyDelta.bindingDeltas.role").is_(
        "roles/owner", "roles/editor", "roles/iam.securityAdmin", "roles/iam.serviceAccountTokenCreator",
        "roles/iam.serviceAccountUser", "roles/iam.serviceAccountKeyAdmin", "roles/iam.serviceAccountAdmin",
        "roles/resourcemanager.organizationAdmin", "roles/resourcemanager.projectIamAdmin", "roles/iam.organizationRoleAdmin",
        "roles/iam.workloadIdentityUser", "roles/cloudfunctions.admin", "roles/run.admin", "roles/deploymentmanager.editor",
    )  # fmt: skip
    return each(given & role & DONE & event.actor_type.is_("User"), by=(event.actor, event.account), every=HOUR)


CASES = [
    fires(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "cloudresourcemanager.googleapis.com", "methodName": "SetIamPolicy", "resourceName": "projects/shop", "serviceData": {"@type": "type.googleapis.com/google.iam.v1.logging.AuditData", "policyDelta": {"bindingDeltas": [{"action": "ADD", "role": "roles/owner", "member": "user:mallory@example.net"}]}}}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
    quiet(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "cloudresourcemanager.googleapis.com", "methodName": "SetIamPolicy", "resourceName": "projects/shop", "serviceData": {"@type": "type.googleapis.com/google.iam.v1.logging.AuditData", "policyDelta": {"bindingDeltas": [{"action": "ADD", "role": "roles/viewer", "member": "user:bob@example.com"}]}}}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
]
