"""What a detector is: a cheap necessary condition, an exact bounded pattern, and a check that confirms a match."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Found = tuple[int, int]
    Check = Callable[[re.Match[str]], "Found | None"]


class Pattern:
    """A regular expression that is compiled at its first use: a cold start pays for no kind that it never meets."""

    __slots__ = ("_compiled", "_source")

    def __init__(self, source: str) -> None:
        self._source = source
        self._compiled: re.Pattern[str] | None = None

    def get(self) -> re.Pattern[str]:
        """The compiled expression."""
        compiled = self._compiled
        if compiled is None:
            compiled = self._compiled = re.compile(self._source)
        return compiled


class Detector:
    """Finds one kind of value.

    - `kind`: the name that spans and masks carry.
    - `pattern`: the exact shape, in Python's `re`. Every repetition in it is bounded.
    - `hint`: a weaker shape in the syntax that RE2 and `re` share; where it does not match, `pattern` cannot.
    - `literals`: lower-case texts of which one occurs wherever `pattern` matches, and `shapes`: the same for the text
      with every ASCII digit turned to 0 and every ASCII letter to a; with both, the literals count only beside a run of
      digits. The portable stand-ins for `hint`.
    - `gate`: a quick necessary condition of a detector that has neither.
    - `starts`: texts of which one begins every match, so that they are searched first.
    - `zone`: a quick shape of which no first match begins behind a match of `pattern`.
    - `check`: narrows or refuses a match, by checksum or context; gives (start, end) in code points.
    - `group`: the part of the match that is the value (0: all of it).
    """

    __slots__ = ("_pattern", "check", "gate", "group", "hint", "kind", "literals", "shapes", "starts", "zone")

    def __init__(  # noqa: PLR0913 - a row of a table
        self,
        kind: str,
        pattern: str,
        hint: str,
        *,
        literals: tuple[str, ...] = (),
        shapes: tuple[str, ...] = (),
        gate: Callable[[str], bool] | None = None,
        starts: tuple[str, ...] = (),
        zone: str = "",
        check: Check | None = None,
        group: int | str = 0,
    ) -> None:
        self.kind = kind
        self.hint = hint
        self.literals = literals
        self.check = check
        self.group = group
        self._pattern = Pattern(pattern)
        self.shapes = shapes
        self.gate = gate
        self.starts = starts
        self.zone = Pattern(zone) if zone else None

    def find(self, text: str) -> Iterable[tuple[int, int]]:
        """Where the kind occurs in one line or text: (start, end) in code points, end exclusive."""
        check, group = self.check, self.group
        if self.starts:
            matches = self._starting(text)
        elif self.zone is None:
            matches = self._pattern.get().finditer(text)
        else:
            zone = self.zone.get().search(text)
            if zone is None:
                return []
            matches = self._pattern.get().finditer(text, zone.start())
        spans = [match.span(group) if check is None else check(match) for match in matches]
        return [span for span in spans if span is not None and span[0] < span[1]]

    def _starting(self, text: str) -> Iterator[re.Match[str]]:
        pattern = self._pattern.get()
        for start in self.starts:
            place = text.find(start)
            while place >= 0:
                match = pattern.match(text, place)
                if match is not None:
                    yield match
                place = text.find(start, place + len(start) if match is None else max(match.end(), place + 1))


def near(match: re.Match[str], words: Pattern, before: int = 48) -> bool:
    """Whether one of the words stands within `before` code points in front of the match."""
    start = match.start()
    return words.get().search(match.string, max(0, start - before), start) is not None
