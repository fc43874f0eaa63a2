"""Box subtraction: a request that some statement of every layer allows and no Deny forbids, or that there is none.

A statement, for one action and one caller, is a box: a conjunction of demands, each on one dimension (the resource,
or a condition key). What is left of a box when others are cut out is searched for a single point: the box gives one,
a Deny that covers the point is one that has to be escaped, and it can be escaped only by breaking one of its demands.
Each way to break it narrows one dimension and leaves the others alone; a branch in which no dimension is empty and no
Deny covers the point gives the witness, and when every branch is empty there is none, which is the proof. A Deny that
does not cover the point costs one look, so policies with many denies stay cheap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from casemate.analysis.access.proving.domains import Demand, UndecidedError, Value, solve

RESOURCE: Final = ""
"""The dimension of the resource; every other dimension is a condition key in lower case."""

MOST_BRANCHES: Final = 20_000
"""Branches looked at before a question is given up."""

Point = dict[str, Value]
Ranges = Mapping[str, tuple[Demand, ...]]
"""The demands on each dimension; a dimension that is not named is free."""


class Bound(NamedTuple):
    """A demand on a dimension."""

    dimension: str
    demand: Demand


@dataclass(frozen=True, eq=False)
class Box:
    """The requests that meet all `bounds`; `source` is the statement that it is made of, for the evidence."""

    bounds: tuple[Bound, ...]
    source: object = None

    def covers(self, point: Mapping[str, Value]) -> bool:
        """Whether a request lies in the box."""
        return all(bound.demand.holds(point.get(bound.dimension, ())) for bound in self.bounds)


class Found(NamedTuple):
    """A point with the box of each layer that it lies in."""

    point: Point
    boxes: tuple[Box, ...]


class Search:
    """One question.

    `present`: dimensions that are given a value where they can. `undecided` is set when a branch could not be settled:
    then finding nothing proves nothing.
    """

    def __init__(self, denies: Sequence[Box], present: frozenset[str] = frozenset()) -> None:
        self._denies = denies
        self._present = present
        self._branches = 0
        self.undecided: str | None = None

    def find(self, ranges: Ranges, layers: Sequence[Sequence[Box]]) -> Found | None:
        """A request within `ranges` that lies in a box of every layer and in no Deny."""
        point: Point = {}
        for dimension, demands in ranges.items():
            value = self._solve(dimension, demands)
            if value is None:
                return None
            if value:
                point[dimension] = value
        return self._choose(dict(ranges), point, layers, ())

    def _choose(
        self,
        ranges: dict[str, tuple[Demand, ...]],
        point: Point,
        layers: Sequence[Sequence[Box]],
        chosen: tuple[Box, ...],
    ) -> Found | None:
        if not layers:
            escaped = self._escape(ranges, point)
            return None if escaped is None else Found(escaped, chosen)
        for box in layers[0]:
            narrowed = self._narrow(ranges, point, box.bounds)
            if narrowed is not None and (found := self._choose(*narrowed, layers[1:], (*chosen, box))) is not None:
                return found
        return None

    def _escape(self, ranges: dict[str, tuple[Demand, ...]], point: Point) -> Point | None:
        """A point of the box outside of every Deny."""
        self._branches += 1
        if self._branches > MOST_BRANCHES:
            self.undecided = "the denies overlap in too many ways"
            return None
        deny = next((deny for deny in self._denies if deny.covers(point)), None)
        if deny is None:
            return point
        for dimension, demand in deny.bounds:
            narrowed = self._narrow(ranges, point, (Bound(dimension, demand.opposite()),))
            if narrowed is not None and (found := self._escape(*narrowed)) is not None:
                return found
        return None

    def _narrow(
        self, ranges: dict[str, tuple[Demand, ...]], point: Point, bounds: Sequence[Bound]
    ) -> tuple[dict[str, tuple[Demand, ...]], Point] | None:
        """The box with these bounds too and a point in it; None when nothing is left."""
        ranges, point = dict(ranges), dict(point)
        for dimension, demand in bounds:
            demands = ranges.get(dimension, ())
            if demand in demands:
                continue
            ranges[dimension] = demands = (*demands, demand)
            if demand.holds(point.get(dimension, ())) and (dimension in point or dimension not in self._present):
                continue
            value = self._solve(dimension, demands)
            if value is None:
                return None
            if value:
                point[dimension] = value
            else:
                point.pop(dimension, None)
        return ranges, point

    def _solve(self, dimension: str, demands: Sequence[Demand]) -> Value | None:
        try:
            return solve(demands, prefer_value=dimension in self._present)
        except UndecidedError as error:
            self.undecided = f"{error}" + (f" ({dimension})" if dimension else "")
            return None
