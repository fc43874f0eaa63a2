"""Any receiver of JSON: one POST an alert, signed, with the alert's id as idempotency key.

The signature is HMAC-SHA256 over `TIMESTAMP.BODY`, in the header `Casemate-Signature: t=TIMESTAMP,v1=HEX`, so that the
receiver can tell ours from anybody's and refuse what was sent again later.
"""

from __future__ import annotations

import hmac
import time
from typing import TYPE_CHECKING

from casemate.monitor.sinks.http import Connection
from casemate.monitor.sinks.posting import trouble_of
from casemate.monitor.sinks.shapes import ascii_line, plain
from casemate.monitor.sinks.sink import Sent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from casemate.model.alert import Alert


class WebhookSink:
    """POSTs to `url`. `secret`: signs the body. `headers`: such as `Authorization`."""

    def __init__(
        self,
        url: str,
        *,
        name: str = "webhook",
        secret: str | None = None,
        headers: Mapping[str, str] | None = None,
        cafile: str | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self.batch = 20
        self._connection = Connection(url, cafile=cafile)
        self._secret = secret
        self._headers = dict(headers or {})
        self._now = now

    def send(self, alerts: Sequence[Alert]) -> Sent:
        """One request an alert; the first failure ends the call, for the receiver is likely down."""
        taken: set[str] = set()
        refused: dict[str, str] = {}
        for alert in alerts:
            body = ascii_line(plain(alert)).encode()
            answer = self._connection.request("POST", "", body, self._signed(body, alert))
            if 200 <= answer.status < 300 or answer.status == 409:
                taken.add(alert.id)
                continue
            trouble = trouble_of(answer)
            if answer.status in {400, 410, 413, 422}:
                refused[alert.id] = trouble
                continue
            again = frozenset(one.id for one in alerts) - taken - refused.keys()
            return Sent(frozenset(taken), again, refused, trouble, answer.retry_after)
        return Sent(frozenset(taken), refused=refused)

    def _signed(self, body: bytes, alert: Alert) -> dict[str, str]:
        headers = {**self._headers, "Content-Type": "application/json", "Idempotency-Key": alert.id}
        if self._secret is not None:
            stamp = str(int(self._now()))
            mark = hmac.digest(self._secret.encode(), stamp.encode() + b"." + body, "sha256").hex()
            headers["Casemate-Signature"] = f"t={stamp},v1={mark}"
        return headers

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
