"""A disk was exported, or a store's keys were read.

What it does
------------
Reports links to disks and snapshots, keys of storage accounts, databases, registries and queues that are listed or renewed by a user, and
exports of databases.

Why it matters
--------------
The link downloads the whole disk; an account's key opens everything in it, without a further trace.

How to respond
--------------
End the access of the disk, renew both keys, look at the storage's log for reads.

When to allow it
----------------
The portal and Storage Explorer list keys for people without a data role: give them one.

References
----------
- https://attack.mitre.org/techniques/T1537/
- https://attack.mitre.org/techniques/T1530/
- https://attack.mitre.org/techniques/T1552/
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "disk-or-store-exported",
    severity=HIGH,
    sources=["azure.activity"],
    tags=[
        "attack.exfiltration",
        "attack.collection",
        "attack.credential-access",
        "attack.t1537",
        "attack.t1530",
        "attack.t1552",
    ],
)
def detect() -> Pattern:
    read = event.action.is_(
        "Microsoft.Compute/disks/beginGetAccess/action", "Microsoft.Compute/snapshots/beginGetAccess/action",
        "Microsoft.Compute/restorePointCollections/restorePoints/retrieveSasUris/action",
        "Microsoft.Storage/storageAccounts/listKeys/action", "Microsoft.Storage/storageAccounts/listAccountSas/action",
        "Microsoft.Storage/storageAccounts/regenerateKey/action", "Microsoft.DocumentDB/databaseAccounts/listKeys/action",
        "Microsoft.DocumentDB/databaseAccounts/listConnectionStrings/action", "Microsoft.Sql/servers/databases/export/action",
        "Microsoft.ContainerRegistry/registries/listCredentials/action", "Microsoft.Cache/redis/listKeys/action",
        "Microsoft.ServiceBus/namespaces/authorizationRules/listKeys/action", "Microsoft.Search/searchServices/listAdminKeys/action",
        "Microsoft.CognitiveServices/accounts/listKeys/action",
    )  # fmt: skip
    return each(read & DONE & ~event.actor_type.is_("ServicePrincipal"), by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/A/PROVIDERS/MICROSOFT.COMPUTE/DISKS/D", "operationName": "MICROSOFT.COMPUTE/DISKS/BEGINGETACCESS/ACTION", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourcegroups/a/providers/microsoft.compute/disks/d", "action": "MICROSOFT.COMPUTE/DISKS/BEGINGETACCESS/ACTION", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information"}""",
    ),
    quiet(
        """{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.WEB/SITES/SHOP", "operationName": "Microsoft.Compute/disks/write", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourcegroups/shop/providers/microsoft.web/sites/shop", "action": "Microsoft.Compute/disks/write", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information"}""",
    ),
    quiet(
        """{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.WEB/SITES/SHOP", "operationName": "MICROSOFT.COMPUTE/DISKS/BEGINGETACCESS/ACTION", "category": "Administrative", "resultType": "Failure", "resultSignature": "Failure.Forbidden", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourcegroups/shop/providers/microsoft.web/sites/shop", "action": "MICROSOFT.COMPUTE/DISKS/BEGINGETACCESS/ACTION", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information"}""",
    ),
]
