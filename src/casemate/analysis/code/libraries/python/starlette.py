"""FastAPI and Starlette. Parameters of a route by their types are entries; here is what a `Request` gives.

Sources: Starlette documentation, "Requests", "Responses", "Middleware" (SessionMiddleware), FastAPI documentation,
"Using the Request Directly", "Custom Response".
"""

from __future__ import annotations

from casemate.analysis.code.libraries.python._literals import written
from casemate.analysis.code.models import Cure, Makes, Misuse, Model, Passes, Sink, Source, Test

_REQUESTS = (
    "starlette.requests.Request", "fastapi.Request", "fastapi.requests.Request", "fastapi.WebSocket",
    "starlette.websockets.WebSocket",
)  # fmt: skip
_READS = {
    "query_params": "the query string",
    "path_params": "the path",
    "headers": "a header",
    "cookies": "a cookie",
    "url": "the URL",
    "base_url": "the URL",
    "json": "the body",
    "body": "the body",
    "form": "the form",
    "stream": "the body",
    "receive_text": "a message",
    "receive_json": "a message",
    "receive_bytes": "a message",
    "iter_text": "a message",
    "iter_json": "a message",
}
_MODULES = ("fastapi", "fastapi.responses", "starlette.responses")
_HTML = ("html", "svg")

MODELS: tuple[Model, ...] = (
    *(Source(f"{request}.{name}", what) for request in _REQUESTS for name, what in _READS.items()),
    *(Source(f"{request}.user", "the caller's account", "identity") for request in _REQUESTS),
    *(
        Source(f"fastapi.{name}", what)
        for name, what in (
            ("Query", "the query string"),
            ("Path", "the path"),
            ("Header", "a header"),
            ("Cookie", "a cookie"),
            ("Body", "the body"),
            ("Form", "the form"),
            ("File", "an uploaded file"),
        )
    ),
    *(
        Source(f"{upload}.{name}", "an uploaded file")
        for upload in ("fastapi.UploadFile", "starlette.datastructures.UploadFile")
        for name in ("filename", "content_type", "headers", "read", "file")
    ),
    *(Sink("xss", f"{module}.HTMLResponse", (0, "content"), part="text", cwe="CWE-79") for module in _MODULES),
    *(
        Sink(
            "xss",
            f"{module}.{name}",
            (0, "content"),
            (Test("media_type", "matches", _HTML),),
            part="text",
            cwe="CWE-79",
        )
        for module in _MODULES
        for name in ("Response", "StreamingResponse")
    ),
    *(
        Makes(f"{module}.{name}", "starlette.responses.Response")
        for module in _MODULES
        for name in (
            "Response",
            "HTMLResponse",
            "StreamingResponse",
        )
    ),
    *(
        Passes(f"{module}.{name}", ())
        for module in _MODULES
        for name in (
            "Response",
            "HTMLResponse",
            "PlainTextResponse",
            "JSONResponse",
            "RedirectResponse",
            "FileResponse",
        )
    ),
    *(Sink("redirect", f"{module}.RedirectResponse", (0, "url"), part="whole", cwe="CWE-601") for module in _MODULES),
    *(Sink("path", f"{module}.FileResponse", (0, "path"), cwe="CWE-22") for module in _MODULES),
    *(
        Makes(name, "starlette.templating.Jinja2Templates")
        for name in ("starlette.templating.Jinja2Templates", "fastapi.templating.Jinja2Templates")
    ),
    Cure("starlette.templating.Jinja2Templates.TemplateResponse", ("xss",), argument="*"),
    *(Sink("trust-boundary", f"{request}.session.__setitem__", (0, 1), cwe="CWE-501") for request in _REQUESTS),
    *(Sink("trust-boundary", f"{request}.session.update", ("*",), cwe="CWE-501") for request in _REQUESTS),
    *(
        Misuse(
            "cookie",
            f"{name}.set_cookie",
            "the cookie is also sent without TLS",
            (Test("secure", "is", (False, None)),),
            cwe="CWE-614",
        )
        for name in ("starlette.responses.Response", "fastapi.Response")
    ),
    *(
        Misuse(
            "cookie",
            f"{name}.set_cookie",
            "the cookie is also sent without TLS",
            (Test("secure", "absent"),),
            cwe="CWE-614",
            confidence="medium",
        )
        for name in ("starlette.responses.Response", "fastapi.Response")
    ),
    *(
        Misuse(
            "cookie",
            f"{name}.set_cookie",
            "scripts of the page can read the cookie",
            (Test("httponly", "is", (False, None)),),
            cwe="CWE-1004",
        )
        for name in ("starlette.responses.Response", "fastapi.Response")
    ),
    *(
        Misuse(
            "hardcoded-key",
            "starlette.middleware.sessions.SessionMiddleware",
            "the key that signs sessions is in the source",
            written(argument),
            cwe="CWE-321",
        )
        for argument in (1, "secret_key")
    ),
)
