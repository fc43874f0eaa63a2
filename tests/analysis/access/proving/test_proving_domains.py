"""Demands on one condition key, and the value that meets them all."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from random import Random

import pytest

from casemate.analysis.access.proving.domains import (
    ABSENT,
    EVERY,
    MISSING,
    PRESENT,
    Addresses,
    Demand,
    Numbers,
    Strings,
    Truth,
    UndecidedError,
    instant,
    network,
    solve,
)
from casemate.analysis.access.proving.languages import literal, wild


def strings(*patterns: str, passes: bool = True, missing: bool = False) -> Demand:
    return Demand(Strings(tuple(map(wild, patterns))), passes, missing)


def nets(*texts: str, passes: bool = True, missing: bool = False) -> Demand:
    found = [network(text) for text in texts]
    return Demand(Addresses(tuple(one for one in found if one is not None)), passes, missing)


def test_presence() -> None:
    assert solve([]) == MISSING
    assert solve([ABSENT]) == MISSING
    assert solve([PRESENT]) not in {None, MISSING}
    assert solve([PRESENT, ABSENT]) is None
    assert solve([strings("a"), ABSENT]) is None
    assert solve([strings("a", missing=True)]) == MISSING
    assert solve([strings("a", missing=True)], prefer_value=True) == ("a",)
    assert PRESENT.opposite() == ABSENT


def test_strings() -> None:
    assert solve([strings("a*"), strings("*b"), strings("ab", passes=False)]) == ("axb",)
    assert solve([strings("a"), strings("a", passes=False)]) is None


def test_numbers_are_settled_between_their_bounds() -> None:
    def demand(comparison: str, *bounds: int, passes: bool = True) -> Demand:
        return Demand(Numbers(comparison, tuple(map(Fraction, bounds))), passes, missing=False)  # type: ignore[arg-type]

    found = solve([demand(">", 3), demand("<", 4)])
    assert found is not None
    assert 3 < float(found[0]) < 4
    assert solve([demand(">", 4), demand("<", 4)]) is None
    assert solve([demand(">=", 4), demand("<=", 4)]) == ("4",)
    assert solve([demand(">=", 4), demand("<=", 4), demand("==", 4, passes=False)]) is None
    assert solve([demand("<", 2, 9), demand("<", 5, passes=False)]) is not None


def test_dates_are_written_as_dates() -> None:
    bound = instant("2030-01-01T00:00:00Z")
    assert bound is not None
    after = Demand(Numbers(">", (bound,), dates=True), passes=True, missing=False)
    assert solve([after]) == ("2030-01-02T00:00:00Z",)
    assert solve([after, after.opposite()]) is None
    assert instant("1893456000") == bound
    assert instant("soon") is None


def test_addresses() -> None:
    assert solve([nets("10.0.0.0/8"), nets("10.0.0.0/9", passes=False)]) == ("10.128.0.0",)
    assert solve([nets("10.0.0.0/8"), nets("10.0.0.0/9", "10.128.0.0/9", passes=False)]) is None
    assert solve([nets("0.0.0.0/0", passes=False)]) == ("2001:db8::1",)
    assert solve([nets("0.0.0.0/0", "::/0", passes=False)]) is None
    assert solve([nets("10.0.0.0/8", passes=False)]) == ("203.0.113.10",)


def test_truth() -> None:
    true = Demand(Truth(frozenset({"true"})), passes=True, missing=False)
    assert solve([true]) == ("true",)
    assert solve([true.opposite()], prefer_value=True) == ("false",)
    assert solve([true, Demand(Truth(frozenset({"false"})), passes=True, missing=False)]) is None


def test_several_values() -> None:
    a = Demand(Strings((literal("a"),)), passes=True, missing=False, over="any")
    b = Demand(Strings((literal("b"),)), passes=True, missing=False, over="any")
    only = Demand(Strings((literal("a"), literal("b"))), passes=True, missing=True, over="all")
    assert solve([a, b]) == ("a", "b")
    assert solve([a, b, only]) == ("a", "b")
    assert solve([only]) == MISSING
    assert solve([only, PRESENT]) is not None
    assert solve([only.opposite(), only]) is None
    assert only.opposite().over == "any"
    assert solve([a, a.opposite()]) is None
    assert solve([a, Demand(Strings((literal("b"),)), passes=True, missing=True, over="all")]) is None


def test_what_is_of_two_types_is_open_unless_a_value_is_found() -> None:
    assert solve([nets("10.0.0.0/8"), strings("10.*")]) == ("10.0.0.0",)
    with pytest.raises(UndecidedError):
        solve([nets("10.0.0.0/8"), strings("11.*")])


POOL = [
    strings("a*"), strings("b"), strings("*b", passes=False), strings("ab", missing=True), strings("a", "b", passes=False, missing=True),
    ABSENT, PRESENT,
    Demand(Strings((literal("a"),)), passes=True, missing=True, over="all"),
    Demand(Strings((literal("b"), wild("a?"))), passes=True, missing=False, over="any"),
    Demand(Strings((literal("a"),)), passes=False, missing=False, over="any"),
]  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_no_answer_where_trying_finds_one(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - repeatable, not secret
    demands = [random.choice([one, one.opposite()]) for one in random.sample(POOL, random.randint(1, 4))]
    texts = ["", "a", "b", "ab", "ac", "bb", "xb", "x"]
    tried = [MISSING, *((one,) for one in texts)]
    if not any(demand.over == "one" and demand.test is not EVERY for demand in demands):
        tried += [tuple(pair) for pair in combinations(texts, 2)]
    found = solve(demands)
    if found is None:
        assert not [value for value in tried if all(demand.holds(value) for demand in demands)]
    else:
        assert all(demand.holds(found) for demand in demands)
