"""The oracle: all events of a history at hand, every pattern evaluated from its definition, nothing kept.

Quadratic in the events of a group, which is what makes it easy to believe.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product

from casemate.authoring.detection import Detection
from casemate.authoring.patterns import (
    Absence,
    Condition,
    Count,
    Distinct,
    Each,
    FirstSeen,
    Pattern,
    Sequence,
    Stage,
    Statistic,
    stages_of,
    ways_of,
)
from casemate.authoring.query import Field
from casemate.model.alert import KEPT_EVENTS, Alert, alert_id
from casemate.model.event import Event
from casemate.monitor.correlation.statistics import meets, number_of, statistic
from casemate.monitor.events.source import Spelling
from casemate.monitor.knowledge import Knowledge, fold
from casemate.monitor.matching.plain import MAX_ROWS, holds
from casemate.monitor.matching.values import values_of

Group = tuple[str, ...]
INNER = "inner"
"""Stands for the version in the id of an alert that only feeds another pattern."""


@dataclass(frozen=True, slots=True)
class Point:
    """An event as a stage sees it, or the completion of an inner pattern.

    An inner pattern stands at every event that completes it, so that what comes late only adds points. `events`: the
    events behind it, one unless it is inner. Of an inner one: `alert`: the alert that it belongs to, which is what it
    counts as; `inner`: the inner group; `face`: the event that completed it, which speaks for it otherwise.
    """

    time: int
    id: str
    account: str
    source: str
    events: tuple[Event, ...]
    alert: str = ""
    inner: tuple[tuple[Field, str], ...] = ()
    face: Event | None = None

    @property
    def order(self) -> tuple[int, str, str, str]:
        """By time; ties by name, so that the order is the same everywhere."""
        return (self.time, self.id, self.account, self.source)

    @property
    def identity(self) -> tuple[str, ...]:
        """What it counts as: two completions of one inner alert are one thing."""
        return (self.alert,) if self.alert else (self.id, self.account, self.source)

    @property
    def speaker(self) -> Event:
        """The event whose fields count."""
        return self.face or self.events[-1]


@dataclass(frozen=True, slots=True)
class Completion:
    """A pattern met: by which group, with which point last, made of which points."""

    group: Group
    last: Point
    points: tuple[Point, ...]


FieldsOf = Callable[[str], Mapping[str, Spelling]]


@dataclass(frozen=True, slots=True)
class History:
    """Distinct events, sorted; with what is needed to look at them.

    `end`: how far the history reaches, where events that meet nothing were left out.
    """

    events: tuple[Event, ...]
    fields_of: FieldsOf
    knowledge: Knowledge
    end: int = -1


def history(events: Iterable[Event], fields_of: FieldsOf, knowledge: Knowledge, end: int = -1) -> History:
    """Events without second deliveries, by time. `end`: of the last event at all, where only some are given."""
    once = {event.key: event for event in events}
    ordered = sorted(once.values(), key=lambda event: (event.time, event.id, event.account, event.source))
    return History(tuple(ordered), fields_of, knowledge, max(end, ordered[-1].time if ordered else -1))


def alerts(detection: Detection, past: History) -> list[Alert]:
    """All alerts of a detection over a history, by time."""
    return _alerts(detection, detection.pattern, past)


def _alerts(detection: Detection, pattern: Pattern, past: History) -> list[Alert]:
    periods: dict[tuple[Group, str], list[Completion]] = defaultdict(list)
    for one in completions(pattern, past):
        periods[one.group, anchor(pattern, one.last)].append(one)
    made = [_alert(detection, group, mark, found, pattern) for (group, mark), found in periods.items()]
    return sorted(made, key=lambda alert: (alert.time, alert.id))


def period_of(pattern: Pattern) -> int | None:
    """Milliseconds within which completions of a group are one alert; None: each is its own."""
    if pattern.every is not None or isinstance(pattern, Each | FirstSeen):
        return pattern.every
    return pattern.within


def anchor(pattern: Pattern, last: Point) -> str:
    """What tells one alert of a group from the next."""
    period = period_of(pattern)
    return (last.alert or f"{last.account}/{last.id}") if period is None or last.time < 0 else str(last.time // period)


def _alert(detection: Detection, group: Group, mark: str, found: list[Completion], pattern: Pattern) -> Alert:
    found = sorted(found, key=lambda one: one.last.order)
    events = {event.key: event for one in found for point in one.points for event in point.events}
    ordered = sorted(events.values(), key=lambda event: (event.time, event.id, event.account))
    last = found[0].last
    return Alert(
        id=alert_id(detection.name, detection.version, group, mark),
        rule=detection.name,
        title=detection.title,
        severity=detection.severity,
        time=last.time,
        events=tuple(event.id for event in ordered[:KEPT_EVENTS]),
        count=len(ordered),
        source=last.source,
        account=last.account,
        group=dict(zip(group_names(pattern), group, strict=False)),
        tags=detection.tags,
        author=detection.author,
        licence=detection.licence,
        playbook=detection.playbook,
    )


def group_names(pattern: Pattern) -> tuple[str, ...]:
    """What the values of a group are called: as the first stage spells them."""
    return tuple(field.name for field in first_by(pattern))


def completions(pattern: Pattern, past: History) -> list[Completion]:
    """Every way the pattern is met, each with the point that completes it."""
    match pattern:
        case Each():
            return [
                Completion(group, point, (point,))
                for group, points in _grouped(pattern.stage, past, timed=False).items()
                for point in points
            ]
        case Count():
            return _counted(pattern, past)
        case Distinct():
            return _distinct(pattern, past)
        case Sequence():
            return _sequences(pattern, past)
        case Statistic():
            return _statistics(pattern, past)
        case FirstSeen():
            return _first_seen(pattern, past)
        case Absence():
            return _absent(pattern, past)


def _points(stage: Stage, past: History) -> list[Point]:
    """The stage's points by order; an event without a time is in no window."""
    if isinstance(stage.where, Pattern):
        return _inner(stage, stage.where, past)
    return [
        Point(event.time, event.id, event.account, event.source, (event,))
        for event in past.events
        if (not stage.sources or event.source in stage.sources)
        and holds(stage.where, event, past.fields_of(event.source), past.knowledge)
    ]


def _inner(stage: Stage, pattern: Pattern, past: History) -> list[Point]:
    names = first_by(pattern)
    found: dict[tuple[Group, tuple[int, str, str, str]], Point] = {}
    for one in completions(pattern, past):
        last = one.last
        alert = alert_id(stage.name, INNER, one.group, anchor(pattern, last))
        events = {event.key: event for point in one.points for event in point.events}
        before = found.get((one.group, last.order))
        if before is not None:
            events.update({event.key: event for event in before.events})
        ordered = sorted(events.values(), key=lambda event: (event.time, event.id, event.account))
        found[one.group, last.order] = Point(
            last.time,
            f"{alert}/{last.id}",
            last.account,
            last.source,
            tuple(ordered),
            alert,
            tuple(zip(names, one.group, strict=True)),
            last.speaker,
        )
    return sorted(found.values(), key=lambda point: point.order)


def first_by(pattern: Pattern) -> tuple[Field, ...]:
    """The fields that group a pattern, as its first stage spells them."""
    return stages_of(pattern)[0].by


def rows_of(fields: tuple[Field, ...], point: Point, fields_of: FieldsOf) -> list[tuple[str, ...]]:
    """The values of several fields, folded, as tuples: every combination where a field has several values.

    Empty where one of the fields has none; one empty tuple for no fields.
    """
    found = [sorted(set(values_at(field, point, fields_of))) for field in fields]
    return list(islice(product(*found), MAX_ROWS))


def _grouped(stage: Stage, past: History, *, timed: bool = True) -> dict[Group, list[Point]]:
    """Points of a stage by group. An event without a value of a group field is in the group of `""`.

    `timed`: leave out events that do not say when they were; they are in no window.
    """
    grouped: dict[Group, list[Point]] = defaultdict(list)
    for point in _points(stage, past):
        if point.time < 0 and timed:
            continue
        for group in groups_of(stage, point, past.fields_of):
            grouped[group].append(point)
    return grouped


def groups_of(stage: Stage, point: Point, fields_of: FieldsOf) -> list[Group]:
    """The groups of a point, of every combination of values; `""` for a field without a value.

    Of an inner one a field that groups the inner pattern (as its first stage spells it) has the inner group's value.
    """
    found = [sorted(set(values_at(field, point, fields_of))) or [""] for field in stage.by]
    return list(islice(product(*found), MAX_ROWS))


def values_at(field: Field, point: Point, fields_of: FieldsOf) -> list[str]:
    """The folded values of a field of a point."""
    inner = dict(point.inner).get(field)
    if inner is not None:
        return [inner]
    event = point.speaker
    return [fold(value) for value in values_of(field, event.body, fields_of(event.source))]


def _merged(stages: tuple[Stage, ...], past: History) -> dict[Group, list[Point]]:
    merged: dict[Group, dict[tuple[int, str, str, str], Point]] = defaultdict(dict)
    for stage in stages:
        for group, points in _grouped(stage, past).items():
            merged[group].update({point.order: point for point in points})
    return {group: [points[order] for order in sorted(points)] for group, points in merged.items()}


def _window(points: list[Point], last: Point, within: int) -> tuple[Point, ...]:
    return tuple(point for point in points if last.time - within <= point.time <= last.time)


def _counted(pattern: Count, past: History) -> list[Completion]:
    met = []
    for group, points in _merged(pattern.stages, past).items():
        for last in points:
            window = _window(points, last, pattern.within)
            if meets(len({point.identity for point in window}), pattern.condition):
                met.append(Completion(group, last, window))
    return met


def _distinct(pattern: Distinct, past: History) -> list[Completion]:
    met = []
    for group, points in _merged(pattern.stages, past).items():
        rows = {point.order: set(rows_of(pattern.of, point, past.fields_of)) for point in points}
        valued = [point for point in points if rows[point.order]]
        for last in valued:
            window = _window(valued, last, pattern.within)
            if meets(len(set().union(*(rows[point.order] for point in window))), pattern.condition):
                met.append(Completion(group, last, window))
    return met


def _sequences(pattern: Sequence, past: History) -> list[Completion]:
    stages = [_grouped(stage, past) for stage in pattern.stages]
    looks_forward = any(way.without for way in ways_of(pattern))
    met: list[Completion] = []
    for way in ways_of(pattern):
        for group in sorted(set(stages[way.stages[0]]).intersection(*(stages[one] for one in way.stages[1:]))):
            lists = [stages[one][group] for one in way.stages]
            unwanted = [point for one in way.without for point in stages[one].get(group, ())]
            met += (
                _undisturbed(pattern, group, lists, unwanted, past.end)
                if looks_forward
                else _met(pattern, group, lists)
            )
    return met


def _undisturbed(
    pattern: Sequence, group: Group, lists: list[list[Point]], unwanted: list[Point], end: int
) -> Iterator[Completion]:
    every = {point.order: point for points in (lists[:1] if pattern.ordered else lists) for point in points}
    for order in sorted(every):
        start = every[order]
        until = start.time + pattern.within
        if until >= end or any(start.time <= point.time <= until for point in unwanted):
            continue
        windows = [tuple(point for point in points if start.time <= point.time <= until) for points in lists]
        if pattern.ordered:
            chain = _onward(windows[1:], start.time, frozenset({start.identity}))
            if chain is not None:
                points = (start, *chain)
                yield Completion(group, points[-1], points)
        elif all(windows) and _apart(windows):
            union = {point.order: point for window in windows for point in window}
            points = tuple(union[one] for one in sorted(union))
            yield Completion(group, points[-1], points)


def _onward(stages: list[tuple[Point, ...]], since: int, used: frozenset[tuple[str, ...]]) -> tuple[Point, ...] | None:
    """The earliest points of other things than `used`, one a stage in order, none before `since`; None: no such."""
    if not stages:
        return ()
    for point in stages[0]:
        if point.identity not in used and point.time >= since:
            rest = _onward(stages[1:], point.time, used | {point.identity})
            if rest is not None:
                return (point, *rest)
    return None


def _met(pattern: Sequence, group: Group, lists: list[list[Point]]) -> Iterator[Completion]:
    if pattern.ordered:
        for last in lists[-1]:
            chain = _chain(lists[:-1], last.time, last.time - pattern.within, frozenset({last.identity}))
            if chain is not None:
                yield Completion(group, last, (*chain, last))
        return
    every = {point.order: point for points in lists for point in points}
    for order in sorted(every):
        windows = [_window(points, every[order], pattern.within) for points in lists]
        if all(windows) and _apart(windows):
            union = {point.order: point for window in windows for point in window}
            yield Completion(group, every[order], tuple(union[one] for one in sorted(union)))


def _apart(windows: list[tuple[Point, ...]]) -> bool:
    """Whether every stage can have a point of its own (Hall's condition, by trying; stages are few)."""
    choices = [list(dict.fromkeys(point.identity for point in window))[: len(windows)] for window in windows]

    def place(number: int, used: frozenset[tuple[str, ...]]) -> bool:
        if number == len(choices):
            return True
        return any(place(number + 1, used | {one}) for one in choices[number] if one not in used)

    return place(0, frozenset())


def _chain(
    stages: list[list[Point]], until: int, since: int, used: frozenset[tuple[str, ...]]
) -> tuple[Point, ...] | None:
    """The latest points of other things than `used`, one a stage in order, from `since` to `until`; None: no such."""
    if not stages:
        return ()
    for point in reversed(stages[-1]):
        if point.identity not in used and since <= point.time <= until:
            rest = _chain(stages[:-1], point.time, since, used | {point.identity})
            if rest is not None:
                return (*rest, point)
    return None


def _statistics(pattern: Statistic, past: History) -> list[Completion]:
    met = []
    for group, points in _merged(pattern.stages, past).items():
        numbers = {
            point.order: [
                number
                for value in values_at(pattern.of, point, past.fields_of)
                if (number := number_of(value)) is not None
            ]
            for point in points
        }
        valued = [point for point in points if numbers[point.order]]
        for last in valued:
            window = _window(valued, last, pattern.within)
            every = [number for point in window for number in numbers[point.order]]
            if meets(statistic(pattern.kind, every, pattern.percentile), pattern.condition):
                met.append(Completion(group, last, window))
    return met


def _first_seen(pattern: FirstSeen, past: History) -> list[Completion]:
    met = []
    for group, points in _grouped(pattern.stage, past).items():
        seen: dict[tuple[str, ...], int] = {}
        for number, point in enumerate(points):
            rows = rows_of(pattern.of, point, past.fields_of)
            settled = number >= pattern.learn_events and point.time - points[0].time >= pattern.learn_for
            forget = pattern.forget_after
            if settled and any(
                row not in seen or (forget is not None and point.time - seen[row] > forget) for row in rows
            ):
                met.append(Completion(group, point, (point,)))
            seen.update(dict.fromkeys(rows, point.time))
    return met


def _absent(pattern: Absence, past: History) -> list[Completion]:
    """Only where the history reaches beyond the window, so that the missing event had its time to come."""
    came = _grouped(pattern.missing, past)
    return [
        Completion(group, point, (point,))
        for group, points in _grouped(pattern.after, past).items()
        for point in points
        if point.time + pattern.within < past.end
        and not any(
            point.time <= other.time <= point.time + pattern.within and other.identity != point.identity
            for other in came.get(group, ())
        )
    ]


__all__ = ["Completion", "Condition", "History", "Point", "alerts", "anchor", "completions", "history", "period_of"]
