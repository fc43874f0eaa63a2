"""Splunk: the HTTP Event Collector.

Source: Splunk documentation, "Format events for HTTP Event Collector" and "HEC error codes". HEC has no idempotency: a
200 says accepted, and a batch sent twice is there twice; `alert_id` is a field, so that a search can `dedup` it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from casemate.monitor.sinks.http import Connection
from casemate.monitor.sinks.posting import trouble_of
from casemate.monitor.sinks.shapes import plain
from casemate.monitor.sinks.sink import Sent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casemate.model.alert import Alert

_BAD_DATA = frozenset({5, 6, 12, 13})
"""HEC's codes for an event that it will never take: no data, invalid format, event field required or blank."""


class SplunkSink:
    """HEC at `url` (`https://splunk:8088`) with a token. `index`: where the token's default is not wanted."""

    def __init__(
        self, url: str, token: str, *, name: str = "splunk", index: str | None = None, cafile: str | None = None
    ) -> None:
        self.name = name
        self.batch = 100
        self._connection = Connection(url, cafile=cafile)
        self._token = token
        self._index = index

    def send(self, alerts: Sequence[Alert]) -> Sent:
        """One request; HEC takes all of it or nothing."""
        body = "".join(json.dumps(self._event(alert)) for alert in alerts).encode()
        answer = self._connection.request(
            "POST",
            "/services/collector/event",
            body,
            {"Authorization": f"Splunk {self._token}", "Content-Type": "application/json"},
        )
        ids = frozenset(alert.id for alert in alerts)
        if answer.status == 200:
            return Sent(taken=ids)
        trouble = trouble_of(answer)
        if answer.status == 400 and len(alerts) == 1 and _code(answer.body) in _BAD_DATA:
            return Sent(refused=dict.fromkeys(ids, trouble))
        if answer.status == 400 and len(alerts) > 1:
            return self._one_by_one(alerts)
        return Sent(again=ids, trouble=trouble, wait=answer.retry_after)

    def _one_by_one(self, alerts: Sequence[Alert]) -> Sent:
        """Find the one that is refused, so that the others are not held up by it."""
        taken: set[str] = set()
        again: set[str] = set()
        refused: dict[str, str] = {}
        trouble = ""
        for alert in alerts:
            sent = self.send([alert])
            taken |= sent.taken
            again |= sent.again
            refused |= sent.refused
            trouble = sent.trouble or trouble
        return Sent(frozenset(taken), frozenset(again), refused, trouble)

    def _event(self, alert: Alert) -> dict[str, object]:
        event: dict[str, object] = {
            "event": plain(alert),
            "sourcetype": "casemate:alert",
            "source": "casemate",
            "fields": {"alert_id": alert.id, "rule": alert.rule, "severity": alert.severity.word},
        }
        if alert.time >= 0:
            event["time"] = alert.time / 1000
        if self._index:
            event["index"] = self._index
        return event

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _code(body: bytes) -> int:
    try:
        document = json.loads(body)
    except ValueError:
        return -1
    code = document.get("code") if isinstance(document, dict) else None
    return code if isinstance(code, int) else -1
