"""The content-hash cache: what was derived from a file once need not be derived again.

A key is a digest of the content *and* of the version of what derived the value (`key_of`), so nothing is ever stale and
nothing is ever invalidated: what is no longer asked for is dropped, oldest first, when the bound is reached. Values are
bytes; whoever reads them checks them as he would any file, and never unpickles.

A cache is a convenience. Whatever goes wrong with it (no folder, no rights, a corrupt file, a full disk) means no
cache, said in the log, and never an error: a run with it and a run without it give the same report.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import threading
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping

MAX_BYTES = 256 * 1024 * 1024
"""What the file may hold before the least recently used half is dropped."""

MAX_VALUE = 16 * 1024 * 1024
"""A larger value is not kept."""

FILE = "content-1.sqlite3"
"""The number is the layout's: two versions of Casemate that differ in it do not meet."""

_BUSY_SECONDS = 2.0
_INFO, _WARNING = 20, 30  # levels of `logging`
_CHUNK = 500  # keys a query: SQLite took at most 999 variables before 3.32
_LAYOUT = """
CREATE TABLE IF NOT EXISTS entry (
    kind TEXT NOT NULL, key BLOB NOT NULL, used INTEGER NOT NULL, size INTEGER NOT NULL, value BLOB NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS entry_key ON entry (kind, key);
CREATE INDEX IF NOT EXISTS entry_used ON entry (used, size);
"""

_T = TypeVar("_T")


def _note(level: int, text: str, *values: object) -> None:
    """Say it in the log, whose module is imported only where there is something to say."""
    import logging

    logging.getLogger(__name__).log(level, text, *values)


def key_of(producer: str, *parts: bytes) -> bytes:
    """The key of what `producer` makes of `parts`: a digest of 20 bytes.

    `producer` names the code that derives the value *with its version*, so that another version has other keys. Parts
    are told apart by their lengths: `(b"a", b"bc")` and `(b"ab", b"c")` differ.
    """
    digest = blake2b(digest_size=20)
    for part in (producer.encode(), *parts):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()


class Cache(Protocol):
    """Bytes by kind and key. `kind` names what the values are (`code-summary`); keys come from `key_of`."""

    def get(self, kind: str, key: bytes) -> bytes | None:
        """The value, or None."""

    def get_many(self, kind: str, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """The values that are there, by key."""

    def put_many(self, kind: str, items: Mapping[bytes, bytes]) -> None:
        """Keep these values, in one transaction. A value that is there already is replaced."""

    def close(self) -> None:
        """Note what was used, keep to the bound, and let go of the file. The cache is not used afterwards."""


class NoCache:
    """Keeps nothing: `--no-cache`, and wherever there can be no cache."""

    def get(self, kind: str, key: bytes) -> bytes | None:
        """Nothing is there."""
        del kind, key
        return None

    def get_many(self, kind: str, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Nothing is there."""
        del kind, keys
        return {}

    def put_many(self, kind: str, items: Mapping[bytes, bytes]) -> None:
        """Keep nothing."""

    def close(self) -> None:
        """Nothing to let go of."""


def cache_folder(
    environment: Mapping[str, str], *, platform: str = sys.platform, home: Path | None = None
) -> Path | None:
    """Where the cache lives: `$CASEMATE_CACHE`, else the platform's folder for caches; None when there is no home.

    Relative paths are ignored, as the XDG Base Directory Specification wants it: they would depend on where one stands.
    """
    said = environment.get("CASEMATE_CACHE", "")
    if said and Path(said).is_absolute():
        return Path(said)
    if home is None:
        try:
            home = Path.home()
        except RuntimeError:
            return None
    if platform == "win32":
        local = environment.get("LOCALAPPDATA", "")
        return (
            (Path(local) if local and Path(local).is_absolute() else home / "AppData" / "Local") / "casemate" / "cache"
        )
    xdg = environment.get("XDG_CACHE_HOME", "")
    if xdg and Path(xdg).is_absolute():
        return Path(xdg) / "casemate"
    return home / ("Library/Caches" if platform == "darwin" else ".cache") / "casemate"


def open_cache(
    environment: Mapping[str, str], scanned: Iterable[Path] = (), *, enabled: bool = True, max_bytes: int = MAX_BYTES
) -> Cache:
    """The user's cache, or `NoCache` when it is not wanted or cannot be had. No file is opened before the first use.

    `scanned`: what is scanned is untrusted, so a cache that lies inside of it is not used, nor is a folder that others
    may write to.
    """
    folder = cache_folder(environment) if enabled else None
    if folder is None:
        return NoCache()
    try:
        resolved = folder.resolve()
        if any(resolved.is_relative_to(path.resolve()) for path in scanned):
            _note(_INFO, "no cache: %s lies inside of what is scanned", folder)
            return NoCache()
        resolved.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_private(resolved):
            _note(_WARNING, "no cache: %s belongs to another user or others may write to it", folder)
            return NoCache()
    except (OSError, RuntimeError) as error:
        _note(_INFO, "no cache: %s", error)
        return NoCache()
    return FileCache(resolved / FILE, max_bytes=max_bytes)


def _is_private(folder: Path) -> bool:
    """Whether nobody else can put values there. What is readable by others only is made private."""
    if os.name != "posix":
        return True
    status = folder.stat()
    if status.st_uid != os.getuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return False
    if stat.S_IMODE(status.st_mode) != stat.S_IRWXU:
        folder.chmod(stat.S_IRWXU)
    return True


class FileCache:
    """A cache in one SQLite file, for several threads and processes at once.

    "Recently used" is counted in runs, not in time: each opening takes the next number, and what a run reads or writes
    carries it. What was read is noted when the run writes or closes, so a reading run costs no writing in between.
    """

    def __init__(self, file: Path, *, max_bytes: int = MAX_BYTES) -> None:
        self.file = file
        self.max_bytes = max_bytes
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._process = 0
        self._run = 0
        self._read: set[int] = set()
        self._wrote = False
        self._broken = False

    def get(self, kind: str, key: bytes) -> bytes | None:
        """The value, or None."""
        return self.get_many(kind, (key,)).get(key)

    def get_many(self, kind: str, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """The values that are there, by key."""
        wanted = list(dict.fromkeys(keys))

        def read(connection: sqlite3.Connection) -> dict[bytes, bytes]:
            found: dict[bytes, bytes] = {}
            for start in range(0, len(wanted), _CHUNK):
                chunk = wanted[start : start + _CHUNK]
                marks = ",".join("?" * len(chunk))
                query = f"SELECT rowid, used, key, value FROM entry WHERE kind = ? AND key IN ({marks})"  # noqa: S608 - marks only
                for row, used, key, value in connection.execute(query, (kind, *chunk)):
                    found[key] = value
                    if used != self._run:
                        self._read.add(row)
            return found

        return self._do(read, {}) if wanted else {}

    def put_many(self, kind: str, items: Mapping[bytes, bytes]) -> None:
        """Keep these values, in one transaction."""
        rows = [(kind, key, len(value), value) for key, value in items.items() if len(value) <= MAX_VALUE]

        def write(connection: sqlite3.Connection) -> None:
            with connection:
                connection.executemany(
                    "INSERT INTO entry (kind, key, used, size, value) VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, key)"
                    " DO UPDATE SET used = excluded.used, size = excluded.size, value = excluded.value",
                    ((kind, key, self._run, size, value) for kind, key, size, value in rows),
                )
            self._wrote = True

        if rows:
            self._do(write, None)

    def close(self) -> None:
        """Note what was used, keep to the bound, and let go of the file."""
        if self._connection is not None and self._process == os.getpid():
            self._do(self._settle, None)
        with self._lock:
            self._let_go()
            self._broken = True

    def _settle(self, connection: sqlite3.Connection) -> None:
        with connection:
            connection.executemany(
                "UPDATE entry SET used = ? WHERE rowid = ?", [(self._run, row) for row in sorted(self._read)]
            )
        self._read.clear()
        if self._wrote and self._bytes(connection) > self.max_bytes:
            self._drop(connection)

    def _bytes(self, connection: sqlite3.Connection) -> int:
        """What the file holds, free pages left out: three reads of its header, however large it is."""
        pages, free, size = (
            connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)

    def _drop(self, connection: sqlite3.Connection) -> None:
        """Drop the least recently used entries until half of the bound is left, so that it is not done at every run."""
        left = sum(size for (size,) in connection.execute("SELECT size FROM entry"))
        rows: list[tuple[int]] = []
        for row, size in connection.execute("SELECT rowid, size FROM entry ORDER BY used, rowid"):
            if left <= self.max_bytes // 2:
                break
            rows.append((row,))
            left -= size
        with connection:
            connection.executemany("DELETE FROM entry WHERE rowid = ?", rows)
        connection.executescript("PRAGMA incremental_vacuum")  # `execute` would free one page

    # -- the connection
    def _do(self, action: Callable[[sqlite3.Connection], _T], otherwise: _T) -> _T:
        """Run `action`; a corrupt file is made anew once, other trouble is said in the log and gives `otherwise`."""
        import sqlite3

        with self._lock:
            for attempt in (1, 2):
                if self._broken:
                    break
                try:
                    return action(self._open())
                except sqlite3.DatabaseError as error:
                    if attempt == 1 and getattr(error, "sqlite_errorcode", None) in _CORRUPT:
                        self._recreate(error)
                        continue
                    # Another process may hold the file for long: that costs this value, not the cache.
                    self._broken = getattr(error, "sqlite_errorcode", None) not in _BUSY
                    _note(_INFO, "the cache %s: %s", self.file, error)
                except (OSError, sqlite3.Error) as error:
                    self._broken = True
                    _note(_INFO, "the cache %s: %s", self.file, error)
                break
            return otherwise

    def _open(self) -> sqlite3.Connection:
        import sqlite3

        if self._connection is not None and self._process == os.getpid():
            return self._connection
        # A connection must not be carried into a child process, nor closed there: the child opens its own.
        _abandoned.append(self._connection)
        self._connection, self._process = None, os.getpid()
        self._read.clear()
        connection = sqlite3.connect(self.file, timeout=_BUSY_SECONDS, check_same_thread=False)
        try:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")  # under WAL: may lose the last values, not the file
            connection.executescript(_LAYOUT)
            last = connection.execute("SELECT max(used) FROM entry").fetchone()[0]
        except BaseException:
            connection.close()
            raise
        if os.name == "posix":
            self.file.chmod(stat.S_IRUSR | stat.S_IWUSR)
        self._run = (last or 0) + 1
        self._connection = connection
        return connection

    def _recreate(self, error: Exception) -> None:
        _note(_WARNING, "the cache %s is made anew: %s", self.file, error)
        self._let_go()
        for suffix in ("", "-wal", "-shm"):
            with contextlib.suppress(OSError):
                self.file.with_name(self.file.name + suffix).unlink()

    def _let_go(self) -> None:
        if self._connection is not None and self._process == os.getpid():
            self._connection.close()
        self._connection = None


_CORRUPT = frozenset({11, 26})  # SQLITE_CORRUPT, SQLITE_NOTADB
_BUSY = frozenset({5, 6})  # SQLITE_BUSY, SQLITE_LOCKED
_abandoned: list[sqlite3.Connection | None] = []
"""Connections of a parent process: kept, since to drop the last name of one closes it."""
