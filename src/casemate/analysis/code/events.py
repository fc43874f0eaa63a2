"""What an attacker chooses in the input of a function, by what starts it.

Sources: Lambda developer guide, the event of each service ("Using AWS Lambda with …"); API Gateway developer guide,
"Lambda proxy
integrations" (1.0 and 2.0), "WebSocket APIs"; AppSync developer guide, "Resolver context"; Cognito developer guide,
"User pool
Lambda triggers"; Step Functions developer guide. Bucket names, account ids, ids and times of messages are the
system's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.values import Shape

if TYPE_CHECKING:
    from collections.abc import Iterable

OWN = Shape()
"""The system's own: nobody outside chooses it."""

EVENT_BUCKET = "event.bucket"
"""The name of the bucket that an event is about."""
EVENT_SECRET, EVENT_POOL = "event.secret", "event.user-pool"
"""The secret that is to be rotated, the user pool that asks."""


def _any(what: str, kind: str = "request") -> Shape:
    """A map whose every value is the attacker's."""
    return Shape(what, {"*": Shape(what, kind=kind, sort="str")}, kind=kind)


def _text(what: str, kind: str = "request") -> Shape:
    return Shape(what, kind=kind, sort="str")


def _open(what: str, kind: str = "request") -> Shape:
    """A document of the attacker's."""
    return Shape(what, kind=kind)


_PROFILE = ("name", "email", "nickname", "preferred_username", "given_name", "family_name", "middle_name", "profile",
"picture", "website",
            "phone_number", "address", "locale", "zoneinfo", "birthdate", "gender", "custom:*")  # fmt: skip
_CLAIM = _text("a claim of the caller that they can edit", "profile")
CLAIMS = Shape(None, {**dict.fromkeys(_PROFILE, _CLAIM), "*": Shape("who the caller is", kind="identity", sort="str")})
_AUTHORIZER = Shape(None, {"claims": CLAIMS, "jwt": Shape(None, {"claims": CLAIMS, "scopes": OWN}),
                           "*": Shape("what the authoriser says", kind="identity")})  # fmt: skip
_HEADERS = _any("a header of the HTTP request")
_BODY = _text("the body of the HTTP request")
_QUERY = _any("the query string of the HTTP request")
_PATH = _text("the path of the HTTP request")
_IDENTITY = Shape(None, {"userAgent": _text("a header of the HTTP request"), "*": OWN})
_CONTEXT = Shape(None, {
    "authorizer": _AUTHORIZER, "identity": _IDENTITY, "path": _PATH,
    "http": Shape(None, {"path": _PATH, "userAgent": _text("a header of the HTTP request"), "*": OWN}), "*": OWN,
})  # fmt: skip

HTTP = Shape(None, {
    "body": _BODY, "headers": _HEADERS, "multiValueHeaders": Shape("a header of the HTTP request",
    {"*": Shape(element=_text("a header of the HTTP request"))}),
    "queryStringParameters": _QUERY, "multiValueQueryStringParameters": Shape(
        "the query string of the HTTP request", {"*": Shape(element=_text("the query string of the HTTP request"))}),
    "rawQueryString": _text("the query string of the HTTP request"),
    "pathParameters": _any("the path of the HTTP request"), "path": _PATH, "rawPath": _PATH,
    "query": _QUERY,  # of a mapping template, as the Serverless Framework writes it
    "cookies": Shape(element=_text("a cookie of the HTTP request")), "requestContext": _CONTEXT, "stageVariables": OWN,
    "httpMethod": OWN, "isBase64Encoded": OWN, "routeKey": OWN, "version": OWN, "resource": OWN,
})  # fmt: skip
_MESSAGE = "a message of the queue"
_NOTIFICATION = Shape(None, {"Message": _text("a message of the topic"), "Subject": _text("a message of the topic"),
                             "MessageAttributes": _open("a message of the topic"), "*": OWN})  # fmt: skip
_S3 = Shape(None, {
    "bucket": Shape(None, {"name": Shape(sort="str", path=EVENT_BUCKET), "*": OWN}),
    "object": Shape(None, {"key": _text("the key of an object in the bucket"), "*": OWN}), "*": OWN,
})  # fmt: skip
_ITEM = _open("an item of the table")
_DYNAMO = Shape(None, {"NewImage": _ITEM, "OldImage": _ITEM, "Keys": _ITEM, "*": OWN})
_KINESIS = Shape(
    None, {"data": _text("a record of the stream"), "partitionKey": _text("a record of the stream"), "*": OWN}
)
_SES = Shape(None, {"mail": _open("a mail"), "receipt": OWN, "*": OWN})

RECORDS = {
    "queue": {"body": _text(_MESSAGE), "messageAttributes": _open(_MESSAGE)},
    "topic": {"Sns": _NOTIFICATION},
    "bucket": {"s3": _S3},
    "table": {"dynamodb": _DYNAMO},
    "stream": {"kinesis": _KINESIS},
    "mail": {"ses": _SES},
}
_DETAIL = {
    "detail": _open("the detail of the event"),
    "detail-type": OWN,
    "source": OWN,
    "account": OWN,
    "region": OWN,
    "time": OWN,
    "resources": OWN,
    "id": OWN,
}
_POOL = Shape(None, {
    "userAttributes": _any("an attribute of the user"), "clientMetadata": _any("metadata of the client"),
    "validationData": _any("metadata of the client"),
    "challengeAnswer": _text("the answer of the user"), "password": _text("the password of the user"), "*": OWN,
})  # fmt: skip
_TOP: dict[str, dict[str, Shape]] = {
    "http": dict(HTTP.children),
    "bus": dict(_DETAIL),
    "schedule": {"*": OWN},
    "timer": {"*": OWN},
    "user-pool": {"userPoolId": Shape(sort="str", path=EVENT_POOL), "request": _POOL,
                  "userName": _text("the name of the user"), "response": OWN, "*": OWN},
    "kafka": {"records": Shape(None, {"*": Shape(element=Shape(None, {"value": _text("a record of the topic"),
    "key": _text("a record of the topic"),
                                                                     "headers": _open("a record of the topic"),
                                                                     "*": OWN}))})},
    "message-broker": {"messages": Shape(element=Shape(None, {"data": _text(_MESSAGE), "*": OWN})),
    "rmqMessagesByQueue": _open(_MESSAGE)},
    "iot": {"*": _open("a message of a device")},
    "logs": {"awslogs": Shape(None, {"data": _text("a log")})},
    "custom-resource": {"ResourceProperties": OWN, "*": OWN},
    "graphql": {"arguments": _open("an argument of the query"), "args": _open("an argument of the query"),
    "identity": Shape(None, {"claims": CLAIMS, "*": Shape("who the caller is", kind="identity")}),
                "request": Shape(None, {"headers": _HEADERS, "*": OWN}),
                "source": _open("the parent object of the query"), "info": OWN, "stash": OWN, "*": OWN},
    "alexa": {"request": _open("what the user said"), "session": _open("what the user said"), "*": OWN},
    "config": {"*": OWN},
    "pipeline": {"*": OWN},
    "alarm": {"*": OWN},
    "document-store": {"events": _open("a change of a document")},
}  # fmt: skip

_CUSTOM_RESOURCE = ("ResponseURL", "RequestType", "StackId", "RequestId", "LogicalResourceId", "PhysicalResourceId",
"ResourceType",
                    "ResourceProperties", "OldResourceProperties", "ServiceToken",
                    "SecretId", "ClientRequestToken", "Step", "getObjectContext")  # fmt: skip
"""What CloudFormation sends to a custom resource, Secrets Manager to a rotation, S3 to an object lambda: their own."""
_ANYTHING = Shape("the event", kind="request")
_ROTATED = Shape(sort="str", path=EVENT_SECRET)


def shape_for(kinds: Iterable[str]) -> Shape:
    """The shape of the event for what may start the function; nothing known: whatever an invocation may hold."""
    wanted = list(dict.fromkeys(kinds))
    top: dict[str, Shape] = {}
    records: dict[str, Shape] = {}
    for kind in wanted:
        if kind in RECORDS:
            records.update(RECORDS[kind])
        elif kind in _TOP:
            top.update(_TOP[kind])
        else:
            top["*"] = _ANYTHING
            top.setdefault("SecretId", _ROTATED)
    if not wanted:
        for one in ("http", "bus"):
            top.update(_TOP[one])
        for fields in RECORDS.values():
            records.update(fields)
        top["*"] = _ANYTHING
        top["arguments"] = _TOP["graphql"]["arguments"]
        top.update(dict.fromkeys(_CUSTOM_RESOURCE, OWN))
        top["SecretId"] = _ROTATED
        del top["httpMethod"], top["source"], top["id"], top["version"], top["resource"], top["time"]
    if records:
        fields = {**records, "*": OWN}
        top.setdefault("Records", Shape(element=Shape(None, fields)))
    return Shape("the event" if "*" in top and top["*"] is _ANYTHING else None, top)
