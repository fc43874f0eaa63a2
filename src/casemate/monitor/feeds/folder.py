"""Files in a folder: trail files that arrive whole, and lines that are appended.

A file that is written in place must be moved into the folder when it is whole, unless it is of lines: those may grow.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.errors import UsageError
from casemate.monitor.feeds.feed import Batch
from casemate.monitor.reading import BLOCK, blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_PAUSE = 0.02
"""Seconds between two looks at the folder."""
_LINES = (".ndjson", ".jsonl", ".log", ".txt")
"""Suffixes of files that grow line by line; all others are read once, whole, when they appear."""


class FolderFeed:
    """Files below a folder, in the order of their names. `once`: end when all are read.

    Offsets: of a growing file the bytes read, of any other its size and time once it is read.
    """

    def __init__(
        self, folder: Path, *, once: bool = False, block: int = BLOCK, clock: Callable[[], float] = time.monotonic
    ) -> None:
        if not folder.is_dir():
            raise UsageError(f"{folder}: no such folder", hint="events are read from files below it")
        self.name = f"folder:{folder.name}"
        self.local = False
        self._folder = folder
        self._once = once
        self._block = block
        self._clock = clock
        self._offsets: dict[str, str] = {}
        self._open: Iterator[Batch] | None = None
        self.ended = False

    def start(self, offsets: Mapping[str, str]) -> None:
        """Begin where the offsets say."""
        self._offsets = dict(offsets)
        self._open = None

    def poll(self, wait: float) -> Batch | None:
        """The next block of the first file that has something new."""
        until = self._clock() + wait
        while True:
            if self._open is not None:
                batch = next(self._open, None)
                if batch is not None:
                    self._offsets.update(batch.offsets)
                    return batch
                self._open = None
            found = next(self._news(), None)
            if found is not None:
                self._open = self._batches(found)
                continue
            if self._once:
                self.ended = True
                return None
            if self._clock() >= until:
                return None
            time.sleep(min(_PAUSE, max(0.0, until - self._clock())))

    def acknowledge(self, batch: Batch) -> None:
        """Nothing to do: the offsets are with the worker."""

    def close(self) -> None:
        """Nothing is held open."""

    def _news(self) -> Iterator[Path]:
        for path in sorted(self._folder.rglob("*")):
            if path.name.startswith(".") or path.is_symlink() or not path.is_file():
                continue
            known = self._offsets.get(self._key(path))
            stat = path.stat()
            if path.suffix in _LINES:
                if stat.st_size > int(known or 0) and (self._once or self._has_line(path, int(known or 0))):
                    yield path
            elif known != f"{stat.st_size}:{stat.st_mtime_ns}":
                yield path

    def _has_line(self, path: Path, at: int) -> bool:
        with path.open("rb") as file:
            file.seek(at)
            return b"\n" in file.read(self._block)

    def _key(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()

    def _batches(self, path: Path) -> Iterator[Batch]:
        if path.suffix in _LINES:
            yield from self._lines(path)
            return
        stat = path.stat()
        done = {self._key(path): f"{stat.st_size}:{stat.st_mtime_ns}"}
        held: bytes | None = None
        try:
            for block in blocks(str(path)):
                if held is not None:
                    yield Batch(self.name, held, {}, self._clock())
                held = block
        except UsageError as error:
            yield Batch(
                self.name, held or b"", done, self._clock(), refused=((b"", f"{self._key(path)}: {error.message}"),)
            )
            return
        yield Batch(self.name, held or b"", done, self._clock())

    def _lines(self, path: Path) -> Iterator[Batch]:
        key = self._key(path)
        with path.open("rb") as file:
            at = int(self._offsets.get(key, 0))
            file.seek(at)
            while chunk := file.read(self._block):
                end = chunk.rfind(b"\n") + 1
                if not end:
                    chunk += file.readline()  # a record longer than a block
                    end = len(chunk) if chunk.endswith(b"\n") or self._once else 0
                elif self._once and at + len(chunk) == path.stat().st_size:
                    end = len(chunk)
                if not end:
                    return
                at += end
                file.seek(at)
                yield Batch(self.name, chunk[:end], {key: str(at)}, self._clock())
