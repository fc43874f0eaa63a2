"""The order of versions, as each registry defines it.

`version_key(ecosystem, text)` gives something that compares; None for a text that is no version there. The OSV schema
("affected[].ranges[].type", ECOSYSTEM) wants exactly this: never one order for all.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from casemate.analysis.supply.ordering.interval import Interval, covers, overlaps

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.model.dependency import Ecosystem

__all__ = ["Interval", "Key", "covers", "overlaps", "prerelease", "requested", "satisfies", "version_key"]

MAX_LENGTH = 256
"""Longer texts are no versions: bounds the work on hostile input."""
_MODULES = {
    "PyPI": "pep440", "npm": "semver", "Maven": "maven", "Go": "semver", "RubyGems": "rubygems", "NuGet": "nuget",
    "crates.io": "semver", "Packagist": "packagist",
}  # fmt: skip


class Key(Protocol):
    """A version that compares with others of its ecosystem."""

    def __lt__(self, other: Any, /) -> Any: ...  # noqa: ANN401 - keys of one ecosystem share a type
    def __le__(self, other: Any, /) -> Any: ...  # noqa: ANN401


@cache
def _parser(ecosystem: str) -> Callable[[str], Key | None]:
    parse: Callable[[str], Key | None] = import_module(f"{__name__}.{_MODULES[ecosystem]}").parse
    return parse


@lru_cache(maxsize=65_536)
def version_key(ecosystem: Ecosystem, text: str) -> Key | None:
    """What orders a version among those of its ecosystem; None when it is no version."""
    text = text.strip()
    if not text or len(text) > MAX_LENGTH:
        return None
    try:
        return _parser(ecosystem)(text)
    except ValueError:  # more digits than Python converts
        return None


@lru_cache(maxsize=16_384)
def requested(ecosystem: Ecosystem, text: str) -> tuple[Interval, ...] | None:
    """Every version that a declared range allows, as intervals; None when the syntax is not understood.

    Wider than the truth where a range has holes (`!=`): so "all of it is affected" is never said too early.
    """
    if len(text) > 2_000:
        return None
    if ecosystem == "PyPI":
        from casemate.analysis.supply.ordering.pep440 import intervals
    elif ecosystem in {"npm", "crates.io"}:
        from casemate.analysis.supply.ordering import ranges

        return ranges.cargo(text) if ecosystem == "crates.io" else ranges.intervals(text)
    elif ecosystem in {"Maven", "NuGet"}:
        from casemate.analysis.supply.ordering import brackets

        return brackets.intervals(ecosystem, text)
    elif ecosystem == "RubyGems":
        from casemate.analysis.supply.ordering.rubygems import intervals
    else:
        return None
    return intervals(text)


def satisfies(ecosystem: Ecosystem, version: str, text: str) -> bool | None:
    """Whether a version is one that the declared range allows; None when either is not understood."""
    if ecosystem == "PyPI":
        from casemate.analysis.supply.ordering.pep440 import contains

        return contains(text, version)
    if ecosystem == "npm":
        from casemate.analysis.supply.ordering import ranges

        return ranges.satisfies(version, text)
    allowed, key = requested(ecosystem, text), version_key(ecosystem, version)
    if allowed is None or key is None:
        return None
    return any(interval.holds(key) for interval in allowed)


def prerelease(ecosystem: Ecosystem, text: str) -> bool:
    """Whether a version is one before its release (`2.0.0-rc.1`, `2.0b1`): never suggested to somebody on a release."""
    if ecosystem == "PyPI":
        from casemate.analysis.supply.ordering.pep440 import is_prerelease

        return is_prerelease(text)
    if ecosystem == "RubyGems":
        return any(char.isalpha() for char in text)
    return "-" in text.partition("+")[0]
