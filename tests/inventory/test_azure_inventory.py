"""ARM templates and function files -> the typed inventory, through the builders of Azure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from casemate.inventory.azure import BUILDERS
from casemate.inventory.build import build
from casemate.model.setting import Declared, Defaulted, Unresolved
from casemate.sources import arm, dotnet, functionjson
from casemate.sources.arm.types import canonical
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

if TYPE_CHECKING:
    from casemate.model.function import Hosting
    from casemate.model.inventory import Inventory
    from casemate.model.setting import Setting

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
Body = dict[str, Any]


def inventory(files: dict[str, str]) -> Inventory:
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    readings = []
    for source in (functionjson, dotnet, arm):
        paths = tuple(path for path in tree.paths() if source.claims(path, tree.read(path) or b""))
        if paths:
            readings.append(source.read(tree, paths, Options()))
    found = build(readings)
    assert not [diagnostic for diagnostic in found.diagnostics if diagnostic.code == "builder-failed"], (
        found.diagnostics
    )
    return found


def of(*resources: Body, **sections: object) -> Inventory:
    text = json.dumps(
        {"$schema": SCHEMA, "contentVersion": "1.0.0.0", **sections, "resources": list(resources)}, indent=1
    )
    return inventory({"azuredeploy.json": text})


def resource(type_: str, name: str, properties: Body | None = None, **more: object) -> Body:
    return {"type": type_, "apiVersion": "2022-09-01", "name": name, **more, "properties": properties or {}}


def site(properties: Body | None = None, **more: object) -> Body:
    return resource("Microsoft.Web/sites", "app", properties, kind="functionapp,linux", **more)


def hosting(found: Inventory) -> Hosting:
    (app,) = found.functions
    assert app.hosting is not None
    return app.hosting


def declared(setting: Setting[Any] | None) -> object:
    assert isinstance(setting, Declared), setting
    return setting.value


def defaulted(setting: Setting[Any] | None) -> object:
    assert isinstance(setting, Defaulted), setting
    assert setting.source
    return setting.value


def test_every_type_with_a_builder_is_spelled_as_the_source_spells_it() -> None:
    for type_ in BUILDERS:
        if type_.startswith("Microsoft."):
            assert canonical(type_.upper()) == type_


def test_a_site_that_says_nothing_has_the_defaults_of_azure() -> None:
    found = hosting(of(site()))
    assert defaulted(found.https_only) is False
    assert defaulted(found.minimum_tls) == "1.2"
    assert defaulted(found.ftps) == "AllAllowed"
    assert defaulted(found.remote_debugging) is False
    assert defaulted(found.public_network) is True
    assert defaulted(found.managed_identity) is False
    assert found.http_logging is None


def test_a_site_with_its_settings() -> None:
    config = {
        "minTlsVersion": "1.0", "ftpsState": "Disabled", "remoteDebuggingEnabled": True, "linuxFxVersion": "NODE|14",
        "cors": {"allowedOrigins": ["*"], "supportCredentials": True}, "functionAppScaleLimit": 5,
        "ipSecurityRestrictions": [{"ipAddress": "10.0.0.0/8", "action": "Allow"}],
        "appSettings": [
            {"name": "FUNCTIONS_EXTENSION_VERSION", "value": "~3"}, {"name": "APPINSIGHTS_INSTRUMENTATIONKEY", "value": "[parameters('k')]"},
            {"name": "DB", "value": "@Microsoft.KeyVault(SecretUri=https://v/s)"},
        ],
    }  # fmt: skip
    properties = {"httpsOnly": "[parameters('h')]", "publicNetworkAccess": "Disabled", "siteConfig": config}
    inputs = {"h": {"type": "bool"}, "k": {"type": "string"}}
    found = of(site(properties, identity={"type": "SystemAssigned"}), parameters=inputs)
    (app,) = found.functions
    host = hosting(found)
    assert isinstance(host.https_only, Unresolved)
    assert declared(host.minimum_tls) == "1.0"
    assert declared(host.ftps) == "Disabled"
    assert declared(host.remote_debugging) is True
    assert declared(host.public_network) is False
    assert declared(host.ip_restricted) is True
    assert declared(host.managed_identity) is True
    assert declared(app.runtime) == "node|14"
    assert declared(app.host_version) == "~3"
    assert declared(app.tracing) is True
    assert declared(app.reserved_concurrency) == 5
    assert app.cors is not None
    assert declared(app.cors.origins[0]) == "*"
    assert [variable.name for variable in app.environment] == [
        "FUNCTIONS_EXTENSION_VERSION",
        "APPINSIGHTS_INSTRUMENTATIONKEY",
        "DB",
    ]
    assert "KeyVault" in repr(app.environment[2].value)
    assert app.role is not None
    assert app.role.target in {role.id for role in found.roles}


def test_configuration_in_child_resources_wins() -> None:
    found = of(
        site({"siteConfig": {"ftpsState": "Disabled"}}),
        resource("Microsoft.Web/sites/config", "app/web", {"ftpsState": "AllAllowed", "httpLoggingEnabled": False}),
        resource(
            "Microsoft.Web/sites/config",
            "app/appsettings",
            {"WEBSITE_NODE_DEFAULT_VERSION": "~10", "FUNCTIONS_WORKER_RUNTIME": "node"},
        ),
        resource("Microsoft.Web/sites/config", "app/authsettingsV2", {"platform": {"enabled": True}}),
        resource("Microsoft.Web/sites/hostNameBindings", "app/www.acme.example", {}),
        resource("Microsoft.Web/sites/hostNameBindings", "app/app.azurewebsites.net", {}),
    )
    host = hosting(found)
    assert declared(host.ftps) == "AllAllowed"
    assert declared(host.http_logging) is False
    assert host.authentication.values() == [True]
    assert [setting.value for setting in host.host_names] == ["Disabled"]
    assert declared(found.functions[0].runtime) == "node|10"


@pytest.mark.parametrize(
    ("config", "runtime"),
    [
        ({"linuxFxVersion": "Python|3.7"}, "python|3.7"),
        ({"netFrameworkVersion": "v6.0"}, "dotnet|6.0"),
        ({"netFrameworkVersion": "v4.0", "phpVersion": "5.6"}, None),
        ({"powerShellVersion": "7.0"}, "powershell|7.0"),
        ({"linuxFxVersion": "DOCKER|acme/image:1"}, None),
        ({"javaVersion": "11"}, "java|11"),
    ],
)
def test_runtimes(config: Body, runtime: str | None) -> None:
    assert of(site({"siteConfig": config})).functions[0].runtime.value == runtime


HTTP = {"type": "httpTrigger", "direction": "in", "name": "req"}


def function_file(*bindings: Body, **more: object) -> str:
    return json.dumps({"bindings": bindings, **more})


@pytest.mark.parametrize(
    ("level", "auth"),
    [("anonymous", "none"), ("function", "function-key"), ("ADMIN", "admin-key"), (None, "function-key")],
)
def test_routes_of_function_files(level: str | None, auth: str) -> None:
    binding = {**HTTP, "route": "orders/{id}", "methods": ["get", "options"]}
    if level:
        binding["authLevel"] = level
    host = '{"version": "2.0", "functionTimeout": "00:10:00", "extensions": {"http": {"routePrefix": "v1"}}}'
    found = inventory({"host.json": host, "Orders/function.json": function_file(binding)})
    (route,) = found.routes
    assert (route.name, route.method, route.path) == ("Orders", "GET", "/v1/orders/{id}")
    assert route.auth.value == auth
    assert isinstance(route.auth, Declared if level else Defaulted)
    assert found.functions[0].timeout.value == 600
    assert route.function is not None
    assert route.function.target == found.functions[0].id


def test_an_unknown_level_is_unresolved() -> None:
    found = inventory({"Orders/function.json": function_file({**HTTP, "authLevel": "%LEVEL%"})})
    assert isinstance(found.routes[0].auth, Unresolved)


def test_triggers_of_function_files() -> None:
    found = inventory(
        {
            "Q/function.json": function_file({"type": "queueTrigger", "queueName": "work", "name": "m"}, disabled=True),
            "T/function.json": function_file(
                {"type": "timerTrigger", "schedule": "0 * * * * *", "name": "t"}, {"type": "queue", "name": "out"}
            ),
            "B/function.json": function_file({"type": "serviceBusTrigger", "topicName": "t", "name": "m"}),
        }
    )
    assert {trigger.name: (trigger.kind, trigger.dead_letter.value, trigger.enabled.value) for trigger in found.triggers} == {
        "Q": ("queue", True, False), "T": ("timer", False, True), "B": ("topic", True, True),
    }  # fmt: skip


def test_a_function_behind_the_login_of_its_app_is_not_open() -> None:
    auth = resource("Microsoft.Web/sites/config", "app/authsettingsV2", {"platform": {"enabled": True}})
    text = json.dumps({"$schema": SCHEMA, "contentVersion": "1", "resources": [site(), auth]})
    files = {"infra/azuredeploy.json": text, "Hello/function.json": function_file({**HTTP, "authLevel": "anonymous"})}
    found = inventory(files)
    assert found.routes[0].auth.value == "oidc"
    function = next(function for function in found.functions if function.kind == "azure-function")
    assert function.app is not None
    assert function.app.target == next(app.id for app in found.functions if app.kind == "azure-app")


def test_functions_in_a_template() -> None:
    inner = {
        "config": {"bindings": [{**HTTP, "authLevel": "anonymous", "methods": ["post"]}]},
        "files": {"index.js": "x"},
    }
    found = of(site(), resource("Microsoft.Web/sites/functions", "app/hello", inner))
    assert (found.routes[0].method, found.routes[0].path, found.routes[0].auth.value) == ("POST", "/api/hello", "none")


@pytest.mark.parametrize(
    ("project", "runtime"),
    [
        ("<TargetFramework>net6.0</TargetFramework>", "dotnet|6.0"),
        ("<TargetFramework>net8.0</TargetFramework><OutputType>Exe</OutputType>", "dotnet-isolated|8.0"),
        ("<TargetFramework>netcoreapp3.1</TargetFramework>", "dotnet|3.1"),
        ("<TargetFramework>net48</TargetFramework>", "dotnet-framework|4.8"),
    ],
)
def test_projects(project: str, runtime: str) -> None:
    found = inventory(
        {"Orders.csproj": f"<Project>{project}<AzureFunctionsVersion>v3</AzureFunctionsVersion></Project>"}
    )
    (app,) = found.functions
    assert (app.name, declared(app.runtime), declared(app.host_version)) == ("Orders", runtime, "v3")


def test_local_settings_hold_credentials_only_where_they_do() -> None:
    key = "AccountKey=" + "c2VjcmV0" * 4
    values = {
        "AzureWebJobsStorage": f"AccountName=a;{key}",
        "FUNCTIONS_WORKER_RUNTIME": "node",
        "Storage": "UseDevelopmentStorage=true",
        "API_KEY": "<yours>",
    }
    found = inventory({"local.settings.json": json.dumps({"IsEncrypted": False, "Values": values})})
    assert [secret.name for secret in found.secrets] == ["AzureWebJobsStorage"]
    assert found.secrets[0].encrypted.value is False


def test_storage() -> None:
    account = resource(
        "Microsoft.Storage/storageAccounts", "acme",
        {"supportsHttpsTrafficOnly": False, "minimumTlsVersion": "TLS1_0", "allowBlobPublicAccess": True, "allowSharedKeyAccess": False,
         "networkAcls": {"defaultAction": "Allow"}, "encryption": {"keySource": "Microsoft.Keyvault"}},
    )  # fmt: skip
    container = resource(
        "Microsoft.Storage/storageAccounts/blobServices/containers", "acme/default/open", {"publicAccess": "Blob"}
    )
    service = resource("Microsoft.Storage/storageAccounts/blobServices", "acme/default", {})
    found = {store.name: store for store in of(account, service, container).stores}
    store = found["acme"]
    assert declared(store.transit) is False
    assert declared(store.minimum_tls) == "1.0"
    assert declared(store.public_blocked) is False
    assert declared(store.shared_key_access) is False
    assert declared(store.network_restricted) is False
    assert declared(store.encryption) == "customer"
    assert found["acme/default/open"].public is not None
    assert found["acme/default/open"].public.values() == [True]
    silent = of(resource("Microsoft.Storage/storageAccounts", "acme")).stores[0]
    assert (defaulted(silent.transit), defaulted(silent.network_restricted), defaulted(silent.public_blocked)) == (
        True,
        False,
        True,
    )


def test_a_closed_account_closes_its_containers() -> None:
    account = resource("Microsoft.Storage/storageAccounts", "acme", {"allowBlobPublicAccess": False})
    service = resource("Microsoft.Storage/storageAccounts/blobServices", "acme/default", {})
    container = resource(
        "Microsoft.Storage/storageAccounts/blobServices/containers", "acme/default/c", {"publicAccess": "Blob"}
    )
    public = next(store.public for store in of(account, service, container).stores if store.kind == "container")
    assert public is not None
    assert public.values() == [False]


@pytest.mark.parametrize(
    ("properties", "restricted"),
    [
        ({}, False), ({"isVirtualNetworkFilterEnabled": True}, True), ({"ipRules": [{"ipAddressOrRange": "1.2.3.4"}]}, True),
        ({"ipRules": [{"ipAddressOrRange": "0.0.0.0/0"}]}, False), ({"ipRangeFilter": "1.2.3.4,5.6.7.8"}, True), ({"publicNetworkAccess": "Disabled"}, True),
    ],
)  # fmt: skip
def test_cosmos_networks(properties: Body, restricted: bool) -> None:  # noqa: FBT001
    store = of(resource("Microsoft.DocumentDB/databaseAccounts", "db", properties)).stores[0]
    assert store.network_restricted is not None
    assert store.network_restricted.values() == [restricted]


@pytest.mark.parametrize(
    ("start", "end", "source"),
    [("0.0.0.0", "255.255.255.255", "0.0.0.0/0"), ("0.0.0.0", "0.0.0.0", "AzureServices"), ("1.2.3.4", "1.2.3.4", "1.2.3.4/32"), ("1.2.3.0", "1.2.3.9", "1.2.3.0-1.2.3.9")],
)  # fmt: skip
def test_database_firewalls(start: str, end: str, source: str) -> None:
    password = resource("Microsoft.Sql/servers", "sql", {"administratorLoginPassword": "made-up-password"})
    rule = resource("Microsoft.Sql/servers/firewallRules", "sql/all", {"startIpAddress": start, "endIpAddress": end})
    found = of(password, rule)
    (network,) = found.networks
    assert network.rules[0].source.value == source
    assert network.rules[0].from_port.value == 1433
    assert network.parent is not None
    assert network.parent.target == found.stores[0].id
    assert found.secrets[0].kind == "credential"


def test_network_security_groups() -> None:
    inline = {
        "name": "ssh",
        "properties": {
            "direction": "Inbound",
            "access": "Allow",
            "protocol": "Tcp",
            "sourceAddressPrefix": "*",
            "destinationPortRange": "22",
        },
    }
    lone = resource(
        "Microsoft.Network/networkSecurityGroups/securityRules", "nsg/more",
        {"direction": "Inbound", "access": "Allow", "protocol": "*", "sourceAddressPrefixes": ["10.0.0.0/8", "Internet"], "destinationPortRanges": ["80", "8000-8100"]},
    )  # fmt: skip
    (group,) = of(
        resource("Microsoft.Network/networkSecurityGroups", "nsg", {"securityRules": [inline]}), lone
    ).networks
    assert [(rule.source.value, rule.from_port.value, rule.to_port.value, rule.protocol.value) for rule in group.rules] == [
        ("*", 22, 22, "tcp"), ("10.0.0.0/8", 80, 80, "all"), ("10.0.0.0/8", 8000, 8100, "all"), ("Internet", 80, 80, "all"), ("Internet", 8000, 8100, "all"),
    ]  # fmt: skip


def test_vaults_secrets_and_keys() -> None:
    policy = {"objectId": "11111111-1111-1111-1111-111111111111", "permissions": {"secrets": ["all"], "keys": ["get"]}}
    found = of(
        resource("Microsoft.KeyVault/vaults", "v", {"enablePurgeProtection": True, "accessPolicies": [policy]}),
        resource("Microsoft.KeyVault/vaults/secrets", "v/s", {"value": "x"}),
        resource(
            "Microsoft.KeyVault/vaults/keys",
            "v/k",
            {"attributes": {"exp": 1}, "rotationPolicy": {"lifetimeActions": [{"action": {"type": "rotate"}}]}},
        ),
    )
    vault, key = found.keys
    assert declared(vault.purge_protected) is True
    assert defaulted(vault.network_restricted) is False
    assert declared(key.rotation) is True
    assert declared(key.expires) is True
    assert defaulted(found.secrets[0].expires) is False
    assert found.bindings[0].role.text == "secrets/*, keys/get"


def test_role_assignments() -> None:
    assignment = resource(
        "Microsoft.Authorization/roleAssignments", "[guid('x')]",
        {"roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '8e3af657-a8ff-443c-a75c-2fe8c4bcb635')]",
         "principalId": "[reference(resourceId('Microsoft.Web/sites', 'app'), '2022-03-01', 'Full').identity.principalId]"},
    )  # fmt: skip
    found = of(site(identity={"type": "SystemAssigned"}), assignment)
    (binding,) = found.bindings
    assert (binding.role.text, binding.scope_kind) == ("Owner", "resource-group")
    assert found.roles[0].id in binding.members[0].targets


def test_role_definitions() -> None:
    definition = resource(
        "Microsoft.Authorization/roleDefinitions",
        "r",
        {"roleName": "All", "permissions": [{"actions": ["*"]}], "assignableScopes": ["/"]},
    )
    (role,) = of(definition).roles
    assert role.kind == "policy"
    assert [term.text for term in role.statements[0].actions] == ["*"]


def test_monitoring_and_messaging() -> None:
    found = of(
        resource("Microsoft.OperationalInsights/workspaces", "logs", {"retentionInDays": 7}),
        resource("Microsoft.Insights/metricAlerts", "a", {"enabled": False}),
        resource("Microsoft.ServiceBus/namespaces", "bus", {"disableLocalAuth": True, "minimumTlsVersion": "1.0"}),
        resource("Microsoft.ServiceBus/namespaces/queues", "bus/q", {}),
        resource("Microsoft.Cache/Redis", "cache", {"enableNonSslPort": True}),
        resource("Microsoft.ContainerRegistry/registries", "acr", {"adminUserEnabled": True}),
    )
    stores = {store.name: store for store in found.stores}
    assert declared(stores["logs"].retention_days) == 7
    assert found.monitors[0].enabled is not None
    assert found.monitors[0].enabled.value is False
    assert declared(stores["bus"].shared_key_access) is False
    assert declared(stores["bus"].minimum_tls) == "1.0"
    assert stores["bus/q"].kind == "queue"
    assert declared(stores["cache"].transit) is False
    assert declared(stores["acr"].shared_key_access) is True


def test_api_management() -> None:
    policy = "<policies><inbound><rate-limit calls='1'/><validate-jwt header-name='a'/></inbound></policies>"
    found = of(
        resource(
            "Microsoft.ApiManagement/service",
            "gw",
            {"customProperties": {"Microsoft.WindowsAzure.ApiManagement.Gateway.Security.Protocols.Tls10": "True"}},
        ),
        resource(
            "Microsoft.ApiManagement/service/apis",
            "gw/orders",
            {"path": "orders", "protocols": ["http", "https"], "subscriptionRequired": False},
        ),
        resource(
            "Microsoft.ApiManagement/service/apis/operations",
            "gw/orders/get",
            {"method": "GET", "urlTemplate": "/{id}"},
        ),
        resource("Microsoft.ApiManagement/service/apis/policies", "gw/orders/policy", {"value": policy}),
    )
    apis = {api.name: api for api in found.apis}
    assert declared(apis["gw"].minimum_tls) == "1.0"
    assert declared(apis["gw/orders"].https_only) is False
    assert declared(apis["gw/orders"].throttled) is True
    (route,) = found.routes
    assert (route.label, route.auth.value, route.api_key.value) == ("GET /{id}", "jwt", False)


def test_machines() -> None:
    machine = resource(
        "Microsoft.Compute/virtualMachines",
        "vm",
        {"osProfile": {"adminPassword": "made-up", "customData": "ZWNobyBoaQ==", "linuxConfiguration": {}}},
    )
    found = of(
        machine, resource("Microsoft.Compute/disks", "d"), resource("Microsoft.ContainerService/managedClusters", "aks")
    )
    assert repr(found.hosts[0].user_data) == "Literal('echo hi')"
    assert found.hosts[0].password_login is not None
    assert found.hosts[0].password_login.value is True
    assert found.secrets[0].name == "vm"
    assert found.stores[0].encryption is not None
    assert found.networks[0].public_endpoint is not None
    assert found.networks[0].public_endpoint.value is True


@pytest.mark.parametrize("type_", sorted(type_ for type_ in BUILDERS if type_.startswith("Microsoft.")))
@pytest.mark.parametrize(
    "properties",
    [{}, "[parameters('open')]", [], "text", {"properties": None, "securityRules": [1], "accessPolicies": "x"}],
)
def test_odd_properties_never_fail(type_: str, properties: object) -> None:
    body = {
        **resource(type_, "/".join("abcd"[: type_.count("/")])),
        "properties": properties,
        "identity": properties,
        "kind": properties,
    }
    of(body, parameters={"open": {"type": "object"}})


def test_a_login_that_lets_strangers_pass_is_none() -> None:
    def asks(action: str) -> bool:
        child = resource(
            "Microsoft.Web/sites/config",
            "app/authsettingsV2",
            {"platform": {"enabled": True}, "globalValidation": {"unauthenticatedClientAction": action}},
        )
        return hosting(of(site(), child)).authentication.always(bool)

    assert asks("Return401")
    assert not asks("AllowAnonymous")


def test_a_key_vault_reference_is_followed_by_the_platform() -> None:
    settings = [{"name": "A", "value": "[concat('@Microsoft.KeyVault(SecretUri=https://v', uniqueString('a'), ')')]"}]
    (app,) = of(site({"siteConfig": {"appSettings": settings}})).functions
    value = app.environment[0].value
    assert getattr(value, "kind", "") == "attribute"


def test_keys_of_a_namespace_are_bindings() -> None:
    found = of(
        resource("Microsoft.ServiceBus/namespaces", "bus"),
        resource("Microsoft.ServiceBus/namespaces/authorizationRules", "bus/all", {"rights": ["Listen", "Manage"]}),
        resource("Microsoft.ServiceBus/namespaces/authorizationRules", "bus/none", {"rights": []}),
    )
    (binding,) = found.bindings
    assert (binding.role.text, binding.scope.text, binding.members) == ("Listen, Manage", "bus", ())


def test_the_oldest_tls_of_cosmos_db_has_no_number() -> None:
    (store,) = of(resource("Microsoft.DocumentDB/databaseAccounts", "c", {"minimalTlsVersion": "Tls"})).stores
    assert store.minimum_tls is not None
    assert store.minimum_tls.always(lambda version: version == "1.0")


def test_the_cors_policy_of_an_api() -> None:
    policy = (
        "<policies><inbound><cors allow-credentials='true'><allowed-origins><origin> * </origin><origin>https://a.example"
        "</origin></allowed-origins><allowed-methods><method>get</method></allowed-methods></cors></inbound></policies>"
    )
    found = of(
        resource("Microsoft.ApiManagement/service", "m"),
        resource("Microsoft.ApiManagement/service/apis", "m/shop", {"subscriptionRequired": False, "path": "shop"}),
        resource("Microsoft.ApiManagement/service/apis/policies", "m/shop/policy", {"value": policy}),
    )
    cors = next(api.cors for api in found.apis if api.cors is not None)
    assert [origin.always(lambda value: value == "*") for origin in cors.origins] == [True, False]
    assert (cors.methods, cors.credentials.always(bool)) == (("GET",), True)
    (route,) = found.routes
    assert isinstance(route.auth, Declared)
    assert route.auth.name == "subscriptionRequired"
