"""Which rows of `events` can meet a detection at all, as SQL: what is left is decided by the engine.

The condition is an upper bound: a row that it leaves out meets no stage. Leaves on the canonical columns are exact,
what has no column counts as possible, and a row that its columns do not show exactly (`odd`) is always kept. So
history is searched at the speed of a column store, and still by the one meaning that expressions have.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from casemate.authoring.query import All, Expression, Field, Leaf, Not, Some
from casemate.monitor.events.cloudtrail import CLOUDTRAIL, folded
from casemate.monitor.hunt.columns import COLUMNS, LISTS
from casemate.monitor.knowledge import fold
from casemate.monitor.matching.plain import parse_like
from casemate.monitor.matching.values import written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.monitor.matching.slots import Slot


def condition(slots: Iterable[Slot]) -> str:
    """The rows that some slot may be met by. `TRUE` where nothing can be left out."""
    parts: set[str] = set()
    for slot in slots:
        asked = upper(slot.where)
        named = _among("source", sorted(slot.names)) if slot.names else None
        part = " AND ".join(f"({one})" for one in (named, asked) if one is not None)
        if not part:
            return "TRUE"
        parts.add(part)
    return " OR ".join(("odd", *sorted(f"({part})" for part in parts)))


def upper(expression: Expression) -> str | None:
    """A condition that holds of every row that meets the expression; None where there is none but TRUE."""
    match expression:
        case All():
            found = [one for part in expression.parts if (one := upper(part)) is not None]
            return " AND ".join(f"({one})" for one in found) or None
        case Some():
            every = [upper(part) for part in expression.parts]
            if not every or any(one is None for one in every):
                return None if every else "FALSE"
            return " OR ".join(f"({one})" for one in every)
        case Leaf():
            return _upper_leaf(expression)
        case Not():
            inner = exact(expression.part)
            return None if inner is None else f"NOT ({inner})"
        case _:
            return None


def exact(expression: Expression) -> str | None:
    """A condition that holds of just the rows that meet the expression, never null; None where there is no such."""
    match expression:
        case All() | Some():
            found = [exact(part) for part in expression.parts]
            if any(one is None for one in found):
                return None
            word, none = (" AND ", "TRUE") if isinstance(expression, All) else (" OR ", "FALSE")
            return word.join(f"({one})" for one in found) or none
        case Not():
            inner = exact(expression.part)
            return None if inner is None else f"NOT ({inner})"
        case Leaf():
            return _leaf(expression)
        case _:
            return None


def _leaf(leaf: Leaf) -> str | None:
    name = leaf.field.path[0]
    if not leaf.field.canonical or leaf.field.inside is not None or name not in COLUMNS or name in LISTS:
        return None
    if leaf.part is not None or (leaf.every and len(leaf.values) > 1):
        return None
    column = f'"{name}"'
    match leaf.operator:
        case "exists":
            return f"{column} IS NOT NULL"
        case "missing":
            return f"{column} IS NULL"
        case "equals":
            values = [written(value) if leaf.cased else fold(written(value)) for value in leaf.values]
            return (
                f"coalesce({_folded(column, leaf)} IN ({', '.join(map(quoted, values))}), FALSE)" if values else "FALSE"
            )
        case "contains" | "startswith" | "endswith" | "like":
            tests = [_text_test(leaf, written(value)) for value in leaf.values]
            return "coalesce(" + (" OR ".join(tests) or "FALSE") + ", FALSE)"
        case _:
            return None


def _text_test(leaf: Leaf, value: str) -> str:
    column = _folded(f'"{leaf.field.path[0]}"', leaf)
    wanted = value if leaf.cased else fold(value)
    match leaf.operator:
        case "contains":
            return f"contains({column}, {quoted(wanted)})"
        case "startswith":
            return f"starts_with({column}, {quoted(wanted)})"
        case "endswith":
            return f"suffix({column}, {quoted(wanted)})"
        case _:
            pattern = "".join(
                "%" if part is None else "_" if part is True else _escaped(str(part)) for part in parse_like(wanted)
            )
            return f"{column} LIKE {quoted(pattern)} ESCAPE '\\'"


def _escaped(char: str) -> str:
    return f"\\{char}" if char in "%_\\" else char


def _upper_leaf(leaf: Leaf) -> str | None:
    if leaf.every and len(leaf.values) > 1:
        return _upper_leaf(replace(leaf, every=False))
    found = exact(leaf)
    if found is not None:
        return found
    if leaf.operator == "regex" and leaf.field.canonical and leaf.field.path[0] in COLUMNS.keys() - LISTS:
        patterns = [f"(?{leaf.flags}){value}" if leaf.flags else str(value) for value in leaf.values]
        tests = [f'regexp_matches("{leaf.field.path[0]}", {quoted(pattern)})' for pattern in patterns]
        return "coalesce(" + (" OR ".join(tests) or "FALSE") + ", FALSE)"
    return _renamed(leaf)


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
        made = _upper_leaf(replace(leaf, field=Field((name,), canonical=True)))
    return None if made is None else f"{made} OR source <> 'aws.cloudtrail'"


_SPELLED: dict[tuple[str, ...], str] = {
    **{spelling: name for name, spelling in CLOUDTRAIL.fields.items() if isinstance(spelling, tuple)},
    ("userIdentity", "arn"): "actor",  # what has an ARN is called by it
}
"""Paths of CloudTrail records that are a column."""


def _among(column: str, values: list[str]) -> str:
    name = _shadow(column) if column != "source" else column
    return f"coalesce({name} IN ({', '.join(map(quoted, values))}), FALSE)"


def _folded(column: str, leaf: Leaf) -> str:
    return column if leaf.cased else _shadow(column.strip('"'))


def _shadow(name: str) -> str:
    """The folded twin of a column, in `shadowed`."""
    return f'"{name}_folded"'


def shadowed(rows: str) -> str:
    """A question whose rows have, beside every column, its text in lower case; `odd` rows are kept anyway."""
    twins = ", ".join(f'lower("{name}") AS {_shadow(name)}' for name, kind in COLUMNS.items() if kind == "VARCHAR")
    return f"(SELECT *, {twins} FROM {rows})"  # noqa: S608 - our own names


def quoted(text: str) -> str:
    """A text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"
