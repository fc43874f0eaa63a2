"""A role of weight was assigned by a person.

What it does
------------
Reports assignments of Owner, Contributor, User Access Administrator and Role Based Access Control Administrator by a user (not by a service
principal, as pipelines are), where the log names the role, and otherwise every assignment by a user over a whole subscription or management
group.

Why it matters
--------------
Such a role over a subscription is the subscription.

How to respond
--------------
Remove the assignment, revoke the sessions of both, see what the new holder did.

When to allow it
----------------
Privileged Identity Management activates roles for hours, and writes to its own log.

References
----------
- https://attack.mitre.org/techniques/T1098/003/
- https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "role-assigned-by-hand",
    severity=HIGH,
    sources=["azure.activity"],
    tags=["attack.privilege-escalation", "attack.persistence", "attack.t1098.003"],
)
def detect() -> Pattern:
    assigned = event.action.is_("MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE") & DONE
    heavy = event.raw("properties.requestbody").contains(
        "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        "b24988ac-6180-42a0-ab88-20f7382dd24c",
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
    )
    wide = event.resource.matches(
        "(?i)^/(subscriptions/[^/]+|providers/microsoft.management/managementgroups/[^/]+)/providers/microsoft.authorization/roleassignments/"
    )
    return each(
        assigned & (heavy | wide) & ~event.actor_type.is_("ServicePrincipal"),
        by=(event.actor, event.account),
        every=HOUR,
    )


CASES = [
    fires(
        """{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/PROVIDERS/MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/2A", "operationName": "MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/providers/microsoft.authorization/roleassignments/2a", "action": "MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information"}""",
    ),
    fires(
        r"""{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/A/PROVIDERS/MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/2A", "operationName": "MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourcegroups/a/providers/microsoft.authorization/roleassignments/2a", "action": "MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information", "properties": {"requestbody": "{\"properties\": {\"roleDefinitionId\": \"/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635\"}}"}}""",
    ),
    quiet(
        """{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/A/PROVIDERS/MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/2A", "operationName": "MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourcegroups/a/providers/microsoft.authorization/roleassignments/2a", "action": "MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information"}""",
    ),
    quiet(
        """{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/PROVIDERS/MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/2A", "operationName": "MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/providers/microsoft.authorization/roleassignments/2a", "action": "MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE", "evidence": {"role": "Contributor", "principalType": "ServicePrincipal"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information"}""",
    ),
    quiet(
        """{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/PROVIDERS/MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/2A", "operationName": "MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE", "category": "Administrative", "resultType": "Start", "resultSignature": "Start.Forbidden", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/providers/microsoft.authorization/roleassignments/2a", "action": "MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information"}""",
    ),
]
