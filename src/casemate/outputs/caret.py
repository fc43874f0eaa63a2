"""Caret diagnostics: source lines with the exact part underlined and labelled, as compilers show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.record import dataclass
from casemate.outputs.escaping import one_line, printable, text_cells
from casemate.outputs.snippet import mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from casemate.model.location import Span
    from casemate.outputs.snippet import Sources

RESET, BOLD, DIM, BLUE = "0", "1", "2", "34;1"


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes with or without colour (ANSI "Select Graphic Rendition", ECMA-48). `width`: columns of the terminal."""

    color: bool
    width: int

    def __call__(self, text: str, style: str) -> str:
        """`text`, which must be printable already, in a style."""
        return f"\x1b[{style}m{text}\x1b[{RESET}m" if self.color and text else text


@dataclass(frozen=True, slots=True)
class Mark:
    """A span to underline: the finding itself (`^`) or a place that takes part (`-`)."""

    span: Span
    label: str
    primary: bool = True


@dataclass(frozen=True, slots=True)
class Frame:
    """How one block is drawn. `style`: of the primary marks; `gutter`: digits of its largest line number."""

    pen: Pen
    style: str
    gutter: int

    def bar(self, number: int | None = None, sign: str = "|") -> str:
        """The margin left of a source line."""
        return self.pen(f"{'' if number is None else number:>{self.gutter}} {sign}", BLUE)

    def arrow(self, sign: str, place: str) -> str:
        """The line that names a file."""
        return f"{' ' * self.gutter}{self.pen(sign, BLUE)} {place}"

    def note(self, name: str, text: str) -> Iterator[str]:
        """A remark below the source: ` = name: text`, wrapped below the beginning of the text."""
        head = f"{' ' * self.gutter} {self.pen('=', BLUE)} {self.pen(f'{name}:', BOLD)} "
        hang = self.gutter + len(name) + 5
        lines = _wrapped(text, max(self.pen.width - hang, 24))
        yield head + lines[0]
        yield from (" " * hang + line for line in lines[1:])


def gutter(marks: Sequence[Mark]) -> int:
    """Digits of the largest line number that the marks show."""
    return max((len(str(item.span.start_line)) for item in marks), default=1)


def draw(marks: Sequence[Mark], sources: Sources, frame: Frame) -> Iterator[str]:
    """The marks, file by file; the file of the first mark comes first."""
    paths = list(dict.fromkeys(item.span.path for item in marks))
    for path in paths:
        chosen = [item for item in marks if item.span.path == path]
        named = next((item for item in chosen if item.primary), chosen[0]).span
        place = f"{printable(path)}:{named.start_line}:{named.start_column}"
        yield frame.arrow("-->", place)
        yield from _file(
            sorted(chosen, key=lambda item: (item.span.start_line, item.span.start_column)), sources, frame
        )


def _file(marks: Sequence[Mark], sources: Sources, frame: Frame) -> Iterator[str]:
    shown: int | None = None
    for item in marks:
        number = item.span.start_line
        line = sources.line(item.span.path, number)
        if line is None:
            if item.label:
                yield f"{frame.bar(number)} {one_line(item.label)}"
            continue
        part = mark(line, item.span, number, max(frame.pen.width - frame.gutter - 3, 40))
        if shown is None:
            yield frame.bar()
        elif number > shown + 1:
            yield frame.pen("." * max(frame.gutter, 3), BLUE)
        if number != shown:
            yield f"{frame.bar(number)} {part.before}{part.marked}{part.after}".rstrip()
        shown = number
        style = frame.style if item.primary else BLUE
        sign = "^" if item.primary else "-"
        line_of_signs = sign * max(text_cells(part.marked), 1)
        label = f" {one_line(item.label)}" if item.label else ""
        yield f"{frame.bar()} {' ' * text_cells(part.before)}{frame.pen(line_of_signs + label, style)}"
    if shown is not None:
        yield frame.bar()


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns, broken at spaces; what is longer stays whole, so that it can be copied."""
    lines: list[str] = []
    line, used = "", 0
    for word in one_line(text).split(" "):
        size = text_cells(word)
        if line and used + 1 + size > width:
            lines.append(line)
            line, used = word, size
        else:
            line, used = (f"{line} {word}", used + 1 + size) if line else (word, size)
    return [*lines, line]
