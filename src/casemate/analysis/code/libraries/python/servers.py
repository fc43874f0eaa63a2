"""Other web frameworks: Bottle, aiohttp, Tornado, Chalice, Falcon, Sanic, CherryPy, Pyramid, http.server, CGI.

Sources: their documentation on requests and responses; PEP 3333.
"""

from __future__ import annotations

from casemate.analysis.code.labels import TRACEBACK
from casemate.analysis.code.models import Makes, Misuse, Model, Sink, Source, Test

_READS: dict[str, tuple[tuple[str, str], ...]] = {
    "bottle.request": (
        ("query", "the query string"),
        ("GET", "the query string"),
        ("forms", "the form"),
        ("POST", "the form"),
        ("params", "the query string or the form"),
        ("json", "the body"),
        ("body", "the body"),
        ("cookies", "a cookie"),
        ("headers", "a header"),
        ("files", "an uploaded file"),
        ("path", "the path"),
        ("url", "the URL"),
        ("query_string", "the query string"),
        ("get_cookie", "a cookie"),
        ("get_header", "a header"),
        ("url_args", "the path"),
        ("fullpath", "the path"),
    ),
    "aiohttp.web.Request": (
        ("query", "the query string"),
        ("rel_url", "the URL"),
        ("url", "the URL"),
        ("match_info", "the path"),
        ("headers", "a header"),
        ("cookies", "a cookie"),
        ("post", "the form"),
        ("json", "the body"),
        ("text", "the body"),
        ("read", "the body"),
        ("multipart", "an uploaded file"),
        ("path", "the path"),
        ("query_string", "the query string"),
        ("path_qs", "the path"),
        ("host", "a header"),
    ),
    "tornado.web.RequestHandler": (
        ("get_argument", "a parameter"),
        ("get_arguments", "a parameter"),
        ("get_query_argument", "the query string"),
        ("get_query_arguments", "the query string"),
        ("get_body_argument", "the form"),
        ("get_body_arguments", "the form"),
        ("get_cookie", "a cookie"),
        ("request", "the request"),
        ("path_args", "the path"),
        ("path_kwargs", "the path"),
    ),
    "chalice.app.Request": (
        ("query_params", "the query string"),
        ("uri_params", "the path"),
        ("headers", "a header"),
        ("json_body", "the body"),
        ("raw_body", "the body"),
        ("to_dict", "the request"),
    ),
    "falcon.Request": (
        ("params", "the query string"),
        ("get_param", "a parameter"),
        ("get_param_as_list", "a parameter"),
        ("media", "the body"),
        ("get_media", "the body"),
        ("stream", "the body"),
        ("bounded_stream", "the body"),
        ("headers", "a header"),
        ("get_header", "a header"),
        ("cookies", "a cookie"),
        ("path", "the path"),
        ("uri", "the URL"),
        ("query_string", "the query string"),
    ),
    "sanic.request.Request": (
        ("args", "the query string"),
        ("query_args", "the query string"),
        ("form", "the form"),
        ("json", "the body"),
        ("body", "the body"),
        ("headers", "a header"),
        ("cookies", "a cookie"),
        ("files", "an uploaded file"),
        ("match_info", "the path"),
        ("path", "the path"),
        ("url", "the URL"),
        ("query_string", "the query string"),
    ),
    "cherrypy.request": (
        ("params", "a parameter"),
        ("headers", "a header"),
        ("cookie", "a cookie"),
        ("body", "the body"),
        ("json", "the body"),
        ("query_string", "the query string"),
        ("path_info", "the path"),
    ),
    "pyramid.request.Request": (
        ("GET", "the query string"),
        ("POST", "the form"),
        ("params", "a parameter"),
        ("json_body", "the body"),
        ("body", "the body"),
        ("headers", "a header"),
        ("cookies", "a cookie"),
        ("matchdict", "the path"),
        ("path", "the path"),
        ("url", "the URL"),
    ),
    "http.server.BaseHTTPRequestHandler": (
        ("path", "the path"),
        ("headers", "a header"),
        ("rfile", "the body"),
        ("requestline", "the request"),
    ),
    "cgi.FieldStorage": (
        ("getvalue", "the form"),
        ("getfirst", "the form"),
        ("getlist", "the form"),
    ),
    "azure.functions.HttpRequest": (
        ("params", "the query string"),
        ("route_params", "the path"),
        ("headers", "a header"),
        ("form", "the form"),
        ("files", "an uploaded file"),
        ("get_body", "the body"),
        ("get_json", "the body"),
        ("url", "the URL"),
    ),
}
_ALIASES = {
    "http.server.SimpleHTTPRequestHandler": "http.server.BaseHTTPRequestHandler",
    "http.server.CGIHTTPRequestHandler": "http.server.BaseHTTPRequestHandler",
    "BaseHTTPServer.BaseHTTPRequestHandler": "http.server.BaseHTTPRequestHandler",
    "sanic.Request": "sanic.request.Request",
    "bottle.LocalRequest": "bottle.request",
    "bottle.BaseRequest": "bottle.request",
}
_INSECURE = "the cookie is also sent without TLS"
_HTML = ("html", "svg")

MODELS: tuple[Model, ...] = (
    *(Source(f"{request}.{name}", what) for request, reads in _READS.items() for name, what in reads),
    *(Source(f"{alias}.{name}", what) for alias, request in _ALIASES.items() for name, what in _READS[request]),
    Source("cgi.FieldStorage[]", "the form"),
    Source("azure.functions.ServiceBusMessage.get_body", "a message"),
    Source("azure.functions.QueueMessage.get_body", "a message"),
    Source("azure.functions.QueueMessage.get_json", "a message"),
    Source("azure.functions.EventHubEvent.get_body", "a message"),
    Source("azure.functions.EventGridEvent.get_json", "an event"),
    Source("azure.functions.EventGridEvent.subject", "the subject of an event"),
    Source("azure.functions.InputStream.name", "the name of a blob"),
    Source("azure.functions.InputStream.read", "the content of a blob"),
    Source("azure.functions.KafkaEvent.get_body", "a message"),
    Source("azure.functions.Document", "a document"),
    # Bottle
    Makes("bottle.response", "bottle.Response"),
    Sink("redirect", "bottle.redirect", (0, "url"), part="whole", cwe="CWE-601"),
    *(
        Sink("template", f"bottle.{name}", (0,), part="text", cwe="CWE-1336")
        for name in ("template", "SimpleTemplate", "jinja2_template", "mako_template")
    ),
    Sink("path", "bottle.static_file", (1, "root"), cwe="CWE-22"),
    Misuse("cookie", "bottle.Response.set_cookie", _INSECURE, (Test("secure", "is", (False,)),), cwe="CWE-614"),
    Misuse(
        "cookie",
        "bottle.Response.set_cookie",
        _INSECURE,
        (Test("secure", "absent"),),
        cwe="CWE-614",
        confidence="medium",
    ),
    Sink("header", "bottle.Response.set_header", (1, "value"), confidence="low", cwe="CWE-113"),
    # aiohttp
    *(
        Sink(
            "xss",
            f"aiohttp.web.{name}",
            ("text", "body"),
            (Test("content_type", "matches", _HTML),),
            part="text",
            cwe="CWE-79",
        )
        for name in ("Response", "StreamResponse")
    ),
    *(Makes(f"aiohttp.web.{name}", "aiohttp.web.Response") for name in ("Response", "StreamResponse")),
    *(
        Sink("redirect", f"aiohttp.web.{name}", (0, "location"), part="whole", cwe="CWE-601")
        for name in (
            "HTTPFound",
            "HTTPSeeOther",
            "HTTPMovedPermanently",
            "HTTPTemporaryRedirect",
            "HTTPPermanentRedirect",
        )
    ),
    Sink("path", "aiohttp.web.FileResponse", (0, "path"), cwe="CWE-22"),
    # Tornado
    Sink("xss", "tornado.web.RequestHandler.write", (0, "chunk"), part="text", cwe="CWE-79"),
    Sink("redirect", "tornado.web.RequestHandler.redirect", (0, "url"), part="whole", cwe="CWE-601"),
    Sink("template", "tornado.template.Template", (0, "template_string"), part="text", cwe="CWE-1336"),
    Misuse(
        "cookie", "tornado.web.RequestHandler.set_cookie", _INSECURE, (Test("secure", "is", (False,)),), cwe="CWE-614"
    ),
    # Chalice
    Makes("chalice.Chalice", "chalice.Chalice"),
    Makes("chalice.Chalice.current_request", "chalice.app.Request"),
    Makes("chalice.Blueprint.current_request", "chalice.app.Request"),
    Sink(
        "xss",
        "chalice.Response",
        (0, "body"),
        (Test("headers.Content-Type", "matches", _HTML),),
        part="text",
        cwe="CWE-79",
    ),
    Sink("redirect", "chalice.Response", ("headers.Location",), part="whole", cwe="CWE-601"),
    # Azure Functions
    *(
        Sink(
            "xss",
            "azure.functions.HttpResponse",
            (0, "body"),
            (Test(word, "matches", _HTML),),
            part="text",
            cwe="CWE-79",
        )
        for word in ("mimetype", "headers.Content-Type", "headers.content-type")
    ),
    Sink("redirect", "azure.functions.HttpResponse", ("headers.Location",), part="whole", cwe="CWE-601"),
    # Falcon, Sanic, Pyramid, CherryPy
    *(
        Sink("redirect", f"falcon.{name}", (0, "location"), part="whole", cwe="CWE-601")
        for name in ("HTTPFound", "HTTPSeeOther", "HTTPMovedPermanently")
    ),
    Sink("xss", "sanic.response.html", (0, "body"), part="text", cwe="CWE-79"),
    Sink("redirect", "sanic.response.redirect", (0, "to"), part="whole", cwe="CWE-601"),
    Sink("path", "sanic.response.file", (0, "location"), cwe="CWE-22"),
    Sink("xss", "pyramid.response.Response", (0, "body"), part="text", cwe="CWE-79"),
    *(
        Sink("redirect", f"pyramid.httpexceptions.{name}", (0, "location"), part="whole", cwe="CWE-601")
        for name in ("HTTPFound", "HTTPSeeOther")
    ),
    Sink("redirect", "cherrypy.HTTPRedirect", (0, "urls"), part="whole", cwe="CWE-601"),
    # The text of the exception that is handled (Python documentation, "traceback").
    *(
        Source(name, TRACEBACK, "error")
        for name in (
            "traceback.format_exc",
            "traceback.format_exception",
            "traceback.format_stack",
            "traceback.format_tb",
            "traceback.extract_tb",
            "traceback.TracebackException.from_exception",
            "sys.exc_info",
            "cgitb.html",
            "cgitb.text",
        )
    ),
    # http.server
    Sink("header", "http.server.BaseHTTPRequestHandler.send_header", (1, "value"), confidence="medium", cwe="CWE-113"),
    Makes("http.server.BaseHTTPRequestHandler.wfile", "http.server.ResponseStream"),
    Sink("xss", "http.server.ResponseStream.write", (0,), part="text", confidence="medium", cwe="CWE-79"),
    *(Makes(f"{module}.SimpleCookie", "http.cookies.SimpleCookie") for module in ("http.cookies", "Cookie")),
)
