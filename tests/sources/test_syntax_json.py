from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.model.value import Fields, Items, Literal, Value
from casemate.sources.syntax.document import MAX_DEPTH
from casemate.sources.syntax.json import parse

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=20
)


def plain(value: Value | None) -> object:
    match value:
        case Literal(value=scalar):
            return scalar
        case Items(items=items):
            return [plain(item) for item in items]
        case Fields(entries=entries):
            return {key: plain(entry.value) for key, entry in entries.items()}
    raise AssertionError(value)


def literals(value: Value | None) -> Iterator[Literal]:
    if isinstance(value, Literal):
        yield value
    elif isinstance(value, Items):
        for item in value.items:
            yield from literals(item)
    elif isinstance(value, Fields):
        for entry in value.entries.values():
            yield from literals(entry.value)


def text_at(text: str, value: Value) -> str:
    """The text of a span: lines end at `\\n` alone, columns count code points."""
    lines, at = text.split("\n"), value.at
    if at.start_line == at.end_line:
        return lines[at.start_line - 1][at.start_column - 1 : at.end_column - 1]
    middle = lines[at.start_line : at.end_line - 1]
    return "\n".join(
        [lines[at.start_line - 1][at.start_column - 1 :], *middle, lines[at.end_line - 1][: at.end_column - 1]]
    )


@given(DOCUMENTS, st.sampled_from([None, 0, 3]), st.booleans())
def test_it_reads_what_json_writes_and_every_span_is_exact(document: object, indent: int | None, ascii_: bool) -> None:  # noqa: FBT001 - drawn
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_)
    parsed = parse(text, "x.json")
    assert parsed.diagnostics == ()
    assert plain(parsed.root) == document
    for literal in literals(parsed.root):
        assert json.loads(text_at(text, literal)) == literal.value
    assert parsed.root is not None
    assert json.loads(text_at(text, parsed.root)) == document


@given(st.text(st.characters(exclude_categories=[])) | st.text('{}[]",:/*-+.\\ \n019eEtrufalsn', max_size=60))
def test_it_never_raises_and_a_failure_has_a_place(text: str) -> None:
    parsed = parse(text, "x.json")
    assert (parsed.root is None) == any(diagnostic.level == "error" for diagnostic in parsed.diagnostics)
    for diagnostic in parsed.diagnostics:
        assert diagnostic.at.start_line >= 1
        assert diagnostic.at.start_line <= text.count("\n") + 1


@given(st.text('{}[]",: \n019.eE-+a\\u', max_size=30))
def test_what_json_accepts_it_accepts(text: str) -> None:
    try:
        expected = json.loads(text, parse_constant=lambda _: 1 / 0)
    except (ValueError, ZeroDivisionError):
        return
    if "\\u" not in text and "e" not in text.lower():
        assert plain(parse(text, "x.json").root) == expected


def test_comments_and_trailing_commas_are_read() -> None:
    text = '// one\n{\n "a": 1, /* two\n lines */ "b": [1, 2,],\n}\n'
    assert plain(parse(text, "x.json").root) == {"a": 1, "b": [1, 2]}


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1),
        ("{", 1, 1),
        ('{\n "a": 1\n "b": 2}', 3, 2),
        ('{"a" 1}', 1, 6),
        ('{"a": tru}', 1, 7),
        ('{"a": 1}}', 1, 9),
        ("[1, 2", 1, 5),
        ("[,]", 1, 2),
        ('["\\x"]', 1, 2),
        ('["a\nb"]', 1, 2),
        ("{1: 2}", 1, 2),
        ("[/* open]", 1, 2),
    ],
)
def test_an_error_stands_where_it_is(text: str, line: int, column: int) -> None:
    parsed = parse(text, "x.json")
    assert parsed.root is None
    (diagnostic,) = parsed.diagnostics
    assert (diagnostic.code, diagnostic.at.start_line, diagnostic.at.start_column) == ("json-syntax", line, column)


@pytest.mark.parametrize(
    "word",
    ["NaN", "nan", "Infinity", "-inf", "1_000", "+1", "007", "0x10", "1.", ".5", "١٢", "1e999", "9" * 400, "9" * 5000],
)
def test_what_is_no_number_of_json_is_refused(word: str) -> None:
    parsed = parse(f'{{"a": {word}}}', "x.json")
    assert parsed.root is None
    assert parsed.diagnostics[0].code == "json-syntax"


def test_a_key_that_stands_twice_is_told_and_the_last_one_counts() -> None:
    parsed = parse('{"a": 1,\n "a": 2}', "x.json")
    assert plain(parsed.root) == {"a": 2}
    assert [(found.code, found.level, found.at.start_line) for found in parsed.diagnostics] == [
        ("duplicate-key", "warning", 2)
    ]


def test_depth_is_bounded() -> None:
    assert parse("[" * MAX_DEPTH + "]" * MAX_DEPTH, "x").root is not None
    assert parse("[" * (MAX_DEPTH + 1), "x").diagnostics[0].code == "too-deep"
    assert parse("[" * 200_000, "x").diagnostics[0].code == "too-deep"


def test_half_of_a_surrogate_pair_does_not_get_through() -> None:
    root = parse('["\\ud800", "\\ud83d\\ude00"]', "x").root
    assert plain(root) == ["?", "\U0001f600"]


def test_columns_count_code_points_and_crlf_is_no_column() -> None:
    root = parse('{"é😀": "x",\r\n "b": "y"}', "x").root
    assert isinstance(root, Fields)
    first, second = root.entries.values()
    assert first.value.at[1:] == (1, 8, 1, 11)
    assert second.key_at[1:] == (2, 2, 2, 5)
