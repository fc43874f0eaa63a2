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

_REMEMBERED = 100_000
"""Answers of patterns that are kept."""
_Lengths = dict[tuple[int, int], set[int]]
_FOLD = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def fold(value: str) -> str:
    """ASCII letters in lower case; the rest as it is, so that every engine folds alike."""
    return value.lower() if value.isascii() else value.translate(_FOLD)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Relations by name. One that is not here is unknown: a detection that needs it does not run, and coverage says so.

    `tuples`: relation -> rows of folded text. `networks`: relation -> networks. `patterns`: relation -> rows in which
    `*` stands for any text, for names that the cloud completes (`stack-Function-1A2B3C`).

    A row of one text is also in a relation where it is an address of one of the relation's networks.
    """

    tuples: Mapping[str, frozenset[tuple[str, ...]]] = field(default_factory=dict)
    networks: Mapping[str, tuple[IPv4Network | IPv6Network, ...]] = field(default_factory=dict)
    patterns: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    _met: dict[tuple[str, tuple[str, ...]], bool] = field(default_factory=dict, compare=False, repr=False)
    _lengths: dict[str, _Lengths] = field(default_factory=dict, compare=False, repr=False)

    def has(self, relation: str) -> bool:
        """Whether it is known at all (an empty one is)."""
        return relation in self.tuples or relation in self.networks or relation in self.patterns

    def holds(self, relation: str, row: tuple[str, ...]) -> bool:
        """Whether the folded row is in the relation, meets a pattern of it, or is an address of its networks."""
        if row in self.tuples.get(relation, ()):
            return True
        patterns = self.patterns.get(relation, ())
        is_address = len(row) == 1 and relation in self.networks
        if not patterns and not is_address:
            return False
        key = (relation, row)
        known = self._met.get(key)
        if known is None:
            if len(self._met) > _REMEMBERED:
                self._met.clear()
            known = any(meets_row(row, pattern) for pattern in patterns)
            known = self._met[key] = known or (is_address and self.in_network(relation, row[0]))
        return known

    def joined(self, other: Knowledge) -> Knowledge:
        """Both together; a relation that both know has the rows of both."""
        return Knowledge(
            {
                name: self.tuples.get(name, frozenset()) | other.tuples.get(name, frozenset())
                for name in {*self.tuples, *other.tuples}
            },
            {
                name: (*self.networks.get(name, ()), *other.networks.get(name, ()))
                for name in {*self.networks, *other.networks}
            },
            {
                name: (*self.patterns.get(name, ()), *other.patterns.get(name, ()))
                for name in {*self.patterns, *other.patterns}
            },
        )

    def in_network(self, relation: str, address: str) -> bool:
        """Whether the address is in one of the networks; what is no address is in none."""
        try:
            one = ip_address(address)
        except ValueError:
            return False
        lengths = self._lengths.get(relation)
        if lengths is None:
            lengths = self._lengths[relation] = _by_length(self.networks.get(relation, ()))
        number = int(one)
        return any(version == one.version and number >> shift in starts for (version, shift), starts in lengths.items())


def _by_length(listed: Iterable[IPv4Network | IPv6Network]) -> _Lengths:
    """Networks by version and the bits behind the prefix, so that thousands of them cost as much as their lengths."""
    found: _Lengths = {}
    for one in listed:
        shift = one.max_prefixlen - one.prefixlen
        found.setdefault((one.version, shift), set()).add(int(one.network_address) >> shift)
    return found


def meets_row(row: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    """Whether a folded row meets a folded pattern, column by column."""
    return len(row) == len(pattern) and all(_glob(value, wanted) for value, wanted in zip(row, pattern, strict=True))


def _glob(value: str, pattern: str) -> bool:
    """`*` for any text; linear in the pieces, each looked for from where the last one ended."""
    head, *pieces = pattern.split("*")
    if not pieces:
        return value == pattern
    if not value.startswith(head) or len(value) < len(head) + len(pieces[-1]):
        return False
    at = len(head)
    for piece in pieces[:-1]:
        found = value.find(piece, at, len(value) - len(pieces[-1]))
        if found < 0:
            return False
        at = found + len(piece)
    return value.endswith(pieces[-1])


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
