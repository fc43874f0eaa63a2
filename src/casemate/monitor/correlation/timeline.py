"""What is kept of a group's events: sorted, in chunks of time, so that counting, writing and forgetting are cheap."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from math import gcd
from typing import NamedTuple

Row = tuple[str, ...]
Told = tuple[tuple[str, str], ...]
"""`Alert.about`, as pairs."""
Behind = tuple[tuple[int, str, str], ...]
"""Events behind a point: time, id, account."""
Values = tuple[tuple[str, ...] | None, ...]
"""The values of some fields; `None` where an inner group gives it."""


class More(NamedTuple):
    """What a point of a plain count does not need.

    `rows`: of `Distinct` and `FirstSeen`; `numbers`: of a `Statistic`; `levels`: for each pattern above, what groups
    there and what is counted there; `alert`, `behind`: of an inner point; `told`: of one that may alert long after it
    came.
    """

    rows: tuple[Row, ...] = ()
    numbers: tuple[float, ...] = ()
    levels: tuple[tuple[Values, Values], ...] = ()
    alert: str = ""
    behind: Behind = ()
    told: Told = ()


NOTHING_MORE = More()
Entry = tuple[int, str, str, str, More | None]
"""Time, id, account, source (the order of points), and more where something needs it."""


def more_of(entry: Entry) -> More:
    """What more is kept of a point."""
    return entry[4] or NOTHING_MORE


def identity(entry: Entry) -> tuple[str, ...]:
    """What a point counts as: all completions of one inner alert are one thing."""
    more = entry[4]
    return (more.alert,) if more is not None and more.alert else entry[1:4]


def behind(entries: Iterable[Entry]) -> list[tuple[int, str, str]]:
    """The events behind some points, each once, by time."""
    found: set[tuple[int, str, str]] = set()
    for entry in entries:
        more = entry[4]
        if more is not None and more.alert:
            found.update(more.behind)
        else:
            found.add(entry[:3])
    return sorted(found)


def width_for(within: int, period: int | None) -> tuple[int, bool]:
    """How long a chunk is, and whether each lies in one period, so that it may be thinned out."""
    target = max(1, within // 8)
    if period is None:
        return target, False
    shared = gcd(within, period)
    for parts in range(1, 65):
        if shared % parts == 0 and shared // parts <= target and within // (shared // parts) <= 64:
            return shared // parts, True
    return target, False


class Timeline:
    """Points in order. Chunks are sorted lists by their number, `time // width`."""

    __slots__ = ("chunks", "latest", "width")

    def __init__(self, width: int) -> None:
        self.width = width
        self.chunks: dict[int, list[Entry]] = {}
        self.latest = -1

    def insert(self, entry: Entry) -> int:
        """Take a point: 0 where it is there already, 1, or 2 where it begins a chunk."""
        time = entry[0]
        if time > self.latest:  # noqa: PLR1730 - `max` costs more than all the rest
            self.latest = time
        chunk = self.chunks.get(time // self.width)
        if chunk is None:
            self.chunks[time // self.width] = [entry]
            return 2
        if chunk[-1][0] < time:
            chunk.append(entry)
            return 1
        place = bisect_left(chunk, entry[:4])
        if place < len(chunk) and chunk[place][:4] == entry[:4]:
            return 0
        chunk.insert(place, entry)
        return 1

    def count(self, low: int, high: int) -> int:
        """How many points from `low` to `high`, both included."""
        first, last = low // self.width, min(high, self.latest) // self.width
        found = 0
        get = self.chunks.get
        for number in range(first, last + 1):
            chunk = get(number)
            if chunk is None:
                continue
            found += len(chunk)
            if number == first and chunk[0][0] < low:
                found -= bisect_left(chunk, (low,))
            if number == last and chunk[-1][0] > high:
                found -= len(chunk) - bisect_left(chunk, (high + 1,))
        return found

    def between(self, low: int, high: int) -> list[Entry]:
        """The points from `low` to `high`, both included."""
        found: list[Entry] = []
        for number in self._numbers(low, high):
            chunk = self.chunks[number]
            start = bisect_left(chunk, (low,)) if chunk[0][0] < low else 0
            stop = bisect_left(chunk, (high + 1,)) if chunk[-1][0] > high else len(chunk)
            found += chunk[start:stop]
        return found

    def down(self, high: int, low: int) -> Iterator[Entry]:
        """The points from `high` back to `low`, both included."""
        for number in reversed(self._numbers(low, high)):
            for entry in reversed(self.chunks[number]):
                if entry[0] < low:
                    return
                if entry[0] <= high:
                    yield entry

    def _numbers(self, low: int, high: int) -> list[int]:
        first, last = low // self.width, min(high, self.latest) // self.width
        if last - first <= len(self.chunks):
            return [number for number in range(first, last + 1) if number in self.chunks]
        return sorted(number for number in self.chunks if first <= number <= last)


def spans(entries: list[Entry], within: int, since: int) -> Iterator[tuple[int, int, int]]:
    """For each different time from `since`: start of its window, its first point, end, as indexes of the points."""
    start = at = 0
    size = len(entries)
    while at < size:
        time = entries[at][0]
        stop = at + 1
        while stop < size and entries[stop][0] == time:
            stop += 1
        while entries[start][0] < time - within:
            start += 1
        if time >= since:
            yield start, at, stop
        at = stop
