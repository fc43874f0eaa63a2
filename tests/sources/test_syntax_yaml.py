from __future__ import annotations

import textwrap
from collections.abc import Iterator

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from casemate.model.value import Fields, Items, Literal, Tagged, Value
from casemate.sources.syntax.document import MAX_DEPTH, Document, decode, is_json
from casemate.sources.syntax.yaml import documents, parse

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]))
)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcß ", min_size=1), inner, max_size=4),
    max_leaves=15,
)


def plain(value: Value | None) -> object:
    match value:
        case Literal(value=scalar):
            return scalar
        case Items(items=items):
            return [plain(item) for item in items]
        case Fields(entries=entries):
            return {key: plain(entry.value) for key, entry in entries.items()}
        case Tagged(tag=tag, value=inner):
            return (tag, plain(inner))
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
    elif isinstance(value, Tagged):
        yield from literals(value.value)


def read(text: str) -> Value:
    parsed = parse(textwrap.dedent(text), "x.yaml")
    assert parsed.root is not None, parsed.diagnostics
    return parsed.root


def fields(text: str) -> Fields:
    root = read(text)
    assert isinstance(root, Fields)
    return root


def span(value: Value | None) -> tuple[int, int, int, int]:
    assert value is not None
    return value.at[1:]


@given(DOCUMENTS, st.booleans(), st.sampled_from(['"', "'", None]))
def test_it_reads_what_yaml_writes_and_every_span_is_exact(document: object, flow: bool, style: str | None) -> None:  # noqa: FBT001 - drawn
    text = yaml.safe_dump(
        document, allow_unicode=True, default_flow_style=flow, default_style=style, width=10_000, sort_keys=False
    )
    parsed = parse(text, "x.yaml")
    assert [found for found in parsed.diagnostics if found.level == "error"] == []
    if style is None:
        assert _strings(plain(parsed.root)) == _strings(document)
    lines = text.split("\n")
    for literal in literals(parsed.root):
        at = literal.at
        if at.start_line == at.end_line and "\x85" not in text and "\u2028" not in text and "\u2029" not in text:
            written = lines[at.start_line - 1][at.start_column - 1 : at.end_column - 1]
            again = parse(written, "x").root if written else Literal(None, at)
            assert plain(again) == plain(literal) or written.startswith("!")


def _strings(value: object) -> object:
    """Words that are typed by YAML 1.1 and kept as text here are compared as they are."""
    if isinstance(value, dict):
        return {str(key): _strings(item) for key, item in value.items()}
    return [_strings(item) for item in value] if isinstance(value, list) else value


@given(st.text(st.characters(exclude_categories=[])) | st.text("{}[]\"':-?&*!|>#%@`<, \n\tab1", max_size=60))
def test_it_never_raises_and_a_failure_has_a_place(text: str) -> None:
    found = list(documents(text, "x.yaml"))
    assert found
    for document in found:
        assert document.root is not None or document.diagnostics
        assert all(diagnostic.at.start_line >= 1 for diagnostic in document.diagnostics)


def test_scalars_are_typed_narrowly() -> None:
    text = "[true, False, null, ~, 12, -3, 0, 012, 3.10, on, yes, 2012-10-17, 123456789012, 1_000, 0x1F, '5', \"true\", 1:30, 9999999999999999999999]"
    assert plain(read(text)) == [
        True, False, None, None, 12, -3, 0, "012", "3.10", "on", "yes", "2012-10-17", 123456789012, "1_000", "0x1F", "5",
        "true", "1:30", "9999999999999999999999",
    ]  # fmt: skip


def test_spans_of_values_keys_and_blocks() -> None:
    root = fields(
        """\
        é😀: "x"
        block:
          a: 1
          b:
            - x
            - y   # a comment


        next: {k: [1, 2]}
        """
    )
    assert span(root.get("é😀")) == (1, 5, 1, 8)
    assert root.entries["block"].key_at[1:] == (2, 1, 2, 6)
    assert span(root.get("block")) == (3, 3, 6, 8), "a block ends with its last child, not at the next key"
    assert span(root.get("next")) == (9, 7, 9, 18)


def test_crlf_is_no_part_of_a_value() -> None:
    root = fields("a: x\r\nb: 'y'\r\n")
    assert (span(root.get("a")), span(root.get("b"))) == ((1, 4, 1, 5), (2, 4, 2, 7))


def test_block_scalars() -> None:
    root = fields(
        """\
        a: |
          one
            two

        b: >-
          three
          four
        c: |+
          five

        """
    )
    assert plain(root) == {"a": "one\n  two\n", "b": "three four", "c": "five\n\n"}
    found = root.get("a")
    assert found is not None
    assert found.at.start_line == 1
    assert found.at.end_line < 5, "a block scalar never reaches the next key"


def test_tags_are_kept_for_the_dialect() -> None:
    root = fields(
        "a: !Sub 'x-${Y}'\nb: !Join ['-', [a, !Ref B]]\nc: !GetAtt A.B\ne: !!str 5\nf: !!int '7'\ng: !If\n  - x\n"
    )
    assert plain(root) == {
        "a": ("!Sub", "x-${Y}"), "b": ("!Join", ["-", ["a", ("!Ref", "B")]]), "c": ("!GetAtt", "A.B"), "e": "5",
        "f": 7, "g": ("!If", ["x"]),
    }  # fmt: skip
    assert span(root.get("a")) == (1, 4, 1, 17)


def test_anchors_and_merge_keys() -> None:
    root = fields(
        """\
        base: &base {a: 1, b: 2}
        more: &more {b: 3, c: 4}
        one: {<<: *base, b: 9}
        two: {<<: [*base, *more], d: 5}
        same: *base
        """
    )
    assert plain(root.get("one")) == {"b": 9, "a": 1}
    assert plain(root.get("two")) == {"d": 5, "a": 1, "b": 2, "c": 4}, "the first source comes first"
    assert plain(root.get("same")) == {"a": 1, "b": 2}


def test_anchors_end_with_their_document_and_unknown_ones_are_told() -> None:
    parsed = list(documents("a: &x 1\n---\nb: *x\n", "x"))
    assert plain(parsed[0].root) == {"a": 1}
    assert (parsed[1].root, [found.code for found in parsed[1].diagnostics]) == (None, ["yaml-alias"])


def _refused(document: Document, code: str) -> None:
    assert document.root is None
    assert [found.code for found in document.diagnostics] == [code]


def test_an_alias_bomb_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    _refused(parse("\n".join(lines), "x"), "alias-bomb")


def test_a_bomb_of_merge_keys_is_refused_before_it_is_merged() -> None:
    big = ", ".join(f"k{n}: 1" for n in range(2_000))
    _refused(parse(f"a: &a {{{big}}}\nb:\n" + "  <<: *a\n" * 2_000, "x"), "alias-bomb")


def test_an_anchor_inside_of_itself_is_refused() -> None:
    _refused(parse("a: &a [*a]", "x"), "yaml-alias")


def test_depth_is_bounded() -> None:
    assert parse("[" * MAX_DEPTH + "]" * MAX_DEPTH, "x").root is not None
    for text in ("[" * (MAX_DEPTH + 2), "[" * 20_000, "{a: " * 20_000, "- " * 5_000 + "x"):
        _refused(parse(text, "x"), "too-deep")


def test_a_key_that_stands_twice_is_told_and_the_last_one_counts() -> None:
    parsed = parse("a: 1\nb: 2\na: 3\n", "x")
    assert plain(parsed.root) == {"a": 3, "b": 2}
    assert [(found.code, found.level, found.at.start_line) for found in parsed.diagnostics] == [
        ("duplicate-key", "warning", 3)
    ]


@pytest.mark.parametrize(
    ("text", "line"), [("a: [\n", 2), ("a: 1\n b: 2\n", 2), ("a: 'x\n", 2), ("\ta: 1", 1), ("a: \x01", 1), ("a: %x", 1)]
)
def test_an_error_has_its_line(text: str, line: int) -> None:
    parsed = parse(text, "x")
    _refused(parsed, "yaml-syntax")
    assert parsed.diagnostics[0].at.start_line == line


@pytest.mark.parametrize("text", ["a: {{ .Values.x }}\n{{- if .y }}\nb: [", "{% if x %}\na: [\n", "a: <%= x %>: [\n"])
def test_a_template_language_is_named(text: str) -> None:
    hint = parse(text, "x").diagnostics[0].hint
    assert hint is not None
    assert "template" in hint


@pytest.mark.parametrize("text", ["", "# only a comment\n", "\n\n"])
def test_an_empty_file_is_no_error(text: str) -> None:
    parsed = parse(text, "x")
    _refused(parsed, "empty-document")
    assert parsed.diagnostics[0].level == "warning"


def test_keys_of_every_kind_are_text() -> None:
    assert plain(read("{1: a, true: b, null: c, [x]: d, on: e}")) == {
        "1": "a",
        "true": "b",
        "null": "c",
        "?": "d",
        "on": "e",
    }


def test_bytes_become_text_or_a_diagnostic_with_its_line() -> None:
    assert decode("é".encode("utf-8-sig"), "x") == ("é", ())
    assert decode("é".encode("utf-16"), "x") == ("é", ())
    text, (diagnostic,) = decode(b"a\n\xc3\xa9b\xffc", "x")
    assert text is None
    assert (diagnostic.code, diagnostic.at[1:]) == ("invalid-utf-8", (2, 3, 2, 4))


def test_what_is_written_as_json() -> None:
    assert is_json('{"a": 1}', "x.yaml")
    assert is_json("{}", "x.template")
    assert is_json("[1]", "x.json")
    assert not is_json("{a: 1}", "x.yaml")
    assert not is_json("{{ x }}", "x.yaml")
