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

import orjson

from casemate.errors import ConfigurationError
from casemate.model.alert import Alert, alert_from, document
from casemate.monitor.durable.store import MAX_DEAD, Fate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from casemate.monitor.durable.store import Lease

VERSION = 2
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
_SECOND = """
CREATE TABLE silenced (alert TEXT PRIMARY KEY, reason TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE onces (key TEXT PRIMARY KEY, alert TEXT NOT NULL) WITHOUT ROWID;
"""
"""What version 2 adds."""


class Database:
    """One file. Raises `ConfigurationError` for one of another version or one that is no database."""

    errors: tuple[type[Exception], ...] = (sqlite3.Error,)

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
        if version < VERSION:
            for statement in (_SECOND if version else _SCHEMA + _SECOND).split(";\n"):
                if statement.strip():
                    self._connection.execute(statement)
            self._connection.execute(f"PRAGMA user_version={VERSION}")
        self._connection.execute("COMMIT")
        if version > VERSION:
            raise ConfigurationError(
                f"the monitor's database is of version {version}, this Casemate writes {VERSION}",
                hint="use another --state file, or the Casemate that wrote it",
            )

    def close(self) -> None:
        """Close it."""
        self._connection.close()

    # -- what a batch brings
    def keep(  # noqa: PLR0913 - as the protocol
        self,
        *,
        feed: str,
        offsets: Mapping[str, str],
        windows: Mapping[str, bytes | None],
        alerts: Iterable[Alert],
        sinks: Iterable[str],
        watermarks: Mapping[tuple[str, str], int],
        dead: Iterable[tuple[bytes, str]],
        fates: Mapping[str, Fate] | None = None,
        lease: Lease | None = None,
    ) -> list[Alert]:
        """As `Store.keep`. There are no leases: the file has one writer."""
        del lease
        run = self._connection
        usual = Fate(tuple(sinks))
        new: list[Alert] = []
        run.execute("BEGIN IMMEDIATE")
        try:
            for alert in alerts:
                row = (alert.id, alert.rule, alert.time, _written(alert))
                if run.execute("INSERT OR IGNORE INTO alerts VALUES (?, ?, ?, ?)", row).rowcount:
                    fate = fates.get(alert.id, usual) if fates else usual
                    reason = fate.silenced or (self._same(fate.once, alert.id) if fate.once else "")
                    if reason:
                        run.execute("INSERT INTO silenced VALUES (?, ?)", (alert.id, reason[:500]))
                    else:
                        new.append(alert)
                    if not reason and fate.sinks:
                        run.executemany(
                            "INSERT INTO outbox (sink, alert) VALUES (?, ?)", [(name, alert.id) for name in fate.sinks]
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

    def _same(self, key: str, alert: str) -> str:
        """Why the receivers have the alert already; empty when it is the first of its key."""
        self._connection.execute("INSERT OR IGNORE INTO onces VALUES (?, ?)", (key, alert))
        (first,) = self._connection.execute("SELECT alert FROM onces WHERE key = ?", (key,)).fetchone()
        return "" if first == alert else f"told as {first}"

    # -- what a start reads
    def offsets(self, feed: str) -> dict[str, str]:
        """How far a feed is, by partition."""
        return dict(self._connection.execute("SELECT partition, value FROM offsets WHERE feed = ?", (feed,)))

    def windows(self, shard: str = "") -> dict[str, bytes]:
        """All windows; a file has one shard."""
        del shard
        return dict(self._connection.execute("SELECT key, value FROM windows"))

    def watermarks(self, shard: str = "") -> dict[tuple[str, str], int]:
        """The latest event time by source and account."""
        del shard
        return {
            (source, account): time
            for source, account, time in self._connection.execute("SELECT source, account, time FROM watermarks")
        }

    def alerts(self) -> list[Alert]:
        """All alerts that are kept, by time."""
        rows = self._connection.execute("SELECT body FROM alerts ORDER BY time, id")
        return [alert_from(json.loads(body)) for (body,) in rows]

    def silenced(self) -> dict[str, str]:
        """Alert id -> why nobody was told."""
        return dict(self._connection.execute("SELECT alert, reason FROM silenced"))

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

    def is_due(self, sink: str, now: float) -> bool:
        """Whether `due` would give something."""
        found = self._connection.execute("SELECT 1 FROM outbox WHERE sink = ? AND due <= ? LIMIT 1", (sink, now))
        return found.fetchone() is not None

    def outbox(self, sink: str) -> list[Alert]:
        """All alerts that a sink has not been told, by time."""
        rows = self._connection.execute(
            "SELECT a.body FROM outbox o JOIN alerts a ON a.id = o.alert WHERE o.sink = ? ORDER BY a.time, a.id",
            (sink,),
        )
        return [alert_from(json.loads(body)) for (body,) in rows]

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
        for table in ("silenced", "onces"):
            self._connection.execute(
                f"DELETE FROM {table} WHERE NOT EXISTS (SELECT 1 FROM alerts a WHERE a.id = {table}.alert)"  # noqa: S608 - ours
            )


def _written(alert: Alert) -> str:
    try:
        return orjson.dumps(document(alert)).decode()
    except TypeError:  # half of a surrogate pair, out of JSON within JSON
        return json.dumps(document(alert))
