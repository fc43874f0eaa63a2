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

    Prefilter = Callable[[str], Sequence[int]]

_MEMORY = 16 << 20
_RUNS = re.compile(r"[0+(][0 .()/+\xc2\xa0-]{6,}")
_CLASSES = bytes(
    48 if chr(code) in "0123456789" else 97 if code < 128 and chr(code).isalpha() else code for code in range(256)
)
"""Digits to 0, letters to a; UTF-8 stays as it is."""


def fast_prefilter(detectors: Sequence[Detector]) -> Prefilter | None:
    """One RE2 set; None where google-re2 is not installed."""
    try:
        import re2  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        return None
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    hints = re2.Set.SearchSet(options)
    for detector in detectors:
        hints.Add(detector.hint)
    hints.Compile()
    match: Prefilter = hints.Match
    return match


def portable_prefilter(detectors: Sequence[Detector]) -> Prefilter:
    """Literals and shapes where a detector has them, else its hint."""
    owners: dict[str, list[int]] = {}
    shaped: dict[str, list[int]] = {}
    numeric: dict[str, list[int]] = {}
    gates: list[tuple[int, Callable[[str], object]]] = []
    for place, detector in enumerate(detectors):
        for word in detector.literals:
            owners.setdefault(word, []).append(place)
        for shape in detector.shapes:
            (shaped if "a" in shape or shape == "0.0" else numeric).setdefault(shape, []).append(place)
        if not detector.literals and not detector.shapes:
            gates.append((place, detector.gate or re.compile(detector.hint).search))
    words, shapes, numbers = list(owners.items()), list(shaped.items()), list(numeric.items())

    def candidates(text: str) -> Sequence[int]:
        lowered = text.lower()
        found: set[int] = set()
        for word, places in words:
            if word in lowered:
                found.update(places)
        mapped = text.encode("utf-8", "surrogatepass").translate(_CLASSES).decode("latin-1")
        if "00" in mapped or "0." in mapped:
            for shape, places in shapes:
                if shape in mapped:
                    found.update(places)
            runs = _RUNS.findall(mapped)
            if runs:
                joined = "\n".join(runs)
                for shape, places in numbers:
                    if shape in joined:
                        found.update(places)
        for place, gate in gates:
            if gate(text):
                found.add(place)
        return tuple(found)

    return candidates
