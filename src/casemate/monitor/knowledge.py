"""What detections may ask beside the event: relations from the inventory and from the user's own tables.

Texts are folded (ASCII lower case) when a relation is made, as the evaluators fold what they look up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from casemate.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from ipaddress import IPv4Network, IPv6Network

_FOLD = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def fold(value: str) -> str:
    """ASCII letters in lower case; the rest as it is, so that every engine folds alike."""
    return value.lower() if value.isascii() else value.translate(_FOLD)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Relations by name. One that is not here is unknown: a detection that needs it does not run, and coverage says so.

    `tuples`: relation -> rows of folded text. `networks`: relation -> networks.
    """

    tuples: Mapping[str, frozenset[tuple[str, ...]]] = field(default_factory=dict)
    networks: Mapping[str, tuple[IPv4Network | IPv6Network, ...]] = field(default_factory=dict)

    def has(self, relation: str) -> bool:
        """Whether it is known at all (an empty one is)."""
        return relation in self.tuples or relation in self.networks

    def holds(self, relation: str, row: tuple[str, ...]) -> bool:
        """Whether the folded row is in the relation."""
        return row in self.tuples.get(relation, ())

    def in_network(self, relation: str, address: str) -> bool:
        """Whether the address is in one of the networks; what is no address is in none."""
        try:
            one = ip_address(address)
        except ValueError:
            return False
        return any(one in network for network in self.networks.get(relation, ()))


def relation(rows: Iterable[Iterable[str]]) -> frozenset[tuple[str, ...]]:
    """A relation of folded rows."""
    return frozenset(tuple(fold(value) for value in row) for row in rows)


def networks(texts: Iterable[str]) -> tuple[IPv4Network | IPv6Network, ...]:
    """Networks in CIDR notation. Raises `ConfigurationError` for one that is none."""
    found = []
    for one in texts:
        try:
            found.append(ip_network(one, strict=False))
        except ValueError as error:
            raise ConfigurationError(f"{one!r} is no network", hint="write it as 10.0.0.0/8") from error
    return tuple(found)


NOTHING = Knowledge()
