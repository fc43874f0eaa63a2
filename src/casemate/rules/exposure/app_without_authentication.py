"""A function app that leaves authentication to its functions.

What it does
------------
Reports function apps whose built-in authentication (App Service authentication) is declared off.

Why it matters
--------------
Every function has to check its callers alone; function keys are shared secrets that say nothing about who calls.

How to fix
----------
Turn on App Service authentication with an identity provider, and require it for all requests.

When to allow it
----------------
Apps whose functions are called by other services with their own tokens, checked in code.

References
----------
- https://learn.microsoft.com/azure/app-service/overview-authentication-authorization
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.function import Function


@rule("app-without-authentication", weakness="missing-auth", severity=LOW, tags=["cwe-306"], profile="strict")
def check(function: Function, system: System) -> Iterator[Outcome]:
    if function.hosting is not None and function.hosting.authentication.declared:
        yield from judge(
            function.hosting.authentication,
            lambda on: not on,
            f"{function.name} leaves authentication to each of its functions",
        )


CASES = [
    bad(
        "terraform",
        """
        resource "azurerm_linux_function_app" "shop" {
          name                = "shop"
          resource_group_name = "shop"
          location            = "westeurope"
          service_plan_id     = "plan"
          https_only          = true
          site_config {}
          auth_settings {
            enabled = false # <- here
          }
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
          auth_settings {
            enabled = true
          }
        }
        """,
    ),
]
