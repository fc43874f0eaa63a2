"""An access policy that gives more of a key vault than reading.

What it does
------------
Reports access policies of key vaults that give an identity all permissions on keys, secrets or certificates (`all`), or
the right to purge them. Policies for the identity that deploys (`azurerm_client_config`) are left out.

Why it matters
--------------
A function that reads one secret needs `get`. With `all` whoever takes it over can replace and delete every secret and
key of the vault; with `purge` they are gone for good, soft delete or not.

How to fix
----------
Give `get` (and `list` where names are looked up), or move the vault to Azure RBAC and assign Key Vault Secrets User.

When to allow it
----------------
Identities that people reach only through a reviewed pipeline.

References
----------
- https://learn.microsoft.com/azure/key-vault/general/best-practices
- https://learn.microsoft.com/azure/key-vault/general/assign-access-policy
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.policy import Binding


@rule("vault-policy-too-broad", weakness="over-permissive-iam", severity=MEDIUM, tags=["cwe-250", "owasp-sls-06"])
def check(binding: Binding, system: System) -> Iterator[Outcome]:
    if not binding.resource.type.startswith("Microsoft.KeyVault/vaults") or _deploys(binding):
        return
    granted = [permission.strip() for permission in binding.role.text.split(",")]
    whole = [permission.partition("/")[0] for permission in granted if permission.endswith("/*")]
    purged = [permission.partition("/")[0] for permission in granted if permission.endswith("/purge")]
    if not whole and not purged:
        return
    members = ", ".join(term.text for term in binding.members) or "an identity"
    what = (
        f"do everything with the {' and '.join(whole)}"
        if whole
        else f"purge the {' and '.join(purged)}, past every recovery,"
    )
    yield Violation(
        f"{members} may {what} of {binding.scope.text}", binding.role.at, evidence={"permissions": binding.role.text}
    )


def _deploys(binding: Binding) -> bool:
    """Whether it is for whoever runs the deployment."""
    return any("azurerm_client_config" in term.text for term in binding.members)


CASES = [
    bad(
        "terraform",
        """
        resource "azurerm_key_vault" "shop" {
          name                = "shop"
          resource_group_name = "shop"
          location            = "westeurope"
          tenant_id           = "x"
          sku_name            = "standard"
        }
        resource "azurerm_user_assigned_identity" "worker" {
          name                = "worker"
          resource_group_name = "shop"
          location            = "westeurope"
        }
        resource "azurerm_key_vault_access_policy" "worker" {
          key_vault_id       = azurerm_key_vault.shop.id
          tenant_id          = "x"
          object_id          = azurerm_user_assigned_identity.worker.principal_id
          secret_permissions = ["Get", "List", "Set", "Delete", "Purge"] # <- here
        }
        """,
    ),
    good(
        "terraform",
        """
        data "azurerm_client_config" "me" {}
        resource "azurerm_key_vault" "shop" {
          name                = "shop"
          resource_group_name = "shop"
          location            = "westeurope"
          tenant_id           = "x"
          sku_name            = "standard"
          access_policy {
            tenant_id          = "x"
            object_id          = "00000000-0000-0000-0000-000000000001"
            secret_permissions = ["Get", "List"]
          }
        }
        resource "azurerm_key_vault_access_policy" "me" {
          key_vault_id       = azurerm_key_vault.shop.id
          tenant_id          = data.azurerm_client_config.me.tenant_id
          object_id          = data.azurerm_client_config.me.object_id
          secret_permissions = ["Get", "List", "Set", "Delete", "Purge", "Recover"]
        }
        """,
    ),
    bad(
        "arm",
        """
        {
          "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
          "contentVersion": "1.0.0.0",
          "resources": [
            {
              "type": "Microsoft.KeyVault/vaults", "apiVersion": "2022-07-01", "name": "shop", "location": "westeurope",
              "properties": {
                "tenantId": "x", "sku": {"family": "A", "name": "standard"},
                "accessPolicies": [
                  {"tenantId": "x", "objectId": "00000000-0000-0000-0000-000000000001", "permissions": {"secrets": ["all"]}} // <- here
                ]
              }
            }
          ]
        }
        """,
    ),
]
