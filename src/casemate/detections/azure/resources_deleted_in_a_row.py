"""Many resources are deleted in a row by one person.

What it does
------------
Reports four different resource groups, stores, backups, machines or function apps that one user deletes within half an hour.

Why it matters
--------------
One clean-up is a resource group; destruction goes through everything, backups first.

How to respond
--------------
Take the person's roles away, restore from soft-deleted resources and vaults.

When to allow it
----------------
Cleaning up: announced.

References
----------
- https://attack.mitre.org/techniques/T1485/
- https://attack.mitre.org/techniques/T1490/
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, different
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "resources-deleted-in-a-row",
    severity=HIGH,
    sources=["azure.activity"],
    tags=["attack.impact", "attack.t1485", "attack.t1490"],
)
def detect() -> Pattern:
    gone = event.action.is_(
        "Microsoft.Resources/subscriptions/resourceGroups/delete", "Microsoft.Storage/storageAccounts/delete",
        "Microsoft.RecoveryServices/vaults/delete", "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems/delete",
        "Microsoft.Web/sites/delete", "Microsoft.Sql/servers/databases/delete", "Microsoft.DocumentDB/databaseAccounts/delete",
        "Microsoft.Compute/snapshots/delete", "Microsoft.Compute/disks/delete", "Microsoft.KeyVault/vaults/delete",
        "Microsoft.Compute/virtualMachines/delete", "Microsoft.ServiceBus/namespaces/delete",
    )  # fmt: skip
    return different(
        4,
        (event.resource,),
        gone & DONE & ~event.actor_type.is_("ServicePrincipal"),
        within=30 * MINUTE,
        by=(event.actor, event.account),
        every=HOUR,
    )


_RECORD = """{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/A/PROVIDERS/MICROSOFT.WEB/SITES/S#", "operationName": "Microsoft.Web/sites/delete", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "#", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourcegroups/a/providers/microsoft.web/sites/s#", "action": "Microsoft.Web/sites/delete", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information"}"""
_RECORD_2 = """{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.WEB/SITES/SHOP", "operationName": "Microsoft.Web/sites/delete", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "#", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourcegroups/shop/providers/microsoft.web/sites/shop", "action": "Microsoft.Web/sites/delete", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(4)),
    ),
    quiet(
        "\n".join(_RECORD_2.replace("#", str(number)) for number in range(4)),
    ),
]
