"""Numbers over a window, and conditions on them."""

from __future__ import annotations

import math
import operator
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from casemate.authoring.patterns import Comparison, Condition

_COMPARE: dict[Comparison, Callable[[float, float], bool]] = {
    "gte": operator.ge,
    "gt": operator.gt,
    "lt": operator.lt,
    "lte": operator.le,
    "eq": operator.eq,
    "neq": operator.ne,
}


def meets(number: float, condition: Condition) -> bool:
    """Whether the number meets all parts of the condition."""
    return all(_COMPARE[word](number, bound) for word, bound in condition)


def comparing(condition: Condition) -> Callable[[float], bool]:
    """The condition as a function."""
    if len(condition) == 1:
        ((word, bound),) = condition
        compare = _COMPARE[word]
        return lambda number: compare(number, bound)
    return lambda number: meets(number, condition)


def number_of(value: str) -> float | None:
    """The number that a text is; None for one that is none, and for the infinite ones."""
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def statistic(
    kind: Literal["sum", "average", "median", "percentile"], numbers: Sequence[float], percentile: float | None = None
) -> float:
    """The number over at least one number. Percentiles go linearly between neighbours, as DuckDB's `quantile_cont`."""
    if kind == "sum":
        return _summed(numbers)
    if kind == "average":
        return _summed(numbers) / len(numbers)
    return quantile(sorted(numbers), 50 if kind == "median" or percentile is None else percentile)


def _summed(numbers: Sequence[float]) -> float:
    try:
        return math.fsum(numbers)
    except OverflowError:  # finite numbers of hostile size
        return nearest(sum(map(Fraction, numbers)))


def nearest(exact: Fraction | int) -> float:
    """The nearest float: what `fsum` gives. Beyond all floats, the infinity of its sign."""
    try:
        return float(exact)
    except OverflowError:
        return math.inf if exact > 0 else -math.inf


def quantile(ordered: Sequence[float], percentile: float) -> float:
    """The percentile (0 to 100) of at least one number, in order; linear between neighbours."""
    rank = percentile / 100 * (len(ordered) - 1)
    low = math.floor(rank)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (rank - low)
