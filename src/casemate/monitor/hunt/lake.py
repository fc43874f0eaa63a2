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
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatch
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.errors import ConfigurationError
from casemate.monitor.collecting import uncollected
from casemate.monitor.events.decoding import BadRecordError, decode
from casemate.monitor.hunt.filling import Columns, joined
from casemate.monitor.hunt.querying import CHUNK, SELECT_ROWS, connected
from casemate.monitor.hunt.table import LOG
from casemate.monitor.reading import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

SEGMENT = 64_000_000
"""Bytes of records after which they become Parquet."""
_STAGING = "staging"
_DAY = 86_400_000
_COPY = f"COPY ({SELECT_ROWS}) TO $file (FORMAT parquet, COMPRESSION zstd)"
Part = tuple[str, str, str]
"""Day, source, account."""


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
                with uncollected():
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
        columns = Columns()
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=".new-") as scratch:
            for part, rows in sorted(_parted(waiting).items()):
                tables = []
                for start in range(0, len(rows), CHUNK):
                    for _, _, record in rows[start : start + CHUNK]:
                        columns.add(decode(record), record)
                    tables.append(columns.table())
                connection.register("rows", joined(tables))
                temporary = Path(scratch) / "part.parquet"
                connection.execute(_COPY, {"file": str(temporary)})
                connection.unregister("rows")
                target = self._partition(*part) / f"{waiting.stem}.parquet"
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


def _parted(waiting: Path) -> dict[Part, list[tuple[int, str, bytes]]]:
    """Time, id and record of the events, by partition, by time and id; the first of each."""
    parted: defaultdict[Part, list[tuple[int, str, bytes]]] = defaultdict(list)
    seen: set[tuple[str, str, str]] = set()
    for block in blocks(str(waiting)):
        for record in block.split(b"\n"):
            if not record:
                continue
            try:
                event = decode(record)
            except BadRecordError:
                continue
            if event.key not in seen:
                seen.add(event.key)
                day = _written(event.time // _DAY) if event.time >= 0 else "unknown"
                parted[day, event.source, event.account].append((event.time, event.id, record))
    for rows in parted.values():
        rows.sort()
    return parted


@lru_cache(1000)
def _written(day: int) -> str:
    """A day since 1970, UTC."""
    return datetime.fromtimestamp(day * _DAY // 1000, UTC).strftime("%Y-%m-%d")


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
