"""A basic role on a whole project or subscription.

What it does
------------
Reports Google bindings and Azure role assignments that give an identity a basic or administrative role
(`roles/owner`, `roles/editor`, `Owner`, `Contributor`, `User Access Administrator`, roles that mint tokens or keys of
other identities) on an organisation, project, subscription or resource group, and custom roles there that may use
every operation, or every one of a resource provider (`Microsoft.Storage/*`). Google's own service agents need theirs.

Why it matters
--------------
Basic roles reach every service. A function whose identity is Editor or Contributor can read every secret and change
every other function; one that can mint tokens can become any identity.

How to fix
----------
Grant a predefined or custom role on the one resource that the function works with.

When to allow it
----------------
Deployment identities that people reach only through a reviewed pipeline.

References
----------
- https://cloud.google.com/iam/docs/roles-overview#basic
- https://learn.microsoft.com/azure/role-based-access-control/best-practices
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.access.cloud_escalation import BROAD, WIDE, is_service_agent
from casemate.analysis.access.permissions import permissions_of
from casemate.analysis.system import System
from casemate.authoring import HIGH, MEDIUM, Outcome, Undecidable, Violation, bad, good, rule, unresolved
from casemate.model.policy import Binding
from casemate.model.setting import Unresolved

_SEVERITY = {3: HIGH, 2: MEDIUM}
_EVERYTHING = frozenset({"*", "*/write", "*/action", "*/delete"})


@rule("broad-role-binding", weakness="over-permissive-iam", severity=HIGH, tags=["cwe-250", "owasp-sls-06"])
def check(binding: Binding, system: System) -> Iterator[Outcome]:
    people = [term.text for term in binding.members if not is_service_agent(term.text)]
    if binding.scope_kind not in WIDE or (binding.members and not people):
        return
    members = ", ".join(people[:3]) or "an identity"
    name = binding.role.text.rsplit("/", 1)[-1] if binding.cloud == "azure" else binding.role.text
    severity = _SEVERITY.get(BROAD.get(name.lower(), 0)) if binding.role.known else None
    if severity is not None:
        yield Violation(
            f"{binding.name} gives {members} the role {name} on a whole {binding.scope_kind}",
            binding.role.at,
            severity=severity,
            evidence={"scope": binding.scope.text},
            cause=name,
        )
        return
    granted = permissions_of(binding, system.inventory)
    if not binding.role.known and granted is None:
        yield Undecidable(Unresolved("role", binding.role.at, f"{binding.role.text} is not known from the files"))
    if granted is None or granted.custom is None:
        return
    wild = sorted(each for each in (*granted.actions, *granted.data_actions) if _is_wild(each))
    if wild:
        yield Violation(
            f"{binding.name} gives {members} the custom role {granted.custom.name}, which may use {', '.join(wild[:3])}, "
            f"on a whole {binding.scope_kind}",
            binding.role.at,
            severity=HIGH if _EVERYTHING & set(wild) else MEDIUM,
            evidence={"scope": binding.scope.text, "except": ", ".join(granted.not_actions[:5]) or "nothing"},
            related=((granted.custom.at, "the role"),),
            cause=granted.custom.name,
        )


def _is_wild(action: str) -> bool:
    """Everything, or every operation of a whole resource provider (`Microsoft.Storage/*`); not `*/read`."""
    provider, slash, rest = action.partition("/")
    return action in _EVERYTHING or (bool(slash) and rest == "*" and "*" not in provider)


CASES = [
    bad(
        "terraform",
        """
        resource "google_service_account" "worker" {
          account_id = "worker"
        }
        resource "google_project_iam_member" "worker" {
          project = "shop"
          role    = "roles/editor" # <- here
          member  = "serviceAccount:${google_service_account.worker.email}"
        }
        """,
    ),
    good(
        "terraform",
        """
        resource "google_service_account" "worker" {
          account_id = "worker"
        }
        resource "google_project_iam_member" "worker" {
          project = "shop"
          role    = "roles/datastore.user"
          member  = "serviceAccount:${google_service_account.worker.email}"
        }
        """,
    ),
    bad(
        "terraform",
        """
        data "azurerm_resource_group" "shop" {
          name = "shop"
        }
        resource "azurerm_user_assigned_identity" "worker" {
          name                = "worker"
          resource_group_name = "shop"
          location            = "westeurope"
        }
        resource "azurerm_role_definition" "storage" {
          name  = "storage-all"
          scope = data.azurerm_resource_group.shop.id
          permissions {
            actions = ["Microsoft.Storage/*"]
          }
        }
        resource "azurerm_role_assignment" "worker" {
          scope              = data.azurerm_resource_group.shop.id
          role_definition_id = azurerm_role_definition.storage.role_definition_resource_id # <- here
          principal_id       = azurerm_user_assigned_identity.worker.principal_id
        }
        """,
    ),
    good(
        "terraform",
        """
        data "azurerm_resource_group" "shop" {
          name = "shop"
        }
        resource "azurerm_user_assigned_identity" "worker" {
          name                = "worker"
          resource_group_name = "shop"
          location            = "westeurope"
        }
        resource "azurerm_role_definition" "reader" {
          name  = "reader"
          scope = data.azurerm_resource_group.shop.id
          permissions {
            actions = ["*/read", "Microsoft.Web/sites/restart/action"]
          }
        }
        resource "azurerm_role_assignment" "worker" {
          scope              = data.azurerm_resource_group.shop.id
          role_definition_id = azurerm_role_definition.reader.role_definition_resource_id
          principal_id       = azurerm_user_assigned_identity.worker.principal_id
        }
        """,
    ),
    unresolved(
        "terraform",
        """
        variable "role" {}
        resource "google_project_iam_member" "worker" {
          project = "shop"
          role    = var.role
          member  = "serviceAccount:worker@shop.iam.gserviceaccount.com"
        }
        """,
    ),
]
