"""From completions of a pattern to alerts: one a group and period, with what helps the reader."""

from __future__ import annotations

from collections import defaultdict
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from casemate.authoring.query import Field
from casemate.model.alert import KEPT_EVENTS, Alert, alert_id
from casemate.model.event import Event
from casemate.monitor.correlation.plain import anchor, group_names
from casemate.monitor.events.registry import fields_of
from casemate.monitor.events.source import Derived
from casemate.monitor.matching.fields import Kept
from casemate.monitor.matching.values import values_of
from casemate_guard.redact import mask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from casemate.authoring.detection import Detection
    from casemate.monitor.correlation.plain import Completion, Group
    from casemate.monitor.events.source import Body, Spelling

    Tell = Callable[[Body], str | None]

_TOLD = ("actor", "session", "address", "agent", "region", "service", "action", "function", "resource", "error")
"""What an alert says of the event that completed it."""
_LONGEST = 300


def about(event: Event) -> Mapping[str, str]:
    """The fields of an event that help the reader, masked and cut."""
    body = event.body
    told = {}
    for name, tell in _telling(event.source):
        found = tell(body)
        if found is not None:
            told[name] = found
    return told


@cache
def _telling(source: str) -> tuple[tuple[str, Tell], ...]:
    spellings = fields_of(source)
    return tuple((name, _tell(Field((name,), canonical=True), spellings)) for name in _TOLD if name in spellings)


def _tell(field: Field, spellings: Mapping[str, Spelling]) -> Tell:
    """What an alert says of a field; None where it has no value."""
    spelling = spellings[field.path[0]]

    def several(body: Body) -> str | None:
        found = values_of(field, body, spellings)
        return masked(found[0] if len(found) == 1 else ", ".join(found[:5])) if found else None

    if isinstance(spelling, Derived):
        key, known = spelling.key, Kept[str, str](lambda text: masked(spelling.of(text)))

        def derived(body: Body) -> str | None:
            value = body.get(key)
            return known[value] if value.__class__ is str else several(body)

        return derived
    if not isinstance(spelling, tuple):

        def said(body: Body) -> str | None:
            value = spelling(body)
            return masked(value) if value.__class__ is str else None if value is None else several(body)

        return said
    first, rest = spelling[0], spelling[1:]

    def at_path(body: Body) -> str | None:
        value = body.get(first)
        for step in rest:
            if value.__class__ is not dict:
                break
            value = value.get(step)
        else:
            if value.__class__ is str:
                return masked(value)
        return None if value is None else several(body)

    return at_path


@lru_cache(10_000)
def masked(text: str) -> str:
    """Masked and cut; actors, agents and addresses come again and again."""
    return mask(text)[:_LONGEST]


class Gathering:
    """Completions, gathered to alerts. The result does not depend on the order in which they came."""

    def __init__(self) -> None:
        self._detections: dict[str, Detection] = {}
        self._found: dict[tuple[str, Group, str], list[Completion]] = defaultdict(list)

    def add(self, detection: Detection, found: Iterable[Completion]) -> None:
        """Take completions of a detection's pattern."""
        self._detections[detection.name] = detection
        for one in found:
            self._found[detection.name, one.group, anchor(detection.pattern, one.last)].append(one)

    def alerts(self) -> Iterator[Alert]:
        """All alerts, by time, then rule and id."""
        known = self._detections
        made = [
            alert_of(known[name], group, mark, found)
            for (name, group, mark), found in self._found.items()
            if not known[name].withheld
        ]
        return iter(sorted(made, key=lambda one: (one.time, one.rule, one.id)))


def single_alert(detection: Detection, group: Group, event: Event, mark: str) -> Alert:
    """The alert of one event. `mark`: what tells it from the next, as `anchor`."""
    return _made(detection, group, mark, event, (event.id,), 1)


def alert_of(detection: Detection, group: Group, mark: str, found: list[Completion]) -> Alert:
    """The alert of all completions of a group and period."""
    first = min(found, key=lambda one: one.last.order).last
    events = {event.key: event for one in found for point in one.points for event in point.events}
    ordered = sorted(events.values(), key=lambda event: (event.time, event.id, event.account))
    named = tuple(event.id for event in ordered[:KEPT_EVENTS])
    return _made(detection, group, mark, first.events[-1], named, len(ordered), first.time)


def alert_of_period(
    detection: Detection, group: Group, mark: str, body: Body, head: tuple[int, str, str, str], names: Sequence[str]
) -> Alert:
    """The alert of a group and period by the record that completed it. `head`: of that record; `names`: the events."""
    time, name, account, source = head
    event = Event(source, name, time, account, body)
    return _made(detection, group, mark, event, tuple(names[:KEPT_EVENTS]), len(names))


def _made(
    detection: Detection,
    group: Group,
    mark: str,
    event: Event,
    events: tuple[str, ...],
    count: int,
    time: int | None = None,
) -> Alert:
    names = group_names(detection.pattern) if group else ()
    return Alert(
        alert_id(detection.name, detection.version, group, mark),
        detection.name,
        detection.title,
        detection.severity,
        event.time if time is None else time,
        events,
        count,
        event.source,
        event.account,
        {name: masked(value) for name, value in zip(names, group, strict=False)},
        about(event),
        detection.tags,
        detection.author,
        detection.licence,
        playbook=detection.playbook,
    )
