"""A private mail account was let in.

What it does
------------
Reports bindings for members with addresses of mail providers (gmail.com and others) and invitations of owners by mail.

Why it matters
--------------
An account of no organisation has no second factor that anybody asks for, and nobody takes it away.

How to respond
--------------
Take the binding away, look at what the member did.

When to allow it
----------------
Small teams without an organisation.

References
----------
- https://attack.mitre.org/techniques/T1098/003/
- https://attack.mitre.org/techniques/T1136/003/
- https://attack.mitre.org/techniques/T1537/
- https://cloud.google.com/logging/docs/audit/understanding-audit-logs
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "private-account-let-in",
    severity=HIGH,
    sources=["google.audit"],
    tags=[
        "attack.persistence",
        "attack.initial-access",
        "attack.privilege-escalation",
        "attack.exfiltration",
        "attack.t1098.003",
        "attack.t1136.003",
        "attack.t1537",
    ],
)
def detect() -> Pattern:
    member = event.raw("protoPayload.serviceData.policyDelta.bindingDeltas.member")
    added = event.raw("protoPayload.serviceData.policyDelta.bindingDeltas.action").is_("ADD")
    private = member.ends(
        "@gmail.com",
        "@googlemail.com",
        "@outlook.com",
        "@hotmail.com",
        "@yahoo.com",
        "@proton.me",
        "@protonmail.com",
        "@icloud.com",
    )
    invited = event.action.is_("InsertProjectOwnershipInvite")
    return each(((added & private) | invited) & DONE, by=(event.actor, event.resource), every=DAY)


CASES = [
    fires(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "cloudresourcemanager.googleapis.com", "methodName": "SetIamPolicy", "resourceName": "projects/shop", "serviceData": {"@type": "type.googleapis.com/google.iam.v1.logging.AuditData", "policyDelta": {"bindingDeltas": [{"action": "ADD", "role": "roles/viewer", "member": "user:mallory@gmail.com"}]}}}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
    quiet(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "cloudresourcemanager.googleapis.com", "methodName": "SetIamPolicy", "resourceName": "projects/shop", "serviceData": {"@type": "type.googleapis.com/google.iam.v1.logging.AuditData", "policyDelta": {"bindingDeltas": [{"action": "ADD", "role": "roles/viewer", "member": "user:bob@example.com"}]}}}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
]
