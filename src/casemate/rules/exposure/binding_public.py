"""A resource that is granted to everybody.

What it does
------------
Reports Google bindings whose member is `allUsers` or `allAuthenticatedUsers`, on anything but a function or service
that is meant to be called (route-without-auth reports those).

Why it matters
--------------
Everybody, or everybody with a Google account, has the role.

How to fix
----------
Bind the role to the service accounts and groups that need it.

When to allow it
----------------
Buckets of public web content.

References
----------
- https://cloud.google.com/iam/docs/overview#all-users
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, Violation, bad, good, rule
from casemate.model.policy import Binding


@rule("binding-public", weakness="public-access", severity=HIGH, tags=["cwe-732"])
def check(binding: Binding, system: System) -> Iterator[Outcome]:
    for member in binding.members:
        if member.text in {"allUsers", "allAuthenticatedUsers"} and not binding.role.text.lower().endswith(
            ("invoker", "run.invoker")
        ):
            yield Violation(f"{binding.name} gives {binding.role.text} to {member.text}", member.at, cause=member.text)


CASES = [
    bad(
        "terraform",
        """
        resource "google_secret_manager_secret" "orders" {
          secret_id = "orders"
        }
        resource "google_secret_manager_secret_iam_member" "orders" {
          secret_id = google_secret_manager_secret.orders.id
          role   = "roles/secretmanager.secretAccessor"
          member = "allUsers" # <- here
        }
        """,
    ),
    good(
        "terraform",
        """
        resource "google_secret_manager_secret" "orders" {
          secret_id = "orders"
        }
        resource "google_secret_manager_secret_iam_member" "orders" {
          secret_id = google_secret_manager_secret.orders.id
          role   = "roles/secretmanager.secretAccessor"
          member = "serviceAccount:shop@shop.iam.gserviceaccount.com"
        }
        """,
    ),
]
