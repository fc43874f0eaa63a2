"""Of recorded events, which ones a window pattern has to be asked about at all.

With the whole record at hand, a group that has fewer events than a count wants, fewer values, or none of a stage that a
sequence needs, can be left out without looking at any time. Nearly every group of everyday traffic is one of those, so
its events are kept as the bytes that they came in and never become more.
"""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

from orjson import loads

from casemate.authoring.patterns import Count, Distinct, Pattern, Sequence, is_monotone, ways_of
from casemate.monitor.correlation.points import groups_of_body
from casemate.monitor.events.registry import fields_of
from casemate.monitor.matching.compiling import folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from casemate.authoring.patterns import Condition
    from casemate.authoring.query import Field
    from casemate.monitor.correlation.plain import Group
    from casemate.monitor.events.source import Body
    from casemate.monitor.matching.compiling import Folded
    from casemate.monitor.matching.slots import Slot

Taken = tuple[bytes, str, int]
"""The record, the name of its source, and the slot that it meets."""


class Sieve:
    """The matched events of one detection by group. `pattern`: one that `siftable` says yes to."""

    def __init__(self, pattern: Count | Distinct | Sequence) -> None:
        self._pattern = pattern
        self._groups: dict[Group, list[Taken]] = {}
        self._values: dict[Group, set[tuple[str, ...]]] = {}
        self._reads: dict[tuple[int, str], tuple[Callable[[Body], list[Group]], tuple[Folded, ...]]] = {}

    def take(self, slot: Slot, body: Body, record: bytes, source: str) -> None:
        """Keep an event that meets a slot of the detection."""
        reads = self._reads.get((slot.number, source))
        if reads is None:
            reads = self._reads[slot.number, source] = self._made(slot, source)
        groups, of = reads
        rows = _rows([read(body) for read in of]) if of else ()
        for group in groups(body):
            kept = self._groups.get(group)
            if kept is None:
                kept = self._groups[group] = []
            kept.append((record, source, slot.number))
            if rows:
                self._values.setdefault(group, set()).update(rows)

    def _made(self, slot: Slot, source: str) -> tuple[Callable[[Body], list[Group]], tuple[Folded, ...]]:
        fields: tuple[Field, ...] = self._pattern.of if isinstance(self._pattern, Distinct) else ()
        return groups_of_body(slot.stage.by, source), tuple(folded(one, fields_of(source)) for one in fields)

    def left(self, stage_of: Callable[[int], int]) -> Iterator[tuple[dict[str, object], bytes, str, int]]:
        """Body, record, source and slot of what must be looked at. `stage_of`: from a slot to its stage's index."""
        for group, kept in self._groups.items():
            if self._can(group, kept, stage_of):
                for record, source, slot in kept:
                    yield loads(record), record, source, slot

    def _can(self, group: Group, kept: list[Taken], stage_of: Callable[[int], int]) -> bool:
        pattern = self._pattern
        if isinstance(pattern, Sequence):
            there = {stage_of(slot) for slot in {slot for _, _, slot in kept}}
            return any(there.issuperset(way.stages) for way in ways_of(pattern))
        found = len(self._values.get(group, ())) if isinstance(pattern, Distinct) else len(kept)
        return found >= _least(pattern.condition)


def _rows(values: list[str | tuple[str, ...] | None]) -> tuple[tuple[str, ...], ...]:
    """Rows that may count: more than do where a field has several values, never fewer."""
    if len(values) == 1:
        (only,) = values
        return ((only,),) if isinstance(only, str) else tuple((one,) for one in only or ())
    rows: list[tuple[str, ...]] = [()]
    for value in values:
        rows = [(*row, one) for row in rows for one in ((value,) if isinstance(value, str) else value or ())]
    return tuple(rows)


def _least(condition: Condition) -> int:
    return max((ceil(number) if word == "gte" else floor(number) + 1 for word, number in condition), default=0)


def siftable(pattern: Pattern) -> bool:
    """Whether a group's events alone can tell that it never completes the pattern."""
    return (
        isinstance(pattern, Count | Distinct | Sequence)
        and is_monotone(pattern)
        and not any(isinstance(stage.where, Pattern) for stage in pattern.stages)
    )


def sieve_of(pattern: Pattern) -> Sieve | None:
    """A sieve for the pattern, where there is one."""
    return Sieve(pattern) if isinstance(pattern, Count | Distinct | Sequence) and siftable(pattern) else None
