"""The second pass: RE2 in bounded windows, linear in their length whatever they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.secrets.detector import Hit
from casemate.analysis.secrets.prefilter import compiled, groups_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from casemate.analysis.secrets.detector import Detector

WINDOW = 512 * 1024
"""Bytes that are looked at together; a longer text is cut at line ends."""
OVERLAP = 16 * 1024
"""How far a window reaches back into the one before, so that nothing is lost at the cut."""
MOST_HITS = 20_000
"""Of one detector in one window: a text that is made of secrets is not read to the end."""


def windows(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The text in stretches that start at a line boundary, with their offsets."""
    if len(data) <= WINDOW:
        yield 0, data
        return
    begin = 0
    while begin < len(data):
        end = min(begin + WINDOW, len(data))
        if end < len(data):
            line = data.rfind(b"\n", begin + WINDOW // 2, end)
            end = line + 1 if line >= 0 else end
        yield begin, data[begin:end]
        if end == len(data):
            return
        back = data.find(b"\n", end - OVERLAP, end - 1)
        begin = back + 1 if back >= 0 else end - OVERLAP


Bounds = tuple[int, int, int]
"""Where to begin, up to where a match may begin, up to where it may reach."""


def hits(detector: Detector, data: bytes, path: str, ends: Sequence[int] | None = None) -> Iterator[Hit]:
    """Every match of the detector's pattern in one window.

    `ends`: where its candidates end, for a detector that is confirmed by lines; the matches are the same as without.
    """
    whole = len(data)
    return hits_in(detector, data, path, ((0, whole, whole),) if ends is None else of_lines(detector, data, ends))


def hits_in(detector: Detector, data: bytes, path: str, where: Iterable[Bounds]) -> Iterator[Hit]:
    """Every match of the detector's pattern within these bounds."""
    pattern = compiled(detector)
    groups = groups_of(detector)
    value = groups.get("secret", 0)
    other = groups.get("near", 0)
    position = 0
    count = 0
    whole = len(data)
    for begin, last, stop in where:
        position = max(position, begin)
        while count < MOST_HITS:
            match = pattern.search(data, position, stop)
            if match is None or match.start() > last:
                break
            if match.end() == stop < whole and detector.reach:  # it goes on
                match = pattern.search(data, match.start(), min(whole, stop + _LONGEST))
            start, end = match.span(value)
            if start < 0:  # the other form of the pattern
                start, end = match.span(other)
            yield Hit(data, path, match.start(), start, end, match, groups)
            # what ends one value may begin the next: go on right behind the value
            position = max(end, match.start() + 1)
            count += 1


_LONGEST = 8_192
"""Bytes of a match that reaches on: more than any judge takes for a value."""
_BEFORE = 64
"""Bytes of a candidate at most, where a match begins with it."""


def passed(detector: Detector, data: bytes, ends: Sequence[int]) -> Sequence[int]:
    """The ends of candidates behind which a match can go on at all."""
    if detector.gate is None:
        return ends
    passes = detector.gate.match
    return [end for end in ends if passes(data, end)]


def of_lines(detector: Detector, data: bytes, ends: Sequence[int]) -> Iterator[Bounds]:
    """Where matches of candidates that end at `ends` can stand."""
    reach = detector.reach
    last = -1
    for end in sorted(passed(detector, data, ends)):
        if end <= last:
            continue
        line = data.rfind(b"\n", 0, end)
        begin = data.rfind(b"\n", 0, line) + 1 if line > 0 else 0
        last = _line_end(data, end)
        stop = last
        for _ in range(detector.below):
            stop = _line_end(data, stop + 1)
        if reach:
            begin = max(begin, end - _BEFORE)
            if stop - begin > reach:
                last, stop = end, min(stop, end + reach)
        yield begin, last, stop


def _line_end(data: bytes, place: int) -> int:
    end = data.find(b"\n", place)
    return len(data) if end < 0 else end
