"""The event lake: immutable Parquet files, by day, source and account, beside the records that are not yet in one.

    LAKE/day=2026-03-01/source=aws.cloudtrail/account=111122223333/DIGEST.parquet
    LAKE/staging/*.ndjson         records as they came, until they are many or old enough
    LAKE/holds                    globs of partitions that retention must not touch, one a line

A file's name is the digest of the records that it was made from, so writing them again after a crash gives the same
file. Second deliveries of an event are dropped within a file; `hunt` sees the rest apart by `id`.
"""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatch
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.errors import ConfigurationError
from casemate.monitor.hunt.querying import SELECT_ROWS, connected, write_rows
from casemate.monitor.hunt.table import LOG

if TYPE_CHECKING:
    from collections.abc import Iterator

SEGMENT = 64_000_000
"""Bytes of records after which they become Parquet."""
_STAGING = "staging"
_ONCE = f"CREATE TABLE events AS SELECT DISTINCT ON (source, account, id) * FROM ({SELECT_ROWS})"  # noqa: S608 - ours
_DAYS = "CREATE VIEW days AS SELECT *, coalesce(strftime(time, '%Y-%m-%d'), 'unknown') AS day FROM events"
_PART = (
    "CREATE OR REPLACE TABLE part AS SELECT * EXCLUDE (day) FROM days "
    "WHERE day = ? AND source = ? AND account = ? ORDER BY time, id"
)


class Lake:
    """A folder. It may be read while it is written: files appear whole, by a rename.

    `delta`: keep a Delta log beside the files; a lake that has one keeps it.
    """

    def __init__(self, folder: Path, *, segment: int = SEGMENT, delta: bool = False) -> None:
        self._folder = folder
        self._delta = delta or (folder / LOG).is_dir()
        self._staging = folder / _STAGING
        self._segment = segment
        try:
            self._staging.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(f"the lake {folder} cannot be written: {error.strerror or error}") from error
        self._current = self._staging / "current.ndjson"

    def write(self, block: bytes) -> None:
        """Take records, one a line; they are on disk when this returns."""
        with self._current.open("ab") as file:
            file.write(block if block.endswith(b"\n") else block + b"\n")
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        if size >= self._segment:
            self.settle()

    def settle(self) -> list[Path]:
        """Make Parquet of all that waits; gives the files. Doing it twice gives the same files."""
        if self._current.exists() and self._current.stat().st_size:
            self._current.rename(self._staging / f"{_digest(self._current)}.ndjson")
        made: list[Path] = []
        for waiting in sorted(self._staging.glob("*.ndjson")):
            if waiting != self._current:
                made += self._parquet(waiting)
                waiting.unlink()
        if self._delta and (made or not (self._folder / LOG).is_dir()):
            self._commit()
        return made

    def _commit(self) -> None:
        from casemate.monitor.hunt.table import commit

        commit(self._folder, self._parquets())

    def _parquet(self, waiting: Path) -> list[Path]:
        """One file a partition."""
        connection = connected()
        made: list[Path] = []
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=".new-") as scratch:
            rows = Path(scratch) / "rows.ndjson"
            write_rows([str(waiting)], rows)
            connection.execute(_ONCE, [str(rows)])
            connection.execute(_DAYS)
            parts = connection.execute("SELECT DISTINCT day, source, account FROM days ORDER BY ALL").fetchall()
            for day, source, account in parts:
                target = self._partition(day, source, account) / f"{waiting.stem}.parquet"
                temporary = Path(scratch) / "part.parquet"
                connection.execute(_PART, [day, source, account])
                connection.execute("COPY part TO $file (FORMAT parquet, COMPRESSION zstd)", {"file": str(temporary)})
                target.parent.mkdir(parents=True, exist_ok=True)
                temporary.replace(target)
                made.append(target)
        connection.close()
        return made

    def _partition(self, day: str, source: str, account: str) -> Path:
        return self._folder / f"day={day}" / f"source={_safe(source)}" / f"account={_safe(account) or 'none'}"

    def files(self) -> list[Path]:
        """The Parquet files, sorted, after what waits was settled."""
        self.settle()
        return self._parquets()

    def _parquets(self) -> list[Path]:
        return sorted(self._folder.glob("day=*/source=*/account=*/*.parquet"))

    def retain(self, days: int, today: date) -> list[Path]:
        """Delete the partitions older than so many days that no hold covers; gives them."""
        limit = today - timedelta(days=days)
        gone = []
        holds = self._holds()
        for partition in sorted(self._folder.glob("day=*/source=*/account=*")):
            name = partition.relative_to(self._folder).as_posix()
            day = _day(partition.parent.parent.name)
            if day is None or day >= limit or any(fnmatch(name, hold) for hold in holds):
                continue
            for file in partition.glob("*.parquet"):
                file.unlink()
            partition.rmdir()
            gone.append(partition)
        if gone and self._delta:
            self._commit()
        return gone

    def _holds(self) -> list[str]:
        path = self._folder / "holds"
        lines: Iterator[str] = iter(path.read_text("utf-8").splitlines()) if path.exists() else iter(())
        return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _safe(text: str) -> str:
    """A value as a folder's name."""
    return "".join(char if char.isalnum() or char in "._-@" else "_" for char in text)[:120].lstrip(".")


def _day(name: str) -> date | None:
    try:
        return datetime.strptime(name, "day=%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None


def _digest(path: Path) -> str:
    made = blake2b(digest_size=16)
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            made.update(chunk)
    return made.hexdigest()
