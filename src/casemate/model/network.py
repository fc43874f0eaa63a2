"""Networks, their filters, and the machines that stand beside the functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from casemate.model.entity import Entity
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from casemate.model.entity import Link
    from casemate.model.function import Variable
    from casemate.model.location import Span
    from casemate.model.setting import Setting
    from casemate.model.value import Value

NetworkKind = Literal["network", "subnet", "security-group", "acl", "endpoint", "firewall", "cluster"]


@dataclass(frozen=True, slots=True)
class NetworkRule:
    """One filter rule. `source`: a CIDR (`0.0.0.0/0`, `::/0`.

    Azure's `*`, `Internet` and Google's ranges likewise), or a Link to a group.

    Ports are inclusive; `from_port` 0 and `to_port` 65535 (or None, None) mean all. `protocol`: `tcp`, `udp`, `icmp`,
    `all`.
    """

    direction: Literal["in", "out"]
    allow: bool
    protocol: Setting[str]
    from_port: Setting[int | None]
    to_port: Setting[int | None]
    source: Setting[str]
    at: Span
    owner: str
    group: Link | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Network(Entity):
    """A network, a subnet, a security group or ACL, a VPC endpoint, a firewall, or a cluster's public end."""

    kind: NetworkKind
    rules: tuple[NetworkRule, ...] = ()
    public_addresses: Setting[bool] | None = None
    flow_logs: Setting[bool] | None = None
    public_endpoint: Setting[bool] | None = None
    parent: Link | None = None

    @property
    def kind_label(self) -> str:
        """The kind itself."""
        return self.kind


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Host(Entity):
    """A machine or container beside the functions: EC2 instance, launch template, ECS task, Azure or Google VM.

    `user_data`: start-up script; `environment`: container variables; `metadata_v2`: the instance metadata service
    demands a session token; `https_only`: what the platform serves for it (container apps), it serves over HTTPS only.
    """

    kind: Literal["machine", "template", "container", "cluster"]
    user_data: Value | None = None
    environment: tuple[Variable, ...] = ()
    public_address: Setting[bool] | None = None
    metadata_v2: Setting[bool] | None = None
    disk_encryption: Setting[bool] | None = None
    password_login: Setting[bool] | None = None
    privileged: Setting[bool] | None = None
    role: Link | None = None
    https_only: Setting[bool] | None = None
