"""Networks, subnets, security groups, routes and endpoints."""

from __future__ import annotations

from casemate.sources.terraform.lowering.aws.rules import (
    acl_entries,
    gateway_attachment,
    inline_rules,
    routes,
    separate_rules,
)
from casemate.sources.terraform.lowering.table import Join, Native, Table

NATIVES: dict[str, Native] = {
    "aws_vpc": Native(
        "AWS::EC2::VPC",
        """
        cidr_block enable_dns_hostnames enable_dns_support instance_tenancy ipv4_ipam_pool_id
        ipv4_netmask_length tags:tags
    """,
    ),
    "aws_subnet": Native(
        "AWS::EC2::Subnet",
        """
        vpc_id assign_ipv6_address_on_creation availability_zone availability_zone_id cidr_block enable_dns64
        enable_lni_at_device_index ipv6_cidr_block ipv6_native map_public_ip_on_launch outpost_arn tags:tags
    """,
    ),
    "aws_security_group": Native(
        "AWS::EC2::SecurityGroup",
        """
        name=GroupName description=GroupDescription vpc_id tags:tags ingress_rules=SecurityGroupIngress
        egress_rules=SecurityGroupEgress
    """,
    ),
    "aws_default_security_group": Native(
        "AWS::EC2::SecurityGroup",
        """
        vpc_id tags:tags ingress_rules=SecurityGroupIngress egress_rules=SecurityGroupEgress
    """,
    ),
    "aws_vpc_security_group_ingress_rule": Native(
        "AWS::EC2::SecurityGroupIngress",
        """
        security_group_id=GroupId cidr_ipv4=CidrIp prefix_list_id=SourcePrefixListId
        referenced_security_group_id=SourceSecurityGroupId ip_protocol cidr_ipv6 description from_port to_port
    """,
    ),
    "aws_vpc_security_group_egress_rule": Native(
        "AWS::EC2::SecurityGroupEgress",
        """
        security_group_id=GroupId cidr_ipv4=CidrIp prefix_list_id=DestinationPrefixListId
        referenced_security_group_id=DestinationSecurityGroupId ip_protocol cidr_ipv6 description from_port
        to_port
    """,
    ),
    "aws_route_table": Native("AWS::EC2::RouteTable", "vpc_id tags:tags"),
    "aws_route": Native(
        "AWS::EC2::Route",
        """
        egress_only_gateway_id=EgressOnlyInternetGatewayId route_table_id carrier_gateway_id core_network_arn
        destination_cidr_block destination_ipv6_cidr_block destination_prefix_list_id gateway_id
        local_gateway_id nat_gateway_id network_interface_id transit_gateway_id vpc_endpoint_id
        vpc_peering_connection_id
    """,
    ),
    "aws_route_table_association": Native(
        "AWS::EC2::SubnetRouteTableAssociation",
        """
        route_table_id subnet_id
    """,
    ),
    "aws_internet_gateway": Native("AWS::EC2::InternetGateway", "tags:tags"),
    "aws_egress_only_internet_gateway": Native(
        "AWS::EC2::EgressOnlyInternetGateway",
        """
        vpc_id tags:tags
    """,
    ),
    "aws_internet_gateway_attachment": Native(
        "AWS::EC2::VPCGatewayAttachment",
        """
        internet_gateway_id vpc_id
    """,
    ),
    "aws_nat_gateway": Native(
        "AWS::EC2::NatGateway",
        """
        allocation_id availability_mode connectivity_type secondary_allocation_ids
        secondary_private_ip_address_count secondary_private_ip_addresses subnet_id tags:tags vpc_id
    """,
    ),
    "aws_eip": Native(
        "AWS::EC2::EIP",
        """
        instance=InstanceId address domain ipam_pool_id network_border_group public_ipv4_pool tags:tags
    """,
    ),
    "aws_network_acl": Native("AWS::EC2::NetworkAcl", "vpc_id tags:tags"),
    "aws_network_acl_rule": Native(
        "AWS::EC2::NetworkAclEntry",
        """
        network_acl_id rule_number egress protocol rule_action cidr_block ipv6_cidr_block
        from_port=PortRange.From to_port=PortRange.To icmp_code=Icmp.Code icmp_type=Icmp.Type
    """,
    ),
    "aws_network_acl_association": Native(
        "AWS::EC2::SubnetNetworkAclAssociation",
        """
        network_acl_id subnet_id
    """,
    ),
    "aws_vpc_endpoint": Native(
        "AWS::EC2::VPCEndpoint",
        """
        policy=PolicyDocument vpc_id dns_options{ dns_record_ip_type
        private_dns_only_for_inbound_resolver_endpoint } ip_address_type private_dns_enabled
        resource_configuration_arn route_table_ids security_group_ids service_name service_network_arn
        service_region subnet_ids tags:tags vpc_endpoint_type
    """,
    ),
    "aws_vpc_endpoint_service": Native(
        "AWS::EC2::VPCEndpointService",
        """
        acceptance_required gateway_load_balancer_arns network_load_balancer_arns private_dns_name
        supported_ip_address_types supported_regions tags:tags
    """,
    ),
    "aws_vpc_peering_connection": Native(
        "AWS::EC2::VPCPeeringConnection",
        """
        peer_vpc_id vpc_id peer_owner_id peer_region tags:tags
    """,
    ),
    "aws_ec2_transit_gateway": Native(
        "AWS::EC2::TransitGateway",
        """
        amazon_side_asn auto_accept_shared_attachments default_route_table_association
        default_route_table_propagation description dns_support encryption_support multicast_support
        security_group_referencing_support tags:tags transit_gateway_cidr_blocks vpn_ecmp_support
    """,
    ),
    "aws_ec2_managed_prefix_list": Native(
        "AWS::EC2::PrefixList",
        """
        name=PrefixListName entry=Entries[ cidr description ] address_family max_entries tags:tags
    """,
    ),
    "aws_network_interface": Native(
        "AWS::EC2::NetworkInterface",
        """
        security_groups=GroupSet subnet_id description enable_primary_ipv6 interface_type ipv4_prefix_count
        ipv4_prefixes ipv6_address_count ipv6_addresses ipv6_prefix_count ipv6_prefixes source_dest_check
        tags:tags
    """,
    ),
    "aws_vpn_connection": Native(
        "AWS::EC2::VPNConnection",
        """
        customer_gateway_id type enable_acceleration local_ipv4_network_cidr local_ipv6_network_cidr
        outside_ip_address_type preshared_key_storage=PreSharedKeyStorage remote_ipv4_network_cidr
        remote_ipv6_network_cidr static_routes_only tags:tags transit_gateway_id
        transport_transit_gateway_attachment_id tunnel_bandwidth tunnel_inside_ip_version vpn_concentrator_id
        vpn_gateway_id
    """,
    ),
    "aws_ec2_client_vpn_endpoint": Native(
        "AWS::EC2::ClientVpnEndpoint",
        """
        connection_log_options=ConnectionLogOptions{ enabled cloudwatch_log_group cloudwatch_log_stream }
        authentication_options[ type ] server_certificate_arn client_cidr_block client_connect_options{
        enabled lambda_function_arn } client_login_banner_options{ banner_text enabled }
        client_route_enforcement_options{ enforced } description disconnect_on_session_timeout dns_servers
        endpoint_ip_address_type security_group_ids self_service_portal session_timeout_hours split_tunnel
        traffic_ip_address_type transport_protocol vpc_id vpn_port
    """,
    ),
    "aws_networkfirewall_firewall": Native(
        "AWS::NetworkFirewall::Firewall",
        """
        name=FirewallName firewall_policy_arn availability_zone_change_protection delete_protection
        description enabled_analysis_types firewall_policy_change_protection subnet_change_protection
        subnet_mapping=SubnetMappings[ subnet_id ip_address_type=IPAddressType ] tags:tags transit_gateway_id
        vpc_id
    """,
    ),
    "aws_service_discovery_service": Native(
        "AWS::ServiceDiscovery::Service",
        """
        name description dns_config{ dns_records[ ttl=TTL type ] namespace_id routing_policy }
        health_check_config{ failure_threshold resource_path type } health_check_custom_config{
        failure_threshold } namespace_id tags:tags type
    """,
    ),
    "aws_service_discovery_private_dns_namespace": Native(
        "AWS::ServiceDiscovery::PrivateDnsNamespace",
        """
        name vpc description tags:tags
    """,
    ),
    "aws_vpclattice_service": Native(
        "AWS::VpcLattice::Service",
        """
        name auth_type certificate_arn custom_domain_name tags:tags
    """,
    ),
    "aws_vpclattice_service_network": Native(
        "AWS::VpcLattice::ServiceNetwork",
        """
        name auth_type tags:tags
    """,
    ),
    "aws_vpclattice_auth_policy": Native(
        "AWS::VpcLattice::AuthPolicy",
        """
        resource_identifier policy state
    """,
    ),
    "aws_vpclattice_target_group": Native(
        "AWS::VpcLattice::TargetGroup",
        """
        name type config{ health_check{ enabled health_check_interval_seconds health_check_timeout_seconds
        healthy_threshold_count path port protocol protocol_version unhealthy_threshold_count }
        ip_address_type lambda_event_structure_version port protocol protocol_version vpc_identifier }
        tags:tags
    """,
    ),
    "aws_vpclattice_listener": Native(
        "AWS::VpcLattice::Listener",
        """
        default_action{ fixed_response{ status_code } forward{ target_groups[ target_group_identifier weight ]
        } } name protocol port service_arn service_identifier tags:tags
    """,
    ),
}

JOINS: dict[str, Join] = {
    "aws_vpc_endpoint_policy": Join("vpc_endpoint_id", ("aws_vpc_endpoint",), "policy=PolicyDocument"),
}

TABLE = Table(
    natives=NATIVES,
    joins=JOINS,
    more={
        "aws_security_group_rule": separate_rules,
        "aws_network_acl": acl_entries,
        "aws_default_network_acl": acl_entries,
        "aws_route_table": routes,
        "aws_default_route_table": routes,
        "aws_internet_gateway": gateway_attachment,
    },
    prepare={"aws_security_group": inline_rules, "aws_default_security_group": inline_rules},
)
