"""RubyGems' order of versions and its requirements (RubyGems guides, "Gem::Version" and "Patterns": `~>`)."""

from __future__ import annotations

import re
from functools import cmp_to_key
from itertools import zip_longest
from typing import TYPE_CHECKING

from casemate.analysis.supply.ordering.interval import Interval

if TYPE_CHECKING:
    from casemate.analysis.supply.ordering import Key

_VERSION = re.compile(r"[0-9]+(?:\.[0-9a-zA-Z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?")
_SEGMENT = re.compile(r"[0-9]+|[a-zA-Z]+")
_REQUIREMENT = re.compile(r"(~>|>=|<=|!=|=|>|<)?\s*([0-9A-Za-z.-]+)")


def parse(text: str) -> Key | None:
    """The key of a version."""
    return _key(_canonical(text)) if _VERSION.fullmatch(text) else None


def _canonical(text: str) -> tuple[int | str, ...]:
    """Segments; zeros dropped before the first letter and at the end."""
    segments: list[int | str] = [
        int(part) if part.isdecimal() else part for part in _SEGMENT.findall(text.replace("-", ".pre."))
    ]
    first = next((place for place, part in enumerate(segments) if isinstance(part, str)), len(segments))
    return (*_dropped(segments[:first]), *_dropped(segments[first:]))


def _dropped(segments: list[int | str]) -> list[int | str]:
    while segments and segments[-1] == 0:
        segments.pop()
    return segments


def _compare(one: tuple[int | str, ...], other: tuple[int | str, ...]) -> int:
    for left, right in zip_longest(one, other, fillvalue=0):
        if left == right:
            continue
        if isinstance(left, str):
            return (-1 if left < right else 1) if isinstance(right, str) else -1
        return 1 if isinstance(right, str) else (-1 if left < right else 1)
    return 0


_key = cmp_to_key(_compare)


def intervals(text: str) -> tuple[Interval, ...] | None:
    """What comma-separated requirements allow, as one interval."""
    found = Interval()
    for piece in text.split(","):
        match = _REQUIREMENT.fullmatch(piece.strip())
        version = parse(match[2]) if match else None
        if match is None or version is None:
            return None
        found = found.meet(_interval(match[1] or "=", match[2], version))
    return () if found.is_empty else (found,)


def _interval(operator: str, text: str, version: Key) -> Interval:
    match operator:
        case "~>":
            release = [int(part) for part in re.split(r"[.-]", text) if part.isdecimal()]
            kept = release[:-1] if len(release) > 1 else release
            return Interval(version, _key((*kept[:-1], kept[-1] + 1, "a")))
        case "=":
            return Interval(version, version, high_in=True)
        case ">=":
            return Interval(version)
        case ">":
            return Interval(version, low_in=False)
        case "<=":
            return Interval(high=version, high_in=True)
        case "<":
            return Interval(high=version)
        case _:
            return Interval()
