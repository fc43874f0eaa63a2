"""The things of a system by the patterns that may speak of them.

A policy's pattern is compared with few things: its text before the first wildcard has to be the beginning of a thing's
ARN, or the other way round, and both are found in a sorted list. What it comes to is kept by pattern, for roles repeat
one another's.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from casemate.analysis.access.evaluation.patterns import wildcard
from casemate.analysis.access.evaluation.variables import template
from casemate.analysis.access.proving.actions import shapes
from casemate.analysis.access.proving.languages import (
    INSIDE,
    Token,
    Wild,
    contains,
    continued,
    empty,
    form,
    meet,
    meets,
    wild,
)
from casemate.analysis.access.proving.naming import of_another
from casemate.analysis.access.proving.prove import likely
from casemate.analysis.access.reach.actions import CHANGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casemate.model.entity import Entity

_ANYTHING: Final = "?*"


class Thing(NamedTuple):
    """One thing. `forms`: patterns of its ARN and of what is in it; `wide`: of every ARN that it may turn out to have.

    `wide` is empty when the name is written out; `name` is then None, else the pattern of the names it may have.
    """

    entity: Entity
    forms: tuple[str, ...]
    wide: tuple[str, ...]
    name: str | None


class Shelf:
    """Things of one kind, in their order."""

    def __init__(self, things: Sequence[Thing]) -> None:
        self.things = things
        self.everything = tuple(range(len(things)))
        self.numbers = {one.entity.id: number for number, one in enumerate(things)}
        starts = sorted({(_start(text), number) for number, one in enumerate(things) for text in one.forms + one.wide})
        self._starts = [text for text, _ in starts]
        self._numbers = [number for _, number in starts]
        self._exactly: dict[str, list[int]] = {}
        for text, number in starts:
            self._exactly.setdefault(text, []).append(number)
        self._usual: dict[str, frozenset[int]] = {}
        self._touched: dict[str, tuple[int, ...]] = {}

    def usual(self, action: str, account: str) -> frozenset[int]:
        """The numbers of the things on which an action acts where they usually are."""
        found = self._usual.get(action)
        if found is None:
            numbers = (number for number, one in enumerate(self.things) if acting(action, of(action, one), account)[0])
            found = self._usual[action] = frozenset(numbers)
        return found

    def touched(self, pattern: str) -> tuple[int, ...]:
        """The numbers of the things that a pattern covers, in whole or in part, or may turn out to cover."""
        if pattern == "*":
            return self.everything
        found = self._touched.get(pattern)
        if found is None:
            found = self._touched[pattern] = tuple(
                number for number in sorted(self._candidates(pattern)) if touches(pattern, self.things[number])
            )
        return found

    def _candidates(self, pattern: str) -> set[int]:
        start = _start(pattern)
        found: set[int] = set()
        at = bisect_left(self._starts, start)
        while at < len(self._starts) and self._starts[at].startswith(start):
            found.add(self._numbers[at])
            at += 1
        for length in range(len(start)):
            found.update(self._exactly.get(start[:length], ()))
        return found


def _start(text: str) -> str:
    """What every string of a pattern begins with."""
    ends = [at for mark in ("*", "?", "$", INSIDE) if (at := text.find(mark)) >= 0]
    return text[: min(ends)] if ends else text


def of(action: str, thing: Thing) -> tuple[str, ...]:
    """The forms of a thing that an action may act on: a version or alias runs, but code is changed of the function."""
    return thing.forms[:1] if action in CHANGE else thing.forms


def touches(pattern: str, thing: Thing) -> bool:
    """Whether a pattern speaks of a thing, or may."""
    found = relation(pattern, thing.forms)
    return found is None or True in found or may_speak(pattern, thing)


def may_speak(pattern: str, thing: Thing) -> bool:
    """Whether a pattern may speak of a thing whose name deployment makes up: no text without a wildcard does."""
    if not thing.wide or "<" in pattern:
        return False
    if thing.name == _ANYTHING and (("*" not in pattern and "?" not in pattern) or of_another(pattern, thing.wide[0])):
        return False
    return overlaps(pattern, thing.wide)


@lru_cache(maxsize=262_144)
def relation(pattern: str, forms: tuple[str, ...]) -> tuple[bool, ...] | None:
    """Of each form of a thing's ARN, whether a pattern covers all of it (True) or nothing (False); None when some."""
    if pattern == "*":
        return (True,) * len(forms)
    if template(pattern) is not None:
        return None
    match = wildcard(pattern)
    found: list[bool] = []
    for one in forms:
        base = one.rstrip(f"*{INSIDE}")
        if base == one:
            found.append(match(one))
        elif pattern.endswith("*") and match(base):
            found.append(True)
        elif overlaps(pattern, (one,)):
            return None
        else:
            found.append(False)
    return tuple(found)


def overlaps(pattern: str, forms: tuple[str, ...]) -> bool:
    """Whether some ARN is in both."""
    return any(_overlaps(wild(pattern), one) for one in forms)


@lru_cache(maxsize=262_144)
def _overlaps(pattern: Wild, text: str) -> bool:
    base = text.rstrip(f"*{INSIDE}")
    if "*" not in base and "?" not in base:
        return pattern.matches(text) if base == text else meets(pattern, base, inside=text.endswith(INSIDE))
    return meet(pattern, form(text))


class Part(NamedTuple):
    """What of a form of a thing an action acts on: what some of `patterns` and some of `shapes` have in common.

    `form` is the form as a thing has it; `shapes` is empty where the patterns alone say it.
    """

    form: str
    patterns: tuple[Wild, ...]
    shapes: tuple[Wild, ...] = ()


@lru_cache(maxsize=65_536)
def acting(action: str, forms: tuple[str, ...], account: str) -> tuple[tuple[Part, ...], ...]:
    """The parts of a thing on which an action acts: in the caller's account and a usual region, then anywhere.

    All forms for an action that the catalogue does not have.
    """
    kinds = shapes(action)
    if not kinds:
        return (tuple(Part(one, (form(one),)) for one in forms),)
    return tuple(
        tuple(part for one in forms if (part := _part(one, level)) is not None) for level in likely(kinds, account)
    )


def _part(text: str, level: tuple[Wild, ...]) -> Part | None:
    whole = form(text)
    if any(contains(one, whole) for one in level):
        return Part(text, (whole,))
    if not any(meet(one, whole) for one in level):
        return None
    if whole.tokens[-1] is Token.MANY and all(isinstance(token, str) for token in whole.tokens[:-1]):
        return Part(text, tuple(found for one in level for found in continued(one, whole.head)))
    return Part(text, (whole,), level)


@lru_cache(maxsize=262_144)
def speaks(pattern: str, part: Part) -> bool:
    """Whether a pattern covers some ARN that an action acts on.

    Raises `TooLargeError` when that cannot be told.
    """
    covered = relation(pattern, (part.form,))
    if covered is not None:
        return covered[0]
    if not part.shapes:
        return any(meet(wild(pattern), one) for one in part.patterns)
    return not empty([[wild(pattern)], part.patterns, part.shapes])
