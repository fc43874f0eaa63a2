"""`Sequence` at work: stages one after the other, or all together, in ways that may forbid others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.authoring.patterns import Sequence, Way, ways_of
from casemate.monitor.correlation.nodes import Budget, Completed, Kept, Node
from casemate.monitor.correlation.timeline import Entry, Timeline, identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.monitor.correlation.plain import Group

Used = frozenset[tuple[str, ...]]


class SequenceNode(Node):
    """A line of points for each stage; nothing is unwanted, so it fires at once."""

    pattern: Sequence

    def __init__(self, pattern: Sequence, path: str, budget: Budget, delay: int, *, root: bool) -> None:
        self.stages = len(pattern.stages)
        super().__init__(pattern, path, budget, delay, root=root)
        self._ways = ways_of(pattern)

    def take(self, stage: int, group: Group, entry: Entry) -> Iterable[Completed]:
        """What the point completes, itself or for later ones."""
        kept = self.insert(group, stage, entry)
        if kept is None:
            return ()
        time = entry[0]
        return [
            found
            for way in self._ways
            if stage in way.stages
            for found in self._completed(group, kept, way, self._lasts(kept, way, stage, entry, time + self.within))
        ]

    def _lasts(self, kept: Kept, way: Way, stage: int, entry: Entry, until: int) -> Iterable[Entry]:
        """The points that a new one may help to complete the way."""
        if not self.pattern.ordered:
            return _union(kept.lines[one].between(entry[0], until) for one in way.stages)
        last = way.stages[-1]
        if stage == last:
            return (entry,)
        line = kept.lines[last]
        return line.between(entry[0], until) if line.latest >= entry[0] else ()

    def _completed(self, group: Group, kept: Kept, way: Way, lasts: Iterable[Entry]) -> Iterator[Completed]:
        for last in lasts:
            if self.is_told(kept, last[0]):
                continue
            since = last[0] - self.within
            points = self._met(kept, way, last, since)
            if points is None:
                continue
            if self.root:
                self.tell(group, kept, last[0])
            yield group, last, points

    def _met(self, kept: Kept, way: Way, last: Entry, since: int) -> list[Entry] | None:
        lines = [kept.lines[one] for one in way.stages]
        if self.pattern.ordered:
            if not _possible(lines[:-1], last[0], since):
                return None
            chain = _chain(lines[:-1], last[0], since, frozenset({identity(last)}), len(lines))
            return None if chain is None else [*chain, last]
        if not _apart(lines, since, last[0]):
            return None
        return _union(line.between(since, last[0]) for line in lines)


class UndisturbedNode(Node):
    """A sequence with something unwanted: windows that begin with a point, told once they have passed."""

    pattern: Sequence

    def __init__(self, pattern: Sequence, path: str, budget: Budget, delay: int, *, root: bool) -> None:
        self.stages = len(pattern.stages)
        super().__init__(pattern, path, budget, delay, root=root)
        self.reach = self.within

    def take(self, stage: int, group: Group, entry: Entry) -> Iterable[Completed]:
        """Keep it."""
        self.insert(group, stage, entry)
        return ()

    def settle(self, group: Group, kept: Kept, since: int, until: int) -> Iterable[Completed]:
        """All windows that have passed."""
        first, last = max(0, since - self.within), until - 1 - self.within
        for way in ways_of(self.pattern):
            lines = [kept.lines[one] for one in way.stages]
            for start in _union(line.between(first, last) for line in (lines[:1] if self.pattern.ordered else lines)):
                end = start[0] + self.within
                if any(kept.lines[one].count(start[0], end) for one in way.without):
                    continue
                points = self._points(lines, start, end)
                if points is None or self.is_told(kept, points[-1][0]):
                    continue
                if self.root:
                    self.tell(group, kept, points[-1][0])
                yield group, points[-1], points

    def _points(self, lines: list[Timeline], start: Entry, end: int) -> list[Entry] | None:
        if self.pattern.ordered:
            windows = [line.between(start[0], end) for line in lines[1:]]
            chain = _onward(windows, start[0], frozenset({identity(start)}), len(lines)) if all(windows) else None
            return None if chain is None else [start, *chain]
        return _union(line.between(start[0], end) for line in lines) if _apart(lines, start[0], end) else None


def _onward(windows: list[list[Entry]], since: int, used: Used, width: int) -> list[Entry] | None:
    """The earliest points of other things than `used`, one a window in order; as `_chain`, the other way."""
    if not windows:
        return []
    tried: set[tuple[str, ...]] = set()
    for entry in windows[0]:
        who = identity(entry)
        if entry[0] < since or who in used or who in tried:
            continue
        rest = _onward(windows[1:], entry[0], used | {who}, width)
        if rest is not None:
            return [entry, *rest]
        tried.add(who)
        if len(tried) == width:
            break
    return None


def _union(listed: Iterable[list[Entry]]) -> list[Entry]:
    points = {entry[:4]: entry for entries in listed for entry in entries}
    return [points[order] for order in sorted(points)]


def _possible(lines: list[Timeline], until: int, since: int) -> bool:
    """Whether there is a chain at all, whoever its points are."""
    for line in reversed(lines):
        found = next(line.down(until, since), None)
        if found is None:
            return False
        until = found[0]
    return True


def _chain(lines: list[Timeline], until: int, since: int, used: Used, width: int) -> tuple[Entry, ...] | None:
    """The latest points of other things than `used`, one a line in order.

    `width`: of so many stages, so many candidates each are enough: if a chain exists, one exists of the latest.
    """
    if not lines:
        return ()
    tried: set[tuple[str, ...]] = set()
    for entry in lines[-1].down(until, since):
        who = identity(entry)
        if who in used or who in tried:
            continue
        rest = _chain(lines[:-1], entry[0], since, used | {who}, width)
        if rest is not None:
            return (*rest, entry)
        tried.add(who)
        if len(tried) == width:
            break
    return None


def _apart(lines: list[Timeline], since: int, until: int) -> bool:
    """Whether every line has a point of its own in the window: a matching, by augmenting paths."""
    choices: list[list[tuple[str, ...]]] = []
    for line in lines:
        found: dict[tuple[str, ...], None] = {}
        for entry in line.down(until, since):
            found[identity(entry)] = None
            if len(found) == len(lines):
                break
        if not found:
            return False
        choices.append(list(found))
    owner: dict[tuple[str, ...], int] = {}

    def place(number: int, asked: set[tuple[str, ...]]) -> bool:
        for one in choices[number]:
            if one not in asked:
                asked.add(one)
                if one not in owner or place(owner[one], asked):
                    owner[one] = number
                    return True
        return False

    return all(place(number, set()) for number in range(len(choices)))
