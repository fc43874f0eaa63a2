"""`hunt`: one SQL question to the table `events`, answered by DuckDB without network or files of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.errors import MissingExtraError, UsageError
from casemate.monitor.collecting import uncollected
from casemate.monitor.events.decoding import BadRecordError, decode
from casemate.monitor.hunt.columns import COLUMNS
from casemate.monitor.hunt.filling import Columns
from casemate.monitor.reading import blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import duckdb

MEMORY = "2GB"
"""What DuckDB may take; beyond it spills to its temporary folder."""

SELECT_ROWS = "SELECT * REPLACE (make_timestamp(time) AS time, CAST(raw AS JSON) AS raw) FROM rows"
"""The rows of a `Columns.table` that the connection knows as `rows`."""
_EMPTY = "CREATE TABLE events (" + ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS.items()) + ")"
_TOGETHER = 64
"""Files that one question is asked of: to plan one for many detections takes a tenth of a second."""
CHUNK = 4096
"""Rows that are handed over at once."""


class Answer:
    """The rows of an answer, as they come. `columns`: their names."""

    def __init__(self, result: duckdb.DuckDBPyConnection) -> None:
        self._result = result
        self.columns = [str(column[0]) for column in result.description or ()]

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        while rows := self._result.fetchmany(1000):
            yield from rows


def over_files(sql: str, files: Iterable[str], values: Mapping[str, str] | None = None) -> tuple[Answer, int]:
    """The answer over recorded events, and how many records were no events. `values`: of the question's parameters.

    Raises `UsageError` for SQL that DuckDB refuses and files that cannot be read.
    """
    connection = connected()
    with uncollected():
        bad = fill(connection, files)
    return _ask(connection, sql, values=values), bad


def over_lake(sql: str, files: Iterable[Path], values: Mapping[str, str] | None = None) -> Answer:
    """The answer over Parquet files of the lake. `values`: of the question's parameters.

    Raises `UsageError` for SQL that DuckDB refuses.
    """
    connection = connected()
    names = [str(file) for file in files]
    if not names:
        raise UsageError("the lake holds no events", hint="`casemate monitor run --lake DIR` fills it")
    read = f"read_parquet({_list(names)}, union_by_name=true, hive_partitioning=false)"
    connection.execute(f"CREATE VIEW events AS SELECT * FROM {read}")  # noqa: S608 - names of files, quoted
    return _ask(connection, sql, allowed=names, values=values)


def records_of(files: Iterable[Path], condition: str = "TRUE") -> Iterator[tuple[str, bytes]]:
    """The records of Parquet files of the lake, by file, in blocks of lines: what new detections are run over.

    `condition`: SQL of our own over the columns, that says which rows can matter (`pruning.condition`).
    """
    from duckdb import BinderException

    connection = connected()
    names = [str(file) for file in files]
    for start in range(0, len(names), _TOGETHER):
        some = names[start : start + _TOGETHER]
        try:
            yield from _records(connection, some, condition)
        except BinderException:  # a file of an earlier version, which lacks a column: all of it is shown
            for name in some:
                yield from _records(connection, [name], "TRUE")
    connection.close()


def _records(connection: duckdb.DuckDBPyConnection, names: list[str], condition: str) -> Iterator[tuple[str, bytes]]:
    """First the rows by their numbers, then their records: a condition reads a few columns, and those are small."""
    from casemate.monitor.hunt.pruning import shadowed

    numbers: dict[str, list[int] | None] = dict.fromkeys(names)
    if condition != "TRUE":
        rows_of = shadowed(
            f"read_parquet({_list(names)}, hive_partitioning=false, filename=true, file_row_number=true)"
        )
        asked = f"SELECT filename, list(file_row_number) FROM {rows_of} WHERE {condition} GROUP BY ALL"  # noqa: S608 - made by `pruning`, values quoted
        numbers = dict(connection.execute(asked).fetchall())
    for name in names:
        if name not in numbers:
            continue
        wanted = numbers[name]
        only = "" if wanted is None else " WHERE file_row_number IN (SELECT unnest($rows))"
        values: dict[str, object] = {"file": name, **({} if wanted is None else {"rows": wanted})}
        read = f"SELECT raw FROM read_parquet($file, hive_partitioning=false, file_row_number=true){only}"  # noqa: S608 - ours
        result = connection.execute(read, values)
        while rows := result.fetchmany(2000):
            yield name, b"\n".join(raw.encode() for (raw,) in rows)


def _list(names: list[str]) -> str:
    return "[" + ", ".join("'" + name.replace("'", "''") + "'" for name in names) + "]"


def connected() -> duckdb.DuckDBPyConnection:
    """A database in memory, in UTC. Raises `MissingExtraError` without DuckDB."""
    try:
        import duckdb
    except ModuleNotFoundError as error:
        raise MissingExtraError("hunting and the event lake", extra="hunt") from error

    connection = duckdb.connect(":memory:")
    connection.execute("SET TimeZone='UTC'")
    connection.execute(f"SET memory_limit='{MEMORY}'")
    return connection


def _ask(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    allowed: list[str] | None = None,
    values: Mapping[str, str] | None = None,
) -> Answer:
    import duckdb

    if allowed:
        connection.execute(f"SET allowed_paths={_list(allowed)}")
    connection.execute("SET enable_external_access=false")  # the question may be anybody's: no files, no network
    connection.execute("SET lock_configuration=true")
    try:
        return Answer(connection.execute(sql, dict(values)) if values else connection.execute(sql))
    except duckdb.Error as error:
        text = str(error).split("\n\n")[0]
        raise UsageError(
            f"the question is refused: {text}", hint="the table is `events`; `casemate hunt --columns` lists it"
        ) from error


def fill(connection: duckdb.DuckDBPyConnection, files: Iterable[str]) -> int:
    """Make the table `events` of the events of files; gives how many records were no events."""
    columns, bad = Columns(), 0
    connection.execute(_EMPTY)
    for name in files:
        for block in blocks(name):
            for line in block.split(b"\n"):
                if not line:
                    continue
                try:
                    columns.add(decode(line), line)
                except BadRecordError:
                    bad += 1
                if len(columns) >= CHUNK:
                    _insert(connection, columns)
    _insert(connection, columns)
    return bad


def _insert(connection: duckdb.DuckDBPyConnection, columns: Columns) -> None:
    connection.register("rows", columns.table())
    connection.execute(f"INSERT INTO events {SELECT_ROWS}")
    connection.unregister("rows")
