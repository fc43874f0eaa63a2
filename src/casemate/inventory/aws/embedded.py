"""JSON that a template carries as text (`DefinitionString`, a policy) -> values; references inside stay references."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.location import Span
from casemate.model.value import Cases, Entry, Fields, Items, Literal, Text, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_TEXT = 1_048_576
"""Longer texts are left alone; the largest that AWS takes, a state machine's definition, is 1 MiB."""
_OPEN, _CLOSE = "\ue000", "\ue001"
_HOLE = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_WHOLE_LINE = 1_000_000


def tree(value: Value | None) -> Value | None:
    """The value with JSON text parsed; maps and lists as they are; None for text that is no JSON object or list."""
    match value:
        case Literal() | Text():
            return _parsed(value)
        case Cases(cases=cases):
            options = [(words, parsed) for words, case in cases if (parsed := tree(case)) is not None]
            return Cases(options, value.at) if options else None
        case _:
            return value


def _parsed(value: Literal | Text) -> Value | None:
    parts: Sequence[Value] = value.parts if isinstance(value, Text) else (value,)
    pieces: list[str] = []
    holes: list[Value] = []
    for part in parts:
        if isinstance(part, Literal) and isinstance(part.value, str):
            pieces.append(part.value.replace(_OPEN, "").replace(_CLOSE, ""))
        else:
            pieces.append(f"{_OPEN}{len(holes)}{_CLOSE}")
            holes.append(part)
    text = "".join(pieces)
    if not text.lstrip().startswith(("{", "[")) or len(text) > MAX_TEXT:
        return None
    from casemate.sources.syntax.json import parse

    root = parse(text, value.at.path).root
    if not isinstance(root, Fields | Items):
        return None
    return _Filler(value.at, holes, text.rstrip("\n").count("\n") + 1).fill(root)


class _Filler:
    """Puts references back into their holes, and spans into the file.

    A block scalar (`|`) keeps its lines, so each value is given its own line there; in any other text the whole text is
    the place.
    """

    def __init__(self, at: Span, holes: Sequence[Value], lines: int) -> None:
        self._at = at
        self._holes = holes
        self._block = lines > 1 and at.end_line - at.start_line == lines

    def fill(self, value: Value) -> Value:
        """The same value, complete."""
        match value:
            case Fields(entries=entries):
                filled = {
                    self._name(key): Entry(self._span(entry.key_at), self.fill(entry.value))
                    for key, entry in entries.items()
                }
                return Fields(filled, self._span(value.at))
            case Items(items=items):
                return Items([self.fill(item) for item in items], self._span(value.at))
            case Literal(value=str(text)) if _OPEN in text:
                return self._text(text, self._span(value.at))
            case Literal(value=scalar):
                return Literal(scalar, self._span(value.at))
            case _:
                return value

    def _text(self, text: str, at: Span) -> Value:
        pieces = _HOLE.split(text)
        parts: list[Value] = []
        for number, piece in enumerate(pieces):
            if number % 2:
                parts.append(self._holes[int(piece)] if int(piece) < len(self._holes) else Literal("", at))
            elif piece:
                parts.append(Literal(piece, at))
        return parts[0] if len(parts) == 1 else Text(parts, at)

    @staticmethod
    def _name(key: str) -> str:
        return _HOLE.sub("?", key)

    def _span(self, at: Span) -> Span:
        if not self._block:
            return self._at
        return Span(
            self._at.path, self._at.start_line + at.start_line, 1, self._at.start_line + at.end_line, _WHOLE_LINE
        )
