"""An application or service principal got another credential.

What it does
------------
Reports secrets, certificates and federated credentials that are added to applications and service principals by a user.

Why it matters
--------------
Whoever holds the new credential is the application, with all its permissions and without a second factor.

How to respond
--------------
Remove the credential, revoke the application's sessions, look at its sign-ins since.

When to allow it
----------------
Renewals by hand: use federated credentials or managed identities.

References
----------
- https://attack.mitre.org/techniques/T1098/001/
- https://learn.microsoft.com/entra/identity/monitoring-health/reference-audit-activities
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "credential-added-to-application",
    severity=HIGH,
    sources=["azure.audit"],
    tags=["attack.persistence", "attack.privilege-escalation", "attack.t1098.001"],
)
def detect() -> Pattern:
    added = event.action.is_(
        "Add service principal credentials", "Update application - Certificates and secrets management", "Add federated identity credential", "Create federated identity credential", "Add owner to application", "Add owner to service principal",
    )  # fmt: skip
    return each(
        (added | event.action.starts("Update application – Certificates")) & DONE & event.actor_type.is_("User"),
        by=(event.actor, event.account),
        every=HOUR,
    )


CASES = [
    fires(
        """{"time": "2026-03-01T10:00:00Z", "resourceId": "/tenants/3a1b/providers/Microsoft.aadiam", "operationName": "Add service principal credentials", "category": "AuditLogs", "tenantId": "3a1b", "correlationId": "1", "identity": "alice@example.com", "properties": {"id": "1", "category": "ApplicationManagement", "activityDisplayName": "Add service principal credentials", "result": "success", "loggedByService": "Core Directory", "initiatedBy": {"user": {"userPrincipalName": "alice@example.com", "ipAddress": "198.51.100.7"}}, "targetResources": [{"displayName": "app", "type": "ServicePrincipal", "modifiedProperties": []}]}}""",
    ),
    fires(
        r"""{"time": "2026-03-01T10:00:00Z", "resourceId": "/tenants/3a1b/providers/Microsoft.aadiam", "operationName": "Update application \u2013 Certificates and secrets management ", "category": "AuditLogs", "tenantId": "3a1b", "correlationId": "1", "identity": "alice@example.com", "properties": {"id": "1", "category": "ApplicationManagement", "activityDisplayName": "Update application \u2013 Certificates and secrets management ", "result": "success", "loggedByService": "Core Directory", "initiatedBy": {"user": {"userPrincipalName": "alice@example.com", "ipAddress": "198.51.100.7"}}, "targetResources": [{"displayName": "app", "type": "ServicePrincipal", "modifiedProperties": []}]}}""",
    ),
    quiet(
        """{"time": "2026-03-01T10:00:00Z", "resourceId": "/tenants/3a1b/providers/Microsoft.aadiam", "operationName": "Update application", "category": "AuditLogs", "tenantId": "3a1b", "correlationId": "1", "identity": "alice@example.com", "properties": {"id": "1", "category": "ApplicationManagement", "activityDisplayName": "Update application", "result": "success", "loggedByService": "Core Directory", "initiatedBy": {"user": {"userPrincipalName": "alice@example.com", "ipAddress": "198.51.100.7"}}, "targetResources": [{"displayName": "app", "type": "ServicePrincipal", "modifiedProperties": []}]}}""",
    ),
    quiet(
        """{"time": "2026-03-01T10:00:00Z", "resourceId": "/tenants/3a1b/providers/Microsoft.aadiam", "operationName": "Add service principal credentials", "category": "AuditLogs", "tenantId": "3a1b", "correlationId": "1", "identity": "alice@example.com", "properties": {"id": "1", "category": "ApplicationManagement", "activityDisplayName": "Add service principal credentials", "result": "failure", "loggedByService": "Core Directory", "initiatedBy": {"user": {"userPrincipalName": "alice@example.com", "ipAddress": "198.51.100.7"}}, "targetResources": [{"displayName": "app", "type": "ServicePrincipal", "modifiedProperties": []}]}}""",
    ),
]
