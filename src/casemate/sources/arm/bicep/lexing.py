"""Bicep text -> tokens. A string is one token whose holes are tokens themselves."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal as OneOf

from casemate.model.location import Span

MAX_TOKENS = 200_000
MAX_NESTING = 40
"""Strings in holes of strings."""
Kind = OneOf["name", "number", "string", "mark", "line", "end"]
_PLAIN = re.compile(
    r"(?P<skip>[ \t\r]+|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/|#[^\n]*)|(?P<line>\n)|(?P<name>[A-Za-z_]\w*)|(?P<number>\d+)"
    r"|(?P<mark>::|=>|==|!=|=~|!~|<=|>=|&&|\|\||\?\?|\?\.|\[\?|\.\.\.|[-+*/%<>!?:.,=(){}\[\]@|])"
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "'": "'", "\\": "\\", "$": "$"}


class BadBicep(Exception):  # noqa: N818 - a signal between these modules
    """The text is no Bicep here; `at` says where."""

    def __init__(self, message: str, at: Span) -> None:
        super().__init__(message)
        self.at = at


@dataclass(frozen=True, slots=True)
class Token:
    """`parts`: of a string, its texts and the tokens of its holes in turn."""

    kind: Kind
    text: str
    at: Span
    parts: tuple[str | tuple[Token, ...], ...] = ()


class Lexer:
    """One file."""

    def __init__(self, text: str, path: str) -> None:
        self._text = text
        self._path = path
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._count = 0

    def tokens(self) -> tuple[Token, ...]:
        """All tokens, ended by one of kind `end`."""
        found, position = self._until(0, "", 0)
        return (*found, Token("end", "", self.span(position, position + 1)))

    def span(self, start: int, end: int) -> Span:
        """Offsets as a place."""
        first, last = bisect_right(self._starts, start), bisect_right(self._starts, max(start, end - 1))
        return Span(
            self._path,
            first,
            start - self._starts[first - 1] + 1,
            last,
            max(start, end - 1) - self._starts[last - 1] + 2,
        )

    def _until(self, position: int, closing: str, depth: int) -> tuple[list[Token], int]:
        """Tokens up to the brace that closes a hole, or to the end of the text."""
        found: list[Token] = []
        braces = 0
        while position < len(self._text):
            self._count += 1
            if self._count > MAX_TOKENS or depth > MAX_NESTING:
                raise BadBicep("too long or nested too deeply", self.span(position, position + 1))
            if self._text[position] == "'":
                token, position = self._string(position, depth)
                found.append(token)
                continue
            match = _PLAIN.match(self._text, position)
            if match is None:  # the statement that it stands in is told as wrong, not the whole file
                found.append(Token("mark", self._text[position], self.span(position, position + 1)))
                position += 1
                continue
            text = match[0]
            if closing and text == closing and not braces:
                return found, match.end()
            braces += (text == "{") - (text == "}")
            kind = match.lastgroup
            if kind in {"line", "name", "number", "mark"}:
                found.append(Token(kind, text, self.span(position, match.end())))  # type: ignore[arg-type]  # one of four
            position = match.end()
        if closing:
            raise BadBicep("a string is not closed", self.span(position - 1, position))
        return found, position

    def _string(self, start: int, depth: int) -> tuple[Token, int]:
        if self._text.startswith("'''", start):
            end = self._text.find("'''", start + 3)
            if end < 0:
                raise BadBicep("a string is not closed", self.span(start, start + 3))
            while self._text.startswith("'", end + 3):
                end += 1
            body = self._text[start + 3 : end].removeprefix("\r").removeprefix("\n")
            return Token("string", body, self.span(start, end + 3), (body,)), end + 3
        parts: list[str | tuple[Token, ...]] = []
        letters: list[str] = []
        position = start + 1
        while position < len(self._text):
            sign = self._text[position]
            if sign == "'":
                parts.append("".join(letters))
                return Token("string", "", self.span(start, position + 1), tuple(parts)), position + 1
            if sign == "\n":
                break
            if sign == "\\":
                letter, position = self._escape(position)
                letters.append(letter)
            elif self._text.startswith("${", position):
                hole, position = self._until(position + 2, "}", depth + 1)
                parts += ["".join(letters), (*hole, Token("end", "", self.span(position - 1, position)))]
                letters = []
            else:
                letters.append(sign)
                position += 1
        raise BadBicep("a string is not closed", self.span(start, start + 1))

    def _escape(self, position: int) -> tuple[str, int]:
        sign = self._text[position + 1 : position + 2]
        if sign == "u":
            match = re.compile(r"\\u\{([0-9A-Fa-f]{1,6})\}").match(self._text, position)
            if match is not None and int(match[1], 16) < 0x110000:
                return chr(int(match[1], 16)), match.end()
        return _ESCAPES.get(sign, sign), position + 2
