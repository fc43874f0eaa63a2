"""One delivery, several records: takes records out of what transports wrap them in.

Known wrappings: `{"Records": […]}` (CloudTrail files; SQS, SNS, Kinesis and S3 events of Lambda), EventBridge
(`detail`), CloudWatch Logs subscriptions (`awslogs.data`, or the decoded message), SNS in SQS, CloudTrail Lake
(`eventJson`, `eventData`), Security Hub (`Findings`, `detail.findings`), Azure (`{"records": […]}`), Pub/Sub push,
OTLP/HTTP (`resourceLogs`), Kubernetes `EventList`, arrays. What is none of these is a record itself.

Wrappings may nest (EventBridge in SNS in SQS), `MAX_DEPTH` deep; what is inflated has `MAX_INFLATED` bytes.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import cast

from orjson import dumps, loads

from casemate.monitor.events.lines import Lines, platform

MAX_DEPTH = 6
MAX_INFLATED = 64_000_000
Record = dict[str, object]

MARKS = (
    b'"Records"', b'"records"', b'"detail-type"', b'"awslogs"', b'"logEvents"', b'"TopicArn"', b'"eventJson"',
    b'"eventData"', b'"Findings"', b'"subscription"', b'"resourceLogs"', b'"EventList"', b'"receiptHandle"',
    b'"ReceiptHandle"', b'"kinesis"', b'"auditEvents"', b'"kube-audit',
)  # fmt: skip
"""One of these stands in every wrapping that is an object; a record with none need not be taken apart."""


def unwrapped(block: bytes) -> Iterator[bytes]:
    """The records of a block of lines, as JSON, one after the other. A line that cannot be read stays as it is."""
    lines = Lines()
    for line in block.split(b"\n"):
        if line.strip():
            for record in unwrap(line, lines):
                yield record if isinstance(record, bytes) else dumps(record)


def unwrap(data: bytes, lines: Lines | None = None) -> Iterator[bytes | Record]:
    """The records of one delivery: the bytes themselves where there is no wrapping, else decoded records.

    `lines`: the parser of lines of text, which remembers headers. A line of text that nobody knows, and what is no
    JSON, comes back as it is, so that it is refused with its reason where records are decoded.
    """
    start = data.lstrip()[:1]
    if start not in {b"{", b"["}:
        text = data.decode("utf-8", "replace")
        found = (lines or Lines()).parse(text)
        if found is not None:
            yield from _opened(found, MAX_DEPTH, data)
        elif not _is_header(text):
            yield data
        return
    if _is_trail(data) or (start == b"{" and not any(mark in data for mark in MARKS)):
        yield data
        return
    try:
        body = loads(data)
    except ValueError:
        yield data
        return
    yield from _opened(body, MAX_DEPTH, data)


def _is_trail(data: bytes) -> bool:
    """Whether it is a record of CloudTrail as CloudTrail writes it: most lines are, and cost no more than this."""
    return data.startswith((b'{"eventVersion"', b'{ "eventVersion"')) and b'"eventData"' not in data


def _is_header(text: str) -> bool:
    return "srcaddr" in text and "dstaddr" in text


def _opened(body: object, depth: int, raw: bytes | None = None) -> Iterator[bytes | Record]:
    """`raw`: the bytes of the body, given back when it is a record itself."""
    if isinstance(body, list):
        for one in body:
            if isinstance(one, dict):
                yield from _opened(one, depth - 1)
        return
    if not isinstance(body, dict):
        return
    inner = _inside(cast("Record", body)) if depth > 0 else None
    if inner is None:
        yield raw if raw is not None and raw.lstrip()[:1] == b"{" else body
        return
    for one in inner:
        yield from _opened(one, depth - 1)


def _inside(body: Record) -> Iterator[object] | None:
    """What is in a wrapping; None where it is none."""
    for has, open_ in _OPENERS:
        if has(body):
            return open_(body)
    return None


# --- AWS --------------------------------------------------------------------------------------------------------------
def _records(body: Record) -> Iterator[object]:
    listed = body.get("Records") or body.get("records") or body.get("Findings") or body.get("auditEvents") or []
    yield from cast("list[object]", listed)


def _event_bridge(body: Record) -> Iterator[object]:
    detail = cast("Record", body["detail"])
    listed = detail.get("findings")
    if isinstance(listed, list):
        yield from listed
    elif "eventSource" in detail or "schemaVersion" in detail or "class_uid" in detail or "insightDetails" in detail:
        yield detail
    else:
        told = dict(detail)
        told.update({key: body[key] for key in ("account", "region", "time", "source") if key in body})
        told["detailType"] = body["detail-type"]
        yield told


def _queued(body: Record) -> Iterator[object]:
    """A message of SQS, SNS or Kinesis: text that is JSON, or base64 of it."""
    for value in (body.get("body"), body.get("Body"), body.get("Message"), _deep(body, "Sns", "Message")):
        if isinstance(value, str):
            yield from _text(value)
            return
    data = _deep(body, "kinesis", "data")
    if isinstance(data, str):
        yield from _bytes(_plain(data))


def _aws_logs(body: Record) -> Iterator[object]:
    data = _deep(body, "awslogs", "data")
    if isinstance(data, str):
        yield from _bytes(_plain(data))


def _log_events(body: Record) -> Iterator[object]:
    about: Record = {key: body[key] for key in ("owner", "logGroup", "logStream") if key in body}
    lines = Lines()
    for one in cast("list[object]", body["logEvents"]):
        if not isinstance(one, dict) or not isinstance(one.get("message"), str):
            continue
        message = one["message"]
        record: Record = {**about, "id": one.get("id"), "timestamp": one.get("timestamp"), "message": message}
        if message.lstrip()[:1] == "{":
            said = _loaded(message)
            if isinstance(said, dict):
                if _stands_alone(said):
                    yield {**said, **{key: value for key, value in about.items() if key not in said}}
                    continue
                yield {**record, "json": said}
                continue
        found = platform(message) or (None if "/aws/lambda/" in str(about.get("logGroup")) else lines.parse(message))
        yield {**record, **found} if found is not None else record


def _stands_alone(said: Record) -> bool:
    """Whether what is in a log event is a record of a known kind: CloudTrail in CloudWatch Logs, guard, access logs."""
    from casemate.monitor.events.registry import source_of

    return source_of(said) is not None


# --- Others -----------------------------------------------------------------------------------------------------------
def _pub_sub(body: Record) -> Iterator[object]:
    data = _deep(body, "message", "data")
    if isinstance(data, str):
        yield from _bytes(_plain(data))


def _otlp(body: Record) -> Iterator[object]:
    for resource in _dicts(body.get("resourceLogs")):
        about = _attributes(_deep(resource, "resource", "attributes"))
        for scope in _dicts(resource.get("scopeLogs") or resource.get("instrumentationLibraryLogs")):
            for one in _dicts(scope.get("logRecords")):
                said = _any_value(one.get("body"))
                inner = _loaded(said) if isinstance(said, str) and said.lstrip()[:1] == "{" else said
                if isinstance(inner, dict) and _stands_alone(inner):
                    yield inner
                    continue
                yield {
                    "resource": about,
                    "scope": _deep(scope, "scope", "name"),
                    "attributes": _attributes(one.get("attributes")),
                    "body": said,
                    **{
                        key: one.get(key)
                        for key in (
                            "timeUnixNano",
                            "observedTimeUnixNano",
                            "severityText",
                            "traceId",
                            "spanId",
                            "eventName",
                        )
                        if one.get(key) is not None
                    },
                    **({} if one.get("timeUnixNano") else {"timeUnixNano": one.get("observedTimeUnixNano") or "0"}),
                }


def _attributes(listed: object) -> Record:
    return {str(one.get("key")): _any_value(one.get("value")) for one in _dicts(listed)}


def _any_value(value: object, depth: int = 16) -> object:
    """OTLP's `AnyValue`."""
    if not isinstance(value, dict) or depth == 0:
        return None
    for key, found in value.items():
        if key == "arrayValue" and isinstance(found, dict):
            return [_any_value(one, depth - 1) for one in _dicts(found.get("values"))]
        if key == "kvlistValue" and isinstance(found, dict):
            return {str(one.get("key")): _any_value(one.get("value"), depth - 1) for one in _dicts(found.get("values"))}
        if key == "intValue" and isinstance(found, str) and found.lstrip("-").isdigit():
            return int(found)
        return cast("object", found)
    return None


def _lake(body: Record) -> Iterator[object]:
    inner = body.get("eventJson")
    if isinstance(inner, str):
        yield from _text(inner)
    elif isinstance(body.get("eventData"), dict):
        yield body["eventData"]


def _cluster(body: Record) -> Iterator[object]:
    yield from _text(cast("str", _deep(body, "properties", "log")))


def _items(body: Record) -> Iterator[object]:
    yield from _dicts(body.get("items"))


# --- Reading ----------------------------------------------------------------------------------------------------------
def _deep(value: object, *path: str) -> object:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _dicts(value: object) -> list[Record]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _loaded(text: str) -> object:
    try:
        return cast("object", loads(text))
    except ValueError:
        return None


def _text(value: str) -> Iterator[object]:
    """JSON, or a line of a known kind."""
    found = _loaded(value) if value.lstrip()[:1] in {"{", "["} else None
    if found is not None:
        yield found
        return
    lines = Lines()
    for line in value.split("\n"):
        record = lines.parse(line)
        if record is not None:
            yield record


def _bytes(data: bytes) -> Iterator[object]:
    """JSON, JSON Lines or lines."""
    text = data.decode("utf-8", "replace")
    whole = _loaded(text) if text.lstrip()[:1] in {"{", "["} else None
    if whole is not None:
        yield whole
        return
    for line in text.split("\n"):
        yield from _text(line)


def _plain(data: str) -> bytes:
    """Base64, inflated where it is gzip; empty where it is broken or too large."""
    try:
        raw = base64.b64decode(data, validate=False)
    except (binascii.Error, ValueError):
        return b""
    if not raw.startswith(b"\x1f\x8b"):
        return raw[:MAX_INFLATED]
    try:
        inflate = zlib.decompressobj(wbits=31)
        out = inflate.decompress(raw, MAX_INFLATED)
    except zlib.error:
        return b""
    return b"" if inflate.unconsumed_tail else out


_Opener = tuple[Callable[[Mapping[str, object]], bool], Callable[[Record], Iterator[object]]]
_OPENERS: tuple[_Opener, ...] = (
    (
        lambda body: any(isinstance(body.get(key), list) for key in ("Records", "records", "Findings", "auditEvents")),
        _records,
    ),
    (lambda body: "detail-type" in body and isinstance(body.get("detail"), dict), _event_bridge),
    (lambda body: isinstance(body.get("awslogs"), dict), _aws_logs),
    (lambda body: isinstance(body.get("logEvents"), list) and "logGroup" in body, _log_events),
    (lambda body: isinstance(body.get("resourceLogs"), list), _otlp),
    (lambda body: ("receiptHandle" in body or "ReceiptHandle" in body) and ("body" in body or "Body" in body), _queued),
    (lambda body: body.get("Type") == "Notification" and "TopicArn" in body, _queued),
    (lambda body: isinstance(body.get("Sns"), dict) or isinstance(body.get("kinesis"), dict), _queued),
    (lambda body: "subscription" in body and isinstance(_deep(body, "message", "data"), str), _pub_sub),
    (lambda body: isinstance(body.get("eventJson"), str), _lake),
    (lambda body: isinstance(body.get("eventData"), dict) and "eventCategory" in body, _lake),
    (
        lambda body: (
            str(body.get("category")).startswith("kube-audit") and isinstance(_deep(body, "properties", "log"), str)
        ),
        _cluster,
    ),
    (lambda body: body.get("kind") == "EventList" and isinstance(body.get("items"), list), _items),
)
