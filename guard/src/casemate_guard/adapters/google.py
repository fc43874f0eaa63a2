"""Google's functions-framework: Flask requests and CloudEvents; background functions get plain values.

`@guard()` stands under `@functions_framework.http` and `.cloud_event`. Sources: the functions-framework's reference;
Flask's "Incoming Request Data" (`get_data` keeps what it has read); the CloudEvents SDK, which has kept its attributes
in two places over time.
"""

from __future__ import annotations

from casemate_guard.adapters import Door


def door(place: int | str, value: object) -> Door | None:
    """The call by its first argument."""
    if hasattr(value, "get_data") and hasattr(value, "headers"):
        return Door(_request(value), "http", place, lambda status, text: (text, status))
    attributes = value.get_attributes() if hasattr(value, "get_attributes") else getattr(value, "_attributes", None)
    if attributes is None:
        return None
    data = value.get_data() if hasattr(value, "get_data") else getattr(value, "data", None)
    event = {name: one if isinstance(one, str) else str(one) for name, one in dict(attributes).items()}
    trigger = "google-cloudevent" if event.get("type", "").startswith("google.") else "cloudevent"
    return Door({**event, "data": data}, trigger, place)


def _request(value: object) -> dict[str, object]:
    from base64 import b64encode

    body = value.get_data(cache=True)  # type: ignore[attr-defined]  # a Flask request
    path = getattr(value, "path", "")
    query = getattr(value, "query_string", b"")
    headers: dict[str, list[str]] = {}
    for name, one in value.headers.items():  # type: ignore[attr-defined]  # as above
        headers.setdefault(name, []).append(one)
    return {
        "method": getattr(value, "method", ""),
        "path": path,
        "rawQueryString": query.decode("latin-1") if isinstance(query, bytes) else str(query),
        "headers": headers,
        "body": b64encode(body).decode(),
        "isBase64Encoded": True,
    }
