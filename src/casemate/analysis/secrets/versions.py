"""Many versions of one file: what is known of lines that were looked at before.

Versions of a file hardly differ, so most of what a history holds was read already. Two memories: `Known`, for texts of
which no path is known yet, says whether a text holds a credential at all; `Versions`, for the versions of one path in
their order, gives the stretches that the versions before did not have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from casemate.analysis.secrets import engine, spellings
from casemate.analysis.secrets.confirm import hits, hits_in, of_lines, windows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.analysis.secrets.confirm import Bounds
    from casemate.analysis.secrets.detector import Detector, Hit
    from casemate.analysis.secrets.prefilter import Prefilter

_LONGEST_KNOWN = 4_096
_MOST_KNOWN = 48 * 1024 * 1024
"""Bytes of lines that are kept, overhead counted in."""
_Key = tuple[int, int, bytes]
"""A detector's number, up to where a match of it may begin, and the text."""
_CONTEXT = 12
"""Lines on both sides of a new one that are read with it: the longest frame that is not an armoured key has as many."""
_LONGEST_ARMOUR = 400
"""Lines of an armoured key, at most."""


class Known:
    """Whether texts hold a credential.

    What a detector says of its lines depends on nothing else while no path is known.
    """

    def __init__(self, prefilter: Prefilter) -> None:
        self._prefilter = prefilter
        self._detectors = engine.detectors()
        self._lines: dict[_Key, bool] = {}
        self._size = 0

    def holds_credential(self, text: bytes) -> bool:
        """Whether a credential stands in a text."""
        for _, window in windows(text):
            for number, ends in self._prefilter.candidates(window):
                detector = self._detectors[number]
                if detector.id == spellings.WRAPPED:
                    continue
                if ends is None:
                    if _any(detector, hits(detector, window, "")):
                        return True
                elif self._on_lines(number, detector, window, of_lines(detector, window, ends)):
                    return True
        return False

    def _on_lines(self, number: int, detector: Detector, window: bytes, where: Iterable[Bounds]) -> bool:
        new: list[tuple[Bounds, _Key]] = []
        for bounds in where:
            begin, last, stop = bounds
            key = (number, last - begin, window[begin:stop])
            known = self._lines.get(key)
            if known:
                return True
            if known is None:
                new.append((bounds, key))
        for bounds, key in new:
            found = _any(detector, hits_in(detector, window, "", (bounds,)))
            if len(key[2]) <= _LONGEST_KNOWN:
                self._keep(key, found=found)
            if found:
                return True
        return False

    def _keep(self, key: _Key, *, found: bool) -> None:
        if self._size > _MOST_KNOWN:
            self._lines.clear()
            self._size = 0
        self._lines[key] = found
        self._size += len(key[2]) + 120


def _any(detector: Detector, met: Iterable[Hit]) -> bool:
    for hit in met:
        verdict = detector.judge(hit)
        if verdict is not None and verdict.grade == "credential":
            return True
    return False


class Stretch(NamedTuple):
    """A piece of a text that begins at a line. `line`: the lines before it."""

    line: int
    text: bytes


class Versions:
    """The versions of one path, oldest first."""

    def __init__(self) -> None:
        self._seen: set[int] = set()

    def fresh(self, text: bytes) -> Iterator[Stretch]:
        """What is new in this version, with the lines around it; the first version whole.

        A line is new when it did not stand behind this same line before: what was moved together is new as well.
        """
        lines = text.split(b"\n")
        seen = self._seen
        first = not seen
        new: list[int] = []
        before = b""
        for number, line in enumerate(lines):
            pair = hash((before, line))
            if pair not in seen:
                seen.add(pair)
                new.append(number)
            before = line
        if first:
            yield Stretch(0, text)
            return
        armours = _armours(lines) if b"-----BEGIN" in text or b"PuTTY-User-Key" in text else []
        begin = end = -1
        for number in new:
            low, high = max(0, number - _CONTEXT), min(len(lines), number + _CONTEXT + 1)
            for start, stop in armours:
                if start < high and low < stop:
                    low, high = min(low, start), max(high, stop)
            if low > end:
                if end > 0:
                    yield Stretch(begin, b"\n".join(lines[begin:end]))
                begin, end = low, high
            else:
                begin, end = min(begin, low), max(end, high)
        if end > 0:
            yield Stretch(begin, b"\n".join(lines[begin:end]))


def _armours(lines: list[bytes]) -> list[tuple[int, int]]:
    """The first line of each armoured key and the one behind its last."""
    found: list[tuple[int, int]] = []
    begin = -1
    for number, line in enumerate(lines):
        if b"-----BEGIN" in line or b"PuTTY-User-Key" in line:
            begin = number
            found.append((begin, begin + 1))
        if begin >= 0 and (number - begin > _LONGEST_ARMOUR or b"-----END" in line):
            begin = -1
        if found and (begin >= 0 or b"-----END" in line):
            found[-1] = (found[-1][0], number + 1)
    return found
