"""The lake through Spark, past one machine: the same questions, the same detections, the same answers.

A question is translated (`translating`) and runs on the cluster. Of detections the cluster finds the rows that can
meet some stage at all; windows over them are counted by the engine here, since that is where their meaning is. A
stream goes through `each_batch`: rows that no stage needs are left out by the cluster, the rest is for the worker that
also takes live events, with its offsets and its outbox.

Spark comes with the extra `spark` and needs Java 17 or newer. The session is Spark's own: local without a
configuration, else what `SPARK_CONF_DIR` or `spark-submit` say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.errors import MissingExtraError, UsageError
from casemate.monitor.hunt.dialects import SPARK
from casemate.monitor.hunt.lake import Lake
from casemate.monitor.hunt.pruning import condition
from casemate.monitor.hunt.translating import translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.streaming import StreamingQuery

    from casemate.monitor.knowledge import Knowledge
    from casemate.monitor.matching.slots import Slot

BLOCK = 2000
"""Records that are handed on at once."""


def session() -> SparkSession:
    """Spark, in UTC. Raises `MissingExtraError` without the library and `UsageError` where it does not start."""
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession as Maker
    except ModuleNotFoundError as error:
        raise MissingExtraError("asking through Spark", extra="spark") from error
    try:
        found: SparkSession = (
            Maker.builder.appName("casemate")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.sql.caseSensitive", "true")
            # The condition of many detections is larger than what Java compiles as one method.
            .config("spark.sql.codegen.wholeStage", "false")
            .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
            .getOrCreate()
        )
    except (PySparkException, OSError, RuntimeError) as error:
        raise UsageError(f"Spark does not start: {error}", hint="it needs Java 17 or newer: JAVA_HOME") from error
    found.sparkContext.setLogLevel("ERROR")
    return found


def events(spark: SparkSession, lake: Path) -> DataFrame:
    """The table `events`. Raises `UsageError` for an empty lake."""
    names = [str(file) for file in Lake(lake).files()]
    if not names:
        raise UsageError("the lake holds no events", hint="`casemate monitor run --lake DIR` fills it")
    return spark.read.option("mergeSchema", "true").parquet(*names)


def over_lake(question: str, lake: Path) -> tuple[list[str], Iterable[tuple[object, ...]]]:
    """The answer of Spark: names of columns, and rows. Raises `UsageError` for what it refuses."""
    from pyspark.errors import PySparkException

    asked = translated(question, "spark")
    spark = session()
    events(spark, lake).createOrReplaceTempView("events")
    try:
        answer = spark.sql(asked)
        return answer.columns, (tuple(row) for row in answer.collect())
    except PySparkException as error:
        raise UsageError(f"the question is refused: {str(error).splitlines()[0]}") from error


def records_of(lake: Path, slots: Sequence[Slot], knowledge: Knowledge) -> Iterator[tuple[str, bytes]]:
    """The records that some stage may be met by, in blocks of lines, as `querying.records_of` gives them."""
    found = events(session(), lake).where(condition(slots, knowledge, SPARK)).select("raw")
    block: list[bytes] = []
    for (raw,) in found.toLocalIterator():
        block.append(raw.encode())
        if len(block) == BLOCK:
            yield str(lake), b"\n".join(block)
            block = []
    if block:
        yield str(lake), b"\n".join(block)


def each_batch(
    stream: DataFrame, slots: Sequence[Slot], knowledge: Knowledge, take: Callable[[bytes], object], state: Path
) -> StreamingQuery:
    """Start a stream of rows with the lake's columns; `take` gets the records of each batch that matter, one a line.

    `take` must bear a batch twice, as the worker does. `state`: where Spark keeps how far it is.
    """

    def one(batch: DataFrame, _number: int) -> None:
        lines = [raw.encode() for (raw,) in batch.select("raw").toLocalIterator()]
        if lines:
            take(b"\n".join(lines) + b"\n")

    kept = stream.where(condition(slots, knowledge, SPARK))
    return kept.writeStream.foreachBatch(one).option("checkpointLocation", str(state)).start()
