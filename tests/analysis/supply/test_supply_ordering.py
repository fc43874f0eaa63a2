"""The order of versions, by the examples of each specification."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.analysis.supply.ordering import covers, overlaps, requested, satisfies, version_key
from casemate.analysis.supply.ordering.interval import Interval
from casemate.analysis.supply.ordering.ranges import satisfies as npm_satisfies
from casemate.model.dependency import Ecosystem

ORDERED: list[tuple[Ecosystem, str]] = [
    ("npm", "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 1.0.1"),
    ("Go", "v1.0.0-20200101000000-abcdefabcdef v1.0.0 v1.2.0+incompatible v1.10.0"),
    ("PyPI", "1.0.dev1 1.0a1 1.0b2 1.0rc1 1.0 1.0+local 1.0.post1 1.1 2!0.1"),
    ("Maven", "1-alpha-1 1-beta 1-milestone-1 1-rc1 1-SNAPSHOT 1 1-sp 1-whatever 1-1 1.1"),
    ("RubyGems", "1.0.a10 1.0.b1 1.0 1.0.1 1.10"),
    ("NuGet", "1.0.0-Alpha 1.0.0-beta 1.0.0 1.0.0.1 1.0.1"),
    ("crates.io", "0.9.9 1.0.0-rc.1 1.0.0"),
    ("Packagist", "1.0.0-dev 1.0.0-alpha1 1.0.0-beta1 1.0.0-RC1 1.0.0 1.0.0-patch1 1.0.1"),
]
EQUAL: list[tuple[Ecosystem, str, str]] = [
    ("npm", "v1.2.3", "1.2.3+build"),
    ("PyPI", "1.0", "1.0.0"),
    ("Maven", "1.0.ga", "1"),
    ("Maven", "1-cr1", "1-rc1"),
    ("Maven", "1a1", "1-alpha-1"),
    ("RubyGems", "1", "1.0.0"),
    ("NuGet", "1.0", "1.0.0.0"),
]


@pytest.mark.parametrize(("ecosystem", "texts"), ORDERED)
def test_versions_come_in_the_order_of_the_specification(ecosystem: Ecosystem, texts: str) -> None:
    keys = [version_key(ecosystem, text) for text in texts.split()]
    for one, other in pairwise(keys):
        assert one is not None
        assert other is not None
        assert one < other
        assert not other < one


@pytest.mark.parametrize(("ecosystem", "one", "other"), EQUAL)
def test_spellings_of_one_version_are_equal(ecosystem: Ecosystem, one: str, other: str) -> None:
    a, b = version_key(ecosystem, one), version_key(ecosystem, other)
    assert a is not None
    assert b is not None
    assert not a < b
    assert not b < a


@pytest.mark.parametrize("text", ["", "latest", "9" * 5000, "1." * 400, "dev-main"])
def test_what_is_no_version_has_no_key(text: str) -> None:
    assert version_key("npm", text) is None
    assert version_key("Packagist", text) is None


@pytest.mark.parametrize(
    ("version", "range_", "allowed"),
    [
        ("1.2.3", "^1.2", True), ("2.0.0", "^1.2", False), ("2.0.0-rc.1", "^1.2", False), ("0.2.5", "^0.2.3", True),
        ("0.3.0", "^0.2.3", False), ("0.0.4", "^0.0.3", False), ("1.3.0", "1.2 - 1.3", True),
        ("1.4.0", "1.2 - 1.3", False), ("1.3.9", "~1.3", True), ("1.4.0", "~1.3", False), ("5.0.0", "*", True),
        ("5.0.0", "", True), ("2.4.0", "1.x || >=2.5.0", False), ("2.5.0", "1.x || >=2.5.0", True),
        ("1.2.3-b", ">=1.2.3-a", True), ("1.2.4-b", ">=1.2.3-a", False), ("1.9.9", "<=1", True), ("2.0.0", "<=1", False),
        ("1.2.9", ">1.2", False), ("1.3.0", ">1.2", True), ("2.0.0", ">=1.0.0 <2.0.0", False),
    ],
)  # fmt: skip
def test_npm_ranges_as_its_readme_has_them(version: str, range_: str, allowed: object) -> None:
    assert npm_satisfies(version, range_) is allowed


@pytest.mark.parametrize(
    ("ecosystem", "version", "range_", "allowed"),
    [
        ("PyPI", "2.1", "~=2.0", True), ("PyPI", "3.0", "~=2.0", False), ("PyPI", "1.4.5", "==1.4.*", True),
        ("crates.io", "1.9.0", "1.2", True), ("crates.io", "2.0.0", "1.2", False), ("Maven", "1.5", "[1.0,2.0)", True),
        ("Maven", "2.0", "[1.0,2.0)", False), ("NuGet", "9.0.0", "1.0", True), ("RubyGems", "1.9", "~> 1.2", True),
        ("RubyGems", "2.0", "~> 1.2", False), ("RubyGems", "1.3.0", "~> 1.2.0", False), ("npm", "1.0.0", "latest", None),
        ("PyPI", "1.0", "^1.0 || ^2", None),
    ],
)  # fmt: skip
def test_declared_ranges(ecosystem: Ecosystem, version: str, range_: str, allowed: object) -> None:
    assert satisfies(ecosystem, version, range_) is allowed


def test_a_range_is_covered_only_without_a_gap() -> None:
    wanted = requested("npm", "^1.0.0")
    assert wanted is not None
    halves = [*(requested("npm", "<1.5.0") or ()), *(requested("npm", ">=1.5.0 <3.0.0") or ())]
    gap = [*(requested("npm", "<1.5.0") or ()), *(requested("npm", ">1.5.0 <3.0.0") or ())]
    assert covers(halves, wanted[0])
    assert not covers(gap, wanted[0])
    assert overlaps(gap, wanted)


NUMBERS = st.lists(st.integers(0, 6), min_size=2, max_size=2).map(sorted)


@given(st.lists(NUMBERS, max_size=4), NUMBERS)
def test_covering_agrees_with_trying_every_version(pieces: list[list[int]], wanted: list[int]) -> None:
    union = [Interval(version_key("npm", f"{a}.0.0"), version_key("npm", f"{b}.0.0")) for a, b in pieces]
    span = Interval(version_key("npm", f"{wanted[0]}.0.0"), version_key("npm", f"{wanted[1]}.0.0"))
    points = [version_key("npm", f"{major}.{minor}.0") for major in range(8) for minor in (0, 5)]
    inside = [key for key in points if key is not None and span.holds(key)]
    assert covers(union, span) is all(any(one.holds(key) for one in union) for key in inside)
