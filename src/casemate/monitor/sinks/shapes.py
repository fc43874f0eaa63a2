"""An alert in the shapes that several receivers share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from orjson import dumps

from casemate.monitor.events.times import written

if TYPE_CHECKING:
    from casemate.model.alert import Alert


def plain(alert: Alert) -> dict[str, object]:
    """The alert as `monitor replay` prints it; what is not known is left out."""
    shown: dict[str, object] = {
        "id": alert.id,
        "rule": alert.rule,
        "events": list(alert.events),
        "time": written(alert.time),
        "severity": alert.severity.word,
        "title": alert.title,
        "count": alert.count,
        "source": alert.source,
        "account": alert.account,
        "group": dict(alert.group),
        "about": dict(alert.about),
        "tags": list(alert.tags),
    }
    more = {
        "author": alert.author,
        "licence": alert.licence,
        "owner": alert.owner,
        "runbook": alert.runbook,
        "playbook": alert.playbook,
    }
    shown.update({name: value for name, value in more.items() if value is not None})
    return shown


def ascii_line(document: dict[str, object]) -> str:
    """JSON on one line, in ASCII, so that nothing in it can move a terminal's cursor or end the line."""
    data = dumps(document)
    return data.decode("ascii") + "\n" if data.isascii() else json.dumps(document) + "\n"
