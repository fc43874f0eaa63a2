"""A pattern at work: its groups, what is kept of each, for how long, and how it is written down.

Each kind of pattern says, in a file of its own, what a new point completes (`take`) and what can be told only once all
is known (`settle`). Everything else is here.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from heapq import heappop, heappush
from itertools import islice, product
from math import isfinite
from typing import TYPE_CHECKING, Any
from zlib import crc32

import msgspec
import orjson

from casemate.authoring.patterns import is_monotone
from casemate.monitor.correlation.plain import Group, period_of
from casemate.monitor.correlation.timeline import Entry, More, Row, Timeline, Values, width_for
from casemate.monitor.matching.plain import MAX_ROWS

if TYPE_CHECKING:
    from casemate.authoring.patterns import Pattern

Completed = tuple[Group, Entry, list[Entry]]
"""A pattern met: by which group, with which point last, made of which points."""
SHARDS = 32
"""Parts in which what a baseline has seen is written."""
Part = tuple[int, int]
"""A part of what is kept of a group: a stage and the number of a chunk, or one of those below."""
TOLD, BASELINE, SEEN, SETTLED = -1, -2, -3, -4
_TOLD: Part = (TOLD, 0)


@dataclass(slots=True)
class Budget:
    """What a detection keeps, over all of its patterns and groups. `evicted`: what had to go before its time."""

    limit: int
    size: int = 0
    evicted: int = 0
    late: int = 0


@dataclass(slots=True)
class Kept:
    """Of one group: points by stage, the periods that were told, what changed since it was written (`recent`: last).

    `seen`, `count`, `first`: of a baseline. `counts`, `inside`, `low`: the window that ends at the latest point: rows,
    size (-1: not known), start; `every`: at least all rows of the group. Never written, made anew when it is needed.
    """

    lines: list[Timeline]
    told: set[int] = field(default_factory=set)
    dirty: set[Part] = field(default_factory=set)
    recent: Part | None = None
    seen: dict[Row, int] = field(default_factory=dict)
    count: int = 0
    first: int = -1
    counts: dict[Row, int] | None = None
    every: set[Row] | None = None
    inside: int = -1
    low: int = 0


class Node:
    """A pattern of a detection.

    `path`: where it stands in the detection's pattern. `delay`: how long after its time a point may come from a pattern
    within. `root`: its completions are alerts.
    """

    early: bool
    stages = 1
    numeric = False
    """Whether numbers of events are kept."""
    reach = 0
    """For how long after its time a point is not settled."""

    def __init__(self, pattern: Pattern, path: str, budget: Budget, delay: int, *, root: bool) -> None:
        self.pattern = pattern
        self.path = path
        self.budget = budget
        self.delay = delay
        self.root = root
        self.early = is_monotone(pattern)
        self.within: int = getattr(pattern, "within", 0)
        self.period = period_of(pattern)
        self.width, self.aligned = width_for(self.within, self.period)
        self.groups: dict[Group, Kept] = {}
        self.settled = self._written = -1
        self._calendar: defaultdict[int, set[Group]] = defaultdict(set)
        self._due: list[tuple[int, Group]] = []
        self._changed: set[Group] = set()
        self._gone: dict[Group, set[Part]] = {}
        self._start = ""

    # -- what a kind of pattern says
    def take(self, stage: int, group: Group, entry: Entry) -> Iterable[Completed]:
        """A point came."""
        raise NotImplementedError

    def settle(self, group: Group, kept: Kept, since: int, until: int) -> Iterable[Completed]:
        """All points before `until` are known, and those before `since` were already."""
        raise NotImplementedError

    # -- keeping
    def insert(self, group: Group, stage: int, entry: Entry) -> Kept | None:
        """Keep a point; None for one that is there already, or that came too late to be counted."""
        if not self.early and entry[0] + self.reach < self.settled:
            self.budget.late += 1
            return None
        kept = self.groups.get(group)
        if kept is None:
            kept = self.groups[group] = Kept([Timeline(self.width) for _ in range(self.stages)])
            kept.dirty |= self._gone.pop(group, set())
        result = kept.lines[stage].insert(entry)
        if not result:
            return None
        number = entry[0] // self.width
        if result == 2:
            self._calendar[number].add(group)
        part = (stage, number)
        if part != kept.recent:
            kept.recent = part
            kept.dirty.add(part)
            self._changed.add(group)
        self.budget.size += 1
        if not self.early:
            heappush(self._due, (entry[0] + self.reach, group))
        return kept

    def tell(self, group: Group, kept: Kept, time: int) -> bool:
        """Whether an alert of this time is a new one."""
        assert self.period is not None  # noqa: S101 - only patterns with a period ask
        mark = time // self.period
        if mark in kept.told:
            return False
        kept.told.add(mark)
        kept.dirty.add(_TOLD)
        self._changed.add(group)
        return True

    def is_told(self, kept: Kept, time: int) -> bool:
        """Whether the period of this time was told, so that nothing new can come of it."""
        return self.root and self.period is not None and time // self.period in kept.told

    def advance(self, until: int) -> Iterator[Completed]:
        """Settle what is known for certain before `until`."""
        since, until = self.settled, until - self.delay
        if until <= since or self.early:
            return
        groups: dict[Group, None] = {}
        while self._due and self._due[0][0] < until:
            groups[heappop(self._due)[1]] = None
        self.settled = until
        for group in groups:
            kept = self.groups.get(group)
            if kept is not None:
                yield from self.settle(group, kept, since, until)

    def forget(self, before: int) -> None:
        """Drop what no window can reach any more once nothing older than `before` comes."""
        horizon = before - self.within - self.delay
        for number in [number for number in self._calendar if (number + 1) * self.width <= horizon]:
            for group in self._calendar.pop(number):
                self._drop(group, number, horizon)

    def _drop(self, group: Group, number: int, horizon: int) -> None:
        kept = self.groups.get(group)
        if kept is None:
            return
        for stage, line in enumerate(kept.lines):
            chunk = line.chunks.pop(number, None)
            if chunk is not None:
                self.budget.size -= len(chunk)
                kept.dirty.add((stage, number))
        kept.counts, kept.every, kept.inside = None, None, -1
        self._changed.add(group)
        if self.period is not None:
            old = {mark for mark in kept.told if (mark + 1) * self.period <= horizon}
            if old:
                kept.told -= old
                kept.dirty.add(_TOLD)
        if not kept.seen and not kept.count and not any(line.chunks for line in kept.lines):
            self._gone.setdefault(group, set()).update((*kept.dirty, _TOLD))
            self._changed.discard(group)
            del self.groups[group]

    def shed(self, amount: int) -> None:
        """Drop so many of the oldest points before their time."""
        goal = self.budget.size - amount
        while self._calendar and self.budget.size > goal:
            number = min(self._calendar)
            halved = False
            for group in list(self._calendar[number]):
                kept = self.groups.get(group)
                for stage, line in enumerate(kept.lines if kept else ()):
                    chunk = line.chunks.get(number, [])
                    if kept is not None and len(chunk) > 1:
                        halved = True
                        self.budget.evicted += len(chunk) // 2
                        self.budget.size -= len(chunk) // 2
                        del chunk[: len(chunk) // 2]
                        kept.counts, kept.every, kept.inside = None, None, -1
                        kept.dirty.add((stage, number))
                        self._changed.add(group)
            if not halved:
                for group in self._calendar.pop(number):
                    before = self.budget.size
                    self._drop(group, number, 0)
                    self.budget.evicted += before - self.budget.size

    def thinned(self, kept: Kept, stage: int, number: int, chunk: list[Entry]) -> None:
        """Put fewer points in the place of a chunk that says the same."""
        line = kept.lines[stage]
        self.budget.size -= len(line.chunks[number]) - len(chunk)
        line.chunks[number] = chunk

    # -- writing down
    def changes(self, prefix: tuple[str, str]) -> Iterator[tuple[str, bytes | None]]:
        """What changed since the last time, by key; None for what is gone."""
        if not self._gone and not self._changed and self.settled == self._written:
            return
        start = self._start = self._start or json.dumps([*prefix, self.path])[:-1]
        for group, parts in self._gone.items():
            name = _name(group)
            for kind, number in parts:
                yield f'{start}, "{name}", {kind}, {number}]', None
        self._gone.clear()
        for group in self._changed:
            kept = self.groups.get(group)
            if kept is None:
                continue
            name = _name(group)
            for part in kept.dirty:
                value = self._part(kept, part)
                key = f'{start}, "{name}", {part[0]}, {part[1]}]'
                yield key, None if value is None else _encoded((group, value), numeric=self.numeric)
            kept.dirty.clear()
            kept.recent = None
        self._changed.clear()
        if self.settled != self._written:
            self._written = self.settled
            yield f'{start}, "{_name(())}", {SETTLED}, 0]', _encoded(((), self.settled))

    def _part(self, kept: Kept, part: Part) -> object:
        kind, number = part
        if kind == TOLD:
            return sorted(kept.told) or None
        if kind == BASELINE:
            return [kept.count, kept.first]
        if kind == SEEN:
            return [[row, time] for row, time in kept.seen.items() if shard(row) == number] or None
        return kept.lines[kind].chunks.get(number)

    def load(self, part: Part, value: bytes) -> None:
        """Take back what was written under a key."""
        listed, what = _decoded(value)
        kind, number = part
        if kind == SETTLED:
            self.settled = self._written = what
            return
        group = tuple(listed)
        kept = self.groups.get(group)
        if kept is None:
            kept = self.groups[group] = Kept([Timeline(self.width) for _ in range(self.stages)])
        if kind == TOLD:
            kept.told.update(what)
        elif kind == BASELINE:
            kept.count, kept.first = what
        elif kind == SEEN:
            kept.seen.update({tuple(row): time for row, time in what})
            self.budget.size += len(what)
        else:
            self._load_chunk(group, kept.lines[kind], number, [entry_of(one) for one in what])

    def _load_chunk(self, group: Group, line: Timeline, number: int, entries: list[Entry]) -> None:
        line.chunks[number] = entries
        line.latest = max(line.latest, entries[-1][0])
        self._calendar[number].add(group)
        self.budget.size += len(entries)
        if not self.early:
            for entry in entries:
                heappush(self._due, (entry[0] + self.reach, group))


_write = msgspec.json.Encoder().encode
"""Three times as fast as orjson where named tuples are about."""


def _encoded(value: object, *, numeric: bool = False) -> bytes:
    """As JSON. `numeric`: with numbers of events, of which infinity and the like must not become null."""
    try:
        if not numeric:
            return _write(value)
        return orjson.dumps(value, default=_plain_tuple)
    except (
        TypeError,
        UnicodeEncodeError,
    ):  # half of a surrogate pair, out of JSON within JSON; a number that JSON has not
        return json.dumps(value).encode()


def _plain_tuple(value: object) -> tuple[object, ...]:
    """What orjson does not take by itself: a named tuple."""
    if not isinstance(value, More) or not all(map(isfinite, value.numbers)):
        raise TypeError
    return tuple(value)


def _decoded(value: bytes) -> tuple[list[str], Any]:
    try:
        listed, what = orjson.loads(value)
    except ValueError:
        listed, what = json.loads(value)
    return listed, what


def _name(group: Group) -> str:
    """What stands for a group in a key."""
    return blake2b("\x1f".join(group).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def shard(row: Row) -> int:
    """The part in which a row is written."""
    return crc32("\x1f".join(row).encode("utf-8", "surrogatepass")) % SHARDS


def entry_of(value: list[object]) -> Entry:
    """A point as it was written."""
    time, name, account, source, more = value
    assert isinstance(time, int)  # noqa: S101 - we wrote it
    return (time, str(name), str(account), str(source), None if more is None else More(*map(_tupled, more)))  # type: ignore[call-overload]


def _tupled(value: object) -> object:
    return tuple(map(_tupled, value)) if isinstance(value, list) else value


def rows_from(values: Values, inner: Group, inherited: tuple[int | None, ...], missing: tuple[str, ...]) -> list[Row]:
    """Every combination of values. `inherited`: which of the inner group's values stands for a field."""
    found = [(inner[at],) if at is not None else (one or missing) for one, at in zip(values, inherited, strict=True)]
    return list(islice(product(*found), MAX_ROWS))
