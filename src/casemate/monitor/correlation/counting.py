"""`Each`, `Count` and `Distinct` at work.

What only grows fires at once. A new point can complete the windows of all points up to `within` after it, so those are
looked at again, as far as their period was not told. Where thousands of points come in a chunk of time, as many as the
threshold from either end of the chunk say the same as all: every window that ends or begins in the chunk sees enough of
them, and a point between them completes nothing that they do not (a chunk lies in one period).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.authoring.patterns import Count, Distinct, Each
from casemate.monitor.correlation.nodes import Budget, Completed, Kept, Node
from casemate.monitor.correlation.statistics import comparing
from casemate.monitor.correlation.timeline import Entry, Row, identity, more_of, spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.authoring.patterns import Condition
    from casemate.monitor.correlation.plain import Group

_SLACK = 64


class EachNode(Node):
    """Every point is a completion; with `every`, one a period."""

    pattern: Each

    def __init__(self, pattern: Each, path: str, budget: Budget, delay: int, *, root: bool) -> None:
        super().__init__(pattern, path, budget, delay, root=root)
        self.width = self.period or self.width

    def take(self, stage: int, group: Group, entry: Entry) -> Iterable[Completed]:
        """The point is one."""
        if self.period is None:
            return ((group, entry, [entry]),)
        if entry[0] < 0:
            return ()
        kept = self.groups.get(group)
        if kept is not None and self.is_told(kept, entry[0]):
            return ()
        kept = self.insert(group, stage, entry)
        if kept is None or not self.tell(group, kept, entry[0]):
            return () if self.root else ((group, entry, [entry]),)
        return ((group, entry, [entry]),)


class CountNode(Node):
    """How many points, of any stage. `nested`: completions of one inner alert count once."""

    pattern: Count

    def __init__(self, pattern: Count, path: str, budget: Budget, delay: int, *, root: bool, nested: bool) -> None:
        super().__init__(pattern, path, budget, delay, root=root)
        self._meets = comparing(pattern.condition)
        self._nested = nested
        self._enough = _threshold(pattern.condition) if root and not nested and self.aligned else None

    def take(self, stage: int, group: Group, entry: Entry) -> Iterable[Completed]:
        """What the point completes."""
        del stage
        kept = self.insert(group, 0, entry)
        if kept is None or not self.early:
            return ()
        time = entry[0]
        line = kept.lines[0]
        if self.root and not self._nested and time == line.latest:
            found = self._newest(group, kept, entry)
        else:
            if kept.inside >= 0 and kept.low <= time:
                kept.inside += 1
            last = min(time + self.within, line.latest)
            # No window in reach sees more than all of them together: mostly the end of it.
            reach = self._meets(line.count(time - self.within, last))
            found = list(self._completed(group, kept, time, last)) if reach else []
        self._thin(kept, time)
        return found

    def _newest(self, group: Group, kept: Kept, entry: Entry) -> list[Completed]:
        """The window that ends at the latest point is kept counted, as long as its period was not told."""
        time = entry[0]
        if self.is_told(kept, time):
            kept.inside = -1
            return []
        line = kept.lines[0]
        low = time - self.within
        if kept.inside < 0:
            kept.inside = line.count(low, time)
        else:
            kept.inside += 1
            if low > kept.low:
                kept.inside -= line.count(kept.low, low - 1)
        kept.low = low
        if not self._meets(kept.inside):
            return []
        self.tell(group, kept, time)
        return [(group, entry, line.between(low, time))]

    def settle(self, group: Group, kept: Kept, since: int, until: int) -> Iterable[Completed]:
        """All that the points of this time complete."""
        return self._completed(group, kept, since, until - 1)

    def _completed(self, group: Group, kept: Kept, since: int, last: int) -> Iterator[Completed]:
        if self.root and self.period is not None and _all_told(kept, self.period, since, last):
            return
        entries = kept.lines[0].between(since - self.within, last)
        for start, at, stop in spans(entries, self.within, since):
            if self.is_told(kept, entries[at][0]):
                continue
            size = len({identity(one) for one in entries[start:stop]}) if self._nested else stop - start
            if not self._meets(size):
                continue
            if self.root:
                self.tell(group, kept, entries[at][0])
                yield group, entries[at], entries[start:stop]
            else:
                for number in range(at, stop):
                    yield group, entries[number], entries[start:stop]

    def _thin(self, kept: Kept, time: int) -> None:
        if self._enough is None:
            return
        number = time // self.width
        chunk = kept.lines[0].chunks.get(number, [])
        if len(chunk) > 4 * self._enough + _SLACK:
            self.thinned(kept, 0, number, chunk[: self._enough] + chunk[-self._enough :])
            kept.inside = -1


def _all_told(kept: Kept, period: int, since: int, last: int) -> bool:
    first, final = since // period, last // period
    return final - first < len(kept.told) and all(mark in kept.told for mark in range(first, final + 1))


def _threshold(condition: Condition) -> int | None:
    """How many are enough; None where more can be too many."""
    if not all(word in {"gt", "gte"} for word, _ in condition):
        return None
    return max(1, *(int(number) + 1 for _, number in condition))


class DistinctNode(Node):
    """How many different rows. Points without one are not kept."""

    pattern: Distinct

    def __init__(self, pattern: Distinct, path: str, budget: Budget, delay: int, *, root: bool) -> None:
        super().__init__(pattern, path, budget, delay, root=root)
        self._meets = comparing(pattern.condition)
        self._enough = _threshold(pattern.condition) if root and self.aligned else None

    def take(self, stage: int, group: Group, entry: Entry) -> Iterable[Completed]:
        """What the point completes."""
        del stage
        if not more_of(entry).rows:
            return ()
        kept = self.insert(group, 0, entry)
        if kept is None or not self.early:
            return ()
        time = entry[0]
        every = kept.every
        if every is None:
            every = kept.every = {
                row for chunk in kept.lines[0].chunks.values() for one in chunk for row in more_of(one).rows
            }
        else:
            every.update(more_of(entry).rows)
        found: list[Completed] = []
        if not self._meets(len(every)):
            kept.counts = None  # no window has more rows than the group
        elif self.root and time == kept.lines[0].latest:
            found = self._newest(group, kept, entry)
        else:
            if kept.counts is not None and kept.low <= time:
                _add(kept.counts, more_of(entry).rows)
            found = list(self._completed(group, kept, time, min(time + self.within, kept.lines[0].latest)))
        self._thin(kept, time)
        return found

    def _newest(self, group: Group, kept: Kept, entry: Entry) -> list[Completed]:
        """The window that ends at the latest point is kept counted."""
        time = entry[0]
        if self.is_told(kept, time):
            kept.counts = None
            return []
        line = kept.lines[0]
        low = time - self.within
        if kept.counts is None:
            kept.counts = {}
            for one in line.between(low, time):
                _add(kept.counts, more_of(one).rows)
        else:
            _add(kept.counts, more_of(entry).rows)
            if low > kept.low:
                for one in line.between(kept.low, low - 1):
                    _remove(kept.counts, more_of(one).rows)
        kept.low = low
        if not self._meets(len(kept.counts)):
            return []
        self.tell(group, kept, time)
        return [(group, entry, line.between(low, time))]

    def settle(self, group: Group, kept: Kept, since: int, until: int) -> Iterable[Completed]:
        """All that the points of this time complete."""
        return self._completed(group, kept, since, until - 1)

    def _completed(self, group: Group, kept: Kept, since: int, last: int) -> Iterator[Completed]:
        if self.root and self.period is not None and _all_told(kept, self.period, since, last):
            return
        entries = kept.lines[0].between(since - self.within, last)
        # No window sees more rows than all of them together: mostly the end of it.
        if self.early and not self._meets(len({row for one in entries for row in more_of(one).rows})):
            return
        counts: dict[Row, int] = {}
        low = high = 0
        for start, at, stop in spans(entries, self.within, since):
            for one in entries[high:stop]:
                _add(counts, more_of(one).rows)
            for one in entries[low:start]:
                _remove(counts, more_of(one).rows)
            low, high = start, stop
            if self.is_told(kept, entries[at][0]) or not self._meets(len(counts)):
                continue
            if self.root:
                self.tell(group, kept, entries[at][0])
                yield group, entries[at], entries[start:stop]
            else:
                for number in range(at, stop):
                    yield group, entries[number], entries[start:stop]

    def _thin(self, kept: Kept, time: int) -> None:
        """Keep the first points of the rows that come first, and the last of those that are there last."""
        if self._enough is None:
            return
        number = time // self.width
        chunk = kept.lines[0].chunks.get(number, [])
        if len(chunk) <= 4 * self._enough + _SLACK:
            return
        chosen = _firsts(chunk, self._enough) | _firsts(chunk[::-1], self._enough)
        thin = [one for one in chunk if one[:4] in chosen]
        if 2 * len(thin) <= len(chunk):
            self.thinned(kept, 0, number, thin)
            kept.counts = None


def _firsts(chunk: list[Entry], enough: int) -> set[tuple[int, str, str, str]]:
    rows: set[Row] = set()
    found: set[tuple[int, str, str, str]] = set()
    for one in chunk:
        if not rows.issuperset(more_of(one).rows):
            rows.update(more_of(one).rows)
            found.add(one[:4])
            if len(rows) >= enough:
                break
    return found


def _add(counts: dict[Row, int], rows: tuple[Row, ...]) -> None:
    for row in rows:
        counts[row] = counts.get(row, 0) + 1


def _remove(counts: dict[Row, int], rows: tuple[Row, ...]) -> None:
    for row in rows:
        if counts[row] == 1:
            del counts[row]
        else:
            counts[row] -= 1
