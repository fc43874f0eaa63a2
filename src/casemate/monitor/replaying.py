"""Detections over recorded events: the same matching and correlation as in real time, with the whole record at hand."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orjson import dumps

from casemate.authoring.patterns import Each
from casemate.model.event import Event
from casemate.monitor.alerting import Gathering
from casemate.monitor.correlation.plain import Completion, Point, completions, groups_of, history
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
    from casemate.monitor.sifting import Sieve


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
    done = Replay()
    gathering = Gathering()
    kept: Kept = defaultdict(dict)
    sieves = _sieves(engine)
    end = -1
    for name, block in named:
        end = max(end, *(event.time for event in last_events(block)), -1)
        if counting:
            done.records += block.count(b"\n") + (not block.endswith(b"\n"))
        for record, numbers in engine.candidates(block):
            done.decoded += 1
            try:
                found = engine.events(record, numbers)
            except BadRecordError as error:
                if len(done.bad) < 100:
                    done.bad.append((name, error.message))
                continue
            for body, data, source, met in found:
                rest = []
                for slot in met:
                    sieve = sieves[slot]
                    if sieve is None or source is None:
                        rest.append(slot)
                    else:
                        sieve.take(engine.slots[slot], body, data, source.name)
                if rest:
                    _take(engine, event_of_record(body, data, source), rest, gathering, kept)
    _sifted(engine, sieves, kept)
    streamed: list[Alert] = []
    for number, events in kept.items():
        detection = engine.detections[number]
        if len(events) > PLAIN:
            streamed += _streamed(engine, number, events.values(), end)
            continue
        past = history((event for event, _ in events.values()), fields_of, knowledge, end)
        gathering.add(detection, completions(detection.pattern, past))
    done.alerts = sorted((*gathering.alerts(), *streamed), key=lambda one: (one.time, one.rule, one.id))
    return done


def _sieves(engine: Engine) -> list[Sieve | None]:
    """By slot, what keeps its events; one sieve a detection."""
    made = [sieve_of(detection.pattern) for detection in engine.detections]
    return [made[slot.detection] for slot in engine.slots]


def _sifted(engine: Engine, sieves: list[Sieve | None], kept: Kept) -> None:
    """What the sieves leave, among the events that windows are asked about."""
    seen: set[int] = set()
    for slot, sieve in zip(engine.slots, sieves, strict=True):
        if sieve is None or slot.detection in seen:
            continue
        seen.add(slot.detection)
        for body, record, name, number in sieve.left(lambda number: engine.slots[number].path[0]):
            event = event_of_record(body, record, by_name()[name])
            numbers = kept[slot.detection].setdefault(event.key, (event, []))[1]
            if number not in numbers:
                numbers.append(number)


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


def _take(
    engine: Engine,
    event: Event,
    met: list[int],
    gathering: Gathering,
    kept: Kept,
) -> None:
    for number in met:
        slot = engine.slots[number]
        detection = engine.detections[slot.detection]
        pattern = detection.pattern
        if isinstance(pattern, Each) and len(slot.path) == 1:
            point = Point(event.time, event.id, event.account, event.source, (event,))
            groups = groups_of(slot.stage, point, fields_of) if slot.stage.by else [()]
            if pattern.every is None:
                gathering.single(detection, groups, event)
            else:
                gathering.add(detection, (Completion(group, point, (point,)) for group in groups))
        else:
            kept[slot.detection].setdefault(event.key, (event, []))[1].append(number)
