"""Who reads what: partitions of feeds, leased to workers in PostgreSQL.

Each worker has a quota: all partitions divided by the living workers, the remainder going to the first by name. It
gives back what is above, and takes what is free or whose owner has stopped renewing. Time is the database's alone.
This is the rebalance: Kafka's and Kinesis' own (group membership, lease tables) commit elsewhere than the alerts do,
and so would lose the one transaction a batch.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from casemate.monitor.durable.store import Lease

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from casemate.monitor.durable.postgres import PostgresDatabase

Partition = tuple[str, str]
"""A feed's name and one of its partitions."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a renewal brought."""

    gained: tuple[Lease, ...] = ()
    lost: tuple[Lease, ...] = ()


class Sharing:
    """The leases of one worker. `name`: stays the same over restarts. `seconds`: how long a lease lasts."""

    def __init__(
        self,
        database: PostgresDatabase,
        name: str,
        *,
        seconds: float = 15.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.owner = f"{name}/{uuid4().hex[:12]}"
        self.held: dict[Partition, Lease] = {}
        self._database = database
        self._seconds = seconds
        self._clock = clock
        self._next = -1.0

    def due(self) -> bool:
        """Whether it is time to renew: three times in the life of a lease."""
        return self._clock() >= self._next

    def renew(self, partitions: Iterable[Partition], own: Iterable[Partition] = ()) -> Change:
        """Renew, give back what is above the quota, take what is free.

        `partitions`: those that exist now. `own`: those of feeds that only this worker can read (a port it listens on);
        they count in no quota. Call it between batches, never within one.
        """
        self._next = self._clock() + self._seconds / 3
        shared, mine = sorted(set(partitions)), sorted(set(own))
        run = self._database.connection
        with run.transaction():
            run.execute("SELECT pg_advisory_xact_lock(hashtext('casemate leases'))")
            run.execute(
                "INSERT INTO workers VALUES (%s, now() + make_interval(secs => %s)) "
                "ON CONFLICT (name) DO UPDATE SET until = excluded.until",
                (self.owner, self._seconds),
            )
            run.execute("DELETE FROM workers WHERE until < now()")
            for feed, partition in (*shared, *mine):
                run.execute(
                    "INSERT INTO leases (feed, partition) VALUES (%s, %s) ON CONFLICT DO NOTHING", (feed, partition)
                )
            kept = self._kept()
            quota = self._quota(len(shared))
            owned = [one for one in shared if one in kept]
            surplus = set(owned[quota:]) | {one for one in kept if one not in shared and one not in mine}
            for feed, partition in surplus:
                run.execute(
                    "UPDATE leases SET owner = NULL WHERE feed = %s AND partition = %s AND owner = %s",
                    (feed, partition, self.owner),
                )
            wanted = [one for one in shared if one not in kept]
            taken: list[Lease] = []
            for one in wanted:
                if len(owned) - len(surplus & set(owned)) + len(taken) >= quota:
                    break
                lease = self._taken(one)
                if lease is not None:
                    taken.append(lease)
            for one in mine:
                lease = self._taken(one) if one not in kept else None
                if lease is not None:
                    taken.append(lease)
        lost = tuple(lease for one, lease in self.held.items() if one not in kept or one in surplus)
        self.held = {one: lease for one, lease in self.held.items() if one in kept and one not in surplus}
        self.held |= {(lease.feed, lease.partition): lease for lease in taken}
        return Change(tuple(taken), lost)

    def _kept(self) -> set[Partition]:
        """What is still ours, renewed."""
        rows = self._database.connection.execute(
            "UPDATE leases SET until = now() + make_interval(secs => %s) WHERE owner = %s "
            "RETURNING feed, partition, epoch",
            (self._seconds, self.owner),
        ).fetchall()
        found = {(str(feed), str(partition)): epoch for feed, partition, epoch in rows}
        return {one for one, lease in self.held.items() if found.get(one) == lease.epoch}

    def _quota(self, count: int) -> int:
        rows = self._database.connection.execute('SELECT name FROM workers ORDER BY name COLLATE "C"').fetchall()
        names = [str(name) for (name,) in rows]
        return count // len(names) + (names.index(self.owner) < count % len(names))

    def _taken(self, one: Partition) -> Lease | None:
        row = self._database.connection.execute(
            "UPDATE leases SET owner = %s, epoch = epoch + 1, until = now() + make_interval(secs => %s) "
            "WHERE feed = %s AND partition = %s AND (owner IS NULL OR until < now()) RETURNING epoch",
            (self.owner, self._seconds, *one),
        ).fetchone()
        return Lease(*one, self.owner, int(str(row[0]))) if row is not None else None

    def leave(self) -> None:
        """Give everything back, so that others need not wait for the end of the leases."""
        run = self._database.connection
        with run.transaction():
            run.execute("UPDATE leases SET owner = NULL WHERE owner = %s", (self.owner,))
            run.execute("DELETE FROM workers WHERE name = %s", (self.owner,))
        self.held.clear()
