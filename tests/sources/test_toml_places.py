from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from casemate.model.value import Fields, Literal
from casemate.sources.syntax.toml import parse


def test_keys_and_values_stand_where_they_are_written() -> None:
    root = parse('a = 1\n\n[x.y]\n"k" = "v"   \n', "f.toml").root
    assert isinstance(root, Fields)
    assert (root.entries["a"].key_at[1:], root.entries["a"].value.at[1:]) == ((1, 1, 1, 2), (1, 5, 1, 6))
    inner = root.entries["x"].value
    assert isinstance(inner, Fields)
    table = inner.entries["y"]
    assert table.key_at[1:] == (3, 4, 3, 5)
    assert isinstance(table.value, Fields)
    assert table.value.entries["k"].key_at[1:] == (4, 1, 4, 4)
    assert table.value.entries["k"].value.at[1:] == (4, 7, 4, 10)


def test_an_error_has_its_line() -> None:
    document = parse("a = 1\nb = \n", "f.toml")
    assert document.root is None
    assert (document.diagnostics[0].code, document.diagnostics[0].at.start_line) == ("toml-syntax", 2)


def test_lines_made_to_be_slow_are_not() -> None:
    text = 'a = """\n[' + " " * 500_000 + '\n"""\nb = 1\n'
    root = parse(text, "f.toml").root
    assert isinstance(root, Fields)
    assert root.entries["b"].key_at.start_line == 4


@given(st.text(alphabet="ab.[]=\"'# \n\t1{},", max_size=80))
def test_any_text_is_read_or_told(text: str) -> None:
    document = parse(text, "f.toml")
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        assert document.diagnostics
    else:
        assert isinstance(document.root, Fields)


def test_scalars_keep_their_types() -> None:
    root = parse("a = true\nb = 1.5\nc = 2020-01-01\n", "f.toml").root
    assert isinstance(root, Fields)
    found = [entry.value.value for entry in root.entries.values() if isinstance(entry.value, Literal)]
    assert found == [True, 1.5, "2020-01-01"]
