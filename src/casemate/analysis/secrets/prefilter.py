"""The first pass: which detectors can match in a stretch of bytes at all.

Two engines with one answer: hyperscan, when it is installed and there is enough to read that its start pays, and RE2.
Both may name a detector that then matches nothing; neither leaves one out that matches.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from casemate.analysis.secrets.kinds.template import ESCAPED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from casemate.analysis.secrets.detector import Detector

MEMORY = 64 * 1024 * 1024
"""Of RE2 for one automaton; beyond it the search would fall back to a slower one."""


class Prefilter(Protocol):
    """`candidates` gives the numbers of the detectors that may match, ascending.

    With each: where its candidates end, if it is confirmed by lines and the engine knows; else None. `written`: whether
    a person may have written the data; where tools did, the detectors for what people write are left out.
    """

    name: str

    def candidates(self, data: bytes, *, written: bool = True) -> Sequence[tuple[int, Sequence[int] | None]]:
        """Numbers of detectors, and ends of candidates."""


SET_PAYS = 16 * 1024
"""Bytes from which RE2's set of anchors, which has to be compiled, is quicker than looking for one after the other."""


class Portable:
    """RE2 only: one set of all anchors, and the candidate patterns of those without."""

    name = "re2"

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self._of_people = frozenset(number for number, detector in enumerate(detectors) if detector.written)
        self._searched = [(number, detector) for number, detector in enumerate(detectors) if not detector.anchors]
        owners: dict[str, list[int]] = {}
        plain: dict[str, tuple[bytes, bool]] = {}
        for number, detector in enumerate(detectors):
            for anchor in detector.anchors:
                text = anchor.translate(ESCAPED)
                text = f"(?i:{text})" if detector.caseless else text
                owners.setdefault(text, []).append(number)
                plain[text] = (anchor.lower() if detector.caseless else anchor).encode(), detector.caseless
        self._owned = list(owners.values())
        self._texts = tuple(owners)
        self._plain = [(*plain[text], place) for place, text in enumerate(owners)]
        self.read = 0

    def _occurring(self, data: bytes) -> Iterable[int]:
        """The numbers of the anchors that occur."""
        self.read += len(data)
        if self.read > SET_PAYS:
            return self._anchors.Match(data) or ()
        folded = data.lower()
        return [place for anchor, caseless, place in self._plain if anchor in (folded if caseless else data)]

    @cached_property
    def _anchors(self) -> Any:  # noqa: ANN401 - re2 has no types
        return self._set(self._texts)

    @staticmethod
    def _set(texts: Iterable[str]) -> Any:  # noqa: ANN401 - re2 has no types
        import re2

        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.max_mem = MEMORY
        anchors = re2.Set.SearchSet(options)
        for text in texts:
            anchors.Add(text)
        anchors.Compile()
        return anchors

    def candidates(self, data: bytes, *, written: bool = True) -> Sequence[tuple[int, Sequence[int] | None]]:
        """Detectors of which an anchor occurs, and those whose pattern is found."""
        found = {owner for place in self._occurring(data) for owner in self._owned[place]}
        for number, detector in self._searched:
            if (written or not detector.written) and compiled(detector).search(data) is not None:
                found.add(number)
        if not written:
            found -= self._of_people
        return [(number, None) for number in sorted(found)]


class Hyperscan:
    """One automaton of all candidate patterns, and one of those for what tools write, which is twice as fast."""

    name = "hyperscan"

    def __init__(self, detectors: Sequence[Detector], folder: Path | None = None) -> None:
        from casemate.analysis.secrets.automaton import automaton

        self._by_line = frozenset(number for number, detector in enumerate(detectors) if detector.by_line)
        self._found: dict[int, list[int]] = {}
        numbered = list(enumerate(detectors))
        self._all = automaton(numbered, folder)
        self._of_tools = automaton([entry for entry in numbered if not entry[1].written], folder)
        self._add = self._note

    def _note(self, number: int, _: int, end: int, *__: object) -> None:
        self._found.setdefault(number, []).append(end)

    def candidates(self, data: bytes, *, written: bool = True) -> Sequence[tuple[int, Sequence[int] | None]]:
        """Detectors whose candidate pattern was reported."""
        (self._all if written else self._of_tools).scan(data, match_event_handler=self._add)
        if not self._found:
            return ()
        found, self._found = self._found, {}
        by_line = self._by_line
        return [(number, found[number] if number in by_line else None) for number in sorted(found)]


def compiled(detector: Detector) -> Any:  # noqa: ANN401 - re2 has no types
    """The confirming pattern, over bytes, compiled once."""
    found = _COMPILED.get(detector.id)
    if found is None:
        import re2

        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.max_mem = MEMORY
        options.log_errors = False
        prefix = "(?i)" if detector.caseless and not detector.pattern.startswith("(?i)") else ""
        found = _COMPILED[detector.id] = re2.compile((prefix + detector.pattern).encode(), options)
    return found


def groups_of(detector: Detector) -> Mapping[str, int]:
    """The numbers of the named groups of the confirming pattern."""
    found = _GROUPS.get(detector.id)
    if found is None:
        index = compiled(detector).groupindex
        found = _GROUPS[detector.id] = {
            name.decode() if isinstance(name, bytes) else name: number for name, number in index.items()
        }
    return found


_COMPILED: dict[str, Any] = {}
_GROUPS: dict[str, dict[str, int]] = {}


def has_hyperscan() -> bool:
    """Whether the native engine is installed."""
    from importlib.util import find_spec

    return find_spec("hyperscan") is not None
