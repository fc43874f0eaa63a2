"""Networks, identities, messaging, gateways, clusters, machines and monitoring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Items, Literal, Value, display
from casemate.sources.terraform.lowering.blocks import blocks
from casemate.sources.terraform.lowering.converting import fields, flag
from casemate.sources.terraform.lowering.notation import camel
from casemate.sources.terraform.lowering.shaping import place
from casemate.sources.terraform.lowering.table import Addition, Extra, Join, Native, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.sources.terraform.lowering.declared import Declared
    from casemate.sources.terraform.raw import RawResource

_TOP = "name=/name location=/location tags=/tags identity=/identity{ type identity_ids=userAssignedIdentities }"
_RULE = """
    description protocol access direction priority source_port_range source_port_ranges destination_port_range
    destination_port_ranges source_address_prefix source_address_prefixes destination_address_prefix
    destination_address_prefixes source_application_security_group_ids=sourceApplicationSecurityGroups:ids
    destination_application_security_group_ids=destinationApplicationSecurityGroups:ids
"""
_NESTED_RULE = " ".join(
    term if "=" in term else f"{term}=properties.{camel(term)}" for term in _RULE.split() if "application" not in term
)
_NAMESPACE = f"""
    {_TOP} sku=/sku.name capacity=/sku.capacity local_auth_enabled=disableLocalAuth:not
    local_authentication_enabled=disableLocalAuth:not minimum_tls_version
    public_network_access_enabled=publicNetworkAccess:Enabled
    zone_redundant customer_managed_key=encryption{{ key_vault_key_id=keyVaultProperties.keyName
    infrastructure_encryption_enabled=requireInfrastructureEncryption }}
"""
_RIGHTS = "name=/name namespace_id=/parent namespace_name=/parent eventhub_name=/parent queue_id=/parent topic_id=/parent rights"
_GRID = """
    name=/name location=/location tags=/tags identity=/identity{ type identity_ids=userAssignedIdentities }
    public_network_access_enabled=publicNetworkAccess:Enabled local_auth_enabled=disableLocalAuth:not input_schema
    inbound_ip_rule=inboundIpRules[ ip_mask action ] source_arm_resource_id=source topic_type source_resource_id=source
"""
_GRID_SUBSCRIPTION = """
    name=/name scope=/scope system_topic=/parent included_event_types=filter.includedEventTypes event_delivery_schema
    azure_function_endpoint=destination{ function_id=properties.resourceId }
    webhook_endpoint=destination{ url=properties.endpointUrl } storage_queue_endpoint=destination{
    storage_account_id=properties.resourceId
    queue_name=properties.queueName } eventhub_endpoint_id=destination.properties.resourceId
    service_bus_queue_endpoint_id=destination.properties.resourceId
    service_bus_topic_endpoint_id=destination.properties.resourceId
    storage_blob_dead_letter_destination=deadLetterDestination{ storage_account_id=properties.resourceId
    storage_blob_container_name=properties.blobContainerName } retry_policy{
    event_time_to_live=eventTimeToLiveInMinutes max_delivery_attempts }
"""
_LINUX = "disable_password_authentication=osProfile.linuxConfiguration.disablePasswordAuthentication"
_MACHINE = f"""
    {_TOP} size=hardwareProfile.vmSize vm_size=hardwareProfile.vmSize admin_username=osProfile.adminUsername
    admin_password=osProfile.adminPassword custom_data=osProfile.customData user_data {_LINUX}
    allow_extension_operations=osProfile.allowExtensionOperations
    encryption_at_host_enabled=securityProfile.encryptionAtHost
    secure_boot_enabled=securityProfile.uefiSettings.secureBootEnabled
    network_interface_ids=networkProfile.networkInterfaces:ids
    os_disk=storageProfile.osDisk{{ caching storage_account_type=managedDisk.storageAccountType
    disk_encryption_set_id=managedDisk.diskEncryptionSet.id }}
    os_profile=osProfile{{ computer_name admin_username admin_password custom_data }}
    os_profile_linux_config=osProfile.linuxConfiguration{{ disable_password_authentication }}
    os_profile_windows_config=osProfile.windowsConfiguration{{ provision_vm_agent=provisionVMAgent
    enable_automatic_upgrades=enableAutomaticUpdates }}
    source_image_reference=storageProfile.imageReference{{ publisher offer sku version }}
    storage_image_reference=storageProfile.imageReference{{ publisher offer sku version }}
    storage_os_disk=storageProfile.osDisk{{ name caching vhd_uri=vhd.uri
    managed_disk_type=managedDisk.storageAccountType }}
    storage_data_disk=storageProfile.dataDisks[ name lun caching vhd_uri=vhd.uri ]
    boot_diagnostics=diagnosticsProfile.bootDiagnostics{{ storage_account_uri=storageUri enabled }}
"""
_PLAIN = f"{_TOP}"
_APP_TEMPLATE = """
    template=template{ container=containers[ name image cpu=resources.cpu memory=resources.memory args command
    env=env[ name value secret_name=secretRef ] ] min_replicas=scale.minReplicas max_replicas=scale.maxReplicas }
    ingress=configuration.ingress{ external_enabled=external target_port transport
    allow_insecure_connections=allowInsecure
    client_certificate_mode ip_security_restriction=ipSecurityRestrictions[ name action ip_address_range description ] }
    secret=configuration.secrets[ name value key_vault_secret_id=keyVaultUrl identity ]
    registry=configuration.registries[ server username password_secret_name=passwordSecretRef identity ]
"""

NATIVES: dict[str, Native] = {
    "azurerm_resource_group": Native("Microsoft.Resources/resourceGroups", "name=/name location=/location tags=/tags"),
    "azurerm_network_security_group": Native(
        "Microsoft.Network/networkSecurityGroups",
        f"""
        {_TOP} security_rule=securityRules[ name {_NESTED_RULE} ]
    """,
    ),
    "azurerm_network_security_rule": Native(
        "Microsoft.Network/networkSecurityGroups/securityRules",
        f"""
        name=/name network_security_group_name=/parent {_RULE}
    """,
    ),
    "azurerm_virtual_network": Native(
        "Microsoft.Network/virtualNetworks",
        f"""
        {_TOP} address_space=addressSpace.addressPrefixes ddos_protection_plan=ddosProtectionPlan{{ id }}
        ddos_protection_plan.enable=enableDdosProtection subnet=subnets[ name address_prefix=properties.addressPrefix
        address_prefixes=properties.addressPrefixes security_group=properties.networkSecurityGroup.id ]
    """,
    ),
    "azurerm_subnet": Native(
        "Microsoft.Network/virtualNetworks/subnets",
        """
        name=/name virtual_network_name=/parent address_prefix address_prefixes
        service_endpoints=serviceEndpoints:services
        delegation=delegations[ name service_delegation.name=properties.serviceName ]
        private_endpoint_network_policies default_outbound_access_enabled=defaultOutboundAccess
    """,
    ),
    "azurerm_public_ip": Native(
        "Microsoft.Network/publicIPAddresses", f"{_TOP} allocation_method=publicIPAllocationMethod sku=/sku.name"
    ),
    "azurerm_network_interface": Native(
        "Microsoft.Network/networkInterfaces",
        f"""
        {_TOP} enable_ip_forwarding=enableIPForwarding ip_forwarding_enabled=enableIPForwarding
        ip_configuration=ipConfigurations[ name subnet_id=properties.subnet.id
        public_ip_address_id=properties.publicIPAddress.id
        private_ip_address_allocation=properties.privateIPAllocationMethod ]
    """,
    ),
    "azurerm_private_endpoint": Native(
        "Microsoft.Network/privateEndpoints",
        f"""
        {_TOP} subnet_id=subnet.id private_service_connection=privateLinkServiceConnections[ name
        private_connection_resource_id=properties.privateLinkServiceId subresource_names=properties.groupIds ]
    """,
    ),
    "azurerm_application_gateway": Native(
        "Microsoft.Network/applicationGateways",
        f"""
        {_TOP} sku=sku{{ name tier capacity }} firewall_policy_id=firewallPolicy.id
        waf_configuration=webApplicationFirewallConfiguration{{ enabled firewall_mode rule_set_type rule_set_version }}
        ssl_policy=sslPolicy{{ policy_type policy_name min_protocol_version disabled_protocols=disabledSslProtocols }}
        http_listener=httpListeners[ name protocol=properties.protocol host_name=properties.hostName ]
        redirect_configuration=redirectConfigurations[ name redirect_type=properties.redirectType
        target_url=properties.targetUrl
        target_listener_name=properties.targetListener.id ]
        request_routing_rule=requestRoutingRules[ name http_listener_name=properties.httpListener.id
        redirect_configuration_name=properties.redirectConfiguration.id ]
    """,
    ),
    "azurerm_web_application_firewall_policy": Native(
        "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies",
        f"""
        {_TOP} policy_settings=policySettings{{ enabled=state:Enabled mode }}
    """,
    ),
    "azurerm_frontdoor": Native(
        "Microsoft.Network/frontDoors",
        f"""
        {_TOP} frontend_endpoint=frontendEndpoints[ name host_name=properties.hostName
        web_application_firewall_policy_link_id=properties.webApplicationFirewallPolicyLink.id ]
    """,
    ),
    "azurerm_frontdoor_firewall_policy": Native(
        "Microsoft.Network/FrontDoorWebApplicationFirewallPolicies",
        f"""
        {_TOP} enabled=policySettings.enabledState:Enabled mode=policySettings.mode
    """,
    ),
    "azurerm_network_watcher_flow_log": Native(
        "Microsoft.Network/networkWatchers/flowLogs",
        """
        name=/name network_watcher_name=/parent target_resource_id network_security_group_id=targetResourceId
        storage_account_id=storageId
        enabled retention_policy=retentionPolicy{ enabled days }
    """,
    ),
    "azurerm_cdn_endpoint": Native(
        "Microsoft.Cdn/profiles/endpoints",
        """
        name=/name profile_name=/parent is_http_allowed is_https_allowed
    """,
    ),
    "azurerm_user_assigned_identity": Native("Microsoft.ManagedIdentity/userAssignedIdentities", _PLAIN),
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
    "azurerm_servicebus_namespace": Native(
        "Microsoft.ServiceBus/namespaces",
        f"""
        {_NAMESPACE} network_rule_set=networkRuleSet{{ default_action
        public_network_access_enabled=publicNetworkAccess:Enabled
        ip_rules=ipRules:masks trusted_services_allowed=trustedServiceAccessEnabled }}
    """,
    ),
    "azurerm_servicebus_queue": Native(
        "Microsoft.ServiceBus/namespaces/queues",
        """
        name=/name namespace_id=/parent namespace_name=/parent max_delivery_count dead_lettering_on_message_expiration
        default_message_ttl=defaultMessageTimeToLive lock_duration requires_session requires_duplicate_detection
        forward_dead_lettered_messages_to
    """,
    ),
    "azurerm_servicebus_topic": Native(
        "Microsoft.ServiceBus/namespaces/topics", "name=/name namespace_id=/parent namespace_name=/parent"
    ),
    "azurerm_servicebus_subscription": Native(
        "Microsoft.ServiceBus/namespaces/topics/subscriptions",
        """
        name=/name topic_id=/parent topic_name=/parent max_delivery_count dead_lettering_on_message_expiration
        lock_duration
    """,
    ),
    "azurerm_servicebus_namespace_authorization_rule": Native(
        "Microsoft.ServiceBus/namespaces/authorizationRules", _RIGHTS
    ),
    "azurerm_servicebus_queue_authorization_rule": Native(
        "Microsoft.ServiceBus/namespaces/queues/authorizationRules", _RIGHTS
    ),
    "azurerm_servicebus_topic_authorization_rule": Native(
        "Microsoft.ServiceBus/namespaces/topics/authorizationRules", _RIGHTS
    ),
    "azurerm_eventhub_namespace": Native(
        "Microsoft.EventHub/namespaces",
        f"""
        {_NAMESPACE} network_rulesets=networkRuleSet{{ default_action
        public_network_access_enabled=publicNetworkAccess:Enabled
        trusted_service_access_enabled ip_rule=ipRules[ ip_mask action ] }}
    """,
    ),
    "azurerm_eventhub": Native(
        "Microsoft.EventHub/namespaces/eventhubs",
        """
        name=/name namespace_id=/parent namespace_name=/parent partition_count message_retention=messageRetentionInDays
        capture_description=captureDescription{ enabled encoding }
    """,
    ),
    "azurerm_eventhub_namespace_authorization_rule": Native(
        "Microsoft.EventHub/namespaces/authorizationRules", _RIGHTS
    ),
    "azurerm_eventhub_authorization_rule": Native(
        "Microsoft.EventHub/namespaces/eventhubs/authorizationRules", _RIGHTS
    ),
    "azurerm_eventgrid_topic": Native("Microsoft.EventGrid/topics", _GRID),
    "azurerm_eventgrid_domain": Native("Microsoft.EventGrid/domains", _GRID),
    "azurerm_eventgrid_system_topic": Native("Microsoft.EventGrid/systemTopics", _GRID),
    "azurerm_eventgrid_event_subscription": Native("Microsoft.EventGrid/eventSubscriptions", _GRID_SUBSCRIPTION),
    "azurerm_eventgrid_system_topic_event_subscription": Native(
        "Microsoft.EventGrid/systemTopics/eventSubscriptions", _GRID_SUBSCRIPTION
    ),
    "azurerm_signalr_service": Native(
        "Microsoft.SignalRService/SignalR",
        f"""
        {_TOP} sku=/sku{{ name capacity }} public_network_access_enabled=publicNetworkAccess:Enabled
        local_auth_enabled=disableLocalAuth:not tls_client_cert_enabled=tls.clientCertEnabled cors=cors{{
        allowed_origins }}
        connectivity_logs_enabled http_request_logs_enabled
    """,
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
    "azurerm_kubernetes_cluster": Native(
        "Microsoft.ContainerService/managedClusters",
        f"""
        {_TOP} dns_prefix kubernetes_version role_based_access_control_enabled=enableRBAC
        role_based_access_control.enabled=enableRBAC local_account_disabled=disableLocalAccounts
        api_server_authorized_ip_ranges=apiServerAccessProfile.authorizedIPRanges
        api_server_access_profile.authorized_ip_ranges=apiServerAccessProfile.authorizedIPRanges
        private_cluster_enabled=apiServerAccessProfile.enablePrivateCluster
        network_profile=networkProfile{{ network_plugin network_policy outbound_type load_balancer_sku }}
        azure_policy_enabled=addonProfiles.azurepolicy.enabled oms_agent=addonProfiles.omsagent.enabled:true
        addon_profile.kube_dashboard.enabled=addonProfiles.kubeDashboard.enabled
        addon_profile.oms_agent.enabled=addonProfiles.omsagent.enabled
        addon_profile.azure_policy.enabled=addonProfiles.azurepolicy.enabled
        disk_encryption_set_id=diskEncryptionSetID run_command_enabled=apiServerAccessProfile.disableRunCommand:not
        default_node_pool=agentPoolProfiles[ name vm_size node_count=count os_disk_type
        enable_node_public_ip=enableNodePublicIP
        node_public_ip_enabled=enableNodePublicIP host_encryption_enabled=enableEncryptionAtHost
        vnet_subnet_id=vnetSubnetID ]
        service_principal=servicePrincipalProfile{{ client_id client_secret=secret }}
    """,
    ),
    "azurerm_container_group": Native(
        "Microsoft.ContainerInstance/containerGroups",
        f"""
        {_TOP} os_type ip_address_type=ipAddress.type subnet_ids=subnetIds:ids
        container=containers[ name image=properties.image environment_variables=properties.environmentVariables:settings
        secure_environment_variables=properties.secureEnvironmentVariables:settings ]
        image_registry_credential=imageRegistryCredentials[ server username password ]
    """,
    ),
    "azurerm_container_app": Native(
        "Microsoft.App/containerApps", f"{_TOP} container_app_environment_id=managedEnvironmentId {_APP_TEMPLATE}"
    ),
    "azurerm_container_app_job": Native(
        "Microsoft.App/jobs", f"{_TOP} container_app_environment_id=environmentId {_APP_TEMPLATE}"
    ),
    "azurerm_container_app_environment": Native(
        "Microsoft.App/managedEnvironments",
        f"""
        {_TOP} log_analytics_workspace_id=appLogsConfiguration.logAnalyticsConfiguration.customerId
        infrastructure_subnet_id=vnetConfiguration.infrastructureSubnetId
        internal_load_balancer_enabled=vnetConfiguration.internal
        mutual_tls_enabled=peerAuthentication.mtls.enabled
    """,
    ),
    "azurerm_logic_app_workflow": Native(
        "Microsoft.Logic/workflows",
        f"""
        {_TOP} enabled=state:Enabled parameters workflow_parameters=definition.parameters
        access_control=accessControl{{ trigger=triggers{{
        allowed_caller_ip_address_range=allowedCallerIpAddresses:ranges }} }}
    """,
    ),
    "azurerm_managed_disk": Native(
        "Microsoft.Compute/disks",
        f"""
        {_TOP} storage_account_type=/sku.name disk_encryption_set_id=encryption.diskEncryptionSetId
        encryption_settings=encryptionSettingsCollection{{ enabled }}
        encryption_settings.enabled=encryptionSettingsCollection.enabled
        network_access_policy public_network_access_enabled=publicNetworkAccess:Enabled disk_size_gb=diskSizeGB
        create_option=creationData.createOption
    """,
    ),
    "azurerm_linux_virtual_machine": Native(
        "Microsoft.Compute/virtualMachines",
        _MACHINE,
        {"osProfile.linuxConfiguration.disablePasswordAuthentication": True, "storageProfile.osDisk.osType": "Linux"},
    ),
    "azurerm_windows_virtual_machine": Native(
        "Microsoft.Compute/virtualMachines", _MACHINE, {"storageProfile.osDisk.osType": "Windows"}
    ),
    "azurerm_virtual_machine": Native("Microsoft.Compute/virtualMachines", _MACHINE),
    "azurerm_virtual_machine_extension": Native(
        "Microsoft.Compute/virtualMachines/extensions",
        """
        name=/name virtual_machine_id=/parent publisher type settings protected_settings
    """,
    ),
    "azurerm_linux_virtual_machine_scale_set": Native(
        "Microsoft.Compute/virtualMachineScaleSets",
        f"""
        {_TOP} sku=/sku.name instances=/sku.capacity admin_username=virtualMachineProfile.osProfile.adminUsername
        admin_password=virtualMachineProfile.osProfile.adminPassword
        custom_data=virtualMachineProfile.osProfile.customData
        disable_password_authentication=virtualMachineProfile.osProfile.linuxConfiguration.disablePasswordAuthentication
        encryption_at_host_enabled=virtualMachineProfile.securityProfile.encryptionAtHost
    """,
        {"virtualMachineProfile.osProfile.linuxConfiguration.disablePasswordAuthentication": True},
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

JOINS: dict[str, Join] = {
    "azurerm_subnet_network_security_group_association": Join(
        "subnet_id", ("azurerm_subnet",), "network_security_group_id=networkSecurityGroup.id"
    ),
    "azurerm_network_interface_security_group_association": Join(
        "network_interface_id", ("azurerm_network_interface",), "network_security_group_id=networkSecurityGroup.id"
    ),
    "azurerm_subnet_nat_gateway_association": Join("subnet_id", ("azurerm_subnet",), "nat_gateway_id=natGateway.id"),
    "azurerm_app_service_virtual_network_swift_connection": Join(
        "app_service_id",
        ("azurerm_linux_function_app", "azurerm_windows_function_app", "azurerm_function_app", "azurerm_linux_web_app",
         "azurerm_windows_web_app", "azurerm_app_service", "azurerm_logic_app_standard"),
        "subnet_id=virtualNetworkSubnetId",
    ),
    "azurerm_servicebus_namespace_network_rule_set": Join("namespace_id", ("azurerm_servicebus_namespace",), """
        default_action=networkRuleSet.defaultAction
        public_network_access_enabled=networkRuleSet.publicNetworkAccess:Enabled
        ip_rules=networkRuleSet.ipRules:masks trusted_services_allowed=networkRuleSet.trustedServiceAccessEnabled
    """),
}  # fmt: skip

_SECURITY = {
    "enable_frontend_ssl30": "Protocols.Ssl30", "frontend_ssl30_enabled": "Protocols.Ssl30",
    "enable_frontend_tls10": "Protocols.Tls10", "frontend_tls10_enabled": "Protocols.Tls10",
    "enable_frontend_tls11": "Protocols.Tls11", "frontend_tls11_enabled": "Protocols.Tls11",
    "enable_backend_ssl30": "Backend.Protocols.Ssl30", "backend_ssl30_enabled": "Backend.Protocols.Ssl30",
    "enable_backend_tls10": "Backend.Protocols.Tls10", "backend_tls10_enabled": "Backend.Protocols.Tls10",
    "enable_backend_tls11": "Backend.Protocols.Tls11", "backend_tls11_enabled": "Backend.Protocols.Tls11",
    "enable_triple_des_ciphers": "Ciphers.TripleDes168", "triple_des_ciphers_enabled": "Ciphers.TripleDes168",
}  # fmt: skip
"""`security` argument of a gateway -> end of its ARM custom property `Microsoft.WindowsAzure.ApiManagement.Gateway.Security.…`."""


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


def _rights(_: RawResource, arguments: Fields, __: Declared) -> Fields:
    """`listen`, `send` and `manage` as ARM's list of rights."""
    given = [(word, arguments.entries.get(word.lower())) for word in ("Listen", "Send", "Manage")]
    on = [(word, entry) for word, entry in given if entry is not None and flag(entry.value)]
    if not on:
        return arguments
    listed: list[Value] = [Literal(word, entry.value.at) for word, entry in on]
    return Fields(
        {**arguments.entries, "rights": Entry(on[0][1].key_at, Items(listed, on[0][1].value.at))}, arguments.at
    )


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
    joins=JOINS,
    more={"azurerm_logic_app_trigger_http_request": _request_trigger},
    prepare={
        "azurerm_api_management": _protocols,
        "azurerm_monitor_diagnostic_setting": _logs,
        **{name: _rights for name in NATIVES if name.endswith("authorization_rule")},
    },
    spelling=camel,
    section="properties",
)
