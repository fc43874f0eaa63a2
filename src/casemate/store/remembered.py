"""What is known of files by their path and content: a number a file, kept in runs of files.

A row a file would be thousands of rows, each to be looked up, and noted as used, in every run. So files that follow one
another are kept together. Where a run ends is decided by a path alone: a file that is added, changed or removed costs
the run it is in, and no other.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING
from zlib import crc32

from casemate.store.cache import NoCache, key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.store.cache import Cache

UNKNOWN = 255
"""What a file has of which nothing is known."""

_MOST_FILES = 256
_MOST_BYTES = 8 * 1024 * 1024
"""Bounds of a run, whatever its paths are: its files are held in memory together."""
_ENDS = 0x3F  # one path in 64 ends a run


class Run:
    """Files that are known, or not, together: path, content, and what is known of it (0 to 254, or `UNKNOWN`)."""

    def __init__(self, files: list[tuple[str, bytes]], known: bytearray, key: bytes) -> None:
        self.files = files
        self.known = known
        self.key = key


class Remembered:
    """Numbers for files, from the cache. `producer` names what makes them, with its version; `kind` is the cache's."""

    def __init__(self, cache: Cache | NoCache, kind: str, producer: str) -> None:
        self._cache = cache
        self._kind = kind
        self._producer = producer
        self._fresh: dict[bytes, bytes] = {}
        self._keeps = not isinstance(cache, NoCache)

    def runs(self, files: Iterable[tuple[str, bytes]]) -> Iterator[Run]:
        """The files in runs. Whoever looks at an unknown file notes in `known` what he saw, and then calls `keep`."""
        held: list[tuple[str, bytes]] = []
        size = 0
        for path, data in files:
            held.append((path, data))
            size += len(data)
            if size > _MOST_BYTES or len(held) >= _MOST_FILES or _ends(path):
                yield self._run(held)
                held, size = [], 0
        if held:
            yield self._run(held)

    def _run(self, files: list[tuple[str, bytes]]) -> Run:
        if not self._keeps:
            return Run(files, bytearray([UNKNOWN]) * len(files), b"")
        made_of = b"".join(
            [path.encode("utf-8", "surrogatepass") + b"\0" + sha256(data).digest() for path, data in files]
        )
        key = key_of(self._producer, made_of)
        kept = self._cache.get(self._kind, key)
        if kept is None or len(kept) != len(files):
            return Run(files, bytearray([UNKNOWN]) * len(files), key)
        return Run(files, bytearray(kept), key)

    def keep(self, run: Run) -> None:
        """Keep what is known of a run now, when `close` is called."""
        if self._keeps:
            self._fresh[run.key] = bytes(run.known)

    def close(self) -> None:
        """Write what is new."""
        if self._fresh:
            self._cache.put_many(self._kind, self._fresh)
            self._fresh = {}


def _ends(path: str) -> bool:
    """Whether a run ends with this path: by a hash, so that its neighbours do not decide."""
    return crc32(path.encode("utf-8", "surrogatepass")) & _ENDS == 0
