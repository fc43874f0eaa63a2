"""A function that runs as the project's default service account.

What it does
------------
Reports Cloud Functions and Cloud Run services that have a default service account written out
(`…-compute@developer.gserviceaccount.com`, `…@appspot.gserviceaccount.com`), and those without one of their own that
everybody can call.

Why it matters
--------------
Unless an organisation policy forbids it, default service accounts are Editor of the whole project: whoever takes over
one such function can change every other resource, and all functions share the identity, so that logs tell none apart.

How to fix
----------
Make a service account for the function, grant it the roles it needs, and set `service_account_email`
(`--service-account`, `serviceAccountName`).

When to allow it
----------------
Projects whose default accounts have lost the Editor role, and that hold only this one function.

References
----------
- https://cloud.google.com/functions/docs/securing/function-identity
- https://cloud.google.com/iam/docs/service-account-types#default
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.function import Function


@rule(
    "function-runs-as-default-account",
    weakness="over-permissive-iam",
    severity=MEDIUM,
    tags=["cwe-250", "owasp-sls-06"],
    profile="strict",
)
def check(function: Function, system: System) -> Iterator[Outcome]:
    if function.cloud != "google":
        return
    role = system.role_of(function)
    if role is None or not role.implied or not role.managed:
        return
    term = role.managed[0].term
    if term.at == function.at and system.exposure(function) != "public":
        return
    yield Violation(f"{function.name} runs as {role.managed[0].origin}, an Editor of the whole project", term.at)


CASES = [
    bad(
        "terraform",
        """
        resource "google_cloudfunctions_function" "hello" { # <- here
          name         = "hello"
          runtime      = "nodejs22"
          entry_point  = "hello"
          trigger_http = true
        }
        resource "google_cloudfunctions_function_iam_member" "hello" {
          cloud_function = google_cloudfunctions_function.hello.name
          role           = "roles/cloudfunctions.invoker"
          member         = "allUsers"
        }
        resource "google_cloudfunctions_function" "inside" {
          name         = "inside"
          runtime      = "nodejs22"
          entry_point  = "inside"
          trigger_http = true
        }
        """,
    ),
    good(
        "terraform",
        """
        resource "google_service_account" "hello" {
          account_id = "hello"
        }
        resource "google_cloudfunctions_function" "hello" {
          name                  = "hello"
          runtime               = "nodejs22"
          entry_point           = "hello"
          trigger_http          = true
          service_account_email = google_service_account.hello.email
        }
        """,
    ),
    bad(
        "google-yaml",
        """
        apiVersion: serving.knative.dev/v1
        kind: Service
        metadata:
          name: shop
        spec:
          template:
            spec:
              serviceAccountName: 123456789-compute@developer.gserviceaccount.com  # <- here
              containers:
                - image: gcr.io/acme/shop@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
        """,
    ),
]
