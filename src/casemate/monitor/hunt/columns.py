"""The table `events`: its columns, the same from files and in the lake, and an event as one of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orjson import Fragment

from casemate.authoring.query import CANONICAL, Field
from casemate.monitor.events.masking import masked_bytes
from casemate.monitor.events.registry import fields_of
from casemate.monitor.matching.compiling import reader

if TYPE_CHECKING:
    from casemate.model.event import Event
    from casemate.monitor.matching.compiling import Read

SCHEMA = 1
"""Version of the columns; a lake of another one is read with the columns that it has."""
LISTS = frozenset({"resource", "target_account", "foreign"})
"""Canonical fields of which one event has several."""
COLUMNS: dict[str, str] = {
    "id": "VARCHAR",
    "time": "TIMESTAMP",
    "source": "VARCHAR",
    "account": "VARCHAR",
    **{
        name: "VARCHAR[]" if name in LISTS else "VARCHAR"
        for name in CANONICAL
        if name not in {"id", "source", "account"}
    },
    "odd": "BOOLEAN",
    "raw": "JSON",
}
"""Column -> DuckDB type. `time` is in UTC; `raw` is the record, masked, in the source's own shape."""
MEANING: dict[str, str] = {
    **CANONICAL,
    "time": "when it happened, UTC; null where the record does not say",
    "odd": "whether a column has more values than it shows, or text beyond ASCII",
    "raw": "the record in the source's own shape, secrets masked: `raw->>'$.requestParameters.functionName'`",
}


class Rows:
    """Events as rows: dicts for `COLUMNS`, the time in microseconds since 1970."""

    def __init__(self) -> None:
        self._reads: dict[str, list[tuple[str, bool, Read]]] = {}

    def row(self, event: Event, record: bytes) -> dict[str, object]:
        """One row. `record`: the event's bytes."""
        reads = self._reads.get(event.source)
        if reads is None:
            spellings = fields_of(event.source)
            reads = self._reads[event.source] = [
                (name, name in LISTS, reader(Field((name,), canonical=True), spellings))
                for name in CANONICAL
                if name not in {"id", "source", "account"}
            ]
        body = event.body
        row: dict[str, object] = {
            "id": event.id,
            "time": event.time * 1000 if event.time >= 0 else None,
            "source": event.source,
            "account": event.account,
            "odd": False,
        }
        for name, many, read in reads:
            found = read(body)
            if found:
                row[name] = found if many else found[0]
                if not many and (len(found) > 1 or not found[0].isascii()):
                    row["odd"] = True
        row["raw"] = Fragment(masked_bytes(record))
        return row
