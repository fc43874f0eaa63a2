"""Which rows of `events` can meet a detection at all, as SQL: what is left is decided by the engine.

The condition is an upper bound: a row that it leaves out meets no stage. Leaves on the canonical columns are exact,
what has no column counts as possible (a warehouse is asked of `texts` too), and a row that its columns do not show
exactly (`odd`) is always kept. So history is searched at the speed of a column store, and still by the one meaning
that expressions have.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from casemate.authoring.query import All, Expression, Field, Leaf, Not, Some
from casemate.monitor.events.cloudtrail import CLOUDTRAIL, folded
from casemate.monitor.hunt.columns import COLUMNS
from casemate.monitor.hunt.dialects import DUCKDB, standard
from casemate.monitor.hunt.exact import exact
from casemate.monitor.knowledge import NOTHING, Knowledge, fold
from casemate.monitor.matching.values import written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.monitor.hunt.dialects import Dialect
    from casemate.monitor.matching.slots import Slot


def condition(slots: Iterable[Slot], knowledge: Knowledge = NOTHING, dialect: Dialect | None = None) -> str:
    """The rows that some slot may be met by. `TRUE` where nothing can be left out.

    `dialect`: of the database that has the rows; None: DuckDB over `shadowed` ones.
    """
    spoken = _ROWS if dialect is None else dialect
    parts: set[str] = set()
    for slot in slots:
        asked = upper(slot.where, knowledge, spoken)
        named = f"source IN ({', '.join(map(spoken.quoted, sorted(slot.names)))})" if slot.names else None
        part = " AND ".join(f"({one})" for one in (named, asked) if one is not None)
        if not part:
            return "TRUE"
        parts.add(part)
    return " OR ".join(("odd", *sorted(f"({part})" for part in parts)))


def upper(expression: Expression, knowledge: Knowledge, dialect: Dialect) -> str | None:
    """A condition that holds of every row that meets the expression; None where there is none but TRUE."""
    match expression:
        case All():
            found = [one for part in expression.parts if (one := upper(part, knowledge, dialect)) is not None]
            return " AND ".join(f"({one})" for one in found) or None
        case Some():
            every = [upper(part, knowledge, dialect) for part in expression.parts]
            if not every or any(one is None for one in every):
                return None if every else "FALSE"
            return " OR ".join(f"({one})" for one in every)
        case Not():
            return _upper_not(expression.part, knowledge, dialect)
        case Leaf():
            return _upper_leaf(expression, dialect)
        case _:
            return _in_columns(exact(expression, dialect, knowledge), dialect)


def _upper_not(part: Expression, knowledge: Knowledge, dialect: Dialect) -> str | None:
    """As `upper`, of what does not meet an expression."""
    match part:
        case Some():
            return upper(All(tuple(Not(one) for one in part.parts)), knowledge, dialect)
        case All():
            return upper(Some(tuple(Not(one) for one in part.parts)), knowledge, dialect)
        case Not():
            return upper(part.part, knowledge, dialect)
    said = exact(Not(part), dialect, knowledge)
    if (
        dialect is _ROWS
        and isinstance(part, Leaf)
        and (name := _SAME.get(part.field.path))
        and not part.field.canonical
    ):
        named = exact(Not(replace(part, field=Field((name,), canonical=True))), dialect, knowledge)
        said = None if named is None or part.field.inside is not None else f"{named} OR source <> 'aws.cloudtrail'"
    return _in_columns(said, dialect)


def _in_columns(said: str | None, dialect: Dialect) -> str | None:
    """What the plain columns of the lake can say. The map of all texts is most of a file, and ten times as slow."""
    return None if said is not None and dialect is _ROWS and "texts[" in said else said


def _upper_leaf(leaf: Leaf, dialect: Dialect) -> str | None:
    if leaf.every and len(leaf.values) > 1:
        return _upper_leaf(replace(leaf, every=False), dialect)
    found = _in_columns(exact(leaf, dialect), dialect)
    quick = _renamed(leaf) if dialect is _ROWS else None
    return found if quick is None else quick if found is None else f"({quick}) AND {found}"


def _renamed(leaf: Leaf) -> str | None:
    """CloudTrail's own names for what has a column; rows of other sources are possible."""
    if leaf.field.canonical or leaf.field.inside is not None or leaf.operator in {"missing", "present"}:
        return None
    made: str | None = None
    values = [written(value) for value in leaf.values]
    if leaf.field.path == ("eventName",) and leaf.operator == "equals":
        made = _among("action", sorted({fold(folded(value)) for value in values} | {fold(value) for value in values}))
    elif leaf.field.path == ("eventSource",) and leaf.operator == "equals":
        made = _among("service", sorted({fold(value).removesuffix(".amazonaws.com") for value in values}))
    elif (name := _SPELLED.get(leaf.field.path)) is not None:
        made = _upper_leaf(replace(leaf, field=Field((name,), canonical=True)), _ROWS)
    elif leaf.field.path == ("userIdentity", "principalId") and leaf.operator == "contains" and not leaf.cased:
        made = _in_session(values)
    return None if made is None else f"{made} OR source <> 'aws.cloudtrail'"


def _in_session(values: list[str]) -> str | None:
    """A principal id has a session's name behind a colon; what does not begin with one may be anywhere in it."""
    if not values or not all(value.startswith(":") for value in values):
        return None
    session = _shadow("session")
    parts = [
        f"prefix({session}, {standard(fold(value[1:]))}) OR contains({session}, {standard(fold(value))})"
        for value in values
    ]
    return f"session IS NULL OR actor_type <> 'AssumedRole' OR {' OR '.join(parts)}"


_SAME: dict[tuple[str, ...], str] = {
    spelling: name for name, spelling in CLOUDTRAIL.fields.items() if isinstance(spelling, tuple)
}
"""Paths of CloudTrail records that are just what a column has."""
_SPELLED: dict[tuple[str, ...], str] = {
    **_SAME,
    ("userIdentity", "arn"): "actor",  # what has an ARN is called by it
}
"""Paths of CloudTrail records whose values are in a column."""


def _among(column: str, values: list[str]) -> str:
    return f"coalesce({_shadow(column)} IN ({', '.join(map(standard, values))}), FALSE)"


def _shadow(name: str) -> str:
    """The folded twin of a column, in `shadowed`."""
    return f'"{name}_folded"'


def shadowed(rows: str) -> str:
    """A question whose rows have, beside every column, its text in lower case; `odd` rows are kept anyway."""
    twins = ", ".join(f'lower("{name}") AS {_shadow(name)}' for name, kind in COLUMNS.items() if kind == "VARCHAR")
    return f"(SELECT *, {twins} FROM {rows})"  # noqa: S608 - our own names


_ROWS = replace(DUCKDB, lower=lambda text: _shadow(text[1:-1]) if text.startswith('"') else f"lower({text})")
"""DuckDB over `shadowed` rows."""
