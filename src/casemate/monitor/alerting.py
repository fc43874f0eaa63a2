"""From completions of a pattern to alerts: one a group and period, with what helps the reader."""

from __future__ import annotations

from collections import defaultdict
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from casemate.authoring.query import Field
from casemate.model.alert import KEPT_EVENTS, Alert, alert_id
from casemate.monitor.correlation.plain import anchor, group_names
from casemate.monitor.events.registry import fields_of
from casemate.monitor.matching.compiling import reader
from casemate_guard.redact import mask

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from casemate.authoring.detection import Detection
    from casemate.model.event import Event
    from casemate.monitor.correlation.plain import Completion, Group
    from casemate.monitor.matching.compiling import Read

_TOLD = ("actor", "session", "address", "agent", "region", "service", "action", "function", "resource", "error")
"""What an alert says of the event that completed it."""
_LONGEST = 300


def about(event: Event) -> Mapping[str, str]:
    """The fields of an event that help the reader, masked and cut."""
    body = event.body
    told = {}
    for name, read in _readers(event.source):
        found = read(body)
        if found:
            told[name] = masked(found[0] if len(found) == 1 else ", ".join(found[:5]))
    return told


@cache
def _readers(source: str) -> tuple[tuple[str, Read], ...]:
    spellings = fields_of(source)
    return tuple((name, reader(Field((name,), canonical=True), spellings)) for name in _TOLD if name in spellings)


@lru_cache(10_000)
def masked(text: str) -> str:
    """Masked and cut; actors, agents and addresses come again and again."""
    return mask(text)[:_LONGEST]


class Gathering:
    """Completions, gathered to alerts. The result does not depend on the order in which they came."""

    def __init__(self) -> None:
        self._detections: dict[str, Detection] = {}
        self._found: dict[tuple[str, Group, str], list[Completion]] = defaultdict(list)
        self._single: dict[tuple[str, Group, str, str], Event] = {}

    def add(self, detection: Detection, found: Iterable[Completion]) -> None:
        """Take completions of a detection's pattern."""
        self._detections[detection.name] = detection
        for one in found:
            self._found[detection.name, one.group, anchor(detection.pattern, one.last)].append(one)

    def single(self, detection: Detection, groups: Iterable[Group], event: Event) -> None:
        """Take an event that is an alert by itself: what `add` does for `Each` without a period, at less cost."""
        self._detections[detection.name] = detection
        for group in groups:
            self._single[detection.name, group, event.account, event.id] = event

    def alerts(self) -> Iterator[Alert]:
        """All alerts, by time, then rule and id."""
        known = self._detections
        made = [
            alert_of(known[name], group, mark, found)
            for (name, group, mark), found in self._found.items()
            if not known[name].withheld
        ]
        made += [
            single_alert(known[name], group, event)
            for (name, group, _, _), event in self._single.items()
            if not known[name].withheld
        ]
        return iter(sorted(made, key=lambda one: (one.time, one.rule, one.id)))


def single_alert(detection: Detection, group: Group, event: Event) -> Alert:
    """The alert of one event."""
    return _made(detection, group, f"{event.account}/{event.id}", event, (event.id,), 1)


def alert_of(detection: Detection, group: Group, mark: str, found: list[Completion]) -> Alert:
    """The alert of all completions of a group and period."""
    first = min(found, key=lambda one: one.last.order).last
    events = {event.key: event for one in found for point in one.points for event in point.events}
    ordered = sorted(events.values(), key=lambda event: (event.time, event.id, event.account))
    named = tuple(event.id for event in ordered[:KEPT_EVENTS])
    return _made(detection, group, mark, first.events[-1], named, len(ordered), first.time)


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
