"""Where data comes into a function: the trigger, and the place in what it delivers, from the key of the data.

Keys are those of the interpreter: `event.Records[].body.name` for a field of the event, `….SQSEvent.records.[].body`
for a member of an event class, `parameter.event` for an event of a type of the function's own.
"""

from __future__ import annotations

import re
from typing import Literal

from casemate.analysis.flow.payload import ANY, Path, segments, without_types
from casemate.model.trigger import TriggerKind

_DATA_CLASS = re.compile(
    r"(?:data_classes|parser\.models|aws-lambda-go/events|lambda\.runtime\.events)\.(?:[a-z]\w{0,60}\.)?([A-Z]\w{0,60})"
)
_CLASSES: tuple[tuple[str, TriggerKind], ...] = (
    ("SQS", "queue"), ("SNS", "topic"), ("S3", "bucket"), ("Dynamo", "table"), ("Kinesis", "stream"),
    ("EventBridge", "bus"), ("CloudWatchLogs", "logs"), ("CloudWatchEvent", "bus"), ("SES", "mail"),
    ("SimpleEmail", "mail"), ("Kafka", "kafka"), ("Cognito", "user-pool"), ("IoT", "iot"),
)  # fmt: skip
"""Event classes of Powertools (documentation, "Event Source Data Classes"), of aws-lambda-go and of
aws-lambda-java-events -> the trigger."""
_RECORDS: tuple[tuple[str, TriggerKind], ...] = (
    ("body", "queue"), ("messageAttributes", "queue"), ("Sns", "topic"), ("s3", "bucket"), ("dynamodb", "table"),
    ("kinesis", "stream"), ("ses", "mail"),
)  # fmt: skip
"""Field of a record -> the trigger whose records have it."""
_HTTP = frozenset({
    "body", "headers", "multiValueHeaders", "queryStringParameters", "multiValueQueryStringParameters",
    "rawQueryString", "pathParameters", "path", "rawPath", "cookies", "requestContext", "arguments", "args", "identity",
    "request", "source",
})  # fmt: skip


def is_of_class(key: str) -> bool:
    """Whether the data is read through an object, and not through the event as a map."""
    return not key.startswith("event")


def place(key: str) -> tuple[TriggerKind | Literal["http"] | None, Path]:
    """Which trigger the data of a key comes with (None: any), and its place in what the trigger delivers."""
    if key.startswith("parameter."):  # an event of a type of the function's own
        return None, ()
    if is_of_class(key):
        match = _DATA_CLASS.search(key)
        for prefix, kind in _CLASSES:
            if match is not None and match[1].startswith(prefix):
                return kind, _in_class(segments(key[match.end() :])) if kind == "queue" else ()
        return "http", ()
    path = segments(key)[1:]
    if not path:
        return None, ()
    if path[0] == "Records" or path[0] == ANY:
        rest = path[1:] if path[0] == ANY else path[2:]
        for name, kind in _RECORDS:
            if rest and rest[0] == name:
                return kind, _in_image(rest) if kind == "table" else rest
        return None, rest
    if path[0] == "detail":
        return "bus", path
    if path[0] in _HTTP:
        return "http", path
    if path[0] in {"awslogs", "records", "messages", "rmqMessagesByQueue"}:
        return {"awslogs": "logs", "records": "kafka"}.get(path[0], "message-broker"), path  # type: ignore[return-value]
    return "other", path


def _in_class(path: Path) -> Path:
    """A place in a message, from the members of an event class: `records.[].json_body.name`."""
    rest = path[2:] if path[:1] in {("records",), ("Records",)} else path
    return ("body", *rest[1:]) if rest[:1] in {("body",), ("Body",), ("json_body",)} else ()


def _in_image(path: Path) -> Path:
    """A place in a stream record: `dynamodb.NewImage.name.S` without the type descriptors."""
    return (*path[:2], *without_types(path[2:]))
