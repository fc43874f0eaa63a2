"""Network security groups with their rules, virtual networks and subnets, firewalls, clusters' public ends.

Sources: Azure documentation, "Network security groups" (service tags, default rules), "Microsoft.Network
networkSecurityGroups" (template reference), "NSG flow logs" and "Virtual network flow logs".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from typing import Literal as OneOf

from casemate.inventory.azure.entity import about, ancestor, children, link_to
from casemate.inventory.entity import is_empty
from casemate.inventory.logic import fixed, negated
from casemate.inventory.reading import Props, Unreadable, as_text
from casemate.model.network import Network, NetworkRule
from casemate.model.setting import Declared, Defaulted, Setting, Unresolved
from casemate.model.value import Items, references, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.entity import Entity, Link
    from casemate.model.location import Span
    from casemate.model.resource import Resource
    from casemate.model.value import Value

_GROUP = "Microsoft.Network/networkSecurityGroups"
_NETWORK = "Microsoft.Network/virtualNetworks"
_FLOW_LOGS = "Microsoft.Network/networkWatchers/flowLogs"


def security_group(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.Network/networkSecurityGroups` with rules written in it and those that are resources of their own."""
    props = context.props(resource)
    rules = [
        rule
        for entry in props.sections("properties.securityRules")
        for rule in _rules(entry, "properties.", resource, context)
    ]
    for child in children(resource, context, f"{_GROUP}/securityRules"):
        rules += _rules(context.props(child), "properties.", child, context)
    yield Network(
        **about(resource, context), kind="security-group", rules=tuple(rules), flow_logs=_flow_logs(resource, context)
    )


def lone_rule(resource: Resource, context: Context) -> Iterator[Entity]:
    """`…/securityRules` whose group was not scanned."""
    if ancestor(resource, context, _GROUP) is None:
        rules = tuple(_rules(context.props(resource), "properties.", resource, context))
        yield Network(**about(resource, context), kind="security-group", rules=rules)


def _flow_logs(resource: Resource, context: Context) -> Setting[bool]:
    for log in context.referrers(resource.key, _FLOW_LOGS):
        return context.props(log).flag("properties.enabled", True, "flow logs are on unless turned off")
    return fixed("flowLogs", resource.at, False, "no flow log is declared for it")


def _rules(entry: Props, prefix: str, owner: Resource, context: Context) -> Iterator[NetworkRule]:
    """One `NetworkRule` for each source and port range of a rule."""
    direction: OneOf["in", "out"] = (
        "out" if (text_of(entry.find(f"{prefix}direction")) or "").lower() == "outbound" else "in"
    )
    allow = (text_of(entry.find(f"{prefix}access")) or "Allow").lower() == "allow"
    at = entry.at
    side = "source" if direction == "in" else "destination"
    sources = _several(entry, f"{prefix}{side}AddressPrefix", f"{prefix}{side}AddressPrefixes")
    ports = _several(entry, f"{prefix}destinationPortRange", f"{prefix}destinationPortRanges")
    group = entry.find(f"{prefix}{side}ApplicationSecurityGroups")
    for source in sources or [None]:
        for port in ports or [None]:
            low, high = _ports(port, at)
            yield NetworkRule(
                direction=direction,
                allow=allow,
                protocol=entry.read(f"{prefix}protocol", _protocol, "all", "all unless set"),
                from_port=low,
                to_port=high,
                source=_source(source, side, at),
                at=at,
                owner=owner.name,
                group=context.link(group) if group is not None and source is None else None,
                description=text_of(entry.find(f"{prefix}description")),
            )


def _several(entry: Props, one: str, many: str) -> list[Value | None]:
    found: list[Value | None] = [value for _, value in entry.each(many)]
    single = entry.find(one)
    return found if is_empty(single) or single is None else [single, *found]


def _protocol(value: Value) -> str:
    text = as_text(value).lower()
    return "all" if text == "*" else text


def _source(value: Value | None, side: str, at: Span) -> Setting[str]:
    name = f"{side}AddressPrefix"
    if value is None:
        return Unresolved(name, at, "an application security group, not addresses")
    return Props(value, at, name).text((), "*")


def _ports(value: Value | None, at: Span) -> tuple[Setting[int | None], Setting[int | None]]:
    name = "destinationPortRange"
    if value is None:
        unset: Setting[int | None] = Defaulted(name, at, None, "all ports")
        return unset, unset
    try:
        text = as_text(value)
    except Unreadable as problem:
        unknown: Setting[int | None] = Unresolved(name, value.at, str(problem))
        return unknown, unknown
    if text == "*":
        return Declared(name, value.at, 0), Declared(name, value.at, 65535)
    match = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", text.strip())
    if match is None:
        unknown = Unresolved(name, value.at, f"not a port range: {text[:20]}")
        return unknown, unknown
    return Declared(name, value.at, int(match[1])), Declared(name, value.at, int(match[2] or match[1]))


def virtual_network(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.Network/virtualNetworks` and the subnets written in it."""
    props = context.props(resource)
    yield Network(**about(resource, context), kind="network", flow_logs=_flow_logs(resource, context))
    parent = link_to(resource, context)
    for number, entry in enumerate(props.sections("properties.subnets")):
        name = entry.find("name")
        at = name.at if name is not None else entry.at
        shared = about(resource, context, f"subnet-{number}", at=at, name=text_of(name))
        yield Network(**shared, kind="subnet", parent=parent, public_addresses=_no_public(at))


def subnet(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.Network/virtualNetworks/subnets`."""
    above = ancestor(resource, context, _NETWORK)
    parent = link_to(above, context, resource.at) if above is not None else None
    yield Network(**about(resource, context), kind="subnet", parent=parent, public_addresses=_no_public(resource.at))


def _no_public(at: Span) -> Setting[bool]:
    return fixed("publicAddresses", at, False, "subnets of Azure hand out no public addresses")


def cluster(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.ContainerService/managedClusters`: the API server's public end."""
    props = context.props(resource)
    private = props.flag(
        "properties.apiServerAccessProfile.enablePrivateCluster", False, "enablePrivateCluster: false unless set"
    )
    ranges = props.find("properties.apiServerAccessProfile.authorizedIPRanges")
    endpoint: Setting[bool]
    if isinstance(ranges, Items) and ranges.items:
        endpoint = Declared(
            "apiServerAccessProfile.authorizedIPRanges",
            ranges.at,
            any(text_of(item) == "0.0.0.0/0" for item in ranges.items),
        )
    else:
        endpoint = negated(private)
    yield Network(**about(resource, context), kind="cluster", public_endpoint=endpoint, flow_logs=None)


def private_endpoint(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.Network/privateEndpoints`."""
    yield Network(**about(resource, context), kind="endpoint", parent=_subnet_of(resource, context))


def _subnet_of(resource: Resource, context: Context) -> Link | None:
    value = context.props(resource).find("properties.subnet.id")
    return context.link(value) if value is not None and any(True for _ in references(value)) else None


BUILDERS: dict[str, Builder] = {
    _GROUP: security_group,
    f"{_GROUP}/securityRules": lone_rule,
    _NETWORK: virtual_network,
    f"{_NETWORK}/subnets": subnet,
    "Microsoft.ContainerService/managedClusters": cluster,
    "Microsoft.Network/privateEndpoints": private_endpoint,
}
