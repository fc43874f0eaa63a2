"""Several processes on the same feeds: each reads the partitions that it holds the lease of, with a worker for each."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from casemate.monitor.durable.store import LeaseLostError
from casemate.monitor.feeds.feed import Divided

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from casemate.model.alert import Alert
    from casemate.monitor.durable.leasing import Change, Partition, Sharing
    from casemate.monitor.durable.store import Lease, Store
    from casemate.monitor.feeds.feed import Batch, Feed
    from casemate.monitor.running import Worker

_log = logging.getLogger(__name__)


def run_shared(
    make: Callable[[Lease], Worker],
    feeds: Sequence[Feed],
    database: Store,
    sharing: Sharing,
    *,
    told: Callable[[list[Alert]], None],
    stopped: Callable[[], bool],
    changed: Callable[[], bool] = lambda: False,
    wait: float = 0.05,
) -> None:
    """Take batches of the partitions that are leased, until all feeds end or `stopped` says so.

    `make`: a worker for a partition, with the windows that its last owner kept. `changed`: whether the tables that
    detections ask have changed, so that all workers are made anew.
    """
    readers = _Readers(make, {feed.name: feed for feed in feeds}, database, sharing.name)
    try:
        while not stopped() and not readers.done():
            if sharing.due():
                readers.take(sharing.renew(*readers.partitions()))
            if changed():
                readers.remake(sharing.held)
            for feed in feeds:
                batch = feed.poll(wait / len(feeds)) if readers.reads(feed) else None
                if batch is None:
                    continue
                new = readers.taken(feed, batch)
                if new:
                    told(new)
            if not sharing.held:
                _pause(wait)
    finally:
        for feed in feeds:
            feed.close()
        with suppress(*database.errors):  # then the leases end by themselves
            sharing.leave()


def _pause(seconds: float) -> None:
    import time

    time.sleep(seconds)


class _Readers:
    """The workers of the partitions that this process holds."""

    def __init__(
        self, make: Callable[[Lease], Worker], feeds: Mapping[str, Feed], database: Store, process: str
    ) -> None:
        self._make = make
        self._feeds = feeds
        self._database = database
        self._process = process
        self._workers: dict[Partition, Worker] = {}

    def partitions(self) -> tuple[list[Partition], list[Partition]]:
        """Those to be shared, and those of ports of this process."""
        shared: list[Partition] = []
        own: list[Partition] = []
        for name, feed in self._feeds.items():
            if feed.local:
                own.append((name, f"@{self._process}"))
            elif isinstance(feed, Divided):
                shared += [(name, partition) for partition in feed.partitions(self._database.offsets(name))]
            else:
                shared.append((name, ""))
        return shared, own

    def reads(self, feed: Feed) -> bool:
        return any(name == feed.name for name, _ in self._workers)

    def done(self) -> bool:
        """Whether all that this process reads has come to its end."""
        return bool(self._workers) and all(self._feeds[name].ended for name, _ in self._workers)

    def take(self, change: Change) -> None:
        """Begin with what was gained, end with what was lost."""
        for lease in change.lost:
            _log.info("%s goes to another worker", lease.shard)
            self._drop((lease.feed, lease.partition))
        for lease in change.gained:
            feed = self._feeds[lease.feed]
            _log.info("%s is ours, epoch %d", lease.shard, lease.epoch)
            self._workers[lease.feed, lease.partition] = self._make(lease)
            offsets = self._database.offsets(lease.feed)
            if isinstance(feed, Divided):
                feed.assign(lease.partition, offsets)
            else:
                feed.start(offsets)

    def remake(self, held: Mapping[Partition, Lease]) -> None:
        """All workers anew, from what the database holds."""
        self._workers = {one: self._make(held[one]) for one in self._workers if one in held}

    def taken(self, feed: Feed, batch: Batch) -> list[Alert]:
        """One batch; nothing where the partition has gone to another worker meanwhile."""
        if feed.local:
            key = (feed.name, f"@{self._process}")
        else:
            key = (feed.name, batch.partition if isinstance(feed, Divided) else "")
        worker = self._workers.get(key)
        if worker is None:
            return []
        try:
            new = worker.take(batch)
        except LeaseLostError as error:
            _log.warning("%s", error.message)
            self._drop(key)
            return []
        feed.acknowledge(batch)
        return new

    def _drop(self, key: Partition) -> None:
        self._workers.pop(key, None)
        feed = self._feeds[key[0]]
        if isinstance(feed, Divided):
            feed.revoke(key[1])
