"""A request handed to a web framework as its server would, and what it answers.

Sources: PEP 3333 (WSGI), the ASGI specification 3.0 ("HTTP connection scope"), and the documentation of Flask, Chalice,
Powertools, Django, aiohttp, Azure Functions and functions-framework.
"""
# ruff: noqa: ANN401 - values of others

from __future__ import annotations

import asyncio
import inspect
import io
from typing import Any
from urllib.parse import urlencode

from . import watching
from .web import ASGI, applications

MAX_BODY = 60_000


def call(module: Any, job: dict[str, Any], one: dict[str, Any], watch: Any) -> Any:
    """Hand a request over in the way of the entry's style; gives the response."""
    style, request = job["style"], one.get("request") or {}
    name = job["name"]
    if style == "cloud-event":
        return _value(_function(module, name)(_cloud_event(one["event"])))
    if style == "chalice-event":
        from .driver import Context

        return _value(_function(module, name)(watch.wrap(one["event"], ("event",)), Context()))
    if style == "request":
        return _functions_framework(_function(module, name), request)
    if style == "django":
        return _django(_view(module, name), request)
    if style == "aiohttp":
        return _aiohttp(_function(module, name), request)
    if style == "azure":
        return _azure(_function(module, name), request, one.get("event"))
    app = next(iter([*_whole(job)]), None)
    if app is None:
        raise LookupError("no application object that has the route")
    kind = type(app).__module__
    if kind.startswith(("chalice", "aws_lambda_powertools")):
        event = watch.wrap(_as_event(request), ("request",))
        from .driver import Context

        return _value(app(event, Context()) if callable(app) else app.resolve(event, Context()))
    if kind.startswith(ASGI):
        return asyncio.run(_asgi(app, request))
    return _wsgi(app, request)


def _whole(job: dict[str, Any]) -> list[Any]:
    return [app for app in applications(job) if _is_whole(app)]


def _is_whole(app: Any) -> bool:
    """Whether it is an application rather than a part of one."""
    if type(app).__name__ in {"Blueprint", "APIBlueprint", "APIRouter", "Router"}:
        return False
    return callable(app) or hasattr(app, "resolve")


def _function(module: Any, name: str) -> Any:
    function = module
    for part in name.split("."):
        function = getattr(function, part)
    for attribute in ("get_user_function",):
        inner = getattr(getattr(function, "_function", None), attribute, None)
        if inner is not None:
            return inner()
    return function


def _view(module: Any, name: str) -> Any:
    """A view of Django: a function, or the class that a method belongs to."""
    owner = _function(module, name.rpartition(".")[0]) if "." in name else None
    return owner.as_view() if owner is not None and hasattr(owner, "as_view") else _function(module, name)


def _value(value: Any) -> Any:
    if inspect.isawaitable(value):
        value = asyncio.run(_await(value))
    return {"kind": "value", "value": watching.rendered(value)}


async def _await(value: Any) -> Any:
    return await value


def _environ(request: dict[str, Any]) -> dict[str, Any]:
    body = _body(request)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request["method"], "SCRIPT_NAME": "", "PATH_INFO": request["path"].encode().decode("latin-1"),
        "QUERY_STRING": _query(request), "SERVER_NAME": "localhost", "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.version": (1, 0), "wsgi.url_scheme": "https", "REMOTE_ADDR": "192.0.2.1",
        "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO(), "wsgi.multithread": False,
        "wsgi.multiprocess": False, "wsgi.run_once": False, "CONTENT_LENGTH": str(len(body)),
    }  # fmt: skip
    for name, value in request["headers"]:
        key = name.upper().replace("-", "_")
        environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value.encode().decode("latin-1")
    return environ


def _query(request: dict[str, Any]) -> str:
    raw = request.get("raw_query")
    return raw if raw is not None else urlencode([tuple(one) for one in request["query"]])


def _body(request: dict[str, Any]) -> bytes:
    return str(request.get("body") or "").encode("utf-8", "surrogateescape")


def _wsgi(app: Any, request: dict[str, Any]) -> Any:
    if hasattr(app, "config") and isinstance(getattr(app, "config", None), dict):
        app.config["TRAP_BAD_REQUEST_ERRORS"] = True
        app.config["PROPAGATE_EXCEPTIONS"] = True
        app.config["SECRET_KEY"] = app.config.get("SECRET_KEY") or "casemate"
    if type(app).__module__.startswith("bottle"):
        app.catchall = False
    found: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], error: Any = None) -> Any:
        if error:
            raise error[1].with_traceback(error[2])
        found.update(status=int(status.split(maxsplit=1)[0]), headers=[list(one) for one in headers])

    parts = app(_environ(request), start)
    body = b"".join(parts)[:MAX_BODY]
    return {"kind": "http", **found, "body": body.decode("utf-8", "replace")}


async def _asgi(app: Any, request: dict[str, Any]) -> Any:
    headers = [(name.lower().encode(), value.encode("utf-8", "replace")) for name, value in request["headers"]]
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": request["method"],
             "scheme": "https", "path": request["path"], "raw_path": request["path"].encode(), "root_path": "",
             "query_string": _query(request).encode(), "headers": [(b"host", b"localhost"), *headers],
             "client": ("192.0.2.1", 1), "server": ("localhost", 443), "state": {}}  # fmt: skip
    found: dict[str, Any] = {"status": 0, "headers": []}
    parts: list[bytes] = []
    sent = False

    async def receive() -> dict[str, Any]:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": _body(request), "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            found["status"] = message["status"]
            found["headers"] = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in message["headers"]]
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await app(scope, receive, send)
    return {"kind": "http", **found, "body": b"".join(parts)[:MAX_BODY].decode("utf-8", "replace")}


def _as_event(request: dict[str, Any]) -> dict[str, Any]:
    """The request as API Gateway sends it (payload format 1.0)."""
    query = dict(request["query"])
    headers = dict(request["headers"])
    return {
        "resource": request.get("route") or request["path"], "path": request["path"], "httpMethod": request["method"],
        "headers": headers, "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} or None,
        "pathParameters": dict(request.get("parameters") or ()) or None, "stageVariables": None,
        "requestContext": {"resourcePath": request.get("route") or request["path"], "httpMethod": request["method"],
                           "path": request["path"], "stage": "prod", "identity": {"sourceIp": "192.0.2.1"},
                           "requestId": "1", "accountId": "123456789012", "apiId": "a"},
        "body": request.get("body") or None, "isBase64Encoded": False,
    }  # fmt: skip


def _functions_framework(function: Any, request: dict[str, Any]) -> Any:
    import flask  # type: ignore[import-not-found, unused-ignore]

    app = flask.Flask("casemate")
    app.secret_key = "casemate"  # noqa: S105 - signs nothing that leaves
    app.add_url_rule("/", "view", lambda **_: function(flask.request), methods=[request["method"]])
    app.add_url_rule("/<path:path>", "views", lambda **_: function(flask.request), methods=[request["method"]])
    return _wsgi(app, request)


def _cloud_event(event: Any) -> Any:
    class Event(dict):  # type: ignore[type-arg]
        """An event that is read by attribute or by key."""

        def __getattr__(self, name: str) -> Any:
            if name == "data":
                return self.get("data", self)
            try:
                return self[name]
            except KeyError:
                raise AttributeError(name) from None

    return Event(event)


def _django(function: Any, request: dict[str, Any]) -> Any:
    import django  # type: ignore[import-not-found, unused-ignore]
    from django.conf import settings  # type: ignore[import-not-found, unused-ignore]

    if not settings.configured:
        settings.configure(SECRET_KEY="casemate", ALLOWED_HOSTS=["*"], USE_TZ=True,  # noqa: S106
                           DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
                           TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}])  # fmt: skip
        django.setup()
    from django.core.handlers.wsgi import WSGIRequest  # type: ignore[import-not-found, unused-ignore]

    response = function(WSGIRequest(_environ(request)), **dict(request.get("parameters") or ()))
    headers = [[name, value] for name, value in response.items()]
    return {"kind": "http", "status": response.status_code, "headers": headers,
            "body": response.content[:MAX_BODY].decode("utf-8", "replace")}  # fmt: skip


def _aiohttp(function: Any, request: dict[str, Any]) -> Any:
    async def run() -> Any:
        from aiohttp import test_utils  # type: ignore[import-not-found, unused-ignore]

        path = request["path"] + (f"?{_query(request)}" if request["query"] else "")
        made = test_utils.make_mocked_request(request["method"], path, headers=dict(request["headers"]),
                                              match_info=dict(request.get("parameters") or ()))  # fmt: skip
        made._read_bytes = _body(request)  # noqa: SLF001 - a request whose body has arrived
        response = await function(made)
        return {"kind": "http", "status": response.status, "headers": [[*one] for one in response.headers.items()],
                "body": (response.body or b"")[:MAX_BODY].decode("utf-8", "replace")}  # fmt: skip

    return asyncio.run(run())


def _azure(function: Any, request: dict[str, Any], event: Any) -> Any:
    import azure.functions as azure  # type: ignore[import-not-found, unused-ignore]

    parameters = list(inspect.signature(function).parameters.values())
    kind = str(parameters[0].annotation) if parameters else ""
    made: Any
    if "QueueMessage" in kind or "ServiceBusMessage" in kind or (event is not None and not request):
        said = event.get("body", "") if isinstance(event, dict) else request.get("body", "")
        made = azure.QueueMessage(id="1", body=str(said))
    else:
        made = azure.HttpRequest(
            method=request["method"], url=f"https://localhost{request['path']}", headers=dict(request["headers"]),
            params=dict(request["query"]), route_params=dict(request.get("parameters") or ()), body=_body(request),
        )  # fmt: skip
    result = function(made, *(None for _ in parameters[1:]))
    if inspect.isawaitable(result):
        result = asyncio.run(_await(result))
    if isinstance(result, azure.HttpResponse):
        headers = [[*one] for one in result.headers.items()] + [["content-type", result.mimetype]]
        return {"kind": "http", "status": result.status_code, "headers": headers,
                "body": result.get_body()[:MAX_BODY].decode("utf-8", "replace")}  # fmt: skip
    return _value(result)
