"""Receivers over real sockets. No product among them installs from a package index: each server here keeps to the documentation."""

from __future__ import annotations

import hmac
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from casemate.errors import ConfigurationError, UsageError
from casemate.model.alert import Alert
from casemate.model.finding import CRITICAL, HIGH
from casemate.monitor.sinks.elastic import ElasticSink
from casemate.monitor.sinks.opening import opened
from casemate.monitor.sinks.splunk import SplunkSink
from casemate.monitor.sinks.syslog import SyslogSink, cef, message
from casemate.monitor.sinks.webhook import WebhookSink


def alert(number: int = 1, title: str = "A trail was switched off", **about: str) -> Alert:
    return Alert(
        f"{number:032x}", "trail-switched-off", title, CRITICAL, 1_772_359_200_000, (f"e{number}",),
        source="aws.cloudtrail", account="111122223333",
        about={"actor": "arn:aws:iam::111122223333:user/mallory", "address": "198.51.100.7", **about},
        tags=("attack.defense-evasion", "attack.t1562.008"),
    )  # fmt: skip


HOSTILE = 'x|y=z\\ "]\n<!channel> CEF:0|evil|\u2028 **bold** @all'


class Server:
    """Keeps the requests and answers as `answers` says: by default 200 and an empty object."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[tuple[int, bytes, dict[str, str]]] = []
        self.documents: dict[str, object] = {}
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                owner.requests.append((self.path, headers, body))
                status, data, more = owner.answers.pop(0) if owner.answers else owner.answer(self.path, body)
                self.send_response(status)
                for name, value in more.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args: object) -> None: ...

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def answer(self, path: str, body: bytes) -> tuple[int, bytes, dict[str, str]]:
        """`_bulk`: as Elasticsearch, a `create` of a known id is a conflict."""
        if path.endswith("/_bulk"):
            lines = [json.loads(line) for line in body.splitlines()]
            items = []
            for action, document in zip(lines[::2], lines[1::2], strict=True):
                name = action["create"]["_id"]
                items.append({"create": {"_id": name, "status": 409 if name in self.documents else 201}})
                self.documents.setdefault(name, document)
            return 200, json.dumps({"errors": False, "items": items}).encode(), {}
        return 200, b"{}", {}


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.http.shutdown()
    made.http.server_close()


def test_splunk_takes_events_with_the_alert_id_as_a_field(server: Server) -> None:
    sink = SplunkSink(server.url, "token", index="security")
    assert sink.send([alert(1), alert(2)]).taken == {f"{1:032x}", f"{2:032x}"}
    [(path, headers, body)] = server.requests
    first, end = json.JSONDecoder().raw_decode(body.decode())
    assert path == "/services/collector/event"
    assert headers["authorization"] == "Splunk token"
    assert (first["time"], first["index"], first["fields"]["alert_id"]) == (1_772_359_200.0, "security", f"{1:032x}")
    assert json.loads(body.decode()[end:])["event"]["events"] == ["e2"]
    sink.close()


def test_splunk_in_trouble_is_asked_again_and_a_bad_event_is_found(server: Server) -> None:
    sink = SplunkSink(server.url, "token")
    server.answers = [(503, b'{"text":"Server is busy","code":9}', {"Retry-After": "7"})]
    sent = sink.send([alert(1)])
    assert sent.again == {f"{1:032x}"}
    assert sent.wait == 7.0
    server.answers = [(400, b'{"code":6}', {}), (200, b"{}", {}), (400, b'{"text":"Invalid data format","code":6}', {})]
    sent = sink.send([alert(1), alert(2)])
    assert sent.taken == {f"{1:032x}"}
    assert set(sent.refused) == {f"{2:032x}"}
    sink.close()


def test_elastic_takes_an_alert_once(server: Server) -> None:
    sink = ElasticSink(server.url, headers={"Authorization": "ApiKey x"})
    assert sink.send([alert(1)]).taken == sink.send([alert(1)]).taken == {f"{1:032x}"}
    [document] = server.documents.values()
    assert isinstance(document, dict)
    assert document["@timestamp"] == "2026-03-01T10:00:00Z"
    assert document["source"] == {"ip": "198.51.100.7"}
    assert document["threat"]["technique"]["id"] == ["T1562.008"]
    sink.close()


def test_elastic_tells_apart_what_to_try_again(server: Server) -> None:
    items = [
        {"create": {"_id": f"{1:032x}", "status": 429, "error": {"type": "es_rejected_execution_exception"}}},
        {"create": {"_id": f"{2:032x}", "status": 400, "error": {"type": "mapper_parsing_exception"}}},
    ]
    server.answers = [(200, json.dumps({"errors": True, "items": items}).encode(), {})]
    sink = ElasticSink(server.url)
    sent = sink.send([alert(1), alert(2), alert(3)])
    sink.close()
    assert sent.again == {f"{1:032x}", f"{3:032x}"}
    assert set(sent.refused) == {f"{2:032x}"}


def test_a_receiver_that_is_not_there_is_tried_again() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for sink in (SplunkSink(f"http://127.0.0.1:{port}", "t"), SyslogSink("127.0.0.1", port, transport="tcp")):
        sent = sink.send([alert(1)])
        assert sent.again == {f"{1:032x}"}
        assert sent.trouble


def test_the_webhook_is_signed(server: Server) -> None:
    sink = WebhookSink(f"{server.url}/hook", secret="s3cret", now=lambda: 100.0)
    assert sink.send([alert(1)]).taken
    [(path, headers, body)] = server.requests
    mark = hmac.digest(b"s3cret", b"100." + body, "sha256").hex()
    assert path == "/hook"
    assert headers["casemate-signature"] == f"t=100,v1={mark}"
    assert headers["idempotency-key"] == f"{1:032x}"
    sink.close()


@pytest.mark.parametrize(
    ("kind", "environment"),
    [
        ("slack", {"CASEMATE_SLACK_URL": "URL/services/T/B/x"}),
        ("teams", {"CASEMATE_TEAMS_URL": "URL/webhook"}),
    ],
)
def test_chat_messages_carry_no_markup_of_the_attackers(server: Server, kind: str, environment: dict[str, str]) -> None:
    made = opened(f"{kind}=env", {name: value.replace("URL", server.url) for name, value in environment.items()})
    assert made.send([alert(1, agent=HOSTILE)]).taken
    body = server.requests[0][2].decode()
    document = json.loads(body)
    assert "\\n" not in body.replace("\\\\n", "")
    if kind == "slack":
        assert all(part["type"] == "plain_text" for part in document["blocks"][1]["fields"])
        assert "<!channel>" not in document["text"]
    else:
        assert "**bold**" not in body
    made.close()


def test_pagerduty_knows_a_second_delivery(server: Server) -> None:
    made = opened(f"pagerduty={server.url}/v2/enqueue", {"CASEMATE_PAGERDUTY_KEY": "key"})
    assert made.send([alert(1)]).taken
    event = json.loads(server.requests[0][2])
    assert (event["dedup_key"], event["payload"]["severity"]) == (f"{1:032x}", "critical")
    made.close()


def test_jira_gets_an_issue(server: Server) -> None:
    made = opened(f"jira={server.url}/SEC", {"CASEMATE_JIRA_AUTHORIZATION": "Basic x"})
    assert made.send([alert(1, title="a\nb")]).taken
    path, headers, body = server.requests[0]
    fields = json.loads(body)["fields"]
    assert path == "/rest/api/3/issue"
    assert headers["authorization"] == "Basic x"
    assert fields["summary"] == "[critical] a b"
    assert f"casemate-{1:032x}" in fields["labels"]
    made.close()


def test_a_secret_that_is_not_set_is_told() -> None:
    with pytest.raises(UsageError, match="wants a secret"):
        opened("splunk=https://splunk:8088", {})
    with pytest.raises(UsageError, match="KIND=ADDRESS"):
        opened("carrier-pigeon=x", {})
    with pytest.raises(ConfigurationError, match="in the clear"):
        opened("webhook=http://example.com/hook", {})


def framed(data: bytes) -> list[bytes]:
    found = []
    while data:
        length, _, rest = data.partition(b" ")
        found.append(rest[: int(length)])
        data = rest[int(length) :]
    return found


def test_syslog_over_tcp_counts_its_octets() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        sink = SyslogSink("127.0.0.1", listener.getsockname()[1], transport="tcp")
        assert len(sink.send([alert(1), alert(2, agent=HOSTILE)]).taken) == 2
        sink.close()
        connection, _ = listener.accept()
        with connection:
            data = b""
            while chunk := connection.recv(65536):
                data += chunk
    first, second = framed(data)
    assert first.startswith(b"<106>1 2026-03-01T10:00:00Z - casemate - trail-switched-off [casemate@32473 ")
    assert b"\n" not in second
    assert b'\\"\\]' in second


def test_a_value_cannot_leave_its_place_in_cef() -> None:
    text = cef(alert(1, title=HOSTILE, agent=HOSTILE))
    assert "\n" not in text
    head = text.split("|externalId=")[0]
    assert head.replace("\\\\", "").replace("\\|", "").count("|") == 6
    assert "\\=z" in text
    assert message(alert(1), "cef").endswith(cef(alert(1)))


def test_severities_have_their_levels() -> None:
    assert message(alert(1), "rfc5424").startswith("<106>1 ")
    high = Alert("1" * 32, "r", "t", HIGH, -1, ())
    assert message(high, "rfc5424").startswith("<107>1 - - casemate - r ")
