"""Events as they come: batch by batch, each kept whole in one transaction or not at all.

Life of a batch: a feed gives it · the engine finds the records that an expression holds of · correlation makes alerts
and changes windows · one transaction keeps offsets, windows, alerts and their rows of the outbox · the feed is told
that the batch need not come again · a thread of its own tells the receivers.

A batch that breaks the program is not lost: nothing of it was kept, and the feed gives it again after the restart. The
state in memory is never ahead of the database: after a failed transaction the worker is thrown away.

Several processes (`sharing`, over PostgreSQL): one worker a partition, with the windows of that partition, which move
with its lease. What must be counted together must therefore be in one partition, such as the events of an account.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from casemate.authoring.patterns import Each
from casemate.errors import CasemateError
from casemate.monitor.alerting import single_alert
from casemate.monitor.collecting import uncollected
from casemate.monitor.correlation.points import groups_of_body
from casemate.monitor.delivering import deliver
from casemate.monitor.events.decoding import BadRecordError
from casemate.monitor.replaying import event_of_record, last_events, lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from casemate.model.alert import Alert
    from casemate.model.event import Event
    from casemate.monitor.correlation.plain import Group
    from casemate.monitor.correlation.state import State
    from casemate.monitor.deciding import Deciding
    from casemate.monitor.durable.store import Fate, Lease, Store
    from casemate.monitor.events.source import Body
    from casemate.monitor.feeds.feed import Batch, Feed
    from casemate.monitor.hunt.lake import Lake
    from casemate.monitor.matching.engine import Engine
    from casemate.monitor.sinks.sink import Sink

_log = logging.getLogger(__name__)
_TOLD = 100_000
"""Groups and periods of single events whose alert was made, so that it need not be made again only to be dropped."""
_REOPEN = 5.0
"""Seconds until a database that failed is tried again."""


@dataclass(slots=True)
class Counts:
    """What a run has done so far. `latencies`: seconds from arrival to commit, one a batch, the last ten thousand."""

    records: int = 0
    batches: int = 0
    alerts: int = 0
    dead: int = 0
    latencies: list[float] = field(default_factory=list)


class Worker:
    """Takes batches. One worker writes one shard of a database: all of a file, or the partition of a lease.

    `deciding`: what is added to an alert, and who is told; without it all `sinks` are.
    """

    def __init__(  # noqa: PLR0913 - what a worker is made of
        self,
        engine: Engine,
        state: State,
        database: Store,
        sinks: Sequence[str],
        *,
        lake: Lake | None = None,
        deciding: Deciding | None = None,
        lease: Lease | None = None,
        counts: Counts | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.counts = counts or Counts()
        self._engine = engine
        self._state = state
        self._database = database
        self._sinks = tuple(sinks)
        self._lake = lake
        self._deciding = deciding
        self._lease = lease
        self._clock = clock
        self._groups: dict[tuple[int, str], Callable[[Body], list[Group]]] = {}
        self._told: set[tuple[int, Group, int]] = set()
        shard = lease.shard if lease is not None else ""
        state.load(database.windows(shard), database.watermarks(shard))

    def take(self, batch: Batch) -> list[Alert]:
        """Take one batch; gives the alerts that are new. Raises what the database raises: then nothing was kept."""
        with uncollected():
            return self._take(batch)

    def _take(self, batch: Batch) -> list[Alert]:
        made: list[Alert] = []
        dead = list(batch.refused)
        moved: dict[tuple[str, str], int] = {}
        records = lines_of(batch.block) if batch.block else 0
        for record, numbers in self._engine.candidates(batch.block):
            try:
                found = self._engine.events(record, numbers)
            except BadRecordError as error:
                dead.append((record, error.message))
                continue
            for body, data, source, met in found:
                if met:
                    event = event_of_record(body, data, source)
                    self._matched(event, met, made)
                    key = (event.source, event.account)
                    if event.time > moved.get(key, -2):
                        moved[key] = event.time
        for event in last_events(batch.block):
            if event.time >= 0:
                key = (event.source, event.account)
                moved[key] = max(moved.get(key, -1), event.time)
        made += self._state.advance(moved)
        fates: dict[str, Fate] = {}
        if self._deciding is not None and made:
            decided = [self._deciding.decided(alert) for alert in made]
            made = [alert for alert, _ in decided]
            fates = {alert.id: fate for alert, fate in decided}
        if self._lake is not None and batch.block:
            self._lake.write(batch.block)
        new = self._database.keep(
            feed=batch.feed,
            offsets=batch.offsets,
            windows=self._state.changes(),
            alerts=made,
            sinks=self._sinks,
            watermarks=moved,
            dead=dead,
            fates=fates,
            lease=self._lease,
        )
        self._count(batch, records, len(new), len(dead))
        return new

    def _matched(self, event: Event, met: list[int], made: list[Alert]) -> None:
        for number in met:
            slot = self._engine.slots[number]
            detection = self._engine.detections[slot.detection]
            pattern = detection.pattern
            if not isinstance(pattern, Each) or len(slot.path) != 1:
                made += self._state.feed(slot.detection, slot.path, event)
            elif not detection.withheld:
                reads = self._groups.get((number, event.source))
                if reads is None:
                    reads = self._groups[number, event.source] = groups_of_body(slot.stage.by, event.source)
                self._each(slot.detection, pattern, reads(event.body), event, made)

    def _each(self, number: int, pattern: Each, groups: list[Group], event: Event, made: list[Alert]) -> None:
        detection = self._engine.detections[number]
        if pattern.every is None or event.time < 0:
            made += [single_alert(detection, group, event, f"{event.account}/{event.id}") for group in groups]
            return
        for group in groups:
            told = (number, group, event.time // pattern.every)
            if told not in self._told:
                if len(self._told) >= _TOLD:
                    self._told.clear()  # the database knows them still
                self._told.add(told)
                made.append(single_alert(detection, group, event, str(told[2])))

    def _count(self, batch: Batch, records: int, alerts: int, dead: int) -> None:
        counts = self.counts
        counts.records += records
        counts.batches += 1
        counts.alerts += alerts
        counts.dead += dead
        counts.latencies.append(self._clock() - batch.arrived)
        if len(counts.latencies) > 10_000:
            del counts.latencies[:5_000]


class Telling(threading.Thread):
    """The thread that empties the outbox, over a connection of its own."""

    def __init__(self, open_database: Callable[[], Store], sinks: Sequence[Sink]) -> None:
        super().__init__(name="casemate-outbox", daemon=True)
        self._open = open_database
        self._sinks = tuple(sinks)
        self._wake = threading.Event()
        self._stopped = threading.Event()

    def wake(self) -> None:
        """There is something new."""
        self._wake.set()

    def run(self) -> None:
        """Tell until stopped. A database that fails is opened anew: the outbox must not fall silent."""
        from random import SystemRandom

        chance = SystemRandom().random
        try:
            while not self._stopped.is_set():
                self._tell(chance)
        finally:
            for sink in self._sinks:
                sink.close()

    def _tell(self, chance: Callable[[], float]) -> None:
        """Until stopped, or the database fails."""
        try:
            database = self._open()
        except CasemateError as error:
            _log.error("the outbox cannot be read: %s", error.message)
            self._stopped.wait(_REOPEN)
            return
        try:
            while not self._stopped.is_set():
                self._wake.wait(1.0)
                self._wake.clear()
                for sink in self._sinks:
                    deliver(database, sink, time.time, chance)
        except database.errors as error:
            _log.error("the outbox cannot be read: %s", error)
            self._stopped.wait(_REOPEN)
        finally:
            database.close()

    def finish(self, seconds: float) -> None:
        """Stop, after what is due was told or the seconds are over."""
        until = time.monotonic() + seconds
        try:
            database = self._open()
            try:
                while time.monotonic() < until and any(database.is_due(one.name, time.time()) for one in self._sinks):
                    self._wake.set()
                    time.sleep(0.05)
            except database.errors as error:
                _log.warning("what is due is told at the next start: %s", error)
            finally:
                database.close()
        except CasemateError as error:
            _log.warning("what is due is told at the next start: %s", error.message)
        self._stopped.set()
        self._wake.set()
        self.join(timeout=15)


def run(
    worker: Worker,
    feeds: Sequence[Feed],
    database: Store,
    *,
    told: Callable[[list[Alert]], None],
    stopped: Callable[[], bool],
    changed: Callable[[], Worker | None] = lambda: None,
    wait: float = 0.05,
) -> None:
    """Take batches from all feeds in turn until they end or `stopped` says so. `told`: new alerts, after the commit.

    `changed`: a new worker where the tables that detections ask have changed; asked between batches.
    """
    for feed in feeds:
        feed.start(database.offsets(feed.name))
    try:
        while not stopped() and not all(feed.ended for feed in feeds):
            worker = changed() or worker
            for feed in feeds:
                batch = feed.poll(wait / len(feeds))
                if batch is not None:
                    new = worker.take(batch)
                    feed.acknowledge(batch)
                    if new:
                        told(new)
    finally:
        for feed in feeds:
            feed.close()
