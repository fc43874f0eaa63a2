"""Google Security Operations: alerts as events of the Unified Data Model, over the Chronicle API.

The alert's id is `metadata.productLogId`; the service drops a batch that it has had, and nothing smaller.

Source: Chronicle API "events.import" (`inlineSource.events[].udm`), "Unified Data Model field list".
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from casemate.monitor.events.times import written
from casemate.monitor.sinks.chat import facts
from casemate.monitor.sinks.http import Connection
from casemate.monitor.sinks.posting import trouble_of
from casemate.monitor.sinks.sink import Sent
from casemate.monitor.sinks.splitting import halves

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from casemate.model.alert import Alert


class SecOpsSink:
    """The instance at `url` (`https://REGION-chronicle.googleapis.com/v1alpha/projects/…/instances/ID`).

    `token`: gives an access token with the scope `cloud-platform`.
    """

    def __init__(
        self, url: str, token: Callable[[], str], *, name: str = "secops", now: Callable[[], float] = time.time
    ) -> None:
        self.name = name
        self.batch = 100
        self._connection = Connection(url)
        self._token = token
        self._now = now

    def send(self, alerts: Sequence[Alert]) -> Sent:
        """One call; halved where something in it is refused."""
        ids = frozenset(alert.id for alert in alerts)
        events = [{"udm": udm(alert, self._now())} for alert in alerts]
        body = json.dumps({"inlineSource": {"events": events}}).encode()
        try:
            headers = {"Authorization": f"Bearer {self._token()}", "Content-Type": "application/json"}
        except OSError as error:
            return Sent(again=ids, trouble=f"no token: {error}")
        answer = self._connection.request("POST", "/events:import", body, headers)
        if answer.status == 200:
            return Sent(taken=ids)
        trouble = trouble_of(answer)
        if answer.status in {400, 413}:
            if len(alerts) > 1:
                return halves(self.send, alerts)
            return Sent(refused=dict.fromkeys(ids, trouble))
        return Sent(again=ids, trouble=trouble, wait=answer.retry_after)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def udm(alert: Alert, now: float) -> dict[str, object]:
    """The alert as an event."""
    about = alert.about
    told: dict[str, object] = {
        "metadata": {
            "productLogId": alert.id,
            "eventTimestamp": written(alert.time) or written(int(now * 1000)),
            "eventType": "GENERIC_EVENT",
            "vendorName": "Casemate",
            "productName": "Casemate",
            "productEventType": alert.rule,
            "description": alert.title,
        },
        "securityResult": [
            {
                "ruleName": alert.rule,
                "summary": alert.title,
                "severity": alert.severity.word.upper(),
                "alertState": "ALERTING",
                "detectionFields": [{"key": name, "value": value} for name, value in facts(alert)],
            }
        ],
    }
    principal: dict[str, object] = {}
    if about.get("actor"):
        principal["user"] = {"userid": about["actor"]}
    address = about.get("address", "")
    if address and all(char in "0123456789abcdefABCDEF.:" for char in address):
        principal["ip"] = [address]
    if about.get("agent"):
        told["network"] = {"http": {"userAgent": about["agent"]}}
    if principal:
        told["principal"] = principal
    named = about.get("function") or about.get("resource")
    if named:
        told["target"] = {"resource": {"name": named}, "cloud": {"project": {"name": alert.account}}}
    return told
