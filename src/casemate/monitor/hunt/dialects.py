"""What the few words that detections need are in each SQL: text tests, lists and maps, nothing else.

DuckDB is what `hunt` runs; Spark is tested against it row for row, ClickHouse through its embedded form. The others are
written from their vendors' references and not run here: what is generated for them says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Dialect:
    """One SQL.

    `some`: from a list, a variable's name and a condition on it to whether some element meets it; null for a null list.
    `under`: the list at a key of the map `texts`. `contains`,
    `starts`, `ends`, `like`, `regex`: of a text and a literal. `number`: a text as a number, null where it is none.
    `lower`: a text folded. `quoted`: a literal. `verified`: whether the tests run it.
    """

    name: str
    some: Callable[[str, str, str], str]
    under: Callable[[str], str]
    contains: Callable[[str, str], str]
    starts: Callable[[str, str], str]
    ends: Callable[[str, str], str]
    like: Callable[[str, str], str]
    regex: Callable[[str, str], str]
    number: Callable[[str], str]
    quoted: Callable[[str], str]
    verified: bool = False
    lower: Callable[[str], str] = "lower({})".format
    identifier: str = '"'

    def column(self, name: str) -> str:
        """A column's name, quoted."""
        return f"{self.identifier}{name}{self.identifier}"


def standard(text: str) -> str:
    """A literal as the standard has it: a quote twice, a backslash is itself."""
    return "'" + text.replace("'", "''") + "'"


def escaping(text: str) -> str:
    """A literal where a backslash escapes: Spark, BigQuery, ClickHouse, Snowflake."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _arrow(call: str) -> Callable[[str, str, str], str]:
    return lambda items, name, test: f"{call}({items}, {name} -> {test})"


DUCKDB = Dialect(
    "duckdb",
    some=lambda items, name, test: f"len(list_filter({items}, lambda {name}: {test})) > 0",
    under=lambda key: f"texts[{standard(key)}]",
    contains=lambda text, part: f"contains({text}, {part})",
    starts=lambda text, part: f"starts_with({text}, {part})",
    ends=lambda text, part: f"suffix({text}, {part})",
    like=lambda text, pattern: f"{text} LIKE {pattern} ESCAPE {standard(chr(92))}",
    regex=lambda text, pattern: f"regexp_matches({text}, {pattern})",
    number=lambda text: f"try_cast({text} AS DOUBLE)",
    quoted=standard,
    verified=True,
)
SPARK = Dialect(
    "spark",
    some=_arrow("exists"),
    under=lambda key: f"texts[{escaping(key)}]",
    contains=lambda text, part: f"contains({text}, {part})",
    starts=lambda text, part: f"startswith({text}, {part})",
    ends=lambda text, part: f"endswith({text}, {part})",
    like=lambda text, pattern: f"{text} LIKE {pattern} ESCAPE {escaping(chr(92))}",
    regex=lambda text, pattern: f"regexp_like({text}, {pattern})",
    number=lambda text: f"try_cast({text} AS DOUBLE)",
    quoted=escaping,
    verified=True,
    identifier="`",
)
CLICKHOUSE = Dialect(
    "clickhouse",
    some=lambda items, name, test: f"arrayExists({name} -> {test}, {items})",
    under=lambda key: f"texts[{escaping(key)}]",
    contains=lambda text, part: f"position({text}, {part}) > 0",
    starts=lambda text, part: f"startsWith({text}, {part})",
    ends=lambda text, part: f"endsWith({text}, {part})",
    like=lambda text, pattern: f"{text} LIKE {pattern}",
    regex=lambda text, pattern: f"match({text}, {pattern})",
    number=lambda text: f"toFloat64OrNull({text})",
    quoted=escaping,
    verified=True,
    identifier="`",
)
TRINO = Dialect(
    "trino",
    some=_arrow("any_match"),
    under=lambda key: f"element_at(texts, {standard(key)})",
    contains=lambda text, part: f"strpos({text}, {part}) > 0",
    starts=lambda text, part: f"starts_with({text}, {part})",
    ends=lambda text, part: f"substr({text}, -length({part})) = {part}",
    like=lambda text, pattern: f"{text} LIKE {pattern} ESCAPE {standard(chr(92))}",
    regex=lambda text, pattern: f"regexp_like({text}, {pattern})",
    number=lambda text: f"try_cast({text} AS DOUBLE)",
    quoted=standard,
)
ATHENA = replace(TRINO, name="athena")
SNOWFLAKE = Dialect(
    "snowflake",
    some=lambda items, name, test: f"array_size(filter({items}, {name} VARCHAR -> {test})) > 0",
    under=lambda key: f"texts[{escaping(key)}]::ARRAY",
    contains=lambda text, part: f"contains({text}, {part})",
    starts=lambda text, part: f"startswith({text}, {part})",
    ends=lambda text, part: f"endswith({text}, {part})",
    like=lambda text, pattern: f"{text} LIKE {pattern} ESCAPE {escaping(chr(92))}",
    regex=lambda text, pattern: f"regexp_instr({text}, {pattern}) > 0",
    number=lambda text: f"try_to_double({text})",
    quoted=escaping,
)
BIGQUERY = Dialect(
    "bigquery",
    some=lambda items, name, test: f"EXISTS (SELECT 1 FROM UNNEST({items}) AS {name} WHERE {test})",  # noqa: S608 - ours
    under=lambda key: f"(SELECT one.value.list FROM UNNEST(texts.key_value) one WHERE one.key = {escaping(key)})",  # noqa: S608 - a literal
    contains=lambda text, part: f"STRPOS({text}, {part}) > 0",
    starts=lambda text, part: f"STARTS_WITH({text}, {part})",
    ends=lambda text, part: f"ENDS_WITH({text}, {part})",
    like=lambda text, pattern: f"{text} LIKE {pattern}",
    regex=lambda text, pattern: f"REGEXP_CONTAINS({text}, {pattern})",
    number=lambda text: f"SAFE_CAST({text} AS FLOAT64)",
    quoted=escaping,
    identifier="`",
)
DIALECTS: Mapping[str, Dialect] = {
    one.name: one for one in (DUCKDB, SPARK, CLICKHOUSE, ATHENA, TRINO, SNOWFLAKE, BIGQUERY)
}
