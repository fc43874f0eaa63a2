"""Windows over a whole record: what the oracle says of `Count` and `Distinct`, in the time that sorting takes.

With all events at hand nothing has to be kept in order while it comes. A matched event is a short tuple in the list of
its group: when and what it was, the bytes that it came in, and what is counted of it. A list that is too short for the
condition is never looked at again, and only the event that an alert speaks of is decoded a second time. Of a sequence
that needs stages which a group never shows, the events are left out in the same way; the rest is for the oracle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import ceil, floor
from typing import TYPE_CHECKING

from orjson import loads

from casemate.authoring.patterns import Count, Distinct, Each, Pattern, Sequence, is_monotone, stages_of, ways_of
from casemate.monitor.alerting import alert_of_period
from casemate.monitor.correlation.plain import period_of
from casemate.monitor.correlation.points import groups_of_body, rows_of_body
from casemate.monitor.correlation.timeline import Row
from casemate.monitor.events.source import Body

if TYPE_CHECKING:
    from casemate.authoring.detection import Detection
    from casemate.authoring.patterns import Condition
    from casemate.model.alert import Alert
    from casemate.monitor.correlation.plain import Group
    from casemate.monitor.matching.slots import Slot

Head = tuple[int, str, str, str]
"""Time, id, account and source of an event: its place in the order of points."""
Taken = tuple[int, str, str, str, bytes, int, tuple[Row, ...]]
"""A head, the record, the slot that it meets, and the rows that it counts with."""
Take = Callable[[Body, bytes, Head], None]
"""Keeps an event that meets a slot."""


class Sieve:
    """The matched events of one detection by group. `detection`: one whose pattern `siftable` says yes to."""

    def __init__(self, detection: Detection) -> None:
        pattern = detection.pattern
        assert isinstance(pattern, Each | Count | Distinct | Sequence)  # noqa: S101 - `siftable`
        self._detection = detection
        self._pattern = pattern
        self._groups: dict[Group, list[Taken]] = {}
        self._single: dict[tuple[Group, str, str], Alert] = {}

    def taking(self, slot: Slot, source: str) -> Take:
        """What keeps the events of a source that meet a slot of the detection."""
        groups_of = groups_of_body(slot.stage.by, source)
        rows_of = rows_of_body(self._pattern.of, source) if isinstance(self._pattern, Distinct) else None
        groups, number, nothing = self._groups, slot.number, ()
        single = self._one_each(groups_of)
        if isinstance(self._pattern, Each) and self._pattern.every is None:
            return single
        timeless = single if isinstance(self._pattern, Each) else None

        def take(body: Body, record: bytes, head: Head) -> None:
            if head[0] < 0:  # in no window
                if timeless is not None:
                    timeless(body, record, head)
                return
            if rows_of is None:
                taken: Taken = (*head, record, number, nothing)
            else:
                rows = rows_of(body)
                if not rows:
                    return
                taken = (*head, record, number, rows)
            for group in groups_of(body):
                kept = groups.get(group)
                if kept is None:
                    groups[group] = [taken]
                else:
                    kept.append(taken)

        return take

    def _one_each(self, groups_of: Callable[[Body], list[Group]]) -> Take:
        """Every event is an alert, made at once: its record need not be kept."""
        detection, made = self._detection, self._single

        def take(body: Body, _record: bytes, head: Head) -> None:
            _, name, account, _ = head
            for group in groups_of(body):
                if (group, account, name) not in made:
                    mark = f"{account}/{name}"
                    made[group, account, name] = alert_of_period(detection, group, mark, body, head, (name,))

        return take

    def alerts(self) -> Iterator[Alert]:
        """The alerts, as the oracle would give them; of a sequence none."""
        yield from self._single.values()
        pattern = self._pattern
        if isinstance(pattern, Sequence):
            return
        least = least_of(pattern.condition) if not isinstance(pattern, Each) else 1
        for group, kept in self._groups.items():
            if len(kept) < least and isinstance(pattern, Count):
                continue
            yield from self._alerts(group, kept, least)

    def _alerts(self, group: Group, kept: list[Taken], least: int) -> Iterator[Alert]:
        pattern = self._pattern
        counted = isinstance(pattern, Distinct)
        if counted and _fewer(kept, least):
            return
        once: dict[tuple[str, str, str], Taken] = {}
        for taken in kept:
            once.setdefault(taken[1:4], taken)
        points = sorted(once.values(), key=_order)
        period = period_of(pattern)
        assert period is not None  # noqa: S101 - a count has at least its window; the rest are single
        within = 0 if isinstance(pattern, Each) else pattern.within
        spans = _rich if counted else _full
        periods: dict[int, list[tuple[int, int, int]]] = {}
        for span in spans(points, within, least):
            periods.setdefault(points[span[1]][0] // period, []).append(span)
        for mark, found in periods.items():
            first = points[found[0][1]]
            parts: list[Taken] = []
            high = 0
            for start, _, stop in found:
                parts += points[max(start, high) : stop]
                high = stop
            names = [one[1] for one in parts]
            yield alert_of_period(self._detection, group, str(mark), loads(first[4]), first[:4], names)

    def left(self, stage_of: Callable[[int], int]) -> Iterator[tuple[dict[str, object], bytes, str, int]]:
        """Body, record, source and slot of what a sequence has to look at. `stage_of`: from a slot to its stage."""
        pattern = self._pattern
        if not isinstance(pattern, Sequence):
            return
        for kept in self._groups.values():
            there = {stage_of(slot) for slot in {one[5] for one in kept}}
            if any(there.issuperset(way.stages) for way in ways_of(pattern)):
                for _, _, _, source, record, slot, _ in kept:
                    yield loads(record), record, source, slot


def _order(taken: Taken) -> Head:
    return taken[:4]


def _fewer(kept: list[Taken], least: int) -> bool:
    """Whether there are fewer rows than a window would need."""
    seen: set[Row] = set()
    for taken in kept:
        seen.update(taken[6])
        if len(seen) >= least:
            return False
    return True


def _full(points: list[Taken], within: int, least: int) -> Iterator[tuple[int, int, int]]:
    """The windows with enough points: start, the first of the points of its last time, end, as indexes."""
    times = [point[0] for point in points]
    start = at = 0
    size = len(times)
    while at < size:
        time = times[at]
        stop = at + 1
        while stop < size and times[stop] == time:
            stop += 1
        while times[start] < time - within:
            start += 1
        if stop - start >= least:
            yield start, at, stop
        at = stop


def _rich(points: list[Taken], within: int, least: int) -> Iterator[tuple[int, int, int]]:
    """The windows with enough different rows, as `_full`."""
    counts: dict[Row, int] = {}
    start = at = 0
    size = len(points)
    while at < size:
        time = points[at][0]
        stop = at
        while stop < size and points[stop][0] == time:
            for row in points[stop][6]:
                counts[row] = counts.get(row, 0) + 1
            stop += 1
        while points[start][0] < time - within:
            for row in points[start][6]:
                left = counts[row] - 1
                if left:
                    counts[row] = left
                else:
                    del counts[row]
            start += 1
        if len(counts) >= least:
            yield start, at, stop
        at = stop


def least_of(condition: Condition) -> int:
    """The smallest number that meets a condition of `gte` and `gt`; at least 1, as an empty window ends nowhere."""
    return max([1, *(ceil(number) if word == "gte" else floor(number) + 1 for word, number in condition)])


def siftable(pattern: Pattern) -> bool:
    """Whether a group's events alone can tell that it never completes the pattern."""
    return (
        isinstance(pattern, Each | Count | Distinct | Sequence)
        and is_monotone(pattern)
        and not any(isinstance(stage.where, Pattern) for stage in stages_of(pattern))
    )


def sieve_of(detection: Detection) -> Sieve | None:
    """A sieve for the detection, where there is one."""
    return Sieve(detection) if siftable(detection.pattern) else None
