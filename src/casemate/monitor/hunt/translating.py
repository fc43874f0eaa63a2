"""A hunt written for DuckDB, in the SQL of another database: a subset whose meaning is the same everywhere.

Translating is sqlglot's work. That it translates is no proof that the answer is the same: `time_bucket`, quantiles,
`substr` from 0 and `lower` of letters beyond ASCII differ between databases without an error, so what is not on the
list here is refused by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.errors import MissingExtraError, UsageError

if TYPE_CHECKING:
    from sqlglot import Expr

TARGETS = ("spark", "clickhouse", "athena", "trino", "snowflake", "bigquery")
VERIFIED = frozenset({"spark", "clickhouse"})
"""Those that the tests run."""
_SAME = frozenset({
    "Abs", "Add", "Alias", "And", "Array", "Avg", "Between", "Boolean", "CTE", "Case", "Cast", "Coalesce",
    "Column", "Concat", "Contains", "Count", "CurrentTimestamp", "DPipe", "DataType", "DataTypeParam",
    "DateTrunc", "DenseRank", "Distinct", "Dot", "EQ", "Escape", "Except", "Exists", "Extract", "Filter",
    "From", "GT", "GTE", "Group", "Having", "Hint", "ILike", "Identifier", "If", "In", "Intersect", "Interval",
    "Is", "Join", "LT", "LTE", "Lag", "Lead", "Length", "Like", "Limit", "Literal", "Lower", "Max", "Min",
    "Mul", "NEQ", "Neg", "Not", "Null", "Nullif", "Offset", "Or", "Order", "Ordered", "Parameter", "Paren",
    "Placeholder", "Qualify", "Rank", "RegexpLike", "Round", "RowNumber", "Select", "Star", "StartsWith", "Sub",
    "Subquery", "Sum", "Table", "TableAlias", "TimestampTrunc", "Trim", "TryCast", "Tuple", "Union", "Upper",
    "Values", "Var", "Where", "Window", "WindowSpec", "With",
})  # fmt: skip
"""Parts of a question, by the names that sqlglot gives them."""


def translated(question: str, target: str) -> str:
    """The question for another database. Raises `UsageError` for what is no question or beyond the subset."""
    try:
        import sqlglot
        from sqlglot import errors
    except ModuleNotFoundError as error:
        raise MissingExtraError("a hunt in another SQL", extra="sql") from error
    if target not in TARGETS:
        raise UsageError(f"no SQL is called {target!r}", hint=f"one of duckdb, {', '.join(TARGETS)}")
    try:
        parsed = sqlglot.parse(question, read="duckdb")
    except errors.SqlglotError as error:
        raise UsageError(f"the question is not understood: {str(error).splitlines()[0]}") from error
    if len(parsed) != 1 or parsed[0] is None:
        raise UsageError("one question, please", hint="no `;` inside")
    _checked(parsed[0])
    made: str = parsed[0].sql(dialect=target, unsupported_level=errors.ErrorLevel.IMMEDIATE)
    return made


def _checked(question: Expr) -> None:
    for node in question.walk():
        name = type(node).__name__
        if name not in _SAME:
            shown = node.sql(dialect="duckdb")
            raise UsageError(
                f"{shown[:80]!r} may mean something else in another database",
                hint="the same are comparisons, LIKE, CASE, count, sum, min, max, avg, windows by rows, date_trunc",
            )
