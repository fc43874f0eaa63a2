"""Requests and connections that go out: whoever chooses the host chooses what the function talks to.

Sources: Python documentation, "urllib.request", "http.client", "socket", "ftplib", "ssl" (Security considerations);
Requests, HTTPX, urllib3, aiohttp, httplib2, PycURL API references.
"""

from __future__ import annotations

from casemate.analysis.code.models import Makes, Misuse, Model, Passes, Sink, Test

_VERBS = ("get", "post", "put", "patch", "delete", "head", "options")
_NO_CHECK = "the certificate of the server is not checked"
_OFF = Test("verify", "is", (False, 0))

_HTTPX = ("httpx", "httpx.Client", "httpx.AsyncClient")
_REQUESTS = ("requests", "requests.api", "requests.Session")
_CONTEXTS = ("ssl.SSLContext",)

MODELS: tuple[Model, ...] = (
    # urllib
    *(
        Sink("ssrf", name, (0, "url", "fullurl"), part="whole", cwe="CWE-918")
        for name in (
            "urllib.request.urlopen",
            "urllib.request.Request",
            "urllib.request.urlretrieve",
            "urllib.urlopen",
            "urllib.urlretrieve",
            "urllib2.urlopen",
            "urllib2.Request",
            "six.moves.urllib.request.urlopen",
            "urllib.request.OpenerDirector.open",
        )
    ),
    Makes("urllib.request.build_opener", "urllib.request.OpenerDirector"),
    Passes("urllib.request.Request", ()),  # reported there, not again where it is opened
    Passes("urllib.request.urlopen", ()),
    # Connections by host.
    *(
        Sink("ssrf", name, (0, "host"), part="whole", cwe="CWE-918")
        for name in (
            "http.client.HTTPConnection",
            "http.client.HTTPSConnection",
            "httplib.HTTPConnection",
            "httplib.HTTPSConnection",
            "ftplib.FTP",
            "ftplib.FTP_TLS",
            "telnetlib.Telnet",
            "smtplib.SMTP",
            "smtplib.SMTP_SSL",
            "poplib.POP3",
            "imaplib.IMAP4",
            "imaplib.IMAP4_SSL",
            "asyncio.open_connection",
        )
    ),
    Makes("socket.socket", "socket.socket"),
    Sink("ssrf", "socket.create_connection", (0, "address"), part="whole", cwe="CWE-918"),
    Sink("ssrf", "socket.socket.connect", (0,), part="whole", cwe="CWE-918"),
    Sink("ssrf", "socket.socket.connect_ex", (0,), part="whole", cwe="CWE-918"),
    # requests
    *(Makes(f"requests.{name}", "requests.Session") for name in ("Session", "session", "sessions.Session")),
    Makes("requests_futures.sessions.FuturesSession", "requests.Session"),
    *(
        Sink("ssrf", f"{owner}.{verb}", (0, "url"), part="whole", cwe="CWE-918")
        for owner in _REQUESTS
        for verb in _VERBS
    ),
    *(Sink("ssrf", f"{owner}.request", (1, "url"), part="whole", cwe="CWE-918") for owner in _REQUESTS),
    Sink("ssrf", "requests.Request", (1, "url"), part="whole", cwe="CWE-918"),
    *(
        Misuse("tls-off", f"{owner}.{verb}", _NO_CHECK, (_OFF,), cwe="CWE-295")
        for owner in _REQUESTS
        for verb in (*_VERBS, "request", "send")
    ),
    Misuse("tls-off", "requests.Session.verify", _NO_CHECK, (Test(0, "is", (False,)),), cwe="CWE-295"),
    *(Passes(f"{owner}.{verb}", ()) for owner in _REQUESTS for verb in (*_VERBS, "request")),
    # httpx
    Makes("httpx.Client", "httpx.Client"),
    Makes("httpx.AsyncClient", "httpx.AsyncClient"),
    *(Sink("ssrf", f"{owner}.{verb}", (0, "url"), part="whole", cwe="CWE-918") for owner in _HTTPX for verb in _VERBS),
    *(
        Sink("ssrf", f"{owner}.{verb}", (1, "url"), part="whole", cwe="CWE-918")
        for owner in _HTTPX
        for verb in ("request", "stream")
    ),
    *(Sink("ssrf", name, ("base_url",), part="whole", cwe="CWE-918") for name in ("httpx.Client", "httpx.AsyncClient")),
    *(
        Misuse("tls-off", f"httpx.{name}", _NO_CHECK, (_OFF,), cwe="CWE-295")
        for name in (*_VERBS, "request", "stream", "Client", "AsyncClient")
    ),
    *(Passes(f"{owner}.{verb}", ()) for owner in _HTTPX for verb in (*_VERBS, "request")),
    # urllib3
    *(
        Makes(f"urllib3.{name}", "urllib3.PoolManager")
        for name in ("PoolManager", "ProxyManager", "poolmanager.PoolManager")
    ),
    *(
        Makes(f"urllib3.{name}", "urllib3.ConnectionPool")
        for name in ("HTTPConnectionPool", "HTTPSConnectionPool", "connection_from_url")
    ),
    *(
        Sink("ssrf", f"{owner}.{name}", (1, "url"), part="whole", cwe="CWE-918")
        for owner in ("urllib3", "urllib3.PoolManager")
        for name in ("request", "urlopen", "request_encode_url", "request_encode_body")
    ),
    *(
        Sink("ssrf", f"urllib3.{name}", (0, "host", "url"), part="whole", cwe="CWE-918")
        for name in ("HTTPConnectionPool", "HTTPSConnectionPool", "connection_from_url")
    ),
    *(
        Misuse(
            "tls-off",
            f"urllib3.{name}",
            _NO_CHECK,
            (Test("cert_reqs", "is", ("CERT_NONE", "ssl.CERT_NONE")),),
            cwe="CWE-295",
        )
        for name in ("PoolManager", "ProxyManager", "HTTPSConnectionPool", "poolmanager.PoolManager")
    ),
    Passes("urllib3.PoolManager.request", ()),
    # aiohttp
    Makes("aiohttp.ClientSession", "aiohttp.ClientSession"),
    Makes("aiohttp.client.ClientSession", "aiohttp.ClientSession"),
    *(
        Sink("ssrf", f"aiohttp.ClientSession.{verb}", (0, "url"), part="whole", cwe="CWE-918")
        for verb in (*_VERBS, "ws_connect")
    ),
    *(
        Sink("ssrf", f"aiohttp.{owner}request", (1, "url"), part="whole", cwe="CWE-918")
        for owner in ("ClientSession.", "")
    ),
    *(
        Misuse("tls-off", f"aiohttp.{name}", _NO_CHECK, (Test(word, "is", (False,)),), cwe="CWE-295")
        for name in ("TCPConnector", *(f"ClientSession.{verb}" for verb in (*_VERBS, "request", "ws_connect")))
        for word in ("ssl", "verify_ssl", "ssl_context")
    ),
    *(Passes(f"aiohttp.ClientSession.{verb}", ()) for verb in _VERBS),
    # others
    Makes("httplib2.Http", "httplib2.Http"),
    Sink("ssrf", "httplib2.Http.request", (0, "uri"), part="whole", cwe="CWE-918"),
    Misuse(
        "tls-off",
        "httplib2.Http",
        _NO_CHECK,
        (Test("disable_ssl_certificate_validation", "is", (True,)),),
        cwe="CWE-295",
    ),
    Makes("pycurl.Curl", "pycurl.Curl"),
    Sink(
        "ssrf",
        "pycurl.Curl.setopt",
        (1,),
        (Test(0, "is", ("pycurl.URL", "pycurl.Curl.URL")),),
        part="whole",
        cwe="CWE-918",
    ),
    Misuse(
        "tls-off",
        "pycurl.Curl.setopt",
        _NO_CHECK,
        (Test(0, "is", ("pycurl.SSL_VERIFYPEER", "pycurl.SSL_VERIFYHOST")), Test(1, "is", (0, False))),
        cwe="CWE-295",
    ),
    *(
        Sink("ssrf", f"websocket.{name}", (0, "url"), part="whole", cwe="CWE-918")
        for name in ("create_connection", "WebSocketApp")
    ),
    Sink("ssrf", "websockets.connect", (0, "uri"), part="whole", cwe="CWE-918"),
    Sink("ssrf", "feedparser.parse", (0,), part="whole", cwe="CWE-918"),
    Sink("ssrf", "pandas.read_html", (0,), part="whole", cwe="CWE-918"),
    *(
        Sink("ssrf", f"pandas.{name}", (0, "filepath_or_buffer"), part="whole", confidence="medium", cwe="CWE-918")
        for name in ("read_csv", "read_json", "read_excel")
    ),
    Sink("ssrf", "pyppeteer.page.Page.goto", (0, "url"), part="whole", cwe="CWE-918"),
    Sink("ssrf", "playwright.sync_api.Page.goto", (0, "url"), part="whole", cwe="CWE-918"),
    Makes("selenium.webdriver.Chrome", "selenium.webdriver.Chrome"),
    Sink("ssrf", "selenium.webdriver.Chrome.get", (0, "url"), part="whole", cwe="CWE-918"),
    Sink("ssrf", "pdfkit.from_url", (0, "url"), part="whole", cwe="CWE-918"),
    Sink("ssrf", "pdfkit.from_string", (0, "input"), cwe="CWE-918"),
    Sink("ssrf", "weasyprint.HTML", (0, "url"), part="whole", cwe="CWE-918"),
    # ssl
    Misuse("tls-off", "ssl._create_unverified_context", _NO_CHECK, cwe="CWE-295"),
    Misuse(
        "tls-off",
        "ssl._create_default_https_context",
        _NO_CHECK,
        (Test(0, "is", ("ssl._create_unverified_context",)),),
        cwe="CWE-295",
    ),
    *(Makes(f"ssl.{name}", "ssl.SSLContext") for name in ("create_default_context", "SSLContext")),
    *(
        Misuse("tls-off", f"{context}.{name}", message, (Test(0, "is", values),), cwe="CWE-295")
        for context in _CONTEXTS
        for name, message, values in (
            ("verify_mode", _NO_CHECK, ("ssl.CERT_NONE",)),
            ("check_hostname", "the name in the certificate is not checked", (False,)),
        )
    ),
    Misuse("tls-off", "ssl.wrap_socket", _NO_CHECK, (Test("cert_reqs", "absent"),), cwe="CWE-295"),
    Misuse("tls-off", "ssl.wrap_socket", _NO_CHECK, (Test("cert_reqs", "is", ("ssl.CERT_NONE",)),), cwe="CWE-295"),
    *(
        Misuse(
            "tls-off",
            "ssl.SSLContext",
            "a version of the protocol that is broken",
            (Test(0, "is", (f"ssl.{name}",)),),
            cwe="CWE-327",
        )
        for name in ("PROTOCOL_SSLv2", "PROTOCOL_SSLv3", "PROTOCOL_TLSv1", "PROTOCOL_TLSv1_1")
    ),
    *(
        Misuse(
            "tls-off",
            f"asyncio.{name}",
            _NO_CHECK,
            (Test("ssl", "is", (False,)), Test("server_hostname", "present")),
            cwe="CWE-295",
        )
        for name in ("open_connection",)
    ),
)
