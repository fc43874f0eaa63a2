"""What Lambda says of itself: platform events (JSON) and the lines START, END, REPORT, INIT_START, EXTENSION, errors.

A record is a log event of a function's log group with what `lines.parse` or the JSON says under `platform`; other lines
of the function are under `message`, JSON ones under `json` too.
Sources: Lambda developer guide, "Lambda Telemetry API Event schema reference" and "Working with Lambda function logs".
"""

from __future__ import annotations

from casemate.monitor.events.source import Body, Source, at, first, text
from casemate.monitor.events.times import UNKNOWN, epoch, iso

_GROUP = "/aws/lambda/"
_BAD = frozenset({"error", "timeout", "failure"})


def _function(body: Body) -> object:
    group = text(body, "logGroup")
    if group.startswith(_GROUP):
        return group.removeprefix(_GROUP)
    return first(("platform", "function"), ("record", "functionName"))(body)


def _when(body: Body) -> int:
    moment = iso(at(body, "time"))
    return moment if moment != UNKNOWN else epoch(at(body, "timestamp"))


def _kind(body: Body) -> object:
    return first(("platform", "type"), ("type",), ("json", "type"))(body)


def _outcome(body: Body) -> str | None:
    status = first(("platform", "status"), ("record", "status"), ("json", "record", "status"))(body)
    if status is None:
        return "failure" if str(_kind(body)) in {"platform.fault", "timeout"} else None
    return "failure" if str(status) in _BAD else "success"


GB_SECOND, REQUEST = 0.0000166667, 0.0000002
"""US dollars: x86, first tier, us-east-1 (AWS Lambda pricing). Arm costs a fifth less."""


def _cost(body: Body) -> float | None:
    """What the run of a report cost, in US dollars."""
    duration = first(("platform", "billedDurationMs"), ("record", "metrics", "billedDurationMs"),
                     ("json", "record", "metrics", "billedDurationMs"))(body)  # fmt: skip
    memory = first(("platform", "memorySizeMB"), ("record", "metrics", "memorySizeMB"),
                   ("json", "record", "metrics", "memorySizeMB"))(body)  # fmt: skip
    if not isinstance(duration, int | float) or not isinstance(memory, int | float):
        return None
    return REQUEST + duration / 1000 * memory / 1024 * GB_SECOND


def _is_platform(body: Body) -> bool:
    if "platform" in body and "message" in body:
        return True
    kind = body.get("type")
    if isinstance(kind, str) and kind.startswith("platform.") and "record" in body:
        return True
    group = body.get("logGroup")
    return isinstance(group, str) and group.startswith(_GROUP) and "message" in body


LAMBDA = Source(
    name="aws.lambda",
    title="Lambda function and platform logs",
    recognise=_is_platform,
    id=lambda body: at(body, "id"),
    time=_when,
    account=lambda body: text(body, "owner"),
    fields={
        "service": lambda _: "lambda",
        "action": _kind,
        "outcome": _outcome,
        "error": first(("platform", "error"), ("record", "errorType"), ("json", "record", "errorType")),
        "session": first(("platform", "requestId"), ("record", "requestId"), ("json", "record", "requestId")),
        "function": _function,
        "message": first(("message",), ("record", "message")),
        "cost": _cost,
    },
    verbatim={"action": "whole"},
    log="the functions' log groups, subscribed or exported; JSON as the log format",
)
