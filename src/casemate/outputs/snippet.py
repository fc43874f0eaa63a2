"""A few lines of a scanned file, ready to show: what stands before, in and after the marked part of each line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.record import dataclass
from casemate.outputs.escaping import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.model.location import Span

_TAB = "    "


class Sources:
    """The lines of the files that findings point into, split once a file."""

    def __init__(self, read: Callable[[str], str | None]) -> None:
        self._read = read
        self._texts: dict[str, str | None] = {}
        self._lines: dict[str, tuple[str, ...]] = {}

    def text(self, path: str) -> str | None:
        """The whole file, or None when it is not to be had."""
        if path not in self._texts:
            self._texts[path] = self._read(path)
        return self._texts[path]

    def line(self, path: str, number: int) -> str | None:
        """The 1-based line `number` without its line end, or None when the file or the line is not to be had."""
        lines = self._lines.get(path)
        if lines is None:
            text = self.text(path)
            split = [] if text is None else text.removesuffix("\n").split("\n")
            lines = self._lines[path] = tuple(line.removesuffix("\r") for line in split)
        return lines[number - 1] if 1 <= number <= len(lines) else None


@dataclass(frozen=True, slots=True)
class Marked:
    """One line in three parts, all of them safe to print; `…` stands where it was cut."""

    number: int
    before: str
    marked: str
    after: str


def mark(line: str, span: Span, number: int, width: int) -> Marked:
    """Line `number` of a span, cut to a window of about `width` columns around the marked part.

    Columns of the span count code points. On the first line of a longer span the mark runs to the end of the line, on
    the others it starts at the first character.
    """
    start = span.start_column - 1 if number == span.start_line else len(line) - len(line.lstrip())
    end = span.end_column - 1 if number == span.end_line else len(line.rstrip())
    start = min(max(start, 0), len(line))
    end = min(max(end, start), len(line), start + width)  # a minified file has one line of a megabyte
    first = 0 if end <= width else max(start - max(width - (end - start), 16) // 2, 0)
    last = min(len(line), max(first + width, end))
    return Marked(
        number,
        ("…" if first else "") + _shown(line[first:start]),
        _shown(line[start:end]),
        _shown(line[end:last]).rstrip() + ("…" if last < len(line) else ""),
    )


def plain(line: str, number: int, width: int) -> Marked:
    """A line of context, without a mark."""
    return Marked(number, "", "", _shown(line[:width]).rstrip() + ("…" if len(line) > width else ""))


def _shown(text: str) -> str:
    return printable(text.replace("\t", _TAB))
