"""Kafka: an alert as a message, its id as the key (extra `kafka`).

The producer is idempotent and waits for all replicas in sync, so that the broker drops what the client library sends
again. After a crash of ours an alert may be there twice, with the same key: a compacted topic keeps one.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from casemate.monitor.kafka import library
from casemate.monitor.sinks.shapes import ascii_line, plain
from casemate.monitor.sinks.sink import Sent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casemate.model.alert import Alert
    from casemate.monitor.kafka import Settings

_log = logging.getLogger(__name__)
_PATIENCE = 10_000
"""Milliseconds until the library gives a message up; the outbox then tries again."""


class KafkaSink:
    """`topic` of the brokers in `settings`."""

    def __init__(self, topic: str, *, settings: Settings, name: str = "kafka") -> None:
        self.name = name
        self.batch = 500
        self._topic = topic
        self._kafka = library()
        self._producer = self._kafka.Producer(
            {
                **settings,
                "enable.idempotence": True,
                "acks": "all",
                "message.timeout.ms": _PATIENCE,
                "compression.type": "zstd",
                "linger.ms": 5,
            },
            logger=_log,
        )

    def send(self, alerts: Sequence[Alert]) -> Sent:
        """All of them, and wait for the brokers' word on each."""
        taken: set[str] = set()
        refused: dict[str, str] = {}
        trouble: list[str] = []
        kinds = self._kafka.KafkaError
        never = {kinds.MSG_SIZE_TOO_LARGE, kinds._INVALID_ARG, kinds.INVALID_RECORD}  # noqa: SLF001 - librdkafka's names

        def told(error: object, alert: str) -> None:
            if error is None:
                taken.add(alert)
            elif getattr(error, "code", lambda: None)() in never:
                refused[alert] = str(error)
            else:
                trouble.append(str(error))

        for alert in alerts:
            value = ascii_line(plain(alert)).encode()
            try:
                self._producer.produce(
                    self._topic,
                    key=alert.id.encode(),
                    value=value,
                    headers={"content-type": b"application/json"},
                    on_delivery=lambda error, _, one=alert.id: told(error, one),
                )
            except (BufferError, self._kafka.KafkaException) as error:
                inner = error.args[0] if error.args else error
                told(inner, alert.id)
        self._producer.flush(_PATIENCE / 1000 + 5)
        ids = frozenset(alert.id for alert in alerts)
        return Sent(frozenset(taken), ids - taken - refused.keys(), refused, trouble[0] if trouble else "")

    def close(self) -> None:
        """Nothing waits: every call has waited for the brokers."""
        self._producer.flush(1)
