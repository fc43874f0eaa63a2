"""What transports carry, as lines of records: JSON, JSON Lines, JSON one after the other, lines of text; gzip or not.

CloudWatch Logs subscriptions send gzip through Kinesis, and Firehose writes what it gets without a sign between two
records ("Writing to Amazon Data Firehose", "Real-time processing of log data with subscriptions"). The wrappings stay:
`events.envelopes` opens them.
"""

from __future__ import annotations

import json
import tempfile
import zlib
from typing import TYPE_CHECKING

from orjson import dumps, loads

from casemate.errors import UsageError
from casemate.monitor.reading import blocks, lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO

MAX_INFLATED = 64_000_000
_KPL = b"\xf3\x89\x9a\xc2"
"""What begins a record that the Kinesis Producer Library made of several ("KPL aggregation")."""
_CONTROL = b'"CONTROL_MESSAGE"'
"""CloudWatch Logs asks in this way whether the destination is there."""


def lines(data: bytes, place: str) -> bytes:
    """The records, one a line. Raises `UsageError` for what holds none."""
    if data.startswith(_KPL):
        raise UsageError(
            f"{place}: a record of several that the Kinesis Producer Library made", hint="turn its aggregation off"
        )
    data = _plain(data, place)
    if _CONTROL in data and _is_control(data):
        return b""
    if data.lstrip()[:1] == b"{" and b"}{" in data:
        found = _one_after_the_other(data)
        if found is not None:
            return found
    try:
        return b"\n".join(lines_of(data, place))
    except UsageError:
        found = _one_after_the_other(data)
        if found is None:
            raise
        return found


def _plain(data: bytes, place: str) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    inflate = zlib.decompressobj(wbits=31)
    try:
        out = inflate.decompress(data, MAX_INFLATED)
    except zlib.error as error:
        raise UsageError(f"{place}: the gzip stream is broken: {error}") from error
    if inflate.unconsumed_tail or not inflate.eof:
        raise UsageError(f"{place}: too large when inflated, or cut off")
    return out


def _is_control(data: bytes) -> bool:
    try:
        body = loads(data)
    except ValueError:
        return False
    return isinstance(body, dict) and body.get("messageType") == "CONTROL_MESSAGE"


def _one_after_the_other(data: bytes) -> bytes | None:
    """JSON documents with nothing, or white space, between them; None where they are not that."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    decoder, found, at = json.JSONDecoder(), [], 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        try:
            body, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return None
        if not isinstance(body, dict):
            return None
        if body.get("messageType") != "CONTROL_MESSAGE":
            found.append(dumps(body))
    return b"\n".join(found)


def object_blocks(fetch: Callable[[IO[bytes]], int], place: str) -> Iterator[bytes]:
    """The records of an object, in blocks, through a file, since an object may be larger than memory should be.

    Raises `UsageError` for what cannot be read, and what `fetch` raises.
    """
    with tempfile.NamedTemporaryFile(prefix="casemate-") as file:
        fetch(file)
        file.flush()
        file.seek(0)
        head = file.read(1 << 16)
        if _is_run_together(head):
            file.seek(0)
            data = file.read(MAX_INFLATED + 1)
            if len(data) <= MAX_INFLATED:
                yield lines(data, place)
                return
        yield from blocks(file.name)


def _is_run_together(head: bytes) -> bool:
    """Whether an object begins as documents without a sign between them, as Firehose writes them."""
    if head.startswith(b"\x1f\x8b"):
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, 1 << 16)
        except zlib.error:
            return False
    start = head.lstrip()
    if not start.startswith(b"{"):
        return False
    try:
        text = start.decode("utf-8", "ignore")
        _, at = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return False
    return text[at : at + 100].lstrip(" \t")[:1] == "{"
