"""Function apps, web apps, their plans, functions and slots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Absent, Cases, Entry, Fields, Literal, Reference, Text, Value, display
from casemate.sources.terraform.lowering.blocks import blocks
from casemate.sources.terraform.lowering.converting import concatenated, fields, flag, scalar
from casemate.sources.terraform.lowering.notation import camel, shape
from casemate.sources.terraform.lowering.shaping import shaped
from casemate.sources.terraform.lowering.table import Addition, Extra, Native, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.sources.terraform.lowering.declared import Declared
    from casemate.sources.terraform.raw import RawResource

_RESTRICTION = "name action priority ip_address service_tag=tag virtual_network_subnet_id=vnetSubnetResourceId headers"
_SITE = f"""
    name=/name location=/location tags=/tags identity=/identity{{ type identity_ids=userAssignedIdentities }}
    service_plan_id=serverFarmId app_service_plan_id=serverFarmId https_only enabled
    client_certificate_enabled=clientCertEnabled client_certificate_mode=clientCertMode client_cert_mode=clientCertMode
    client_affinity_enabled key_vault_reference_identity_id=keyVaultReferenceIdentity
    public_network_access_enabled=publicNetworkAccess:Enabled virtual_network_subnet_id
    app_settings=siteConfig.appSettings:settings
    connection_string=siteConfig.connectionStrings[ name type value=connectionString ]
    webdeploy_publish_basic_authentication_enabled=webDeployBasicAuth
    ftp_publish_basic_authentication_enabled=ftpBasicAuth
    site_config=siteConfig{{
        always_on minimum_tls_version=minTlsVersion min_tls_version scm_minimum_tls_version=scmMinTlsVersion ftps_state
        http2_enabled=http20Enabled remote_debugging_enabled remote_debugging_version
        websockets_enabled=webSocketsEnabled
        linux_fx_version windows_fx_version dotnet_framework_version=netFrameworkVersion java_version php_version
        python_version node_version powershell_version=powerShellVersion health_check_path
        use_32_bit_worker=use32BitWorkerProcess
        cors{{ allowed_origins support_credentials }}
        ip_restriction=ipSecurityRestrictions[ {_RESTRICTION} ] scm_ip_restriction=scmIpSecurityRestrictions[
        {_RESTRICTION} ]
        ip_restriction_default_action=ipSecurityRestrictionsDefaultAction
        scm_ip_restriction_default_action=scmIpSecurityRestrictionsDefaultAction
        scm_use_main_ip_restriction=scmIpSecurityRestrictionsUseMain vnet_route_all_enabled
        container_registry_use_managed_identity=acrUseManagedIdentityCreds app_scale_limit=functionAppScaleLimit
        pre_warmed_instance_count=preWarmedInstanceCount elastic_instance_minimum=minimumElasticInstanceCount
        detailed_error_logging_enabled http_logging_enabled
        runtime_scale_monitoring_enabled=functionsRuntimeScaleMonitoringEnabled
        managed_pipeline_mode scm_type api_management_api_id=apiManagementConfig.id api_definition_url=apiDefinition.url
    }}
"""
_FLEXIBLE = """
    runtime_name=functionAppConfig.runtime.name runtime_version=functionAppConfig.runtime.version
    maximum_instance_count=functionAppConfig.scaleAndConcurrency.maximumInstanceCount
    instance_memory_in_mb=functionAppConfig.scaleAndConcurrency.instanceMemoryMB
"""
_LINUX_FUNCTION = {"/kind": "functionapp,linux"}
_WINDOWS_FUNCTION = {"/kind": "functionapp"}
_SLOT = f"function_app_id=/parent app_service_id=/parent {_SITE}"
_PLAN = """
    name=/name location=/location tags=/tags sku_name=/sku.name sku=/sku{ tier size=name capacity } kind=/kind
    os_type=osType worker_count=/sku.capacity reserved zone_balancing_enabled=zoneRedundant
    per_site_scaling_enabled=perSiteScaling
"""

NATIVES: dict[str, Native] = {
    "azurerm_linux_function_app": Native("Microsoft.Web/sites", _SITE, _LINUX_FUNCTION),
    "azurerm_windows_function_app": Native("Microsoft.Web/sites", _SITE, _WINDOWS_FUNCTION),
    "azurerm_function_app_flex_consumption": Native("Microsoft.Web/sites", f"{_SITE} {_FLEXIBLE}", _LINUX_FUNCTION),
    "azurerm_function_app": Native("Microsoft.Web/sites", _SITE, {"/kind": "functionapp"}),
    "azurerm_logic_app_standard": Native("Microsoft.Web/sites", _SITE, {"/kind": "functionapp,workflowapp"}),
    "azurerm_linux_web_app": Native("Microsoft.Web/sites", _SITE, {"/kind": "app,linux"}),
    "azurerm_windows_web_app": Native("Microsoft.Web/sites", _SITE, {"/kind": "app"}),
    "azurerm_app_service": Native("Microsoft.Web/sites", _SITE, {"/kind": "app"}),
    "azurerm_linux_function_app_slot": Native("Microsoft.Web/sites/slots", _SLOT, _LINUX_FUNCTION),
    "azurerm_windows_function_app_slot": Native("Microsoft.Web/sites/slots", _SLOT, _WINDOWS_FUNCTION),
    "azurerm_linux_web_app_slot": Native("Microsoft.Web/sites/slots", _SLOT, {"/kind": "app,linux"}),
    "azurerm_windows_web_app_slot": Native("Microsoft.Web/sites/slots", _SLOT, {"/kind": "app"}),
    "azurerm_service_plan": Native("Microsoft.Web/serverfarms", _PLAN),
    "azurerm_app_service_plan": Native("Microsoft.Web/serverfarms", _PLAN),
    "azurerm_function_app_function": Native(
        "Microsoft.Web/sites/functions",
        """
        name=/name function_app_id=/parent config_json=config language enabled=isDisabled:not
    """,
    ),
    "azurerm_static_site": Native("Microsoft.Web/staticSites", "name=/name location=/location sku_tier=/sku.tier"),
    "azurerm_static_web_app": Native(
        "Microsoft.Web/staticSites",
        """
        name=/name location=/location sku_tier=/sku.tier public_network_access_enabled=publicNetworkAccess:Enabled
    """,
    ),
}

_STACKS = {
    "python_version": "Python", "node_version": "Node", "java_version": "Java", "powershell_core_version": "PowerShell",
    "dotnet_version": "DOTNET", "php_version": "PHP", "ruby_version": "Ruby", "go_version": "Go",
}  # fmt: skip
"""`application_stack` argument -> language in `linuxFxVersion` (`Python|3.11`).

Source: Azure App Service, "linuxFxVersion".
"""

_AUTH = """
    enabled unauthenticated_client_action=unauthenticatedClientAction default_provider allowed_external_redirect_urls
    issuer runtime_version token_store_enabled active_directory.client_id=clientId
    active_directory.client_secret=clientSecret
    active_directory.allowed_audiences=allowedAudiences
"""
_AUTH_V2 = """
    auth_enabled=platform.enabled runtime_version=platform.runtimeVersion
    require_authentication=globalValidation.requireAuthentication
    unauthenticated_action=globalValidation.unauthenticatedClientAction
    default_provider=globalValidation.redirectToProvider
    excluded_paths=globalValidation.excludedPaths require_https=httpSettings.requireHttps
    active_directory_v2=identityProviders.azureActiveDirectory{
        client_id=registration.clientId tenant_auth_endpoint=registration.openIdIssuer
        client_secret_setting_name=registration.clientSecretSettingName allowed_audiences=validation.allowedAudiences
    }
    login=login{ token_store_enabled=tokenStore.enabled }
"""


def _site(_: RawResource, arguments: Fields, __: Declared) -> Fields:
    """What the provider writes from arguments that ARM has not: storage, telemetry, runtime version, stack."""
    made = dict(arguments.entries)
    implied = dict(_implied_settings(arguments))
    given = arguments.entries.get("app_settings")
    if implied and (given is None or isinstance(given.value, Fields | Absent | Literal)):
        at = next(iter(implied.values())).key_at
        written = dict(given.value.entries) if given is not None and isinstance(given.value, Fields) else {}
        where = given.value.at if given is not None and written else at
        made["app_settings"] = Entry(given.key_at if given is not None else at, Fields({**implied, **written}, where))
    config = arguments.entries.get("site_config")
    block = next(blocks(config.value), None) if config is not None else None
    version = _stack(block)
    if config is not None and block is not None and version is not None and not isinstance(config.value, Cases):
        made["site_config"] = Entry(config.key_at, Fields({**block.entries, "linux_fx_version": version}, block.at))
    return Fields(made, arguments.at)


def _implied_settings(arguments: Fields) -> Iterator[tuple[str, Entry]]:
    account, key = arguments.entries.get("storage_account_name"), arguments.entries.get("storage_account_access_key")
    if account is not None and key is not None:
        parts: list[Value | str] = [
            "DefaultEndpointsProtocol=https;AccountName=",
            account.value,
            ";AccountKey=",
            key.value,
        ]
        yield "AzureWebJobsStorage", Entry(key.key_at, _joined(key, parts))
    elif account is not None:
        yield "AzureWebJobsStorage__accountName", account
    version = arguments.entries.get("functions_extension_version") or arguments.entries.get("version")
    if version is not None:
        yield "FUNCTIONS_EXTENSION_VERSION", version
    config = next(blocks(arguments.get("site_config")), None)
    for argument, name in (
        ("application_insights_connection_string", "APPLICATIONINSIGHTS_CONNECTION_STRING"),
        ("application_insights_key", "APPINSIGHTS_INSTRUMENTATIONKEY"),
    ):
        if config is not None and (entry := config.entries.get(argument)) is not None:
            yield name, entry


def _joined(key: Entry, parts: list[Value | str]) -> Value:
    known = [part if isinstance(part, str) else scalar(part) for part in parts]
    if all(part is not None for part in known):
        return Literal("".join(str(part) for part in known), key.value.at)
    opened: list[Value] = []
    for part in parts:
        opened.extend(
            part.parts if isinstance(part, Text) else [Literal(part, key.value.at) if isinstance(part, str) else part]
        )
    return concatenated(key.value.at, *opened)


def _stack(config: Fields | None) -> Entry | None:
    for stack in blocks(config.get("application_stack")) if config is not None else ():
        for argument, language in _STACKS.items():
            entry = stack.entries.get(argument)
            if entry is None or isinstance(entry.value, Absent):
                continue
            isolated = argument == "dotnet_version" and flag(
                stack.get("use_dotnet_isolated_runtime") or Absent(stack.at)
            )
            name = "DOTNET-ISOLATED" if isolated else language
            word = scalar(entry.value)
            value = (
                concatenated(entry.value.at, f"{name}|", entry.value)
                if word is None
                else Literal(f"{name}|{display(entry.value)}", entry.value.at)
            )
            return Entry(entry.key_at, value)
    return None


def _settings(raw: RawResource, arguments: Fields, _: Declared) -> Iterator[Addition | Extra]:
    """Authentication, which ARM keeps in `sites/config`."""
    for argument, name, text in (
        ("auth_settings", "authsettings", _AUTH),
        ("auth_settings_v2", "authsettingsV2", _AUTH_V2),
    ):
        for block in blocks(arguments.get(argument)):
            properties = shaped(shape(text, camel), block)
            parent = Reference(raw.address, None, raw.at)
            yield Extra(
                "Microsoft.Web/sites/config", name, fields(block.at, name=name, parent=parent, properties=properties)
            )


_APPS = tuple(
    name for name, native in NATIVES.items() if native.type in {"Microsoft.Web/sites", "Microsoft.Web/sites/slots"}
)
TABLE = Table(
    natives=NATIVES,
    more=dict.fromkeys(_APPS, _settings),
    prepare=dict.fromkeys(_APPS, _site),
    spelling=camel,
    section="properties",
)
