"""ASGI middleware: `app = GuardMiddleware(app)`. Requests are decided before the application sees them.

Source: ASGI specification 3.0, "HTTP & WebSocket". The body is held until it is whole, up to the budget `size`; beyond
it the caller gets 413. Messages of WebSockets are decided one by one; a hostile one closes the connection (1008).
Bodies of responses pass as they come, so their size is not limited here.
"""

from __future__ import annotations

from casemate_guard.adapters.starlette import event_of
from casemate_guard.handler import TEXTS, guard_for, status_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from casemate_guard.handler import Guard

    Message = dict[str, object]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    Scope = dict[str, object]
    App = Callable[[Scope, Receive, Send], Awaitable[None]]

_POLICY_VIOLATION = 1008
_TOO_LARGE = 413


class GuardMiddleware:
    """An application under guard, by a `Guard`, or settings of one; without any, by the policy beside `app`."""

    def __init__(self, app: App, guard: Guard | None = None, **settings: object) -> None:
        self.app = app
        self.guard = guard or guard_for(app, settings)
        self.guard.start()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection."""
        kind = scope.get("type")
        if self.guard.mode == "off" or kind not in {"http", "websocket"}:
            await self.app(scope, receive, send)
        elif kind == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._http(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        from base64 import b64encode

        parts: list[bytes] = []
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            part = message.get("body")
            if isinstance(part, bytes):
                size += len(part)
                parts.append(part)
            if size > self.guard.largest_body:
                await _answer(send, _TOO_LARGE, "Content Too Large")
                return
            more = bool(message.get("more_body"))
        body = b"".join(parts)
        event = {**event_of(scope), "body": b64encode(body).decode(), "isBase64Encoded": True}
        decision = self.guard.decide(event, trigger="http")
        self.guard.finish()
        if decision is not None:
            status = status_of(decision)
            await _answer(send, status, TEXTS[status])
            return
        pending = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return pending.pop() if pending else await receive()

        await self.app(scope, replay, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.guard.decide(event_of(scope), trigger="http") is not None:
            self.guard.finish()
            await receive()
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
            return

        async def checked() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive":
                text = message.get("text")
                refused = self.guard.decide(
                    {"body": message.get("bytes") if text is None else text}, trigger="websocket"
                )
                self.guard.finish()
                if refused is not None:
                    await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
                    return {"type": "websocket.disconnect", "code": _POLICY_VIOLATION}
            return message

        await self.app(scope, checked, send)


async def _answer(send: Send, status: int, text: str) -> None:
    headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})
