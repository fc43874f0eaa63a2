"""Patterns as automata, against plain enumeration of short words."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.analysis.access.proving.languages import Wild, arn, empty, includes, literal, wild, witness

WORDS = ["".join(letters) for length in range(6) for letters in product("ab:x", repeat=length)]


@pytest.mark.parametrize(
    ("pattern", "text", "hit"),
    [
        ("*", "", True),
        ("a*", "a:b/c", True),
        ("a?c", "a:c", True),
        ("a?c", "ac", False),
        ("*a*b*", "xxaxxbxx", True),
        ("*a*b*", "xxbxxa", False),
        ("a**b", "ab", True),
        ("", "", True),
        ("", "a", False),
        ("A", "a", False),
    ],
)
def test_a_pattern_matches_as_iam_does(pattern: str, text: str, hit: bool) -> None:  # noqa: FBT001 - the expected value
    assert wild(pattern).matches(text) is hit


def test_case_is_ignored_where_asked() -> None:
    assert wild("S3:Get*", fold=True).matches("s3:getobject")
    assert witness([[wild("ABC", fold=True)], [wild("a*")]]) == "abc"
    assert witness([[wild("ABC", fold=True)], [wild("A*")]], [wild("*b*")]) in {"ABC", "ABc"}


def test_a_star_of_a_policy_crosses_colons_and_one_of_arnlike_does_not() -> None:
    inside = arn(wild("arn:aws:lambda:*:*:function:f*"))
    assert inside is not None
    assert inside.matches("arn:aws:lambda:eu-west-1:1:function:f:live")
    assert not inside.matches("arn:aws:lambda:eu-west-1:1:2:function:f")
    assert wild("arn:aws:lambda:*:function:f").matches("arn:aws:lambda:a:b:c:function:f")
    assert arn(wild("arn:aws:s3")) is None
    across = arn(wild("arn:aws:s3:::a*"))
    assert across is not None
    assert across.matches("arn:aws:s3:::a:b:c")
    wide = arn(wild("arn:*:*:*:*:*"))
    assert wide is not None
    assert not empty([[wide]], [wild("arn:*:*:*:*:x")])
    assert not includes([wide], [wild("arn:*")])


def test_a_witness_is_in_all_and_in_none() -> None:
    assert (
        witness([[wild("arn:aws:s3:::data/*")], [wild("*.json")]], [wild("*/private/*")]) == "arn:aws:s3:::data/.json"
    )
    assert witness([[wild("a*"), wild("b*")]], [wild("a*")]) == "b"
    assert witness([[wild("a*")]], [wild("a?*"), wild("a")]) is None
    assert witness([[literal("x"), literal("y")]], [literal("x")]) == "y"
    assert witness([]) == ""


def test_patterns_that_explode_in_a_table_of_sets_do_not_here() -> None:
    many = [[wild("*" + "".join(f"{letter}*" for letter in word))] for word in ("abcdefgh", "hgfedcba", "ahbgcfde")]
    assert witness(many) is not None
    assert includes([wild("*a*")], [wild("*a*b*a*b*a*b*"), wild("*b*a")])


def _matching(patterns: list[Wild]) -> set[str]:
    return {word for word in WORDS if any(pattern.matches(word) for pattern in patterns)}


def _patterns(random: Random, most: int) -> list[Wild]:
    return [
        wild("".join(random.choice("ab:*?*") for _ in range(random.randint(0, 4))))
        for _ in range(random.randint(1, most))
    ]


@pytest.mark.parametrize("seed", range(60))
def test_emptiness_is_that_of_enumeration(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - repeatable, not secret
    groups = [_patterns(random, 2) for _ in range(random.randint(1, 2))]
    never = _patterns(random, 3)[1:]
    found = witness(groups, never)
    left = set(WORDS).intersection(*map(_matching, groups)) - _matching(never)
    if found is not None:
        assert all(any(pattern.matches(found) for pattern in group) for group in groups)
        assert not any(pattern.matches(found) for pattern in never)
    else:
        assert not left


@given(st.text("ab:*?", max_size=8), st.text("ab:", max_size=8))
def test_the_automaton_and_the_matcher_agree(pattern: str, text: str) -> None:
    assert (witness([[wild(pattern)], [literal(text)]]) == text) is wild(pattern).matches(text)
    assert (not empty([[wild(pattern)], [wild(text), literal(text)]])) is wild(pattern).matches(text)
