"""The monitor's database: SQLite in WAL mode, one writer.

Everything that a batch brings is one transaction: offsets, the changed windows, new alerts with a row of the outbox for
each sink, watermarks, dead letters. After a crash at any instruction the batch either counts or comes again, and since
alert ids do not depend on batches, coming again makes no second alert.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from casemate.errors import ConfigurationError
from casemate.model.alert import Alert, alert_from, document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

VERSION = 1
_SCHEMA = """
CREATE TABLE offsets (feed TEXT, partition TEXT, value TEXT NOT NULL, PRIMARY KEY (feed, partition)) WITHOUT ROWID;
CREATE TABLE windows (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE alerts (id TEXT PRIMARY KEY, rule TEXT NOT NULL, time INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX alerts_by_time ON alerts (time);
CREATE TABLE outbox (
    sink TEXT, alert TEXT, attempts INTEGER NOT NULL DEFAULT 0, due REAL NOT NULL DEFAULT 0, trouble TEXT,
    PRIMARY KEY (sink, alert)
) WITHOUT ROWID;
CREATE INDEX outbox_due ON outbox (sink, due);
CREATE TABLE watermarks (source TEXT, account TEXT, time INTEGER NOT NULL, PRIMARY KEY (source, account)) WITHOUT ROWID;
CREATE TABLE dead (number INTEGER PRIMARY KEY, feed TEXT NOT NULL, reason TEXT NOT NULL, record BLOB NOT NULL);
"""
MAX_DEAD = 64_000
"""Bytes of a dead letter that are kept."""


class Database:
    """One file. Raises `ConfigurationError` for one of another version or one that is no database."""

    def __init__(self, path: Path | str) -> None:
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.execute("PRAGMA wal_autocheckpoint=4000")
            self._make()
        except sqlite3.DatabaseError as error:
            raise ConfigurationError(f"{path} cannot be used as the monitor's database: {error}") from error

    def _make(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            for statement in _SCHEMA.split(";\n"):
                if statement.strip():
                    self._connection.execute(statement)
            self._connection.execute(f"PRAGMA user_version={VERSION}")
        self._connection.execute("COMMIT")
        if version not in {0, VERSION}:
            raise ConfigurationError(
                f"the monitor's database is of version {version}, this Casemate writes {VERSION}",
                hint="use another --state file, or the Casemate that wrote it",
            )

    def close(self) -> None:
        """Close it."""
        self._connection.close()

    # -- what a batch brings
    def keep(
        self,
        *,
        feed: str,
        offsets: Mapping[str, str],
        windows: Mapping[str, bytes | None],
        alerts: Iterable[Alert],
        sinks: Iterable[str],
        watermarks: Mapping[tuple[str, str], int],
        dead: Iterable[tuple[bytes, str]],
    ) -> list[Alert]:
        """Write it all or nothing; gives the alerts that are new. A window of None is forgotten."""
        run = self._connection
        names = tuple(sinks)
        new: list[Alert] = []
        run.execute("BEGIN IMMEDIATE")
        try:
            for alert in alerts:
                row = (alert.id, alert.rule, alert.time, json.dumps(document(alert)))
                if run.execute("INSERT OR IGNORE INTO alerts VALUES (?, ?, ?, ?)", row).rowcount:
                    new.append(alert)
                    run.executemany(
                        "INSERT INTO outbox (sink, alert) VALUES (?, ?)", [(name, alert.id) for name in names]
                    )
            run.executemany(
                "INSERT OR REPLACE INTO offsets VALUES (?, ?, ?)", [(feed, *pair) for pair in offsets.items()]
            )
            run.executemany(
                "DELETE FROM windows WHERE key = ?", [(key,) for key, one in windows.items() if one is None]
            )
            run.executemany(
                "INSERT OR REPLACE INTO windows VALUES (?, ?)",
                [(key, value) for key, value in windows.items() if value is not None],
            )
            run.executemany(
                "INSERT INTO watermarks VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET time = max(time, excluded.time)",
                [(*key, time) for key, time in watermarks.items()],
            )
            run.executemany(
                "INSERT INTO dead (feed, reason, record) VALUES (?, ?, ?)",
                [(feed, reason, record[:MAX_DEAD]) for record, reason in dead],
            )
            run.execute("COMMIT")
        except BaseException:
            run.execute("ROLLBACK")
            raise
        return new

    # -- what a start reads
    def offsets(self, feed: str) -> dict[str, str]:
        """How far a feed is, by partition."""
        return dict(self._connection.execute("SELECT partition, value FROM offsets WHERE feed = ?", (feed,)))

    def windows(self) -> dict[str, bytes]:
        """All windows."""
        return dict(self._connection.execute("SELECT key, value FROM windows"))

    def watermarks(self) -> dict[tuple[str, str], int]:
        """The latest event time by source and account."""
        return {
            (source, account): time
            for source, account, time in self._connection.execute("SELECT source, account, time FROM watermarks")
        }

    def alerts(self) -> list[Alert]:
        """All alerts that are kept, by time."""
        rows = self._connection.execute("SELECT body FROM alerts ORDER BY time, id")
        return [alert_from(json.loads(body)) for (body,) in rows]

    def dead(self) -> list[tuple[str, str, bytes]]:
        """The dead letters: feed, reason, record."""
        return list(self._connection.execute("SELECT feed, reason, record FROM dead ORDER BY number"))

    # -- the outbox
    def due(self, sink: str, now: float, limit: int) -> list[tuple[Alert, int]]:
        """Alerts that a sink should be told, with the attempts so far."""
        rows = self._connection.execute(
            "SELECT a.body, o.attempts FROM outbox o JOIN alerts a ON a.id = o.alert "
            "WHERE o.sink = ? AND o.due <= ? ORDER BY o.due, a.time, a.id LIMIT ?",
            (sink, now, limit),
        )
        return [(alert_from(json.loads(body)), attempts) for body, attempts in rows]

    def waiting(self, sink: str) -> int:
        """How many alerts a sink has not been told."""
        (count,) = self._connection.execute("SELECT count(*) FROM outbox WHERE sink = ?", (sink,)).fetchone()
        return int(count)

    def told(self, sink: str, ids: Iterable[str]) -> None:
        """The sink has them."""
        self._connection.executemany("DELETE FROM outbox WHERE sink = ? AND alert = ?", [(sink, one) for one in ids])

    def postpone(self, sink: str, ids: Iterable[str], due: float, trouble: str) -> None:
        """Try them again later."""
        self._connection.executemany(
            "UPDATE outbox SET attempts = attempts + 1, due = ?, trouble = ? WHERE sink = ? AND alert = ?",
            [(due, trouble[:500], sink, one) for one in ids],
        )

    def bury(self, sink: str, ids: Iterable[str], reason: str) -> None:
        """The sink will never take them: they become dead letters of the sink."""
        run = self._connection
        with closing(run.cursor()) as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            for one in ids:
                body = cursor.execute("SELECT body FROM alerts WHERE id = ?", (one,)).fetchone()
                cursor.execute(
                    "INSERT INTO dead (feed, reason, record) VALUES (?, ?, ?)",
                    (f"sink:{sink}", reason[:500], (body[0] if body else one).encode()),
                )
                cursor.execute("DELETE FROM outbox WHERE sink = ? AND alert = ?", (sink, one))
            cursor.execute("COMMIT")

    def forget(self, before: int) -> None:
        """Drop alerts older than `before` (event time, milliseconds) that every sink has been told."""
        self._connection.execute(
            "DELETE FROM alerts WHERE time < ? AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.alert = alerts.id)",
            (before,),
        )
