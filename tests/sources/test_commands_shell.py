"""Shell text as commands of words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.sources.commands.shell import commands


def texts(script: str) -> list[list[str]]:
    return [[word.text for word in command] for command in commands(script)]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("a b c", [["a", "b", "c"]]),
        ("a 'b c' \"d e\"f", [["a", "b c", "d ef"]]),
        ("a \\\n  b", [["a", "b"]]),
        ("a `\n  b", [["a", "b"]]),
        ("a && b; c | d\ne & f", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"]]),
        ("# a b\nc # d\n--x=#y", [["c"], ["--x=#y"]]),
        ('a "say \\"hi\\" \\n"', [["a", 'say "hi" \\n']]),
        ("a > out 2> err", [["a", "out", "2", "err"]]),
        ("(cd x; a)", [["cd", "x"], ["a"]]),
        ("A=1 B=2 run $A", [["run", "$A"]]),
        ("a 'open\nb c", []),
    ],
)
def test_words(script: str, expected: list[list[str]]) -> None:
    assert texts(script) == expected


@pytest.mark.parametrize(
    "written",
    ["$NAME", "${NAME}", "${NAME:-x}", "$(cat n; b)", "`cat n`", "x-$NAME", '"$NAME y"', "${{ secrets.A b }}", "$1"],
)
def test_what_is_put_in_is_not_known(written: str) -> None:
    ((_, word),) = commands(f"a {written}")
    assert not word.known


@pytest.mark.parametrize("written", ["plain", "'$NAME'", '"\\$NAME"', "\\$NAME", "a$", "$/x"])
def test_what_is_written_is_known(written: str) -> None:
    ((_, word),) = commands(f"a {written}")
    assert word.known


def test_a_variable_that_the_script_sets_is_known_until_it_is_set_otherwise() -> None:
    script = "NAME=shop\nexport REGION='eu west'\na $NAME \"$REGION\" ${OTHER}\nNAME=$(date)\na $NAME\n"
    first, second = commands(script)
    assert [(word.text, word.known) for word in first[1:]] == [
        ("shop", True),
        ("eu west", True),
        ("${OTHER}", False),
    ]
    assert not second[1].known


def test_places_are_offsets_of_the_script() -> None:
    script = "x; tool --flag='a b' \\\n  last"
    _, command = commands(script)
    assert [script[word.start : word.end] for word in command] == ["tool", "--flag='a b'", "last"]


@given(st.text(alphabet="ab \n\\'\"$(){}`;&|#=<>", max_size=60))
def test_any_text_is_read_to_its_end(script: str) -> None:
    for command in commands(script):
        assert command
        for word in command:
            assert 0 <= word.start <= word.end <= len(script)
