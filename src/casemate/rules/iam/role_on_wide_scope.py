"""A function that may use every secret, key, bucket or queue of a project or subscription.

What it does
------------
Reports the roles of a function's identity that read or change what is stored, on a whole organisation, project or
subscription (Azure: for secrets and keys a resource group too that the files do not declare), where the cloud lets the role be given on the one
vault, key, bucket, topic, queue or dataset. Only services with such resource-level roles count; basic and
administrative roles are left to broad-role-binding. Bindings under a condition are reported as undecided.

Why it matters
--------------
The scope is the wildcard of Azure and Google: a function that reads one secret with a role on the project reads every
secret that anybody adds to it later.

How to fix
----------
Give the role on the resource: `google_secret_manager_secret_iam_member` instead of `google_project_iam_member`, an
assignment whose scope is the vault, account or container.

When to allow it
----------------
Functions whose work is the whole project, like backup and inventory.

References
----------
- https://learn.microsoft.com/azure/role-based-access-control/scope-overview
- https://cloud.google.com/iam/docs/resource-hierarchy-access-control
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.access.cloud_escalation import WIDE, is_broad
from casemate.analysis.access.needs.cloud_comparing import runs_functions
from casemate.analysis.access.permissions import Permissions, granted_to
from casemate.analysis.system import System
from casemate.authoring import LOW, MEDIUM, Outcome, Undecidable, Violation, bad, good, rule, unresolved
from casemate.model.pattern import late
from casemate.model.policy import Role
from casemate.model.setting import Unresolved

_SECRETS = {
    "secretmanager.versions.access": "every secret",
    "cloudkms.cryptoKeyVersions.useToDecrypt": "every key",
    "cloudkms.cryptoKeyVersions.useToSign": "every key",
    "Microsoft.KeyVault/vaults/secrets/getSecret/action": "every secret",
    "Microsoft.KeyVault/vaults/keys/decrypt/action": "every key",
    "Microsoft.KeyVault/vaults/keys/sign/action": "every key",
}
_DATA = {
    "storage.objects.get": "every bucket",
    "storage.objects.create": "every bucket",
    "pubsub.subscriptions.consume": "every subscription",
    "bigquery.tables.getData": "every table",
    "spanner.databases.read": "every database",
    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read": "every blob",
    "Microsoft.Storage/storageAccounts/queueServices/queues/messages/read": "every queue",
    "Microsoft.Storage/storageAccounts/tableServices/tables/entities/read": "every table",
    "Microsoft.ServiceBus/namespaces/messages/receive/action": "every queue",
    "Microsoft.EventHub/namespaces/messages/receive/action": "every event hub",
    "Microsoft.Storage/storageAccounts/listkeys/action": "the keys of every account",
}
"""Rights on data that can be had on one resource -> what they reach on a whole scope."""
_OWN_GROUP = late(r"(?<!data\.)\bazurerm_resource_group\.|resourceGroup\(\)")


@rule(
    "role-on-wide-scope", weakness="over-permissive-iam", severity=MEDIUM, tags=["cwe-732", "cwe-250", "owasp-sls-06"]
)
def check(role: Role, system: System) -> Iterator[Outcome]:
    if not runs_functions(role, system):
        return
    for granted in granted_to(role, system):
        binding = granted.binding
        if binding.scope_kind not in WIDE or is_broad(granted) or binding.at == role.at:
            continue
        if binding.scope_kind == "resource-group" and _OWN_GROUP.search(binding.scope.text):
            continue  # the group of this application: what lies in it is its own
        secret = _reached(granted.permissions, _SECRETS)
        things = secret or (_reached(granted.permissions, _DATA) if binding.scope_kind != "resource-group" else [])
        if not things:
            continue
        if binding.condition_text is not None:
            reason = f"it holds under a condition: {binding.condition_text[:120]}"
            yield Undecidable(Unresolved("scope", binding.role.at, reason))
            continue
        yield Violation(
            f"{binding.name} lets {role.name} use {', '.join(things[:3])} of a whole {binding.scope_kind}",
            binding.role.at,
            severity=MEDIUM if secret else LOW,
            resource=binding.name,
            evidence={"role": binding.role.text, "scope": binding.scope.text},
            cause=binding.role.text,
        )


def _reached(permissions: Permissions, table: dict[str, str]) -> list[str]:
    return list(dict.fromkeys(words for right, words in table.items() if permissions.may(right)))


_TEMPLATE = """
resource "google_service_account" "fn" {
  account_id = "fn"
}
resource "google_cloudfunctions2_function" "shop" {
  name     = "shop"
  location = "europe-west1"
  build_config {
    runtime     = "python312"
    entry_point = "handle"
  }
  service_config {
    service_account_email = google_service_account.fn.email
  }
}
"""
_AZURE = """
data "azurerm_resource_group" "shop" {
  name = "shop"
}
resource "azurerm_linux_function_app" "shop" {
  name                = "shop"
  resource_group_name = data.azurerm_resource_group.shop.name
  location            = "westeurope"
  service_plan_id     = "x"
  site_config {}
  identity {
    type = "SystemAssigned"
  }
}
"""
CASES = [
    bad(
        "terraform",
        f"""{_TEMPLATE}
resource "google_project_iam_member" "secrets" {{
  project = "shop"
  role    = "roles/secretmanager.secretAccessor" # <- here
  member  = "serviceAccount:${{google_service_account.fn.email}}"
}}
""",
    ),
    good(
        "terraform",
        f"""{_TEMPLATE}
resource "google_secret_manager_secret_iam_member" "secret" {{
  secret_id = "projects/shop/secrets/db"
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${{google_service_account.fn.email}}"
}}
resource "google_project_iam_member" "logs" {{
  project = "shop"
  role    = "roles/logging.logWriter"
  member  = "serviceAccount:${{google_service_account.fn.email}}"
}}
resource "google_project_iam_member" "entities" {{
  project = "shop"
  role    = "roles/datastore.user"
  member  = "serviceAccount:${{google_service_account.fn.email}}"
}}
""",
    ),
    unresolved(
        "terraform",
        f"""{_TEMPLATE}
resource "google_project_iam_member" "secrets" {{
  project = "shop"
  role    = "roles/secretmanager.secretAccessor"
  member  = "serviceAccount:${{google_service_account.fn.email}}"
  condition {{
    title      = "one secret"
    expression = "resource.name.endsWith('secrets/db')"
  }}
}}
""",
    ),
    bad(
        "terraform",
        f"""{_AZURE}
resource "azurerm_role_assignment" "secrets" {{
  scope                = data.azurerm_resource_group.shop.id
  role_definition_name = "Key Vault Secrets User" # <- here
  principal_id         = azurerm_linux_function_app.shop.identity[0].principal_id
}}
""",
    ),
    good(
        "terraform",
        f"""{_AZURE}
resource "azurerm_resource_group" "own" {{
  name     = "own"
  location = "westeurope"
}}
resource "azurerm_role_assignment" "secrets" {{
  scope                = azurerm_resource_group.own.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_linux_function_app.shop.identity[0].principal_id
}}
""",
    ),
    good(
        "terraform",
        f"""{_AZURE}
resource "azurerm_key_vault" "shop" {{
  name                = "shop"
  resource_group_name = "shop"
  location            = "westeurope"
  tenant_id           = "x"
  sku_name            = "standard"
}}
resource "azurerm_role_assignment" "secrets" {{
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_linux_function_app.shop.identity[0].principal_id
}}
""",
    ),
]
