"""Places in a text by offset, and the searches that find where a parsed entry stands.

Locks are read by fast parsers that keep no places; what they gave is then found again in the text, in document order.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from casemate.model.diagnostic import Diagnostic
from casemate.model.location import Span
from casemate.sources.syntax.document import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.diagnostic import Level

_BLOCK = re.compile(
    r"^[ \t]{0,50}\[\[?[ \t]{0,50}([^\]\n]{1,200}?)[ \t]{0,50}\]\]?[ \t]{0,50}(?:#[^\n]*)?\r?$", re.MULTILINE
)
_PAIR = re.compile(r"""^[ \t]{0,50}("?[\w-]{1,100}"?)[ \t]{0,50}=[ \t]{0,50}([^\n]*)""", re.MULTILINE)
_DOTTED = re.compile(r"""(?<![\w.-])(?:["']?+[\w-]{1,100}+["']?+[ \t]{0,3}+\.[ \t]{0,3}+){100}+""")
_OBJECT_KEY = re.compile(r'"((?:[^"\\\n]|\\.){0,400})"[ \t]*:[ \t]*\{')


class Text:
    """A decoded file that turns offsets into spans."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self._lines = [0]
        find = text.find
        position = find("\n")
        while position >= 0:
            self._lines.append(position + 1)
            position = find("\n", position + 1)

    def span(self, start: int, end: int) -> Span:
        """The span of `text[start:end]`."""
        first, last = bisect_right(self._lines, start) - 1, bisect_right(self._lines, end) - 1
        return Span(self.path, first + 1, start - self._lines[first] + 1, last + 1, end - self._lines[last] + 1)

    @property
    def top(self) -> Span:
        """The first column: for what has no place of its own."""
        return Span(self.path, 1, 1, 1, 1)

    def note(self, code: str, message: str, at: Span | None = None, level: Level = "warning") -> Diagnostic:
        """A Diagnostic about this file."""
        return Diagnostic(code, message, at or self.top, level)


def opened(path: str, data: bytes) -> tuple[Text, tuple[Diagnostic, ...]]:
    """The text of a file; empty, with a Diagnostic, when it is not UTF-8."""
    text, diagnostics = decode(data, path)
    return Text(path, text or ""), diagnostics


class Block:
    """A TOML table header `[name]` or `[[name]]`, and where its own `key = value` lines stand."""

    __slots__ = ("_end", "_pairs", "_text", "at", "name", "start")

    def __init__(self, text: Text, name: str, start: int, end: int, at: Span) -> None:
        self.name = name
        self.start = start
        self.at = at
        self._text = text
        self._end = end
        self._pairs: dict[str, tuple[int, int]] | None = None

    def key(self, name: str) -> Span | None:
        """The span of a key's value, without the quotes of a string; None when it is not there."""
        if self._pairs is None:
            found = _PAIR.finditer(self._text.text, self.start, self._end)
            self._pairs = {pair[1].strip('"'): (pair.start(2), _end(pair)) for pair in found}
        place = self._pairs.get(name)
        if place is None:
            return None
        start, end = place
        text = self._text.text
        if end - start >= 2 and text[start] in "\"'" and text[end - 1] == text[start]:
            return self._text.span(start + 1, end - 1)
        return self._text.span(start, end)

    def lines(self) -> Iterator[tuple[str, Span, int, int]]:
        """(key, span of the line, offsets of the value) of every `key = value` line."""
        for pair in _PAIR.finditer(self._text.text, self.start, self._end):
            yield pair[1].strip('"'), self._text.span(pair.start(1), _end(pair)), pair.start(2), _end(pair)


def load_toml(text: str) -> dict[str, Any]:
    """The tables of a TOML text. Raises `ValueError` or `RecursionError`.

    A key of a hundred parts is refused: no tool writes one, and `tomllib` takes quadratic time for it.
    """
    if _DOTTED.search(text):
        raise ValueError("a key has too many parts")
    return tomllib.loads(text)


def _end(pair: re.Match[str]) -> int:
    """Where a value ends, without the blanks behind it."""
    return pair.start(2) + len(pair[2].rstrip())


def toml_blocks(text: Text) -> list[Block]:
    """Every table header of a TOML text, in order."""
    headers = list(_BLOCK.finditer(text.text))
    found = []
    for number, header in enumerate(headers):
        end = headers[number + 1].start() if number + 1 < len(headers) else len(text.text)
        at = text.span(header.start(1), header.end(1))
        found.append(Block(text, header[1].replace('"', "").replace(" ", ""), header.end(), end, at))
    return found


def toml_items(text: Text, name: str, count: int) -> list[Block | None]:
    """The blocks `[[name]]`, one for each of `count` parsed tables; Nones when they do not agree."""
    found: list[Block | None] = [block for block in toml_blocks(text) if block.name == name]
    return found if len(found) == count else [None] * count


class ObjectKeys:
    """Finds `"key": {` in a JSON text, forward only: asked in document order, each occurrence is met once."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._keys = [(match[1], match.start(1), match.end(1)) for match in _OBJECT_KEY.finditer(text.text)]
        self._at = 0

    def find(self, key: str) -> Span:
        """The span of the next occurrence of a key; the top of the file when there is none."""
        wanted = key.replace("\\", "\\\\").replace('"', '\\"')
        for number in range(self._at, len(self._keys)):
            name, start, end = self._keys[number]
            if name == wanted:
                self._at = number + 1
                return self._text.span(start, end)
        return self._text.top

    def enter(self, key: str) -> None:
        """Go behind a key, so that what is asked next is searched from there on."""
        self.find(key)


def quoted(text: Text, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Every string literal of a TOML array between two offsets: (content, its offsets), escapes left as they are."""
    for match in re.finditer(r"""#[^\n]*|"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'""", text.text[start:end]):
        group = 1 if match[1] is not None else 2
        if match[group] is not None:
            yield match[group], start + match.start(group), start + match.end(group)


def array_end(text: str, start: int) -> int:
    """The offset behind the `]` that closes the array that opens at or behind `start`; strings and comments skipped."""
    depth = 0
    for match in re.finditer(r"""#[^\n]*|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[\[\]]""", text[start : start + 500_000]):
        if match[0] == "[":
            depth += 1
        elif match[0] == "]":
            depth -= 1
            if depth <= 0:
                return start + match.end()
    return len(text)
