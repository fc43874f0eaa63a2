"""Security group rules, network ACL entries and routes: one Terraform block has several addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Absent, Cases, Entry, Fields, Items, Literal, Reference, Value
from casemate.sources.terraform.lowering.blocks import blocks
from casemate.sources.terraform.lowering.notation import shape
from casemate.sources.terraform.lowering.shaping import shaped
from casemate.sources.terraform.lowering.table import Addition, Extra

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.sources.terraform.lowering.declared import Declared
    from casemate.sources.terraform.raw import RawResource

_LIMITS = "description protocol=IpProtocol from_port to_port"
_PEERS = {
    "ingress": {
        "cidr_blocks": "CidrIp",
        "ipv6_cidr_blocks": "CidrIpv6",
        "prefix_list_ids": "SourcePrefixListId",
        "security_groups": "SourceSecurityGroupId",
        "source_security_group_id": "SourceSecurityGroupId",
    },
    "egress": {
        "cidr_blocks": "CidrIp",
        "ipv6_cidr_blocks": "CidrIpv6",
        "prefix_list_ids": "DestinationPrefixListId",
        "security_groups": "DestinationSecurityGroupId",
        "source_security_group_id": "DestinationSecurityGroupId",
    },
}
_ENTRY = """
    rule_no=RuleNumber rule_number action=RuleAction rule_action protocol cidr_block ipv6_cidr_block
    from_port=PortRange.From to_port=PortRange.To icmp_code=Icmp.Code icmp_type=Icmp.Type
"""
_ROUTE = """
    cidr_block=DestinationCidrBlock ipv6_cidr_block=DestinationIpv6CidrBlock destination_prefix_list_id gateway_id
    nat_gateway_id
    carrier_gateway_id core_network_arn local_gateway_id network_interface_id transit_gateway_id vpc_endpoint_id
    vpc_peering_connection_id egress_only_gateway_id=EgressOnlyInternetGatewayId
"""


def inline_rules(raw: RawResource, arguments: Fields, _: Declared) -> Fields:
    """`ingress` and `egress` blocks as lists of native rules.

    Terraform removes the egress rule that AWS adds to a new group, so a group without `egress` gets an empty list,
    where a CloudFormation group that is silent lets everything out. Source: Terraform AWS provider,
    `aws_security_group`, "Usage With Default Egress".
    """
    made = dict(arguments.entries)
    for direction in ("ingress", "egress"):
        found = [rule for block in blocks(arguments.get(direction)) for rule in _rules(block, direction, raw.address)]
        entry = arguments.entries.get(direction)
        if found and entry is not None:
            made[f"{direction}_rules"] = Entry(entry.key_at, Items(found, entry.value.at))
        elif entry is not None and not isinstance(entry.value, Items | Fields | Absent):
            made[f"{direction}_rules"] = entry
        elif direction == "egress":
            made["egress_rules"] = Entry(raw.at, Items([], raw.at))
    return Fields(made, arguments.at)


def _rules(block: Fields, direction: str, own: str) -> Iterator[Fields]:
    limits = shaped(shape(_LIMITS), block).entries
    for argument, name in _PEERS[direction].items():
        entry = block.entries.get(argument)
        if entry is not None:
            for value in _each(entry.value):
                yield Fields({**limits, name: Entry(entry.key_at, value)}, block.at)
    self_ = block.entries.get("self")
    if self_ is not None and isinstance(self_.value, Literal) and self_.value.value is True:
        peer = _PEERS[direction]["source_security_group_id"]
        yield Fields({**limits, peer: Entry(self_.key_at, Reference(own, "GroupId", self_.value.at))}, block.at)


def _each(value: Value) -> Iterator[Value]:
    match value:
        case Items(items=items):
            for item in items:
                yield from _each(item)
        case Absent() | Literal(value=None):
            return
        case Cases():
            for _, case in value.options():
                yield from _each(case)
        case _:
            yield value


def separate_rules(raw: RawResource, arguments: Fields, _: Declared) -> Iterator[Addition | Extra]:
    """`aws_security_group_rule`: one native resource an address."""
    group = arguments.entries.get("security_group_id")
    direction = "egress" if isinstance(kind := arguments.get("type"), Literal) and kind.value == "egress" else "ingress"
    owner = {} if group is None else {"GroupId": group}
    own = group.value.target if group is not None and isinstance(group.value, Reference) else raw.address
    type_ = "AWS::EC2::SecurityGroupEgress" if direction == "egress" else "AWS::EC2::SecurityGroupIngress"
    for number, rule in enumerate(_rules(arguments, direction, own)):
        yield Extra(type_, "" if number == 0 else str(number + 1), Fields({**owner, **rule.entries}, arguments.at))


def acl_entries(raw: RawResource, arguments: Fields, _: Declared) -> Iterator[Addition | Extra]:
    """The entries written inside of a network ACL, and the subnets that it is for."""
    acl = Entry(raw.at, Reference(raw.address, None, raw.at))
    for direction in ("ingress", "egress"):
        for number, block in enumerate(blocks(arguments.get(direction)), 1):
            egress = Entry(block.at, Literal(direction == "egress", block.at))
            properties = shaped(shape(_ENTRY), block).entries
            yield Extra(
                "AWS::EC2::NetworkAclEntry",
                f"{direction}/{number}",
                Fields({"NetworkAclId": acl, "Egress": egress, **properties}, block.at),
            )
    subnets = arguments.entries.get("subnet_ids")
    for number, subnet in enumerate(_each(subnets.value) if subnets is not None else (), 1):
        properties = {"NetworkAclId": acl, "SubnetId": Entry(subnet.at, subnet)}
        yield Extra("AWS::EC2::SubnetNetworkAclAssociation", f"subnet/{number}", Fields(properties, subnet.at))


def routes(raw: RawResource, arguments: Fields, _: Declared) -> Iterator[Addition | Extra]:
    """The routes written inside of a route table."""
    table = Entry(raw.at, Reference(raw.address, None, raw.at))
    for number, block in enumerate(blocks(arguments.get("route")), 1):
        yield Extra(
            "AWS::EC2::Route",
            f"route/{number}",
            Fields({"RouteTableId": table, **shaped(shape(_ROUTE), block).entries}, block.at),
        )


def gateway_attachment(raw: RawResource, arguments: Fields, _: Declared) -> Iterator[Addition | Extra]:
    """An internet gateway that names its network: CloudFormation attaches it by a resource of its own."""
    network = arguments.entries.get("vpc_id")
    if network is not None:
        gateway = Entry(raw.at, Reference(raw.address, None, raw.at))
        yield Extra(
            "AWS::EC2::VPCGatewayAttachment",
            "attachment",
            Fields({"InternetGatewayId": gateway, "VpcId": network}, raw.at),
        )
