"""An alert in the shapes that several receivers share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from orjson import dumps

from casemate.model.alert import document
from casemate.monitor.events.times import written

if TYPE_CHECKING:
    from casemate.model.alert import Alert


def plain(alert: Alert) -> dict[str, object]:
    """The alert as `monitor replay` prints it: its time as ISO 8601; what is not known is left out."""
    shown = {name: value for name, value in document(alert).items() if value is not None}
    return {**shown, "time": written(alert.time)}


def ascii_line(document: dict[str, object]) -> str:
    """JSON on one line, in ASCII, so that nothing in it can move a terminal's cursor or end the line."""
    try:
        data = dumps(document)
    except TypeError:  # half of a surrogate pair, which orjson does not write
        return json.dumps(document) + "\n"
    return data.decode("ascii") + "\n" if data.isascii() else json.dumps(document) + "\n"
