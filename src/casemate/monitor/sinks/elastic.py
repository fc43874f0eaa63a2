"""Elasticsearch and OpenSearch: the bulk API, alerts as documents of the Elastic Common Schema.

Source: Elasticsearch "Bulk API", OpenSearch "Bulk", ECS 8.11 "Event fields", "Rule fields", "Threat fields". The
document's id is the alert's and the operation `create`, so a second delivery answers 409 and changes nothing.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from casemate.monitor.events.times import written
from casemate.monitor.sinks.http import Connection
from casemate.monitor.sinks.posting import trouble_of
from casemate.monitor.sinks.sink import Sent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from casemate.model.alert import Alert

_LEVELS = {"low": 21, "medium": 47, "high": 73, "critical": 99}
"""ECS `event.risk_score` and `event.severity`, on Elastic's own scale of detection rules."""
_LATER = frozenset({429, 502, 503, 504})


class ElasticSink:
    """The bulk API at `url`. `index`: an index, alias or data stream. `headers`: such as `Authorization: ApiKey …`."""

    def __init__(
        self,
        url: str,
        *,
        index: str = "casemate-alerts",
        name: str = "elastic",
        headers: Mapping[str, str] | None = None,
        cafile: str | None = None,
    ) -> None:
        self.name = name
        self.batch = 500
        self._connection = Connection(url, cafile=cafile)
        self._index = index
        self._headers = {"Content-Type": "application/x-ndjson", **(headers or {})}

    def send(self, alerts: Sequence[Alert]) -> Sent:
        """One bulk request; the answer tells of each document."""
        lines = []
        for alert in alerts:
            lines += [json.dumps({"create": {"_index": self._index, "_id": alert.id}}), json.dumps(document(alert))]
        answer = self._connection.request("POST", "/_bulk", ("\n".join(lines) + "\n").encode(), self._headers)
        ids = frozenset(alert.id for alert in alerts)
        if answer.status not in {200, 201}:
            trouble = trouble_of(answer)
            return Sent(again=ids, trouble=trouble, wait=answer.retry_after)
        return _read(answer.body, ids)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _read(body: bytes, ids: frozenset[str]) -> Sent:
    """What the items of a bulk answer say."""
    try:
        items = json.loads(body)["items"]
    except (ValueError, KeyError, TypeError):
        return Sent(again=ids, trouble="the answer is no bulk answer")
    taken, refused, trouble = set(), {}, ""
    for item in items if isinstance(items, list) else ():
        done = item.get("create") if isinstance(item, dict) else None
        if not isinstance(done, dict) or done.get("_id") not in ids:
            continue
        name, status = str(done["_id"]), done.get("status")
        if status in {200, 201, 409}:  # 409: it is there already
            taken.add(name)
        elif status in _LATER or not isinstance(status, int):
            trouble = f"{status}: {json.dumps(done.get('error'))[:200]}"
        else:
            refused[name] = f"{status}: {json.dumps(done.get('error'))[:400]}"
    return Sent(frozenset(taken), ids - taken - refused.keys(), refused, trouble)


def document(alert: Alert) -> dict[str, object]:
    """An alert in ECS; what ECS has no field for stands under `casemate`."""
    techniques = [tag.removeprefix("attack.").upper() for tag in alert.tags if tag.startswith("attack.t")]
    tactics = [tag.removeprefix("attack.") for tag in alert.tags if tag.startswith("attack.")]
    tactics = [tag for tag in tactics if not (tag[:1] == "t" and tag[1:2].isdigit())]
    shown: dict[str, object] = {
        "@timestamp": written(alert.time) or "1970-01-01T00:00:00Z",
        "message": alert.title,
        "event": {
            "kind": "alert",
            "category": ["intrusion_detection"],
            "type": ["info"],
            "id": alert.id,
            "module": "casemate",
            "dataset": f"casemate.{alert.source or 'alert'}",
            "severity": _LEVELS[alert.severity.word],
            "risk_score": float(_LEVELS[alert.severity.word]),
        },
        "rule": {"id": alert.rule, "name": alert.title, "author": [alert.author] if alert.author else []},
        "threat": {"technique": {"id": techniques}, "tactic": {"name": tactics}},
        "cloud": {"account": {"id": alert.account}, "region": alert.about.get("region")},
        "user": {"name": alert.about.get("actor")},
        "user_agent": {"original": alert.about.get("agent")},
        "ecs": {"version": "8.11.0"},
        "casemate": {
            "events": list(alert.events),
            "count": alert.count,
            "group": json.dumps(dict(alert.group), sort_keys=True),
            "about": dict(alert.about),
            "runbook": alert.runbook,
            "playbook": alert.playbook,
            "licence": alert.licence,
        },
    }
    address = alert.about.get("address", "")
    if address and all(char in "0123456789abcdefABCDEF.:" for char in address):
        shown["source"] = {"ip": address}
    return shown
