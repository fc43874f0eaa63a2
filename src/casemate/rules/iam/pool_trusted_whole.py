"""A role for every identity of a federation.

What it does
------------
Reports Google bindings whose member is a whole workload identity pool (`principalSet://…/workloadIdentityPools/POOL/*`)
where a provider of that pool takes every token of a public issuer, or where no provider of the pool was scanned.

Why it matters
--------------
The pool holds whoever its issuer signs a token for. With GitHub as issuer that is every workflow of every repository in
the world, and each of them gets the role.

How to fix
----------
Name the repository and branch: `principalSet://…/attribute.repository/acme/shop` or `principal://…/subject/…`, and give
the provider an `attribute_condition`.

When to allow it
----------------
Pools whose providers all have a condition that names your own organisation.

References
----------
- https://cloud.google.com/iam/docs/workload-identity-federation#mapping
- https://cloud.google.com/iam/docs/best-practices-for-using-workload-identity-federation
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.pattern import late
from casemate.model.policy import Binding

_WHOLE = late(r"^principalSet://iam\.googleapis\.com/.{1,300}/\*$")
_PROVIDER = "google_iam_workload_identity_pool_provider"


@rule("pool-trusted-whole", weakness="confused-deputy", severity=HIGH, tags=["cwe-863", "cwe-284"])
def check(binding: Binding, system: System) -> Iterator[Outcome]:
    for member in binding.members:
        if _WHOLE.match(member.text) is None:
            continue
        providers = [role for role in system.inventory.roles if role.resource.type == _PROVIDER]
        if providers and all(statement.conditions for role in providers for statement in role.trust):
            continue
        yield Violation(
            f"Every identity of the pool gets {binding.role.text} by {binding.name}",
            member.at,
            severity=HIGH if providers else MEDIUM,
            cause=member.text,
        )


_POOL = """
resource "google_iam_workload_identity_pool" "ci" {
  workload_identity_pool_id = "ci"
}
resource "google_service_account" "deploy" {
  account_id = "deploy"
}
"""
_OPEN = """
resource "google_iam_workload_identity_pool_provider" "github" {
  workload_identity_pool_id          = "ci"
  workload_identity_pool_provider_id = "github"
  attribute_mapping                  = { "google.subject" = "assertion.sub" }
  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}
"""
_MEMBER = """
resource "google_service_account_iam_member" "deploy" {
  service_account_id = google_service_account.deploy.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.ci.name}/WHO"
}
"""
CASES = [
    bad("terraform", _POOL + _OPEN + _MEMBER.replace('WHO"', '*" # <- here')),
    good("terraform", _POOL + _OPEN + _MEMBER.replace("WHO", "attribute.repository/acme/shop")),
    good(
        "terraform",
        _POOL
        + _OPEN.replace("  oidc", "  attribute_condition = \"assertion.repository == 'acme/shop'\"\n  oidc")
        + _MEMBER.replace("WHO", "*"),
    ),
]
