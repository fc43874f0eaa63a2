"""Covering the values of secrets in texts that a report shows: a value that was found must not be printed again."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from casemate.model.pattern import late

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from casemate.model.finding import Report
    from casemate.model.location import Span

_SECRETS = frozenset({"hardcoded-secret", "plaintext-env-secret"})
_SEARCHES = frozenset({"hardcoded-credential"})
"""Rules that point at the value itself, whatever stands around it."""
COVERS = ("*", "\N{MIDDLE DOT}", "\N{BULLET}", "\N{MATHEMATICAL BOLD SMALL X}")
"""In place of a character of a value, one for each length in UTF-8, so that columns and bytes stay what they are."""
_SHORTEST = 8
"""Characters from which a value is covered wherever else it stands: shorter ones are pieces of many words."""
_LONGEST_NAME = 100
_MOST_LINES = 400
"""Lines of one value."""


class _Piece(NamedTuple):
    """The part of a line that is covered: line and columns from 0. `whole`: it is a value, not a line of one."""

    line: int
    start: int
    end: int
    whole: bool


def hiding(report: Report, read: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """`read`, with the secrets of the report covered: path -> text.

    Covered are the values of findings about secrets, suppressed ones too; in the files that have one whatever else the
    engine finds there; and every other place, in any file, where a value of some length stands again. Names are not:
    where a finding points at the name of a setting, the value behind it is covered, and a related location (the
    function that the setting belongs to) is none at all.
    """
    spans: dict[str, list[tuple[Span, bool]]] = {}
    for finding in report.findings:
        if finding.weakness in _SECRETS and finding.primary.span is not None:
            span = finding.primary.span
            spans.setdefault(span.path, []).append((span, finding.rule in _SEARCHES))
    return _Hidden(spans, read).text if spans else read


class _Hidden:
    """Files with their secrets covered. `spans`: path -> places, and whether each is the value itself."""

    def __init__(self, spans: dict[str, list[tuple[Span, bool]]], read: Callable[[str], str | None]) -> None:
        self._spans = spans
        self._read = read
        self._of_file: dict[str, tuple[_Piece, ...]] = {}

    def text(self, path: str) -> str | None:
        text = self._read(path)
        if text is None:
            return None
        lines = text.split("\n")
        for piece in self._pieces_of(path, text):
            line = lines[piece.line]
            lines[piece.line] = line[: piece.start] + _covered(line[piece.start : piece.end]) + line[piece.end :]
        shown = "\n".join(lines)
        for value in self._values:
            if value in shown:
                shown = _without(shown, value)
        return shown

    def _pieces_of(self, path: str, text: str) -> tuple[_Piece, ...]:
        found = self._of_file.get(path)
        if found is None:
            spans = self._spans.get(path)
            found = self._of_file[path] = tuple(_pieces(path, text, spans)) if spans else ()
        return found

    @cached_property
    def _values(self) -> tuple[str, ...]:
        """The values that are covered wherever they stand, the longest first."""
        found: set[str] = set()
        for path in self._spans:
            text = self._read(path) or ""
            lines = text.split("\n")
            for piece in self._pieces_of(path, text):
                value = lines[piece.line][piece.start : piece.end]
                if _tells(value) and (piece.whole or len(value.split()) == 1):
                    found.add(value)
        return tuple(sorted(found, key=lambda value: (-len(value), value)))


def _pieces(path: str, text: str, spans: list[tuple[Span, bool]]) -> Iterator[_Piece]:
    """What is covered in a text: the places of the report, and what the engine finds beside them."""
    from casemate.analysis.secrets.engine import leaks_in, portable  # most reports need no engine to be shown

    lines = text.split("\n")
    found = leaks_in(path, text.encode("utf-8", "surrogatepass"), portable())
    for span in (leak.at for leak in found if leak.grade != "public"):
        yield from _of_span(lines, span)
    for span, exact in spans:
        if exact:
            yield from _of_span(lines, span)
        elif _is_line(lines, span):
            yield from _of_line(lines, span)
        elif _is_name(lines, span):
            yield from _behind(lines, span.end_line - 1, span.end_column - 1)
        else:
            yield from _of_span(lines, span)


def _of_span(lines: list[str], span: Span) -> Iterator[_Piece]:
    """The characters of a span; line ends, indents and what is not printed stay."""
    for number in range(span.start_line, min(span.end_line, len(lines)) + 1):
        line = lines[number - 1]
        start = span.start_column - 1 if number == span.start_line else len(line) - len(line.lstrip())
        end = min(span.end_column - 1 if number == span.end_line else len(line), len(line.rstrip("\r")))
        if start < end:
            yield _Piece(number - 1, start, end, whole=span.start_line == span.end_line)


def _is_line(lines: list[str], span: Span) -> bool:
    """Whether it is a whole line of a longer text, because nobody could tell the value's place in it."""
    if span.start_line != span.end_line or span.start_column != 1 or span.start_line > len(lines):
        return False
    return span.end_column > len(lines[span.start_line - 1])


def _of_line(lines: list[str], span: Span) -> Iterator[_Piece]:
    """The values of a line; the whole of it when none can be told apart."""
    from casemate.analysis.secrets.judging import places_in_line

    places = list(places_in_line(lines[span.start_line - 1]))
    for start, end in places:
        yield _Piece(span.start_line - 1, start, end, whole=True)
    if not places:
        yield from _whole(lines, span.start_line - 1)


_NAME = late(r"[\w.$\-\[\]\"' /]{1,100}")
_ASSIGNS = late(r"[\"'`\]]{0,3}[ \t]{0,40}(?:=>|:=|[:=](?!=))")


def _is_name(lines: list[str], span: Span) -> bool:
    """Whether a span holds the name of a setting and not its value: it is assigned to, and nobody generated it."""
    if span.start_line != span.end_line or span.start_line > len(lines):
        return False
    line = lines[span.start_line - 1]
    text = line[span.start_column - 1 : span.end_column - 1]
    if not _NAME.fullmatch(text) or _ASSIGNS.match(line, span.end_column - 1) is None:
        return False
    from casemate.analysis.secrets.shapes import is_random

    return not is_random(text, 5.2)


_BLOCK = late(r"[|>][0-9+\-]{0,2}[ \t]*(?:#.*)?")
_HEREDOC = late(r"<<[-~]?[\"']?(\w+)")
_TAGGED = late(r"!(?:Ref|Sub|GetAtt|ImportValue|Join|If|Select|FindInMap)\b|\$\{[^}]*\}[\"']?,?$")
_INDENT = late(r"[ \t]*")
_KEYED = late(r"[\"']?[\w.$\-]{1,100}[\"']?[ \t]*(?::(?:[ \t]|$)|=)|[-}\])]")


def _behind(lines: list[str], number: int, column: int) -> Iterator[_Piece]:
    """What is assigned to the name that ends at this column: the rest of the line, or the lines that belong to it."""
    line = lines[number].rstrip("\r")
    sign = _ASSIGNS.match(line, column)
    if sign is None:
        return
    start = sign.end() + len(line[sign.end() :]) - len(line[sign.end() :].lstrip())
    rest = line[start:].rstrip()
    if _TAGGED.match(rest):
        return
    heredoc = _HEREDOC.match(rest)
    if heredoc is not None:
        yield from _until(lines, number + 1, heredoc[1])
        return
    if rest in {"{", "["}:
        return
    if rest and not _BLOCK.fullmatch(rest):
        rest = rest.rstrip(",; ") or rest
        yield _Piece(number, start, start + len(rest), whole=True)
        quote = rest[0] if rest[0] in "\"'`" else ""
        if not quote or rest.count(quote) > 1:
            return
    yield from _below(lines, number, is_block=bool(rest))


def _until(lines: list[str], number: int, word: str) -> Iterator[_Piece]:
    for place in range(number, min(len(lines), number + _MOST_LINES)):
        if lines[place].strip() == word:
            return
        yield from _whole(lines, place)


def _below(lines: list[str], number: int, *, is_block: bool) -> Iterator[_Piece]:
    """The deeper lines below a name that are its text; a mapping or a list is none."""
    depth = _indent(lines[number])
    for place in range(number + 1, min(len(lines), number + _MOST_LINES)):
        line = lines[place]
        if not line.strip():
            continue
        if _indent(line) <= depth or (not is_block and _KEYED.match(line.strip())):
            return
        yield from _whole(lines, place)


def _indent(line: str) -> int:
    found = _INDENT.match(line)
    return found.end() if found else 0


def _whole(lines: list[str], number: int) -> Iterator[_Piece]:
    line = lines[number]
    start, end = _indent(line), len(line.rstrip())
    if start < end:
        yield _Piece(number, start, end, whole=False)


def _tells(value: str) -> bool:
    """Whether a value is covered elsewhere too: words and names of many things would take more with them."""
    if len(value) < _SHORTEST or value.startswith("-----") or not any(character.isalnum() for character in value):
        return False
    if value.isalpha() or value.isdigit():
        from casemate.analysis.secrets.shapes import is_random

        return is_random(value, 5.2)
    return True


def _without(text: str, value: str) -> str:
    """The text with every place of a value covered where it is no piece of a longer word and no name."""

    def cover(match: re.Match[str]) -> str:
        line_end = text.find("\n", match.end())
        behind = text[match.end() : line_end if line_end >= 0 else len(text)][:_LONGEST_NAME]
        is_name = _ASSIGNS.match(behind) is not None and behind.lstrip("\"'`] \t")[1:2] in {"", " ", "\t", "\r"}
        return match.group() if is_name else _covered(match.group())

    return re.sub(f"(?<![0-9A-Za-z]){re.escape(value)}(?![0-9A-Za-z])", cover, text)


def _covered(value: str) -> str:
    if value.isascii():
        return COVERS[0] * len(value)
    return "".join(COVERS[len(character.encode("utf-8", "surrogatepass")) - 1] for character in value)
