"""Detections over recorded events: the same matching and correlation as in real time, with the whole record at hand."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orjson import dumps

from casemate.model.event import Event
from casemate.monitor.alerting import Gathering
from casemate.monitor.collecting import uncollected
from casemate.monitor.correlation.plain import completions, history
from casemate.monitor.events.decoding import UNKNOWN_SOURCE, BadRecordError, decode
from casemate.monitor.events.envelopes import unwrap
from casemate.monitor.events.registry import by_name, fields_of
from casemate.monitor.matching.engine import Engine, event_id
from casemate.monitor.reading import blocks
from casemate.monitor.sifting import sieve_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from casemate.authoring.detection import Detection
    from casemate.model.alert import Alert
    from casemate.monitor.events.source import Body, Source
    from casemate.monitor.knowledge import Knowledge
    from casemate.monitor.sifting import Head, Take


Kept = dict[int, dict[tuple[str, str, str], tuple[Event, list[int]]]]
"""Detection -> event -> the slots of the detection that it meets."""
PLAIN = 200
"""Matched events of a detection up to which its windows are evaluated from their definition."""


@dataclass(slots=True)
class Replay:
    """What came of it.

    `records`: seen; `decoded`: those that a literal of some detection stood in. `bad`: (file, reason) of records that
    are no events, the first hundred of the decoded ones.
    """

    alerts: list[Alert] = field(default_factory=list)
    records: int = 0
    decoded: int = 0
    bad: list[tuple[str, str]] = field(default_factory=list)


def replay(
    files: Iterable[str],
    detections: Sequence[Detection],
    knowledge: Knowledge,
    *,
    portable: bool = False,
    counting: bool = True,
) -> Replay:
    """Run detections over files. Raises `UsageError` for a file that cannot be read.

    `counting`: count the records, which costs as much as half the search.
    """
    named = ((name, block) for name in files for block in blocks(name))
    return replay_blocks(named, detections, knowledge, portable=portable, counting=counting)


def replay_blocks(
    named: Iterable[tuple[str, bytes]],
    detections: Sequence[Detection],
    knowledge: Knowledge,
    *,
    portable: bool = False,
    counting: bool = True,
) -> Replay:
    """Run detections over blocks of records, one a line, with the name of where each is from."""
    engine = Engine(detections, knowledge, portable=portable)
    with uncollected():
        return _replayed(engine, named, knowledge, counting=counting)


def _replayed(engine: Engine, named: Iterable[tuple[str, bytes]], knowledge: Knowledge, *, counting: bool) -> Replay:
    done = Replay()
    taking = _Taking(engine)
    end = -1
    for name, block in named:
        end = max(end, *(event.time for event in last_events(block)), -1)
        if counting:
            done.records += lines_of(block)
        for record, asked in engine.candidates(block):
            done.decoded += 1
            try:
                if asked is not None:
                    body, source, met = engine.one(record, asked)
                    if met:
                        taking.take(body, record, source, met)
                    continue
                found = engine.events(record)
            except BadRecordError as error:
                if len(done.bad) < 100:
                    done.bad.append((name, error.message))
                continue
            for body, data, source, met in found:
                if met:
                    taking.take(body, data, source, met)
    taking.sift()
    gathering = Gathering()
    streamed: list[Alert] = []
    for number, events in taking.kept.items():
        detection = engine.detections[number]
        if len(events) > PLAIN:
            streamed += _streamed(engine, number, events.values(), end)
            continue
        past = history((event for event, _ in events.values()), fields_of, knowledge, end)
        gathering.add(detection, completions(detection.pattern, past))
    every = {alert.id: alert for alert in (*gathering.alerts(), *taking.sifted(), *streamed)}
    done.alerts = sorted(every.values(), key=lambda one: (one.time, one.rule, one.id))
    return done


def lines_of(block: bytes) -> int:
    """How many lines a block has. `bytes.count` looks at every byte; from one end to the next is quicker."""
    found, at, find = 0, -1, block.find
    while (at := find(b"\n", at + 1)) >= 0:
        found += 1
    return found + (not block.endswith(b"\n"))


class _Taking:
    """Where the events go that meet something."""

    def __init__(self, engine: Engine) -> None:
        self.kept: Kept = defaultdict(dict)
        self._engine = engine
        self._sieves = [None if detection.withheld else sieve_of(detection) for detection in engine.detections]
        self._takes: dict[str, list[Take | None]] = {}

    def take(self, body: Body, record: bytes, source: Source | None, met: list[int]) -> None:
        """Keep an event for the slots that it meets."""
        if source is not None:
            takes = self._takes.get(source.name)
            if takes is None:
                takes = self._takes[source.name] = self._made(source.name)
            head: Head | None = None
            rest = []
            for slot in met:
                take = takes[slot]
                if take is None:
                    rest.append(slot)
                    continue
                if head is None:
                    name = source.id(body)
                    if name.__class__ is not str or name == "":
                        name = event_id(body, record, source)
                    head = (source.time(body), name, source.account(body), source.name)
                take(body, record, head)
            if not rest:
                return
            met = rest
        event = event_of_record(body, record, source)
        for slot in met:
            number = self._engine.slots[slot].detection
            self.kept[number].setdefault(event.key, (event, []))[1].append(slot)

    def _made(self, source: str) -> list[Take | None]:
        """By slot, what keeps its events of a source; None where no sieve does."""
        return [
            None if (sieve := self._sieves[slot.detection]) is None else sieve.taking(slot, source)
            for slot in self._engine.slots
        ]

    def sift(self) -> None:
        """What the sieves of sequences leave, among the events that windows are asked about."""
        for number, sieve in enumerate(self._sieves):
            if sieve is None:
                continue
            for body, record, source, slot in sieve.left(lambda slot: self._engine.slots[slot].path[0]):
                event = event_of_record(body, record, by_name()[source])
                numbers = self.kept[number].setdefault(event.key, (event, []))[1]
                if slot not in numbers:
                    numbers.append(slot)

    def sifted(self) -> Iterator[Alert]:
        """The alerts of the counts."""
        for sieve in self._sieves:
            if sieve is not None:
                yield from sieve.alerts()


def last_events(block: bytes) -> list[Event]:
    """The last record of a block, decoded: how far its source has come, though no detection asks for the record."""
    stop = len(block)
    while stop and block[stop - 1] == 0x0A:
        stop -= 1
    line = block[block.rfind(b"\n", 0, stop) + 1 : stop]
    try:
        return [decode(one if isinstance(one, bytes) else dumps(one)) for one in unwrap(line)]
    except BadRecordError:
        return []


def _streamed(engine: Engine, number: int, events: Iterable[tuple[Event, list[int]]], end: int) -> Iterator[Alert]:
    """What the oracle would say, by the state that real time uses: not quadratic in the events of a group.

    The alerts are the same; each names the events that completed it first, not all of its period.
    """
    from casemate.monitor.correlation.state import State

    detection = engine.detections[number]
    state = State((detection,), limit=10_000_000)
    told: dict[str, Alert] = {}
    marks: dict[tuple[str, str], int] = {}
    for event, met in sorted(events, key=lambda one: (one[0].time, one[0].id, one[0].account)):
        marks[event.source, event.account] = event.time
        for slot in met:
            for alert in state.feed(0, engine.slots[slot].path, event):
                told.setdefault(alert.id, alert)
    for alert in (*state.advance(marks), *state.finish(end)):
        told.setdefault(alert.id, alert)
    yield from told.values()


def event_of_record(body: Body, record: bytes, source: Source | None) -> Event:
    """A decoded record as an event. `record`: its bytes, for the id of one that has none."""
    if source is None:
        return Event(UNKNOWN_SOURCE, event_id(body, record, None), -1, "", body)
    return Event(source.name, event_id(body, record, source), source.time(body), source.account(body), body)
