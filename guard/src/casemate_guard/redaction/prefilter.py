"""Which detectors can match a text at all. Most log lines hold nothing, so this is where the time goes.

Two ways with the same answer up to false candidates: one RE2 set over all hints (extra `fast`), or literal search and
bounded hints in Python's `re`. The hints are small and none of them nests repetitions, so that RE2's automaton stays
small on hostile text too.
"""

from __future__ import annotations

import re

from casemate_guard.redaction.detector import Detector

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    _Owned = list[tuple[str, list[int]]]
    Prefilter = Callable[[str], Sequence[int]]

_MEMORY = 16 << 20
_RUNS = re.compile(r"[0+(][0 .()/+\xc2\xa0-]{5,}")
_CLASSES = bytes(
    48 if chr(code) in "0123456789" else 97 if code < 128 and chr(code).isalpha() else code for code in range(256)
)
"""Digits to 0, letters to a; UTF-8 stays as it is."""


def fast_prefilter(detectors: Sequence[Detector]) -> Prefilter | None:
    """One RE2 set; None where google-re2 is not installed."""
    try:
        import re2
    except ImportError:
        return None
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    hints = re2.Set.SearchSet(options)
    for detector in detectors:
        hints.Add(detector.hint)
    hints.Compile()
    match: Callable[[str], Sequence[int] | None] = hints.Match
    every = tuple(range(len(detectors)))

    def candidates(text: str) -> Sequence[int]:
        try:
            return match(text) or ()
        except (UnicodeEncodeError, RuntimeError):  # lone surrogates, or RE2 has given up: then all of them may match
            return every

    return candidates


def portable_prefilter(detectors: Sequence[Detector]) -> Prefilter:
    """Literals and shapes where a detector has them, else its gate or hint."""
    words, shapes, endings, numbers, both = _owners(detectors)
    gates = [
        (place, each.gate or re.compile(each.hint).search)
        for place, each in enumerate(detectors)
        if not each.literals and not each.shapes
    ]

    def candidates(text: str) -> Sequence[int]:
        lowered = text.lower()
        found = {place for word, places in words if word in lowered for place in places}
        mapped = text.encode("utf-8", "surrogatepass").translate(_CLASSES).decode("latin-1")
        if "00" in mapped:
            found.update([place for shape, places in shapes if shape in mapped for place in places])
            mapped = mapped.replace("0000-00-00", "a")
            found.update([place for shape, places in endings if shape in mapped for place in places])
            runs = "\n".join(_RUNS.findall(mapped))
            if runs:
                found.update([place for shape, places in numbers if shape in runs for place in places])
                found.update([place for word, places in both if word in lowered for place in places])
        found.update([place for place, gate in gates if gate(text)])
        return tuple(found)

    return candidates


def _owners(detectors: Sequence[Detector]) -> tuple[_Owned, _Owned, _Owned, _Owned, _Owned]:
    """Literals, shapes with letters, endings, shapes of digits, and literals that count beside digits: with owners.

    Endings are four digits and a letter: a whole date is never part of what has one.
    """
    words: dict[str, list[int]] = {}
    shapes: dict[str, list[int]] = {}
    endings: dict[str, list[int]] = {}
    numbers: dict[str, list[int]] = {}
    both: dict[str, list[int]] = {}
    for place, detector in enumerate(detectors):
        for word in detector.literals:
            (both if detector.shapes else words).setdefault(word, []).append(place)
        for shape in () if detector.literals else detector.shapes:
            few = shape.startswith("00") and shape.endswith("a") and shape.count("0") == 4
            (endings if few else shapes if "a" in shape else numbers).setdefault(shape, []).append(place)
    return (
        list(words.items()),
        list(shapes.items()),
        list(endings.items()),
        list(numbers.items()),
        list(both.items()),
    )
