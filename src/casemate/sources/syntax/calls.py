"""Calls in source text: their arguments, without a grammar of the language.

`Source.code` is the text with comments and the content of strings blanked, same length, so that brackets can be
counted and words looked for; literals are read from the text itself.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from casemate.model.location import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_ARGUMENTS = 20_000
"""Longest argument list that is looked at, in characters."""
_OPENING, _CLOSING = "([{", ")]}"
_NAMED = re.compile(r"\s*(\w{1,60})\s*(?::(?!:)|=(?![=>]))")
_STRING = re.compile(r"""\s*[@$rbuf]{0,2}("([^"\\\n]*)"|'([^'\\\n]*)'|`([^`\\$\n]*)`)\s*""")


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a call or entry of an object: its name, if it has one, and where its value stands."""

    name: str | None
    start: int
    end: int


class Source:
    """A text with what is code in it. `hash_comments`: `#` begins a comment (Python), else `//` and `/*` do."""

    def __init__(self, text: str, path: str, *, hash_comments: bool) -> None:
        self.text: Final = text
        self.path: Final = path
        self.code: Final = _blanked(text, hash_comments=hash_comments)
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def span(self, start: int, end: int) -> Span:
        """From one offset to another."""
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        first, last = bisect_right(self._starts, start), bisect_right(self._starts, end)
        return Span(self.path, first, start - self._starts[first - 1] + 1, last, end - self._starts[last - 1] + 1)

    def closing(self, opening: int) -> int | None:
        """Where the bracket at `opening` closes."""
        depth = 0
        for place in range(opening, min(len(self.code), opening + MAX_ARGUMENTS)):
            mark = self.code[place]
            if mark in _OPENING:
                depth += 1
            elif mark in _CLOSING:
                depth -= 1
                if depth == 0:
                    return place
        return None

    def arguments(self, opening: int) -> list[Argument]:
        """The arguments behind the bracket at `opening`; of a list that is too long, those at its beginning."""
        return list(self._split(opening + 1, min(len(self.code), opening + MAX_ARGUMENTS)))

    def _split(self, start: int, limit: int) -> Iterator[Argument]:
        depth = 0
        begin = start
        for place in range(start, limit):
            mark = self.code[place]
            if mark in _OPENING:
                depth += 1
            elif mark in _CLOSING and depth:
                depth -= 1
            elif mark in _CLOSING or (mark == "," and not depth):
                yield from self._argument(begin, place)
                begin = place + 1
                if mark != ",":
                    return
        yield from self._argument(begin, limit)

    def _argument(self, start: int, end: int) -> Iterator[Argument]:
        if self.text[start:end].strip():
            named = _NAMED.match(self.code, start, end)
            yield Argument(named[1], named.end(), end) if named else Argument(None, start, end)

    def string(self, argument: Argument) -> str | None:
        """The text of an argument that is one string literal."""
        match = _STRING.fullmatch(self.text, argument.start, argument.end)
        if match is None:
            return None
        return next((group for group in match.groups()[1:] if group is not None), "")

    def strings(self, argument: Argument) -> list[tuple[str, int, int]]:
        """Every string literal in an argument, with its place."""
        written = self.text[argument.start : argument.end]
        return [
            (match[1], argument.start + match.start(), argument.start + match.end())
            for match in re.finditer(r"""["'`]([^"'`\\\n]{0,200})["'`]""", written)
        ]

    def words(self, argument: Argument) -> str:
        """What is written there."""
        return self.text[argument.start : argument.end].strip()


def _blanked(text: str, *, hash_comments: bool) -> str:
    out = list(text)
    place, length = 0, len(text)
    while place < length:
        mark = text[place]
        if mark in "\"'`" and not (mark == "`" and hash_comments):
            quote = text[place : place + 3] if text[place : place + 3] in {'"""', "'''"} else mark
            end = _string_end(text, place + len(quote), quote)
            _blank(out, place + len(quote), end - len(quote))
            place = end
        elif (hash_comments and mark == "#") or (not hash_comments and text.startswith("//", place)):
            end = _line_end(text, place)
            _blank(out, place, end)
            place = end
        elif not hash_comments and text.startswith("/*", place):
            end = text.find("*/", place + 2)
            end = length if end < 0 else end + 2
            _blank(out, place, end)
            place = end
        else:
            place += 1
    return "".join(out)


def _string_end(text: str, place: int, quote: str) -> int:
    """Behind the closing quote; a string of one line ends with its line."""
    one_line = len(quote) == 1 and quote != "`"
    while place < len(text):
        if text[place] == "\\":
            place += 2
        elif text.startswith(quote, place) or (one_line and text[place] == "\n"):
            return place + len(quote)
        else:
            place += 1
    return len(text) + len(quote)


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    return len(text) if end < 0 else end


def _blank(out: list[str], start: int, end: int) -> None:
    for place in range(start, min(end, len(out))):
        if out[place] != "\n":
            out[place] = " "
