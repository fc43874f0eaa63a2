"""Stretches of versions: what an advisory affects, and what a declared range allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.analysis.supply.ordering import Key


class Interval(NamedTuple):
    """From `low` to `high`; None is without end. `low_in`, `high_in`: whether the bound itself belongs to it."""

    low: Key | None = None
    high: Key | None = None
    low_in: bool = True
    high_in: bool = False

    def holds(self, key: Key) -> bool:
        """Whether a version lies in it."""
        if self.low is not None and (key < self.low or (not self.low_in and key <= self.low)):
            return False
        return self.high is None or bool(key < self.high or (self.high_in and key <= self.high))

    @property
    def is_empty(self) -> bool:
        """Whether no version can lie in it."""
        if self.low is None or self.high is None:
            return False
        return bool(self.high < self.low or (not (self.low_in and self.high_in) and self.high <= self.low))

    def meet(self, other: Interval) -> Interval:
        """What both hold."""
        low, low_in = self.low, self.low_in
        if other.low is not None and (low is None or low < other.low or (low <= other.low and not other.low_in)):
            low, low_in = other.low, other.low_in
        high, high_in = self.high, self.high_in
        if other.high is not None and (high is None or other.high < high or (other.high <= high and not other.high_in)):
            high, high_in = other.high, other.high_in
        return Interval(low, high, low_in, high_in)


def overlaps(some: Iterable[Interval], others: Iterable[Interval]) -> bool:
    """Whether any version lies in both."""
    rest = tuple(others)
    return any(not one.meet(other).is_empty for one in some for other in rest)


def covers(union: Iterable[Interval], wanted: Interval) -> bool:
    """Whether every version of `wanted` lies in one of `union`.

    Walks along `wanted` from its lower bound; two intervals that touch without a gap count as one.
    """
    if wanted.is_empty:
        return True
    rest = list(union)
    at, at_in = wanted.low, wanted.low_in  # everything below is covered; `at` itself is when at_in is False
    while rest:
        step = next((one for one in rest if _reaches(one, at, at_in=at_in)), None)
        if step is None:
            return False
        rest.remove(step)
        if step.high is None:
            return True
        if wanted.high is not None and (
            wanted.high < step.high or (wanted.high <= step.high and (step.high_in or not wanted.high_in))
        ):
            return True
        if at is None or at < step.high or (at <= step.high and at_in and step.high_in):
            at, at_in = step.high, not step.high_in
    return False


def _reaches(one: Interval, at: Key | None, *, at_in: bool) -> bool:
    """Whether an interval holds what comes next behind (or at) `at`, without a gap."""
    if at is None:
        return one.low is None
    if one.low is not None and (at < one.low or (at <= one.low and at_in and not one.low_in)):
        return False
    return one.high is None or bool(at < one.high or (at_in and at <= one.high and one.high_in))
