"""Every modifier and kind of value, with events that meet it and events that do not."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

import pytest

from casemate.authoring.patterns import Each
from casemate.authoring.query import Expression
from casemate.model.event import Event
from casemate.monitor.events.registry import fields_of
from casemate.monitor.knowledge import NOTHING
from casemate.monitor.matching.plain import holds

if TYPE_CHECKING:
    from tests.monitor.sigma.conftest import Load

RULE = """
title: t
logsource: {{product: nobody}}
detection:
  selection:
{selection}
  condition: selection
"""


def expression(load: Load, selection: str, **placeholders: tuple[str, ...]) -> Expression:
    indented = "\n".join(f"    {line}" for line in selection.strip("\n").splitlines())
    detections, diagnostics = load(RULE.format(selection=indented), **placeholders)
    assert [one.message for one in diagnostics if one.level != "note"] == []
    pattern = detections[0].pattern
    assert isinstance(pattern, Each)
    assert isinstance(pattern.stage.where, Expression)
    return pattern.stage.where


def meets(where: Expression, body: dict[str, object]) -> bool:
    return holds(where, Event("other", "1", 0, "", body), {}, NOTHING)


CASES: list[tuple[str, list[dict[str, object]], list[dict[str, object]]]] = [
    # Values of every type; text without case; lists are alternatives and are searched.
    ("f: Abc", [{"f": "aBC"}, {"f": ["x", "abc"]}], [{"f": "abcd"}, {}, {"f": None}]),
    ("f: 5", [{"f": 5}, {"f": "5"}], [{"f": 55}, {"f": 5.5}]),
    ("f: true", [{"f": True}, {"f": "True"}], [{"f": False}, {"f": 1}]),
    ("f: null", [{}, {"f": None}], [{"f": ""}, {"f": "x"}]),
    ("f: ''", [{"f": ""}], [{}, {"f": " "}]),
    ("f: [a, b]", [{"f": "a"}, {"f": "B"}], [{"f": "c"}]),
    ("f: [a, null]", [{"f": "a"}, {}], [{"f": "c"}]),
    ("a.b: x", [{"a": {"b": "x"}}, {"a": [{"b": "y"}, {"b": "x"}]}, {"a.b": "x"}], [{"b": "x"}]),
    ("f: a\ng: b", [{"f": "a", "g": "b"}], [{"f": "a"}]),
    ("- f: a\n- g: b", [{"f": "a"}, {"g": "b"}], [{"f": "b"}]),
    # Wildcards and escapes, as the specification lists them.
    (r"f: a*c?e", [{"f": "aXXcYe"}, {"f": "acde"}], [{"f": "ace"}, {"f": "xaXcYe"}]),
    (r"f: a\*b", [{"f": "a*b"}], [{"f": "aXb"}, {"f": r"a\*b"}]),
    (r"f: a\\*b", [{"f": r"a\b"}, {"f": r"a\XXb"}], [{"f": "aXb"}, {"f": "a*b"}]),
    (r"f: a\\\*b", [{"f": r"a\*b"}], [{"f": r"a\Xb"}]),
    (r"f: C:\a\b", [{"f": r"C:\a\b"}], [{"f": "C:ab"}]),
    (r"f: a\\b", [{"f": r"a\b"}], [{"f": r"a\\b"}]),
    (r"f: a\\\\b", [{"f": r"a\\b"}], [{"f": r"a\b"}]),
    (r"f|contains: \?x", [{"f": "why?x"}], [{"f": "whyyx"}]),
    ("f: '*'", [{"f": ""}, {"f": 0}], [{}]),
    # Where a text stands.
    ("f|contains: bc", [{"f": "aBCd"}], [{"f": "b c"}]),
    ("f|startswith: [ab, x]", [{"f": "ABc"}, {"f": "xy"}], [{"f": "cab"}]),
    ("f|endswith: bc", [{"f": "aBC"}], [{"f": "bcd"}]),
    ("f|contains|all: [a, b]", [{"f": "xbya"}, {"f": ["a", "b"]}], [{"f": "a"}]),
    ("f|contains|all: [a, 'b*c']", [{"f": "abxc"}], [{"f": "ab"}]),
    ("f|cased: Abc", [{"f": "Abc"}], [{"f": "abc"}]),
    ("f|contains|cased: Bc", [{"f": "aBcd"}], [{"f": "abcd"}]),
    ("f|neq: a", [{"f": "b"}, {}], [{"f": "A"}]),
    ("f|neq: [a, b]", [{"f": "c"}], [{"f": "b"}]),
    # There or not there: null counts as there.
    ("f|exists: true", [{"f": "x"}, {"f": None}, {"f": ""}], [{"g": 1}]),
    ("f|exists: false", [{"g": 1}], [{"f": "x"}, {"f": None}]),
    ("a.b|exists: true", [{"a": {"b": None}}, {"a": [{}, {"b": 1}]}, {"a.b": None}], [{"a": {}}, {"a": None}]),
    # Regular expressions are found anywhere, and cased.
    ("f|re: b.d", [{"f": "abcde"}], [{"f": "aBCDe"}, {"f": "bd"}]),
    ("f|re|i: b.d", [{"f": "aBCDe"}], [{"f": "bd"}]),
    ("f|re: ^b$", [{"f": "b"}], [{"f": "a\nb"}]),
    ("f|re|m: ^b$", [{"f": "a\nb"}], [{"f": "ab"}]),
    ("f|re: a.b", [{"f": "axb"}], [{"f": "a\nb"}]),
    ("f|re|s: a.b", [{"f": "a\nb"}], [{"f": "ab"}]),
    ("f|re: ['^a', 'z$']", [{"f": "ab"}, {"f": "yz"}], [{"f": "b"}]),
    ("f|re|startswith: a|b", [{"f": "bx"}], [{"f": "xb"}]),
    ("f|re|endswith: a|b", [{"f": "xa"}], [{"f": "ax"}]),
    # Numbers and addresses.
    ("f|lt: 5", [{"f": 4}, {"f": "4.5"}], [{"f": 5}, {"f": "x"}, {}]),
    ("f|lte: 5", [{"f": 5}], [{"f": 6}]),
    ("f|gt: 1.5", [{"f": 2}], [{"f": 1.5}]),
    ("f|gte: '5'", [{"f": 5}], [{"f": 4}]),
    ("f|cidr: 10.0.0.0/8", [{"f": "10.2.3.4"}], [{"f": "11.0.0.1"}, {"f": "10.x"}]),
    ("f|cidr: ['fd00::/8', 192.168.0.0/16]", [{"f": "fd12::1"}, {"f": "192.168.9.9"}], [{"f": "::1"}]),
    # Encodings.
    ("f|base64: foobar", [{"f": "Zm9vYmFy"}], [{"f": "foobar"}]),
    ("f|utf16be|base64: A", [{"f": "AEE="}], [{"f": "QQA="}]),
    ("f|utf16|base64|contains: A", [{"f": b64encode("\ufeffA".encode("utf-16-le")).decode()}], [{"f": "QQA="}]),
    ("f|wide|contains: ab", [{"f": "xa\0b\0x"}], [{"f": "ab"}]),
    # Another field.
    ("f|fieldref: g", [{"f": "Ab", "g": "aB"}], [{"f": "a", "g": "b"}, {"f": "a"}, {}]),
    ("f|fieldref|startswith: g", [{"f": "abc", "g": "AB"}], [{"f": "abc", "g": "bc"}]),
    ("f|fieldref|endswith: g", [{"f": "abc", "g": "bc"}], [{"f": "abc", "g": "ab"}]),
    ("f|fieldref|contains: g", [{"f": "abcd", "g": "bc"}], [{"f": "abcd", "g": "x"}]),
    ("f|fieldref|neq: g", [{"f": "a", "g": "b"}], [{"f": "a", "g": "A"}]),
    ("f|fieldref|cased: g", [{"f": "a", "g": "a"}], [{"f": "a", "g": "A"}]),
    # Parts of a date, as it is written.
    (
        "t|hour: 23",
        [{"t": "2023-07-10T23:59:18Z"}, {"t": "2023-07-10 23:00:00+05:00"}],
        [{"t": "2023-07-10T11:00:00Z"}],
    ),
    ("t|hour|gte: 20", [{"t": "2023-07-10T23:59:18.1234567Z"}], [{"t": "2023-07-10T11:00:00Z"}, {"t": "late"}, {}]),
    ("t|minute: 59", [{"t": "2023-07-10T23:59:18Z"}], [{"t": "2023-07-10T23:58:18Z"}]),
    ("t|day: 10", [{"t": "2023-07-10"}], [{"t": "2023-07-11"}]),
    ("t|week: 28", [{"t": "2023-07-10"}], [{"t": "2023-07-17"}]),
    ("t|month: [7, 8]", [{"t": "2023-07-10"}, {"t": 1688989338}], [{"t": "2023-06-10"}]),
    ("t|year|lt: 2024", [{"t": "2023-07-10"}], [{"t": "2024-07-10"}]),
    # Keywords stand anywhere in the event.
    ("- needle\n- b?d", [{"x": {"y": ["hay NEEDLE hay"]}}, {"x": "a bad one"}], [{"needle": "hay"}, {"x": "bd"}]),
    ("'|all': [one, two]", [{"x": "one", "y": "two"}], [{"x": "one"}]),
    ("'|re': 'a[0-9]+'", [{"x": "xa12"}], [{"x": "a"}]),
    ("- word\n- f: a", [{"f": "a"}, {"x": "a word"}], [{"f": "b"}]),
    ("single", [{"x": "a single one"}], [{"x": "double"}]),
]


@pytest.mark.parametrize(("selection", "met", "unmet"), CASES, ids=[case[0] for case in CASES])
def test_selection(load: Load, selection: str, met: list[dict[str, object]], unmet: list[dict[str, object]]) -> None:
    where = expression(load, selection)
    assert [body for body in met if not meets(where, body)] == []
    assert [body for body in unmet if meets(where, body)] == []


def test_base64offset_finds_the_text_wherever_it_stands(load: Load) -> None:
    where = expression(load, "f|base64offset|contains: 'secret=é'")
    for before in ("", "x", "xy", "xyz"):
        for behind in ("", "1", "12", "123"):
            code = b64encode(f"{before}secret=é{behind}".encode()).decode()
            assert meets(where, {"f": code}), (before, behind)
    assert not meets(where, {"f": b64encode(b"secret-e").decode()})


def test_wide_base64offset(load: Load) -> None:
    where = expression(load, "f|wide|base64offset|contains: IEX")
    for before in (b"", b"x", b"xy"):
        assert meets(where, {"f": b64encode(before + "IEX".encode("utf-16-le")).decode()})


@pytest.mark.parametrize("dash", ["-", "/", "\u2013", "\u2014", "\u2015"])
def test_windash(load: Load, dash: str) -> None:
    where = expression(load, "f|windash|contains: ' -encoded-command '")
    assert meets(where, {"f": f"x {dash}encoded-command y"})
    assert not meets(where, {"f": f"x {dash}encoded/command y"})


def test_windash_with_all_wants_each_text_in_some_form(load: Load) -> None:
    where = expression(load, "f|contains|all|windash: ['-a', '-b']")
    assert meets(where, {"f": "x /a -b"})
    assert not meets(where, {"f": "x -a /a"})


def test_expand_takes_values_from_the_configuration(load: Load) -> None:
    where = expression(load, r"f|expand: \%%name%-x", name=("srv*", "a"))
    assert meets(where, {"f": "%srv12-x"})
    assert meets(where, {"f": "%A-x"})
    assert not meets(where, {"f": "srv1-x"})
    assert meets(expression(load, "f: '%name%'"), {"f": "%name%"})
    assert meets(expression(load, "f|re|expand: ^%name%$", name=("a.b", "c*")), {"f": "a.b"})
    assert not meets(expression(load, "f|re|expand: ^%name%$", name=("a.b",)), {"f": "axb"})


@pytest.mark.parametrize(
    ("selection", "code", "words"),
    [
        ("f|expand: '%who%'", "sigma-placeholder", "%who%"),
        ("f|near: x", "sigma-rule", "no modifier is called 'near'"),
        ("f|re: '(?=a)b'", "sigma-regex", "(?=a)b"),
        ("f|cidr: nowhere", "sigma-rule", "no network"),
        ("f|gt: x", "sigma-rule", "needs a number"),
        ("f|base64: 'a*'", "sigma-rule", "wildcards"),
        ("f|exists: maybe", "sigma-rule", "true or false"),
        ("f: {g: 1}", "sigma-rule", "a value must be"),
        ("'|exists': true", "sigma-rule", "needs a field"),
        ("f|windash: '-a -b -c -d'", "sigma-rule", "at most 3 dashes"),
        ("{}", "sigma-rule", "is empty"),
        ("[]", "sigma-rule", "is empty"),
    ],
)
def test_what_cannot_be_said_is_a_diagnostic_with_its_line(load: Load, selection: str, code: str, words: str) -> None:
    detections, diagnostics = load(RULE.format(selection=f"    {selection}"))
    assert detections == []
    (one,) = diagnostics
    assert one.code == code
    assert words in one.message
    assert one.at.start_line == 6
    assert one.level == ("warning" if code == "sigma-placeholder" else "error")


def test_an_event_name_is_met_with_and_without_its_version(load: Load) -> None:
    text = """
title: t
logsource: {product: aws, service: cloudtrail}
detection:
  selection:
    eventName%s
  condition: selection
"""

    def met(condition: str, name: str) -> bool:
        (one,), diagnostics = load(text % condition)
        assert diagnostics == []
        assert one.sources == ("aws.cloudtrail",)
        assert isinstance(one.pattern, Each)
        where = one.pattern.stage.where
        assert isinstance(where, Expression)
        event = Event("aws.cloudtrail", "1", 0, "", {"eventName": name})
        return holds(where, event, fields_of("aws.cloudtrail"), NOTHING)

    assert met(": UpdateFunctionCode", "UpdateFunctionCode20150331v2")
    assert met(": UpdateFunctionCode", "updatefunctioncode")
    assert met(": [A, UpdateFunctionCode20150331v2]", "UpdateFunctionCode20150331v2")
    assert not met(": UpdateFunctionCode20150331v2", "UpdateFunctionCode")
    assert not met(": UpdateFunction", "UpdateFunctionCode20150331v2")
    assert met("|endswith: FunctionCode", "UpdateFunctionCode20150331v2")
    assert met("|endswith: v2", "UpdateFunctionCode20150331v2")
    assert met("|contains|all: [Update, Code2015]", "UpdateFunctionCode20150331v2")
    assert met("|re: Code$", "UpdateFunctionCode20150331v2")
    assert met("|neq: UpdateFunction", "UpdateFunctionCode20150331v2")
    assert not met("|neq: UpdateFunctionCode", "UpdateFunctionCode20150331v2")
