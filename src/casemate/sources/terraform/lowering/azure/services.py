"""Identities and roles, API Management, workflows, monitoring and governance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Items, Literal, display
from casemate.sources.terraform.lowering.blocks import blocks
from casemate.sources.terraform.lowering.converting import fields
from casemate.sources.terraform.lowering.notation import camel
from casemate.sources.terraform.lowering.shaping import place
from casemate.sources.terraform.lowering.table import Addition, Extra, Native, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.sources.terraform.lowering.declared import Declared
    from casemate.sources.terraform.raw import RawResource

_TOP = "name=/name location=/location tags=/tags identity=/identity{ type identity_ids=userAssignedIdentities }"
_SECURITY = {
    "enable_frontend_ssl30": "Protocols.Ssl30", "frontend_ssl30_enabled": "Protocols.Ssl30",
    "enable_frontend_tls10": "Protocols.Tls10", "frontend_tls10_enabled": "Protocols.Tls10",
    "enable_frontend_tls11": "Protocols.Tls11", "frontend_tls11_enabled": "Protocols.Tls11",
    "enable_backend_ssl30": "Backend.Protocols.Ssl30", "backend_ssl30_enabled": "Backend.Protocols.Ssl30",
    "enable_backend_tls10": "Backend.Protocols.Tls10", "backend_tls10_enabled": "Backend.Protocols.Tls10",
    "enable_backend_tls11": "Backend.Protocols.Tls11", "backend_tls11_enabled": "Backend.Protocols.Tls11",
    "enable_triple_des_ciphers": "Ciphers.TripleDes168", "triple_des_ciphers_enabled": "Ciphers.TripleDes168",
}  # fmt: skip
"""`security` argument -> end of its custom property `Microsoft.WindowsAzure.ApiManagement.Gateway.Security.…`."""

NATIVES: dict[str, Native] = {
    "azurerm_resource_group": Native("Microsoft.Resources/resourceGroups", "name=/name location=/location tags=/tags"),
    "azurerm_user_assigned_identity": Native("Microsoft.ManagedIdentity/userAssignedIdentities", _TOP),
    "azurerm_federated_identity_credential": Native(
        "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
        "name=/name parent_id=/parent user_assigned_identity_id=/parent audience=audiences issuer subject",
    ),
    "azurerm_role_assignment": Native(
        "Microsoft.Authorization/roleAssignments",
        """
        name=/name scope=/scope principal_id principal_type role_definition_id role_definition_name condition
        condition_version description
        delegated_managed_identity_resource_id
    """,
    ),
    "azurerm_role_definition": Native(
        "Microsoft.Authorization/roleDefinitions",
        """
        role_definition_id=/name name=roleName scope=/scope description permissions[ actions not_actions
        data_actions not_data_actions ]
        assignable_scopes
    """,
    ),
    "azurerm_management_lock": Native(
        "Microsoft.Authorization/locks", "name=/name scope=/scope lock_level=level notes"
    ),
    "azurerm_api_management": Native(
        "Microsoft.ApiManagement/service",
        f"""
        {_TOP} publisher_name publisher_email sku_name=/sku.name min_api_version=apiVersionConstraint.minApiVersion
        public_network_access_enabled=publicNetworkAccess:Enabled virtual_network_type
        client_certificate_enabled=enableClientCertificate
        virtual_network_configuration=virtualNetworkConfiguration{{ subnet_id=subnetResourceId }} custom_properties
    """,
    ),
    "azurerm_api_management_api": Native(
        "Microsoft.ApiManagement/service/apis",
        """
        name=/name api_management_name=/parent display_name path protocols subscription_required service_url
        revision=apiRevision
        oauth2_authorization=authenticationSettings.oAuth2{ authorization_server_name=authorizationServerId scope }
        openid_authentication=authenticationSettings.openid{ openid_provider_name=openidProviderId } import=import{
        content_format content_value }
    """,
        {"subscriptionRequired": True},
    ),
    "azurerm_api_management_api_operation": Native(
        "Microsoft.ApiManagement/service/apis/operations",
        """
        operation_id=/name api_name=/parent display_name method url_template
    """,
    ),
    "azurerm_api_management_policy": Native(
        "Microsoft.ApiManagement/service/policies", "api_management_id=/parent xml_content=value xml_link=value"
    ),
    "azurerm_api_management_api_policy": Native(
        "Microsoft.ApiManagement/service/apis/policies", "api_name=/parent xml_content=value xml_link=value"
    ),
    "azurerm_api_management_product": Native(
        "Microsoft.ApiManagement/service/products",
        """
        product_id=/name api_management_name=/parent display_name subscription_required approval_required
        published=state:published
    """,
    ),
    "azurerm_api_management_named_value": Native(
        "Microsoft.ApiManagement/service/namedValues",
        """
        name=/name api_management_name=/parent display_name value secret value_from_key_vault=keyVault{
        secret_id=secretIdentifier }
    """,
    ),
    "azurerm_api_management_backend": Native(
        "Microsoft.ApiManagement/service/backends",
        """
        name=/name api_management_name=/parent protocol url resource_id tls=tls{ validate_certificate_chain
        validate_certificate_name }
    """,
    ),
    "azurerm_application_insights": Native(
        "Microsoft.Insights/components",
        f"""
        {_TOP} application_type=Application_Type retention_in_days=RetentionInDays workspace_id=WorkspaceResourceId
        disable_ip_masking=DisableIpMasking local_authentication_disabled=DisableLocalAuth
        internet_ingestion_enabled=publicNetworkAccessForIngestion:Enabled
        internet_query_enabled=publicNetworkAccessForQuery:Enabled
    """,
    ),
    "azurerm_log_analytics_workspace": Native(
        "Microsoft.OperationalInsights/workspaces",
        f"""
        {_TOP} sku=sku.name retention_in_days internet_ingestion_enabled=publicNetworkAccessForIngestion:Enabled
        internet_query_enabled=publicNetworkAccessForQuery:Enabled daily_quota_gb=workspaceCapping.dailyQuotaGb
    """,
    ),
    "azurerm_monitor_diagnostic_setting": Native(
        "Microsoft.Insights/diagnosticSettings",
        """
        name=/name target_resource_id=/parent storage_account_id log_analytics_workspace_id=workspaceId
        eventhub_authorization_rule_id=eventHubAuthorizationRuleId eventhub_name=eventHubName
        enabled_log=logs[ category category_group enabled ] log=logs[ category category_group enabled
        retention_policy=retentionPolicy{ enabled days } ] metric=metrics[ category enabled ]
        enabled_metric=metrics[ category enabled ]
    """,
    ),
    "azurerm_monitor_log_profile": Native(
        "Microsoft.Insights/logProfiles",
        """
        name=/name categories locations storage_account_id retention_policy=retentionPolicy{ enabled days }
    """,
    ),
    "azurerm_monitor_metric_alert": Native(
        "Microsoft.Insights/metricAlerts",
        """
        name=/name scopes enabled severity criteria=criteria{ metric_name metric_namespace operator threshold
        aggregation=timeAggregation }
    """,
    ),
    "azurerm_monitor_activity_log_alert": Native(
        "Microsoft.Insights/activityLogAlerts",
        """
        name=/name scopes enabled criteria=condition{ category operation_name }
    """,
    ),
    "azurerm_monitor_action_group": Native(
        "Microsoft.Insights/actionGroups", "name=/name short_name=groupShortName enabled"
    ),
    "azurerm_logic_app_workflow": Native(
        "Microsoft.Logic/workflows",
        f"""
        {_TOP} enabled=state:Enabled parameters workflow_parameters=definition.parameters
        access_control=accessControl{{ trigger=triggers{{
        allowed_caller_ip_address_range=allowedCallerIpAddresses:ranges }} }}
    """,
    ),
    "azurerm_security_center_subscription_pricing": Native(
        "Microsoft.Security/pricings", "resource_type=/name tier=pricingTier"
    ),
    "azurerm_security_center_contact": Native(
        "Microsoft.Security/securityContacts",
        """
        name=/name email phone alert_notifications=alertNotifications:Enabled alerts_to_admins=alertsToAdmins:Enabled
    """,
    ),
    "azurerm_policy_assignment": Native(
        "Microsoft.Authorization/policyAssignments", "name=/name scope=/scope policy_definition_id parameters"
    ),
    "azurerm_automation_account": Native(
        "Microsoft.Automation/automationAccounts",
        f"""
        {_TOP} sku_name=sku.name public_network_access_enabled=publicNetworkAccess
        local_authentication_enabled=disableLocalAuth:not
    """,
    ),
    "azurerm_automation_variable_string": Native(
        "Microsoft.Automation/automationAccounts/variables",
        """
        name=/name automation_account_name=/parent value encrypted=isEncrypted
    """,
    ),
    "azurerm_data_factory": Native(
        "Microsoft.DataFactory/factories", f"{_TOP} public_network_enabled=publicNetworkAccess:Enabled"
    ),
}


def _request_trigger(raw: RawResource, arguments: Fields, declared: Declared) -> Iterator[Addition | Extra]:
    """A trigger that is a resource of its own, in the definition of its workflow."""
    name, schema, verb = arguments.get("name"), arguments.entries.get("schema"), arguments.entries.get("method")
    inputs = {key: entry for key, entry in (("schema", schema), ("method", verb)) if entry is not None}
    trigger = fields(raw.at, type="Request", kind="Http", inputs=Fields(inputs, raw.body))
    tree: dict[str, Entry] = {}
    label = "manual" if name is None else display(name)
    place(tree, ("properties", "definition", "triggers", label), Entry(raw.at, trigger))
    for workflow in declared.named_by(raw.attributes.get("logic_app_id"), ("azurerm_logic_app_workflow",)):
        yield workflow.address, Fields(tree, raw.at)


def _protocols(_: RawResource, arguments: Fields, __: Declared) -> Fields:
    """The `security` block of an API gateway as ARM's custom properties."""
    found: dict[str, Entry] = {}
    for block in blocks(arguments.get("security")):
        for argument, name in _SECURITY.items():
            if (entry := block.entries.get(argument)) is not None:
                found[f"Microsoft.WindowsAzure.ApiManagement.Gateway.Security.{name}"] = entry
    if not found:
        return arguments
    first = next(iter(found.values()))
    return Fields(
        {**arguments.entries, "custom_properties": Entry(first.key_at, Fields(found, first.value.at))}, arguments.at
    )


def _logs(_: RawResource, arguments: Fields, __: Declared) -> Fields:
    """Blocks `enabled_log` are enabled by being there."""
    made = dict(arguments.entries)
    for name in ("enabled_log", "enabled_metric"):
        entry = arguments.entries.get(name)
        if entry is not None:
            on = [
                Fields({"enabled": Entry(block.at, Literal(True, block.at)), **block.entries}, block.at)
                for block in blocks(entry.value)
            ]
            made[name] = Entry(entry.key_at, Items(on, entry.value.at))
    return Fields(made, arguments.at)


TABLE = Table(
    natives=NATIVES,
    more={"azurerm_logic_app_trigger_http_request": _request_trigger},
    prepare={"azurerm_api_management": _protocols, "azurerm_monitor_diagnostic_setting": _logs},
    spelling=camel,
    section="properties",
)
