"""The monitor's database in PostgreSQL: several workers, each with partitions of its own (extra `postgres`).

The transaction of a batch is that of `database`, with one thing more: it holds a share lock on the row of the lease
that the batch was read under, and writes nothing when the row has another owner or epoch. So a worker that slept
through the end of its lease cannot write beside the one that took over (a fencing token, as in Chubby).

Windows and watermarks are kept by shard, which is a partition of a feed: they move with the lease. The outbox is
emptied by all workers; a row that one of them has in hand is claimed for a minute.

psycopg 3 is under the LGPL, so it is an extra and never part of the core.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from casemate.errors import ConfigurationError, MissingExtraError
from casemate.model.alert import Alert, alert_from, document
from casemate.monitor.durable.store import MAX_DEAD, Fate, Lease, LeaseLostError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from psycopg import Connection

VERSION = 1
_CLAIMED = 60.0
"""Seconds for which alerts that one worker tells are nobody else's."""
_LOCK = 0x6361_7365
"""The advisory lock under which the schema is made."""
_SCHEMA = """
CREATE TABLE version (number integer NOT NULL);
CREATE TABLE offsets (feed text, partition text, value text NOT NULL, PRIMARY KEY (feed, partition));
CREATE TABLE windows (shard text, key text, value bytea NOT NULL, PRIMARY KEY (shard, key));
CREATE TABLE alerts (id text PRIMARY KEY, rule text NOT NULL, time bigint NOT NULL, body text NOT NULL);
CREATE INDEX alerts_by_time ON alerts (time);
CREATE TABLE outbox (
    sink text, alert text, attempts integer NOT NULL DEFAULT 0, due double precision NOT NULL DEFAULT 0, trouble text,
    PRIMARY KEY (sink, alert)
);
CREATE INDEX outbox_due ON outbox (sink, due);
CREATE TABLE watermarks (
    shard text, source text, account text, time bigint NOT NULL, PRIMARY KEY (shard, source, account)
);
CREATE TABLE dead (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, feed text NOT NULL, reason text NOT NULL,
    record bytea NOT NULL
);
CREATE TABLE silenced (alert text PRIMARY KEY, reason text NOT NULL);
CREATE TABLE onces (key text PRIMARY KEY, alert text NOT NULL);
CREATE TABLE workers (name text PRIMARY KEY, until timestamptz NOT NULL);
CREATE TABLE leases (
    feed text, partition text, owner text, epoch bigint NOT NULL DEFAULT 0, until timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (feed, partition)
);
INSERT INTO version VALUES (1);
"""


def is_address(text: str) -> bool:
    """Whether `--state` names a PostgreSQL database and no file."""
    return text.startswith(("postgresql://", "postgres://"))


class PostgresDatabase:
    """The schema `casemate` of a database. `address`: a connection URI.

    A password may come from `PGPASSWORD` or a password file. Raises `ConfigurationError` when it cannot be used,
    `MissingExtraError` without psycopg.
    """

    def __init__(self, address: str) -> None:
        try:
            import psycopg
        except ImportError as error:
            raise MissingExtraError("PostgreSQL as the monitor's database", extra="postgres") from error
        self.errors: tuple[type[Exception], ...] = (psycopg.Error,)
        try:
            self._connection: Connection[tuple[object, ...]] = psycopg.connect(
                address, autocommit=True, connect_timeout=10, application_name="casemate"
            )
        except psycopg.Error as error:  # the address may hold a password: it is not told
            raise ConfigurationError(f"the monitor's PostgreSQL database cannot be used: {error}") from error
        try:
            self._make()
        except psycopg.Error as error:
            self.close()
            raise ConfigurationError(f"the monitor's PostgreSQL database cannot be used: {error}") from error
        except ConfigurationError:
            self.close()
            raise

    def _make(self) -> None:
        run = self._connection
        run.execute("SET search_path TO casemate")
        run.execute("SET synchronous_commit TO on")
        with run.transaction():
            run.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            run.execute("CREATE SCHEMA IF NOT EXISTS casemate")
            found = run.execute("SELECT to_regclass('casemate.version')").fetchone()
            if found is None or found[0] is None:
                run.execute(_SCHEMA)
            number = run.execute("SELECT number FROM version").fetchone()
        if number is None or number[0] != VERSION:
            raise ConfigurationError(
                f"the monitor's database is of another version than {VERSION}",
                hint="use another database, or the Casemate that made it",
            )

    @property
    def connection(self) -> Connection[tuple[object, ...]]:
        """For the leases, which are rows of the same database."""
        return self._connection

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
        """As `Store.keep`."""
        run = self._connection
        usual, shard = Fate(tuple(sinks)), lease.shard if lease is not None else ""
        with run.transaction():
            if lease is not None:
                self._fence(lease)
            new = self._new(alerts, usual, fates or {})
            self._many(
                "INSERT INTO offsets VALUES (%s, %s, %s) ON CONFLICT (feed, partition) DO UPDATE "
                "SET value = excluded.value",
                [(feed, _text(partition), value) for partition, value in offsets.items()],
            )
            self._many(
                "DELETE FROM windows WHERE shard = %s AND key = %s",
                [(shard, key) for key, value in windows.items() if value is None],
            )
            self._many(
                "INSERT INTO windows VALUES (%s, %s, %s) ON CONFLICT (shard, key) DO UPDATE SET value = excluded.value",
                [(shard, key, value) for key, value in windows.items() if value is not None],
            )
            self._many(
                "INSERT INTO watermarks VALUES (%s, %s, %s, %s) ON CONFLICT (shard, source, account) "
                "DO UPDATE SET time = greatest(watermarks.time, excluded.time)",
                [(shard, _text(source), _text(account), time) for (source, account), time in watermarks.items()],
            )
            self._many(
                "INSERT INTO dead (feed, reason, record) VALUES (%s, %s, %s)",
                [(feed, _text(reason), record[:MAX_DEAD]) for record, reason in dead],
            )
        return new

    def _many(self, statement: str, rows: list[tuple[object, ...]]) -> None:
        if rows:
            with self._connection.cursor() as cursor:
                cursor.executemany(statement.encode(), rows)

    def _fence(self, lease: Lease) -> None:
        held = self._connection.execute(
            "SELECT 1 FROM leases WHERE feed = %s AND partition = %s AND owner = %s AND epoch = %s FOR SHARE",
            (lease.feed, lease.partition, lease.owner, lease.epoch),
        ).fetchone()
        if held is None:
            raise LeaseLostError(f"{lease.shard} is read by another worker")

    def _new(self, alerts: Iterable[Alert], usual: Fate, fates: Mapping[str, Fate]) -> list[Alert]:
        """Insert the alerts, in the order of their ids so that two workers cannot lock one another out."""
        known = {alert.id: alert for alert in alerts}
        if not known:
            return []
        ordered = [known[name] for name in sorted(known)]
        rows = self._connection.execute(
            "INSERT INTO alerts SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::text[]) "
            "ON CONFLICT (id) DO NOTHING RETURNING id",
            (
                [alert.id for alert in ordered],
                [_text(alert.rule) for alert in ordered],
                [alert.time for alert in ordered],
                [json.dumps(document(alert)) for alert in ordered],
            ),
        ).fetchall()
        inserted = {str(row[0]) for row in rows}
        reasons = self._reasons([alert.id for alert in ordered if alert.id in inserted], usual, fates)
        told = [alert for alert in known.values() if alert.id in inserted and not reasons.get(alert.id)]
        self._many(
            "INSERT INTO outbox (sink, alert) VALUES (%s, %s)",
            [(sink, alert.id) for alert in told for sink in fates.get(alert.id, usual).sinks],
        )
        return told

    def _reasons(self, ids: list[str], usual: Fate, fates: Mapping[str, Fate]) -> dict[str, str]:
        """Why nobody is told, of those for whom that is so."""
        reasons = {one: fates.get(one, usual).silenced for one in ids}
        once = sorted((fate.once, one) for one in ids if (fate := fates.get(one, usual)).once and not fate.silenced)
        for key, one in once:
            first = self._connection.execute(
                "INSERT INTO onces VALUES (%s, %s) ON CONFLICT (key) DO UPDATE SET alert = onces.alert RETURNING alert",
                (_text(key), one),
            ).fetchone()
            if first is not None and first[0] != one:
                reasons[one] = f"told as {first[0]}"
        self._many(
            "INSERT INTO silenced VALUES (%s, %s)", [(one, _text(why)[:500]) for one, why in reasons.items() if why]
        )
        return reasons

    # -- what a start reads
    def offsets(self, feed: str) -> dict[str, str]:
        """How far a feed is, by partition."""
        rows = self._connection.execute("SELECT partition, value FROM offsets WHERE feed = %s", (feed,))
        return {str(partition): str(value) for partition, value in rows}

    def windows(self, shard: str = "") -> dict[str, bytes]:
        """All windows of a shard."""
        rows = self._connection.execute("SELECT key, value FROM windows WHERE shard = %s", (shard,))
        return {str(key): bytes(value) for key, value in rows if isinstance(value, bytes | memoryview)}

    def watermarks(self, shard: str = "") -> dict[tuple[str, str], int]:
        """The latest event time by source and account."""
        rows = self._connection.execute("SELECT source, account, time FROM watermarks WHERE shard = %s", (shard,))
        return {(str(source), str(account)): _int(time) for source, account, time in rows}

    def alerts(self) -> list[Alert]:
        """All alerts that are kept, by time."""
        rows = self._connection.execute('SELECT body FROM alerts ORDER BY time, id COLLATE "C"')
        return [alert_from(json.loads(str(body))) for (body,) in rows]

    def silenced(self) -> dict[str, str]:
        """Alert id -> why nobody was told."""
        return {str(one): str(why) for one, why in self._connection.execute("SELECT alert, reason FROM silenced")}

    def dead(self) -> list[tuple[str, str, bytes]]:
        """The dead letters: feed, reason, record."""
        rows = self._connection.execute("SELECT feed, reason, record FROM dead ORDER BY number")
        return [
            (str(feed), str(reason), bytes(record))
            for feed, reason, record in rows
            if isinstance(record, bytes | memoryview)
        ]

    # -- the outbox
    def due(self, sink: str, now: float, limit: int) -> list[tuple[Alert, int]]:
        """Alerts that a sink should be told, with the attempts so far; claimed, so that no other worker tells them."""
        rows = self._connection.execute(
            "WITH mine AS (SELECT o.sink, o.alert FROM outbox o JOIN alerts a ON a.id = o.alert "
            "WHERE o.sink = %s AND o.due <= %s ORDER BY o.due, a.time, a.id LIMIT %s FOR UPDATE OF o SKIP LOCKED) "
            "UPDATE outbox o SET due = %s FROM mine, alerts a WHERE o.sink = mine.sink AND o.alert = mine.alert "
            "AND a.id = o.alert RETURNING a.body, o.attempts",
            (sink, now, limit, now + _CLAIMED),
        ).fetchall()
        found = [(alert_from(json.loads(str(body))), _int(attempts)) for body, attempts in rows]
        return sorted(found, key=lambda pair: (pair[0].time, pair[0].id))

    def is_due(self, sink: str, now: float) -> bool:
        """Whether `due` would give something; claims nothing."""
        found = self._connection.execute("SELECT 1 FROM outbox WHERE sink = %s AND due <= %s LIMIT 1", (sink, now))
        return found.fetchone() is not None

    def outbox(self, sink: str) -> list[Alert]:
        """All alerts that a sink has not been told, by time; claims nothing."""
        rows = self._connection.execute(
            "SELECT a.body FROM outbox o JOIN alerts a ON a.id = o.alert WHERE o.sink = %s "
            'ORDER BY a.time, a.id COLLATE "C"',
            (sink,),
        )
        return [alert_from(json.loads(str(body))) for (body,) in rows]

    def waiting(self, sink: str) -> int:
        """How many alerts a sink has not been told."""
        row = self._connection.execute("SELECT count(*) FROM outbox WHERE sink = %s", (sink,)).fetchone()
        return _int(row[0]) if row is not None else 0

    def told(self, sink: str, ids: Iterable[str]) -> None:
        """The sink has them."""
        self._connection.execute("DELETE FROM outbox WHERE sink = %s AND alert = ANY(%s)", (sink, list(ids)))

    def postpone(self, sink: str, ids: Iterable[str], due: float, trouble: str) -> None:
        """Try them again later."""
        self._connection.execute(
            "UPDATE outbox SET attempts = attempts + 1, due = %s, trouble = %s WHERE sink = %s AND alert = ANY(%s)",
            (due, _text(trouble)[:500], sink, list(ids)),
        )

    def bury(self, sink: str, ids: Iterable[str], reason: str) -> None:
        """The sink will never take them: they become dead letters of the sink."""
        listed = list(ids)
        with self._connection.transaction():
            self._connection.execute(
                "INSERT INTO dead (feed, reason, record) "
                "SELECT %s, %s, convert_to(body, 'UTF8') FROM alerts WHERE id = ANY(%s)",
                (f"sink:{sink}", _text(reason)[:500], listed),
            )
            self._connection.execute("DELETE FROM outbox WHERE sink = %s AND alert = ANY(%s)", (sink, listed))

    def forget(self, before: int) -> None:
        """Drop alerts older than `before` (event time, milliseconds) that every sink has been told."""
        self._connection.execute(
            "DELETE FROM alerts a WHERE time < %s AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.alert = a.id)",
            (before,),
        )
        for table in ("silenced", "onces"):
            statement = f"DELETE FROM {table} t WHERE NOT EXISTS (SELECT 1 FROM alerts a WHERE a.id = t.alert)"  # noqa: S608 - ours
            self._connection.execute(statement.encode())


def _text(text: str) -> str:
    """PostgreSQL takes neither NUL nor halves of surrogate pairs in text."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0
