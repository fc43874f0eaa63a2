"""The protection of a storage account was weakened.

What it does
------------
Reports public access, shared keys and plain HTTP that are allowed, soft deletion and versioning that are switched off, and locks on
containers that are deleted.

Why it matters
--------------
It is done before data is deleted, encrypted for ransom or carried away.

How to respond
--------------
Put the settings back, look at the storage's log since.

When to allow it
----------------
Changes through the template.

References
----------
- https://attack.mitre.org/techniques/T1490/
- https://attack.mitre.org/techniques/T1562/007/
- https://attack.mitre.org/techniques/T1537/
- https://learn.microsoft.com/azure/storage/blobs/security-recommendations
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "store-protection-weakened",
    severity=HIGH,
    sources=["azure.activity"],
    tags=[
        "attack.impact",
        "attack.defense-evasion",
        "attack.exfiltration",
        "attack.t1490",
        "attack.t1562.007",
        "attack.t1537",
    ],
)
def detect() -> Pattern:
    body = event.raw("properties.requestbody")
    account = event.action.is_("Microsoft.Storage/storageAccounts/write") & body.matches(
        '(?i)"(allowBlobPublicAccess|allowSharedKeyAccess)"\\s*:\\s*true|"supportsHttpsTrafficOnly"\\s*:\\s*false|"publicNetworkAccess"\\s*:\\s*"Enabled"|"defaultAction"\\s*:\\s*"Allow"'
    )
    service = event.action.is_(
        "Microsoft.Storage/storageAccounts/blobServices/write", "Microsoft.Storage/storageAccounts/fileServices/write"
    ) & body.matches(
        '(?i)"(deleteRetentionPolicy|containerDeleteRetentionPolicy|shareDeleteRetentionPolicy)"\\s*:\\s*\\{[^}]*"enabled"\\s*:\\s*false|"isVersioningEnabled"\\s*:\\s*false'
    )
    container = event.action.is_("Microsoft.Storage/storageAccounts/blobServices/containers/write") & body.matches(
        '(?i)"publicAccess"\\s*:\\s*"(blob|container)"'
    )
    lock = event.action.is_(
        "Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies/delete",
        "Microsoft.Storage/storageAccounts/blobServices/containers/clearLegalHold/action",
    )
    return each(
        (account | service | container | lock) & DONE & ~event.actor_type.is_("ServicePrincipal"),
        by=(event.actor, event.account),
        every=DAY,
    )


CASES = [
    fires(
        r"""{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/A/PROVIDERS/MICROSOFT.STORAGE/STORAGEACCOUNTS/S", "operationName": "Microsoft.Storage/storageAccounts/write", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourcegroups/a/providers/microsoft.storage/storageaccounts/s", "action": "Microsoft.Storage/storageAccounts/write", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information", "properties": {"requestbody": "{\"properties\":{\"allowBlobPublicAccess\":true}}"}}""",
    ),
    fires(
        r"""{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.WEB/SITES/SHOP", "operationName": "Microsoft.Storage/storageAccounts/blobServices/write", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourcegroups/shop/providers/microsoft.web/sites/shop", "action": "Microsoft.Storage/storageAccounts/blobServices/write", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information", "properties": {"requestbody": "{\"properties\":{\"deleteRetentionPolicy\":{\"enabled\":false}}}"}}""",
    ),
    quiet(
        r"""{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.WEB/SITES/SHOP", "operationName": "Microsoft.Storage/storageAccounts/write", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourcegroups/shop/providers/microsoft.web/sites/shop", "action": "Microsoft.Storage/storageAccounts/write", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information", "properties": {"requestbody": "{\"properties\":{\"allowBlobPublicAccess\":false}}"}}""",
    ),
]
