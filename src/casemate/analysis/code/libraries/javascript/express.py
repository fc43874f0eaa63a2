"""Express, and what speaks like it: requests, responses, cookies, sessions.

Sources: Express 4.x API reference ("Request", "Response", "res.cookie", "res.redirect", "res.sendFile", "res.render");
READMEs of lambda-api, restify, polka, NestJS documentation ("Controllers"), express-session, cookie-session.
`res.send` gives text as HTML, and objects as JSON.
"""

from __future__ import annotations

from casemate.analysis.code.models import Calls, Makes, Misuse, Model, Passes, Sink, Source, Test

_REQUEST = (
    ("query", "the query string"),
    ("body", "the body"),
    ("params", "the path"),
    ("cookies", "a cookie"),
    ("headers", "a header"),
    ("path", "the path"),
    ("url", "the URL"),
    ("originalUrl", "the URL"),
    ("rawBody", "the body"),
    ("files", "an uploaded file"),
    ("file", "an uploaded file"),
    ("rawHeaders", "a header"),
    ("signedCookies", "a cookie"),
    ("hostname", "the Host header"),
    ("baseUrl", "the URL"),
    ("rawQuery", "the query string"),
    ("auth.username", "the user name"),
)
_METHODS = (("get", "a header"), ("header", "a header"), ("param", "a parameter"), ("accepts", "a header"))
_REQUESTS = (
    "express.Request",
    "lambda-api.Request",
    "restify.Request",
    "@google-cloud/functions-framework.Request",
    "@nestjs/common.Request",
    "next.NextApiRequest",
    "firebase-functions.Request",
    "polka.Request",
    "firebase-functions/v2/https.Request",
)
_RESPONSES = (
    "express.Response",
    "lambda-api.Response",
    "restify.Response",
    "@google-cloud/functions-framework.Response",
    "@nestjs/common.Response",
    "next.NextApiResponse",
    "firebase-functions.Response",
    "polka.Response",
)
_SELF = ("status", "type", "set", "header", "append", "vary", "contentType", "attachment", "cookie")
_COOKIE = "a cookie that scripts can read or that travels without TLS"
_VERBS = ("get", "post", "put", "delete", "patch", "all", "use", "options", "head", "any", "del", "route", "param")
_NEST = (
    ("Body", "the body"),
    ("Query", "the query string"),
    ("Param", "the path"),
    ("Headers", "a header"),
    ("UploadedFile", "an uploaded file"),
    ("UploadedFiles", "an uploaded file"),
    ("Ip", "an address"),
    ("HostParam", "the Host header"),
)


def _cookies(callee: str, options: str) -> tuple[Misuse, ...]:
    return tuple(
        Misuse("cookie", callee, _COOKIE, (test,), cwe=cwe)
        for test, cwe in (
            (Test(f"{options}.secure", "is", (False,)), "CWE-614"),
            (Test(f"{options}.httpOnly", "is", (False,)), "CWE-1004"),
        )
    )


def _unsaid(callee: str, options: str) -> Misuse:
    """Options that are written out and do not say `secure`: its default is false (Express, "res.cookie")."""
    given = int(options) if options.isdigit() else options
    tests = (Test(given, "present"), Test(f"{options}.secure", "absent"))
    return Misuse("cookie", callee, _COOKIE, tests, cwe="CWE-614", confidence="medium")


MODELS: tuple[Model, ...] = (
    *(Source(f"{request}.{name}", what) for request in _REQUESTS for name, what in (*_REQUEST, *_METHODS)),
    *(Makes(f"express.{name}", "express.Application") for name in ("Router", "application")),
    Makes("express", "express.Application"),
    Makes("lambda-api", "express.Application"),
    Makes("express.Application.route", "express.Application"),
    *(Passes(f"express.Application.{verb}") for verb in _VERBS),
    # Responses.
    *(Makes(f"{response}.{name}", response) for response in _RESPONSES for name in _SELF),
    *(
        Sink("xss", f"{response}.{name}", (0,), cwe="CWE-79")
        for response in _RESPONSES
        for name in ("send", "end", "write", "html")
    ),
    *(Sink("redirect", f"{response}.redirect", (0, 1), part="whole", cwe="CWE-601") for response in _RESPONSES),
    *(Sink("redirect", f"{response}.location", (0,), part="whole", cwe="CWE-601") for response in _RESPONSES),
    *(
        Sink(
            "redirect",
            f"{response}.{name}",
            (1,),
            (Test(0, "is", ("location", "Location")),),
            part="whole",
            cwe="CWE-601",
        )
        for response in _RESPONSES
        for name in ("set", "header", "setHeader", "append")
    ),
    *(
        Sink("header", f"{response}.{name}", (0,), confidence="medium", cwe="CWE-113")
        for response in _RESPONSES
        for name in ("setHeader", "set", "header", "append")
    ),
    *(
        Sink("path", f"{response}.{name}", (0, "1.root"), part="any", cwe="CWE-22")
        for response in _RESPONSES
        for name in ("sendFile", "sendfile", "download")
    ),
    *(Sink("path", f"{response}.render", (0,), part="whole", cwe="CWE-22") for response in _RESPONSES),
    *(
        Sink("verbose-error", f"{response}.{name}", (0,), confidence="medium", cwe="CWE-209")
        for response in _RESPONSES
        for name in ("send", "json", "end")
    ),
    *(Passes(f"{response}.{name}") for response in _RESPONSES for name in ("json", "jsonp", "sendStatus", "status")),
    *(model for response in _RESPONSES for model in _cookies(f"{response}.cookie", "2")),
    *(Misuse("cookie", f"{response}.cookie", _COOKIE, (Test(2, "absent"),), cwe="CWE-614") for response in _RESPONSES),
    *(_unsaid(f"{response}.cookie", "2") for response in _RESPONSES),
    *(model for callee in ("cookie.serialize", "cookies.set") for model in _cookies(callee, "2")),
    _unsaid("cookie.serialize", "2"),
    *(model for callee in ("express-session", "cookie-session") for model in _cookies(callee, "0.cookie")),
    # Session: what is written there is trusted later.
    *(Sink("trust-boundary", f"{request}.session.__setitem__", (1,), cwe="CWE-501") for request in _REQUESTS),
    # Nest: the decorator of a parameter says where it comes from.
    *(Source(f"@nestjs/common.{name}", what) for name, what in _NEST),
    *(
        Sink("xss", name, ("1.dangerouslySetInnerHTML.__html",), cwe="CWE-79")
        for name in ("React.createElement", "react.createElement")
    ),
    Calls("serverless-http", 0),
    Calls("@vendia/serverless-express", "0.app"),
)
