"""Composer's order of versions: PHP's `version_compare` (PHP manual), after a leading `v` is dropped."""

from __future__ import annotations

import re
from functools import cmp_to_key
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casemate.analysis.supply.ordering import Key

_PART = re.compile(r"\d+|[a-z]+|#", re.ASCII)
_FORMS = (("dev", 1), ("a", 2), ("b", 3), ("rc", 4), ("#", 5), ("p", 6))
"""PHP takes the first form that the word begins with, so `patch1` and `post1` are `p`."""


def parse(text: str) -> Key | None:
    """The key of a version; a branch (`dev-main`) is none."""
    lowered = text.lower().removeprefix("v")
    if not lowered[:1].isdigit():
        return None
    return _key(tuple(_PART.findall(lowered.partition("+")[0])))


def _compare(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    for left, right in zip(one, other, strict=False):
        a, b = _rank(left), _rank(right)
        if a != b:
            return -1 if a < b else 1
    if len(one) == len(other):
        return 0
    longer, sign = (one, 1) if len(one) > len(other) else (other, -1)
    following = longer[min(len(one), len(other))]
    if following.isdecimal():
        rest = longer[min(len(one), len(other)) :]
        return 0 if all(part.isdecimal() and int(part) == 0 for part in rest) else sign
    return sign if _rank(following) > _rank("#") else -sign


_key = cmp_to_key(_compare)


def _rank(part: str) -> tuple[int, int]:
    """A number counts as `#`, between `rc` and `pl`; an unknown word comes first of all."""
    return (
        (5, int(part)) if part.isdecimal() else (next((rank for form, rank in _FORMS if part.startswith(form)), 0), -1)
    )
