"""One thing to look for: a pattern, what must stand in a match, and the judgement of a match."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from casemate.model.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from casemate.model.finding import Confidence
    from casemate.model.leak import Grade


class Hit(NamedTuple):
    """A match that the second engine confirmed. Offsets in `data`; `match`: its match object; `groups`: their names."""

    data: bytes
    path: str
    begin: int
    start: int
    end: int
    match: Any = None
    groups: Mapping[str, int] = {}

    def group(self, name: str) -> str:
        """A named group as text; "" when it took no part."""
        number = self.groups.get(name)
        if number is None:
            return ""
        start, end = self.match.span(number)
        return "" if start < 0 else self.data[start:end].decode("utf-8", "replace")

    @property
    def value(self) -> str:
        """The matched value as text."""
        return self.data[self.start : self.end].decode("utf-8", "replace")

    def before(self, count: int) -> str:
        """Up to `count` bytes before the match, on its line."""
        return self.data[max(0, self.begin - count) : self.begin].rpartition(b"\n")[2].decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Verdict:
    """That a match is a secret. `start`, `end`: where the value is; `rank`: what wins when two overlap."""

    kind: str
    title: str
    grade: Grade
    confidence: Confidence
    start: int
    end: int
    rank: int
    name: str = ""
    shown: int = 0


class Gate(Protocol):
    """A compiled pattern of the standard library, over bytes, that cannot run long."""

    def match(self, data: bytes, place: int, /) -> object | None:
        """Whether it matches at this place."""


@dataclass(frozen=True, slots=True)
class Detector:
    """What to look for.

    `pattern`: RE2 over bytes. `candidates`: patterns for the first pass, one of which matches wherever `pattern` does.
    `anchors`: of these one stands in every match; without any, the portable engine tries the pattern itself.
    `by_line`: a match begins on the line on which its candidate ends or on the one before, and ends on the line after
    at the latest: only there it is confirmed. `below`: how many lines after, where it is more than one.
    `reach`: of one that is confirmed by lines, the bytes behind its candidate's end within which a match shows itself
    (it begins with the candidate, and may be longer); 0 when only the lines bound it. Lines of data are long.
    `gate`: what follows a candidate wherever a match begins with it: tried first, for candidates that are frequent.
    `written`: for what people write; lock files, source maps and the like are not searched.
    """

    id: str
    pattern: str
    candidates: tuple[str, ...]
    anchors: tuple[str, ...]
    caseless: bool
    judge: Callable[[Hit], Verdict | None]
    written: bool = False
    by_line: bool = False
    reach: int = 0
    below: int = 1
    gate: Gate | None = None
