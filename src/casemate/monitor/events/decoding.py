"""From the bytes of one record to an `Event`."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from orjson import loads

from casemate.errors import CasemateError
from casemate.model.event import Event
from casemate.monitor.events.registry import by_name, source_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.monitor.events.source import Source

MAX_RECORD = 4_000_000
"""Bytes of one record. CloudTrail's largest are 256 kB."""
UNKNOWN_SOURCE = "other"
"""The source of a mapping that nobody recognises: Sigma rules without a logsource may still match it."""


class BadRecordError(CasemateError):
    """A record that is not an event; it goes to the dead letters with this reason."""


def decode(data: bytes, source: Source | None = None) -> Event:
    """One record. `source`: where the transport knows it already.

    Raises `BadRecordError` for what is no JSON object or too large.
    """
    if len(data) > MAX_RECORD:
        raise BadRecordError(f"a record of {len(data)} bytes", hint=f"at most {MAX_RECORD}")
    try:
        body = loads(data)
    except (ValueError, RecursionError) as error:
        raise BadRecordError(f"not JSON: {error}") from error
    if not isinstance(body, dict):
        raise BadRecordError(f"a JSON {type(body).__name__} is no record", hint="one JSON object a record")
    return event_of(body, data, source)


def event_of(body: Mapping[str, object], data: bytes, source: Source | None = None) -> Event:
    """A decoded record. `data`: its bytes, from which an id is made where the record has none."""
    found = source or source_of(body)
    if found is None:
        return Event(UNKNOWN_SOURCE, digest(data), -1, "", body)
    identity = found.id(body)
    name = str(identity) if isinstance(identity, str | int) and identity != "" else digest(data)
    return Event(found.name, name, found.time(body), found.account(body), body)


def digest(data: bytes) -> str:
    """The id of a record that has none: the same bytes are the same event."""
    return blake2b(data, digest_size=16).hexdigest()


def named(source: str) -> Source | None:
    """A source by its name."""
    return by_name().get(source)
