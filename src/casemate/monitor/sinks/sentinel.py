"""Microsoft Sentinel: rows of a table of its workspace, over the Logs Ingestion API.

The receiver knows no idempotency: `AlertId` is a column, so that a query can keep one (`summarize arg_max(…) by
AlertId`). The data collection rule declares the stream with the columns of `row`; docs/monitor.md has it.

Source: Azure Monitor "Logs Ingestion API" (204; 1 MB a call; 429 with Retry-After), Microsoft Entra "client credentials
flow".
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from casemate.monitor.events.times import written
from casemate.monitor.sinks.http import Connection
from casemate.monitor.sinks.posting import trouble_of
from casemate.monitor.sinks.sink import Sent
from casemate.monitor.sinks.splitting import halves

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from casemate.model.alert import Alert

AUTHORITY = "https://login.microsoftonline.com"
_SCOPE = "https://monitor.azure.com/.default"
_LIMIT = 1_000_000
"""Bytes of one call."""
Token = tuple[str, float]
"""A token and the second at which it ends."""


class SentinelSink:
    """`stream` of the rule `rule` (its immutable id) at the endpoint `url`. `token`: gives one, and until when."""

    def __init__(
        self,
        url: str,
        rule: str,
        stream: str,
        token: Callable[[], Token],
        *,
        name: str = "sentinel",
        now: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self.batch = 200
        self._connection = Connection(url)
        self._path = (
            f"/dataCollectionRules/{quote(rule, safe='')}/streams/{quote(stream, safe='')}?api-version=2023-01-01"
        )
        self._make = token
        self._token: Token = ("", 0.0)
        self._now = now

    def send(self, alerts: Sequence[Alert]) -> Sent:
        """One call; halved where it is too large or a row is refused."""
        ids = frozenset(alert.id for alert in alerts)
        body = json.dumps([row(alert, self._now()) for alert in alerts]).encode()
        if len(body) > _LIMIT:
            if len(alerts) > 1:
                return halves(self.send, alerts)
            return Sent(refused=dict.fromkeys(ids, f"{len(body)} bytes, {_LIMIT} at most"))
        try:
            headers = {"Authorization": f"Bearer {self._bearer()}", "Content-Type": "application/json"}
        except OSError as error:
            return Sent(again=ids, trouble=f"no token: {error}")
        answer = self._connection.request("POST", self._path, body, headers)
        if answer.status in {200, 204}:
            return Sent(taken=ids)
        trouble = trouble_of(answer)
        if answer.status == 401:
            self._token = ("", 0.0)
        if answer.status in {400, 413}:
            if len(alerts) > 1:
                return halves(self.send, alerts)
            return Sent(refused=dict.fromkeys(ids, trouble))
        return Sent(again=ids, trouble=trouble, wait=answer.retry_after)

    def _bearer(self) -> str:
        if self._now() > self._token[1] - 300:
            self._token = self._make()
        return self._token[0]

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def client_token(
    tenant: str, client: str, secret: str, *, authority: str = AUTHORITY, now: Callable[[], float] = time.time
) -> Callable[[], Token]:
    """Tokens of an app registration. What it gives raises `OSError` where there is none."""
    connection = Connection(authority)

    def make() -> Token:
        form = {
            "grant_type": "client_credentials",
            "client_id": client,
            "client_secret": secret,
            "scope": _SCOPE,
        }
        answer = connection.request(
            "POST",
            f"/{quote(tenant, safe='')}/oauth2/v2.0/token",
            urlencode(form).encode(),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        connection.close()  # it is asked once an hour
        try:
            found = json.loads(answer.body or b"{}")
        except ValueError:
            found = {}
        token = found.get("access_token") if isinstance(found, dict) else None
        if answer.status != 200 or not isinstance(token, str):
            code = found.get("error") if isinstance(found, dict) else None
            raise ConnectionError(f"{authority} answered {answer.status} {code or answer.trouble}")
        lasts = found.get("expires_in")
        return token, now() + (float(lasts) if isinstance(lasts, int | float) else 600.0)

    return make


def row(alert: Alert, now: float) -> dict[str, object]:
    """The alert as a row; columns of type `dynamic` are objects."""
    return {
        "TimeGenerated": written(alert.time) or written(int(now * 1000)),
        "AlertId": alert.id,
        "Rule": alert.rule,
        "Title": alert.title,
        "Severity": alert.severity.word.capitalize(),
        "SourceName": alert.source,
        "Account": alert.account,
        "Actor": alert.about.get("actor", ""),
        "Address": alert.about.get("address", ""),
        "FunctionName": alert.about.get("function", ""),
        "Owner": alert.owner or "",
        "EventCount": alert.count,
        "Events": list(alert.events[:100]),
        "About": dict(alert.about),
        "Tags": list(alert.tags),
    }
