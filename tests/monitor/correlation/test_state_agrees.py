"""The stream gives the oracle's alerts: in any order, with duplicates, in any batches, across restarts."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.authoring.detection import Detection, version_of
from casemate.authoring.patterns import (
    Absence,
    Count,
    Distinct,
    Each,
    FirstSeen,
    Pattern,
    Sequence,
    Stage,
    Statistic,
    Way,
)
from casemate.authoring.query import event as names
from casemate.model.event import Event
from casemate.model.finding import MEDIUM
from casemate.monitor.correlation import counting
from casemate.monitor.correlation.plain import alerts, history
from casemate.monitor.correlation.state import State
from casemate.monitor.events.registry import fields_of
from casemate.monitor.knowledge import NOTHING
from casemate.monitor.matching.plain import holds
from casemate.monitor.matching.slots import slots_of

if TYPE_CHECKING:
    from collections.abc import Iterable

SECOND = 1000
KIND, USER, HOST, NUMBER = names.raw("kind"), names.raw("user"), names.raw("host"), names.raw("n")
BY = (USER,)
A, B, C = (Stage(KIND.is_(kind), BY, name=kind) for kind in "abc")
AB = Stage(KIND.is_("a", "b"), BY, name="ab")
ALL_A, ALL_B = Stage(KIND.is_("a"), name="a"), Stage(KIND.is_("b"), name="b")
BY_BOTH = Stage(KIND.is_("a"), (USER, HOST), name="both")
MANY = Count((A,), (("gte", 2),), 5 * SECOND)
PATTERNS: dict[str, Pattern] = {
    "each": Each(A),
    "each in a while": Each(A, 4 * SECOND),
    "count": Count((A,), (("gte", 3),), 8 * SECOND),
    "count of all": Count((ALL_A,), (("gt", 2),), 10 * SECOND),
    "count of stages": Count((A, AB), (("gte", 3),), 8 * SECOND),
    "count, a long period": Count((A,), (("gte", 2),), 3 * SECOND, 24 * SECOND),
    "count, a short period": Count((A,), (("gte", 2),), 8 * SECOND, SECOND),
    "count, an odd period": Count((A,), (("gte", 2),), 7777, 3001),
    "few": Count((A,), (("lt", 2),), 6 * SECOND),
    "between": Count((A,), (("gte", 2), ("lte", 3)), 6 * SECOND),
    "exactly": Count((A,), (("eq", 2),), 6 * SECOND),
    "distinct": Distinct((A,), (HOST,), (("gte", 3),), 8 * SECOND),
    "distinct pairs": Distinct((ALL_A, ALL_B), (HOST, NUMBER), (("gte", 4),), 16 * SECOND),
    "distinct, few": Distinct((A,), (HOST,), (("lte", 1),), 6 * SECOND),
    "ordered": Sequence((A, B), 6 * SECOND),
    "ordered three": Sequence((A, B, C), 12 * SECOND),
    "ordered ties": Sequence((AB, AB, A), 4 * SECOND),
    "ordered ways": Sequence((A, B, C), 8 * SECOND, ways=(Way((0, 1)), Way((0, 2)))),
    "ordered without": Sequence((A, B, C), 8 * SECOND, ways=(Way((0, 1), (2,)),)),
    "ordered without, of all": Sequence((A, C), 8 * SECOND, ways=(Way((0,), (1,)),)),
    "ordered without, ties": Sequence((AB, AB, C), 8 * SECOND, ways=(Way((0, 1), (2,)), Way((2,), (0,)))),
    "together": Sequence((A, B, C), 8 * SECOND, ordered=False),
    "together apart": Sequence((AB, A), 3 * SECOND, ordered=False),
    "together ways": Sequence((A, B, C), 8 * SECOND, ordered=False, ways=(Way((0, 1)), Way((2,), (0,)))),
    "sum": Statistic((A,), NUMBER, "sum", (("gt", 5.0),), 8 * SECOND),
    "average": Statistic((A,), NUMBER, "average", (("gte", 2.5),), 8 * SECOND),
    "median": Statistic((A,), NUMBER, "median", (("lt", 1.0),), 8 * SECOND),
    "percentile": Statistic((A,), NUMBER, "percentile", (("gt", 2.0),), 8 * SECOND, 90),
    "first seen": FirstSeen(A, (HOST,), learn_events=2, learn_for=2 * SECOND),
    "first seen in a while": FirstSeen(A, (HOST,), learn_events=1, learn_for=0, forget_after=9 * SECOND, every=5 * SECOND),
    "absence": Absence(A, B, 5 * SECOND),
    "absence of the same": Absence(A, AB, 5 * SECOND, SECOND),
    "chain": Sequence((Stage(MANY, BY, name="many"), B), 9 * SECOND),
    "chain backwards": Sequence((B, Stage(MANY, BY, name="many")), 9 * SECOND),
    "chain by another": Sequence((Stage(Count((BY_BOTH,), (("gte", 2),), 6 * SECOND), BY, name="x"), B), 9 * SECOND),
    "count of counts": Count((Stage(MANY, (), name="many"),), (("gte", 2),), 30 * SECOND),
    "few counts": Count((Stage(MANY, (), name="many"),), (("lt", 3),), 30 * SECOND),
    "distinct of counts": Distinct((Stage(MANY, (), name="many"),), (USER, HOST), (("gte", 2),), 30 * SECOND),
    "sum of counts": Statistic((Stage(MANY, (), name="many"),), NUMBER, "sum", (("gt", 4.0),), 30 * SECOND),
    "chain of absences": Sequence((Stage(Absence(A, B, 4 * SECOND), BY, name="no"), C), 9 * SECOND),
    "absence of a count": Absence(C, Stage(MANY, BY, name="many"), 6 * SECOND),
    "three levels": Count(
        (Stage(Sequence((Stage(MANY, BY, name="many"), B), 9 * SECOND), (), name="seq"),), (("gte", 2),), 40 * SECOND
    ),
    "absence in a chain that waits": Sequence(
        (Stage(Absence(A, B, 4 * SECOND), BY, name="no"), C, B), 9 * SECOND, ways=(Way((0, 1), (2,)),)
    ),
    "first seen, then": Sequence(
        (Stage(FirstSeen(A, (HOST,), learn_events=1, learn_for=0), BY, name="new"), B), 9 * SECOND
    ),
    "each of each": Each(Stage(Each(A), BY, name="each"), 5 * SECOND),
}  # fmt: skip


def detection(pattern: Pattern) -> Detection:
    return Detection("d", "d", MEDIUM, (), pattern, version=version_of(pattern))


happening = st.tuples(
    st.integers(0, 60).map(lambda half: half * 500),
    st.sampled_from("aaabbc"),
    st.sampled_from(["u", "U", "v", None, ["u", "v"]]),
    st.sampled_from(["h", "i", "j", "k", None]),
    st.sampled_from([0, 1, 2.5, "3", "x", -4]),
    st.sampled_from(["1", "2"]),
)


def events_of(told: Iterable[tuple[object, ...]]) -> list[Event]:
    found = []
    for number, (time, kind, user, host, size, account) in enumerate(told):
        body: dict[str, object] = {"kind": kind, "user": user, "host": host, "n": size}
        assert isinstance(time, int)
        found.append(Event("other", f"e{number % 7}-{number}", time, str(account), body))
    return found


class Stream:
    """A state that is fed with what meets the stages, and can be written down and read back."""

    def __init__(self, pattern: Pattern, lateness: int) -> None:
        self.detection = detection(pattern)
        self.slots = slots_of([self.detection])
        self.lateness = lateness
        self.written: dict[str, bytes] = {}
        self.marks: dict[tuple[str, str], int] = {}
        self.ids: set[str] = set()
        self.state = State([self.detection], lateness=lateness)

    def batch(self, events: list[Event]) -> None:
        for event in events:
            for slot in self.slots:
                if holds(slot.where, event, fields_of(event.source), NOTHING):
                    self.ids |= {alert.id for alert in self.state.feed(0, slot.path, event)}
            key = (event.source, event.account)
            self.marks[key] = max(self.marks.get(key, -1), event.time)
        self.ids |= {alert.id for alert in self.state.advance(self.marks)}
        for name, value in self.state.changes().items():
            if value is None:
                self.written.pop(name, None)
            else:
                self.written[name] = value

    def restart(self) -> None:
        self.state = State([self.detection], lateness=self.lateness)
        self.state.load(self.written, self.marks)

    def finish(self) -> set[str]:
        return self.ids | {alert.id for alert in self.state.finish()}


def wanted(pattern: Pattern, events: list[Event]) -> set[str]:
    return {alert.id for alert in alerts(detection(pattern), history(events, fields_of, NOTHING))}


def shuffled(pattern: Pattern, events: list[Event], random: Random) -> set[str]:
    """Everything comes in any order, a third of it twice; nothing is certain before the end."""
    stream = Stream(pattern, 1_000_000)
    arriving = events + random.sample(events, len(events) // 3)
    random.shuffle(arriving)
    while arriving:
        size = random.randint(1, 6)
        stream.batch(arriving[:size])
        del arriving[:size]
        if random.random() < 0.3:
            stream.restart()
    return stream.finish()


def delayed(pattern: Pattern, events: list[Event], random: Random) -> set[str]:
    """Everything is late by less than the lateness, so that windows are settled and forgotten on the way."""
    lateness = 3 * SECOND
    arriving = sorted(
        ((event.time + random.randint(0, lateness), event) for event in [*events, *events[::3]]),
        key=lambda one: one[0],
    )
    stream = Stream(pattern, lateness)
    stream.marks = {("other", "1"): 0, ("other", "2"): 0}  # both are known to be there, and wait for one another
    while arriving:
        size = random.randint(1, 5)
        stream.batch([event for _, event in arriving[:size]])
        del arriving[:size]
        if random.random() < 0.3:
            stream.restart()
    found = stream.finish()
    assert stream.state.late == {}
    return found


def agree(name: str, told: list[tuple[object, ...]], seed: int) -> None:
    events = events_of(told)
    random = Random(seed)  # noqa: S311 - an order, not a secret
    expected = wanted(PATTERNS[name], events)
    assert shuffled(PATTERNS[name], events, random) == expected
    assert delayed(PATTERNS[name], events, random) == expected


TOLD = st.lists(happening, max_size=30)
SEED = st.integers(0, 1 << 30)


@pytest.mark.parametrize("name", PATTERNS)
@settings(max_examples=12, deadline=None)
@given(told=TOLD, seed=SEED)
def test_the_stream_gives_the_alerts_of_the_oracle(name: str, told: list[tuple[object, ...]], seed: int) -> None:
    agree(name, told, seed)


@pytest.mark.slow
@pytest.mark.parametrize("name", PATTERNS)
@settings(max_examples=200, deadline=None)
@given(told=TOLD, seed=SEED)
def test_the_stream_gives_the_alerts_of_the_oracle_many_times(
    name: str, told: list[tuple[object, ...]], seed: int
) -> None:
    agree(name, told, seed)


HOT: dict[str, Pattern] = {
    "count": Count((A,), (("gte", 3),), 40 * SECOND),
    "count, short period": Count((A,), (("gte", 2),), 40 * SECOND, 5 * SECOND),
    "distinct": Distinct((A,), (HOST,), (("gte", 3),), 20 * SECOND),
    "distinct pairs": Distinct((A,), (HOST, NUMBER), (("gte", 5),), 20 * SECOND, 5 * SECOND),
}


@pytest.mark.parametrize("name", HOT)
def test_thinned_chunks_say_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "_SLACK", 0)
    random = Random(name)  # noqa: S311
    for _ in range(10):
        told = [
            (random.randint(0, 30_000), "a", "u", random.choice(["h", "i", ["h", "j"]]), random.choice([1, 2, 3]), "1")
            for _ in range(random.randint(1, 150))
        ]
        events = events_of(told)
        expected = wanted(HOT[name], events)
        assert shuffled(HOT[name], events, random) == expected
        assert delayed(HOT[name], events, random) == expected


def test_in_order_the_alerts_are_the_same_in_all_that_matters() -> None:
    told = [(number * 500, "aab"[number % 3], "u", "h", 1, "1") for number in range(20)]
    for name in ("count", "ordered", "together", "sum", "first seen", "absence", "chain"):
        pattern = PATTERNS[name]
        oracle = {one.id: one for one in alerts(detection(pattern), history(events_of(told), fields_of, NOTHING))}
        stream = Stream(pattern, 0)
        found = []
        for one in events_of(told):
            for slot in stream.slots:
                if holds(slot.where, one, fields_of(one.source), NOTHING):
                    found += stream.state.feed(0, slot.path, one)
            found += stream.state.advance({(one.source, one.account): one.time})
        found += stream.state.finish()
        assert {one.id for one in found} == set(oracle)
        for alert in found:
            same = oracle[alert.id]
            assert (alert.time, alert.group, alert.account, alert.source, alert.title) == (
                same.time, same.group, same.account, same.source, same.title,
            )  # fmt: skip
            assert set(alert.events) <= set(same.events)
