"""Events from a topic of Kafka (extra `kafka`); Azure Event Hubs speak the same protocol.

Offsets are kept in the transaction of the batch, never in Kafka, so a rebalance or a crash cannot move them ahead of
the alerts; partitions are assigned by hand: all of them to a worker alone, those of its leases to one of several. Group
membership of Kafka's own is not used, for a group's generation is no fence for our database.

A stored offset that the broker has deleted already (retention) is told, and reading goes on at the oldest event.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from typing import TYPE_CHECKING

from casemate.errors import UsageError
from casemate.monitor.feeds.feed import Batch
from casemate.monitor.feeds.payload import lines
from casemate.monitor.kafka import library

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from confluent_kafka import Message

    from casemate.monitor.kafka import Settings

_log = logging.getLogger(__name__)
_LOOK = 60.0
"""Seconds between two looks at which partitions there are."""
_MOST = 2000
"""Messages taken at once."""


class KafkaFeed:
    """`topic` of the brokers. `start_at`: where partitions without an offset begin. `once`: end when all is read.

    Offsets: partition -> the offset to be read next.
    """

    def __init__(
        self,
        servers: str,
        topic: str,
        *,
        settings: Settings,
        start_at: str = "earliest",
        once: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = f"kafka:{topic}"
        self.local = False
        self.ended = False
        self._topic = topic
        self._servers = servers
        self._kafka = library()
        self._consumer = self._kafka.Consumer(
            {
                **settings,
                "group.id": "casemate",  # asked for, not used: nothing is subscribed or committed
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "auto.offset.reset": "error",
                "enable.partition.eof": True,
                "isolation.level": "read_committed",
            },
            logger=_log,
        )
        self._start_at = start_at
        self._once = once
        self._clock = clock
        self._assigned: set[int] = set()
        self._at_end: set[int] = set()
        self._ready: deque[Batch] = deque()
        self._alone: dict[str, str] | None = None
        self._looked = -_LOOK
        self._known: list[str] = []

    # -- which partitions
    def partitions(self, offsets: Mapping[str, str]) -> list[str]:
        """The partitions of the topic. Raises `UsageError` when the brokers do not say."""
        del offsets
        if self._clock() - self._looked < _LOOK:
            return self._known
        try:
            topics = self._consumer.list_topics(self._topic, timeout=10).topics
        except self._kafka.KafkaException as error:
            if self._known:
                _log.warning("%s: %s", self.name, error)
                return self._known
            raise UsageError(f"{self.name} at {self._servers} cannot be read: {error.args[0]}") from error
        found = topics.get(self._topic)
        if found is None or found.error is not None:
            raise UsageError(
                f"{self.name} at {self._servers} cannot be read: {found.error if found else 'no such topic'}"
            )
        self._looked = self._clock()
        self._known = [str(number) for number in sorted(found.partitions)]
        return self._known

    def start(self, offsets: Mapping[str, str]) -> None:
        """Read all partitions, from where the offsets say."""
        self._alone = dict(offsets)
        for one in list(self._assigned):
            self.revoke(str(one))
        self._follow()

    def assign(self, partition: str, offsets: Mapping[str, str]) -> None:
        """Read this partition too."""
        number, known = int(partition), offsets.get(partition)
        usual = self._kafka.OFFSET_END if self._start_at == "latest" else self._kafka.OFFSET_BEGINNING
        self._assign(number, int(known) if known is not None else usual)

    def _assign(self, number: int, offset: int) -> None:
        self._consumer.incremental_assign([self._kafka.TopicPartition(self._topic, number, offset)])
        self._assigned.add(number)

    def revoke(self, partition: str) -> None:
        """Read it no more."""
        number = int(partition)
        if number in self._assigned:
            self._consumer.incremental_unassign([self._kafka.TopicPartition(self._topic, number)])
            self._assigned.discard(number)
            self._at_end.discard(number)
        self._ready = deque(batch for batch in self._ready if batch.partition != partition)

    def _follow(self) -> None:
        """Alone: take up partitions that were added."""
        if self._alone is not None and self._clock() - self._looked >= _LOOK:
            for partition in self.partitions({}):
                if int(partition) not in self._assigned:
                    self.assign(partition, self._alone)

    # -- what is in them
    def poll(self, wait: float) -> Batch | None:
        """The messages of one partition."""
        if not self._ready:
            self._follow()
            if not self._assigned:
                time.sleep(wait)
                return None
            self._take(self._consumer.consume(_MOST, timeout=wait))
        if not self._ready:
            if self._once and self._at_end >= self._assigned:
                self.ended = True
            return None
        return self._ready.popleft()

    def acknowledge(self, batch: Batch) -> None:
        """Remember how far a partition is kept."""
        if self._alone is not None:
            self._alone.update(batch.offsets)

    def close(self) -> None:
        """Leave the brokers."""
        self._consumer.close()

    def _take(self, messages: list[Message]) -> None:
        arrived = self._clock()
        by_partition: dict[int, list[Message]] = {}
        for message in messages:
            number, error = message.partition(), message.error()
            if error is None and number in self._assigned:
                self._at_end.discard(number)
                by_partition.setdefault(number, []).append(message)
            elif error is not None:
                self._trouble(number, error)
        for number, found in by_partition.items():
            block, refused = _lines(found, f"{self.name}/{number}")
            offsets = {str(number): str((found[-1].offset() or 0) + 1)}
            self._ready.append(Batch(self.name, block, offsets, arrived, refused=refused, partition=str(number)))

    def _trouble(self, number: int | None, error: object) -> None:
        code = getattr(error, "code", lambda: None)()
        kinds = self._kafka.KafkaError
        if code == kinds._PARTITION_EOF and number is not None:  # noqa: SLF001 - librdkafka's own name of the code
            self._at_end.add(number)
        elif code == kinds._AUTO_OFFSET_RESET and number in self._assigned:  # noqa: SLF001 - as above
            _log.error(
                "%s/%s: the events after the stored offset are deleted; going on at the oldest", self.name, number
            )
            self.revoke(str(number))
            self._assign(int(number or 0), self._kafka.OFFSET_BEGINNING)
        elif getattr(error, "fatal", lambda: False)():
            raise UsageError(f"{self.name} cannot be read: {error}")
        else:
            _log.warning("%s: %s", self.name, error)


def _lines(messages: list[Message], place: str) -> tuple[bytes, tuple[tuple[bytes, str], ...]]:
    blocks: list[bytes] = []
    refused: list[tuple[bytes, str]] = []
    for message in messages:
        value = message.value()
        data = bytes(value or b"")
        try:
            blocks.append(lines(data, place) if data else b"")
        except UsageError as error:
            refused.append((data, error.message))
    return b"\n".join(one.strip(b"\n") for one in blocks if one.strip()), tuple(refused)
