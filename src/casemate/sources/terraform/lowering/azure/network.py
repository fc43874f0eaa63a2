"""Networks, their rules, gateways and firewalls."""

from __future__ import annotations

from casemate.sources.terraform.lowering.notation import camel
from casemate.sources.terraform.lowering.table import Join, Native, Table

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

NATIVES: dict[str, Native] = {
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
        (
            "azurerm_linux_function_app",
            "azurerm_windows_function_app",
            "azurerm_function_app",
            "azurerm_linux_web_app",
            "azurerm_windows_web_app",
            "azurerm_app_service",
            "azurerm_logic_app_standard",
        ),
        "subnet_id=virtualNetworkSubnetId",
    ),
}

TABLE = Table(natives=NATIVES, joins=JOINS, spelling=camel, section="properties")
