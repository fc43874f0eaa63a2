"""An Azure or Google identity that can give itself more rights.

What it does
------------
Reports identities whose roles together open a known way to rights that they were not given, on a whole project,
subscription or resource group, or on an identity that has such rights: assigning roles, widening custom roles, running
code as another managed identity or service account, getting its tokens or keys, replacing the code of every app.
Built-in and predefined roles are written out from the clouds' own lists, custom roles from the scanned files; the
rights of one identity are judged as one set, minus what deny assignments and deny policies take away from it; a way
that hangs on a condition of a binding or of a denial is reported as undecided. Roles that are too much by their name are left to broad-role-binding.

Why it matters
--------------
No single role looks dangerous, but whoever takes over the identity becomes another one, often the owner of the project
or subscription.

How to fix
----------
Grant the right on the one resource it is for: `iam.serviceAccounts.actAs` on the one service account, publishing on the
one app, role assignments under a condition that names the roles that may be given.

When to allow it
----------------
Deployment identities that people reach only through a reviewed pipeline.

References
----------
- https://cloud.google.com/iam/docs/best-practices-service-accounts
- https://cloud.google.com/iam/docs/attach-service-accounts
- https://learn.microsoft.com/azure/role-based-access-control/best-practices
- https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.access.cloud_escalation import Opened, escalating
from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, Undecidable, Violation, bad, good, rule, unresolved
from casemate.model.location import Span
from casemate.model.policy import Binding
from casemate.model.setting import Unresolved


@rule("role-binding-escalates", weakness="privilege-escalation", severity=HIGH, tags=["cwe-269", "owasp-sls-06"])
def check(binding: Binding, system: System) -> Iterator[Outcome]:
    for found in escalating(system):
        if not found.ways:
            yield from _in_doubt(found.doubtful, binding)
            continue
        grant = found.ways[0].steps[-1][1]
        if grant.binding is not binding:
            continue
        first, name = found.ways[0], found.member.name
        more = f" (and {len(found.ways) - 1} more ways)" if len(found.ways) > 1 else ""
        yield Violation(
            f"{name} can {first.way.gains}{more}",
            binding.role.at,
            evidence={
                "needs": ", ".join(action for action, _grant in first.steps),
                "ways": ", ".join(each.way.id for each in found.ways),
                "scope": binding.scope.text,
            },
            related=_others(first),
            cause=f"{first.way.id} {name}",
        )


def _in_doubt(ways: tuple[Opened, ...], binding: Binding) -> Iterator[Outcome]:
    """Ways that a condition or a denial may close: neither a finding nor a pass."""
    for way in ways[:1]:
        if way.steps[-1][1].binding is binding:
            yield Undecidable(Unresolved("escalation", binding.role.at, "; ".join(way.doubts)))


def _others(way: Opened) -> tuple[tuple[Span, str], ...]:
    last = way.steps[-1][1].binding
    others = [step for step in way.steps[:-1] if step[1].binding is not last]
    return tuple((grant.binding.role.at, f"grants {action}") for action, grant in others)


CASES = [
    bad(
        "terraform",
        """
        resource "google_service_account" "worker" {
          account_id = "worker"
        }
        resource "google_project_iam_custom_role" "deployer" {
          role_id     = "deployer"
          title       = "deployer"
          permissions = ["iam.serviceAccounts.actAs", "cloudfunctions.functions.get"]
        }
        resource "google_project_iam_member" "act" {
          project = "shop"
          role    = google_project_iam_custom_role.deployer.id
          member  = "serviceAccount:${google_service_account.worker.email}"
        }
        resource "google_project_iam_member" "deploy" {
          project = "shop"
          role    = "roles/cloudfunctions.developer" # <- here
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
        resource "google_service_account" "shop" {
          account_id = "shop"
        }
        resource "google_project_iam_member" "deploy" {
          project = "shop"
          role    = "roles/cloudfunctions.developer"
          member  = "serviceAccount:${google_service_account.worker.email}"
        }
        resource "google_service_account_iam_member" "act" {
          service_account_id = google_service_account.shop.name
          role               = "roles/iam.serviceAccountUser"
          member             = "serviceAccount:${google_service_account.worker.email}"
        }
        resource "google_project_iam_member" "data" {
          project = "shop"
          role    = "roles/datastore.user"
          member  = "serviceAccount:${google_service_account.shop.email}"
        }
        """,
    ),
    bad(
        "terraform",
        """
        resource "google_service_account" "worker" {
          account_id = "worker"
        }
        resource "google_service_account" "owner" {
          account_id = "owner"
        }
        resource "google_project_iam_member" "owner" {
          project = "shop"
          role    = "roles/owner"
          member  = "serviceAccount:${google_service_account.owner.email}"
        }
        resource "google_service_account_iam_member" "token" {
          service_account_id = google_service_account.owner.name
          role               = "roles/iam.serviceAccountTokenCreator" # <- here
          member             = "serviceAccount:${google_service_account.worker.email}"
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
              "type": "Microsoft.Web/sites", "apiVersion": "2023-12-01", "name": "shop", "kind": "functionapp",
              "location": "westeurope", "identity": {"type": "SystemAssigned"}, "properties": {}
            },
            {
              "type": "Microsoft.Authorization/roleDefinitions", "apiVersion": "2022-04-01", "name": "operator",
              "properties": {
                "roleName": "Operator",
                "permissions": [{"actions": ["Microsoft.Authorization/role*", "Microsoft.Web/sites/read"]}],
                "assignableScopes": ["[resourceGroup().id]"]
              }
            },
            {
              "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "operate",
              "properties": {
                "roleDefinitionId": "[resourceId('Microsoft.Authorization/roleDefinitions', 'operator')]", // <- here
                "principalId": "[reference(resourceId('Microsoft.Web/sites', 'shop'), '2023-12-01', 'full').identity.principalId]"
              }
            }
          ]
        }
        """,
    ),
    unresolved(
        "terraform",
        """
        resource "google_service_account" "worker" {
          account_id = "worker"
        }
        resource "google_project_iam_member" "token" {
          project = "shop"
          role    = "roles/iam.serviceAccountOpenIdTokenCreator"
          member  = "serviceAccount:${google_service_account.worker.email}"
        }
        resource "google_project_iam_member" "key" {
          project = "shop"
          role    = "roles/iam.roleAdmin"
          member  = "serviceAccount:${google_service_account.worker.email}"
          condition {
            title      = "office hours"
            expression = "request.time.getHours() < 18"
          }
        }
        """,
    ),
    good(
        "terraform",
        """
        resource "google_service_account" "worker" {
          account_id = "worker"
        }
        resource "google_project_iam_member" "roles" {
          project = "shop"
          role    = "roles/iam.roleAdmin"
          member  = "serviceAccount:${google_service_account.worker.email}"
        }
        resource "google_iam_deny_policy" "roles" {
          parent = "cloudresourcemanager.googleapis.com%2Fprojects%2Fshop"
          name   = "no-roles"
          rules {
            deny_rule {
              denied_principals  = ["principalSet://goog/public:all"]
              denied_permissions = ["iam.googleapis.com/roles.update"]
            }
          }
        }
        """,
    ),
    unresolved(
        "terraform",
        """
        resource "google_service_account" "worker" {
          account_id = "worker"
        }
        resource "google_project_iam_member" "roles" {
          project = "shop"
          role    = "roles/iam.roleAdmin"
          member  = "serviceAccount:${google_service_account.worker.email}"
        }
        resource "google_iam_deny_policy" "roles" {
          parent = "cloudresourcemanager.googleapis.com%2Fprojects%2Fshop"
          name   = "no-roles"
          rules {
            deny_rule {
              denied_principals    = ["principalSet://goog/public:all"]
              exception_principals = ["principalSet://goog/group/ops@example.com"]
              denied_permissions   = ["iam.googleapis.com/roles.update"]
            }
          }
        }
        """,
    ),
]
