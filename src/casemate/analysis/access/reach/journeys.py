"""The worst that can happen from outside: for each thing worth having, the best way there.

Of all that the internet reaches only some ends matter to whoever reads a report: a role that may do everything, a
secret, the data of a store. To each the way with the fewest doubtful steps is kept, of those the one with the fewest
steps.
"""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, Final, NamedTuple

from casemate.analysis.access.reach.facts import INTERNET, Edge, Fact
from casemate.analysis.access.reach.fixpoint import Reach, closure
from casemate.model.policy import Role
from casemate.model.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.analysis.access.reach.rules import Rules

MOST: Final = 12
"""Ways that a report shows."""
_DOUBT: Final = 1000
"""What a step costs that hangs on a value that could not be resolved, where another costs 1."""
_DATA: Final = frozenset({"bucket", "table", "database", "search-domain", "cache", "file-system"})
"""Kinds of stores that keep data; others only pass it on."""


class Journey(NamedTuple):
    """A way from a start to an end. `rank`: how bad it is, 0 the worst."""

    edges: tuple[Edge, ...]
    rank: int

    @property
    def end(self) -> Fact:
        """What is gained."""
        return self.edges[-1].target

    @property
    def certain(self) -> bool:
        """Whether no step is doubtful."""
        return all(edge.certain for edge in self.edges)

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions on the way, by id."""
        return tuple(dict.fromkeys(edge.target.id for edge in self.edges if edge.target.having == "runs"))


class Journeys(NamedTuple):
    """The worst ways, the worst first, and how many there are besides."""

    shown: tuple[Journey, ...]
    left_out: int

    @property
    def reach(self) -> Reach:
        """Only what is on the ways, as one picture."""
        leaving: dict[Fact, dict[Edge, None]] = {}
        facts: dict[Fact, None] = {}
        for journey in self.shown:
            for edge in journey.edges:
                facts[edge.source] = facts[edge.target] = None
                leaving.setdefault(edge.source, {})[edge] = None
        starts = dict.fromkeys(journey.edges[0].source for journey in self.shown)
        return Reach(tuple(starts), tuple(facts), {fact: tuple(edges) for fact, edges in leaving.items()})


def from_internet(rules: Rules, most: int = MOST) -> Journeys:
    """The worst ways from the internet; none where nothing is reached."""
    return worst(closure(rules, [Fact("entry", INTERNET)]), rules, most)


def worst(reach: Reach, rules: Rules, most: int = MOST) -> Journeys:
    """The worst ways of what was derived: one for each thing that is worth having."""
    came = _ways(reach)
    found: dict[str, Journey] = {}
    for fact in reach.facts:
        rank = _rank(fact, rules)
        if rank is None or fact not in came:
            continue
        journey = Journey(tuple(_back(fact, came)), rank)
        known = found.get(fact.id)
        if journey.edges and (known is None or _order(journey) < _order(known)):
            found[fact.id] = journey
    ordered = sorted(found.values(), key=_order)
    return Journeys(tuple(ordered[:most]), max(0, len(ordered) - most))


def shortest(reach: Reach, ends: Iterable[Fact]) -> Journey | None:
    """The best way to any of the ends; None where there is none that has a step."""
    came = _ways(reach)
    found = [Journey(edges, 0) for end in ends if end in came and (edges := tuple(_back(end, came)))]
    return min(found, key=_order, default=None)


def _order(journey: Journey) -> tuple[int, bool, int, str, str]:
    return (journey.rank, not journey.certain, len(journey.edges), journey.end.id, journey.end.having)


def _rank(fact: Fact, rules: Rules) -> int | None:
    """How much worth a fact is to an attacker; None where it is only a step."""
    inventory = rules.system.inventory
    if fact.having == "acts":
        role = inventory.find(fact.id, Role)
        return 0 if role is not None and rules.system.grants(role).admin else None
    if fact.having == "knows":
        return 1
    if fact.having in {"reads", "writes"}:
        store = inventory.find(fact.id, Store)
        if store is not None and store.kind in _DATA:
            return 2 if fact.having == "writes" else 3
    return None


def _ways(reach: Reach) -> dict[Fact, Edge | None]:
    """For each fact the last edge of the best way to it; None for a start."""
    number = count()
    came: dict[Fact, Edge | None] = {}
    waiting: list[tuple[int, int, Fact, Edge | None]] = [(0, next(number), start, None) for start in reach.starts]
    while waiting:
        cost, _, fact, by = heappop(waiting)
        if fact in came:
            continue
        came[fact] = by
        for edge in reach.leaving.get(fact, ()):
            if edge.target not in came:
                heappush(waiting, (cost + (1 if edge.certain else _DOUBT), next(number), edge.target, edge))
    return came


def _back(fact: Fact, came: dict[Fact, Edge | None]) -> Iterable[Edge]:
    edges = []
    edge = came[fact]
    while edge is not None:
        edges.append(edge)
        edge = came[edge.source]
    return reversed(edges)
