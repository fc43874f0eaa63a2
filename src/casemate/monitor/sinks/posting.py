"""What the sinks that POST one JSON document an alert have in common: what an answer means for the outbox."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from casemate.monitor.sinks.http import Answer, Connection
from casemate.monitor.sinks.sink import Sent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from casemate.model.alert import Alert

_FOR_GOOD = frozenset({400, 404, 410, 413, 422})
"""Answers that another attempt will not change: the document, or the address, is wrong."""


class PostingSink:
    """POSTs `document(alert)` to `url`. `known`: answers that say that the alert is there already."""

    def __init__(
        self,
        url: str,
        document: Callable[[Alert], Mapping[str, object]],
        *,
        name: str,
        headers: Mapping[str, str] | None = None,
        cafile: str | None = None,
        known: frozenset[int] = frozenset(),
    ) -> None:
        self.name = name
        self.batch = 10
        self._connection = Connection(url, cafile=cafile)
        self._document = document
        self._headers = {"Content-Type": "application/json", "User-Agent": "casemate", **(headers or {})}
        self._known = known

    def send(self, alerts: Sequence[Alert]) -> Sent:
        """One request an alert, by time; the first failure that may pass ends the call."""
        taken: set[str] = set()
        refused: dict[str, str] = {}
        for alert in alerts:
            body = json.dumps(self._document(alert)).encode()
            answer = self._connection.request("POST", "", body, self._headers)
            if 200 <= answer.status < 300 or answer.status in self._known:
                taken.add(alert.id)
            elif answer.status in _FOR_GOOD:
                refused[alert.id] = trouble_of(answer)
            else:
                rest = frozenset(one.id for one in alerts) - taken - refused.keys()
                return Sent(frozenset(taken), rest, refused, trouble_of(answer), answer.retry_after)
        return Sent(frozenset(taken), refused=refused)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def trouble_of(answer: Answer) -> str:
    """What went wrong, in words."""
    return answer.trouble or f"HTTP {answer.status}: {answer.body[:200].decode('utf-8', 'replace')}"
