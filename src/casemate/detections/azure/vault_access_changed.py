"""Access to a key vault was changed by a person.

What it does
------------
Reports access policies of vaults that are written, vaults whose network or deletion protection is changed, and vaults that are deleted or
purged, by a user.

Why it matters
--------------
Whoever writes an access policy gives himself every secret in the vault.

How to respond
--------------
Put the policy back, look at the vault's log for reads since, rotate what was read.

When to allow it
----------------
Work on the vault by hand; use roles instead of access policies.

References
----------
- https://attack.mitre.org/techniques/T1555/006/
- https://attack.mitre.org/techniques/T1098/
- https://learn.microsoft.com/azure/key-vault/general/rbac-guide
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "vault-access-changed",
    severity=HIGH,
    sources=["azure.activity"],
    tags=["attack.credential-access", "attack.privilege-escalation", "attack.t1555.006", "attack.t1098"],
)
def detect() -> Pattern:
    changed = event.action.is_(
        "Microsoft.KeyVault/vaults/accessPolicies/write", "Microsoft.KeyVault/vaults/write", "Microsoft.KeyVault/vaults/delete",
        "Microsoft.KeyVault/locations/deletedVaults/purge/action", "Microsoft.KeyVault/vaults/deploy/action",
    )  # fmt: skip
    return each(changed & DONE & ~event.actor_type.is_("ServicePrincipal"), by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/A/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/V", "operationName": "MICROSOFT.KEYVAULT/VAULTS/ACCESSPOLICIES/WRITE", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourcegroups/a/providers/microsoft.keyvault/vaults/v", "action": "MICROSOFT.KEYVAULT/VAULTS/ACCESSPOLICIES/WRITE", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information"}""",
    ),
    quiet(
        """{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.WEB/SITES/SHOP", "operationName": "Microsoft.KeyVault/vaults/read", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourcegroups/shop/providers/microsoft.web/sites/shop", "action": "Microsoft.KeyVault/vaults/read", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information"}""",
    ),
]
