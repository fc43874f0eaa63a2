"""From completions of a pattern to alerts: one a group and period, with what helps the reader."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from casemate.authoring.query import Field
from casemate.model.alert import KEPT_EVENTS, Alert, alert_id
from casemate.monitor.correlation.plain import anchor, group_names
from casemate.monitor.events.registry import fields_of
from casemate.monitor.matching.values import values_of
from casemate_guard.redact import mask

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from casemate.authoring.detection import Detection
    from casemate.model.event import Event
    from casemate.monitor.correlation.plain import Completion, Group

_TOLD = ("actor", "session", "address", "agent", "region", "service", "action", "function", "resource", "error")
"""What an alert says of the event that completed it."""
_LONGEST = 300


def about(event: Event) -> Mapping[str, str]:
    """The fields of an event that help the reader, masked and cut."""
    spellings = fields_of(event.source)
    told = {}
    for name in _TOLD:
        found = values_of(Field((name,), canonical=True), event.body, spellings)
        if found:
            told[name] = mask(", ".join(found[:5]))[:_LONGEST]
    return told


class Gathering:
    """Completions, gathered to alerts. The result does not depend on the order in which they came."""

    def __init__(self) -> None:
        self._found: dict[tuple[Detection, Group, str], list[Completion]] = defaultdict(list)

    def add(self, detection: Detection, found: Iterable[Completion]) -> None:
        """Take completions of a detection's pattern."""
        for one in found:
            self._found[detection, one.group, anchor(detection.pattern, one.last)].append(one)

    def alerts(self) -> Iterator[Alert]:
        """All alerts, by time, then rule and id."""
        made = [alert_of(*key, found) for key, found in self._found.items() if not key[0].withheld]
        return iter(sorted(made, key=lambda one: (one.time, one.rule, one.id)))


def alert_of(detection: Detection, group: Group, mark: str, found: list[Completion]) -> Alert:
    """The alert of all completions of a group and period."""
    first = min(found, key=lambda one: one.last.order).last
    events = {event.key: event for one in found for point in one.points for event in point.events}
    ordered = sorted(events.values(), key=lambda event: (event.time, event.id, event.account))
    names = group_names(detection.pattern)
    return Alert(
        id=alert_id(detection.name, detection.version, group, mark),
        rule=detection.name,
        title=detection.title,
        severity=detection.severity,
        time=first.time,
        events=tuple(event.id for event in ordered[:KEPT_EVENTS]),
        count=len(ordered),
        source=first.source,
        account=first.account,
        group={name: mask(value)[:_LONGEST] for name, value in zip(names, group, strict=False)},
        about=about(first.events[-1]),
        tags=detection.tags,
        author=detection.author,
        licence=detection.licence,
        playbook=detection.playbook,
    )
