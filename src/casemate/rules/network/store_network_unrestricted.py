"""A store without network rules.

What it does
------------
Reports stores whose firewall is not configured, so that the service's default lets every network in.

Why it matters
--------------
Only keys and passwords protect the data; a leaked connection string works from anywhere.

How to fix
----------
Deny by default and allow the subnets or private endpoints of your functions.

When to allow it
----------------
Stores that serve public content.

References
----------
- https://learn.microsoft.com/azure/storage/common/storage-network-security
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.store import Store


@rule("store-network-unrestricted", weakness="open-network", severity=LOW, tags=["cwe-284"], profile="strict")
def check(subject: Store, system: System) -> Iterator[Outcome]:
    if subject.network_restricted is not None and not subject.network_restricted.declared:
        yield from judge(
            subject.network_restricted, lambda restricted: not restricted, f"{subject.name} has no network rules"
        )


CASES = [
    bad(
        "terraform",
        """
        resource "azurerm_storage_account" "files" { # <- here
          name                     = "shopfiles"
          resource_group_name      = "shop"
          location                 = "westeurope"
          account_tier             = "Standard"
          account_replication_type = "LRS"
        }
        """,
    ),
    good(
        "terraform",
        """
        resource "azurerm_storage_account" "files" {
          name                     = "shopfiles"
          resource_group_name      = "shop"
          location                 = "westeurope"
          account_tier             = "Standard"
          account_replication_type = "LRS"
          network_rules {
            default_action = "Deny"
          }
        }
        """,
    ),
]
