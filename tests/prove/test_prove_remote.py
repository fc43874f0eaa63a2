"""Against a real server on loopback: what responses show, and the bounds that hold."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.prove.prove_applications import memory, said, sam, scanned

from casemate.errors import UsageError
from casemate.prove.remote import Client, Target, prove_remotely

CODE = """
import json, os
from html import escape
import jinja2
def handler(event, context):
    q = event["queryStringParameters"]
    if q.get("page"):
        return {"statusCode": 200, "headers": {"Content-Type": "text/html"}, "body": "<p>" + q["page"] + "</p>"}
    if q.get("to"):
        return {"statusCode": 302, "headers": {"Location": q["to"]}}
    if q.get("run"):
        os.system(q["run"])
    return {"statusCode": 200, "headers": {}, "body": jinja2.Template("a" + q["t"]).render()}
"""


class Shop(BaseHTTPRequestHandler):
    """What the code above would answer; `safe` escapes and checks."""

    safe = False
    asked: list[str] = []  # noqa: RUF012 - set anew by the fixture

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        status, headers, body = 200, {"Content-Type": "text/html"}, ""
        if "page" in query:
            text = query["page"].replace("<", "&lt;").replace('"', "&quot;") if self.safe else query["page"]
            body = f"<p>{text}</p>"
        elif "to" in query:
            status, headers = 302, {"Location": "/home" if self.safe else query["to"]}
        elif "t" in query:
            match = re.search(r"(\w*)\{\{(\d+)\*(\d+)\}\}", query["t"])
            body = f"{match[1]}{int(match[2]) * int(match[3])}" if match and not self.safe else query["t"]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    do_POST = do_GET  # noqa: N815 - as the server calls it

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(params=[False, True], ids=["unsafe", "safe"])
def shop(request: pytest.FixtureRequest) -> Iterator[tuple[str, bool]]:
    Shop.safe, Shop.asked = request.param, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", request.param
    server.shutdown()
    thread.join()
    server.server_close()


def client(target: Target) -> tuple[Client, list[float]]:
    """A client whose clock stands still, and the waits that it asked for."""
    waits: list[float] = []
    return Client(target, sleep=waits.append, clock=lambda: 0.0), waits


def test_responses_confirm_what_they_show(shop: tuple[str, bool]) -> None:
    url, safe = shop
    report, system = scanned(memory(sam(CODE)))
    target = Target(url, rate=50)
    asking, waits = client(target)
    outcome = prove_remotely(report, system, target, client=asking)
    status = "not-reproduced" if safe else "confirmed"
    assert said(outcome) == [
        "command:11 not-runnable",
        f"redirect:9 {status}",
        f"template:12 {status}",
        f"xss:7 {status}",
    ]
    assert len(Shop.asked) == asking.sent
    assert waits
    assert all(wait == pytest.approx(0.02) for wait in waits)


def test_no_more_requests_than_agreed(shop: tuple[str, bool]) -> None:
    url, _ = shop
    report, system = scanned(memory(sam(CODE)))
    target = Target(url, most=2)
    asking, _ = client(target)
    prove_remotely(report, system, target, client=asking)
    assert asking.sent <= 2
    assert len(Shop.asked) <= 2


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.1/",
        "ftp://localhost/",
        "http://user@localhost/",
        "http://localhost/?a=1",
        "localhost",
        "http://localhost:99999/",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(UsageError):
        Client(Target(url))


def test_a_host_may_be_allowed() -> None:
    assert Client(Target("http://192.0.2.1/", allowed=frozenset({"192.0.2.1"}))).left()


def test_routes_of_an_openapi_description(tmp_path: Path, shop: tuple[str, bool]) -> None:
    url, safe = shop
    file = tmp_path / "api.yaml"
    file.write_text("openapi: 3.0.0\npaths:\n  /x:\n    get: {}\n    parameters: []\n", "utf-8")
    files = sam(CODE)
    del files["template.yaml"]
    report, system = scanned(memory(files))
    target = Target(url, description=file)
    asking, _ = client(target)
    outcome = prove_remotely(report, system, target, client=asking)
    assert f"xss:7 {'not-reproduced' if safe else 'confirmed'}" in said(outcome)
    assert all(path.startswith("/x?") for path in Shop.asked)
    file.write_text("[]", "utf-8")
    with pytest.raises(UsageError):
        prove_remotely(report, system, target, client=asking)
