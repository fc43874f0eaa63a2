"""npm's ranges (node-semver README, "Ranges", "Advanced Range Syntax", "Prerelease Tags") and Cargo's.

`a || b` is a union; within one, comparators are joined by spaces. Hyphen ranges, x-ranges, tilde and caret are turned
into comparators as the README's tables say.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from casemate.analysis.supply.ordering.interval import Interval
from casemate.analysis.supply.ordering.semver import SemverKey, parse

_MAX_LENGTH = 2_000
_X = frozenset({"x", "X", "*"})
_PARTIAL = re.compile(
    r"[v=\s]*(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:-?([0-9A-Za-z-][0-9A-Za-z.-]*))?(?:\+[0-9A-Za-z.-]*)?",
    re.ASCII,
)
_COMPARATOR = re.compile(r"\s*(>=|<=|>|<|=|~>|~|\^)?\s*([^\s<>=~^|,]+)")
_HYPHEN = re.compile(r"\s*([^\s<>=~^|]+)\s+-\s+([^\s<>=~^|]+)\s*")


class Bound(NamedTuple):
    """One end of a comparator set: the version, whether it belongs, and whether it was written with a pre-release."""

    key: SemverKey
    inclusive: bool
    pre: bool


class _Partial(NamedTuple):
    major: int | None
    minor: int | None
    patch: int | None
    pre: str

    def key(self) -> SemverKey:
        text = f"{self.major or 0}.{self.minor or 0}.{self.patch or 0}" + (f"-{self.pre}" if self.pre else "")
        found = parse(text)
        assert found is not None  # noqa: S101 - built from numbers
        return found


def _partial(text: str) -> _Partial | None:
    found = _PARTIAL.fullmatch(text)
    if found is None:
        return None
    values: list[int | None] = []
    for group in (found[1], found[2], found[3]):
        unknown = group is None or group in _X or (values and values[-1] is None)
        values.append(None if unknown else int(group))
    return _Partial(values[0], values[1], values[2], (found[4] or "") if values[2] is not None else "")


def _release(*numbers: int) -> SemverKey:
    """The very first version of a release number, before any pre-release of it (`2.0.0-0`)."""
    found = parse(".".join(map(str, numbers)) + "-0")
    assert found is not None  # noqa: S101 - built from numbers
    return found


@lru_cache(maxsize=16_384)
def comparator_sets(text: str) -> tuple[tuple[Bound | None, Bound | None], ...] | None:
    """Each alternative as its (lower, upper) bound; None when the text is no range (a tag, a URL)."""
    if len(text) > _MAX_LENGTH:
        return None
    found = []
    for alternative in text.split("||"):
        hyphen = _HYPHEN.fullmatch(alternative)
        pairs = _hyphen(hyphen[1], hyphen[2]) if hyphen else _joined(alternative)
        if pairs is None:
            return None
        low: Bound | None = None
        high: Bound | None = None
        for lower, upper in pairs:
            if lower and (low is None or low.key < lower.key or (low.key == lower.key and not lower.inclusive)):
                low = lower
            if upper and (high is None or upper.key < high.key or (upper.key == high.key and not upper.inclusive)):
                high = upper
        found.append((low, high))
    return tuple(found)


Pair = tuple["Bound | None", "Bound | None"]


def _joined(text: str) -> list[Pair] | None:
    found: list[Pair] = []
    position, stripped = 0, text.strip()
    if stripped in {"", "latest"}:
        return [(None, None)] if not stripped else None
    while position < len(stripped):
        match = _COMPARATOR.match(stripped, position)
        if match is None:
            return None
        partial = _partial(match[2])
        if partial is None:
            return None
        found.append(_comparator(match[1] or "", partial))
        position = match.end()
        while position < len(stripped) and stripped[position] in " \t":
            position += 1
    return found


def _hyphen(first: str, last: str) -> list[Pair] | None:
    low, high = _partial(first), _partial(last)
    if low is None or high is None:
        return None
    lower = None if low.major is None else Bound(low.key(), inclusive=True, pre=bool(low.pre))
    upper = _comparator("<=", high)[1]
    return [(lower, upper)]


def _comparator(operator: str, partial: _Partial) -> Pair:
    major, minor, patch, pre = partial
    if major is None:
        nothing = Bound(_release(0), inclusive=False, pre=False)
        return (None, nothing) if operator in {"<", ">"} else (None, None)
    bound = Bound(partial.key(), inclusive=True, pre=bool(pre))
    match operator:
        case "^":
            return bound, _below(*_caret(major, minor, patch))
        case "~" | "~>":
            return bound, _below(major + 1) if minor is None else _below(major, minor + 1)
        case ">=":
            return bound, None
        case ">":
            if minor is None:
                return Bound(_plain(major + 1), inclusive=True, pre=False), None
            if patch is None:
                return Bound(_plain(major, minor + 1), inclusive=True, pre=False), None
            return bound._replace(inclusive=False), None
        case "<":
            return None, Bound(partial.key() if patch is not None else _release(major, minor or 0, 0), False, bool(pre))
        case "<=":
            return None, bound if patch is not None else (
                _below(major + 1) if minor is None else _below(major, minor + 1)
            )
        case _:
            if patch is not None:
                return bound, bound
            return bound, _below(major + 1) if minor is None else _below(major, minor + 1)


def _plain(*numbers: int) -> SemverKey:
    found = parse(".".join(map(str, numbers)))
    assert found is not None  # noqa: S101 - built from numbers
    return found


def _caret(major: int, minor: int | None, patch: int | None) -> tuple[int, ...]:
    """The first number that a caret no longer allows: the one after the left-most that is not zero."""
    if major > 0 or minor is None:
        return (major + 1,)
    if minor > 0 or patch is None:
        return (0, minor + 1)
    return (0, 0, patch + 1)


def _below(*numbers: int) -> Bound:
    return Bound(_release(*numbers, *(0,) * (3 - len(numbers))), inclusive=False, pre=False)


def intervals(text: str) -> tuple[Interval, ...] | None:
    """What a range allows, pre-releases between its bounds included."""
    sets = comparator_sets(text)
    if sets is None:
        return None
    found = (
        Interval(
            low.key if low else None,
            high.key if high else None,
            low.inclusive if low else True,
            high.inclusive if high else False,
        )
        for low, high in sets
    )
    return tuple(interval for interval in found if not interval.is_empty)


def satisfies(version: str, text: str, *, prereleases: bool = False) -> bool | None:
    """Whether a range allows a version, by npm's rule for pre-releases: only beside one that the range names.

    `prereleases`: as node-semver's `includePrerelease`.
    """
    sets, key = comparator_sets(text), parse(version.strip())
    if sets is None or key is None:
        return None
    for (low, high), interval in zip(sets, _intervals(sets), strict=True):
        if not interval.holds(key):
            continue
        if key[1] == 1 or prereleases:
            return True
        if any(bound is not None and bound.pre and bound.key[0] == key[0] for bound in (low, high)):
            return True
    return False


def _intervals(sets: tuple[Pair, ...]) -> list[Interval]:
    return [
        Interval(
            low.key if low else None,
            high.key if high else None,
            low.inclusive if low else True,
            high.inclusive if high else False,
        )
        for low, high in sets
    ]


def cargo(text: str) -> tuple[Interval, ...] | None:
    """Cargo's requirements: commas join, a bare version means caret (Cargo book, "Specifying Dependencies")."""
    found = Interval()
    for piece in text.split(","):
        stripped = piece.strip()
        one = intervals(f"^{stripped}" if stripped[:1].isdigit() and "*" not in stripped else stripped)
        if not one:
            return None
        found = found.meet(one[0])
    return () if found.is_empty else (found,)
