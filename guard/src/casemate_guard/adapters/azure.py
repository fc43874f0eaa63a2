"""Azure Functions for Python, both programming models: the worker calls with one object for each binding, by name.

Source: the `azure-functions` package's abstract classes. Blobs are streams: their name is looked at, their content is
the handler's to read. `@guard()` stands under the decorators of the second model.
"""

from __future__ import annotations

from casemate_guard.adapters import Door

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_MESSAGES = {
    "QueueMessage": "azure-queue",
    "ServiceBusMessage": "azure-service-bus",
    "EventHubEvent": "azure-event-hub",
    "KafkaEvent": "kafka",
    "EventGridEvent": "azure-event-grid",
    "Document": "azure-cosmos-db",
    "TimerRequest": "azure-timer",
    "InputStream": "azure-blob",
}
_ATTRIBUTES = (
    *("id", "message_id", "subject", "topic", "event_type", "content_type", "correlation_id", "partition_key", "label"),
    *(
        "application_properties",
        "user_properties",
        "session_id",
        "reply_to",
        "name",
        "uri",
        "past_due",
        "key",
        "headers",
    ),
)


def door(place: int | str, value: object) -> Door | None:
    """The call by its trigger's object; None for objects that are no trigger (a context, an output binding)."""
    if any(kind.__name__ == "DocumentList" for kind in type(value).__mro__):
        value = list(value)  # type: ignore[call-overload]  # a list that is no `list`
    if isinstance(value, list):
        kinds = [_kind(one) for one in value]
        if not kinds or None in kinds:
            return None
        return Door([_message(one) for one in value], kinds[0], place, None, list(value))
    kind = _kind(value)
    if kind is not None:
        return Door(_message(value), kind, place)
    if hasattr(value, "route_params") and hasattr(value, "get_body"):
        return Door(_request(value), "azure-http", place, _refuse)
    return None


def _kind(value: object) -> str | None:
    return next((_MESSAGES[kind.__name__] for kind in type(value).__mro__ if kind.__name__ in _MESSAGES), None)


def _call(value: object, name: str) -> object:
    method: Callable[[], object] | None = getattr(value, name, None)
    return method() if method is not None else None


def _message(value: object) -> dict[str, object]:
    kind = _kind(value)
    found: dict[str, object] = {}
    for name in _ATTRIBUTES:
        one = getattr(value, name, None)
        if one is not None:
            found[name] = (
                dict(one) if hasattr(one, "items") else one if isinstance(one, str | bool | bytes) else str(one)
            )
    if kind == "azure-cosmos-db":
        found.update(value)  # type: ignore[call-overload]  # a mapping
    elif kind == "azure-event-grid":
        found["data"] = _call(value, "get_json")
    elif kind not in {"azure-blob", "azure-timer"}:
        found["body"] = _call(value, "get_body")
    return found


def _request(value: object) -> dict[str, object]:
    from base64 import b64encode

    body = _call(value, "get_body")
    return {
        "method": getattr(value, "method", ""),
        "url": getattr(value, "url", ""),
        "headers": dict(getattr(value, "headers", {})),
        "query": dict(getattr(value, "params", {})),
        "params": dict(getattr(value, "route_params", {})),
        "body": b64encode(body).decode() if isinstance(body, bytes) else body,
        "isBase64Encoded": isinstance(body, bytes),
    }


def _refuse(status: int, text: str) -> object:
    from azure.functions import HttpResponse

    return HttpResponse(text, status_code=status, mimetype="text/plain", headers={"cache-control": "no-store"})
