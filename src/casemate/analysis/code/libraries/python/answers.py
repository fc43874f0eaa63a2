"""Answers that tell the caller what went wrong inside: the objects that frameworks send back.

Sources: Azure Functions Python reference (`HttpResponse`); Flask "API" (Response Objects, JSON Support); Django
"Request and response objects"; Starlette "Responses"; aiohttp "Web server reference"; Chalice "API reference"; CWE-209.
"""

from __future__ import annotations

from casemate.analysis.code.models import Argument, Model, Sink

_DJANGO = (
    "HttpResponse", "HttpResponseBadRequest", "HttpResponseNotFound", "HttpResponseForbidden",
    "HttpResponseServerError", "StreamingHttpResponse", "JsonResponse",
)  # fmt: skip
_STARLETTE = ("Response", "HTMLResponse", "PlainTextResponse", "JSONResponse", "StreamingResponse")
_BODIES: tuple[tuple[str, tuple[Argument, ...]], ...] = (
    ("azure.functions.HttpResponse", (0, "body")),
    ("flask.Response", (0, "response")),
    ("werkzeug.Response", (0, "response")),
    ("werkzeug.wrappers.Response", (0, "response")),
    ("quart.Response", (0, "response")),
    ("flask.make_response", ("*",)),
    ("quart.make_response", ("*",)),
    ("flask.jsonify", ("*",)),
    ("quart.jsonify", ("*",)),
    ("aiohttp.web.Response", ("body", "text")),
    ("aiohttp.web.json_response", (0, "data", "text", "body")),
    ("chalice.Response", (0, "body")),
    ("aws_lambda_powertools.event_handler.Response", (2, "body")),
    *((f"django.http.{name}", (0, "content", "data")) for name in _DJANGO),
    *(
        (f"{module}.{name}", (0, "content"))
        for module in ("fastapi", "fastapi.responses", "starlette.responses")
        for name in _STARLETTE
    ),
)
"""What makes an answer, and which of its arguments are the body."""

MODELS: tuple[Model, ...] = tuple(
    Sink("verbose-error", name, arguments, confidence="medium", cwe="CWE-209") for name, arguments in _BODIES
)
