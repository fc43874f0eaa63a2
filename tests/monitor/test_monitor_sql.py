"""Expressions as SQL say what the plain evaluator says, of every row that its columns show."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from tests.monitor.monitor_expressions import expressions, records

from casemate.authoring.detection import Detection, version_of
from casemate.authoring.patterns import each
from casemate.authoring.query import Expression, Known, event
from casemate.model.finding import HIGH
from casemate.monitor.events.decoding import decode
from casemate.monitor.events.registry import fields_of
from casemate.monitor.hunt.columns import COLUMNS, Rows, texts_of
from casemate.monitor.hunt.dialects import DIALECTS, DUCKDB
from casemate.monitor.hunt.exact import exact
from casemate.monitor.hunt.pruning import condition, shadowed
from casemate.monitor.hunt.querying import connected
from casemate.monitor.knowledge import NOTHING, Knowledge, relation
from casemate.monitor.matching.plain import holds
from casemate.monitor.matching.slots import slots_of

TYPED = ", ".join(f'CAST(${name} AS {kind}) AS "{name}"' for name, kind in COLUMNS.items())


def shown(body: dict[str, object]) -> tuple[dict[str, object], bytes]:
    """The row of a record, as a statement's parameters, and the record's bytes."""
    data = json.dumps(body).encode()
    row = Rows().row(decode(data), data)
    values = {name: row.get(name) for name in COLUMNS}
    return {**values, "raw": data.decode(), "time": None}, data


def is_met(sql: str, row: dict[str, object], rows: str = f"(SELECT {TYPED})") -> bool | None:
    """What a condition says of a row."""
    with connected() as connection:
        found = connection.execute(f"SELECT ({sql}) FROM {rows}", row).fetchone()  # noqa: S608 - ours
    assert found is not None
    answer: bool | None = found[0]
    return answer


@settings(max_examples=150, deadline=None)
@given(expression=expressions, body=records)
def test_what_sql_says_of_a_row_is_what_the_plain_evaluator_says(
    *, expression: Expression, body: dict[str, object]
) -> None:
    sql = exact(expression, DUCKDB)
    row, data = shown(body)
    if sql is None or row["odd"]:
        return
    one = decode(data)
    assert is_met(sql, row) is holds(expression, one, fields_of(one.source), NOTHING)


@settings(max_examples=60, deadline=None)
@given(expression=expressions, body=records)
def test_the_upper_bound_holds_of_every_row_that_meets_the_expression(
    *, expression: Expression, body: dict[str, object]
) -> None:
    pattern = each(expression)
    detection = Detection("x", "x", HIGH, ("aws.cloudtrail",), pattern, version=version_of(pattern))
    row, data = shown(body)
    one = decode(data)
    if one.source == "aws.cloudtrail" and holds(expression, one, fields_of(one.source), NOTHING):
        assert is_met(condition(slots_of([detection])), row, shadowed(f"(SELECT {TYPED})"))


def test_relations_are_written_out_and_unknown_ones_are_not_said() -> None:
    knowledge = Knowledge({"pairs": relation([("Alice", "x")])}, {}, {"pairs": (("bob-*", "x"),)})
    asked = Known("pairs", (event.raw("userIdentity.userName"), event.raw("tags")))
    assert exact(asked, DUCKDB) is None
    sql = exact(asked, DUCKDB, knowledge)
    assert sql is not None
    for name, tags, expected in [
        ("ALICE", "x", True), ("Bob-7", ["y", "X"], True), ("bob", "x", False), ("Alice", "y", False), ("Alice", None, False),
    ]:  # fmt: skip
        body: dict[str, object] = {
            "eventSource": "s",
            "eventName": "n",
            "userIdentity": {"userName": name},
            "tags": tags,
        }
        row, data = shown(body)
        assert is_met(sql, row) is expected
        assert holds(asked, decode(data), {}, knowledge) is expected


def test_texts_stand_under_their_paths_without_lists() -> None:
    body = {"a": {"b": ["x", {"c": 5}, None]}, "d": [[True]], "e": "t", "f": None}
    assert texts_of(body) == {
        "a": ['{"b":["x",{"c":5},null]}'],
        "a.b": ["x", '{"c":5}'],
        "a.b.c": ["5"],
        "d": ["true"],
        "e": ["t"],
    }
    assert texts_of({"a": {"b.c": "x"}}) is None


def test_every_dialect_says_the_same_expressions() -> None:
    asked = event.action.is_("CreateUser") & ~event.raw("a.b").contains("it's", "back\\slash") & event.foreign.exists()
    for dialect in DIALECTS.values():
        sql = exact(asked, dialect)
        assert sql is not None
        assert "createuser" in sql


@pytest.mark.parametrize("negated", [False, True])
@pytest.mark.parametrize(
    "identity",
    [
        {"type": "AssumedRole", "principalId": "AROA1:i-0123"},
        {"type": "AssumedRole", "principalId": "AROA1:x:i-0123"},
        {"type": "AssumedRole", "principalId": "AROA1:api-0123"},
        {"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/r/i-0123"},
        {"type": "IAMUser", "principalId": "AIDA:I-0123"},
        [{"type": "AssumedRole", "principalId": "AROA1:a"}, {"principalId": "AROA1:i-0123"}],
        {},
        None,
    ],
)
def test_the_upper_bound_of_what_has_a_column_under_another_name(identity: object, *, negated: bool) -> None:
    leaves = (
        event.raw("userIdentity.principalId").contains(":i-"),
        event.raw("userIdentity.type").is_("AssumedRole"),
        event.raw("requestParameters.x").is_("y"),
    )
    for leaf in leaves:
        asked: Expression = ~leaf if negated else leaf
        row, data = shown({"eventSource": "iam.amazonaws.com", "eventName": "A", "userIdentity": identity})
        one = decode(data)
        pattern = each(asked)
        detection = Detection("x", "x", HIGH, ("aws.cloudtrail",), pattern, version=version_of(pattern))
        kept = is_met(condition(slots_of([detection])), row, shadowed(f"(SELECT {TYPED})"))
        assert kept or not holds(asked, one, fields_of(one.source), NOTHING)
        assert "texts[" not in condition(slots_of([detection]))
