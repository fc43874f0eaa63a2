"""Requests of Starlette: what functions-framework gives to asynchronous functions.

The body is read before the handler is called, and kept by the request.
"""

from __future__ import annotations

from casemate_guard.adapters import Door


class Waiting(Door):
    """A door whose body is still to come: `opened` waits for it."""

    __slots__ = ("request",)

    def __init__(self, place: int | str, request: object) -> None:
        super().__init__(None, "http", place, _refuse)
        self.request = request

    async def opened(self) -> None:
        from base64 import b64encode

        request = self.request
        body = await request.body()  # type: ignore[attr-defined]  # a request of Starlette
        scope = request.scope  # type: ignore[attr-defined]
        self.event = {**event_of(scope), "body": b64encode(body).decode(), "isBase64Encoded": True}


def door(place: int | str, value: object) -> Door | None:
    """The call by its request."""
    if hasattr(value, "scope") and hasattr(value, "body"):
        return Waiting(place, value)
    return None


def event_of(scope: dict[str, object]) -> dict[str, object]:
    """The request of an ASGI scope, without its body. Source: ASGI specification, "HTTP Connection Scope"."""
    raw, query, headers = scope.get("raw_path"), scope.get("query_string"), scope.get("headers")
    named: dict[str, list[str]] = {}
    for name, value in headers if isinstance(headers, list | tuple) else ():
        named.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
    return {
        "method": scope.get("method"),
        "path": raw.decode("latin-1") if isinstance(raw, bytes) else scope.get("path"),
        "rawQueryString": query.decode("latin-1") if isinstance(query, bytes) else "",
        "headers": named,
    }


def _refuse(status: int, text: str) -> object:
    from starlette.responses import PlainTextResponse

    return PlainTextResponse(text, status_code=status, headers={"cache-control": "no-store"})
