"""Somebody elevated his access to all subscriptions.

What it does
------------
Reports elevateAccess, by which a Global Administrator becomes User Access Administrator over the root of all subscriptions.

Why it matters
--------------
It is the bridge from the directory to everything in Azure, and hardly ever needed.

How to respond
--------------
Take the assignment at the root scope away, revoke the person's sessions.

When to allow it
----------------
The recovery of a subscription that nobody owns any more.

References
----------
- https://attack.mitre.org/techniques/T1098/003/
- https://attack.mitre.org/techniques/T1548/
- https://learn.microsoft.com/azure/role-based-access-control/elevate-access-global-admin
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import CRITICAL


@detection(
    "access-elevated",
    severity=CRITICAL,
    sources=["azure.activity", "azure.audit"],
    tags=["attack.privilege-escalation", "attack.t1098.003", "attack.t1548"],
)
def detect() -> Pattern:
    elevated = event.action.is_(
        "Microsoft.Authorization/elevateAccess/action",
        "User has elevated their access to User Access Administrator for their Azure Resources",
        "The role assignment of User Access Administrator has been removed from the user",
    )
    return each(elevated & ~event.action.contains("removed") & DONE, by=(event.actor,), every=HOUR)


CASES = [
    fires(
        """{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/PROVIDERS/MICROSOFT.AUTHORIZATION", "operationName": "Microsoft.Authorization/elevateAccess/action", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/providers/microsoft.authorization", "action": "Microsoft.Authorization/elevateAccess/action", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information"}""",
    ),
    quiet(
        """{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.WEB/SITES/SHOP", "operationName": "Microsoft.Authorization/roleAssignments/read", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourcegroups/shop/providers/microsoft.web/sites/shop", "action": "Microsoft.Authorization/roleAssignments/read", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information"}""",
    ),
]
