"""Logging or protection of Azure resources was switched off.

What it does
------------
Reports diagnostic settings, log profiles, workspaces, flow logs, event hubs, alert rules, locks and Defender plans that are deleted or set
to free, by anybody but the pipeline.

Why it matters
--------------
The diagnostic setting is how events get here; a lock is what keeps resources from deletion.

How to respond
--------------
Put it back, and look at what the caller did since.

When to allow it
----------------
The removal of a system by its pipeline.

References
----------
- https://attack.mitre.org/techniques/T1562/008/
- https://attack.mitre.org/techniques/T1562/001/
- https://learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "azure-logs-switched-off",
    severity=HIGH,
    sources=["azure.activity"],
    tags=["attack.defense-evasion", "attack.t1562.008", "attack.t1562.001"],
)
def detect() -> Pattern:
    off = event.action.is_(
        "Microsoft.Insights/diagnosticSettings/delete", "Microsoft.Insights/logProfiles/delete",
        "Microsoft.OperationalInsights/workspaces/delete", "Microsoft.Network/networkWatchers/flowLogs/delete",
        "Microsoft.Network/networkWatchers/delete", "Microsoft.EventHub/namespaces/delete",
        "Microsoft.EventHub/namespaces/eventhubs/delete", "Microsoft.Insights/activityLogAlerts/delete",
        "Microsoft.Insights/metricAlerts/delete", "Microsoft.Authorization/locks/delete", "Microsoft.Security/pricings/delete",
        "Microsoft.Security/pricings/write", "Microsoft.SecurityInsights/alertRules/delete",
        "Microsoft.Security/alertsSuppressionRules/write", "Microsoft.Authorization/policyAssignments/delete",
        "Microsoft.Insights/components/delete",
    )  # fmt: skip
    return each(off & DONE & ~event.actor_type.is_("ServicePrincipal"), by=(event.actor, event.account), every=HOUR)


CASES = [
    fires(
        """{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.WEB/SITES/SHOP", "operationName": "MICROSOFT.INSIGHTS/DIAGNOSTICSETTINGS/DELETE", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourcegroups/shop/providers/microsoft.web/sites/shop", "action": "MICROSOFT.INSIGHTS/DIAGNOSTICSETTINGS/DELETE", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information"}""",
    ),
    fires(
        """{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.WEB/SITES/SHOP", "operationName": "Microsoft.Authorization/locks/delete", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourcegroups/shop/providers/microsoft.web/sites/shop", "action": "Microsoft.Authorization/locks/delete", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information"}""",
    ),
    quiet(
        """{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.WEB/SITES/SHOP", "operationName": "MICROSOFT.INSIGHTS/DIAGNOSTICSETTINGS/WRITE", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourcegroups/shop/providers/microsoft.web/sites/shop", "action": "MICROSOFT.INSIGHTS/DIAGNOSTICSETTINGS/WRITE", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information"}""",
    ),
]
