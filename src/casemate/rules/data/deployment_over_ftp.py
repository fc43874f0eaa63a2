"""Code can be deployed over plain FTP.

What it does
------------
Reports function apps and web apps whose FTPS state is `AllAllowed`, declared or by default.

Why it matters
--------------
Deployment credentials and code cross the network in clear; whoever reads them can replace the function.

How to fix
----------
Set `ftpsState` to `Disabled`, or `FtpsOnly` where FTP is still needed.

When to allow it
----------------
Never.

References
----------
- https://learn.microsoft.com/azure/app-service/deploy-ftp#enforce-ftps
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Change, Fix, Outcome, bad, good, judge, rule
from casemate.model.function import Function


@rule("deployment-over-ftp", weakness="missing-encryption-in-transit", severity=MEDIUM, tags=["cwe-319"])
def check(function: Function, system: System) -> Iterator[Outcome]:
    if function.hosting is not None and function.hosting.ftps.declared:
        change = Change(function.id, "set", ("properties", "siteConfig", "ftpsState"), "FtpsOnly")
        fix = Fix("Accept FTPS only", safe=True, changes=(change,))
        yield from judge(
            function.hosting.ftps,
            lambda state: state.lower() == "allallowed",
            f"{function.name} accepts deployments over plain FTP",
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
            ftps_state = "AllAllowed" # <- here
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
            ftps_state = "Disabled"
          }
        }
        """,
    ),
]
