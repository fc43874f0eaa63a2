"""A function app's protection was changed by a person.

What it does
------------
Reports sign-in settings, access restrictions, virtual network integration and private endpoint connections of a site that are written or
deleted by a user.

Why it matters
--------------
Without sign-in or restriction, everybody reaches the functions.

How to respond
--------------
Put the settings of the template back, read the app's HTTP log since.

When to allow it
----------------
Work on the app by hand.

References
----------
- https://attack.mitre.org/techniques/T1562/007/
- https://attack.mitre.org/techniques/T1190/
- https://learn.microsoft.com/azure/role-based-access-control/permissions/web-and-mobile
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "site-opened",
    severity=HIGH,
    sources=["azure.activity"],
    tags=["attack.defense-evasion", "attack.initial-access", "attack.t1562.007", "attack.t1190"],
)
def detect() -> Pattern:
    opened = event.action.is_(
        "Microsoft.Web/sites/config/authsettings/write", "Microsoft.Web/sites/config/authsettingsv2/write",
        "Microsoft.Web/sites/networkConfig/delete", "Microsoft.Web/sites/privateEndpointConnections/delete",
        "Microsoft.Web/sites/basicPublishingCredentialsPolicies/ftp/write", "Microsoft.Web/sites/basicPublishingCredentialsPolicies/scm/write",
        "Microsoft.Network/networkSecurityGroups/securityRules/write", "Microsoft.Network/frontdoorWebApplicationFirewallPolicies/delete",
        "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies/delete", "Microsoft.Network/azureFirewalls/delete",
        "Microsoft.Network/networkSecurityGroups/delete",
    )  # fmt: skip
    return each(opened & DONE & ~event.actor_type.is_("ServicePrincipal"), by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.WEB/SITES/SHOP", "operationName": "Microsoft.Web/sites/config/authsettingsv2/write", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourcegroups/shop/providers/microsoft.web/sites/shop", "action": "Microsoft.Web/sites/config/authsettingsv2/write", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information"}""",
    ),
    fires(
        """{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/A/PROVIDERS/MICROSOFT.NETWORK/NETWORKSECURITYGROUPS/N/SECURITYRULES/R", "operationName": "Microsoft.Network/networkSecurityGroups/securityRules/write", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourcegroups/a/providers/microsoft.network/networksecuritygroups/n/securityrules/r", "action": "Microsoft.Network/networkSecurityGroups/securityRules/write", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information"}""",
    ),
    quiet(
        """{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.WEB/SITES/SHOP", "operationName": "Microsoft.Web/sites/config/authsettingsv2/read", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourcegroups/shop/providers/microsoft.web/sites/shop", "action": "Microsoft.Web/sites/config/authsettingsv2/read", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information"}""",
    ),
]
