"""The fixpoint: everything that follows from a start, and everything that leads to an end.

Semi-naive: each new fact is put through the rules once, and only new facts are put through them again; with the edges
indexed by fact the work is the number of edges.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from casemate.analysis.access.reach.facts import Edge, Fact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.analysis.access.reach.rules import Rules


@dataclass(frozen=True, slots=True)
class Reach:
    """What was derived: facts in the order of derivation, with every edge between them, by source."""

    starts: tuple[Fact, ...]
    facts: tuple[Fact, ...]
    leaving: dict[Fact, tuple[Edge, ...]] = field(default_factory=dict)

    @property
    def edges(self) -> tuple[Edge, ...]:
        """Every edge, in the order of their sources."""
        return tuple(edge for fact in self.facts for edge in self.leaving.get(fact, ()))


def closure(rules: Rules, starts: Iterable[Fact]) -> Reach:
    """Everything that follows from `starts`."""
    begun = tuple(dict.fromkeys(starts))
    known = dict.fromkeys(begun)
    leaving: dict[Fact, tuple[Edge, ...]] = {}
    new = deque(begun)
    while new:
        fact = new.popleft()
        edges = leaving[fact] = _once(rules.leaving(fact))
        for edge in edges:
            if edge.target not in known:
                known[edge.target] = None
                new.append(edge.target)
    return Reach(begun, tuple(known), leaving)


def leading_to(reach: Reach, ends: Iterable[Fact]) -> Reach:
    """The part of what was derived that leads to `ends`."""
    entering: dict[Fact, list[Edge]] = {}
    for edge in reach.edges:
        entering.setdefault(edge.target, []).append(edge)
    kept = {end for end in ends if end in set(reach.facts)}
    waiting = deque(kept)
    while waiting:
        for edge in entering.get(waiting.popleft(), ()):
            if edge.source not in kept:
                kept.add(edge.source)
                waiting.append(edge.source)
    facts = tuple(fact for fact in reach.facts if fact in kept)
    leaving = {fact: tuple(edge for edge in reach.leaving.get(fact, ()) if edge.target in kept) for fact in facts}
    return Reach(tuple(start for start in reach.starts if start in kept), facts, leaving)


def _once(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """One edge a target and kind; a certain one before others."""
    found: dict[tuple[str, Fact], Edge] = {}
    for edge in edges:
        key = (edge.kind, edge.target)
        if key not in found or (edge.certain and not found[key].certain):
            found[key] = edge
    return tuple(found.values())
