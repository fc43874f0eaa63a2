"""An expression as SQL over the lake: true of just the rows that meet it, and never null.

The third evaluator of detections, beside the plain one and the generated Python. A canonical field is a column, any
other path a key of the map `texts`, which holds a record's texts as `texts_of` gives them. Rows that say `odd` are not
shown exactly by their columns: whoever runs the SQL shows them to an engine, or misses what they may meet.

Not said in SQL, and left to the engine: search in all texts, JSON inside texts, parts of dates, comparisons of two
fields, networks, whether a field is there and be it null, and relations of more rows than a statement should have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.authoring.query import All, Expression, Field, Known, Leaf, Not, Some
from casemate.monitor.hunt.columns import COLUMNS, LISTS
from casemate.monitor.knowledge import NOTHING, Knowledge, fold
from casemate.monitor.matching.plain import NUMBER, parse_like
from casemate.monitor.matching.values import written

if TYPE_CHECKING:
    from casemate.monitor.hunt.dialects import Dialect

MOST_ROWS = 2000
"""Rows of a relation that are written into a statement."""
_TEXT = frozenset({"equals", "contains", "startswith", "endswith", "like", "regex", "lt", "lte", "gt", "gte"})
_SIGN = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


def exact(expression: Expression, dialect: Dialect, knowledge: Knowledge = NOTHING) -> str | None:
    """A condition that holds of just the rows that meet the expression, never null; None where SQL cannot say it."""
    match expression:
        case All() | Some():
            found = [exact(part, dialect, knowledge) for part in expression.parts]
            if any(one is None for one in found):
                return None
            word, none = (" AND ", "TRUE") if isinstance(expression, All) else (" OR ", "FALSE")
            return word.join(f"({one})" for one in found) or none
        case Not():
            inner = exact(expression.part, dialect, knowledge)
            return None if inner is None else f"NOT ({inner})"
        case Leaf():
            return _leaf(expression, dialect)
        case Known():
            return _known(expression, dialect, knowledge)
        case _:
            return None


def _leaf(leaf: Leaf, dialect: Dialect) -> str | None:
    if leaf.field.inside is not None or leaf.part is not None:
        return None
    place = _place(leaf.field, dialect)
    if place is None:
        return None
    text, many = place
    if leaf.operator in {"exists", "missing"}:
        is_there = leaf.operator == "exists"
        if not many:
            return f"{text} IS {'NOT ' if is_there else ''}NULL"
        some = f"coalesce({dialect.some(text, 'v', 'v IS NOT NULL')}, FALSE)"
        return some if is_there else f"NOT {some}"
    if leaf.operator not in _TEXT:
        return None
    one = "v" if many else text
    tests = _tests(leaf, one, dialect)
    if not leaf.every:
        tests = [" OR ".join(tests)] if tests else ["FALSE"]
    wrapped = [dialect.some(text, "v", test) if many else test for test in tests]
    return " AND ".join(f"coalesce({test}, FALSE)" for test in wrapped) or "TRUE"


def _place(field: Field, dialect: Dialect) -> tuple[str, bool] | None:
    """The column or list of a field, and whether it is a list."""
    if not field.canonical:
        return dialect.under(".".join(field.path)), True
    name = field.path[0]
    return (dialect.column(name), name in LISTS) if name in COLUMNS else None


def _tests(leaf: Leaf, one: str, dialect: Dialect) -> list[str]:
    """A test for each value; of equality one for all where any will do."""
    folded = one if leaf.cased else dialect.lower(one)
    if leaf.operator in _SIGN:
        number = f"CASE WHEN {dialect.regex(one, dialect.quoted(f'^{NUMBER}$'))} THEN {dialect.number(one)} END"
        return [f"{number} {_SIGN[leaf.operator]} {float(value)!r}" for value in leaf.values]
    if leaf.operator == "regex":
        flags = f"(?{leaf.flags})" if leaf.flags else ""
        return [dialect.regex(one, dialect.quoted(f"{flags}{written(value)}")) for value in leaf.values]
    values = [written(value) if leaf.cased else fold(written(value)) for value in leaf.values]
    if leaf.operator == "equals":
        if leaf.every:
            return [f"{folded} = {dialect.quoted(value)}" for value in values]
        return [f"{folded} IN ({', '.join(map(dialect.quoted, values))})"] if values else []
    return [_text_test(leaf.operator, folded, value, dialect) for value in values]


def _text_test(operator: str, text: str, value: str, dialect: Dialect) -> str:
    match operator:
        case "contains":
            return dialect.contains(text, dialect.quoted(value))
        case "startswith":
            return dialect.starts(text, dialect.quoted(value))
        case "endswith":
            return dialect.ends(text, dialect.quoted(value))
        case _:
            return dialect.like(text, dialect.quoted(pattern_of(value)))


def pattern_of(value: str) -> str:
    """A pattern of `*` and `?` as one of LIKE, escaped by a backslash."""
    return "".join("%" if part is None else "_" if part is True else _escaped(str(part)) for part in parse_like(value))


def _escaped(char: str) -> str:
    return f"\\{char}" if char in "%_\\" else char


def _known(known: Known, dialect: Dialect, knowledge: Knowledge) -> str | None:
    """Rows of the relation, written out; some tuple of the fields' values is one of them."""
    places = [_place(field, dialect) for field in known.fields]
    rows = sorted(knowledge.tuples.get(known.relation, ()))
    patterns = sorted(knowledge.patterns.get(known.relation, ()))
    if (
        not knowledge.has(known.relation)
        or known.every
        or known.relation in knowledge.networks
        or len(rows) + len(patterns) > MOST_ROWS
    ):
        return None
    if not known.fields or any(
        place is None or field.inside for place, field in zip(places, known.fields, strict=True)
    ):
        return None
    there = [place for place in places if place is not None]
    names = [f"v{number}" if many else text for number, (text, many) in enumerate(there)]
    folded = [dialect.lower(name) for name in names]
    tests = [
        " AND ".join(_column_is(text, value, dialect) for text, value in zip(folded, row, strict=False))
        for row in (*rows, *patterns)
        if len(row) == len(folded)
    ]
    if len(folded) == 1 and not patterns:
        tests = [f"{folded[0]} IN ({', '.join(dialect.quoted(row[0]) for row in rows)})"] if rows else []
    made = " OR ".join(f"({test})" for test in tests) or "FALSE"
    for name, (text, many) in reversed(list(zip(names, there, strict=True))):
        if many:
            made = dialect.some(text, name, made)
    return f"coalesce({made}, FALSE)"


def _column_is(text: str, value: str, dialect: Dialect) -> str:
    if "*" not in value:
        return f"{text} = {dialect.quoted(value)}"
    pattern = "%".join("".join(map(_escaped, part)) for part in value.split("*"))
    return dialect.like(text, dialect.quoted(pattern))
