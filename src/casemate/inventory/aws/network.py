"""Networks: VPCs, subnets, security groups, ACLs, endpoints, and the public end of Kubernetes clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.aws.entity import about, attachments
from casemate.inventory.aws.linking import linked
from casemate.inventory.aws.resource_policies import standing
from casemate.inventory.logic import every, under
from casemate.inventory.reading import Props, as_text, word
from casemate.model.network import Network, NetworkRule
from casemate.model.setting import Declared, Defaulted, Setting, Unresolved, convert
from casemate.model.value import Fields, Unknown, Value, display, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from casemate.inventory.context import Builder, Context
    from casemate.model.entity import Entity
    from casemate.model.location import Span
    from casemate.model.resource import Resource

    Direction = Literal["in", "out"]

_PROTOCOLS = {"-1": "all", "all": "all", "6": "tcp", "17": "udp", "1": "icmp", "58": "icmp", "icmpv6": "icmp"}
"""IANA numbers and AWS's own names -> the words of the model. Others stay as written (`50`: ESP)."""
_SOURCES = ("CidrIp", "CidrIpv6", "SourcePrefixListId", "DestinationPrefixListId")
_GROUPS = ("SourceSecurityGroupId", "DestinationSecurityGroupId", "SourceSecurityGroupName")
_ANYWHERE = frozenset({"0.0.0.0/0", "::/0"})


def vpc(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::EC2::VPC`."""
    yield Network(**about(resource, context), kind="network", flow_logs=_flow_logs(resource, context))


def _flow_logs(resource: Resource, context: Context) -> Setting[bool]:
    log = next(attachments(resource, context, "AWS::EC2::FlowLog", "ResourceId"), None)
    if log is None:
        return Defaulted("FlowLog", resource.at, False, "no flow log is declared")
    return Declared("FlowLog", log.at, True)


def subnet(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::EC2::Subnet`. `public_addresses`: machines that start in it get one."""
    props = context.props(resource)
    yield Network(
        **about(resource, context),
        kind="subnet",
        public_addresses=props.flag(
            "MapPublicIpOnLaunch", False, "AWS::EC2::Subnet MapPublicIpOnLaunch: false by default"
        ),
        parent=linked(props.find("VpcId"), context),
    )


def security_group(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::EC2::SecurityGroup` with its own rules and those that separate resources add to it.

    A group without egress rules lets everything out. Source: AWS::EC2::SecurityGroup, "Default rules".
    """
    props = context.props(resource)
    rules = [
        *_inline(props, "SecurityGroupIngress", "in", resource, context),
        *_inline(props, "SecurityGroupEgress", "out", resource, context),
    ]
    for type_, direction in _SEPARATE.items():
        for other in attachments(resource, context, type_, "GroupId"):
            rules.extend(_rules(context.props(other), direction, other, other.body, context))
    if not any(rule.direction == "out" for rule in rules) and props.find("SecurityGroupEgress") is None:
        rules.append(_default_egress(resource))
    yield Network(
        **about(resource, context),
        kind="security-group",
        rules=tuple(rules),
        parent=linked(props.find("VpcId"), context),
    )


def separate_rule(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::EC2::SecurityGroupIngress`, `…Egress`: part of their group; else a group of one rule."""
    props = context.props(resource)
    group = context.resource(props.find("GroupId"))
    if group is not None and group.type == "AWS::EC2::SecurityGroup":
        return
    link = linked(props.find("GroupId"), context)
    if link is not None and link.target is not None:  # named by its written-out name or in another stack
        group_here = context.stack.resources.get(link.target.rpartition("#")[2])
        if group_here is not None and group_here.type == "AWS::EC2::SecurityGroup":
            return
    rules = tuple(_rules(props, _SEPARATE[resource.type], resource, resource.body, context))
    yield Network(**about(resource, context), kind="security-group", rules=rules, parent=link)


def _inline(
    props: Props, path: str, direction: Direction, resource: Resource, context: Context
) -> Iterator[NetworkRule]:
    for condition, value in props.each(path):
        if isinstance(value, Fields):
            yield from _rules(Props(value, value.at, path), direction, resource, value.at, context, condition)
        elif isinstance(value, Unknown):
            unknown: Setting[str] = Unresolved(path, value.at, value.reason)
            ports: Setting[int | None] = Unresolved(path, value.at, value.reason)
            yield NetworkRule(direction, True, unknown, ports, ports, unknown, value.at, resource.name)


def _rules(
    props: Props, direction: Direction, owner: Resource, at: Span, context: Context, condition: str | None = None
) -> Iterator[NetworkRule]:
    protocol = props.read("IpProtocol", _protocol, "all")
    everything = protocol.value == "all"
    low, high = (_port(props, path, everything=everything) for path in ("FromPort", "ToPort"))
    note = props.find("Description")
    description = None if note is None else display(note)
    for path in _SOURCES:
        if props.find(path) is not None:
            source = under(condition, props.text(path, ""))
            yield NetworkRule(direction, True, protocol, low, high, source, at, owner.name, None, description)
    for path in _GROUPS:
        value = props.find(path)
        if value is not None:
            named: Setting[str] = Declared(path, value.at, display(value))
            group = linked(value, context)
            yield NetworkRule(
                direction, True, protocol, low, high, under(condition, named), at, owner.name, group, description
            )


def _protocol(value: Value) -> str:
    word_ = as_text(value).lower()
    return _PROTOCOLS.get(word_, word_)


def _port(props: Props, path: str, *, everything: bool) -> Setting[int | None]:
    """A port; None for all: protocol -1 ignores ports, and -1 stands for all of them."""
    if everything:
        return Declared("IpProtocol", props.key_at("IpProtocol"), None)
    return convert(props.number(path, None, "all ports"), lambda port: None if port == -1 else port)


def _default_egress(resource: Resource) -> NetworkRule:
    source = "AWS::EC2::SecurityGroup: without egress rules all traffic may leave"
    name, at = "SecurityGroupEgress", resource.at
    ports: Setting[int | None] = Defaulted(name, at, None, source)
    protocol, everywhere = Defaulted(name, at, "all", source), Defaulted(name, at, "0.0.0.0/0", source)
    return NetworkRule("out", True, protocol, ports, ports, everywhere, at, resource.name)


def acl(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::EC2::NetworkAcl` with its entries, in the order of their rule numbers."""
    entries = sorted(
        attachments(resource, context, "AWS::EC2::NetworkAclEntry", "NetworkAclId"),
        key=lambda entry: _number(entry, context),
    )
    rules = tuple(rule for entry in entries for rule in _entry(entry, context))
    parent = linked(context.props(resource).find("VpcId"), context)
    yield Network(**about(resource, context), kind="acl", rules=rules, parent=parent)


def acl_entry(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::EC2::NetworkAclEntry`: part of its ACL, or, when that was not scanned, an ACL of one rule."""
    props = context.props(resource)
    table = context.resource(props.find("NetworkAclId"))
    if table is None or table.type != "AWS::EC2::NetworkAcl":
        parent = linked(props.find("NetworkAclId"), context)
        yield Network(**about(resource, context), kind="acl", rules=tuple(_entry(resource, context)), parent=parent)


def _number(entry: Resource, context: Context) -> int:
    return context.props(entry).number("RuleNumber", 0).value or 0


def _entry(entry: Resource, context: Context) -> Iterator[NetworkRule]:
    props = context.props(entry)
    direction: Direction = "out" if props.flag("Egress", False).ever(bool) else "in"
    allow = props.read("RuleAction", word("allow"), False).ever(bool)
    protocol = props.read("Protocol", _protocol, "all")
    low, high = (props.number(f"PortRange.{end}", None, "all ports") for end in ("From", "To"))
    for path in ("CidrBlock", "Ipv6CidrBlock"):
        if props.find(path) is not None:
            yield NetworkRule(direction, allow, protocol, low, high, props.text(path, ""), entry.body, entry.name)


def endpoint(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::EC2::VPCEndpoint` and its policy; without one it lets every call through."""
    props = context.props(resource)
    yield Network(**about(resource, context), kind="endpoint", parent=linked(props.find("VpcId"), context))
    yield from standing(resource, context, "PolicyDocument", "endpoint")


def cluster(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::EKS::Cluster`: its endpoint is public, to everybody, unless told otherwise.

    Source: EKS User Guide, "Cluster API server endpoint".
    """
    props = context.props(resource)
    access = "ResourcesVpcConfig.EndpointPublicAccess"
    ranges = list(props.each("ResourcesVpcConfig.PublicAccessCidrs"))
    yield Network(
        **about(resource, context),
        kind="cluster",
        public_endpoint=every(
            props.flag(access, True, "AWS::EKS::Cluster EndpointPublicAccess: true by default"),
            _open_to_all(props, [value for _, value in ranges]),
        ),
    )


def _open_to_all(props: Props, ranges: list[Value]) -> Setting[bool]:
    name = "ResourcesVpcConfig.PublicAccessCidrs"
    if not ranges:
        return Defaulted(name, props.at, True, "AWS::EKS::Cluster PublicAccessCidrs: 0.0.0.0/0 by default")
    for value in ranges:
        if text_of(value) in _ANYWHERE:
            return Declared(name, value.at, True)
    unknown = next((value for value in ranges if isinstance(value, Unknown)), None)
    if unknown is not None:
        return Unresolved(name, unknown.at, unknown.reason)
    return Declared(name, ranges[0].at, False)


_SEPARATE: dict[str, Direction] = {"AWS::EC2::SecurityGroupIngress": "in", "AWS::EC2::SecurityGroupEgress": "out"}

BUILDERS: dict[str, Builder] = {
    "AWS::EC2::VPC": vpc,
    "AWS::EC2::Subnet": subnet,
    "AWS::EC2::SecurityGroup": security_group,
    "AWS::EC2::SecurityGroupIngress": separate_rule,
    "AWS::EC2::SecurityGroupEgress": separate_rule,
    "AWS::EC2::NetworkAcl": acl,
    "AWS::EC2::NetworkAclEntry": acl_entry,
    "AWS::EC2::VPCEndpoint": endpoint,
    "AWS::EKS::Cluster": cluster,
}
