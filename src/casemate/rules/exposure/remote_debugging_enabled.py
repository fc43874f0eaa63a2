"""Remote debugging is switched on.

What it does
------------
Reports function apps with remote debugging enabled.

Why it matters
--------------
A debugger can read all memory, secrets included, and run code in the app. It opens extra ports and is meant for
minutes, not for deployments.

How to fix
----------
Set `remoteDebuggingEnabled` to false.

When to allow it
----------------
Never in a deployed template.

References
----------
- https://learn.microsoft.com/azure/app-service/overview-security
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Change, Fix, Outcome, bad, good, judge, rule
from casemate.model.function import Function


@rule("remote-debugging-enabled", weakness="public-access", severity=MEDIUM, tags=["cwe-489"])
def check(function: Function, system: System) -> Iterator[Outcome]:
    if function.hosting is not None:
        change = Change(function.id, "set", ("properties", "siteConfig", "remoteDebuggingEnabled"), False)
        fix = Fix("Switch remote debugging off", safe=True, changes=(change,))
        yield from judge(
            function.hosting.remote_debugging,
            bool,
            f"A debugger can attach to {function.name} from outside",
            fixes=(fix,),
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
          site_config {
            remote_debugging_enabled = true # <- here
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
          site_config {
            remote_debugging_enabled = false
          }
        }
        """,
    ),
]
