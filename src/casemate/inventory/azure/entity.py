"""What every Azure builder says of an entity, and how it finds parents and children."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from casemate.inventory import entity
from casemate.inventory.reading import Props, as_text, word
from casemate.model.setting import Setting
from casemate.model.value import references, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Context
    from casemate.model.entity import Link
    from casemate.model.location import Span
    from casemate.model.resource import Resource
    from casemate.model.value import Value


about = partial(entity.about, cloud="azure")
"""The shared fields of an entity of this cloud."""


def parent(resource: Resource, context: Context) -> Resource | None:
    """The resource that this child or extension belongs to (its `parent` property)."""
    found = context.resource(resource.properties.get("parent"))
    return found if found is not resource else None


def ancestor(resource: Resource, context: Context, *types: str) -> Resource | None:
    """The nearest parent of one of these types."""
    above = parent(resource, context)
    for _ in range(4):
        if above is None or above.type in types:
            return above
        above = parent(above, context)
    return None


def link_to(resource: Resource, context: Context, at: Span | None = None) -> Link:
    """A link to a declared resource."""
    from casemate.model.entity import Link

    return Link(resource.name, at or resource.at, context.id(resource.key))


def children(resource: Resource, context: Context, *types: str) -> Iterator[Resource]:
    """Resources of these types that name `resource` as their parent."""
    for other in context.referrers(resource.key, *types):
        value = other.properties.get("parent")
        if value is not None and any(reference.target == resource.key for reference in references(value)):
            yield other


def last_name(resource: Resource) -> str:
    """The last part of the resource's own name: `web` for a configuration `app/web`."""
    named = resource.properties.get("name")
    return (text_of(named) or resource.name).rpartition("/")[2]


def by_dialect(resource: Resource, arm: str, terraform: str) -> str:
    """The default of a setting where the azurerm provider sends another one than Azure itself takes."""
    return terraform if resource.dialect == "terraform" else arm


def network_restricted(props: Props, path: str = "properties.networkAcls.defaultAction") -> Setting[bool]:
    """Whether a firewall refuses what it does not list. Off by default for every service with `networkAcls`."""
    return props.read(path, word("Deny"), False, "open to all networks unless a default action of Deny is set")


def public_access(props: Props, path: str = "properties.publicNetworkAccess") -> Setting[bool]:
    """Whether the resource has an address on the internet."""
    return props.read(path, _is_enabled, True, "publicNetworkAccess: Enabled by default")


def _is_enabled(value: Value) -> bool:
    return as_text(value).lower() not in {"disabled", "securedbyperimeter", "false"}


def tls(value: Value) -> str:
    """`TLS1_2`, `Tls12`, `TLSEnforcementDisabled` -> `1.2`, `none`."""
    text = as_text(value).lower()
    if text == "tls":  # Cosmos DB: Tls, Tls11, Tls12
        return "1.0"
    digits = text.removeprefix("tls").replace("_", ".").strip()
    if digits in {"12", "10", "11", "13"}:
        return f"{digits[0]}.{digits[1]}"
    if digits in {"1.0", "1.1", "1.2", "1.3"}:
        return digits
    return "none" if text in {"none", "tlsenforcementdisabled", ""} else text
