"""Patterns that are compiled late."""

from __future__ import annotations

import re

import pytest

from casemate.model.pattern import late


def test_a_late_pattern_is_a_pattern() -> None:
    found = late(r"(a+)b", re.IGNORECASE)
    match = found.search("xxAAb")
    assert match is not None
    assert match[1] == "AA"
    assert found.sub("-", "abaab") == "--"
    assert found.fullmatch("aab", 0, 3) is not None
    assert found.pattern == r"(a+)b"
    assert found.flags & re.IGNORECASE


def test_a_wrong_pattern_says_so_when_it_is_used() -> None:
    found = late("(")
    with pytest.raises(re.error):
        found.search("x")
