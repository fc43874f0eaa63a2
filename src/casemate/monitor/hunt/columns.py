"""The table `events`: its columns, the same from files and in the lake, and an event as one of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orjson import Fragment, loads

from casemate.authoring.query import CANONICAL, Field
from casemate.monitor.events.masking import masked_bytes
from casemate.monitor.events.registry import fields_of
from casemate.monitor.matching.fields import reader
from casemate.monitor.matching.values import written

if TYPE_CHECKING:
    from casemate.model.event import Event
    from casemate.monitor.events.source import Body
    from casemate.monitor.matching.fields import Read

SCHEMA = 2
"""Version of the columns; a lake of another one is read with the columns that it has."""
MOST_TEXTS = 5000
"""Values of one record that are looked at; one with more is `odd`."""
_DEEPEST = 60
"""Mappings in one another; a record with more is `odd`."""
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
    "texts": "MAP(VARCHAR, VARCHAR[])",
    "raw": "JSON",
}
"""Column -> DuckDB type. `time` is in UTC; `raw` is the record, masked, in the source's own shape."""
MEANING: dict[str, str] = {
    **CANONICAL,
    "time": "when it happened, UTC; null where the record does not say",
    "odd": "whether there is more than the columns show: several values, text beyond ASCII, keys with dots, many texts",
    "texts": "all texts by their path, without lists, masked: `texts['requestParameters.functionName'][1]`; of a "
    "mapping its JSON",
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
                if not many and len(found) > 1:
                    row["odd"] = True
        if is_list_of_callers(body):
            row["odd"] = True
        shown = masked_bytes(record)
        texts = texts_of(body if shown is record else loads(shown))
        row["texts"] = texts or {}
        if texts is None or not record.isascii() or b"\\u" in record:
            row["odd"] = True
        row["raw"] = Fragment(shown)
        return row


def is_list_of_callers(body: Body) -> bool:
    """Whether a record says who called in a list, of which the columns show the first."""
    return body.get("userIdentity").__class__ is list


def texts_of(body: Body) -> dict[str, list[str]] | None:
    """All texts of a record by the path to them, as expressions read it.

    None where they are too many, or a key has a dot, which makes a path say two things.
    """
    found = counted_texts(body)
    return found[0] if found is not None else None


def counted_texts(body: Body) -> tuple[dict[str, list[str]], int] | None:
    """`texts_of`, with how many values were looked at."""
    found: dict[str, list[str]] = {}
    left = [MOST_TEXTS]
    try:
        _take("", body, found, left)
    except (_UnshownError, RecursionError):
        return None
    return found, MOST_TEXTS - left[0]


class _UnshownError(Exception):
    """A record that `texts` does not show exactly."""


def _take(above: str, mapping: Body, found: dict[str, list[str]], left: list[int]) -> None:
    """The texts below a mapping. `above`: its path with a dot behind; `left`: how many values may still come."""
    left[0] -= len(mapping)
    if left[0] < 0 or above.count(".") > _DEEPEST:
        raise _UnshownError
    for key, value in mapping.items():
        if "." in key:
            raise _UnshownError
        path = above + key
        if value.__class__ is str:
            known = found.get(path)
            if known is None:
                found[path] = [value]
            else:
                known.append(value)
        elif value is not None:
            _below(path, value, found, left)


def _below(path: str, value: object, found: dict[str, list[str]], left: list[int]) -> None:
    if isinstance(value, list):
        left[0] -= len(value)
        if left[0] < 0:
            raise _UnshownError
        for one in value:
            if one is not None:
                _below(path, one, found, left)
        return
    found.setdefault(path, []).append(written(value))
    if isinstance(value, dict):
        _take(f"{path}.", value, found, left)
