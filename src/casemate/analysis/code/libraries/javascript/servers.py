"""Koa, Fastify, hapi, plain `http` servers, Azure Functions, Hono, Powertools: requests and what answers them.

Sources: Koa ("Context"), Fastify ("Request", "Reply"), hapi ("API"), Hono ("Context") references; Node.js
documentation, "HTTP" (IncomingMessage, ServerResponse); Azure Functions Node.js developer guide (HttpRequest); middy
documentation.
"""

from __future__ import annotations

from casemate.analysis.code.models import Calls, Makes, Model, Passes, Sink, Source, Test

_KOA = (
    ("query", "the query string"),
    ("params", "the path"),
    ("request", "the request"),
    ("path", "the path"),
    ("url", "the URL"),
    ("headers", "a header"),
    ("header", "a header"),
    ("querystring", "the query string"),
    ("hostname", "the Host header"),
    ("host", "the Host header"),
    ("cookies.get", "a cookie"),
    ("get", "a header"),
)
_FASTIFY = (
    ("query", "the query string"),
    ("params", "the path"),
    ("body", "the body"),
    ("headers", "a header"),
    ("cookies", "a cookie"),
    ("url", "the URL"),
    ("raw.url", "the URL"),
    ("hostname", "the Host header"),
)
_HAPI = (
    ("query", "the query string"),
    ("params", "the path"),
    ("payload", "the body"),
    ("headers", "a header"),
    ("state", "a cookie"),
    ("path", "the path"),
    ("url", "the URL"),
)
_AZURE = (
    ("query", "the query string"),
    ("params", "the path"),
    ("body", "the body"),
    ("rawBody", "the body"),
    ("headers", "a header"),
    ("url", "the URL"),
    ("json", "the body"),
    ("text", "the body"),
    ("formData", "the body"),
    ("arrayBuffer", "the body"),
)
_HONO = (
    ("query", "the query string"),
    ("param", "the path"),
    ("header", "a header"),
    ("json", "the body"),
    ("parseBody", "the body"),
    ("text", "the body"),
    ("queries", "the query string"),
    ("url", "the URL"),
)
_PLAIN = (("url", "the URL"), ("headers", "a header"), ("rawHeaders", "a header"), ("body", "the body"))
_LOCATIONS = ("1.Location", "1.location", "2.Location", "2.location")


def _of(type_: str, members: tuple[tuple[str, str], ...]) -> tuple[Source, ...]:
    return tuple(Source(f"{type_}.{name}", what) for name, what in members)


MODELS: tuple[Model, ...] = (
    *_of("koa.Context", _KOA),
    *_of("fastify.Request", _FASTIFY),
    *_of("@hapi/hapi.Request", _HAPI),
    *_of("@azure/functions.HttpRequest", _AZURE),
    *_of("hono.Request", _HONO),
    *_of("http.IncomingMessage", _PLAIN),
    Makes("hono.Context.req", "hono.Request"),
    Makes("koa", "koa.Application"),
    Makes("koa-router", "koa.Application"),
    Makes("@koa/router", "koa.Application"),
    Makes("fastify", "fastify.Application"),
    Makes("fastify.default", "fastify.Application"),
    Makes("@hapi/hapi.server", "@hapi/hapi.Server"),
    Makes("@hapi/hapi.Server", "@hapi/hapi.Server"),
    Makes("hono.Hono", "hono.Application"),
    *(
        Passes(f"{app}.{verb}")
        for app in ("koa.Application", "fastify.Application", "hono.Application")
        for verb in ("get", "post", "put", "delete", "patch", "use", "all")
    ),
    # Answers.
    Sink("xss", "koa.Context.body", (0,), part="text", confidence="medium", cwe="CWE-79"),
    Sink("redirect", "koa.Context.redirect", (0,), part="whole", cwe="CWE-601"),
    Sink("redirect", "fastify.Reply.redirect", (0, 1), part="whole", cwe="CWE-601"),
    Sink("xss", "@hapi/hapi.ResponseToolkit.response", (0,), part="text", confidence="medium", cwe="CWE-79"),
    Makes("@hapi/hapi.ResponseToolkit.response", "@hapi/hapi.Response"),
    *(Makes(f"@hapi/hapi.Response.{name}", "@hapi/hapi.Response") for name in ("type", "code", "header")),
    Sink("redirect", "@hapi/hapi.ResponseToolkit.redirect", (0,), part="whole", cwe="CWE-601"),
    Sink("redirect", "hono.Context.redirect", (0,), part="whole", cwe="CWE-601"),
    Sink("xss", "hono.Context.html", (0,), cwe="CWE-79"),
    *(Makes(f"fastify.Reply.{name}", "fastify.Reply") for name in ("type", "code", "status", "header", "headers")),
    Sink("path", "fastify.Reply.sendFile", (0,), cwe="CWE-22"),
    Sink("path", "koa-send", (1,), cwe="CWE-22"),
    Sink("path", "@hapi/hapi.ResponseToolkit.file", (0,), cwe="CWE-22"),
    Sink(
        "xss", "fastify.Reply.send", (0,), (Test(0, "matches", ("<",)),), part="text", confidence="medium", cwe="CWE-79"
    ),
    *(
        Sink("redirect", f"{response}.writeHead", _LOCATIONS, part="whole", cwe="CWE-601")
        for response in ("http.ServerResponse", "express.Response", "restify.Response")
    ),
    Sink("xss", "http.ServerResponse.end", (0,), confidence="medium", cwe="CWE-79"),
    Sink("xss", "http.ServerResponse.write", (0,), confidence="medium", cwe="CWE-79"),
    # Wrappers of handlers.
    *(Calls(name, 0) for name in ("middy", "@middy/core", "middy.default")),
    Makes("middy.Middy.use", "middy.Middy"),
)
