"""Numbers over a window, and conditions on them."""

from __future__ import annotations

import math
import operator
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
        return math.fsum(numbers)
    if kind == "average":
        return math.fsum(numbers) / len(numbers)
    rank = (0.5 if kind == "median" or percentile is None else percentile / 100) * (len(numbers) - 1)
    ordered = sorted(numbers)
    low = math.floor(rank)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (rank - low)
