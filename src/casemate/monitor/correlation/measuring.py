"""`Statistic` at work: numbers over a sliding window, told once all of the window is known.

The sum slides exactly (as a fraction, whose nearest float is what `fsum` gives), so the result depends on nothing but
the numbers.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from fractions import Fraction
from typing import TYPE_CHECKING

from casemate.authoring.patterns import Statistic
from casemate.monitor.correlation.nodes import Budget, Completed, Kept, Node
from casemate.monitor.correlation.statistics import comparing, nearest, quantile
from casemate.monitor.correlation.timeline import Entry, more_of, spans

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.monitor.correlation.plain import Group


class StatisticNode(Node):
    """Points with numbers; those without are not kept."""

    pattern: Statistic
    numeric = True

    def __init__(self, pattern: Statistic, path: str, budget: Budget, delay: int, *, root: bool) -> None:
        super().__init__(pattern, path, budget, delay, root=root)
        self._meets = comparing(pattern.condition)

    def take(self, stage: int, group: Group, entry: Entry) -> Iterable[Completed]:
        """Keep it until its window is known."""
        del stage
        if more_of(entry).numbers:
            self.insert(group, 0, entry)
        return ()

    def settle(self, group: Group, kept: Kept, since: int, until: int) -> Iterable[Completed]:
        """All that the points of this time complete."""
        entries = kept.lines[0].between(since - self.within, until - 1)
        window = _Window(self.pattern)
        low = high = 0
        for start, at, stop in spans(entries, self.within, since):
            for one in entries[high:stop]:
                window.add(more_of(one).numbers)
            for one in entries[low:start]:
                window.remove(more_of(one).numbers)
            low, high = start, stop
            if self.is_told(kept, entries[at][0]) or not self._meets(window.value()):
                continue
            if self.root:
                self.tell(group, kept, entries[at][0])
                yield group, entries[at], entries[start:stop]
            else:
                for number in range(at, stop):
                    yield group, entries[number], entries[start:stop]


class _Window:
    """The number of a sliding window."""

    def __init__(self, pattern: Statistic) -> None:
        self._kind = pattern.kind
        percentile = pattern.percentile if pattern.kind == "percentile" else None
        self._percentile = 50.0 if percentile is None else percentile
        self._sum = Fraction(0)
        self._count = 0
        self._ordered: list[float] = []

    def add(self, numbers: tuple[float, ...]) -> None:
        for one in numbers:
            self._count += 1
            if self._kind in {"sum", "average"}:
                self._sum += Fraction(one)
            else:
                insort(self._ordered, one)

    def remove(self, numbers: tuple[float, ...]) -> None:
        for one in numbers:
            self._count -= 1
            if self._kind in {"sum", "average"}:
                self._sum -= Fraction(one)
            else:
                del self._ordered[bisect_left(self._ordered, one)]

    def value(self) -> float:
        if self._kind == "sum":
            return nearest(self._sum)
        if self._kind == "average":
            return nearest(self._sum) / self._count
        return quantile(self._ordered, self._percentile)
