"""Azure: Terraform types of `azurerm` -> ARM types.

In these tables a target that begins with `/` stands beside `properties` (`/name`, `/kind`, `/sku.name`, `/identity`,
`/scope`), every other one in it. `/parent` is the resource that a child belongs to.

Sources: Terraform AzureRM provider documentation; Azure Resource Manager template reference.
"""

from __future__ import annotations

from casemate.sources.terraform.lowering.azure import data, machines, messaging, network, services, sites
from casemate.sources.terraform.lowering.table import united

TABLE = united(sites.TABLE, data.TABLE, network.TABLE, messaging.TABLE, services.TABLE, machines.TABLE)
"""Every Azure type."""
