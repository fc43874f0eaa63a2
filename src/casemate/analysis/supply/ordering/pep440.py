"""PEP 440, through `packaging`, which its authors keep. A legacy version that PEP 440 does not know has no key."""

from __future__ import annotations

from functools import lru_cache

from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from casemate.analysis.supply.ordering.interval import Interval


def parse(text: str) -> Version | None:
    """The version, which compares by itself."""
    try:
        return Version(text)
    except InvalidVersion:
        return None


def is_prerelease(text: str) -> bool:
    """Whether it is a pre-release or a development release."""
    version = parse(text)
    return version is not None and version.is_prerelease


@lru_cache(maxsize=16_384)
def _specifiers(text: str) -> SpecifierSet | None:
    if len(text) > 2_000:
        return None
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        return None


def contains(text: str, version: str) -> bool | None:
    """Whether the specifiers allow a version (pre-releases too: it is installed already)."""
    specifiers, parsed = _specifiers(text), parse(version)
    if specifiers is None or parsed is None:
        return None
    return specifiers.contains(parsed, prereleases=True)


def intervals(text: str) -> tuple[Interval, ...] | None:
    """What the specifiers allow, as one interval; `!=` is left out, so it is rather too wide."""
    specifiers = _specifiers(text)
    if specifiers is None:
        return None
    found = Interval()
    for specifier in specifiers:
        one = _interval(specifier)
        if one is None:
            return None
        found = found.meet(one)
    return () if found.is_empty else (found,)


def _interval(specifier: Specifier) -> Interval | None:
    operator, text = specifier.operator, specifier.version
    if operator == "!=":
        return Interval()
    if operator == "===" or (operator in {"==", "~="} and text.endswith(".*") and operator != "=="):
        version = parse(text)
        return None if version is None else Interval(version, version, high_in=True)
    wild = text.endswith(".*")
    version = parse(text.removesuffix(".*"))
    if version is None:
        return None
    if operator == "==" and wild:
        return Interval(_start(version), _after(version, len(version.release) - 1))
    if operator == "==":
        # 1.0 also allows 1.0+local, which is the same code in all that matters here
        return Interval(version, version, high_in=True)
    if operator == "~=":
        return Interval(version, _after(version, len(version.release) - 2)) if len(version.release) > 1 else None
    return {
        ">=": Interval(version),
        ">": Interval(version, low_in=False),
        "<=": Interval(high=version, high_in=True),
        "<": Interval(high=version),
    }.get(operator)


def _start(version: Version) -> Version:
    """The first version with this release number: its first development release."""
    return Version(f"{version.epoch}!{'.'.join(map(str, version.release))}.dev0")


def _after(version: Version, place: int) -> Version:
    """The first version that a prefix up to `place` no longer matches."""
    release = [*version.release[:place], version.release[place] + 1]
    return Version(f"{version.epoch}!{'.'.join(map(str, release))}.dev0")
