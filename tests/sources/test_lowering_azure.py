from __future__ import annotations

from tests.sources.lowering_values import Plain, lowered, plain, properties, raw

from casemate.inventory.build import build
from casemate.sources.source import Options
from casemate.sources.terraform.source import read
from casemate.sources.tree import MemoryTree


def test_a_function_app_in_the_words_of_arm() -> None:
    app = raw(
        "azurerm_linux_function_app.f",
        {
            "name": "shop",
            "location": "${azurerm_resource_group.g.location}",
            "service_plan_id": "${azurerm_service_plan.p.id}",
            "https_only": True,
            "storage_account_name": "${azurerm_storage_account.s.name}",
            "storage_account_access_key": "${azurerm_storage_account.s.primary_access_key}",
            "app_settings": {"MODE": "prod"},
            "identity": [{"type": "SystemAssigned"}],
            "site_config": [
                {
                    "minimum_tls_version": "1.2",
                    "ftps_state": "FtpsOnly",
                    "cors": [{"allowed_origins": ["*"]}],
                    "application_stack": [{"python_version": "3.11"}],
                    "application_insights_connection_string": "InstrumentationKey=x",
                }
            ],
            "auth_settings_v2": [{"auth_enabled": True, "require_authentication": True}],
        },
    )
    others = [
        raw("azurerm_resource_group.g", {"location": "westeurope"}),
        raw("azurerm_service_plan.p"),
        raw("azurerm_storage_account.s"),
    ]
    made = lowered(app, *others)
    site = made["azurerm_linux_function_app.f"]
    assert site.type == "Microsoft.Web/sites"
    account = "${azurerm_storage_account.s}"
    assert plain(site.properties) == {
        "name": "shop",
        "location": "westeurope",
        "identity": {"type": "SystemAssigned"},
        "kind": "functionapp,linux",
        "properties": {
            "serverFarmId": "${azurerm_service_plan.p}",
            "httpsOnly": True,
            "siteConfig": {
                "appSettings": [
                    {
                        "name": "AzureWebJobsStorage",
                        "value": f"DefaultEndpointsProtocol=https;AccountName={account};AccountKey=${{azurerm_storage_account.s.primaryAccessKey}}",
                    },
                    {"name": "APPLICATIONINSIGHTS_CONNECTION_STRING", "value": "InstrumentationKey=x"},
                    {"name": "MODE", "value": "prod"},
                ],
                "minTlsVersion": "1.2",
                "ftpsState": "FtpsOnly",
                "linuxFxVersion": "Python|3.11",
                "cors": {"allowedOrigins": ["*"]},
            },
        },
    }
    auth = made["azurerm_linux_function_app.f/authsettingsV2"]
    assert auth.type == "Microsoft.Web/sites/config"
    assert plain(auth.properties) == {
        "name": "authsettingsV2",
        "parent": "${azurerm_linux_function_app.f}",
        "properties": {"platform": {"enabled": True}, "globalValidation": {"requireAuthentication": True}},
    }


def test_a_storage_account_and_what_belongs_to_it() -> None:
    made = lowered(
        raw("azurerm_storage_account.s", {"name": "data", "account_tier": "Standard", "account_replication_type": "LRS",
            "enable_https_traffic_only": False, "min_tls_version": "TLS1_0", "blob_properties": [{"versioning_enabled": True, "delete_retention_policy": [{"days": 7}]}],
            "network_rules": [{"default_action": "Deny", "ip_rules": ["1.2.3.4"], "bypass": ["AzureServices", "Logging"]}]}),
        raw("azurerm_storage_container.c", {"name": "public", "storage_account_name": "data", "container_access_type": "blob"}),
        raw("azurerm_storage_container.d", {"name": "private", "storage_account_id": "${azurerm_storage_account.s.id}"}),
    )  # fmt: skip
    assert plain(made["azurerm_storage_account.s"].properties) == {
        "name": "data",
        "sku": {"name": "Standard_LRS"},
        "kind": "StorageV2",
        "properties": {
            "supportsHttpsTrafficOnly": False,
            "minimumTlsVersion": "TLS1_0",
            "networkAcls": {
                "defaultAction": "Deny",
                "bypass": "AzureServices,Logging",
                "ipRules": [{"value": "1.2.3.4"}],
            },
            "allowBlobPublicAccess": True,
        },
    }
    assert made["azurerm_storage_account.s/blobServices"].type == "Microsoft.Storage/storageAccounts/blobServices"
    assert plain(made["azurerm_storage_account.s/blobServices"].properties) == {
        "name": "default",
        "parent": "${azurerm_storage_account.s}",
        "properties": {"isVersioningEnabled": True, "deleteRetentionPolicy": {"days": 7, "enabled": True}},
    }
    for name, access in (("c", "Blob"), ("d", "None")):
        child = plain(made[f"azurerm_storage_container.{name}"].properties)
        assert isinstance(child, dict)
        assert child["parent"] == "${azurerm_storage_account.s}"
        assert child["properties"] == {"publicAccess": access}


def test_policies_of_a_vault_come_together() -> None:
    made = lowered(
        raw("azurerm_key_vault.v", {"name": "v", "purge_protection_enabled": True}),
        raw(
            "azurerm_key_vault_access_policy.p",
            {"key_vault_id": "${azurerm_key_vault.v.id}", "object_id": "o", "secret_permissions": ["Get"]},
        ),
        raw(
            "azurerm_key_vault_secret.s", {"name": "s", "key_vault_id": "${azurerm_key_vault.v.id}", "value": "hidden"}
        ),
    )
    assert plain(made["azurerm_key_vault.v"].properties) == {
        "name": "v",
        "properties": {
            "enablePurgeProtection": True,
            "accessPolicies": [{"objectId": "o", "permissions": {"secrets": ["Get"]}}],
        },
    }
    assert plain(made["azurerm_key_vault_secret.s"].properties) == {
        "name": "s",
        "parent": "${azurerm_key_vault.v}",
        "properties": {"value": "hidden"},
    }


def test_rules_of_a_network_security_group() -> None:
    rule: dict[str, Plain] = {"name": "ssh", "access": "Allow", "direction": "Inbound", "protocol": "Tcp", "priority": 100,
                              "destination_port_range": "22", "source_address_prefix": "*"}  # fmt: skip
    words = {
        "protocol": "Tcp",
        "access": "Allow",
        "direction": "Inbound",
        "priority": 100,
        "destinationPortRange": "22",
        "sourceAddressPrefix": "*",
    }
    made = lowered(
        raw("azurerm_network_security_group.g", {"name": "g", "security_rule": [dict(rule)]}),
        raw(
            "azurerm_network_security_rule.r",
            {**rule, "network_security_group_name": "${azurerm_network_security_group.g.name}"},
        ),
    )
    assert plain(made["azurerm_network_security_group.g"].properties) == {
        "name": "g",
        "properties": {"securityRules": [{"name": "ssh", "properties": words}]},
    }
    assert plain(made["azurerm_network_security_rule.r"].properties) == {
        "name": "ssh",
        "parent": "${azurerm_network_security_group.g}",
        "properties": words,
    }


def test_who_has_which_role() -> None:
    app = raw("azurerm_linux_function_app.f", {"name": "f"})
    assignment = raw("azurerm_role_assignment.a", {"scope": "/subscriptions/s", "role_definition_name": "Owner",
                                                   "principal_id": "${azurerm_linux_function_app.f#identity.0.principal_id}"})  # fmt: skip
    assert properties(app, assignment, of="azurerm_role_assignment.a") == {
        "scope": "/subscriptions/s",
        "properties": {
            "principalId": "${azurerm_linux_function_app.f.identity.principalId}",
            "roleDefinitionName": "Owner",
        },
    }


def test_a_server_and_its_firewall() -> None:
    made = lowered(
        raw("azurerm_mssql_server.s", {"name": "s", "public_network_access_enabled": True, "minimum_tls_version": "1.0"}),
        raw("azurerm_mssql_firewall_rule.r", {"name": "all", "server_id": "${azurerm_mssql_server.s.id}", "start_ip_address": "0.0.0.0", "end_ip_address": "255.255.255.255"}),
        raw("azurerm_mssql_server_extended_auditing_policy.a", {"server_id": "${azurerm_mssql_server.s.id}", "retention_in_days": 30}),
        raw("azurerm_mssql_database.d", {"name": "d", "server_id": "${azurerm_mssql_server.s.id}", "transparent_data_encryption_enabled": False}),
    )  # fmt: skip
    assert plain(made["azurerm_mssql_server.s"].properties) == {
        "name": "s",
        "properties": {"minimalTlsVersion": "1.0", "publicNetworkAccess": "Enabled"},
    }
    assert plain(made["azurerm_mssql_firewall_rule.r"].properties) == {
        "name": "all",
        "parent": "${azurerm_mssql_server.s}",
        "properties": {"startIpAddress": "0.0.0.0", "endIpAddress": "255.255.255.255"},
    }
    audit = made["azurerm_mssql_server_extended_auditing_policy.a"]
    assert audit.type == "Microsoft.Sql/servers/auditingSettings"
    assert plain(audit.properties) == {
        "parent": "${azurerm_mssql_server.s}",
        "properties": {"retentionDays": 30, "state": "Enabled"},
    }
    encryption = made["azurerm_mssql_database.d/encryption"]
    assert encryption.type == "Microsoft.Sql/servers/databases/transparentDataEncryption"
    assert plain(encryption.properties) == {
        "name": "current",
        "parent": "${azurerm_mssql_database.d}",
        "properties": {"state": "Disabled"},
    }


def test_arm_written_in_terraform() -> None:
    made = lowered(
        raw(
            "azapi_resource.app",
            {
                "type": "microsoft.web/Sites@2022-09-01",
                "name": "shop",
                "parent_id": "${azurerm_resource_group.g.id}",
                "body": {"kind": "functionapp", "properties": {"httpsOnly": False}},
            },
        ),
        raw("azapi_resource.odd", {"type": "Microsoft.Web/sites@2022-09-01", "body": "text"}),
        raw("azurerm_resource_group.g", {"location": "westeurope"}),
    )
    app = made["azapi_resource.app"]
    assert app.type == "Microsoft.Web/sites"
    assert plain(app.properties) == {
        "name": "shop",
        "kind": "functionapp",
        "properties": {"httpsOnly": False},
        "scope": "${azurerm_resource_group.g}",
    }
    assert made["azapi_resource.odd"].type == "azapi_resource"


def test_a_signature_is_made_by_a_data_source() -> None:
    made = lowered(raw("data.azurerm_storage_account_sas.s", {"https_only": False, "start": "2026-01-01"}))
    (found,) = made.values()
    assert found.type == "Casemate::Azure::SharedAccessSignature"
    assert plain(found.properties) == {"properties": {"httpsOnly": False, "start": "2026-01-01"}}


def test_network_rules_of_an_account_that_is_not_here_are_a_part_of_it() -> None:
    made = lowered(
        raw("azurerm_storage_account_network_rules.r", {"storage_account_id": "x", "default_action": "Allow"})
    )
    (found,) = made.values()
    assert found.type == "Microsoft.Storage/storageAccounts"
    assert plain(found.properties) == {"properties": {"networkAcls": {"defaultAction": "Allow"}}}
    assert found.properties.get("kind") is not None, "what is not said is not known"


def test_the_runtime_of_a_flexible_plan() -> None:
    made = lowered(raw("azurerm_function_app_flex_consumption.f", {"runtime_name": "node", "runtime_version": "22"}))
    (found,) = made.values()
    assert "'functionAppConfig': {'runtime': {'name': 'node', 'version': '22'}}" in str(plain(found.properties))


def test_a_policy_document_of_google_is_its_bindings() -> None:
    tree = MemoryTree(
        {
            "main.tf": b"""
data "google_iam_policy" "open" {
  binding {
    role    = "roles/run.invoker"
    members = ["allUsers"]
  }
}
resource "google_cloud_run_service_iam_policy" "open" {
  service     = "shop"
  policy_data = data.google_iam_policy.open.policy_data
}
"""
        }
    )
    inventory = build([read(tree, ("main.tf",), Options())])
    (route,) = inventory.routes
    assert (route.auth.at.start_line, route.auth.always(lambda auth: auth == "none")) == (5, True)
