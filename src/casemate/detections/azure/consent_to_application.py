"""An application was given access to data by consent.

What it does
------------
Reports consent for a whole organisation, or to permissions that read or write mail, files or the directory.

Why it matters
--------------
A friendly application asks, somebody agrees, and it reads mail for good, past password and second factor.

How to respond
--------------
Take the consent back, look at the application's publisher and sign-ins, block consent by users.

When to allow it
----------------
Applications that the administrators chose.

References
----------
- https://attack.mitre.org/techniques/T1528/
- https://attack.mitre.org/techniques/T1550/001/
- https://learn.microsoft.com/entra/identity/enterprise-apps/protect-against-consent-phishing
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "consent-to-application",
    severity=MEDIUM,
    sources=["azure.audit"],
    tags=[
        "attack.initial-access",
        "attack.persistence",
        "attack.credential-access",
        "attack.t1528",
        "attack.t1550.001",
    ],
)
def detect() -> Pattern:
    consent = event.action.is_("Consent to application", "Add delegated permission grant", "Add OAuth2PermissionGrant")
    value = event.raw("properties.targetResources.modifiedProperties.newValue")
    wide = value.contains(
        "AllPrincipals",
        "Mail.Read",
        "Mail.Send",
        "Files.Read",
        "Files.ReadWrite",
        "Directory.",
        "full_access_as_app",
        "Sites.FullControl",
        "offline_access",
    ) | value.is_("True", '"True"')
    return each(consent & wide & DONE, by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        r"""{"time": "2026-03-01T10:00:00Z", "resourceId": "/tenants/3a1b/providers/Microsoft.aadiam", "operationName": "Consent to application", "category": "AuditLogs", "tenantId": "3a1b", "correlationId": "1", "identity": "alice@example.com", "properties": {"id": "1", "category": "ApplicationManagement", "activityDisplayName": "Consent to application", "result": "success", "loggedByService": "Core Directory", "initiatedBy": {"user": {"userPrincipalName": "alice@example.com", "ipAddress": "198.51.100.7"}}, "targetResources": [{"displayName": "app", "type": "ServicePrincipal", "modifiedProperties": [{"displayName": "ConsentContext.IsAdminConsent", "newValue": "\"True\""}, {"displayName": "ConsentAction.Permissions", "newValue": "[[Scope: Mail.Read offline_access]]"}]}]}}""",
    ),
    quiet(
        r"""{"time": "2026-03-01T10:00:00Z", "resourceId": "/tenants/3a1b/providers/Microsoft.aadiam", "operationName": "Consent to application", "category": "AuditLogs", "tenantId": "3a1b", "correlationId": "1", "identity": "alice@example.com", "properties": {"id": "1", "category": "ApplicationManagement", "activityDisplayName": "Consent to application", "result": "success", "loggedByService": "Core Directory", "initiatedBy": {"user": {"userPrincipalName": "alice@example.com", "ipAddress": "198.51.100.7"}}, "targetResources": [{"displayName": "app", "type": "ServicePrincipal", "modifiedProperties": [{"displayName": "ConsentAction.Permissions", "newValue": "[[Scope: User.Read]]"}, {"displayName": "ConsentContext.IsAdminConsent", "newValue": "\"False\""}]}]}}""",
    ),
]
