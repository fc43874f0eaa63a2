"""Every correlation type, with the events that make it true, through the plain evaluator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from casemate.authoring.patterns import Each
from casemate.model.event import Event
from casemate.model.finding import Severity
from casemate.monitor.correlation.plain import alerts, history
from casemate.monitor.events.registry import fields_of
from casemate.monitor.knowledge import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.monitor.sigma.conftest import Load

    from casemate.authoring.detection import Detection

PARTS = """
title: {name}
name: {name}
level: low
logsource: {{product: nobody}}
detection:
  selection: {{kind: {name}}}
  condition: selection
---
"""
RULES = "".join(PARTS.format(name=name) for name in ("a", "b", "c"))


def happened(*told: tuple[int, str, Mapping[str, object]]) -> list[Event]:
    """(second, kind, rest of the body) as events."""
    return [
        Event("other", f"e{number}", second * 1000, "", {"kind": kind, **rest})
        for number, (second, kind, rest) in enumerate(told)
    ]


def fired(detection: Detection, events: list[Event]) -> list[tuple[str, ...]]:
    past = history(events, fields_of, NOTHING, end=events[-1].time + 3_600_000)
    return [alert.events for alert in alerts(detection, past)]


def correlation(load: Load, text: str) -> Detection:
    detections, diagnostics = load(f"{RULES}title: all\ncorrelation:\n{text}")
    assert [one.message for one in diagnostics if one.level != "note"] == []
    return detections[-1]


def test_event_count_slides_and_groups(load: Load) -> None:
    one = correlation(
        load, "  type: event_count\n  rules: [a]\n  group-by: [user]\n  timespan: 1m\n  condition: {gte: 3}\n"
    )
    told = [(50, "a", {"user": "u"}), (58, "a", {"user": "U"}), (70, "a", {"user": "u"}), (59, "a", {"user": "v"})]
    assert fired(one, happened(*told)) == [("e0", "e1", "e2")]
    assert fired(one, happened(*told[:2], (200, "a", {"user": "u"}))) == []


def test_events_without_what_groups_are_not_counted_together(load: Load) -> None:
    one = correlation(
        load, "  type: event_count\n  rules: [a]\n  group-by: [user]\n  timespan: 1m\n  condition: {gte: 2}\n"
    )
    assert fired(one, happened((0, "a", {}), (1, "a", {"user": None}), (2, "a", {"user": "u"}))) == []


def test_event_count_over_several_rules_and_a_range(load: Load) -> None:
    one = correlation(load, "  type: event_count\n  rules: [a, b]\n  timespan: 1m\n  condition: {gt: 1, lte: 2}\n")
    assert fired(one, happened((0, "a", {}), (1, "b", {}))) == [("e0", "e1")]
    assert fired(one, happened((0, "a", {}), (1, "c", {}))) == []


def test_value_count(load: Load) -> None:
    one = correlation(
        load,
        "  type: value_count\n  rules: a\n  group-by: [ip]\n  timespan: 1h\n  condition: {field: user, gte: 2}\n",
    )
    same = happened((0, "a", {"ip": "1", "user": "u"}), (1, "a", {"ip": "1", "user": "U"}), (2, "a", {"ip": "1"}))
    assert fired(one, same) == []
    assert fired(one, happened((0, "a", {"ip": "1", "user": "u"}), (1, "a", {"ip": "1", "user": "v"}))) == [
        ("e0", "e1")
    ]


def test_temporal_in_any_order(load: Load) -> None:
    one = correlation(load, "  type: temporal\n  rules: [a, b]\n  group-by: [user]\n  timespan: 10s\n")
    assert fired(one, happened((5, "b", {"user": "u"}), (9, "a", {"user": "u"}))) == [("e0", "e1")]
    assert fired(one, happened((5, "b", {"user": "u"}), (9, "a", {"user": "v"}))) == []
    assert fired(one, happened((5, "b", {"user": "u"}), (16, "a", {"user": "u"}))) == []


def test_temporal_ordered(load: Load) -> None:
    one = correlation(load, "  type: temporal_ordered\n  rules: [a, b]\n  timespan: 10s\n")
    assert fired(one, happened((5, "a", {}), (9, "b", {}))) == [("e0", "e1")]
    assert fired(one, happened((5, "b", {}), (9, "a", {}))) == []


def test_temporal_of_some_of_the_rules(load: Load) -> None:
    one = correlation(load, "  type: temporal\n  rules: [a, b, c]\n  timespan: 10s\n  condition: {gte: 2}\n")
    assert fired(one, happened((5, "c", {}), (9, "a", {}))) == [("e0", "e1")]
    assert fired(one, happened((5, "c", {}), (9, "c", {}))) == []


def test_temporal_with_a_condition_of_names(load: Load) -> None:
    one = correlation(load, "  type: temporal\n  timespan: 10s\n  condition: a and b and not c\n  rules: [a, b, c]\n")
    assert fired(one, happened((0, "a", {}), (9, "b", {}))) == [("e0", "e1")]
    assert fired(one, happened((0, "a", {}), (5, "c", {}), (9, "b", {}))) == []
    either = correlation(
        load, "  type: temporal_ordered\n  timespan: 10s\n  condition: a and (b or c)\n  rules: [a, b, c]\n"
    )
    assert fired(either, happened((0, "a", {}), (9, "c", {}))) == [("e0", "e1")]
    assert fired(either, happened((0, "c", {}), (9, "a", {}))) == []


@pytest.mark.parametrize(
    ("kind", "condition", "met", "unmet"),
    [
        ("value_sum", "{field: n, gt: 10}", [5, 6], [5, 5]),
        ("value_avg", "{field: n, gte: 2.5}", [2, 3], [2, 2]),
        ("value_median", "{field: n, lt: 3}", [5, 1, 2], [5, 3, 4]),
        ("value_percentile", "{field: n, percentile: 90, gt: 8}", [1, 10], [1, 8]),
    ],
)
def test_statistics(load: Load, kind: str, condition: str, met: list[int], unmet: list[int]) -> None:
    one = correlation(load, f"  type: {kind}\n  rules: [a]\n  timespan: 1h\n  condition: {condition}\n")

    def last(numbers: list[int]) -> bool:
        events = happened(*[(number, "a", {"n": value}) for number, value in enumerate(numbers)])
        return any(events[-1].id in names for names in fired(one, events))

    assert last(met)
    assert not last(unmet)


def test_aliases_name_a_group_in_each_rule(load: Load) -> None:
    one = correlation(
        load,
        "  type: temporal\n  rules: [a, b]\n  group-by: [ip]\n  timespan: 10s\n"
        "  aliases:\n    ip:\n      a: source.ip\n      b: peer\n",
    )
    assert fired(one, happened((0, "a", {"source": {"ip": "1"}}), (1, "b", {"peer": "1"}))) == [("e0", "e1")]
    assert fired(one, happened((0, "a", {"source": {"ip": "1"}}), (1, "b", {"peer": "2"}))) == []


CHAIN = """
  type: temporal_ordered
  rules: [many, b]
  group-by: [user]
  timespan: 1m
---
title: many
id: 11111111-1111-4111-8111-111111111111
name: many
correlation:
  type: event_count
  rules: [a]
  group-by: [user, host]
  timespan: 10s
  condition: {gte: 2}
"""


def test_a_correlation_over_a_correlation(load: Load) -> None:
    detections, _ = load(f"{RULES}title: all\nlevel: high\ncorrelation:{CHAIN}")
    one = detections[-2]
    who: dict[str, object] = {"user": "u", "host": "h"}
    assert fired(one, happened((0, "a", who), (1, "a", who), (20, "b", who))) == [("e0", "e1", "e2")]
    assert fired(one, happened((0, "a", who), (20, "b", who))) == []
    assert one.severity == Severity.HIGH
    assert detections[-1].severity == Severity.LOW  # of its most severe part


def test_an_alias_that_groups_the_inner_correlation_is_its_group(load: Load) -> None:
    detections, _ = load(f"""{RULES}title: outer
correlation:
  type: temporal_ordered
  rules: [inner, c]
  group-by: [ip]
  timespan: 1m
  aliases: {{ip: {{c: peer}}}}
---
title: inner
name: inner
correlation:
  type: temporal_ordered
  rules: [a, b]
  group-by: [ip]
  timespan: 1m
  aliases: {{ip: {{a: from, b: to}}}}
""")
    one = next(each for each in detections if each.title == "outer")
    told = [(0, "a", {"from": "1"}), (1, "b", {"to": "1"}), (2, "c", {"peer": "1"})]
    assert fired(one, happened(*told)) == [("e0", "e1", "e2")]
    assert fired(one, happened(*told[:2], (2, "c", {"peer": "2"}))) == []


def test_rules_that_only_feed_a_correlation_are_withheld(load: Load) -> None:
    text = "title: all\ncorrelation:\n  type: event_count\n  rules: [a]\n  timespan: 1m\n  condition: {gte: 3}\n"
    detections, _ = load(RULES + text)
    assert [one.withheld for one in detections] == [True, False, False, False]
    detections, _ = load(RULES + text + "  generate: true\n")
    assert [one.withheld for one in detections] == [False, False, False, False]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  type: session\n  rules: [a]\n  timespan: 1m\n", "of type 'session'"),
        ("  type: temporal\n  rules: [a, nobody]\n  timespan: 1m\n", "no rule is called 'nobody'"),
        ("  type: temporal\n  rules: [a, b]\n  timespan: soon\n", "no timespan"),
        ("  type: temporal\n  rules: [a, b]\n", "no timespan"),
        ("  type: event_count\n  rules: [a]\n  timespan: 1m\n", "needs a condition"),
        ("  type: event_count\n  rules: [a]\n  timespan: 1m\n  condition: {above: 1}\n", "'above'"),
        ("  type: event_count\n  timespan: 1m\n  condition: {gte: 1}\n", "names the rules"),
        ("  type: value_sum\n  rules: [a]\n  timespan: 1m\n  condition: {gte: 1}\n", "needs a field"),
        ("  type: temporal\n  rules: [a, b]\n  timespan: 1m\n  condition: a or d\n", "names 'd'"),
        ("  type: temporal\n  rules: [a, b]\n  timespan: 1m\n  condition: not a\n", "says nothing"),
        ("  type: temporal\n  rules: [a, x]\n  timespan: 1m\nname: x\n", "comes back to itself"),
        (
            "  type: temporal\n  rules: [a, b]\n  group-by: [i]\n  timespan: 1m\n  aliases: {i: {a: x}}\n",
            "does not say what it is in 'b'",
        ),
    ],
)
def test_a_correlation_that_cannot_be_loaded(load: Load, text: str, words: str) -> None:
    detections, diagnostics = load(f"{RULES}title: all\ncorrelation:\n{text}")
    assert len(detections) == 3
    assert [words in one.message for one in diagnostics if one.level == "error"] == [True]


OLD = """
title: old
status: unsupported
logsource: {product: nobody}
detection:
  a: {kind: a}
  b: {kind: b}
  c: {kind: c}
  timeframe: 10s
  condition: %s
"""


@pytest.mark.parametrize(
    ("condition", "met", "unmet"),
    [
        ("a | count() > 1", [(0, "a", {}), (9, "a", {})], [(0, "a", {}), (11, "a", {})]),
        ("a | count() by u > 1", [(0, "a", {"u": 1}), (9, "a", {"u": 1})], [(0, "a", {"u": 1}), (9, "a", {"u": 2})]),
        (
            "a | count(n) by u >= 2",
            [(0, "a", {"n": 1, "u": 3}), (9, "a", {"n": 2, "u": 3})],
            [(0, "a", {"n": 1, "u": 3}), (9, "a", {"n": 1, "u": 3})],
        ),
        ("a | sum(n) > 3", [(0, "a", {"n": 2}), (9, "a", {"n": 2})], [(0, "a", {"n": 2})]),
        ("a | max(n) > 3", [(0, "a", {"n": 4})], [(0, "a", {"n": 3})]),
        ("a | min(n) > 3", [(0, "a", {"n": 4})], [(0, "a", {"n": 3})]),
        ("a | avg(n) > 3", [(0, "a", {"n": 4})], [(0, "a", {"n": 3})]),
        ("a | near b", [(0, "b", {}), (9, "a", {})], [(0, "b", {}), (11, "a", {})]),
        ("a | near b and not c", [(0, "b", {}), (9, "a", {})], [(0, "b", {}), (1, "c", {}), (9, "a", {})]),
    ],
)
def test_counting_of_old_rules(
    load: Load,
    condition: str,
    met: list[tuple[int, str, dict[str, object]]],
    unmet: list[tuple[int, str, dict[str, object]]],
) -> None:
    (one,), diagnostics = load(OLD % condition)
    assert [d for d in diagnostics if d.level != "note"] == []
    assert not isinstance(one.pattern, Each)
    assert "status.unsupported" in one.tags
    assert fired(one, happened(*met))
    assert not fired(one, happened(*unmet))
