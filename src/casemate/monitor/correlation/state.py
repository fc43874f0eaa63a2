"""Correlation as a stream: gives the alerts that the oracle gives, for any order, duplication and batching of events.

Time is the events' own. How far a source has come is told by `advance`; nothing older than that by more than the
lateness is expected, so windows are forgotten, and what can be unmade (absence, averages, upper bounds, baselines) is
told. What only grows is told at once. What comes later than the lateness can still complete a monotone pattern; for the
others it is counted in `late`, to be hunted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casemate.authoring.patterns import (
    HOUR,
    MINUTE,
    Absence,
    Count,
    Distinct,
    Each,
    FirstSeen,
    Pattern,
    Sequence,
    Statistic,
    is_monotone,
    stages_of,
)
from casemate.model.alert import KEPT_EVENTS, Alert, alert_id
from casemate.model.finding import MEDIUM
from casemate.monitor.alerting import about, masked
from casemate.monitor.correlation.baselines import AbsenceNode, FirstSeenNode
from casemate.monitor.correlation.counting import CountNode, DistinctNode, EachNode
from casemate.monitor.correlation.measuring import StatisticNode
from casemate.monitor.correlation.nodes import Budget, Completed, Node, rows_from
from casemate.monitor.correlation.ordering import SequenceNode, UndisturbedNode
from casemate.monitor.correlation.plain import INNER, first_by, group_names
from casemate.monitor.correlation.points import Leaf, Place, reads_of, with_counted
from casemate.monitor.correlation.timeline import Entry, More, behind, more_of

if TYPE_CHECKING:
    from casemate.authoring.detection import Detection
    from casemate.authoring.query import Field
    from casemate.model.event import Event

LATENESS = 20 * MINUTE
"""CloudTrail delivers within about 5 minutes on average and gives no bound ("How CloudTrail works")."""
IDLE = HOUR
"""So far behind the furthest of its kind, a source and account has gone quiet: it holds the others back no more."""
LIMIT = 200_000
"""Points and baseline rows that one detection keeps."""
EVICTED = "monitor-state-evicted"
"""The name of the alert that says that a detection had to forget before its time."""
_FOREVER = 1 << 62
Marks = Mapping[tuple[str, str], int]


@dataclass(slots=True)
class _Rule:
    detection: Detection
    budget: Budget
    nodes: list[Node]
    sources: list[frozenset[str]]
    reported: int = 0
    at: int = 0


class State:
    """The windows of some detections.

    `lateness`: milliseconds by which an event may come after others of its source and account. `idle`: by how much one
    source and account may be behind another before that one is waited for no longer. `limit`: what a detection keeps at
    most; beyond it the oldest goes, and an alert `monitor-state-evicted` says so.
    """

    def __init__(
        self, detections: Iterable[Detection], *, lateness: int = LATENESS, idle: int = IDLE, limit: int = LIMIT
    ) -> None:
        self.lateness = lateness
        self.idle = idle
        self._limit = limit
        self._marks: dict[tuple[str, str], int] = {}
        self._rules: list[_Rule | None] = []
        self._leaves: dict[tuple[int, tuple[int, ...]], Leaf] = {}
        self._places: dict[int, Place] = {}
        self._obsolete: set[str] = set()
        for number, detection in enumerate(detections):
            if detection.withheld:
                self._rules.append(None)
                continue
            rule = _Rule(detection, Budget(limit), [], [])
            self._rules.append(rule)
            self._build(rule, number, detection.pattern, (), None)

    # -- building
    def _build(self, rule: _Rule, number: int, pattern: Pattern, path: tuple[int, ...], above: Place | None) -> int:
        """The nodes of a pattern, inner ones first. Gives by how much its completions can come after their time."""
        delay = 0
        stages = stages_of(pattern)
        places = []
        for at, stage in enumerate(stages):
            inner = first_by(stage.where) if isinstance(stage.where, Pattern) else ()
            of = _counted(pattern)
            place = Place(
                None,  # type: ignore[arg-type] # set below, once the delays of the inner ones are known
                stage,
                at,
                tuple(inner.index(one) if one in inner else None for one in stage.by),
                tuple(inner.index(one) if one in inner else None for one in of),
                above,
                of,
            )
            places.append(place)
            if isinstance(stage.where, Pattern):
                delay = max(delay, self._build(rule, number, stage.where, (*path, at), place))
            else:
                self._leaves[number, (*path, at)] = Leaf(place, needs_more=False, tells=False, reads={})
        node = _node(pattern, ".".join(map(str, path)), rule.budget, delay, root=above is None)
        rule.nodes.append(node)
        rule.sources.append(frozenset(_sources(pattern, rule.detection)))
        for at, place in enumerate(places):
            place.node = node
            leaf = self._leaves.get((number, (*path, at)))
            if leaf is not None:
                leaf.tells = not node.early
                leaf.needs_more = leaf.tells or bool(place.of) or above is not None
        if above is not None:
            self._places[id(node)] = above
        return delay + node.reach

    # -- what comes in
    def feed(self, detection: int, path: tuple[int, ...], event: Event) -> list[Alert]:
        """An event that meets the stage at `path` of a detection (by its number). Gives the alerts that it completes.

        A second delivery changes nothing. Alerts may come again after a restart; their ids are the same.
        """
        leaf = self._leaves.get((detection, path))
        if leaf is None:
            return []
        node = leaf.place.node
        if event.time < 0 and not _is_timeless(node):
            return []
        reads = leaf.reads.get(event.source)
        if reads is None:
            reads = leaf.reads[event.source] = reads_of(leaf, event.source)
        more = reads.more(event) if reads.more is not None else None
        entry: Entry = (event.time, event.id, event.account, event.source, more)
        rule = self._rules[detection]
        assert rule is not None  # noqa: S101 - a withheld detection has no leaves
        found: list[Alert] = []
        stage = leaf.place.number
        for group in reads.groups(event.body):
            for completed in node.take(stage, group, entry):
                found += self._rise(rule, node, completed, event)
        if rule.budget.size > self._limit:
            found += self._shed(rule)
        return found

    def advance(self, marks: Marks) -> list[Alert]:
        """How far sources have come: (source, account) -> the time of the latest event. Gives what is certain by now.

        A source and account that has nothing to say holds the others back by `idle` at most, until it is retired.
        """
        moved = False
        for key, time in marks.items():
            if time > self._marks.get(key, -1):
                self._marks[key] = time
                moved = True
        return self._settle() if moved else []

    def retire(self, source: str, account: str) -> None:
        """Wait no more for this source and account."""
        self._marks.pop((source, account), None)

    def finish(self, end: int | None = None) -> list[Alert]:
        """No event comes any more: all that is left to say.

        Absence is certain only where the events reach beyond its window. `end`: the time of the last one, also of those
        that met nothing; None: how far the sources have come.
        """
        return self._settle(max(self._marks.values(), default=-1) if end is None else end)

    def _settle(self, end: int | None = None) -> list[Alert]:
        found: list[Alert] = []
        known: dict[frozenset[str], int | None] = {}
        for rule in self._rules:
            if rule is None:
                continue
            for node, sources in zip(rule.nodes, rule.sources, strict=True):
                if sources not in known:
                    known[sources] = self._mark(sources)
                mark = known[sources]
                if end is not None:
                    mark = end + node.delay if node.reach else _FOREVER
                if mark is None:
                    continue
                for completed in node.advance(mark):
                    found += self._rise(rule, node, completed, None)
            if end is None:
                for node, sources in zip(rule.nodes, rule.sources, strict=True):
                    mark = known[sources]
                    if mark is not None:
                        node.forget(mark)
        return found

    def _mark(self, sources: frozenset[str]) -> int | None:
        times = [time for (source, _), time in self._marks.items() if not sources or source in sources]
        return max(min(times), max(times) - self.idle) - self.lateness if times else None

    def _shed(self, rule: _Rule) -> list[Alert]:
        amount = max(1, self._limit // 10)
        for node in sorted(rule.nodes, key=lambda node: -len(node.groups)):
            if rule.budget.size > self._limit - amount:
                node.shed(rule.budget.size - self._limit + amount)
        if rule.budget.evicted == rule.reported:
            return []
        rule.reported = rule.budget.evicted
        hour = max(self._marks.values(), default=0) // HOUR
        if hour == rule.at:
            return []
        rule.at = hour
        detection = rule.detection
        return [
            Alert(
                alert_id(EVICTED, "1", (detection.name, detection.version), str(hour)),
                EVICTED,
                f"The monitor forgot events of {detection.title!r} before their time",
                MEDIUM,
                hour * HOUR,
                (),
                rule.budget.evicted,
                group={"rule": detection.name},
                about={"limit": str(self._limit)},
            )
        ]

    @property
    def late(self) -> Mapping[str, int]:
        """By detection, how many events came too late to be counted."""
        return {rule.detection.name: rule.budget.late for rule in self._rules if rule is not None and rule.budget.late}

    @property
    def size(self) -> int:
        """Points and rows that are kept."""
        return sum(rule.budget.size for rule in self._rules if rule is not None)

    # -- what comes out
    def _rise(self, rule: _Rule, node: Node, completed: Completed, event: Event | None) -> Iterator[Alert]:
        """A completion becomes an alert, or a point of the pattern above."""
        above = self._places.get(id(node))
        if above is None:
            yield _alert(rule.detection, node, completed, event)
            return
        group, last, entries = completed
        if last[0] < 0 and not _is_timeless(above.node):
            return
        alert = alert_id(above.stage.name, INNER, group, _anchor(node, last))
        more = more_of(last)
        by, of = more.levels[0]
        risen = with_counted(above, of, group, More((), (), more.levels[1:], alert, tuple(behind(entries)), more.told))
        entry: Entry = (last[0], f"{alert}/{last[1]}", last[2], last[3], risen)
        for outer in rows_from(by, group, above.inherited, ("",)):
            for one in above.node.take(above.number, outer, entry):
                yield from self._rise(rule, above.node, one, event)

    # -- writing down
    def changes(self) -> dict[str, bytes | None]:
        """What changed since the last call, to be written in the transaction of the batch; None: to be deleted."""
        found: dict[str, bytes | None] = dict.fromkeys(self._obsolete)
        self._obsolete.clear()
        for rule in self._rules:
            if rule is not None:
                prefix = (rule.detection.name, rule.detection.version)
                for node in rule.nodes:
                    found.update(node.changes(prefix))
        return found

    def load(self, windows: Mapping[str, bytes], marks: Marks) -> None:
        """Take back what `changes` gave over time, and how far the sources were. What no detection knows is dropped."""
        self._marks.update(marks)
        nodes = {
            (rule.detection.name, rule.detection.version, node.path): node
            for rule in self._rules
            if rule is not None
            for node in rule.nodes
        }
        for key, value in windows.items():
            name, version, path, _, kind, number = json.loads(key)
            node = nodes.get((name, version, path))
            if node is None:
                self._obsolete.add(key)
            else:
                node.load((kind, number), value)


def _counted(pattern: Pattern) -> tuple[Field, ...]:
    match pattern:
        case Distinct() | FirstSeen():
            return pattern.of
        case Statistic():
            return (pattern.of,)
        case _:
            return ()


def _sources(pattern: Pattern, detection: Detection) -> Iterator[str]:
    for stage in stages_of(pattern):
        if isinstance(stage.where, Pattern):
            yield from _sources(stage.where, detection)
        else:
            yield from stage.sources or detection.sources


def _node(pattern: Pattern, path: str, budget: Budget, delay: int, *, root: bool) -> Node:
    match pattern:
        case Each():
            return EachNode(pattern, path, budget, delay, root=root)
        case Count():
            nested = any(isinstance(stage.where, Pattern) for stage in pattern.stages)
            return CountNode(pattern, path, budget, delay, root=root, nested=nested)
        case Distinct():
            return DistinctNode(pattern, path, budget, delay, root=root)
        case Sequence():
            kind = SequenceNode if is_monotone(pattern) else UndisturbedNode
            return kind(pattern, path, budget, delay, root=root)
        case Statistic():
            return StatisticNode(pattern, path, budget, delay, root=root)
        case FirstSeen():
            return FirstSeenNode(pattern, path, budget, delay, root=root)
        case Absence():
            return AbsenceNode(pattern, path, budget, delay, root=root)


def _is_timeless(node: Node) -> bool:
    """Whether a pattern has no use for the time of its points."""
    return isinstance(node, EachNode) and node.period is None


def _anchor(node: Node, last: Entry) -> str:
    if node.period is not None:
        return str(last[0] // node.period)
    return more_of(last).alert or f"{last[2]}/{last[1]}"


def _alert(detection: Detection, node: Node, completed: Completed, event: Event | None) -> Alert:
    group, last, entries = completed
    events = behind(entries)
    told = dict(more_of(last).told)
    if not told and event is not None:
        told = dict(about(event))
    return Alert(
        alert_id(detection.name, detection.version, group, _anchor(node, last)),
        detection.name,
        detection.title,
        detection.severity,
        last[0],
        tuple(name for _, name, _ in events[:KEPT_EVENTS]),
        len(events),
        last[3],
        last[2],
        {name: masked(value) for name, value in zip(group_names(detection.pattern), group, strict=False)},
        told,
        detection.tags,
        detection.author,
        detection.licence,
        playbook=detection.playbook,
    )
