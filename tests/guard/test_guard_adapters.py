"""Azure Functions (both models), functions-framework (sync and async) and ASGI, with the SDKs' own objects."""

from __future__ import annotations

import asyncio
import base64
import inspect
import json
import os
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.guard.guard_events import MARK

from casemate_guard import guard
from casemate_guard.adapters.asgi import GuardMiddleware
from casemate_guard.batch import Quarantined, RejectedError
from casemate_guard.decision import Hit
from casemate_guard.events.leaves import Leaf

ATTACK = "1' UNION SELECT password FROM users--"


@pytest.fixture(autouse=True)
def _environment() -> Iterator[None]:
    """functions-framework writes what it runs into the environment."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


def hostile(leaves: list[Leaf]) -> list[Hit]:
    return [Hit(leaf, "mark") for leaf in leaves if MARK in (leaf.value, *leaf.views.values())]


# --- Azure Functions
def test_azure_http_in_both_models() -> None:
    azure = pytest.importorskip("azure.functions")
    app = azure.FunctionApp()

    @app.route(route="orders/{id}")  # type: ignore[untyped-decorator, unused-ignore]  # where the SDK is not installed
    @guard(inspect=hostile)
    def second(req: object) -> object:
        return azure.HttpResponse("fine", status_code=201)

    @guard(inspect=hostile)
    async def first(req: object, context: object) -> object:
        return azure.HttpResponse("fine", status_code=201)

    (indexed,) = app.get_functions()
    assert list(inspect.signature(indexed.get_user_function()).parameters) == ["req"]

    def request(text: str, body: bytes = b"") -> object:
        return azure.HttpRequest(
            method="POST",
            url="https://shop.azurewebsites.net/api/orders/1",
            headers={"content-type": "application/json"},
            params={"q": text},
            route_params={"id": "1"},
            body=body,
        )

    def old(one: object) -> object:
        return asyncio.run(first(req=one, context=None))  # type: ignore[arg-type]

    calls: list[Callable[[object], Any]] = [indexed.get_user_function(), old]
    for call in calls:
        assert call(request("fine")).status_code == 201
        for bad in (request(MARK), request("fine", json.dumps({"a": [MARK]}).encode())):
            refused = call(bad)
            assert (refused.status_code, refused.get_body()) == (403, b"Forbidden")
        assert call(request("fine", b"[" * 90 + b"]" * 90)).status_code == 400


def test_azure_batches_lose_what_is_hostile() -> None:
    azure = pytest.importorskip("azure.functions")
    events = [azure.EventHubEvent(body=text.encode()) for text in ("a", MARK, "b")]
    kept: list[Quarantined] = []
    seen: list[bytes] = []

    @guard(inspect=hostile, sink=kept.append)
    def many(events: list[object]) -> None:
        seen.extend(event.get_body() for event in events)  # type: ignore[attr-defined]

    many(events=events)
    assert seen == [b"a", b"b"]
    assert [one.trigger for one in kept] == ["azure-event-hub"]
    with pytest.raises(RejectedError):
        guard(inspect=hostile)(lambda events: events)(events=events)


def test_azure_messages_and_documents() -> None:
    azure = pytest.importorskip("azure.functions")
    seen: list[object] = []
    protect = guard(inspect=hostile)
    protect(lambda msg: seen.append(msg.get_body()))(msg=azure.QueueMessage(id="1", body=b"fine"))
    assert seen == [b"fine"]
    with pytest.raises(RejectedError):
        protect(lambda msg: msg)(msg=azure.QueueMessage(id="1", body=MARK.encode()))
    documents = azure.DocumentList([azure.Document.from_dict({"id": "1", "text": MARK})])
    with pytest.raises(RejectedError):
        protect(lambda documents: documents)(documents=documents)
    grid = azure.EventGridEvent(
        id="1", data={"a": MARK}, topic="t", subject="s", event_type="x", event_time=None, data_version="1"
    )
    with pytest.raises(RejectedError):
        protect(lambda event: event)(event=grid)


# --- functions-framework
SOURCE = """
import functions_framework
from casemate_guard import guard
seen = []

@functions_framework.http
@guard()
def web(request):
    return "fine", 201

@functions_framework.cloud_event
@guard()
def event(cloud_event):
    seen.append(cloud_event["id"])

@guard()
def background(data, context):
    seen.append(data)
"""


def client(tmp_path: Path, name: str, kind: str) -> object:
    framework = pytest.importorskip("functions_framework")
    source = tmp_path / "main.py"
    source.write_text(SOURCE, encoding="utf-8")
    return framework.create_app(name, str(source), kind).test_client()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_google_http(tmp_path: Path) -> None:
    web = client(tmp_path, "web", "http")
    assert web.get("/?q=fine").status_code == 201  # type: ignore[attr-defined]
    refused = web.get("/", query_string={"q": ATTACK})  # type: ignore[attr-defined]
    assert (refused.status_code, refused.data) == (403, b"Forbidden")
    for body in ({"json": {"a": {"b": ATTACK}}}, {"data": {"field": ATTACK}}):
        assert web.post("/", **body).status_code == 403  # type: ignore[attr-defined]
    assert web.post("/", json={"a": "fine"}).status_code == 201  # type: ignore[attr-defined]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_google_events(tmp_path: Path) -> None:
    event = client(tmp_path, "event", "cloudevent")
    headers = {
        "ce-id": "1",
        "ce-source": "//pubsub.googleapis.com/x",
        "ce-type": "google.cloud.pubsub.topic.v1.messagePublished",
        "ce-specversion": "1.0",
        "content-type": "application/json",
    }

    def publish(text: str) -> int:
        data = base64.b64encode(json.dumps({"q": text}).encode()).decode()
        found = event.post("/", headers=headers, json={"message": {"data": data}})  # type: ignore[attr-defined]
        return int(found.status_code)

    assert publish("fine") == 200
    assert publish(ATTACK) == 500  # so that it comes again, and goes to the dead letters in the end


def test_google_asynchronous() -> None:
    pytest.importorskip("functions_framework")
    requests = pytest.importorskip("starlette.requests")

    @guard()
    async def web(request: object) -> object:
        return (await request.body()).decode()  # type: ignore[attr-defined]

    def call(body: bytes) -> object:
        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": body, "more_body": False}

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/",
            "query_string": b"",
            "headers": [(b"content-type", b"application/json")],
        }
        return asyncio.run(web(requests.Request(scope, receive)))  # type: ignore[arg-type]

    assert call(b'{"a": "fine"}') == '{"a": "fine"}'
    assert call(json.dumps({"a": ATTACK}).encode()).status_code == 403  # type: ignore[attr-defined]


# --- ASGI
Message = dict[str, object]


async def echo(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] != "websocket.disconnect":
            await send({"type": "websocket.send", "text": message["text"]})
        return
    body = b""
    while True:
        message = await receive()
        part = message["body"]
        assert isinstance(part, bytes)
        body += part
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


def asgi(messages: list[Message], scope: Message, **settings: object) -> list[Message]:
    sent: list[Message] = []
    pending = list(messages)

    async def receive() -> Message:
        return pending.pop(0) if pending else {"type": "websocket.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(GuardMiddleware(echo, **settings)(scope, receive, send))  # type: ignore[arg-type]
    return sent


def parts(*bodies: bytes) -> list[Message]:
    return [
        {"type": "http.request", "body": body, "more_body": number < len(bodies) - 1}
        for number, body in enumerate(bodies)
    ]


SCOPE: Message = {"type": "http", "method": "POST", "path": "/x", "raw_path": b"/x", "query_string": b"", "headers": []}


def test_asgi_requests() -> None:
    text = json.dumps({"a": MARK}).encode()
    assert asgi(parts(b'{"a": ', b"1}"), SCOPE, inspect=hostile)[1]["body"] == b'{"a": 1}'
    refused = asgi(parts(text[:9], text[9:]), SCOPE, inspect=hostile)
    assert (refused[0]["status"], refused[1]["body"]) == (403, b"Forbidden")
    assert len(refused) == 2
    query = {**SCOPE, "query_string": b"q=%3Cscript%3Ealert(1)%3C/script%3E"}
    assert asgi(parts(b""), query, inspect=hostile)[0]["status"] == 403
    assert asgi(parts(text), SCOPE, inspect=hostile, mode="observe")[0]["status"] == 200
    form = {**SCOPE, "headers": [(b"content-type", b"application/x-www-form-urlencoded")]}
    assert asgi(parts(b"q=%3Cscript%3Ealert(1)%3C/script%3E"), form, inspect=hostile)[0]["status"] == 403


def test_an_application_reads_the_policy_of_the_present_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Application:
        async def __call__(self, scope: Message, receive: object, send: object) -> None: ...

    monkeypatch.chdir(tmp_path)
    (tmp_path / "guard-policy.json").write_text(
        json.dumps({"schema": "casemate-guard-policy/1", "mode": "observe", "redaction": None}), encoding="utf-8"
    )
    assert GuardMiddleware(Application()).guard.mode == "observe"


def test_asgi_does_not_hold_more_than_the_budget() -> None:
    from casemate_guard.events.budgets import Budgets

    sent = asgi(parts(b"x" * 600, b"x" * 600, b"x"), SCOPE, inspect=hostile, budgets=Budgets(size=1000))
    assert sent[0]["status"] == 413


def test_asgi_websockets() -> None:
    scope: Message = {"type": "websocket", "path": "/", "query_string": b"", "headers": []}
    messages: list[Message] = [
        {"type": "websocket.connect"},
        {"type": "websocket.receive", "text": "fine"},
        {"type": "websocket.receive", "text": MARK},
    ]
    sent = asgi(messages, scope, inspect=hostile)
    assert [one["type"] for one in sent] == ["websocket.accept", "websocket.send", "websocket.close"]
    assert sent[-1]["code"] == 1008
