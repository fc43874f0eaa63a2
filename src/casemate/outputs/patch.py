"""What a fix changes, as the lines it removes and adds."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from casemate.model.record import dataclass
from casemate.outputs.escaping import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.finding import Edit, Fix
    from casemate.outputs.snippet import Sources

_LONGEST = 200
_MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class Hunk:
    """Whole lines of one file: `removed` from line `line` on, and what is `added` in their place. Safe to print."""

    path: str
    line: int
    removed: tuple[str, ...]
    added: tuple[str, ...]


def hunks(fix: Fix, sources: Sources) -> Iterator[Hunk]:
    """The hunks of a fix, edits on the same lines joined. Nothing for files whose text is not to be had."""
    edits = sorted(fix.edits, key=lambda edit: (edit.path, edit.start_byte, edit.end_byte))
    for path, group in groupby(edits, key=lambda edit: edit.path):
        text = sources.text(path)
        if text is not None:
            data = text.encode("utf-8", "surrogatepass")
            yield from _hunks(
                path, data, [edit for edit in group if 0 <= edit.start_byte <= edit.end_byte <= len(data)]
            )


def _hunks(path: str, data: bytes, edits: list[Edit]) -> Iterator[Hunk]:
    joined: list[list[Edit]] = []
    for edit in edits:
        if joined and data.find(b"\n", joined[-1][-1].end_byte, edit.start_byte) < 0:
            joined[-1].append(edit)
        else:
            joined.append([edit])
    for group in joined:
        start = data.rfind(b"\n", 0, group[0].start_byte) + 1
        end = data.find(b"\n", max(group[-1].end_byte, start))
        end = len(data) if end < 0 else end
        old, new, position = data[start:end], b"", start
        for edit in group:
            if edit.start_byte < position:
                break  # overlapping edits are never applied either
            new += data[position : edit.start_byte] + edit.text.encode("utf-8", "surrogatepass")
            position = edit.end_byte
        new += data[position:end]
        yield from _trimmed(path, data.count(b"\n", 0, start) + 1, _lines(old), _lines(new))


def _trimmed(path: str, line: int, removed: list[str], added: list[str]) -> Iterator[Hunk]:
    while removed and added and removed[0] == added[0]:
        removed, added, line = removed[1:], added[1:], line + 1
    while removed and added and removed[-1] == added[-1]:
        removed, added = removed[:-1], added[:-1]
    if removed or added:
        yield Hunk(path, line, _shown(removed), _shown(added))


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "replace").split("\n")


def _shown(lines: list[str]) -> tuple[str, ...]:
    shown = tuple(printable(line[:_LONGEST].removesuffix("\r").replace("\t", "    ")) for line in lines[:_MOST_LINES])
    return shown if len(lines) <= _MOST_LINES else (*shown, "…")
