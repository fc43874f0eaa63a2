"""Which call of an SDK puts data where, how the other side meets it, and which call takes it out again.

Sources: API references of SQS, SNS, EventBridge, S3, DynamoDB, Kinesis, Data Firehose, Lambda, Step Functions, AWS IoT
data plane, Secrets Manager and Systems Manager (request and response syntax of each operation); Lambda developer guide,
the event of each service.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casemate.analysis.flow.payload import ANY, Path, constant, either, plain, record, texts, without_types

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from casemate.analysis.code.facts import Rendered

Parameters = dict[str, "Rendered"]

_NOT_KNOWN: Rendered = {}


@dataclass(frozen=True, slots=True)
class Put:
    """Data that a call puts somewhere.

    `kind`: of the thing (`queue`, `table`, `function` …); `resource`: the parameter that names it, None for the
    service's default; `action`: what the writer must be allowed; `event`: what the function that is triggered gets: a
    record of its event for queues, topics, buckets, tables and streams, the event itself for a bus, a function and a
    state machine; `kept`: what a read gives back; `words`: what happens, for people.
    """

    kind: str
    resource: Rendered | None
    action: str
    event: Rendered
    kept: Rendered
    words: str


@dataclass(frozen=True, slots=True)
class Get:
    """A call that gives back what was put somewhere: `path` is what of it is looked at, in terms of `Put.kept`."""

    kind: str
    resource: Rendered | None
    action: str
    path: Path
    names: Rendered


# -- writing ----------------------------------------------------------------------------------------------------------
def puts(service: str, operation: str, parameters: Parameters) -> Iterator[Put]:
    """Everything that a call puts somewhere; compares names without case."""
    writer = _WRITERS.get((service, operation.lower()))
    if writer is not None:
        yield from writer(parameters)


def _each(node: Rendered | None, depth: int = 0) -> Iterator[Rendered]:
    """The elements of a list, whichever it may be."""
    if node is None or depth > 6:
        return
    if "any" in node:
        for option in node["any"]:
            yield from _each(option, depth + 1)
    elif "list" in node:
        for item in (*node["list"], *([node["rest"]] if "rest" in node else [])):
            yield from _each_option(item)
    elif node.get("from"):
        yield node


def _each_option(node: Rendered) -> Iterator[Rendered]:
    yield from node.get("any", (node,))


def _of(node: Rendered, name: str) -> Rendered | None:
    """A field of a parameter; of data that is not known in detail, the data itself."""
    if "map" in node:
        found = node["map"].get(name)
        return found if found is not None else node.get("rest")
    return {"from": [mark.below((name,)) for mark in node["from"]]} if node.get("from") else None


def _attributes(node: Rendered | None, value: str) -> Rendered | None:
    """Message attributes as the receiver meets them: their values, by name."""
    if node is None or "map" not in node:
        return node
    fields: dict[str, Rendered] = {}
    for name, one in node["map"].items():
        text = _of(one, "StringValue") or _of(one, "BinaryValue") or _NOT_KNOWN
        fields[name] = record(**{value: text, "StringValue": text, "Value": text, "dataType": _NOT_KNOWN})
    return {**node, "map": fields}


def _queued(queue: Rendered | None, entry: Rendered) -> Put:
    body = _of(entry, "MessageBody") or _NOT_KNOWN
    attributes = _attributes(_of(entry, "MessageAttributes"), "stringValue")
    event = record(body=body, messageAttributes=attributes)
    kept = record(Body=body, MessageAttributes=attributes)
    return Put("queue", queue, "sqs:SendMessage", event, kept, "it is sent to")


def _send(parameters: Parameters) -> Iterator[Put]:
    yield _queued(parameters.get("QueueUrl"), {"map": parameters})


def _send_batch(parameters: Parameters) -> Iterator[Put]:
    for entry in _each(parameters.get("Entries")):
        yield _queued(parameters.get("QueueUrl"), entry)


def _published(topic: Rendered | None, entry: Rendered) -> Put:
    fields = {name: _of(entry, name) for name in ("Message", "Subject")}
    attributes = _attributes(_of(entry, "MessageAttributes"), "Value")
    event = record(Sns=record(**fields, MessageAttributes=attributes))
    return Put("topic", topic, "sns:Publish", event, _NOT_KNOWN, "it is published to")


def _publish(parameters: Parameters) -> Iterator[Put]:
    topic = parameters.get("TopicArn") or parameters.get("TargetArn")
    if topic is not None or "PhoneNumber" not in parameters:
        yield _published(topic, {"map": parameters})


def _publish_batch(parameters: Parameters) -> Iterator[Put]:
    for entry in _each(parameters.get("PublishBatchRequestEntries")):
        yield _published(parameters.get("TopicArn"), entry)


def _put_events(parameters: Parameters) -> Iterator[Put]:
    for entry in _each(parameters.get("Entries")):
        event = record(**{
            "detail": _of(entry, "Detail") or _NOT_KNOWN, "source": _of(entry, "Source") or _NOT_KNOWN,
            "detail-type": _of(entry, "DetailType") or _NOT_KNOWN, "resources": _of(entry, "Resources"),
            "account": _NOT_KNOWN, "region": _NOT_KNOWN, "time": _NOT_KNOWN, "id": _NOT_KNOWN,
        })  # fmt: skip
        yield Put("bus", _of(entry, "EventBusName"), "events:PutEvents", event, _NOT_KNOWN, "it is put on")


def _put_object(parameters: Parameters) -> Iterator[Put]:
    key = parameters.get("Key") or _NOT_KNOWN
    event = record(s3=record(object=record(key=key)))
    body = parameters.get("Body") or parameters.get("Fileobj")
    kept = record(Body=body, Metadata=parameters.get("Metadata"),
                  ContentType=parameters.get("ContentType"), Key=key)  # fmt: skip
    yield Put("bucket", parameters.get("Bucket"), "s3:PutObject", event, kept, "it is stored in")


def _inserted(parameters: Parameters) -> Iterator[Put]:
    """A statement in PartiQL: which attribute gets which value is not told apart."""
    statement = (texts(parameters.get("Statement")) or [""])[0]
    match = _PARTIQL.match(statement)
    values = list(_each(parameters.get("Parameters")))
    if match is not None and values:
        written = either(values) or _NOT_KNOWN
        action = "PartiQLInsert" if match[1].upper() == "INSERT" else "PartiQLUpdate"
        yield _item({"const": match[2]}, {"map": {}, "rest": written}, action)


_PARTIQL = re.compile(r"""\s{0,20}(INSERT|UPDATE)\s{1,20}(?:INTO\s{1,20})?["']?([\w.-]{1,255})""", re.IGNORECASE)


def _item(table: Rendered | None, item: Rendered, action: str) -> Put:
    item = plain(item)
    image = record(NewImage=item, OldImage=item, Keys=item)
    return Put("table", table, f"dynamodb:{action}", record(dynamodb=image), item, "it is stored in")


def _put_item(parameters: Parameters) -> Iterator[Put]:
    yield _item(parameters.get("TableName"), parameters.get("Item") or _NOT_KNOWN, "PutItem")


def _update_item(parameters: Parameters) -> Iterator[Put]:
    yield _item(parameters.get("TableName"), _updated({"map": parameters}), "UpdateItem")


_ASSIGNMENT = re.compile(r"([#\w.\[\]-]{1,200})\s{0,20}=")
_VALUE = re.compile(r":\w{1,100}")
_CLAUSE = re.compile(r"\b(?:REMOVE|ADD|DELETE)\b")


def _updated(request: Rendered) -> Rendered:
    """The attributes that an update writes, from its expression (DynamoDB developer guide, "Update expressions")."""
    fields: dict[str, Rendered] = {}
    key = _of(request, "Key")
    if key is not None and "map" in key:
        fields.update(key["map"])
    legacy = _of(request, "AttributeUpdates")
    if legacy is not None and "map" in legacy:
        fields.update({name: _of(one, "Value") or _NOT_KNOWN for name, one in legacy["map"].items()})
    values = _of(request, "ExpressionAttributeValues")
    expression = texts(_of(request, "UpdateExpression"))
    if values is None:
        return {"map": fields}
    table = values.get("map", {})
    if expression is None or any("*" in one for one in expression):
        everything = either([*table.values(), values.get("rest")]) if "map" in values else values
        return {"map": fields, "rest": everything or _NOT_KNOWN}
    names = _of(request, "ExpressionAttributeNames")
    spelled = {name: (texts(value) or [""])[0] for name, value in (names or {}).get("map", {}).items()}
    for one in expression:
        for attribute, used in _assigned(one):
            given = either([table.get(name, values.get("rest")) for name in used])
            if given is not None:
                first = attribute.split(".")[0].split("[")[0]
                fields[spelled.get(first, first)] = given if first == attribute else {"list": [], "rest": given}
    return {"map": fields}


def _assigned(expression: str) -> Iterator[tuple[str, list[str]]]:
    """`(attribute, values)` of each assignment; those of ADD and DELETE too."""
    matches = list(_ASSIGNMENT.finditer(expression[:4_000]))
    for place, match in enumerate(matches):
        end = matches[place + 1].start() if place + 1 < len(matches) else len(expression)
        yield match[1], _VALUE.findall(_CLAUSE.split(expression[match.end() : end])[0])
    for match in re.finditer(r"([#\w.-]{1,200})\s{1,20}(:\w{1,100})", expression[:4_000]):
        yield match[1], [match[2]]


def _batch_write(parameters: Parameters) -> Iterator[Put]:
    if "TableName" in parameters:  # boto3's batch writer
        yield _item(parameters["TableName"], parameters.get("Item") or _NOT_KNOWN, "BatchWriteItem")
        return
    request = parameters.get("RequestItems") or _NOT_KNOWN
    tables: list[tuple[Rendered, Rendered]] = [({"const": name}, one) for name, one in request.get("map", {}).items()]
    if "keys" in request:
        tables.append((request["keys"], request.get("rest") or _NOT_KNOWN))
    for table, requests in tables:
        for one in _each(requests):
            written = _of(one, "PutRequest")
            item = _of(written, "Item") if written is not None else None
            if item is not None:
                yield _item(table, item, "BatchWriteItem")


def _transact(parameters: Parameters) -> Iterator[Put]:
    for one in _each(parameters.get("TransactItems")):
        written, changed = _of(one, "Put"), _of(one, "Update")
        item = _of(written, "Item") if written is not None else None
        if written is not None and item is not None:
            yield _item(_of(written, "TableName"), item, "PutItem")
        if changed is not None and "map" in changed:
            yield _item(_of(changed, "TableName"), _updated(changed), "UpdateItem")


def _streamed(stream: Rendered | None, entry: Rendered, action: str) -> Put:
    data = _of(entry, "Data") or _NOT_KNOWN
    key = _of(entry, "PartitionKey")
    event = record(kinesis=record(data=data, partitionKey=key))
    return Put("stream", stream, action, event, record(Data=data, PartitionKey=key), "it is put on")


def _put_record(parameters: Parameters) -> Iterator[Put]:
    stream = parameters.get("StreamName") or parameters.get("StreamARN")
    yield _streamed(stream, {"map": parameters}, "kinesis:PutRecord")


def _put_records(parameters: Parameters) -> Iterator[Put]:
    stream = parameters.get("StreamName") or parameters.get("StreamARN")
    for entry in _each(parameters.get("Records")):
        yield _streamed(stream, entry, "kinesis:PutRecords")


def _delivered(parameters: Parameters) -> Iterator[Put]:
    entries = _each(parameters["Records"]) if "Records" in parameters else iter((parameters.get("Record") or {},))
    action = "firehose:PutRecordBatch" if "Records" in parameters else "firehose:PutRecord"
    for entry in entries:
        event = record(data=_of(entry, "Data") or _NOT_KNOWN)
        yield Put("delivery-stream", parameters.get("DeliveryStreamName"), action, event, _NOT_KNOWN, "it is put on")


def _invoke(parameters: Parameters) -> Iterator[Put]:
    payload = parameters.get("Payload") or parameters.get("InvokeArgs") or constant({})
    yield Put("function", parameters.get("FunctionName"), "lambda:InvokeFunction", payload, _NOT_KNOWN,
              "it is passed to")  # fmt: skip


def _start(parameters: Parameters) -> Iterator[Put]:
    payload = parameters.get("input") or constant({})
    yield Put("state-machine", parameters.get("stateMachineArn"), "states:StartExecution", payload, _NOT_KNOWN,
              "it is passed to")  # fmt: skip


def _start_sync(parameters: Parameters) -> Iterator[Put]:
    for one in _start(parameters):
        yield Put(one.kind, one.resource, "states:StartSyncExecution", one.event, one.kept, one.words)


def _iot(parameters: Parameters) -> Iterator[Put]:
    payload = parameters.get("payload") or _NOT_KNOWN
    yield Put("iot-topic", parameters.get("topic"), "iot:Publish", payload, _NOT_KNOWN, "it is published to")


def _parameter(parameters: Parameters) -> Iterator[Put]:
    kept = record(Value=parameters.get("Value"))
    yield Put("parameter", parameters.get("Name"), "ssm:PutParameter", _NOT_KNOWN, kept, "it is stored in")


def _secret(name: str, action: str) -> Callable[[Parameters], Iterator[Put]]:
    def writer(parameters: Parameters) -> Iterator[Put]:
        kept = record(SecretString=parameters.get("SecretString"), SecretBinary=parameters.get("SecretBinary"))
        yield Put("secret", parameters.get(name), action, _NOT_KNOWN, kept, "it is stored in")

    return writer


_WRITERS: Mapping[tuple[str, str], Callable[[Parameters], Iterator[Put]]] = {
    ("sqs", "sendmessage"): _send, ("sqs", "sendmessagebatch"): _send_batch,
    ("sns", "publish"): _publish, ("sns", "publishbatch"): _publish_batch,
    ("events", "putevents"): _put_events,
    ("s3", "putobject"): _put_object, ("s3", "copyobject"): _put_object,
    ("s3", "completemultipartupload"): _put_object,
    ("dynamodb", "putitem"): _put_item, ("dynamodb", "updateitem"): _update_item,
    ("dynamodb", "batchwriteitem"): _batch_write, ("dynamodb", "transactwriteitems"): _transact,
    ("dynamodb", "executestatement"): _inserted,
    ("kinesis", "putrecord"): _put_record, ("kinesis", "putrecords"): _put_records,
    ("firehose", "putrecord"): _delivered, ("firehose", "putrecordbatch"): _delivered,
    ("lambda", "invoke"): _invoke, ("lambda", "invokeasync"): _invoke,
    ("stepfunctions", "startexecution"): _start, ("stepfunctions", "startsyncexecution"): _start_sync,
    ("iot-data", "publish"): _iot,
    ("ssm", "putparameter"): _parameter,
    ("secretsmanager", "putsecretvalue"): _secret("SecretId", "secretsmanager:PutSecretValue"),
    ("secretsmanager", "updatesecret"): _secret("SecretId", "secretsmanager:UpdateSecret"),
    ("secretsmanager", "createsecret"): _secret("Name", "secretsmanager:CreateSecret"),
}  # fmt: skip


# -- reading ----------------------------------------------------------------------------------------------------------
def get(service: str, operation: str, parameters: Parameters, path: Path) -> Get | None:
    """What a call gives back at `path` (names in its response), as a place in what was put; None for other calls."""
    found = _READERS.get((service, operation.lower()))
    if found is None:
        return None
    kind, resource, action, heads, key = found
    rest = _stripped(path, heads)
    if rest is None:
        return None
    if kind == "table":
        rest = without_types(rest)
    named = next((parameters[name] for name in resource if name in parameters), None)
    if named is None and kind == "table":
        named = _tables(parameters)
    return Get(kind, named, action, rest, parameters.get(key) or _NOT_KNOWN)


def _stripped(path: Path, heads: tuple[Path, ...]) -> Path | None:
    """The path behind the response's own names; () for what is above them, None for another part of the response."""
    for head in heads:
        if all(one in (other, ANY) or other == ANY for one, other in zip(head, path, strict=False)):
            return path[len(head) :]
    return None


def _tables(parameters: Parameters) -> Rendered | None:
    """The tables of `BatchGetItem` and of transactions."""
    request = parameters.get("RequestItems") or _NOT_KNOWN
    names: list[Rendered | None] = [{"const": name} for name in request.get("map", {})]
    names.append(request.get("keys"))
    for one in _each(parameters.get("TransactItems")):
        inner = _of(one, "Get")
        names.append(_of(inner, "TableName") if inner is not None else None)
    statement = (texts(parameters.get("Statement")) or [""])[0]
    match = re.search(r"""\bFROM\s{1,20}["']?([\w.-]{1,255})""", statement, re.IGNORECASE)
    names.append({"const": match[1]} if match else None)
    return either(names)


_TABLE = ("TableName", "TableArn")
_ITEMS = (("Items", ANY),)
_READERS: Mapping[tuple[str, str], tuple[str, tuple[str, ...], str, tuple[Path, ...], str]] = {
    ("dynamodb", "getitem"): ("table", _TABLE, "dynamodb:GetItem", (("Item",),), "Key"),
    ("dynamodb", "query"): ("table", _TABLE, "dynamodb:Query", _ITEMS, ""),
    ("dynamodb", "scan"): ("table", _TABLE, "dynamodb:Scan", _ITEMS, ""),
    ("dynamodb", "executestatement"): ("table", (), "dynamodb:PartiQLSelect", _ITEMS, ""),
    ("dynamodb", "batchgetitem"): ("table", (), "dynamodb:BatchGetItem", (("Responses", ANY, ANY), ("Responses",)), ""),
    ("dynamodb", "transactgetitems"): ("table", (), "dynamodb:GetItem", (("Responses", ANY, "Item"),), ""),
    ("s3", "getobject"): ("bucket", ("Bucket",), "s3:GetObject", ((),), "Key"),
    ("s3", "listobjectsv2"): ("bucket", ("Bucket",), "s3:ListBucket", (("Contents", ANY),), ""),
    ("s3", "listobjects"): ("bucket", ("Bucket",), "s3:ListBucket", (("Contents", ANY),), ""),
    ("sqs", "receivemessage"): ("queue", ("QueueUrl",), "sqs:ReceiveMessage", (("Messages", ANY),), ""),
    ("kinesis", "getrecords"): ("stream", ("StreamARN", "StreamName"), "kinesis:GetRecords", (("Records", ANY),), ""),
    ("ssm", "getparameter"): ("parameter", ("Name",), "ssm:GetParameter", (("Parameter",),), ""),
    ("ssm", "getparameters"): ("parameter", ("Names",), "ssm:GetParameters", (("Parameters", ANY),), ""),
    ("secretsmanager", "getsecretvalue"): ("secret", ("SecretId",), "secretsmanager:GetSecretValue", ((),), ""),
    ("lambda", "invoke"): ("function", ("FunctionName",), "lambda:InvokeFunction", (("Payload",),), ""),
}  # fmt: skip
"""Operation -> kind of thing, parameters that name it, action, where in the response the things are, and the parameter
that chooses one of them."""
