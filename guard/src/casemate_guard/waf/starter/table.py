"""Reads `rules.txt`, the table of the starter rules."""

from __future__ import annotations

import re
from functools import cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    Row = tuple[str, int, int, tuple[str, ...], str, frozenset[str]]


@cache
def _lines() -> tuple[dict[str, str], list[str]]:
    """The words with their meaning, and the lines of the rules."""
    loader = __spec__.loader  # also that of a zip file
    folder = __file__.rpartition("table.")[0]
    text = str(loader.get_data(f"{folder}rules.txt"), "utf-8")  # type: ignore[union-attr]
    words: dict[str, str] = {}
    lines: list[str] = []
    for line in text.splitlines():
        if line[0] in "<\xa7\xb6":
            word, _, meaning = line.partition(" ")
            words[word] = _filled(meaning, words)
        elif line[0] != "#":
            lines.append(line.removeprefix(" "))
    return words, lines


def _filled(pattern: str, words: dict[str, str]) -> str:
    for word, meaning in words.items():
        if word in pattern:
            pattern = pattern.replace(word, meaning)
    return pattern


def rows() -> Iterator[Row]:
    """Name, score in a value, score in free text, literals, pattern (or `=` and a detector), kinds of leaves."""
    words, lines = _lines()
    for head, literals, pattern in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
        name, score, free, *kinds = head.split()
        written = literals if "\\" not in literals else literals.encode("latin-1").decode("unicode_escape")
        sought = tuple(one.replace("~", " ") for one in written.split(" "))
        yield name, int(score), int(free), sought, _filled(pattern, words), frozenset(kinds)


@cache
def pattern(word: str) -> re.Pattern[str]:
    """The pattern that a word stands for, compiled when it is first asked for."""
    return re.compile(_lines()[0][f"<{word}>"])
