"""Events that are no HTTP requests: where their records are, and how each platform packs what senders wrote.

A trigger's `specials` say how to decode its members; every other member of the envelope is `platform`.
"""

from __future__ import annotations

from casemate_guard.events import web
from casemate_guard.events.leaves import Decoder, child
from casemate_guard.events.text import Pairs, unbase64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casemate_guard.events.leaves import Special

_RECORDS = {
    **dict.fromkeys(
        ("s3", "sqs", "sns-in-sqs", "sns", "kinesis", "dynamodb-stream", "ses", "codecommit", "cloudfront"), "Records"
    ),
    "firehose": "records",
    "mq-active": "messages",
    "s3-batch": "tasks",
}
_BY_QUEUE = {"msk": "records", "kafka": "records", "mq-rabbit": "rmqMessagesByQueue"}


def records_of(trigger: str, event: object) -> Iterator[tuple[object, str]]:
    """The records of a batch with their paths, in the order in which the platform gives them."""
    if isinstance(event, list):
        if trigger != "direct":
            for place, record in enumerate(event):
                yield record, f"[{place}]"
        return
    if not isinstance(event, dict):
        return
    member = _RECORDS.get(trigger)
    if member is not None and isinstance(event.get(member), list):
        for place, record in enumerate(event[member]):
            yield record, f"{member}[{place}]"
        return
    member = _BY_QUEUE.get(trigger)
    if member is not None and isinstance(event.get(member), dict):
        for queue, records in event[member].items():
            for place, record in enumerate(records if isinstance(records, list) else [records]):
                yield record, f"{child(member, queue)}[{place}]"


def record(decoder: Decoder, trigger: str, value: object, path: str) -> None:
    """The leaves of one record."""
    decoder.specials = _SPECIALS.get(trigger, {})
    decoder.walk(value, path, "payload" if trigger in _ALL_PAYLOAD else "platform")


def around(decoder: Decoder, trigger: str, event: object) -> None:
    """The leaves of what is not in a record: the envelope of a batch, or the whole event."""
    decoder.specials = _SPECIALS.get(trigger, {})
    if isinstance(event, list):
        if trigger == "direct":
            decoder.walk(event, "", "payload")
        return
    batch = _RECORDS.get(trigger) or _BY_QUEUE.get(trigger)
    if not isinstance(event, dict) or trigger in _ALL_PAYLOAD:
        decoder.walk(event, "", "payload")
        return
    decoder.meter.keys(len(event), "")
    for name, value in event.items():
        if name == batch and isinstance(value, list | dict):
            continue
        special = decoder.specials.get(name)
        where = child("", name)
        if special is not None:
            special(decoder, value, where, 2)
        else:
            decoder.walk(value, where, "platform", 2)


# --- ways to decode a member
def _as(kind: str) -> Special:
    def walk(decoder: Decoder, value: object, path: str, depth: int) -> None:
        decoder.walk(value, path, kind, depth)

    return walk


def _base64(kind: str) -> Special:
    def walk(decoder: Decoder, value: object, path: str, depth: int) -> None:
        decoder.encoded(value, path, kind, depth)

    return walk


def _object_key(decoder: Decoder, value: object, path: str, depth: int) -> None:
    """S3 writes keys URL-encoded, with + for a blank ("Event message structure")."""
    if isinstance(value, str):
        decoder.text(value, path, "key", depth, 0, plus=True)
    else:
        decoder.walk(value, path, "key", depth)


def _attributes(decoder: Decoder, value: object, path: str, depth: int) -> None:
    """Message attributes of SQS and SNS: typed; Binary is base64."""
    if not isinstance(value, dict | Pairs):
        decoder.walk(value, path, "attribute", depth)
        return
    members = value if isinstance(value, Pairs) else value.items()
    decoder.meter.keys(len(value), path)
    for name, attribute in members:
        where = child(path, str(name))
        decoder.name(str(name), where)
        if not isinstance(attribute, dict):
            decoder.walk(attribute, where, "attribute", depth + 1)
            continue
        binary = attribute.get("Type") == "Binary"
        for key, one in attribute.items():
            at = child(where, str(key))
            if key in {"binaryValue", "BinaryValue"} or (binary and key == "Value"):
                decoder.encoded(one, at, "attribute", depth + 1)
            elif key in {"binaryListValues", "BinaryListValues"} and isinstance(one, list):
                for place, item in enumerate(one):
                    decoder.encoded(item, f"{at}[{place}]", "attribute", depth + 1)
            else:
                decoder.walk(
                    one, at, "attribute" if key not in {"dataType", "DataType", "Type"} else "platform", depth + 1
                )


def _item(decoder: Decoder, value: object, path: str, depth: int) -> None:
    """A DynamoDB item: names with typed values."""
    if not isinstance(value, dict):
        decoder.walk(value, path, "attribute", depth)
        return
    decoder.meter.depth(depth, path)
    decoder.meter.keys(len(value), path)
    for name, typed in value.items():
        where = child(path, str(name))
        decoder.name(str(name), where)
        _typed(decoder, typed, where, depth + 1)


def _typed(decoder: Decoder, typed: object, path: str, depth: int) -> None:
    """One typed value (DynamoDB "Data type descriptors"): S N B BOOL NULL SS NS BS L M."""
    decoder.meter.depth(depth, path)
    if not isinstance(typed, dict) or len(typed) != 1:
        decoder.walk(typed, path, "attribute", depth)
        return
    ((descriptor, value),) = typed.items()
    if descriptor == "M":
        _item(decoder, value, path, depth)
    elif descriptor == "L" and isinstance(value, list):
        for place, one in enumerate(value):
            _typed(decoder, one, f"{path}[{place}]", depth + 1)
    elif descriptor == "B":
        decoder.encoded(value, path, "attribute", depth)
    elif descriptor == "BS" and isinstance(value, list):
        for place, one in enumerate(value):
            decoder.encoded(one, f"{path}[{place}]", "attribute", depth)
    else:
        decoder.walk(value, path, "attribute", depth)


def _kafka_headers(decoder: Decoder, value: object, path: str, depth: int) -> None:
    """Record headers: a list of objects, whose values are lists of bytes as numbers, or base64."""
    for place, header in enumerate(value if isinstance(value, list) else [value]):
        if not isinstance(header, dict):
            decoder.walk(header, f"{path}[{place}]", "header", depth)
            continue
        for name, one in header.items():
            where = child(f"{path}[{place}]", str(name))
            decoder.name(str(name), where)
            if isinstance(one, list) and all(isinstance(byte, int) and -128 <= byte <= 255 for byte in one):
                decoder.meter.size(len(one), where)
                decoder.data(bytes(byte & 255 for byte in one), f"{where}#bytes", "header", depth + 1, 1)
            elif isinstance(one, str) and (data := unbase64(one)):
                decoder.data(data, f"{where}#base64", "header", depth + 1, 1)
            else:
                decoder.walk(one, where, "header", depth + 1)


def _headers(decoder: Decoder, value: object, path: str, _depth: int) -> None:
    decoder.headers(value, path)


def _parameters(decoder: Decoder, value: object, path: str, _depth: int) -> None:
    if isinstance(value, str):
        decoder.pairs(value, path, "query")
    else:
        decoder.parameters(value, path, "query")


def _azure_data(decoder: Decoder, value: object, path: str, depth: int) -> None:
    """`Data` of a custom handler: each binding's value is a string, often JSON in JSON, or an HTTP request."""
    if not isinstance(value, dict):
        decoder.walk(value, path, "payload", depth)
        return
    for name, one in value.items():
        where = child(path, str(name))
        if isinstance(one, dict) and {"Url", "Method", "url", "method"} & one.keys():
            web.request(decoder, "azure-http", one, where)
        else:
            decoder.walk(one, where, "message", depth + 1)


def _pubsub(decoder: Decoder, value: object, path: str, depth: int) -> None:
    """A Pub/Sub message: data in base64, attributes as they were sent."""
    if not isinstance(value, dict):
        decoder.walk(value, path, "message", depth)
        return
    for name, one in value.items():
        where = child(path, str(name))
        if name == "data":
            decoder.encoded(one, where, "message", depth + 1)
        elif name == "attributes":
            decoder.parameters(one, where, "attribute", plus=False)
        elif name == "message" and isinstance(one, dict):
            _pubsub(decoder, one, where, depth + 1)
        else:
            decoder.walk(one, where, "attribute" if name in {"orderingKey", "ordering_key"} else "platform", depth + 1)


def _google_data(decoder: Decoder, value: object, path: str, depth: int) -> None:
    if isinstance(value, dict) and (
        "message" in value or ("data" in value and {"attributes", "messageId", "@type", "publishTime"} & value.keys())
    ):
        _pubsub(decoder, value, path, depth)
    elif isinstance(value, dict) and "bucket" in value and "name" in value:
        for name, one in value.items():
            kind = "key" if name == "name" else "attribute" if name == "metadata" else "platform"
            decoder.walk(one, child(path, str(name)), kind, depth + 1)
    else:
        decoder.walk(value, path, "payload", depth)


def _awslogs(decoder: Decoder, value: object, path: str, depth: int) -> None:
    data = value.get("data") if isinstance(value, dict) else value
    decoder.encoded(data, child(path, "data"), "message", depth)


def _google_event(decoder: Decoder, value: object, path: str, depth: int) -> None:
    """A background event's data: a Pub/Sub message's string is base64, objects are as for CloudEvents."""
    if isinstance(value, str):
        decoder.encoded(value, path, "message", depth)
    else:
        _google_data(decoder, value, path, depth)


def _appsync_request(decoder: Decoder, value: object, path: str, depth: int) -> None:
    if not isinstance(value, dict):
        decoder.walk(value, path, "payload", depth)
        return
    for name, one in value.items():
        if name == "headers":
            decoder.headers(one, child(path, name))
        else:
            decoder.walk(one, child(path, str(name)), "platform", depth + 1)


_QUEUE: Mapping[str, Special] = {
    "body": _as("message"),
    "messageAttributes": _attributes,
    "MessageGroupId": _as("attribute"),
}
_KAFKA: Mapping[str, Special] = {"key": _base64("key"), "value": _base64("message"), "headers": _kafka_headers}
_AZURE: Mapping[str, Special] = {
    "Data": _azure_data,
    "data": _as("payload"),
    "body": _as("message"),
    "Body": _as("message"),
    "subject": _as("attribute"),
    "messageText": _as("message"),
    "user_properties": _as("attribute"),
    "application_properties": _as("attribute"),
    "applicationProperties": _as("attribute"),
    "properties": _as("attribute"),
    "Metadata": _as("attribute"),
    "blobTrigger": _as("key"),
    "blob_trigger": _as("key"),
    "BlobTrigger": _as("key"),
    "name": _as("key"),
    "uri": _as("key"),
    "partition_key": _as("attribute"),
    "partitionKey": _as("attribute"),
}
_SPECIALS: dict[str, Mapping[str, Special]] = {
    "s3": {"key": _object_key},
    "s3-batch": {"s3Key": _object_key, "s3VersionId": _as("attribute"), "userArguments": _as("payload")},
    "sqs": _QUEUE,
    "sns-in-sqs": _QUEUE,
    "sns": {"Message": _as("message"), "Subject": _as("message"), "MessageAttributes": _attributes},
    "kinesis": {"data": _base64("message"), "partitionKey": _as("attribute")},
    "firehose": {"data": _base64("message"), "partitionKey": _as("attribute")},
    "dynamodb-stream": {"NewImage": _item, "OldImage": _item, "Keys": _item},
    "msk": _KAFKA,
    "kafka": _KAFKA,
    "mq-active": {"data": _base64("message"), "properties": _as("attribute"), "correlationId": _as("attribute")},
    "mq-rabbit": {
        "data": _base64("message"),
        "headers": _as("header"),
        "correlationId": _as("attribute"),
        "contentType": _as("attribute"),
        "replyTo": _as("attribute"),
    },
    "ses": {
        "headers": _headers,
        "commonHeaders": _as("header"),
        "content": _as("message"),
        "source": _as("header"),
        "destination": _as("header"),
        "recipients": _as("header"),
    },
    "cloudwatch-logs": {"awslogs": _awslogs},
    "eventbridge": {"detail": _as("payload"), "resources": _as("attribute"), "source": _as("attribute")},
    "schedule": {"detail": _as("payload")},
    "cloudevent": {"data": _as("payload"), "data_base64": _base64("payload"), "subject": _as("attribute")},
    "google-cloudevent": {"data": _google_data, "data_base64": _base64("payload"), "subject": _as("attribute")},
    "google-event": {"data": _google_event},
    "google-pubsub-push": {"message": _pubsub},
    "cloudformation": {"ResourceProperties": _as("payload"), "OldResourceProperties": _as("payload")},
    "config": {"invokingEvent": _as("payload"), "ruleParameters": _as("payload")},
    "codepipeline": {"configuration": _as("payload"), "continuationToken": _as("attribute")},
    "codecommit": {"customData": _as("payload"), "ref": _as("attribute")},
    "cognito": {
        "request": _as("payload"),
        "userName": _as("attribute"),
        "response": _as("payload"),
    },
    "cognito-sync": {"datasetRecords": _as("payload")},
    "appsync": {
        "arguments": _as("payload"),
        "source": _as("payload"),
        "request": _appsync_request,
        "variables": _as("payload"),
        "prev": _as("payload"),
        "stash": _as("payload"),
        "identity": _as("claim"),
        "selectionSetGraphQL": _as("body"),
    },
    "appsync-authorizer": {
        "authorizationToken": _as("header"),
        "queryString": _as("body"),
        "variables": _as("payload"),
        "requestHeaders": _headers,
    },
    "cloudfront": {"headers": _headers, "uri": _as("path"), "querystring": _parameters, "body": _as("body")},
    "alexa": {"request": _as("payload"), "attributes": _as("payload")},
    "lex": {
        "inputTranscript": _as("message"),
        "slots": _as("payload"),
        "sessionAttributes": _as("payload"),
        "requestAttributes": _as("payload"),
    },
    "connect": {"Attributes": _as("payload"), "Parameters": _as("payload")},
    **dict.fromkeys(
        (
            *("azure-queue", "azure-blob", "azure-event-grid", "azure-event-hub", "azure-service-bus"),
            *("azure-timer", "azure-function", "azure-http"),
        ),
        _AZURE,
    ),
    "azure-cosmos-db": {"Data": _azure_data},
}
_ALL_PAYLOAD = frozenset({"direct", "step-functions", "iot", "secrets-rotation"})
