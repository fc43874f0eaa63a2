"""Flask and Werkzeug, Quart with them, and functions-framework, whose functions take a `flask.Request`.

Sources: Flask documentation, "API" (Incoming Request Data, Response Objects, Sessions), "Security Considerations";
Werkzeug documentation, "Request / Response Objects"; Markupsafe.
"""

from __future__ import annotations

from casemate.analysis.code.libraries.python._literals import written
from casemate.analysis.code.models import Cure, Makes, Misuse, Model, Passes, Sink, Source, Test

_REQUESTS = (
    "flask.request",
    "flask.Request",
    "werkzeug.Request",
    "werkzeug.wrappers.Request",
    "quart.request",
    "quart.Request",
)
_READS = {
    "args": "the query string",
    "form": "the form",
    "values": "the query string or the form",
    "cookies": "a cookie",
    "headers": "a header",
    "json": "the body",
    "data": "the body",
    "files": "an uploaded file",
    "query_string": "the query string",
    "path": "the path",
    "full_path": "the path",
    "url": "the URL",
    "base_url": "the URL",
    "view_args": "the path",
    "stream": "the body",
    "get_json": "the body",
    "get_data": "the body",
    "user_agent": "a header",
    "referrer": "a header",
    "environ": "a header",
    "mimetype": "a header",
    "content_type": "a header",
    "authorization": "a header",
    "accept_languages": "a header",
    "raw_uri": "the URL",
}
_NUMBERS = ("int", "float", "bool", "uuid.UUID", "decimal.Decimal")
_HOSTS = ("host", "host_url", "root_url", "url_root", "access_route")
_RESPONSES = (
    "flask.Response",
    "werkzeug.wrappers.Response",
    "werkzeug.Response",
    "flask.wrappers.Response",
    "quart.Response",
)
_HTML = ("html", "svg", "xml")
_INSECURE = "the cookie is also sent without TLS"
_SCRIPTED = "scripts of the page can read the cookie"
_SESSION = ("flask.session", "quart.session")
_COOKIES = ("flask.Response.set_cookie", "*.set_cookie")

MODELS: tuple[Model, ...] = (
    *(Source(f"{request}.{name}", what) for request in _REQUESTS for name, what in _READS.items()),
    *(Source(f"{request}.{name}", "a header") for request in _REQUESTS for name in _HOSTS),
    *(Source(f"{request}.remote_user", "the name of the caller", "identity") for request in _REQUESTS),
    *(
        Passes(f"{request}.{name}", ())
        for request in _REQUESTS
        for name in (
            "method",
            "remote_addr",
            "content_length",
            "is_json",
            "is_secure",
            "scheme",
            "endpoint",
            "blueprint",
        )
    ),
    # `get("page", type=int)` gives a number or the default.
    *(
        Cure(f"{request}.{name}.{method}", (), argument="self", when=(Test(argument, "is", _NUMBERS),))
        for request in _REQUESTS
        for name in ("args", "form", "values", "cookies", "headers", "view_args")
        for method in ("get", "getlist")
        for argument in ("type", 2 if method == "get" else 1)
    ),
    # Responses.
    *(
        Makes(name, "flask.Response")
        for name in (
            *_RESPONSES,
            "flask.make_response",
            "quart.make_response",
        )
    ),
    Sink("xss", "flask.make_response", (0,), part="text", cwe="CWE-79"),
    *(
        Sink(
            "xss",
            name,
            (0, "response"),
            (Test("mimetype", "absent"), Test("content_type", "absent")),
            part="text",
            cwe="CWE-79",
        )
        for name in _RESPONSES
    ),
    *(
        Sink("xss", name, (0, "response"), (Test(word, "matches", _HTML),), part="text", cwe="CWE-79")
        for name in _RESPONSES
        for word in ("mimetype", "content_type")
    ),
    *(
        Sink("xss", f"flask.Response.{name}", (0,), part="text", cwe="CWE-79")
        for name in ("data", "set_data", "response")
    ),
    *(Passes(name, ()) for name in ("flask.jsonify", "flask.url_for", "flask.send_file", "flask.send_from_directory")),
    *(
        Sink("xss", name, (0, "base"), cwe="CWE-79")
        for name in (
            "flask.Markup",
            "markupsafe.Markup",
            "jinja2.Markup",
            "jinja2.utils.Markup",
            "django.utils.safestring.mark_safe",
        )
    ),
    *(Makes(name, "markupsafe.Markup") for name in ("flask.Markup", "markupsafe.Markup", "jinja2.Markup")),
    Cure("markupsafe.Markup.format", ("xss",), argument="*"),
    Cure("markupsafe.Markup.join", ("xss",)),
    *(
        Sink("redirect", name, (0, "location"), part="whole", cwe="CWE-601")
        for name in ("flask.redirect", "werkzeug.utils.redirect", "werkzeug.redirect", "quart.redirect")
    ),
    Passes("flask.redirect", ()),
    *(
        Sink("header", f"flask.Response.headers.{name}", (1,), confidence="low", cwe="CWE-113")
        for name in ("__setitem__", "add", "set")
    ),
    # Templates: autoescaping makes HTML of data harmless, but not the template itself.
    *(
        Sink("template", name, (0, "source"), part="text", cwe="CWE-1336")
        for name in (
            "flask.render_template_string",
            "flask.templating.render_template_string",
            "quart.render_template_string",
        )
    ),
    *(
        Sink("xss", name, ("*",), (Test(0, "matches", ("|safe", "| safe", "autoescape false")),), cwe="CWE-79")
        for name in ("flask.render_template_string",)
    ),
    *(
        Cure(name, ("xss",), argument="*")
        for name in ("flask.render_template", "flask.render_template_string", "quart.render_template")
    ),
    Sink("path", "flask.render_template", (0, "template_name_or_list"), confidence="medium", cwe="CWE-22"),
    # Files.
    Sink("path", "flask.send_file", (0, "path_or_file", "filename_or_fp"), cwe="CWE-22"),
    Sink("path", "flask.send_from_directory", (0, "directory"), cwe="CWE-22"),
    Makes("flask.request.files[]", "werkzeug.FileStorage"),
    Makes("flask.request.files.get", "werkzeug.FileStorage"),
    *(
        Sink("path", f"{name}.save", (0, "dst"), cwe="CWE-22")
        for name in ("werkzeug.FileStorage", "werkzeug.datastructures.FileStorage")
    ),
    # The session: what is in it counts as the program's own.
    *(Sink("trust-boundary", f"{session}.__setitem__", (0, 1), cwe="CWE-501") for session in _SESSION),
    *(
        Sink("trust-boundary", f"{session}.{name}", ("*",), cwe="CWE-501")
        for session in _SESSION
        for name in ("update", "setdefault")
    ),
    # Cookies.
    *(Misuse("cookie", name, _INSECURE, (Test("secure", "is", (False, None, 0)),), cwe="CWE-614") for name in _COOKIES),
    *(
        Misuse("cookie", name, _INSECURE, (Test("secure", "absent"),), cwe="CWE-614", confidence="medium")
        for name in _COOKIES
    ),
    *(
        Misuse("cookie", name, _SCRIPTED, (Test("httponly", "is", (False, None, 0)),), cwe="CWE-1004", confidence="low")
        for name in _COOKIES
    ),
    Sink("header", "flask.Response.set_cookie", (0, "key", 1, "value"), confidence="low", cwe="CWE-113"),
    # Settings.
    *(
        Misuse(
            "hardcoded-key",
            f"{app}.secret_key",
            "the key that signs sessions is in the source",
            written(0),
            cwe="CWE-321",
        )
        for app in ("flask.Flask", "quart.Quart")
    ),
    Misuse(
        "hardcoded-key",
        "flask.Flask.config.__setitem__",
        "the key that signs sessions is in the source",
        (Test(0, "is", ("SECRET_KEY", "JWT_SECRET_KEY")), *written(1)),
        cwe="CWE-321",
    ),
    *(
        Misuse(
            "cookie",
            "flask.Flask.config.__setitem__",
            _INSECURE,
            (Test(0, "is", (name,)), Test(1, "is", (False,))),
            cwe="CWE-614",
        )
        for name in ("SESSION_COOKIE_SECURE", "REMEMBER_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY")
    ),
    Makes("flask.Flask", "flask.Flask"),
    Makes("quart.Quart", "quart.Quart"),
    Misuse(
        "verbose-error",
        "flask.Flask.run",
        "the debugger runs code of whoever reaches it",
        (Test("debug", "is", (True, 1)),),
        cwe="CWE-489",
    ),
)
