"""Patterns over events: one event, so many of them, one after the other, the first of its kind, one that never came.

Their meaning does not depend on the order of arrival; every evaluator gives it, and `monitor.correlation.plain` is the
oracle. Times are milliseconds; an event's window is everything at most `within` before it, both ends and all events of
the same time included.

- An alert belongs to a *group* (the values of `by`) and a *period*: alert time divided by `every`. A second completion
  in the same period is the same alert. Without `every` a single event is an alert of its own, as is one that does not
  say when it was, and a pattern with a window has the window's length as its period.
- `Count`, `Distinct`, `Sequence` and a `Statistic` that only grows are *monotone*: more events never unmake them, so
  they fire as soon as they hold, whatever comes late. An event completes a `Count` when its window holds enough.
- Ties: in a `Sequence`, a later stage may have the same time as the earlier one but must be another event
  (CloudTrail has whole seconds).
- `FirstSeen` and `Absence`, and conditions that can be unmade (`lt`, averages), wait for the watermark of their source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from casemate.authoring.query import Expression, Field

Comparison = Literal["gte", "gt", "lt", "lte", "eq", "neq"]
Condition = tuple[tuple[Comparison, float], ...]
"""All of them must hold of the number."""

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Stage:
    """Events that a pattern is made of: an expression, or the alerts of another pattern. `by`: the fields that group.

    Stages of one pattern have equally many `by`, one for another (Sigma's aliases). `sources`: the kinds of event, all
    when empty. `name`: what a correlation calls it.
    """

    where: Expression | Pattern
    by: tuple[Field, ...] = ()
    sources: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Each:
    """Every event is an alert; with `every`, one a group and period."""

    stage: Stage
    every: int | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many events, of any of the stages."""

    stages: tuple[Stage, ...]
    condition: Condition
    within: int
    every: int | None = None


@dataclass(frozen=True, slots=True)
class Distinct:
    """How many different values (or tuples) of `of`. An event without a value does not count."""

    stages: tuple[Stage, ...]
    of: tuple[Field, ...]
    condition: Condition
    within: int
    every: int | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """A way in which a `Sequence` is met: these of its stages, by number, and none of those in `without`.

    A sequence with a `without` in one of its ways looks forward: its windows begin with a point of the way (in order:
    of its first stage), and only once one has passed is it known that the unwanted did not come.
    """

    stages: tuple[int, ...]
    without: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sequence:
    """Every stage at least once within the window; `ordered`: in this order.

    `ways`: where not all stages are asked for, those that do, any of which is enough (Sigma's `a and (b or c)`).
    """

    stages: tuple[Stage, ...]
    within: int
    ordered: bool = True
    every: int | None = None
    ways: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True)
class Statistic:
    """A number over the numeric values of `of` in the window. `percentile`: 0 to 100, linear between neighbours."""

    stages: tuple[Stage, ...]
    of: Field
    kind: Literal["sum", "average", "median", "percentile"]
    condition: Condition
    within: int
    percentile: float | None = None
    every: int | None = None


@dataclass(frozen=True, slots=True)
class FirstSeen:
    """The first event of a group with these values of `of`, once the group is known.

    A group is known after `learn_events` events and `learn_for` milliseconds; until then nothing is new.
    `forget_after`: a value not seen for so long is new again. `reset`: a relation of (group values…) whose change (a
    deployment) makes what the static model explains known.
    """

    stage: Stage
    of: tuple[Field, ...]
    learn_events: int = 20
    learn_for: int = DAY
    forget_after: int | None = None
    every: int | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    """`missing` did not come within `within` after `after`, in the same group."""

    after: Stage
    missing: Stage
    within: int
    every: int | None = None


Pattern = Each | Count | Distinct | Sequence | Statistic | FirstSeen | Absence


def stages_of(pattern: Pattern) -> tuple[Stage, ...]:
    """All stages, in the pattern's order."""
    match pattern:
        case Each() | FirstSeen():
            return (pattern.stage,)
        case Absence():
            return (pattern.after, pattern.missing)
        case _:
            return pattern.stages


def is_monotone(pattern: Pattern) -> bool:
    """Whether more events can never unmake it (of `Statistic`, a sum is monotone only over values of one sign: no)."""
    if isinstance(pattern, Sequence):
        return not any(way.without for way in pattern.ways)
    return isinstance(pattern, Each) or (
        isinstance(pattern, Count | Distinct) and all(word in {"gt", "gte"} for word, _ in pattern.condition)
    )


def ways_of(pattern: Sequence) -> tuple[Way, ...]:
    """The ways of a sequence; of one that names none, that of all stages."""
    return pattern.ways or (Way(tuple(range(len(pattern.stages)))),)


def _stages(where: tuple[Expression, ...], by: tuple[Field, ...]) -> tuple[Stage, ...]:
    return tuple(Stage(one, by) for one in where)


def each(where: Expression, *, by: tuple[Field, ...] = (), every: int | None = None) -> Each:
    """Every such event; with `by` and `every`, once a group and period."""
    return Each(Stage(where, by), every)


def at_least(number: int, where: Expression, *, within: int, by: tuple[Field, ...], every: int | None = None) -> Count:
    """So many events of a group within the window."""
    return Count(_stages((where,), by), (("gte", number),), within, every)


def different(
    number: int,
    of: tuple[Field, ...],
    where: Expression,
    *,
    within: int,
    by: tuple[Field, ...],
    every: int | None = None,
) -> Distinct:
    """So many different values of `of` in a group within the window."""
    return Distinct(_stages((where,), by), of, (("gte", number),), within, every)


def in_order(*where: Expression, within: int, by: tuple[Field, ...], every: int | None = None) -> Sequence:
    """One after the other."""
    return Sequence(_stages(where, by), within, ordered=True, every=every)


def together(*where: Expression, within: int, by: tuple[Field, ...], every: int | None = None) -> Sequence:
    """All of them, in any order."""
    return Sequence(_stages(where, by), within, ordered=False, every=every)
