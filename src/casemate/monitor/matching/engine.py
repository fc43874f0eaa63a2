"""The engine: one scan over raw bytes for necessary literals, then closures on the few records that have some.

Without hyperscan (extra `fast`) every record is decoded and an index by what was called takes the scan's place. Both
give what the plain evaluator gives; tests/monitor/test_evaluators_agree.py compares them.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from orjson import dumps, loads

from casemate.authoring.query import All, Leaf, Some, event
from casemate.monitor.events.decoding import UNKNOWN_SOURCE, BadRecordError, digest
from casemate.monitor.events.envelopes import MARKS, unwrap
from casemate.monitor.events.lines import Lines
from casemate.monitor.events.registry import fields_of, source_of
from casemate.monitor.knowledge import fold
from casemate.monitor.matching.fields import reader
from casemate.monitor.matching.literals import ESCAPES, every_literal, guess, measured, needed
from casemate.monitor.matching.slots import Slot, Tests, slots_of
from casemate.monitor.matching.values import written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from casemate.authoring.detection import Detection
    from casemate.authoring.query import Expression
    from casemate.monitor.events.source import Body, Source
    from casemate.monitor.knowledge import Knowledge
    from casemate.monitor.matching.compiling import Test
from casemate.monitor.matching.fields import Read

_EVENT_NAME = event.raw("eventName")
_event_name = reader(_EVENT_NAME, {})
SAMPLE = 2_000_000
"""Bytes of the first block from which is learned how rare each literal is."""


class Engine:
    """All expressions of some detections, ready to be asked of blocks of records.

    `knowledge`: what `Known` leaves ask. `portable`: do without hyperscan, as a machine without a wheel must.
    """

    def __init__(self, detections: Sequence[Detection], knowledge: Knowledge, *, portable: bool = False) -> None:
        self.detections = tuple(detections)
        self.slots = slots_of(self.detections)
        self.tests = Tests(self.slots, knowledge)
        self._index = _Index(self.slots)
        self._scan: _Scan | None = None
        self._portable = portable or not _has_hyperscan()
        self._lines = Lines()

    def learn(self, sample: bytes) -> None:
        """Choose the literals by how rare they are in a sample of records, one a line."""
        if self._portable:
            return
        rates = _rates({one for slot in self.slots for one in every_literal(slot.where, slot.sources)}, sample)
        self._scan = _Scan(self.slots, rates)

    def candidates(self, block: bytes) -> Iterator[tuple[bytes, Asked | None]]:
        """Records of a block (one a line) that some slots must be asked about, with the slots.

        None: what the index says. A record that is left out meets no slot.
        """
        if self._portable or block.lstrip()[:1] != b"{":
            for line in block.split(b"\n"):
                if line.strip():
                    yield line, None
            return
        if self._scan is None:
            self.learn(block[:SAMPLE])
        assert self._scan is not None  # noqa: S101 - learn has made it
        yield from self._scan.lines(block)

    def events(self, record: bytes, asked: Asked | None = None) -> list[tuple[Body, bytes, Source | None, list[int]]]:
        """The decoded record, its bytes, its source, and the slots that it meets; several where it is an envelope.

        `asked`: the slots to ask; None: what the index says. Raises `BadRecordError` for what is no JSON object.
        """
        if asked is not None:
            body, source, met = self.one(record, asked)
            return [(body, record, source, met)]
        found: list[tuple[Body, bytes, Source | None, list[int]]] = []
        for one in unwrap(record, self._lines):
            body, data = (_body(one), one) if isinstance(one, bytes) else (one, dumps(one))
            source = source_of(body)
            found.append((body, data, source, self.met(body, source)))
        return found

    def one(self, record: bytes, asked: Asked) -> tuple[Body, Source | None, list[int]]:
        """The decoded record, its source, and which of the slots to ask it meets. Raises `BadRecordError`."""
        body = _body(record)
        source = source_of(body)
        name = source.name if source is not None else UNKNOWN_SOURCE
        tests = asked.tests.get(name)
        if tests is None:
            tests = asked.tests[name] = self.tests.of(asked.numbers, name)
        return body, source, [number for number, test in tests if test(body)]

    def met(self, body: Body, source: Source | None) -> list[int]:
        """The slots that a decoded record meets."""
        name = source.name if source is not None else UNKNOWN_SOURCE
        return [number for number, test in self.tests.of(self._index.asked(body, source), name) if test(body)]


class Asked:
    """The slots that some literals stand for. `tests`: by source, those that read it with their tests."""

    __slots__ = ("numbers", "tests")

    def __init__(self, numbers: tuple[int, ...]) -> None:
        self.numbers = numbers
        self.tests: dict[str, list[tuple[int, Test]]] = {}


def _body(record: bytes) -> dict[str, object]:
    try:
        body = loads(record)
    except (ValueError, RecursionError) as error:
        raise BadRecordError(f"not JSON: {error}") from error
    if not isinstance(body, dict):
        raise BadRecordError(f"a JSON {type(body).__name__} is no record", hint="one JSON object a record")
    return body


def _has_hyperscan() -> bool:
    try:
        import hyperscan  # noqa: F401 - only whether it is there
    except ImportError:
        return False
    return True


class _Scan:
    """A caseless hyperscan database of the chosen literals, each standing for the slots that need it."""

    _WHOLE = frozenset(range(len(ESCAPES) + len(MARKS)))
    """Literals that say: look at the whole record, for it may be escaped or wrapped."""

    def __init__(self, slots: Sequence[Slot], rates: dict[str, float]) -> None:
        rate = measured(rates) if rates else guess
        masks: dict[str, set[int]] = {one: set() for one in (*ESCAPES, *(mark.decode() for mark in MARKS))}
        always = set()
        for slot in slots:
            found = needed(slot.where, slot.sources, rate)
            if found is None:
                always.add(slot.number)
                continue
            for literal in found.literals:
                masks.setdefault(literal, set()).add(slot.number)
        self.always = frozenset(always)
        self._sets = [frozenset(numbers) for numbers in masks.values()]
        self._known: dict[frozenset[int], Asked | None] = {}
        self._one = [None if number in self._WHOLE else Asked(self._union((number,))) for number in range(len(masks))]
        self._scan = _database(list(masks))

    def lines(self, block: bytes) -> Iterator[tuple[bytes, Asked | None]]:
        """The lines with a literal, in order, with the slots to ask. All lines where some slot has no literal."""
        hits: list[tuple[int, int]] = []
        self._scan(block, hits)
        if self.always:
            yield from self._every_line(block, hits)
            return
        number, total = 0, len(hits)
        find, rfind, one = block.find, block.rfind, self._one
        hits.append((len(block) + 1, 0))
        while number < total:
            end, which = hits[number]
            start = rfind(b"\n", 0, end) + 1
            stop = find(b"\n", end)
            if stop < 0:
                stop = len(block)
            number += 1
            if hits[number][0] > stop:
                yield block[start:stop], one[which]
                continue
            found = {which}
            while number < total and hits[number][0] <= stop:
                found.add(hits[number][1])
                number += 1
            yield block[start:stop], self._slots(frozenset(found))

    def _every_line(self, block: bytes, hits: list[tuple[int, int]]) -> Iterator[tuple[bytes, Asked | None]]:
        number, total, start = 0, len(hits), 0
        while start < len(block):
            stop = block.find(b"\n", start)
            if stop < 0:
                stop = len(block)
            found = set()
            while number < total and hits[number][0] <= stop:
                found.add(hits[number][1])
                number += 1
            if stop > start:
                yield block[start:stop], self._slots(frozenset(found))
            start = stop + 1

    def _slots(self, literals: frozenset[int]) -> Asked | None:
        known = self._known.get(literals)
        if known is None:
            if not self._WHOLE.isdisjoint(literals):
                return None
            if len(self._known) > 100_000:
                self._known.clear()
            known = self._known[literals] = Asked(self._union(literals))
        return known

    def _union(self, literals: Iterable[int]) -> tuple[int, ...]:
        union: set[int] = set(self.always)
        for one in literals:
            union |= self._sets[one]
        return tuple(sorted(union))


def _database(literals: list[str]) -> Callable[[bytes, list[tuple[int, int]]], None]:
    import hyperscan

    flags = hyperscan.HS_FLAG_CASELESS
    made = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    made.compile(
        expressions=[one.encode() for one in literals],
        ids=list(range(len(literals))),
        elements=len(literals),
        flags=[flags] * len(literals),
        literal=True,
    )
    scratch = hyperscan.Scratch(made)

    def scan(block: bytes, hits: list[tuple[int, int]]) -> None:
        add = hits.append

        def hit(which: int, _start: int, end: int, _flags: int, _context: object) -> None:
            add((end, which))

        made.scan(block, match_event_handler=hit, scratch=scratch)

    return scan


def _rates(literals: set[str], sample: bytes) -> dict[str, float]:
    """The share of the sample's records that hold each literal."""
    sample = sample[: sample.rfind(b"\n") + 1] or sample
    records = sample.count(b"\n") or 1
    if not literals or not sample:
        return {}
    names = sorted(literals)
    hits: list[tuple[int, int]] = []
    _database(names)(sample, hits)
    seen: Counter[int] = Counter()
    start = -1
    here: set[int] = set()
    for end, which in hits:
        line = sample.rfind(b"\n", 0, end)
        if line != start:
            seen.update(here)
            here, start = set(), line
        here.add(which)
    seen.update(here)
    return {names[which]: count / records for which, count in seen.items()}


class _Index:
    """Slots by the action that they ask for, and those that ask for none."""

    def __init__(self, slots: Sequence[Slot]) -> None:
        self._by_action: dict[str, list[int]] = {}
        self._rest: list[int] = []
        self._actions: dict[str, Read] = {}
        for slot in slots:
            actions = _actions(slot.where)
            if actions is None:
                self._rest.append(slot.number)
            else:
                for action in actions:
                    self._by_action.setdefault(action, []).append(slot.number)

    def asked(self, body: Body, source: Source | None) -> list[int]:
        """The slots that a record can meet."""
        name = source.name if source is not None else UNKNOWN_SOURCE
        read = self._actions.get(name)
        if read is None:
            read = self._actions[name] = reader(event.action, fields_of(name))
        names = {fold(one) for one in (*read(body), *_event_name(body))}
        found = (number for one in sorted(names) for number in self._by_action.get(one, ()))
        return list(dict.fromkeys((*found, *self._rest)))


def _actions(expression: Expression) -> frozenset[str] | None:
    """The folded names, one of which `eventName` or `action` must have; None where the expression asks for none."""
    match expression:
        case All():
            found = [one for part in expression.parts if (one := _actions(part)) is not None]
            return min(found, key=len, default=None)
        case Some():
            every = [_actions(part) for part in expression.parts]
            if not every or any(one is None for one in every):
                return None
            return frozenset().union(*(one for one in every if one is not None))
        case Leaf():
            if (
                expression.field not in {event.action, _EVENT_NAME}
                or expression.operator != "equals"
                or expression.every
            ):
                return None
            return frozenset(fold(written(value)) for value in expression.values)
    return None


def event_id(body: Body, record: bytes, source: Source | None) -> str:
    """The id that `decode` would give."""
    identity = source.id(body) if source is not None else None
    return str(identity) if isinstance(identity, str | int) and identity != "" else digest(record)
