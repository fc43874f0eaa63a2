"""Spark and ClickHouse give what DuckDB gives, row for row. Run by `make databases`, which installs both."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from random import Random

import pytest
from tests.fuzz.evaluators import KNOWLEDGE, expression, record

from casemate.authoring.detection import Detection, version_of
from casemate.authoring.patterns import MINUTE, at_least, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH
from casemate.monitor.hunt.dialects import CLICKHOUSE, DUCKDB, SPARK
from casemate.monitor.hunt.exact import exact
from casemate.monitor.hunt.lake import Lake
from casemate.monitor.hunt.pruning import condition
from casemate.monitor.hunt.querying import connected, over_lake, records_of
from casemate.monitor.knowledge import NOTHING
from casemate.monitor.matching.slots import slots_of
from casemate.monitor.replaying import replay_blocks

pytestmark = pytest.mark.slow
QUESTIONS = [
    "SELECT service, action, count(*) AS n, min(time) AS first FROM events GROUP BY service, action ORDER BY ALL",
    "SELECT id, lag(action) OVER (PARTITION BY actor ORDER BY time, id) AS before FROM events ORDER BY id",
    "SELECT date_trunc('hour', time) AS hour, count(*) FILTER (WHERE outcome = 'success') AS fine FROM events GROUP BY 1 ORDER BY 1",
    "SELECT coalesce(error, 'none') AS error, count(DISTINCT actor) AS n FROM events WHERE agent LIKE '%b%' GROUP BY ALL ORDER BY ALL",
]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chance = Random(5)  # noqa: S311 - test data
    folder = tmp_path_factory.mktemp("lake")
    rows = []
    for number in range(300):
        one = record(chance, number)
        one["eventTime"] = f"2026-03-01T1{number % 5}:{number % 60:02}:00Z"
        one["recipientAccountId"] = "111122223333"
        rows.append(json.dumps(one).encode())
    Lake(folder).write(b"\n".join(rows) + b"\n")
    return folder


def asked(dialect_name: str) -> list[tuple[str, str]]:
    """The same random expressions for DuckDB and another, as far as both can say them."""
    dialect = {"spark": SPARK, "clickhouse": CLICKHOUSE}[dialect_name]
    chance = Random(6)  # noqa: S311 - test data
    found: list[tuple[str, str]] = []
    while len(found) < 60:
        one = expression(chance)
        here, there = exact(one, DUCKDB, KNOWLEDGE), exact(one, dialect, KNOWLEDGE)
        if here is not None and there is not None:
            found.append((here, there))
    return found


def ids(lake: Path, conditions: list[str]) -> list[set[str]]:
    """Of each condition the rows that it holds of, by DuckDB."""
    files = [str(file) for file in Lake(lake).files()]
    with connected() as connection:
        table = "SELECT * FROM read_parquet(?) WHERE NOT odd"
        connection.execute(f"CREATE TABLE events AS {table}", [files])
        found: list[set[str]] = []
        for one in conditions:
            rows = connection.execute(f"SELECT id FROM events WHERE {one}").fetchall()  # noqa: S608 - made by `exact`
            found.append({name for (name,) in rows})
        return found


def test_spark_answers_as_duckdb(lake: Path) -> None:
    pytest.importorskip("pyspark")
    from casemate.monitor.hunt import spark

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pyspark's own, of pandas
        session = spark.session()
        for question in QUESTIONS:
            answer = over_lake(question, Lake(lake).files())
            columns, rows = spark.over_lake(question, lake)
            assert columns == answer.columns
            assert [tuple(map(str, row)) for row in rows] == [tuple(map(str, row)) for row in answer]
        plain = spark.events(session, lake).where("NOT odd").cache()
        pairs = asked("spark")
        for (here, there), expected in zip(pairs, ids(lake, [here for here, _ in pairs]), strict=True):
            assert {row.id for row in plain.where(there).select("id").collect()} == expected, here
        pattern = at_least(3, event.action.is_("CreateUser"), within=90 * MINUTE, by=(event.account,))
        detections = [
            Detection("x", "x", HIGH, ("aws.cloudtrail",), one, version=version_of(one))
            for one in (pattern, each(event.service.is_("s3")))
        ]
        slots = slots_of(detections)
        told = replay_blocks(spark.records_of(lake, slots, NOTHING), detections, NOTHING).alerts
        known = replay_blocks(records_of(Lake(lake).files(), condition(slots)), detections, NOTHING).alerts
        assert [(one.id, one.events) for one in told] == [(one.id, one.events) for one in known]
        assert told
        session.stop()


def test_spark_streams_what_detections_may_need(lake: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyspark")
    from casemate.monitor.hunt import spark

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        session = spark.session()
        pattern = each(event.action.is_("CreateUser"))
        slots = slots_of([Detection("x", "x", HIGH, ("aws.cloudtrail",), pattern, version=version_of(pattern))])
        Lake(lake).settle()
        schema = spark.events(session, lake).schema
        stream = session.readStream.schema(schema).option("recursiveFileLookup", "true").parquet(str(lake))
        blocks: list[bytes] = []
        query = spark.each_batch(stream, slots, NOTHING, blocks.append, tmp_path / "state")
        query.processAllAvailable()
        query.stop()
        session.stop()
    expected = {line for _, block in records_of(Lake(lake).files(), condition(slots)) for line in block.split(b"\n")}
    assert {line for block in blocks for line in block.splitlines()} == expected


def test_clickhouse_says_of_every_row_what_duckdb_says(lake: Path) -> None:
    chdb = pytest.importorskip("chdb")
    session = chdb.session.Session()
    files = ",".join(str(file) for file in Lake(lake).files())
    read = f"file('{{{files}}}', Parquet)" if "," in files else f"file('{files}', Parquet)"
    session.query(f"CREATE TABLE events ENGINE = Memory AS SELECT * FROM {read} WHERE NOT odd")  # noqa: S608 - ours
    pairs = asked("clickhouse")
    for (here, there), expected in zip(pairs, ids(lake, [here for here, _ in pairs]), strict=True):
        answer = session.query(f"SELECT id FROM events WHERE {there}", "JSONEachRow")  # noqa: S608 - made by `exact`
        found = {json.loads(line)["id"] for line in str(answer).splitlines() if line}
        assert found == expected, (here, there)
