"""Rules of who may sign in were weakened.

What it does
------------
Reports conditional access policies that are changed or deleted, named locations, second factors that are removed or reset by an
administrator, and federation that is changed.

Why it matters
--------------
The second factor is only as strong as the rule that asks for it; a federated domain signs in as anybody.

How to respond
--------------
Put the rule back, look at sign-ins since, remove the new factor or domain.

When to allow it
----------------
Work of the identity team: suppress its people.

References
----------
- https://attack.mitre.org/techniques/T1556/009/
- https://attack.mitre.org/techniques/T1484/002/
- https://learn.microsoft.com/entra/identity/monitoring-health/reference-audit-activities
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "access-rules-weakened",
    severity=HIGH,
    sources=["azure.audit"],
    tags=["attack.defense-evasion", "attack.persistence", "attack.t1556.009", "attack.t1484.002"],
)
def detect() -> Pattern:
    weakened = event.action.is_(
        "Delete conditional access policy", "Update conditional access policy", "Update named location", "Delete named location",
        "Disable Strong Authentication", "Admin deleted security info", "Admin registered security info",
        "Set federation settings on domain", "Set domain authentication", "Add unverified domain", "Add verified domain",
        "Disable Desktop Sso", "Update authorization policy", "Update authentication methods policy",
    )  # fmt: skip
    return each(weakened & DONE, by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"time": "2026-03-01T10:00:00Z", "resourceId": "/tenants/3a1b/providers/Microsoft.aadiam", "operationName": "Delete conditional access policy", "category": "AuditLogs", "tenantId": "3a1b", "correlationId": "1", "identity": "alice@example.com", "properties": {"id": "1", "category": "Policy", "activityDisplayName": "Delete conditional access policy", "result": "success", "loggedByService": "Core Directory", "initiatedBy": {"user": {"userPrincipalName": "alice@example.com", "ipAddress": "198.51.100.7"}}, "targetResources": [{"displayName": "app", "type": "ServicePrincipal", "modifiedProperties": []}]}}""",
    ),
    quiet(
        """{"time": "2026-03-01T10:00:00Z", "resourceId": "/tenants/3a1b/providers/Microsoft.aadiam", "operationName": "Update user", "category": "AuditLogs", "tenantId": "3a1b", "correlationId": "1", "identity": "alice@example.com", "properties": {"id": "1", "category": "UserManagement", "activityDisplayName": "Update user", "result": "success", "loggedByService": "Core Directory", "initiatedBy": {"user": {"userPrincipalName": "alice@example.com", "ipAddress": "198.51.100.7"}}, "targetResources": [{"displayName": "app", "type": "ServicePrincipal", "modifiedProperties": []}]}}""",
    ),
]
