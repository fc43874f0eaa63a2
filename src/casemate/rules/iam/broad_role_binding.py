"""A basic role on a whole project or subscription.

What it does
------------
Reports Google bindings and Azure role assignments that give an identity a basic or administrative role
(`roles/owner`, `roles/editor`, `Owner`, `Contributor`, `User Access Administrator`, roles that mint tokens or keys of
other identities) on an organisation, project, subscription or resource group.

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

from casemate.analysis.system import System
from casemate.authoring import HIGH, MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.finding import Severity
from casemate.model.policy import Binding

_WIDE = frozenset({"organisation", "subscription", "project", "resource-group"})
_BASIC: dict[str, Severity] = {
    "roles/owner": HIGH,
    "roles/editor": HIGH,
    "roles/iam.securityadmin": HIGH,
    "roles/resourcemanager.projectiamadmin": HIGH,
    "roles/iam.serviceaccounttokencreator": HIGH,
    "roles/iam.serviceaccountuser": MEDIUM,
    "roles/iam.serviceaccountadmin": HIGH,
    "roles/iam.serviceaccountkeyadmin": HIGH,
    "roles/storage.admin": MEDIUM,
    "roles/secretmanager.admin": MEDIUM,
    "roles/compute.admin": MEDIUM,
    "roles/cloudfunctions.admin": MEDIUM,
    "roles/run.admin": MEDIUM,
    "owner": HIGH,
    "contributor": HIGH,
    "user access administrator": HIGH,
    "role based access control administrator": HIGH,
}
"""Role (lower case) -> severity. Sources: Google IAM "Basic and predefined roles reference", Azure "Built-in roles"."""


@rule("broad-role-binding", weakness="over-permissive-iam", severity=HIGH, tags=["cwe-250", "owasp-sls-06"])
def check(binding: Binding, system: System) -> Iterator[Outcome]:
    if binding.scope_kind not in _WIDE or not binding.role.known:
        return
    name = binding.role.text.rsplit("/", 1)[-1] if binding.cloud == "azure" else binding.role.text
    severity = _BASIC.get(name.lower())
    if severity is None:
        return
    members = ", ".join(term.text for term in binding.members[:3]) or "an identity"
    yield Violation(
        f"{binding.name} gives {members} the role {name} on a whole {binding.scope_kind}",
        binding.role.at,
        severity=severity,
        evidence={"scope": binding.scope.text},
        cause=name,
    )


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
]
