"""A role of a function's identity of which the code needs nothing, or much less.

What it does
------------
Follows the SDK calls of the functions of Azure and Google that run as an identity, and reports a role assignment or
binding of which nothing is needed, and one that may delete or decide who has access although the code only reads or
writes. It is silent when any code of the identity could not be followed, when something else in the same files uses the
identity, and for roles that the platform itself uses.

Why it matters
--------------
Whoever runs code in the function has these rights. What no line of the code uses, only an attacker will.

How to fix
----------
Remove the assignment, or replace its role with the one that the finding shows, at the resource that it shows.

When to allow it
----------------
Rights that a driver or another tool uses without an SDK call.

References
----------
- https://learn.microsoft.com/azure/role-based-access-control/best-practices
- https://cloud.google.com/iam/docs/using-iam-securely
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.access.cloud_escalation import is_broad
from casemate.analysis.access.needs.cloud_comparing import (
    IdentityComparison,
    UnusedBinding,
    comparison_of,
    runs_functions,
    used_elsewhere,
)
from casemate.analysis.system import System
from casemate.authoring import LOW, MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.finding import Fix
from casemate.model.policy import Role

_PLATFORM = (
    "roles/logging.", "roles/monitoring.", "roles/cloudtrace.", "roles/errorreporting.", "roles/cloudprofiler.",
    "roles/run.invoker", "roles/cloudfunctions.invoker", "roles/eventarc.", "roles/artifactregistry.",
    "roles/cloudbuild.", "roles/cloudsql.", "roles/vpcaccess.", "roles/redis.", "roles/iam.workloadidentityuser",
    "monitoring metrics publisher", "acrpull", "application insights", "log analytics",
)  # fmt: skip
"""Roles that telemetry, triggers, image pulls and drivers use: no call of an SDK shows them."""
_SHOWN = 4


@rule(
    "unused-role-binding",
    weakness="unused-permission",
    severity=MEDIUM,
    confidence="medium",
    tags=["cwe-272", "cwe-250", "owasp-sls-06"],
)
def check(role: Role, system: System) -> Iterator[Outcome]:
    if not runs_functions(role, system) or used_elsewhere(role, system):
        return
    comparison = comparison_of(role, system)
    if comparison is None or comparison.reasons:
        return
    for unused in comparison.unused:
        binding = unused.granted.binding
        name = binding.role.text.lower().rpartition("/")[2] if binding.cloud == "azure" else binding.role.text.lower()
        if is_broad(unused.granted) or name.startswith(_PLATFORM) or binding.at == role.at:
            continue  # broad-role-binding tells the first
        found = _told(unused, comparison, system)
        if found is not None:
            yield found


def _told(unused: UnusedBinding, comparison: IdentityComparison, system: System) -> Violation | None:
    from casemate.analysis.access.roles.assigning import strength  # only where there is one to judge

    binding = unused.granted.binding
    strongest = max(map(strength, unused.actions), default=0)
    needed = max(map(strength, unused.used), default=-1)
    if not unused.needless and strongest <= max(needed, 1):
        return None
    functions = ", ".join(one.name for one in comparison.needs[:3])
    words = ", ".join(unused.used[:_SHOWN]) or "nothing"
    more = "needs nothing of it" if unused.needless else f"needs only {words}"
    return Violation(
        f"{comparison.identity.name} has the role {binding.role.text} on {binding.scope.text}; the code of {functions} {more}",
        binding.role.at,
        severity=MEDIUM if strongest else LOW,
        resource=binding.name,
        evidence={"granted besides": ", ".join(unused.actions[:_SHOWN]), "needed of it": words},
        fixes=_fixes(unused, comparison, system),
        cause=f"{binding.role.text} {binding.scope.text}",
    )


def _fixes(unused: UnusedBinding, comparison: IdentityComparison, system: System) -> tuple[Fix, ...]:
    if unused.needless:
        return (Fix("Remove the assignment", safe=False, text="take it away: nothing in the code needs it"),)
    from casemate.analysis.access.roles.assigning import assignments
    from casemate.analysis.access.roles.cloud_texts import assignments_text

    wanted = [need for one in comparison.needs for need in one.all if need.action in unused.used]
    binding = unused.granted.binding
    stack = system.stack_of(binding)
    text = assignments_text(
        assignments(wanted, binding.cloud, comparison.needs[0].name.rpartition(".")[2]),
        binding.resource.dialect,
        comparison.needs[0].name,
        comparison.identity,
        stack.resources if stack is not None else {},
    )
    return (Fix("Grant only what the code needs", safe=False, text=text),)


_TEMPLATE = """
resource "google_service_account" "fn" {
  account_id = "fn"
}
resource "google_storage_bucket" "files" {
  name     = "shop-files"
  location = "EU"
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
    environment_variables = {
      BUCKET = google_storage_bucket.files.name
    }
  }
}
resource "google_storage_bucket_iam_member" "files" {
  bucket = google_storage_bucket.files.name
  role   = "ROLE"MARK
  member = "serviceAccount:${google_service_account.fn.email}"
}
"""
_CODE = """
import os
import functions_framework
from google.cloud import storage

@functions_framework.http
def handle(request):
    return storage.Client().bucket(os.environ["BUCKET"]).blob("a").download_as_bytes()
"""
_CHOSEN = _CODE.replace("return storage", "getattr(storage.Client(), request.args['x'])()\n    return storage")


def _files(role: str, mark: str = "", code: str = _CODE, more: str = "") -> dict[str, str]:
    return {"main.tf": _TEMPLATE.replace("ROLE", role).replace("MARK", mark) + more, "main.py": code}


CASES = [
    bad("terraform", _files("roles/storage.admin", " # <- here")),
    bad("terraform", _files("roles/storage.objectAdmin", " # <- here")),
    good("terraform", _files("roles/storage.objectViewer")),
    good("terraform", _files("roles/storage.objectAdmin", code=_CHOSEN)),
    good(
        "terraform",
        _files(
            "roles/storage.objectAdmin",
            more='resource "google_compute_instance" "other" {\n  name = "other"\n  service_account {\n'
            '    email = google_service_account.fn.email\n    scopes = ["cloud-platform"]\n  }\n}\n',
        ),
    ),
]
