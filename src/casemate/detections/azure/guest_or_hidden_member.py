"""A guest was invited, or somebody hidden in the directory.

What it does
------------
Reports invitations of guests, administrative units (which can hide their members) that are made or filled, and roles over one.

Why it matters
--------------
A guest keeps a way in under another organisation's roof; a hidden unit keeps a user out of administrators' sight and reach.

How to respond
--------------
Remove the guest or unit, look at who invited, and at what the member did.

When to allow it
----------------
Where guests are daily work: suppress the people who invite.

References
----------
- https://attack.mitre.org/techniques/T1136/003/
- https://attack.mitre.org/techniques/T1564/
- https://learn.microsoft.com/entra/identity/role-based-access-control/admin-units-restricted-management
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "guest-or-hidden-member",
    severity=MEDIUM,
    sources=["azure.audit"],
    tags=["attack.persistence", "attack.initial-access", "attack.defense-evasion", "attack.t1136.003", "attack.t1564"],
)
def detect() -> Pattern:
    return each(
        event.action.is_(
            "Invite external user",
            "Add administrative unit",
            "Add member to administrative unit",
            "Add scoped member to role",
            "Add member to restricted management administrative unit",
        )
        & DONE,
        by=(event.actor, event.account),
        every=DAY,
    )


CASES = [
    fires(
        """{"time": "2026-03-01T10:00:00Z", "resourceId": "/tenants/3a1b/providers/Microsoft.aadiam", "operationName": "Invite external user", "category": "AuditLogs", "tenantId": "3a1b", "correlationId": "1", "identity": "alice@example.com", "properties": {"id": "1", "category": "UserManagement", "activityDisplayName": "Invite external user", "result": "success", "loggedByService": "Core Directory", "initiatedBy": {"user": {"userPrincipalName": "alice@example.com", "ipAddress": "198.51.100.7"}}, "targetResources": [{"displayName": "app", "type": "ServicePrincipal", "modifiedProperties": []}]}}""",
    ),
    quiet(
        """{"time": "2026-03-01T10:00:00Z", "resourceId": "/tenants/3a1b/providers/Microsoft.aadiam", "operationName": "Add user", "category": "AuditLogs", "tenantId": "3a1b", "correlationId": "1", "identity": "alice@example.com", "properties": {"id": "1", "category": "UserManagement", "activityDisplayName": "Add user", "result": "success", "loggedByService": "Core Directory", "initiatedBy": {"user": {"userPrincipalName": "alice@example.com", "ipAddress": "198.51.100.7"}}, "targetResources": [{"displayName": "app", "type": "ServicePrincipal", "modifiedProperties": []}]}}""",
    ),
]
