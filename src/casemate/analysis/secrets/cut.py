"""Values that begin like a known token and are too short to be one: cut off for a picture, masked, or made up."""

from __future__ import annotations

from functools import lru_cache

from casemate.analysis.secrets.kinds import catalogue
from casemate.analysis.secrets.kinds.template import read

_TELLING = 4
"""Characters from which a mark in front proves whose token a value means to be; shorter ones are accidents."""

_SHORT = 64
"""Longer formats vary: what is cut off is half of one."""


@lru_cache(maxsize=1)
def _marks() -> dict[str, int]:
    """Fixed text in front -> the fewest characters of a token that begins with it."""
    found: dict[str, int] = {}
    for kind in catalogue().tokens:
        forms = [read(form) for form in kind.good]
        if kind.pattern != "|".join(form.pattern for form in forms):
            continue  # its frame is a pattern of its own
        for form in forms:
            for head in form.heads:
                if len(head) >= _TELLING and not head.isalnum():
                    found[head] = min(form.least, found.get(head, form.least))
    return found


@lru_cache(maxsize=1)
def _longest() -> int:
    return max(map(len, _marks()), default=0)


def is_cut_off(value: str) -> bool:
    """Whether a value has the mark of a token and not its length.

    >>> is_cut_off("glpat-4f"), is_cut_off("pk3Jx9QpLm2Vw7RtZ")
    (True, False)
    """
    marks = _marks()
    for size in range(min(_longest(), len(value)), _TELLING - 1, -1):
        least = marks.get(value[:size])
        if least is not None:
            return len(value) < (least if least <= _SHORT else least // 2)
    return False
