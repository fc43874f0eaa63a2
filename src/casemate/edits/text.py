"""One file as text, with the way back from lines and columns (code points) to bytes."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Literal

from casemate.errors import EditError
from casemate.model.finding import Edit

if TYPE_CHECKING:
    from casemate.model.location import Span

Syntax = Literal["yaml", "json", "hcl"]
_BOM = b"\xef\xbb\xbf"
_BREAKS: dict[Syntax, re.Pattern[str]] = {
    "yaml": re.compile("\r\n|[\n\r\x85\u2028\u2029]"),  # libyaml counts all of these as line breaks
    "json": re.compile("\n"),
    "hcl": re.compile("\n"),
}
_LAST_COLUMN = 1_000_000
"""The end column of a span whose line is meant as a whole."""


class Text:
    """A file's text without its byte order mark.

    Offsets count code points of `text`; `edit` turns them into bytes of the file.
    """

    def __init__(self, path: str, data: bytes, syntax: Syntax) -> None:
        self.path = path
        self.syntax: Syntax = syntax
        self._shift = len(_BOM) if data.startswith(_BOM) else 0
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise EditError(f"{path} is not UTF-8")
        try:
            self.text = data[self._shift :].decode("utf-8")
        except UnicodeDecodeError as error:
            raise EditError(f"{path} is not UTF-8") from error
        self._ascii = len(self.text) == len(data) - self._shift
        breaks = [match.span() for match in _BREAKS[syntax].finditer(self.text)]
        self._starts = [0, *(end for _, end in breaks)]
        self._ends = [*(start for start, _ in breaks), len(self.text)]
        self.newline = "\r\n" if "\r\n" in self.text else "\n"

    def offset(self, line: int, column: int) -> int:
        """The offset of a place; a column behind the end of its line means the end."""
        if not 1 <= line <= len(self._starts):
            raise EditError(f"{self.path} has no line {line}")
        return min(self._starts[line - 1] + column - 1, self.end_of_line(line))

    def start(self, span: Span) -> int:
        """Where a span begins."""
        return self.offset(span.start_line, span.start_column)

    def end(self, span: Span) -> int:
        """Where a span ends."""
        return self.offset(span.end_line, span.end_column)

    def of(self, span: Span) -> str:
        """What stands at a span."""
        return self.text[self.start(span) : self.end(span)]

    def line_of(self, offset: int) -> int:
        """The 1-based line of an offset."""
        return bisect_right(self._starts, offset)

    def start_of_line(self, line: int) -> int:
        """The offset of a line's first character."""
        return self._starts[line - 1]

    def end_of_line(self, line: int) -> int:
        """The offset of a line's break (without the carriage return of a Windows line)."""
        end = self._ends[line - 1]
        return (
            end - 1
            if end > self._starts[line - 1] and self.text[end - 1] == "\r" and self.text[end : end + 1] == "\n"
            else end
        )

    def next_line(self, line: int) -> int:
        """The offset at which the line after `line` begins, or the end of the text."""
        return self._starts[line] if line < len(self._starts) else len(self.text)

    def line(self, line: int) -> str:
        """A line without its break."""
        return self.text[self._starts[line - 1] : self.end_of_line(line)]

    def indent_of(self, line: int) -> str:
        """The blanks that a line begins with."""
        text = self.line(line)
        return text[: len(text) - len(text.lstrip(" \t"))]

    def edit(self, start: int, end: int, text: str) -> Edit:
        """The edit that puts `text` in place of the code points `start` to `end`."""
        return Edit(self.path, self._byte(start), self._byte(end), text)

    def _byte(self, offset: int) -> int:
        return self._shift + (offset if self._ascii else len(self.text[:offset].encode("utf-8")))


def is_whole_line(span: Span) -> bool:
    """Whether a span ends at the end of its last line, wherever that is (a block scalar of YAML)."""
    return span.end_column >= _LAST_COLUMN
