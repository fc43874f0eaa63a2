"""`hunt`: one SQL question to the table `events`, answered by DuckDB without network or files of its own."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from casemate.errors import MissingExtraError, UsageError
from casemate.monitor.events.decoding import BadRecordError, decode
from casemate.monitor.hunt.columns import COLUMNS, Rows
from casemate.monitor.reading import blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import duckdb

MEMORY = "2GB"
"""What DuckDB may take; beyond it spills to its temporary folder."""

_TYPES = ", ".join(f"'{name}': '{'BIGINT' if name == 'time' else kind}'" for name, kind in COLUMNS.items())
SELECT_ROWS = (
    "SELECT * REPLACE (make_timestamp(time) AS time) FROM "  # noqa: S608 - our own names
    f"read_json(?, format='newline_delimited', maximum_object_size=67108864, columns={{{_TYPES}}})"
)
"""The rows that `write_rows` wrote; its one parameter is the file."""


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
    with tempfile.TemporaryDirectory(prefix="casemate-hunt-") as folder:
        path = Path(folder) / "events.ndjson"
        bad = write_rows(files, path)
        connection.execute(f"CREATE TABLE events AS {SELECT_ROWS}", [str(path)])
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

    from casemate.monitor.hunt.pruning import shadowed

    connection = connected()
    rows_of = shadowed("read_parquet(?, hive_partitioning=false)")
    for file in files:
        try:
            result = connection.execute(f"SELECT raw FROM {rows_of} WHERE {condition}", [str(file)])  # noqa: S608 - made by `pruning`, values quoted
        except BinderException:  # a file of an earlier version, which lacks a column: all of it is shown
            result = connection.execute("SELECT raw FROM read_parquet(?, hive_partitioning=false)", [str(file)])
        while rows := result.fetchmany(2000):
            yield str(file), b"\n".join(raw.encode() for (raw,) in rows)
    connection.close()


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


def write_rows(files: Iterable[str], path: Path) -> int:
    """Write the events of files as rows, one JSON object a line; gives how many records were no events."""
    rows, bad = Rows(), 0
    with path.open("wb") as out:
        for name in files:
            for block in blocks(name):
                lines = []
                for line in block.split(b"\n"):
                    if not line:
                        continue
                    try:
                        event = decode(line)
                    except BadRecordError:
                        bad += 1
                        continue
                    lines.append(orjson.dumps(rows.row(event, line)))
                if lines:
                    out.write(b"\n".join(lines) + b"\n")
    return bad
