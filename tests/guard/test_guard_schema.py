"""Our validator against the reference one, and what it does that a schema language does not ask for: bounds."""

from __future__ import annotations

import json
import sys

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate_guard.formats import FORMATS
from casemate_guard.schema import SchemaError, compiled

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from([0.5, 1.0, -2.0]) | st.text("ab", max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3),
    max_leaves=8,
)
TYPES = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])
SMALL = st.integers(0, 3)


def grown(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    several = st.lists(inner, min_size=1, max_size=3)
    table = st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": TYPES | st.lists(TYPES, min_size=1, max_size=2, unique=True),
            "enum": st.lists(VALUES, min_size=1, max_size=3),
            "const": VALUES,
            "minimum": st.integers(-3, 3),
            "exclusiveMaximum": st.integers(-3, 3),
            "multipleOf": st.sampled_from([1, 2, 0.5]),
            "minLength": SMALL,
            "pattern": st.sampled_from(["^a", "b$", "a.b"]),
            "maxItems": SMALL,
            "uniqueItems": st.booleans(),
            "minProperties": SMALL,
            "required": st.lists(st.sampled_from(["a", "b"]), unique=True, max_size=2),
            "dependentRequired": st.just({"a": ["b"]}),
            "properties": table,
            "patternProperties": st.dictionaries(st.sampled_from(["^a", "b|c"]), inner, max_size=2),
            "additionalProperties": inner,
            "propertyNames": inner,
            "prefixItems": several,
            "items": inner,
            "contains": inner,
            "minContains": SMALL,
            "maxContains": SMALL,
            "allOf": several,
            "anyOf": several,
            "oneOf": several,
            "not": inner,
            "if": inner,
            "then": inner,
            "else": inner,
            "dependentSchemas": table,
            "unevaluatedProperties": inner,
            "unevaluatedItems": inner,
        },
    )


SCHEMAS = st.recursive(st.booleans() | st.fixed_dictionaries({"type": TYPES}), grown, max_leaves=6)


@settings(max_examples=150, deadline=None)
@given(SCHEMAS, VALUES)
def test_the_verdict_is_that_of_the_reference(schema: object, value: object) -> None:
    ours = compiled(schema, portable=True)(value) is None
    assert isinstance(schema, bool | dict)
    assert ours == jsonschema.Draft202012Validator(schema).is_valid(value), json.dumps(schema)


@pytest.mark.parametrize(
    ("schema", "value", "fault"),
    [
        ({"properties": {"a": {"items": {"type": "string"}}}}, {"a": ["x", 1]}, (".a[1]", "type")),
        ({"additionalProperties": False}, {"x": 1}, (".x", "additionalProperties")),
        ({"$ref": "#/$defs/n", "$defs": {"n": {"properties": {"next": {"$ref": "#/$defs/n"}, "v": {"minimum": 0}}}}},
         {"next": {"next": {"v": -1}}}, (".next.next.v", "minimum")),
        ({"type": "integer"}, True, ("", "type")),
        ({"const": 1}, True, ("", "const")),
        ({"uniqueItems": True}, [1, 1.0], ("", "uniqueItems")),
        ({"maximum": 5}, float("nan"), ("", "maximum")),
        ({"format": "date"}, "2025-02-29", ("", "format")),
    ],
)  # fmt: skip
def test_the_place_and_the_keyword(schema: object, value: object, fault: tuple[str, str]) -> None:
    assert compiled(schema, portable=True)(value) == fault


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "https://example.com/other.json"},
        {"$ref": "#/$defs/missing"},
        {"type": "text"},
        {"properties": [1]},
        {"pattern": "("},
        7,
        {"allOf": {"a": 1}},
    ],
)
def test_a_schema_that_cannot_be_used_is_refused(schema: object) -> None:
    with pytest.raises(SchemaError):
        compiled(schema, portable=True)


def test_patterns_without_re2_cannot_run_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "re2", None)
    for source in ("(a+)+$", "(a|a)*(b*)*", r"(a)\1", "(?=a)b", "((a{1,9}){1,9}){1,9}"):
        with pytest.raises(SchemaError):
            compiled({"pattern": source}, portable=True)
    check = compiled({"pattern": "a*a*a*b$"}, portable=True)
    assert check("aab") is None
    assert check("a" * 100_000) == ("", "pattern-too-long")
    assert compiled({"pattern": "^[A-Z]{3}-[0-9]{1,6}$"}, portable=True)("ABC-12\n") == ("", "pattern")


FINE = {
    "date": ["2024-02-29", "0001-01-01"],
    "time": ["23:59:60Z", "12:00:00.5+01:00", "22:59:60-01:00"],
    "date-time": ["2026-01-02T03:04:05Z", "2026-01-02t03:04:05.123456789-12:00"],
    "duration": ["P1Y2M3DT4H5M6S", "P2W", "PT1S"],
    "uuid": ["7f9c2f0e-1c1c-4a52-9a48-1d5a1f7f9c2f"],
    "ipv4": ["192.0.2.1", "0.0.0.0"],
    "ipv6": ["::", "2001:db8::1", "::ffff:192.0.2.1", "1:2:3:4:5:6:7:8"],
    "email": ["a@example.com", '"a b"@example.com', "a@[192.0.2.1]"],
    "uri": ["https://example.com/a?b#c", "mailto:a@example.com", "http://[2001:db8::1]:80/"],
}
WRONG = {
    "date": ["2025-02-29", "2025-13-01", "2025-1-1", "\uff12025-01-01"],
    "time": ["24:00:00Z", "12:00:60Z", "12:00:00", "12:00:00+24:00"],
    "date-time": ["2026-01-02 03:04:05Z", "2026-01-02T03:04:05"],
    "duration": ["P", "PT", "P1", "P1M1Y", "P1W2D"],
    "uuid": ["7f9c2f0e1c1c4a529a481d5a1f7f9c2f", "{7f9c2f0e-1c1c-4a52-9a48-1d5a1f7f9c2f}"],
    "ipv4": ["256.0.0.1", "01.2.3.4", "1.2.3", "1.2.3.4.5", "\uff11.2.3.4"],
    "ipv6": ["1::2::3", ":::", "12345::", "1:2:3:4:5:6:7:8:9", "::1%eth0", "1:2:3:4:5:6:7:"],
    "email": ["a", "a@", "@example.com", ".a@example.com", "a@-example.com"],
    "uri": ["/a", "https://example.com/ b", "//example.com", "http://[::1", "http://a/%zz"],
}


@pytest.mark.parametrize("name", FINE)
def test_formats(name: str) -> None:
    assert {text for text in FINE[name] if not FORMATS[name](text)} == set()
    assert {text for text in WRONG[name] if FORMATS[name](text)} == set()


def test_the_extra_gives_the_same_verdict() -> None:
    pytest.importorskip("jsonschema_rs")
    schema = {
        "type": "object",
        "required": ["id"],
        "properties": {"id": {"format": "uuid"}, "at": {"format": "date-time"}},
    }
    quick, own = compiled(schema), compiled(schema, portable=True)
    values: list[object] = [
        {"id": FINE["uuid"][0]},
        {"id": "x"},
        {},
        {"id": FINE["uuid"][0], "at": "no"},
        [],
        float("inf"),
    ]
    for value in values:
        assert quick(value) == own(value)
