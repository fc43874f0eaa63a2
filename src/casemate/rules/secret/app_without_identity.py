"""A function app without an identity of its own.

What it does
------------
Reports function apps without a managed identity.

Why it matters
--------------
Without one, the app can reach storage, vaults and databases only with keys and passwords in its settings.

How to fix
----------
Give it a system-assigned identity and grant that identity the roles it needs.

When to allow it
----------------
Apps that call nothing.

References
----------
- https://learn.microsoft.com/azure/app-service/overview-managed-identity
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.function import Function


@rule("app-without-identity", weakness="missing-key-rotation", severity=LOW, tags=["cwe-522"], profile="strict")
def check(function: Function, system: System) -> Iterator[Outcome]:
    if function.hosting is not None and function.kind == "azure-app":
        yield from judge(
            function.hosting.managed_identity,
            lambda given: not given,
            f"{function.name} has no identity of its own, so it needs keys in its settings",
        )


CASES = [
    bad(
        "terraform",
        """
        resource "azurerm_linux_function_app" "shop" { # <- here
          name                = "shop"
          resource_group_name = "shop"
          location            = "westeurope"
          service_plan_id     = "plan"
          https_only          = true
          site_config {}
        }
        """,
    ),
    good(
        "terraform",
        """
        resource "azurerm_linux_function_app" "shop" {
          name                = "shop"
          resource_group_name = "shop"
          location            = "westeurope"
          service_plan_id     = "plan"
          https_only          = true
          site_config {}
          identity {
            type = "SystemAssigned"
          }
        }
        """,
    ),
]
