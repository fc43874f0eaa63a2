"""From an event to a point: the groups that it belongs to, and what patterns count of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice, product
from typing import TYPE_CHECKING

from casemate.authoring.patterns import Distinct, FirstSeen, Stage, Statistic
from casemate.monitor.alerting import about
from casemate.monitor.correlation.counting import DistinctNode
from casemate.monitor.correlation.nodes import Node, rows_from
from casemate.monitor.correlation.plain import Group
from casemate.monitor.correlation.statistics import number_of
from casemate.monitor.correlation.timeline import NOTHING_MORE, More, Row, Values
from casemate.monitor.events.registry import fields_of
from casemate.monitor.knowledge import fold
from casemate.monitor.matching.fields import folded, reader
from casemate.monitor.matching.plain import MAX_ROWS

if TYPE_CHECKING:
    from casemate.authoring.query import Field
    from casemate.model.event import Event
    from casemate.monitor.events.source import Body
    from casemate.monitor.matching.fields import Read


@dataclass(slots=True)
class Place:
    """A stage in a node. `inherited`, `counted`: which fields an inner group gives, of `by` and of what is counted."""

    node: Node
    stage: Stage
    number: int
    inherited: tuple[int | None, ...]
    counted: tuple[int | None, ...]
    above: Place | None
    of: tuple[Field, ...]


@dataclass(slots=True)
class Leaf:
    """A place where events come in. `tells`: its points must say later what an alert says. `reads`: by source."""

    place: Place
    needs_more: bool
    tells: bool
    reads: dict[str, Reads]


@dataclass(slots=True)
class Reads:
    """What is read of an event of one source. `more`: None where its name is enough."""

    groups: Callable[[Body], list[Group]]
    more: Callable[[Event], More] | None


Levels = tuple[tuple[tuple["Read | None", ...], tuple["Read | None", ...]], ...]


def reads_of(leaf: Leaf, source: str) -> Reads:
    """The readers of a leaf for the events of a source."""
    spellings = fields_of(source)

    def read(fields: tuple[Field, ...], inherited: tuple[int | None, ...]) -> tuple[Read | None, ...]:
        return tuple(reader(one, spellings) if at is None else None for one, at in zip(fields, inherited, strict=True))

    place = leaf.place
    levels = []
    above = place.above
    while above is not None:
        levels.append((read(above.stage.by, above.inherited), read(above.of, above.counted)))
        above = above.above
    groups = groups_of_body(place.stage.by, source)
    of = tuple(reader(one, spellings) for one in place.of)
    if not leaf.needs_more:
        return Reads(groups, None)
    if not levels and not leaf.tells and isinstance(place.node, DistinctNode):
        rows = rows_of_body(place.of, source)
        return Reads(groups, lambda event: More(rows(event.body)))
    return Reads(groups, lambda event: _more(leaf, of, tuple(levels), event))


def rows_of_body(fields: tuple[Field, ...], source: str) -> Callable[[Body], tuple[Row, ...]]:
    """The different rows of a record of a source, as the oracle's `rows_of`."""
    spellings = fields_of(source)
    reads = tuple(folded(one, spellings) for one in fields)
    if len(reads) == 1:
        (only,) = reads

        def one_each(body: Body) -> tuple[Row, ...]:
            found = only(body)
            if isinstance(found, str):
                return ((found,),)
            return tuple((value,) for value in sorted(set(found))[:MAX_ROWS]) if found is not None else ()

        return one_each

    def several(body: Body) -> tuple[Row, ...]:
        found = [read(body) for read in reads]
        row = tuple([one for one in found if isinstance(one, str)])
        if len(row) == len(found):
            return (row,)
        columns = [(one,) if isinstance(one, str) else sorted(set(one or ())) for one in found]
        return tuple(islice(product(*columns), MAX_ROWS))

    return several


def groups_of_body(by: tuple[Field, ...], source: str) -> Callable[[Body], list[Group]]:
    """The groups of a record of a source, as the oracle's `groups_of`."""
    spellings = fields_of(source)
    reads = tuple(folded(one, spellings) for one in by)
    if not reads:
        return lambda _: [()]
    if len(reads) == 1:
        (only,) = reads

        def one(body: Body) -> list[Group]:
            found = only(body)
            if isinstance(found, str):
                return [(found,)]
            return [(value,) for value in sorted(set(found or ()))[:MAX_ROWS]] or [("",)]

        return one

    def several(body: Body) -> list[Group]:
        found = [read(body) for read in reads]
        row = tuple([one if isinstance(one, str) else "" for one in found if one is None or isinstance(one, str)])
        if len(row) == len(found):
            return [row]
        columns = [[one] if isinstance(one, str) else sorted(set(one or ())) or [""] for one in found]
        return list(islice(product(*columns), MAX_ROWS))

    if len(reads) != 2:
        return several
    left, right = reads

    def two(body: Body) -> list[Group]:
        first, second = left(body), right(body)
        if isinstance(first, str) and isinstance(second, str):
            return [(first, second)]
        return several(body)

    return two


def _folded(values: list[str]) -> list[str]:
    return sorted({fold(value) for value in values})


def _more(leaf: Leaf, counted: tuple[Read, ...], above: Levels, event: Event) -> More:
    """What is kept of an event beside its name."""
    levels = tuple((_values(by, event), _values(of, event, every=True)) for by, of in above)
    told = tuple(about(event).items()) if leaf.tells else ()
    more = More(levels=levels, told=told) if levels or told else NOTHING_MORE
    if not counted:
        return more
    return with_counted(leaf.place, _values(counted, event, every=True), (), more)


def _values(reads: Iterable[Read | None], event: Event, *, every: bool = False) -> Values:
    """The folded values of fields; `every`: as often as they stand there, for numbers."""
    return tuple(
        None if read is None else tuple(fold(one) for one in read(event.body)) if every
        else tuple(_folded(read(event.body)))
        for read in reads
    )  # fmt: skip


def with_counted(place: Place, values: Values, inner: Group, more: More) -> More:
    """With the rows or numbers that the pattern at this place counts."""
    match place.node.pattern:
        case Distinct() | FirstSeen():
            listed = tuple(None if one is None else tuple(sorted(set(one))) for one in values)
            rows: list[Row] = rows_from(listed, inner, place.counted, ())
            return more._replace(rows=tuple(rows))
        case Statistic():
            (only,) = values
            (at,) = place.counted
            texts = (inner[at],) if at is not None else only or ()
            numbers = tuple(number for text in texts if (number := number_of(text)) is not None)
            return more._replace(numbers=numbers)
        case _:
            return more
