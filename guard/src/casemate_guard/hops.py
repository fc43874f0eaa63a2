"""How often a message has gone through guarded functions, so that a loop ends.

Triggers that can carry the count: SQS and SNS messages (a message attribute, also of SNS in SQS), HTTP requests (a
header), direct calls of Lambda (`custom` of the client context), Service Bus messages (an application property) and
Pub/Sub messages (an attribute). Nothing of ours travels with S3, Kinesis, DynamoDB streams, EventBridge, schedules,
logs and mail. With boto3 the guard writes the count into messages and calls itself; over HTTP the client has to.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import MutableMapping

NAME = "casemate-hops"
_MOST_ATTRIBUTES = 10
"""What SQS accepts ("Amazon SQS message attributes"); the user's own come first."""
_CALLS = ("sqs.SendMessage", "sqs.SendMessageBatch", "sns.Publish", "sns.PublishBatch", "lambda.Invoke")

_current = 0


def set_current(hops: int) -> None:
    """What is sent from now on carries one more than `hops`."""
    global _current  # noqa: PLW0603 - one invocation at a time is what a process of a function has
    _current = hops


def hops_of(trigger: str, value: object, context: object = None) -> int:
    """The count that a record, or an event that is no batch, carries; 0 where it carries none."""
    if trigger in {"sqs", "sns-in-sqs"}:
        found = _in(value, "messageAttributes", NAME, "stringValue")
        if found is None and trigger == "sns-in-sqs":
            found = _in(_json(_in(value, "body")), "MessageAttributes", NAME, "Value")
    elif trigger == "sns":
        found = _in(value, "Sns", "MessageAttributes", NAME, "Value")
    elif trigger == "azure-service-bus":
        found = _in(value, "application_properties", NAME)
    elif trigger in {"google-pubsub-push", "google-cloudevent", "google-event"}:
        inner = value if trigger == "google-pubsub-push" else _in(value, "data")
        found = _in(inner, "message", "attributes", NAME) or _in(inner, "attributes", NAME)
    elif trigger == "direct":
        custom = getattr(getattr(context, "client_context", None), "custom", None)
        found = _in(custom, NAME)
    else:
        headers = _in(value, "headers")
        found = None
        for name, one in headers.items() if isinstance(headers, dict) else ():
            if str(name).lower() == NAME:
                found = one[-1] if isinstance(one, list) and one else one
    text = str(found)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _in(value: object, *names: str) -> object:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _json(text: object) -> object:
    from json import loads

    try:
        return loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None


def listen(session: object) -> None:
    """Count what a session or a client of botocore sends."""
    for call in _CALLS:
        session.register(  # type: ignore[attr-defined]  # a session of botocore or the emitter of a client
            f"before-parameter-build.{call}", _counted, unique_id=f"casemate-hops-{call}"
        )


def _counted(params: MutableMapping[str, object] | None = None, event_name: str = "", **_rest: object) -> None:
    if params is None:
        return
    count = str(_current + 1)
    if event_name.endswith("lambda.Invoke"):
        _in_client_context(params, count)
        return
    entries = params.get("Entries") or params.get("PublishBatchRequestEntries")
    for message in entries if isinstance(entries, list) else [params]:
        if isinstance(message, dict):
            attributes = message.get("MessageAttributes") or {}
            if isinstance(attributes, dict) and len(attributes) < _MOST_ATTRIBUTES:
                mine = {NAME: {"DataType": "Number", "StringValue": count}}
                message["MessageAttributes"] = {**attributes, **mine}


def _in_client_context(params: MutableMapping[str, object], count: str) -> None:
    from base64 import b64decode, b64encode
    from json import dumps

    given = params.get("ClientContext")
    known = _json(b64decode(given).decode("utf-8", "replace")) if isinstance(given, str | bytes) and given else {}
    if isinstance(known, dict):
        custom = known.get("custom")
        known = {**known, "custom": {**(custom if isinstance(custom, dict) else {}), NAME: count}}
        params["ClientContext"] = b64encode(dumps(known).encode()).decode()
