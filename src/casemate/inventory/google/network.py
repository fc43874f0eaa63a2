"""Firewalls, networks and subnets, clusters, machines.

Sources: Google Cloud documentation, "VPC firewall rules", "VPC Flow Logs", "GKE: authorized networks", "About VM
metadata" (requests need the header Metadata-Flavor), "Service accounts: Compute Engine default"; Terraform google
provider for names and defaults.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.inventory.entity import is_empty
from casemate.inventory.google.entity import about
from casemate.inventory.logic import fixed, negated
from casemate.inventory.reading import Props, Unreadable, as_flag, as_text
from casemate.model.function import Variable
from casemate.model.network import Host, Network, NetworkRule
from casemate.model.setting import Declared, Defaulted, Setting, Unresolved
from casemate.model.value import Literal, Value, display, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal as OneOf

    from casemate.inventory.context import Builder, Context
    from casemate.model.entity import Entity, Link
    from casemate.model.location import Span
    from casemate.model.resource import Resource

_ALL = "0.0.0.0/0"
_OPEN = frozenset({_ALL, "::/0"})
_PORTS = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")


def firewall(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_compute_firewall`: a rule for each block, port range and source. A disabled one has none."""
    props = context.props(resource)
    rules: list[NetworkRule] = []
    if not props.flag("disabled", False).always(bool):
        rules = [rule for allow in (True, False) for rule in _rules(props, resource, allow=allow)]
    yield Network(
        **about(resource, context),
        kind="firewall",
        rules=tuple(rules),
        flow_logs=None,
        parent=context.link(props.find("network")),
    )


def _rules(props: Props, resource: Resource, *, allow: bool) -> Iterator[NetworkRule]:
    out = (text_of(props.find("direction")) or "INGRESS").upper() == "EGRESS"
    direction: OneOf["in", "out"] = "out" if out else "in"
    argument = "destination_ranges" if out else "source_ranges"
    ranges: list[Value | None] = [value for _, value in props.each(argument)]
    tagged = any(not is_empty(props.find(path)) for path in ("source_tags", "source_service_accounts"))
    for block in props.sections("allow" if allow else "deny"):
        ports: list[Value | None] = [value for _, value in block.each("ports")]
        for source in ranges or [None]:
            for port in ports or [None]:
                low, high = _port_range(port, block.at)
                yield NetworkRule(
                    direction=direction,
                    allow=allow,
                    protocol=block.read("protocol", _protocol, "all"),
                    from_port=low,
                    to_port=high,
                    source=_source(source, argument, resource.at, tagged=tagged),
                    at=block.at,
                    owner=resource.name,
                    description=text_of(props.find("description")),
                )


def _source(value: Value | None, argument: str, at: Span, *, tagged: bool) -> Setting[str]:
    if value is not None:
        return Props(value, at, argument).text((), "")
    if tagged:
        return Defaulted("source_tags", at, "tag", "machines by their tag or service account")
    return Defaulted(argument, at, _ALL, f"{argument}: every address unless set")


def _protocol(value: Value) -> str:
    text = as_text(value).lower()
    return {"6": "tcp", "17": "udp", "1": "icmp"}.get(text, text)


def _port_range(value: Value | None, at: Span) -> tuple[Setting[int | None], Setting[int | None]]:
    if value is None:
        unset: Setting[int | None] = Defaulted("ports", at, None, "all ports unless set")
        return unset, unset
    try:
        match = _PORTS.fullmatch(as_text(value).strip())
    except Unreadable as problem:
        unknown: Setting[int | None] = Unresolved("ports", value.at, str(problem))
        return unknown, unknown
    if match is None:
        unknown = Unresolved("ports", value.at, "not a port range")
        return unknown, unknown
    return Declared("ports", value.at, int(match[1])), Declared("ports", value.at, int(match[2] or match[1]))


def network(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_compute_network`."""
    yield Network(**about(resource, context), kind="network")


def subnet(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_compute_subnetwork`. Load balancers' own subnets have no flow logs."""
    props = context.props(resource)
    special = (text_of(props.find("purpose")) or "PRIVATE").upper() not in {"PRIVATE", "NONE"}
    logs = None if special else props.present("log_config", "flow logs are off unless log_config is set")
    parent = context.link(props.find("network"))
    yield Network(**about(resource, context), kind="subnet", flow_logs=logs, parent=parent)


def cluster(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_container_cluster`: the control plane's public end."""
    props = context.props(resource)
    path = "master_authorized_networks_config.cidr_blocks"
    blocks = [block.find("cidr_block") for block in props.sections(path)]
    listed = [value for value in blocks if value is not None]
    open_ = next((value for value in listed if text_of(value) in _OPEN), None)
    private = "private_cluster_config.enable_private_endpoint"
    endpoint: Setting[bool]
    if open_ is not None:
        endpoint = Declared(path, open_.at, True)
    elif listed:
        endpoint = Declared(path, listed[0].at, False)
    else:
        endpoint = negated(props.flag(private, False, "the control plane has a public address unless set"))
    yield Network(**about(resource, context), kind="cluster", public_endpoint=endpoint, flow_logs=None)
    yield Host(
        **about(resource, context, "nodes"),
        kind="cluster",
        role=_account(props, context, "node_config.service_account"),
        disk_encryption=Defaulted("disk_encryption", resource.at, True, "Google encrypts every disk"),
        metadata_v2=Defaulted("metadata", resource.at, True, "the metadata server demands a header"),
    )


def instance(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_compute_instance`, `google_compute_instance_template`."""
    props = context.props(resource)
    metadata = {key: value for key, _, value in props.items("metadata")}
    script = props.find("metadata_startup_script") or metadata.get("startup-script") or metadata.get("user-data")
    variables = tuple(
        Variable(key, value, value.at)
        for key, value in metadata.items()
        if key not in {"startup-script", "user-data", "ssh-keys"}
    )
    yield Host(
        **about(resource, context),
        kind="template" if resource.type.endswith("_template") else "machine",
        user_data=script,
        environment=variables,
        public_address=_public_address(props),
        metadata_v2=Defaulted("metadata", resource.at, True, "the metadata server demands a header"),
        disk_encryption=Defaulted("boot_disk", resource.at, True, "Google encrypts every disk"),
        password_login=_serial(metadata, resource),
        role=_account(props, context, "service_account.email"),
    )


def _serial(metadata: dict[str, Value], resource: Resource) -> Setting[bool] | None:
    """The serial console lets in by password, past every firewall ("Troubleshooting using the serial console")."""
    value = metadata.get("serial-port-enable")
    if value is None:
        return None
    return Props(value, resource.at, "metadata.serial-port-enable").read((), as_flag, False)


def _public_address(props: Props) -> Setting[bool]:
    for interface in props.sections("network_interface"):
        for path in ("access_config", "ipv6_access_config"):
            if interface.find(path) is not None:
                return Declared(f"network_interface.{path}", interface.key_at(path), True)
    return fixed("network_interface.access_config", props.at, False, "no public address without access_config")


def _account(props: Props, context: Context, path: str) -> Link | None:
    value = props.find(path)
    if isinstance(value, Literal) and not display(value):
        return None
    return context.link(value)


BUILDERS: dict[str, Builder] = {
    "google_compute_firewall": firewall,
    "google_compute_network": network,
    "google_compute_subnetwork": subnet,
    "google_container_cluster": cluster,
    "google_compute_instance": instance,
    "google_compute_instance_template": instance,
}
