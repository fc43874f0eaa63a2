"""Payloads: what is where in them, filters on them, and facts that survive being kept."""

from __future__ import annotations

import pytest
from tests.analysis.flow.flow_applications import WEB, F, sam, system

from casemate.analysis.code.facts import decode, encode
from casemate.analysis.flow.filters import ends, json_path, may_equal, passes, starts
from casemate.analysis.flow.payload import Mark, marks_in, plain, segments, select, texts, without_types
from casemate.sources.syntax.json import parse

MARK = Mark("f", "event.body", "request", "the body", whole=True, sure=True, steps=())
DATA = {"from": [MARK]}


def keys(node: dict[str, object] | None) -> list[str]:
    """The keys of the marks in a payload."""
    return sorted(mark.key for mark in marks_in(node))


def test_keys_become_paths() -> None:
    assert segments("event.Records[].body.items.0.name") == ("event", "Records", "[]", "body", "items", "[]", "name")
    assert json_path("$.a[0].b") == ("a", "[]", "b")
    assert json_path("$$.Execution.Id") is None
    assert without_types(("name", "S")) == ("name",)


def test_a_field_is_told_from_its_neighbours() -> None:
    node = {"json": {"map": {"name": DATA, "kind": {"const": "a"}, "list": {"list": [DATA, {"const": 1}]}}}}
    assert keys(select(node, ("name",))) == ["event.body"]
    assert keys(select(node, ("name", "first"))) == ["event.body.first"]
    assert keys(select(node, ("list", "[]"))) == ["event.body"]
    assert select(node, ("kind", "x")) is None
    assert select(node, ("other",)) is None
    assert texts(select(node, ("kind",))) == ["a"]


def test_what_is_written_in_the_place_of_data() -> None:
    node = {"map": {"id": {"const": 1}}, "from": [MARK]}
    assert keys(select(node, ("id",))) == []
    assert keys(select(node, ("name",))) == ["event.body.name"]
    assert keys(select({"map": {"id": {"const": 1}}, "rest": DATA}, ("id",))) == ["event.body"]


def test_type_descriptors_are_taken_off() -> None:
    assert plain({"map": {"a": {"map": {"S": DATA}}, "b": {"map": {"M": {"map": {"c": {"map": {"N": DATA}}}}}}}}) == {
        "map": {"a": DATA, "b": {"map": {"c": DATA}}}
    }


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("in/*", "in/a", True), ("in/*", "out/a", False), ("*.jpg", "a.jpg", True), ("*.jpg", "a.txt", False),
        ("a*b*c", "a1b2c", True), ("a*b*c", "ac", False), ("a", "a", True), ("a", "b", False), ("in/*", "*.jpg", True),
        ("in/*", "out/*", False),
    ],
)  # fmt: skip
def test_texts_that_may_be_the_same(one: str, other: str, expected: bool) -> None:  # noqa: FBT001 - a table
    assert may_equal(one, other) is expected
    assert may_equal(other, one) is expected


def test_prefixes_and_suffixes_of_what_is_known_in_part() -> None:
    assert [starts(text, "in/") for text in ("in/a", "i*", "*", "out/*", "i")] == [True, True, True, False, False]
    assert [ends(text, ".jpg") for text in ("a.jpg", "*g", "*", "*.txt", "g")] == [True, True, True, False, False]


EVENT = {
    "map": {
        "source": {"const": "shop"},
        "detail": {"json": {"map": {"kind": {"const": "a"}, "size": {"const": 5}, "name": DATA}}},
    }
}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ('{"source": ["shop"]}', True),
        ('{"source": ["bank"]}', False),
        ('{"source": ["aws.s3"]}', False),
        ('{"source": [{"prefix": "sh"}]}', True),
        ('{"source": [{"prefix": "ba"}]}', False),
        ('{"source": [{"suffix": "op"}]}', True),
        ('{"source": [{"wildcard": "s*p"}]}', True),
        ('{"source": [{"equals-ignore-case": "SHOP"}]}', True),
        ('{"source": [{"anything-but": ["shop"]}]}', False),
        ('{"source": [{"anything-but": "bank"}]}', True),
        ('{"detail": {"kind": ["a", "b"]}}', True),
        ('{"detail": {"kind": ["c"]}}', False),
        ('{"detail": {"kind": [{"exists": false}]}}', False),
        ('{"detail": {"note": [{"exists": true}]}}', False),
        ('{"detail": {"note": [{"exists": false}]}}', True),
        ('{"detail": {"size": [{"numeric": [">", 1]}]}}', True),
        ('{"detail": {"name": ["x"]}}', True),
        ('{"region": ["eu-west-1"]}', True),
        ('{"$or": [{"source": ["bank"]}, {"detail": {"kind": ["a"]}}]}', True),
        ('{"$or": [{"source": ["bank"]}, {"detail": {"kind": ["c"]}}]}', False),
    ],
)
def test_patterns(pattern: str, expected: bool) -> None:  # noqa: FBT001 - a table
    value = parse(pattern, "p.json").root
    assert value is not None
    assert passes(value, EVENT) is expected


def test_kept_facts_give_the_same_flows() -> None:
    code = "import boto3, json, os\n\ndef handler(event, context):\n    boto3.client('sqs').send_message(QueueUrl=os.environ['Q'], MessageBody=json.dumps({'name': event['body']}))\n    return event\n"
    made = system(sam("Jobs: {Type: AWS::SQS::Queue}", F("In", code, WEB, "Q: !Ref Jobs")))
    facts = list(made.code_facts.facts)
    again = decode(encode(facts, {}))
    assert again is not None
    assert again[0] == facts
    assert facts[0].calls[0].sources
    assert facts[0].returned is not None
