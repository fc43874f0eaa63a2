"""The same Azure resource in ARM and in Terraform's azurerm gives the same settings."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest

from casemate.inventory.build import build
from casemate.model.entity import Entity
from casemate.model.inventory import Inventory
from casemate.model.setting import Setting
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

IDENTITY = {field.name for field in fields(Entity)}
COMMON = 'name = "x"\n  resource_group_name = "g"\n  location = "westeurope"'
SITE = 'service_plan_id = "p"\n  storage_account_name = "s"\n  storage_account_access_key = "k"'


def arm(type_: str, properties: dict[str, Any], **more: Any) -> str:  # noqa: ANN401 - JSON
    resource = {
        "type": type_,
        "apiVersion": "2023-01-01",
        "name": "x",
        "location": "westeurope",
        "properties": properties,
        **more,
    }
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
    return json.dumps({"$schema": schema, "contentVersion": "1.0.0.0", "resources": [resource]})


def terraform(type_: str, body: str) -> str:
    return f'resource "{type_}" "x" {{\n  {COMMON}\n  {body}\n}}\n'


def read(path: str, text: str) -> Inventory:
    return build(discover(MemoryTree({path: text.encode()}), Options()).readings)


def settings(found: Inventory, kind: str) -> dict[str, object]:
    """The possible values of every setting of the one entity of a kind, also of those in its parts."""
    entity = next(entity for entity in found.entities() if type(entity).__name__ == kind)
    told: dict[str, object] = {}

    def tell(prefix: str, item: object, names: set[str]) -> None:
        for name in sorted(names):
            value = getattr(item, name)
            if isinstance(value, Setting):
                told[prefix + name] = list(value.values())
            elif name == "hosting" and value is not None:
                tell("hosting.", value, {field.name for field in fields(value)})

    tell("", entity, {field.name for field in fields(entity)} - IDENTITY)
    return told


STORAGE, WEB = "Microsoft.Storage/storageAccounts", "Microsoft.Web/sites"
CASES: dict[str, tuple[str, str, str, str]] = {
    "storage account, TLS and HTTPS": (
        "Store",
        arm(STORAGE, {"minimumTlsVersion": "TLS1_0", "supportsHttpsTrafficOnly": False, "allowBlobPublicAccess": True}),
        "azurerm_storage_account",
        'min_tls_version = "TLS1_0"\n  https_traffic_only_enabled = false\n  allow_nested_items_to_be_public = true',
    ),
    "storage account, keys and network": (
        "Store",
        arm(STORAGE, {
            "minimumTlsVersion": "TLS1_2", "supportsHttpsTrafficOnly": True, "allowBlobPublicAccess": False,
            "allowSharedKeyAccess": False, "publicNetworkAccess": "Disabled", "networkAcls": {"defaultAction": "Deny"},
        }),
        "azurerm_storage_account",
        ('min_tls_version = "TLS1_2"\n  allow_nested_items_to_be_public = false\n  shared_access_key_enabled = false\n'
        '  public_network_access_enabled = false\n  network_rules {\n    default_action = "Deny"\n  }'),
    ),
    "function app, HTTPS and TLS": (
        "Function",
        arm(WEB, {"httpsOnly": True, "siteConfig": {"minTlsVersion": "1.0", "ftpsState": "AllAllowed", "linuxFxVersion": "Python|3.11"}}, kind="functionapp,linux"),
        "azurerm_linux_function_app",
        f'{SITE}\n  https_only = true\n  site_config {{\n    minimum_tls_version = "1.0"\n    ftps_state = "AllAllowed"\n    application_stack {{\n      python_version = "3.11"\n    }}\n  }}',
    ),
    "function app, identity and debugging": (
        "Function",
        arm(WEB, {"httpsOnly": False, "siteConfig": {"remoteDebuggingEnabled": True, "minTlsVersion": "1.2", "ftpsState": "Disabled"}}, kind="functionapp,linux", identity={"type": "SystemAssigned"}),
        "azurerm_linux_function_app",
        f'{SITE}\n  https_only = false\n  identity {{\n    type = "SystemAssigned"\n  }}\n  site_config {{\n    remote_debugging_enabled = true\n    minimum_tls_version = "1.2"\n    ftps_state = "Disabled"\n  }}',
    ),
    "key vault": (
        "Key",
        arm("Microsoft.KeyVault/vaults", {"enablePurgeProtection": True, "networkAcls": {"defaultAction": "Deny"}, "softDeleteRetentionInDays": 7}),
        "azurerm_key_vault",
        'sku_name = "standard"\n  tenant_id = "t"\n  purge_protection_enabled = true\n  soft_delete_retention_days = 7\n  network_acls {\n    default_action = "Deny"\n    bypass = "None"\n  }',
    ),
    "service bus": (
        "Store",
        arm("Microsoft.ServiceBus/namespaces", {"minimumTlsVersion": "1.2", "disableLocalAuth": True, "publicNetworkAccess": "Disabled"}, sku={"name": "Premium"}),
        "azurerm_servicebus_namespace",
        'sku = "Premium"\n  minimum_tls_version = "1.2"\n  local_auth_enabled = false\n  public_network_access_enabled = false',
    ),
    "redis": (
        "Store",
        arm("Microsoft.Cache/redis", {"enableNonSslPort": True, "minimumTlsVersion": "1.0", "publicNetworkAccess": "Enabled", "sku": {"name": "Basic", "family": "C", "capacity": 1}}),
        "azurerm_redis_cache",
        'sku_name = "Basic"\n  family = "C"\n  capacity = 1\n  non_ssl_port_enabled = true\n  minimum_tls_version = "1.0"\n  public_network_access_enabled = true',
    ),
    "cosmos": (
        "Store",
        arm("Microsoft.DocumentDB/databaseAccounts", {"publicNetworkAccess": "Disabled", "disableLocalAuth": True, "databaseAccountOfferType": "Standard", "locations": []}, kind="GlobalDocumentDB"),
        "azurerm_cosmosdb_account",
        'offer_type = "Standard"\n  public_network_access_enabled = false\n  local_authentication_disabled = true',
    ),
    "sql server": (
        "Store",
        arm("Microsoft.Sql/servers", {"minimalTlsVersion": "1.2", "publicNetworkAccess": "Disabled", "administratorLogin": "a"}),
        "azurerm_mssql_server",
        'version = "12.0"\n  administrator_login = "a"\n  minimum_tls_version = "1.2"\n  public_network_access_enabled = false',
    ),
}  # fmt: skip


@pytest.mark.parametrize("feature", CASES)
def test_arm_and_azurerm_agree(feature: str) -> None:
    kind, template, type_, body = CASES[feature]
    left = settings(read("azuredeploy.json", template), kind)
    assert left
    assert left == settings(read("main.tf", terraform(type_, body)), kind)
