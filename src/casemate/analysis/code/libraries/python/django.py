"""Django and Django REST framework.

Sources: Django documentation, "Request and response objects", "Security in Django", "django.utils.safestring",
"How to use sessions", "redirect"; Django REST framework, "Requests".
"""

from __future__ import annotations

from casemate.analysis.code.models import Cure, Makes, Misuse, Model, Passes, Sink, Source, Test

_REQUESTS = (
    "django.http.HttpRequest",
    "django.http.request.HttpRequest",
    "django.core.handlers.wsgi.WSGIRequest",
    "rest_framework.request.Request",
)
_READS = {
    "GET": "the query string",
    "POST": "the form",
    "COOKIES": "a cookie",
    "META": "a header",
    "headers": "a header",
    "body": "the body",
    "FILES": "an uploaded file",
    "path": "the path",
    "path_info": "the path",
    "data": "the body",
    "query_params": "the query string",
    "get_full_path": "the path",
    "build_absolute_uri": "the URL",
    "get_host": "a header",
    "read": "the body",
    "readline": "the body",
    "content_type": "a header",
    "get_signed_cookie": "a cookie",
}
_HTML = ("html", "svg")
_SET = "django.http.HttpResponse.set_cookie"
_INSECURE = "the cookie is also sent without TLS"
_RESPONSES = (
    "HttpResponse",
    "HttpResponseBadRequest",
    "HttpResponseNotFound",
    "HttpResponseForbidden",
    "HttpResponseServerError",
    "StreamingHttpResponse",
)
_REDIRECTS = (
    "django.http.HttpResponseRedirect",
    "django.http.HttpResponsePermanentRedirect",
    "django.shortcuts.redirect",
)

MODELS: tuple[Model, ...] = (
    *(Source(f"{request}.{name}", what) for request in _REQUESTS for name, what in _READS.items()),
    *(Source(f"{request}.user", "the caller's account", "identity") for request in _REQUESTS),
    *(
        Sink(
            "xss",
            f"django.http.{name}",
            (0, "content"),
            (Test("content_type", "absent"), Test(1, "absent")),
            part="text",
            cwe="CWE-79",
        )
        for name in _RESPONSES
    ),
    *(
        Sink(
            "xss", f"django.http.{name}", (0, "content"), (Test(argument, "matches", _HTML),), part="text", cwe="CWE-79"
        )
        for name in _RESPONSES
        for argument in ("content_type", 1)
    ),
    *(Makes(f"django.http.{name}", "django.http.HttpResponse") for name in _RESPONSES),
    Passes("django.http.JsonResponse", ()),
    Sink("xss", "django.http.HttpResponse.write", (0,), part="text", cwe="CWE-79"),
    *(
        Sink("xss", name, (0, "format_string"), part="text", cwe="CWE-79")
        for name in ("django.utils.html.format_html",)
    ),
    Cure("django.utils.html.format_html", ("xss",), argument="*"),
    *(
        Sink("xss", name, (0,), cwe="CWE-79")
        for name in ("django.utils.safestring.SafeString", "django.utils.safestring.SafeText")
    ),
    *(Sink("redirect", name, (0, "redirect_to", "to"), part="whole", cwe="CWE-601") for name in _REDIRECTS),
    *(
        Cure(name, ("redirect",), how="guard")
        for name in ("django.utils.http.url_has_allowed_host_and_scheme", "django.utils.http.is_safe_url")
    ),
    *(
        Cure(name, ("xss",), argument="*")
        for name in ("django.shortcuts.render", "django.template.loader.render_to_string")
    ),
    *(
        Sink("template", name, (0, "template_string"), part="text", cwe="CWE-1336")
        for name in ("django.template.Template", "django.template.engine.Engine.from_string")
    ),
    *(Sink("trust-boundary", f"{request}.session.__setitem__", (0, 1), cwe="CWE-501") for request in _REQUESTS),
    *(
        Sink("trust-boundary", f"django.core.cache.cache.{name}", (0, 1), confidence="low", cwe="CWE-501")
        for name in ("set", "add")
    ),
    Misuse("cookie", _SET, _INSECURE, (Test("secure", "is", (False, None)),), cwe="CWE-614"),
    Misuse("cookie", _SET, _INSECURE, (Test("secure", "absent"),), cwe="CWE-614", confidence="medium"),
    Misuse(
        "cookie",
        "django.http.HttpResponse.set_cookie",
        "scripts of the page can read the cookie",
        (Test("httponly", "is", (False,)),),
        cwe="CWE-1004",
    ),
    Sink("header", "django.http.HttpResponse.__setitem__", (1,), confidence="low", cwe="CWE-113"),
    Sink("path", "django.http.FileResponse", (0,), part="text", confidence="medium", cwe="CWE-22"),
    Sink("path", "django.views.static.serve", (1, "path"), confidence="medium", cwe="CWE-22"),
    *(
        Sink("path", f"django.core.files.storage.{name}", (0, "name"), confidence="medium", cwe="CWE-22")
        for name in ("default_storage.open", "FileSystemStorage.open", "FileSystemStorage.path")
    ),
    Sink("header", "django.core.mail.EmailMessage", (0, "subject"), confidence="low", cwe="CWE-93"),
    Sink("xss", "django.core.mail.send_mail", ("html_message",), confidence="medium", cwe="CWE-79"),
)
