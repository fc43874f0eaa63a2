"""A store that every network can reach.

What it does
------------
Reports storage accounts, databases, caches, vaults and Cosmos DB accounts whose firewall is declared open to all
networks, SQL firewall rules that cover the internet, and cluster end points without an address range.

Why it matters
--------------
Only keys and passwords protect the data. A leaked connection string works from anywhere.

How to fix
----------
Deny by default and allow the subnets or private endpoints of your functions.

When to allow it
----------------
Stores that serve public content.

References
----------
- https://learn.microsoft.com/azure/storage/common/storage-network-security
- https://learn.microsoft.com/azure/cosmos-db/how-to-configure-firewall
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, bad, good, judge, rule
from casemate.model.network import Network
from casemate.model.secret import Key
from casemate.model.store import Store


@rule("store-open-to-all-networks", weakness="open-network", severity=MEDIUM, tags=["cwe-284", "cwe-668"])
def check(subject: Store | Key | Network, system: System) -> Iterator[Outcome]:
    if isinstance(subject, Network):
        if subject.kind == "cluster" and subject.public_endpoint is not None and subject.public_endpoint.declared:
            yield from judge(
                subject.public_endpoint, bool, f"Every network can reach the control plane of {subject.name}"
            )
    elif subject.network_restricted is not None and subject.network_restricted.declared:
        yield from judge(
            subject.network_restricted, lambda restricted: not restricted, f"Every network can reach {subject.name}"
        )


CASES = [
    bad(
        "terraform",
        """
        resource "azurerm_storage_account" "files" {
          name                     = "shopfiles"
          resource_group_name      = "shop"
          location                 = "westeurope"
          account_tier             = "Standard"
          account_replication_type = "LRS"
          network_rules {
            default_action = "Allow" # <- here
          }
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
