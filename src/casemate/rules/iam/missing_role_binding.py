"""A right that the code needs and no role of the function's identity grants.

What it does
------------
Follows the SDK calls of the functions of Azure and Google that run as an identity, and reports the actions and
permissions that none of its role assignments or bindings holds on that resource. It is silent when no role of the
identity is in the scanned files, or what a role grants is not known.

Why it matters
--------------
The call is refused when it runs: a path that nobody tested fails in production, and the quick repair is a role like
Contributor or Editor.

How to fix
----------
Add the assignment that the finding shows.

When to allow it
----------------
Calls that are meant to be refused, and rights that are granted outside of the scanned files.

References
----------
- https://learn.microsoft.com/azure/role-based-access-control/role-assignments
- https://cloud.google.com/iam/docs/granting-changing-revoking-access
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.access.needs.cloud_comparing import comparison_of, runs_functions
from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.finding import Fix
from casemate.model.policy import Role

_SHOWN = 5


@rule(
    "missing-role-binding",
    weakness="missing-permission",
    severity=LOW,
    confidence="medium",
    tags=["cwe-276", "owasp-sls-06"],
)
def check(role: Role, system: System) -> Iterator[Outcome]:
    if not runs_functions(role, system):
        return
    comparison = comparison_of(role, system)
    if comparison is None or not comparison.missing:
        return
    from casemate.analysis.access.roles.assigning import assignments  # only where there is one to write
    from casemate.analysis.access.roles.cloud_texts import assignments_text

    missing = comparison.missing
    names = list(dict.fromkeys(need.action for need in missing))
    places = list(dict.fromkeys(at for need in missing for at in need.because))
    shown = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
    stack = system.stack_of(role)
    first = comparison.needs[0].name
    text = assignments_text(
        assignments(missing, role.cloud, first.rpartition(".")[2]),
        role.resource.dialect,
        first,
        role,
        stack.resources if stack is not None else {},
    )
    yield Violation(
        f"no role of {role.name} grants {shown}, which its functions need: the call fails when it runs",
        role.at,
        evidence={"resources": ", ".join(dict.fromkeys(need.resource for need in missing))},
        related=tuple((at, "needs it") for at in places[:20]),
        fixes=(Fix("Grant what the code needs", safe=False, text=text),),
        cause=names[0],
    )


_TEMPLATE = """
resource "google_service_account" "fn" {MARK
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
  role   = ROLE
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


def _files(role: str, mark: str = "") -> dict[str, str]:
    return {"main.tf": _TEMPLATE.replace("ROLE", role).replace("MARK", mark), "main.py": _CODE}


CASES = [
    bad("terraform", _files('"roles/storage.objectCreator"', " # <- here")),
    good("terraform", _files('"roles/storage.objectViewer"')),
    # what it grants is not known
    good("terraform", _files("google_organization_iam_custom_role.own.id")),
]
