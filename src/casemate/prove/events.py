"""Events and requests as trees in which a value can be put at a path, whatever is wrapped around it there.

A path is that of the analysis' origins (`event.Records[].body.name` is `event`, `Records`, `0`, `body`, `name`):
where it goes on inside of a text, the text is a JSON document. Sources of the shapes: Lambda developer guide ("Using
AWS Lambda with …"), API Gateway developer guide (payload formats 1.0 and 2.0), AppSync and Cognito developer guides.
"""

from __future__ import annotations

import base64
import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus, urlencode

if TYPE_CHECKING:
    from collections.abc import Iterable

JSON = "<json>"
KEY = "<key>"
"""A step of a path: inside of the document; and: the name of the field is the value itself."""
Path = tuple[str, ...]
Node = Any
ARN = "arn:aws:{}:us-east-1:123456789012:{}"
WHEN = "2026-01-01T00:00:00Z"


class Doc:
    """A text in an event. `value`: a text or a document; `ways`: what was done to it, in order.

    `base64`; `url`: quoted as a form is; `query`: the whole is a query string, a map its parameters.
    """

    __slots__ = ("value", "ways")

    def __init__(self, value: Node, *ways: str) -> None:
        self.value = value
        self.ways = ways

    def text(self) -> str:
        """The text before anything was done to it."""
        if isinstance(self.value, str):
            return quote(self.value, safe=";&=$()'*!,:@/?+~{}") if self.ways[:1] == ("query",) else self.value
        bare = _bare(self.value)
        if self.ways[:1] == ("query",) and isinstance(bare, dict):
            return urlencode(bare, doseq=True)
        return json.dumps(bare)

    def encoded(self) -> str:
        """The text as it stands in the event."""
        text = self.text()
        for way in self.ways:
            if way == "base64":
                text = base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()
            elif way == "url":
                text = quote_plus(text, safe="/")
        return text

    def __deepcopy__(self, memo: dict[int, Any]) -> Doc:
        return Doc(deepcopy(self.value, memo), *self.ways)


def _bare(node: Node) -> Node:
    if isinstance(node, Doc):
        return node.encoded()
    if isinstance(node, dict):
        return {key: _bare(one) for key, one in node.items()}
    if isinstance(node, list):
        return [_bare(one) for one in node]
    return node


def flat(node: Node, path: Path, documents: list[tuple[str, Path]]) -> Node:
    """The tree as plain JSON; what each text says is added to `documents`."""
    if isinstance(node, Doc):
        documents.append((node.text(), path))
        if not isinstance(node.value, str):
            flat(node.value, (*path, JSON), documents)
        return node.encoded()
    if isinstance(node, dict):
        return {key: flat(one, (*path, key), documents) for key, one in node.items()}
    if isinstance(node, list):
        return [flat(one, (*path, str(number)), documents) for number, one in enumerate(node)]
    if isinstance(node, str) and len(node) > 1:
        documents.append((node, path))
    return node


def place(node: Node, path: Path, value: object) -> None:
    """Put a value at a path of a map or list, making what is missing on the way."""
    step, rest = path[0], path[1:]
    if isinstance(node, Doc):
        if step == JSON:
            step, rest = (rest[0], rest[1:]) if rest else ("", ())
        if not isinstance(node.value, (dict, list)):
            node.value = [] if step.isdigit() else {}
        if step:
            place(node.value, (step, *rest), value)
        return
    if step == JSON:
        if rest:
            place(node, rest, value)
        return
    if isinstance(node, list):
        number = int(step) if step.isdigit() else 0
        while len(node) <= min(number, 20):
            node.append(None)
        _put(node, min(number, 20), rest, value)
    elif isinstance(node, dict):
        if step == KEY:
            step = str(value)
        _put(node, step, rest, value)


def _put(holder: Node, step: str | int, rest: Path, value: object) -> None:
    before = holder.get(step) if isinstance(holder, dict) else holder[step]
    if not rest:
        if isinstance(before, Doc):
            before.value = value
        else:
            holder[step] = value
        return
    if rest[0] == JSON and not isinstance(before, Doc):
        before = Doc(before if isinstance(before, (dict, list)) else ([] if rest[1:2] and rest[1].isdigit() else {}))
    elif isinstance(before, str):
        before = Doc({})
    elif not isinstance(before, (dict, list, Doc)):
        before = [] if rest[0].isdigit() else {}
    holder[step] = before
    place(before, rest, value)


def recode(node: Node, path: Path, way: str) -> bool:
    """Say that the text at a path is read through one more encoding; False when it is already, or no text is there."""
    for step in path[:-1]:
        if isinstance(node, Doc):
            node = node.value
        if step == JSON:
            continue
        node = node.get(step) if isinstance(node, dict) else _item(node, step)
    if isinstance(node, Doc):
        node = node.value
    last = path[-1]
    before = node.get(last) if isinstance(node, dict) else _item(node, last)
    if not isinstance(before, (Doc, str)):
        return False
    doc = before if isinstance(before, Doc) else Doc(before)
    if way in doc.ways:
        return False
    doc.ways = (way, *doc.ways)
    if isinstance(node, dict):
        node[last] = doc
    else:
        node[int(last)] = doc
    return True


def _item(node: Node, step: str) -> Node:
    return node[int(step)] if isinstance(node, list) and step.isdigit() and int(step) < len(node) else None


# -- shapes
def _record(source: str, **more: Node) -> dict[str, Node]:
    return {"eventSource": f"aws:{source}", "awsRegion": "us-east-1", "eventVersion": "1.0", **more}


def _http(*, second: bool) -> dict[str, Node]:
    headers = {"host": "api.example.com", "user-agent": "casemate", "content-type": "application/json"}
    if second:
        return {
            "version": "2.0", "routeKey": "ANY /", "rawPath": "/", "rawQueryString": Doc({}, "query"),
            "headers": headers, "cookies": [],
            "queryStringParameters": {}, "pathParameters": {}, "isBase64Encoded": False, "body": Doc({}),
            "requestContext": {"accountId": "123456789012", "apiId": "a", "stage": "$default", "requestId": "1",
                               "domainName": "api.example.com", "timeEpoch": 1767225600000, "routeKey": "ANY /",
                               "http": {"method": "POST", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1",
                                        "userAgent": "casemate"},
                               "authorizer": {"jwt": {"claims": {"sub": "1"}, "scopes": []}, "lambda": {}}},
            "stageVariables": {},
        }  # fmt: skip
    return {
        "resource": "/", "path": "/", "httpMethod": "POST", "headers": headers, "queryStringParameters": {},
        "multiValueHeaders": {}, "multiValueQueryStringParameters": {}, "pathParameters": {}, "stageVariables": {},
        "requestContext": {"accountId": "123456789012", "apiId": "a", "stage": "prod", "requestId": "1", "path": "/",
                           "resourcePath": "/", "httpMethod": "POST", "identity": {"sourceIp": "192.0.2.1"},
                           "authorizer": {"claims": {"sub": "1"}, "principalId": "1"}, "connectionId": "c"},
        "body": Doc({}), "isBase64Encoded": False,
    }  # fmt: skip


_SNS = {"Type": "Notification", "MessageId": "1", "TopicArn": ARN.format("sns", "t"), "Subject": "s", "Timestamp": WHEN,
        "MessageAttributes": {}, "Message": Doc("m")}  # fmt: skip
_EVENTS: dict[str, Node] = {
    "queue": {"Records": [_record("sqs", messageId="1", receiptHandle="1", body=Doc("m"), attributes={},
                                  messageAttributes={}, eventSourceARN=ARN.format("sqs", "q"))]},
    "topic": {"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": _SNS,
                           "EventSubscriptionArn": ARN.format("sns", "t:1")}]},
    "bucket": {"Records": [_record("s3", eventName="ObjectCreated:Put", eventTime=WHEN, s3={
        "s3SchemaVersion": "1.0", "bucket": {"name": "bucket", "arn": "arn:aws:s3:::bucket"},
        "object": {"key": Doc("key", "url"), "size": 1, "eTag": "e", "sequencer": "0"}})]},
    "table": {"Records": [_record("dynamodb", eventID="1", eventName="INSERT", dynamodb={
        "Keys": {}, "NewImage": {}, "OldImage": {}, "SequenceNumber": "1", "StreamViewType": "NEW_AND_OLD_IMAGES"},
        eventSourceARN=ARN.format("dynamodb", "table/t/stream/1"))]},
    "stream": {"Records": [_record("kinesis", eventID="shardId-0:1", eventName="aws:kinesis:record", kinesis={
        "partitionKey": "p", "sequenceNumber": "1", "data": Doc("d", "base64")},
        eventSourceARN=ARN.format("kinesis", "stream/s"))]},
    "mail": {"Records": [_record("ses", ses={"mail": {"source": "a@example.com", "messageId": "1", "destination": [],
                                                      "commonHeaders": {"subject": "s", "from": ["a@example.com"]},
                                                      "headers": []}, "receipt": {"recipients": []}})]},
    "bus": {"version": "0", "id": "1", "detail-type": "d", "source": "s", "account": "123456789012", "time": WHEN,
            "region": "us-east-1", "resources": [], "detail": {}},
    "user-pool": {"version": "1", "triggerSource": "PreSignUp_SignUp", "region": "us-east-1",
    "userPoolId": "us-east-1_a",
                  "userName": "u", "callerContext": {"clientId": "c"}, "response": {},
                  "request": {"userAttributes": {}, "clientMetadata": {}, "validationData": {}}},
    "graphql": {"arguments": {}, "identity": {"sub": "1", "claims": {}}, "source": {}, "request": {"headers": {}},
                "info": {"fieldName": "f", "parentTypeName": "Query", "variables": {}}, "stash": {}, "prev": None},
    "kafka": {"eventSource": "aws:kafka", "records": {"t-0": [{"topic": "t", "partition": 0, "offset": 0, "headers": [],
                                                              "key": Doc("k", "base64"), "value": Doc("v",
                                                              "base64")}]}},
    "iot": {},
    "schedule": {"version": "0", "id": "1", "detail-type": "Scheduled Event", "source": "aws.events", "time": WHEN,
                 "account": "123456789012", "region": "us-east-1", "resources": [], "detail": {}},
    "alexa": {"version": "1.0", "session": {}, "request": {"type": "IntentRequest", "intent": {"name": "i",
    "slots": {}}}},
    "document-store": {"events": []},
}  # fmt: skip
_RECORDS = ("queue", "topic", "bucket", "table", "stream", "mail")


def event_for(kinds: Iterable[str], hints: Iterable[Path] = (), *, second: bool = False) -> dict[str, Node]:
    """An event of the trigger that the paths belong to. `kinds`: what starts the function; none: by the paths alone.

    `second`: payload format 2.0 of HTTP events.
    """
    wanted = list(kinds)
    paths = [path[1:] for path in hints if path[:1] == ("event",)]
    for path in paths:
        kind = _kind_of(path)
        if kind is not None and (not wanted or kind in wanted or (kind == "http" and "http" in wanted)):
            return _http(second=second) if kind == "http" else deepcopy(_EVENTS[kind])
    for kind in wanted:
        if kind == "http":
            return _http(second=second)
        if kind in _EVENTS:
            return deepcopy(_EVENTS[kind])
    first = paths[0][0] if paths and paths[0] else ""
    return _http(second=second) if first in _http(second=second) or first in _http(second=not second) else {}


def _kind_of(path: Path) -> str | None:
    """The trigger whose event has this path."""
    if path[:1] == ("Records",):
        return next((kind for kind in _RECORDS if path[2:3] and path[2] in _EVENTS[kind]["Records"][0]), None)
    first = path[0] if path else ""
    if first in {"body", "queryStringParameters", "pathParameters", "headers", "rawPath", "path", "rawQueryString",
                 "multiValueQueryStringParameters", "multiValueHeaders", "cookies", "requestContext"}:  # fmt: skip
        return "http"
    names = {
        "detail": "bus",
        "arguments": "graphql",
        "request": "user-pool",
        "userName": "user-pool",
        "records": "kafka",
    }
    return names.get(first)
