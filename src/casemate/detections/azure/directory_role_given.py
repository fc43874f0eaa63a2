"""Somebody got a role over the directory.

What it does
------------
Reports members that are added to an administrator's role of Entra ID outside of Privileged Identity Management, and role assignments to
applications.

Why it matters
--------------
Global, Privileged Role and Application Administrators can become anybody.

How to respond
--------------
Remove the member, revoke both sessions, look at the audit log since.

When to allow it
----------------
The first set-up; break-glass accounts.

References
----------
- https://attack.mitre.org/techniques/T1098/003/
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "directory-role-given",
    severity=HIGH,
    sources=["azure.audit"],
    tags=["attack.privilege-escalation", "attack.persistence", "attack.t1098.003"],
)
def detect() -> Pattern:
    given = event.action.is_(
        "Add member to role",
        "Add eligible member to role",
        "Add app role assignment to service principal",
        "Add member to role in PIM completed (permanent)",
    )
    heavy = event.raw("properties.targetResources.modifiedProperties.newValue").contains(
        "Global Administrator", "Company Administrator", "Privileged Role Administrator", "Privileged Authentication Administrator",
        "Application Administrator", "Cloud Application Administrator", "Hybrid Identity Administrator", "Security Administrator",
        "User Administrator", "Exchange Administrator", "RoleManagement.ReadWrite.Directory", "AppRoleAssignment.ReadWrite.All",
        "Application.ReadWrite.All", "Directory.ReadWrite.All",
    )  # fmt: skip
    return each(given & heavy & DONE, by=(event.actor, event.account), every=HOUR)


CASES = [
    fires(
        r"""{"time": "2026-03-01T10:00:00Z", "resourceId": "/tenants/3a1b/providers/Microsoft.aadiam", "operationName": "Add member to role", "category": "AuditLogs", "tenantId": "3a1b", "correlationId": "1", "identity": "alice@example.com", "properties": {"id": "1", "category": "RoleManagement", "activityDisplayName": "Add member to role", "result": "success", "loggedByService": "Core Directory", "initiatedBy": {"user": {"userPrincipalName": "alice@example.com", "ipAddress": "198.51.100.7"}}, "targetResources": [{"displayName": "bob", "type": "ServicePrincipal", "modifiedProperties": [{"displayName": "Role.DisplayName", "newValue": "\"Global Administrator\""}]}]}}""",
    ),
    quiet(
        r"""{"time": "2026-03-01T10:00:00Z", "resourceId": "/tenants/3a1b/providers/Microsoft.aadiam", "operationName": "Add member to role", "category": "AuditLogs", "tenantId": "3a1b", "correlationId": "1", "identity": "alice@example.com", "properties": {"id": "1", "category": "RoleManagement", "activityDisplayName": "Add member to role", "result": "success", "loggedByService": "Core Directory", "initiatedBy": {"user": {"userPrincipalName": "alice@example.com", "ipAddress": "198.51.100.7"}}, "targetResources": [{"displayName": "bob", "type": "ServicePrincipal", "modifiedProperties": [{"displayName": "Role.DisplayName", "newValue": "\"Directory Readers\""}]}]}}""",
    ),
]
