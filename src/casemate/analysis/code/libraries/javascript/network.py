"""Requests to other hosts: who chooses the host reaches what only the function can reach. TLS that is not verified.

Sources: Node.js documentation, "HTTP", "HTTPS", "Net", "TLS" (`rejectUnauthorized`), "CLI"
(NODE_TLS_REJECT_UNAUTHORIZED); READMEs of axios, node-fetch, got, request, superagent, needle, undici, ky, phin,
bent, puppeteer.
"""

from __future__ import annotations

from casemate.analysis.code.models import Calls, Makes, Misuse, Model, Passes, Sink, Test

_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "del", "all", "request", "stream")
_CWE = "CWE-918"
_CLIENTS = (
    "axios",
    "got",
    "request",
    "superagent",
    "needle",
    "ky",
    "request-promise",
    "request-promise-native",
    "wreck",
    "@hapi/wreck",
    "axios.Instance",
    "@nestjs/axios.HttpService",
    "@nestjs/common.HttpService",
    "gaxios",
    "undici.Client",
)
_CALLED = (
    "fetch",
    "globalThis.fetch",
    "node-fetch",
    "cross-fetch",
    "isomorphic-fetch",
    "node-fetch.fetch",
    "undici.fetch",
    "undici.request",
    "undici.stream",
    "axios",
    "axios.Instance",
    "got",
    "got.got",
    "request",
    "request-promise",
    "request-promise-native",
    "ky",
    "needle",
    "phin",
    "bent",
    "simple-get",
    "make-fetch-happen",
    "minipass-fetch",
)
_TAKE_OPTIONS = frozenset(
    {"axios", "axios.Instance", "got", "got.got", "request", "request-promise", "request-promise-native", "phin"}
)
_NO_OPTIONS = (Test("0.url", "absent"), Test("0.uri", "absent"), Test("0.baseURL", "absent"))
"""The first argument is the address, not options of which one is."""
_OFF = (False,)
_TLS_MESSAGE = "the certificate of the other side is not verified"


def _verbs(client: str) -> tuple[Model, ...]:
    every = client in _TAKE_OPTIONS and not client.startswith("axios")
    return tuple(
        Sink(
            "ssrf", f"{client}.{verb}", (0,), _NO_OPTIONS if every or verb == "request" else (), part="whole", cwe=_CWE
        )
        for verb in _VERBS
    )


MODELS: tuple[Model, ...] = (
    *(model for client in _CLIENTS for model in _verbs(client)),
    *(
        Sink("ssrf", name, (0,), _NO_OPTIONS if name in _TAKE_OPTIONS else (), part="whole", cwe=_CWE)
        for name in _CALLED
    ),
    *(
        Sink("ssrf", f"{client}.{verb}", (f"0.{field}",), part="whole", cwe=_CWE)
        for client in sorted(_TAKE_OPTIONS - {"axios", "axios.Instance", "phin", "got.got"})
        for verb in _VERBS
        for field in ("url", "uri", "baseUrl")
    ),
    *(
        Sink("ssrf", name, (f"0.{field}",), part="whole", cwe=_CWE)
        for name in (
            "axios",
            "axios.request",
            "axios.Instance",
            "axios.Instance.request",
            "got",
            "request",
            "request-promise",
            "phin",
        )
        for field in ("url", "uri", "baseURL", "baseUrl")
    ),
    Makes("axios.create", "axios.Instance"),
    Makes("got.extend", "got"),
    Makes("request.defaults", "request"),
    Sink("ssrf", "axios.create", ("0.baseURL",), part="whole", cwe=_CWE),
    *(
        Sink("ssrf", f"{module}.{verb}", arguments, when, part="whole", cwe=_CWE)
        for module in ("http", "https", "http2", "follow-redirects.http", "follow-redirects.https")
        for verb in ("get", "request", "connect")
        for arguments, when in (
            ((0,), (Test("0.hostname", "absent"), Test("0.host", "absent"), Test("0.path", "absent"))),
            (("0.hostname", "0.host"), ()),
        )
    ),
    # A request is as dangerous as its address; its body goes where it says.
    *(Passes(name, (0,)) for name in ("Request", "node-fetch.Request", "undici.Request", "globalThis.Request")),
    *(
        Passes(f"{package}.HttpRequest", ("0.hostname",))
        for package in ("@aws-sdk/protocol-http", "@smithy/protocol-http", "@aws-sdk/types")
    ),
    *(
        Calls(f"{module}.{verb}", position)
        for module in ("http", "https")
        for verb in ("get", "request")
        for position in (1, 2)
    ),
    *(
        Sink("ssrf", f"{module}.{name}", (0, 1, "0.host"), part="whole", confidence="medium", cwe=_CWE)
        for module in ("net", "tls")
        for name in ("connect", "createConnection")
    ),
    Makes("net.Socket", "net.Socket"),
    Makes("tls.TLSSocket", "net.Socket"),
    *(Makes(f"{module}.{name}", "net.Socket") for module in ("net", "tls") for name in ("connect", "createConnection")),
    Sink("ssrf", "net.Socket.connect", (0, 1, "0.host"), part="whole", confidence="medium", cwe=_CWE),
    Sink("ssrf", "WebSocket", (0,), part="whole", cwe=_CWE),
    Sink("ssrf", "ws", (0,), part="whole", cwe=_CWE),
    Sink("ssrf", "ws.WebSocket", (0,), part="whole", cwe=_CWE),
    *(
        Makes(name, "puppeteer.Browser")
        for name in (
            "puppeteer.launch",
            "puppeteer-core.launch",
            "playwright.chromium.launch",
            "playwright-core.chromium.launch",
        )
    ),
    Makes("puppeteer.Browser.newPage", "puppeteer.Page"),
    Makes("puppeteer.Browser.newContext", "puppeteer.Browser"),
    Sink("ssrf", "puppeteer.Page.goto", (0,), part="whole", cwe=_CWE),
    Sink("xss", "puppeteer.Page.setContent", (0,), confidence="medium", cwe="CWE-79"),
    # TLS.
    *(
        Misuse("tls-off", callee, _TLS_MESSAGE, (Test(f"{place}.rejectUnauthorized", "is", _OFF),), cwe="CWE-295")
        for callee, place in (
            ("https.Agent", "0"),
            ("https.request", "0"),
            ("https.request", "1"),
            ("https.get", "0"),
            ("https.get", "1"),
            ("tls.connect", "0"),
            ("tls.connect", "1"),
            ("tls.connect", "2"),
            ("axios.get", "1"),
            ("request", "0"),
            ("request.get", "0"),
            ("needle.get", "1"),
            ("got", "1.https"),
            ("got.get", "1.https"),
            ("undici.Agent", "0.connect"),
            ("pg.Client", "0.ssl"),
            ("pg.Pool", "0.ssl"),
            ("mysql.createConnection", "0.ssl"),
            ("mysql2.createConnection", "0.ssl"),
            ("mysql2/promise.createConnection", "0.ssl"),
            ("mysql2.createPool", "0.ssl"),
            ("nodemailer.createTransport", "0.tls"),
            ("ioredis", "0.tls"),
            ("redis.createClient", "0.socket"),
            ("knex", "0.connection.ssl"),
            ("sequelize.Sequelize", "0.dialectOptions.ssl"),
            ("ws", "1"),
            ("ldapjs.createClient", "0.tlsOptions"),
            ("https-proxy-agent", "0"),
        )
    ),
    *(
        Misuse("tls-off", callee, _TLS_MESSAGE, (Test(f"{place}.strictSSL", "is", _OFF),), cwe="CWE-295")
        for callee, place in (("request", "0"), ("request.get", "0"), ("request.defaults", "0"))
    ),
    *(
        Misuse("tls-off", name, _TLS_MESSAGE, (Test(0, "is", ("0", 0)),), cwe="CWE-295")
        for name in ("process.env.NODE_TLS_REJECT_UNAUTHORIZED", "os.environ.NODE_TLS_REJECT_UNAUTHORIZED")
    ),
    Misuse(
        "tls-off",
        "mongodb.MongoClient",
        _TLS_MESSAGE,
        (Test("1.tlsAllowInvalidCertificates", "is", (True,)),),
        cwe="CWE-295",
    ),
)
