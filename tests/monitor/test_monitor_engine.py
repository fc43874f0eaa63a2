from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
from benchmarks.traffic.attacks import attacks
from benchmarks.traffic.benign import benign
from benchmarks.traffic.world import World, world
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.monitor.monitor_expressions import expressions, records

from casemate.authoring.detection import Detection, version_of
from casemate.authoring.patterns import MINUTE, Count, Distinct, Each, Pattern, Sequence, Stage, Way, at_least, each
from casemate.authoring.query import Expression, event
from casemate.model.alert import Alert
from casemate.model.finding import HIGH
from casemate.monitor.correlation.plain import alerts, history
from casemate.monitor.events.decoding import decode
from casemate.monitor.events.registry import fields_of
from casemate.monitor.hunt.lake import Lake
from casemate.monitor.hunt.pruning import condition
from casemate.monitor.hunt.querying import records_of
from casemate.monitor.knowledge import NOTHING
from casemate.monitor.loading import own, runnable
from casemate.monitor.matching.engine import Engine
from casemate.monitor.matching.plain import holds
from casemate.monitor.matching.slots import slots_of
from casemate.monitor.replaying import lines_of, replay, replay_blocks


def made(name: str, pattern: Pattern) -> Detection:
    return Detection(name, name, HIGH, ("aws.cloudtrail",), pattern, version=version_of(pattern))


def record(name: str = "CreateUser", **more: object) -> bytes:
    body: dict[str, object] = {
        "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": name,
        "userIdentity": {"type": "IAMUser", "userName": "Alice", "arn": "arn:aws:iam::1:user/Alice"},
        "recipientAccountId": "1", **more,
    }  # fmt: skip
    return json.dumps(body).encode()


def met(expression: Expression, *records: bytes, portable: bool = False) -> list[bool]:
    engine = Engine([made("x", each(expression))], NOTHING, portable=portable)
    found = []
    for one in records:
        hits = [engine.events(line, numbers) for line, numbers in engine.candidates(one + b"\n")]
        found.append(any(slots for events in hits for *_, slots in events))
    return found


@pytest.mark.parametrize("portable", [False, True])
def test_a_versioned_name_is_the_plain_one(*, portable: bool) -> None:
    asked = event.action.is_("UpdateFunctionCode")
    assert met(asked, record("UpdateFunctionCode20150331v2"), record("UpdateFunction"), portable=portable) == [
        True,
        False,
    ]


@pytest.mark.parametrize("portable", [False, True])
def test_text_hidden_behind_json_escapes_is_found(*, portable: bool) -> None:
    hidden = record().replace(b"CreateUser", b"\\u0043reateUser")
    slash = record(resource="a/b/needle").replace(b"/", b"\\/")
    assert met(event.raw("eventName").is_("CreateUser"), hidden, portable=portable) == [True]
    assert met(event.raw("resource").contains("b/needle"), slash, portable=portable) == [True]


@pytest.mark.parametrize("portable", [False, True])
def test_numbers_and_booleans_need_no_quotes(*, portable: bool) -> None:
    found = met(event.raw("count").is_("5"), record(count=5), record(count="5"), record(count=51), portable=portable)
    assert found == [True, True, False]
    assert met(event.raw("flag").is_("true"), record(flag=True), record(flag=False), portable=portable) == [True, False]


@pytest.mark.parametrize("portable", [False, True])
def test_the_beginning_of_a_number_or_a_mapping_has_no_quote(*, portable: bool) -> None:
    flag, part = event.raw("flag"), event.raw("part")
    assert met(flag.starts("tr"), record(flag=True), portable=portable) == [True]
    assert met(flag.ends("1"), record(flag=51), portable=portable) == [True]
    assert met(part.ends("true}"), record(part={"a": True}), portable=portable) == [True]
    assert met(part.contains(":true,"), record(part={"a": True, "b": 1}), portable=portable) == [True]


@pytest.mark.parametrize("portable", [False, True])
def test_a_condition_of_what_is_missing_is_met_by_records_without_it(*, portable: bool) -> None:
    assert met(~event.raw("errorCode").is_("x"), record(), record(errorCode="X"), portable=portable) == [True, False]
    assert met(event.raw("errorCode").missing(), record(), record(errorCode=None), portable=portable) == [True, True]


Mixed = tuple[World, list[bytes], list[tuple[str, list[bytes]]]]


@settings(max_examples=150, deadline=None)
@given(expression=expressions, body=records, ascii_only=st.booleans(), portable=st.booleans())
def test_the_engine_says_what_the_plain_evaluator_says(
    *, expression: Expression, body: dict[str, object], ascii_only: bool, portable: bool
) -> None:
    data = json.dumps(body, ensure_ascii=ascii_only).encode()
    one = decode(data)
    wanted = not one.source or one.source == "aws.cloudtrail"
    plain = wanted and holds(expression, one, fields_of(one.source), NOTHING)
    assert met(expression, data, portable=portable) == [plain]


@pytest.fixture(scope="module")
def mixed() -> Mixed:
    chance = Random(7)  # noqa: S311 - test data
    system = world(chance, functions=12)
    lines = list(benign(chance, system, 3000))
    return system, lines, list(attacks(chance, system, 1))


@pytest.mark.slow
def test_replay_gives_the_alerts_of_the_oracle(tmp_path: Path, mixed: Mixed) -> None:
    system, lines, seeded = mixed
    everything = [*lines[:800], *(line for _, more in seeded for line in more)]
    detections, _ = runnable(own(), system.knowledge)
    file = tmp_path / "events.ndjson"
    file.write_bytes(b"\n".join(everything))
    past = history(map(decode, everything), fields_of, system.knowledge)
    expected = {alert.id for one in detections if not one.withheld for alert in alerts(one, past)}
    assert {alert.id for alert in replay([str(file)], detections, system.knowledge).alerts} == expected
    assert expected


def test_order_and_second_deliveries_change_nothing(tmp_path: Path, mixed: Mixed) -> None:
    system, lines, seeded = mixed
    everything = [*lines[:500], *(line for _, more in seeded for line in more)]
    detections, _ = runnable(own(), system.knowledge)
    found = []
    for seed in range(3):
        shuffled = everything + everything[: 200 * seed]
        if seed:
            Random(seed).shuffle(shuffled)  # noqa: S311 - test data
        file = tmp_path / f"{seed}.ndjson"
        file.write_bytes(b"\n".join(shuffled))
        found.append([(one.id, one.events) for one in replay([str(file)], detections, system.knowledge).alerts])
    assert found[0] == found[1] == found[2]


def test_every_seeded_attack_is_told_and_nothing_else(tmp_path: Path, mixed: Mixed) -> None:
    system, lines, seeded = mixed
    detections = tuple(one for one in runnable(own(), system.knowledge)[0] if one.needs)
    file = tmp_path / "benign.ndjson"
    file.write_bytes(b"\n".join(lines))
    assert replay([str(file)], detections, system.knowledge).alerts == []
    file.write_bytes(b"\n".join([*lines, *(line for _, more in seeded for line in more)]))
    told = replay([str(file)], detections, system.knowledge).alerts
    for name, more in seeded:
        ids = {json.loads(line)["eventID"] for line in more}
        assert any(alert.rule == name and ids & set(alert.events) for alert in told), name


BY = (event.actor, event.raw("tags"))
NAMED = event.raw("eventName")
WINDOWS: list[Pattern] = [
    Each(Stage(NAMED.is_("A"), BY)),
    Each(Stage(NAMED.is_("A", "B"))),
    Each(Stage(NAMED.is_("A"), BY), MINUTE),
    Count((Stage(NAMED.is_("A"), BY),), (("gte", 2),), MINUTE, 5 * MINUTE),
    Count((Stage(NAMED.is_("A", "B")),), (("gte", 2),), MINUTE, MINUTE // 3),
    Count((Stage(NAMED.is_("A"), BY),), (("gte", 3),), MINUTE),
    Count((Stage(NAMED.is_("A"), BY), Stage(NAMED.is_("B"), BY)), (("gt", 3), ("gte", 2)), MINUTE),
    Distinct((Stage(NAMED.is_("A", "B"), BY),), (event.raw("host"),), (("gte", 2.5),), MINUTE),
    Distinct((Stage(NAMED.is_("A"), BY),), (event.raw("host"), event.raw("tags")), (("gt", 2),), MINUTE),
    Sequence((Stage(NAMED.is_("A"), BY), Stage(NAMED.is_("B"), BY)), MINUTE),
    Sequence(
        (Stage(NAMED.is_("A"), BY), Stage(NAMED.is_("B"), BY), Stage(NAMED.is_("C"), BY)),
        MINUTE,
        ordered=False,
        ways=(Way((0, 1)), Way((2, 1))),
    ),
]
happenings = st.lists(
    st.fixed_dictionaries(
        {
            "eventID": st.sampled_from(["1", "2", "3", "4", "5", "6", "7", "8"]),
            "eventSource": st.just("iam.amazonaws.com"),
            "eventName": st.sampled_from("ABC"),
            "eventTime": st.sampled_from(
                ["", *(f"2026-03-01T10:0{minute}:{second}Z" for minute in "01" for second in (10, 50))]
            ),
            "userIdentity": st.sampled_from([{"arn": "x"}, {"arn": "Y"}, {}]),
            "host": st.sampled_from(["a", "A", "b", ["b", "c"], None, 5]),
            "tags": st.sampled_from([None, "t", ["t", "u"], []]),
        }
    ),
    min_size=1,
    max_size=16,
    unique_by=lambda one: str(one["eventID"]),
)


@settings(max_examples=150, deadline=None)
@given(pattern=st.sampled_from(WINDOWS), bodies=happenings)
def test_what_is_sifted_out_completes_nothing(pattern: Pattern, bodies: list[dict[str, object]]) -> None:
    lines = [json.dumps(body).encode() for body in bodies]
    one = made("x", pattern)
    expected = {said(alert) for alert in alerts(one, history(map(decode, lines), fields_of, NOTHING))}
    told = replay_blocks([("", b"\n".join(lines) + b"\n")], [one], NOTHING).alerts
    assert {said(alert) for alert in told} == expected
    assert len(told) == len(expected)


def said(alert: Alert) -> tuple[object, ...]:
    """What the oracle says of an alert too."""
    return (alert.id, alert.time, alert.events, alert.count, alert.source, alert.account, *alert.group.items())


def test_a_detection_that_is_there_twice_tells_once() -> None:
    one = made("x", Count((Stage(NAMED.is_("A")),), (("gte", 3),), MINUTE))
    lines = [record(eventID=str(number), eventName="A", eventTime="2026-03-01T10:00:00Z") for number in range(3)]
    assert len(replay_blocks([("", b"\n".join(lines))], [one, one], NOTHING).alerts) == 1


def test_lines_are_counted_whether_or_not_the_last_one_ends() -> None:
    assert [lines_of(block) for block in (b"a", b"a\n", b"a\nb", b"\n\n")] == [1, 1, 2, 2]


def test_a_count_needs_that_many_within_the_window(tmp_path: Path) -> None:
    detection = made("many", at_least(3, event.action.is_("CreateUser"), within=MINUTE, by=(event.actor,)))
    lines = [record(eventID=str(number), eventTime=f"2026-03-01T10:00:{number * 25:02d}Z") for number in range(3)]
    file = tmp_path / "events.ndjson"
    file.write_bytes(b"\n".join(lines))
    [alert] = replay([str(file)], [detection], NOTHING).alerts
    assert alert.events == ("0", "1", "2")
    file.write_bytes(b"\n".join([*lines[:2], lines[2].replace(b"10:00:50", b"10:01:10")]))
    assert replay([str(file)], [detection], NOTHING).alerts == []


def test_what_the_column_store_leaves_out_meets_no_detection(tmp_path: Path, mixed: Mixed) -> None:
    system, lines, seeded = mixed
    everything = [*lines[:600], *(line for _, more in seeded for line in more)]
    lake = Lake(tmp_path / "lake")
    lake.write(b"\n".join(everything))
    detections, _ = runnable(own(), system.knowledge)
    sql = condition(slots_of(detections), system.knowledge)
    every = replay_blocks(records_of(lake.files()), detections, system.knowledge)
    pruned = replay_blocks(records_of(lake.files(), sql), detections, system.knowledge)
    assert [(one.id, one.events) for one in pruned.alerts] == [(one.id, one.events) for one in every.alerts]
    assert every.alerts
    assert pruned.records < every.records
