"""Which commands a shell would start."""

from __future__ import annotations

import pytest

from casemate.prove.verdicts.shell import commands


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ls a;zabc", ["ls", "zabc"]),
        ("ls 'a;zabc'", ["ls"]),
        ('ls "a;zabc"', ["ls"]),
        ('ls "$(zabc)"', ["zabc", "ls"]),
        ("ls '$(zabc)'", ["ls"]),
        ("ls \\;zabc", ["ls"]),
        ("ls `zabc`", ["zabc", "ls"]),
        ("ls a|zabc&&b", ["ls", "zabc", "b"]),
        ("ls a\nzabc", ["ls", "zabc"]),
        ("ls # a;zabc", ["ls"]),
        ("A=1 B=2 zabc", ["zabc"]),
        ("> out zabc", ["zabc"]),
        ("ls > zabc", ["ls"]),
        ("if true; then zabc; fi", ["if", "true", "then", "zabc", "fi"]),
        ("ls 'a'\"'\"';zabc'", ["ls"]),  # what shlex.quote makes of a quote
        ("(zabc)", ["zabc"]),
        ("ls (zabc)", []),  # an error of syntax
        ("ls\na;b (zabc)", ["ls"]),
        ("echo $((1+1)); zabc", ["1+1", "echo", "zabc"]),
    ],
)
def test_the_first_words_of_commands(text: str, wanted: list[str]) -> None:
    assert sorted(commands(text)) == sorted(wanted)


@pytest.mark.parametrize("text", ["ls '", 'ls "', "ls $(", "ls `", "\\", "", "$(" * 200, "'" * 5001])
def test_what_is_not_closed_ends(text: str) -> None:
    assert isinstance(list(commands(text)), list)
