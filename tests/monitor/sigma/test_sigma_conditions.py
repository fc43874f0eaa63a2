from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from casemate.authoring.patterns import Each
from casemate.authoring.query import Expression
from casemate.model.event import Event
from casemate.monitor.knowledge import NOTHING
from casemate.monitor.matching.plain import holds
from casemate.monitor.sigma.conditions import ConditionError, aggregation, parse, ways

if TYPE_CHECKING:
    from tests.monitor.sigma.conftest import Load

RULE = """
title: t
logsource: {product: nobody}
detection:
  sel_a: {a: 1}
  sel_b: {b: 1}
  filter_c: {c: 1}
  _hidden: {h: 1}
  condition: %s
"""


@pytest.mark.parametrize(
    ("condition", "met", "unmet"),
    [
        ("sel_a", ["a"], ["b"]),
        ("sel_a and sel_b", ["ab"], ["a", "b"]),
        ("sel_a or sel_b", ["a", "b"], ["c"]),
        ("not sel_a", ["b", ""], ["a"]),
        ("sel_a or sel_b and filter_c", ["a", "bc"], ["b", "c"]),
        ("(sel_a or sel_b) and filter_c", ["ac"], ["a"]),
        ("not sel_a and sel_b", ["b"], ["ab", ""]),
        ("not (sel_a or not sel_b)", ["b"], ["ab", ""]),
        ("NOT sel_a AND sel_b", ["b"], ["ab"]),
        ("1 of sel_*", ["a", "b"], ["c"]),
        ("any of sel_*", ["a"], ["c"]),
        ("all of sel_*", ["ab"], ["a"]),
        ("all of sel_* and not 1 of filter_*", ["ab"], ["abc"]),
        ("1 of *_b", ["b"], ["a"]),
        ("1 of them", ["c"], ["h", ""]),
        ("all of them", ["abc"], ["ab"]),
        ("_hidden", ["h"], ["a"]),
        ("[sel_a, sel_b and filter_c]", ["a", "bc"], ["b"]),
    ],
)
def test_condition(load: Load, condition: str, met: list[str], unmet: list[str]) -> None:
    (one,), _ = load(RULE % condition)
    assert isinstance(one.pattern, Each)
    where = one.pattern.stage.where
    assert isinstance(where, Expression)

    def meets(names: str) -> bool:
        return holds(where, Event("other", "1", 0, "", dict.fromkeys(names, 1)), {}, NOTHING)

    assert [one for one in met if not meets(one)] == []
    assert [one for one in unmet if meets(one)] == []


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("nobody", "no selection is called 'nobody'"),
        ("1 of nobody*", "no selection is meant"),
        ("2 of them", "`2 of` is unknown"),
        ("sel_a sel_b", "'sel_b' is not expected"),
        ("(sel_a", "ends too early"),
        ("sel_a and", "ends too early"),
        ("sel_a)", "')' is not expected"),
        ("'(((((" + "(" * 100 + "sel_a'", "nested deeper"),
        ("sel_a | frequency > 2", "is no aggregation"),
        ("{}", "a condition is a text"),
        ("condition", "no selection is called 'condition'"),
    ],
)
def test_a_condition_that_cannot_be_read(load: Load, condition: str, words: str) -> None:
    detections, diagnostics = load(RULE % condition)
    assert detections == []
    assert [words in one.message for one in diagnostics] == [True]


def test_names_that_only_begin_like_an_operator(load: Load) -> None:
    (one,), _ = load("title: t\nlogsource: {product: n}\ndetection:\n  notepad: {a: 1}\n  condition: not notepad\n")
    assert one.title == "t"


def test_ways_of_a_condition() -> None:
    assert ways(parse("a and (b or not c)")) == [
        frozenset({("a", True), ("b", True)}),
        frozenset({("a", True), ("c", False)}),
    ]
    assert ways(parse("a or (a and b)")) == [frozenset({("a", True)})]
    assert ways(parse("not (a or b)")) == [frozenset({("a", False), ("b", False)})]
    many = " and ".join(f"(a{number} or b{number})" for number in range(20))
    with pytest.raises(ConditionError, match="conjunctions"):
        ways(parse(many))


def test_aggregation() -> None:
    found = aggregation(" count(TargetUserName) by IpAddress, Host >= 10 ")
    assert (found.kind, found.field, found.by, found.word, found.number) == (
        "count", "TargetUserName", ("IpAddress", "Host"), "gte", 10.0,
    )  # fmt: skip
    assert aggregation("count() > 5").by == ()
