from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.guard.guard_events import MARK, b64

from casemate_guard.batch import Quarantined
from casemate_guard.decision import Hit, Reason
from casemate_guard.events.leaves import Leaf
from casemate_guard.handler import Guard
from casemate_guard.policy import SCHEMA, Policy, policy_from
from casemate_guard.telling import Teller, in_time


def policy(**more: object) -> Policy:
    return policy_from({"schema": SCHEMA, "function": "Shop", "waf": None, "redaction": None, **more})


def hostile(leaves: list[Leaf]) -> list[Hit]:
    return [Hit(leaf, "script") for leaf in leaves if MARK in (leaf.value, *leaf.views.values())]


class Context:
    aws_request_id = "r-1"


def guarded(one: Policy, capsys: pytest.CaptureFixture[str], event: object) -> list[dict[str, object]]:
    guard = Guard(policy=one, inspect=hostile)  # type: ignore[arg-type]
    guard.protect(lambda _event, _context: None)(event, Context())
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def sqs(*texts: str) -> dict[str, object]:
    records = [{"messageId": f"m{n}", "eventSource": "aws:sqs", "body": text} for n, text in enumerate(texts)]
    return {"Records": records}


def test_a_decision_is_one_line_with_ocsf_and_metrics(capsys: pytest.CaptureFixture[str]) -> None:
    (event,) = guarded(policy(), capsys, sqs("fine", MARK))
    assert {name: event[name] for name in ("class_uid", "category_uid", "activity_id", "type_uid")} == {
        "class_uid": 2004,
        "category_uid": 2,
        "activity_id": 1,
        "type_uid": 200401,
    }
    assert (event["action_id"], event["disposition_id"], event["severity_id"]) == (2, 3, 4)
    unmapped = event["unmapped"]
    assert isinstance(unmapped, dict)
    assert unmapped["verdict"] == "quarantine"
    assert unmapped["reasons"] == [{"rule": "script", "path": "Records[1].body", "record": 1, "mode": "enforce"}]
    metadata = event["metadata"]
    assert isinstance(metadata, dict)
    assert metadata["correlation_uid"] == "r-1"
    aws = event["_aws"]
    assert isinstance(aws, dict)
    (directive,) = aws["CloudWatchMetrics"]
    for name in (*directive["Dimensions"][0], *(one["Name"] for one in directive["Metrics"])):
        assert name in event  # "all target members are at the root"
    assert MARK not in json.dumps(event)


def test_an_allowed_event_is_told_only_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(policy(), capsys, sqs("fine")) == []
    (event,) = guarded(policy(sinks={"tell": "all"}), capsys, sqs("fine"))
    assert (event["action_id"], event["disposition_id"], event["severity_id"]) == (1, 1, 1)


@pytest.mark.parametrize("more", [{"mode": "observe"}, {"rules": {"script": "observe"}}])
def test_what_is_observed_says_so(more: dict[str, object], capsys: pytest.CaptureFixture[str]) -> None:
    (event,) = guarded(policy(**more), capsys, sqs(MARK))
    assert (event["action_id"], event["disposition_id"], event["Observed"]) == (1, 15, 1)


def test_a_rule_that_is_off_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(policy(rules={"script": "off"}), capsys, sqs(MARK)) == []


def test_paths_are_redacted(capsys: pytest.CaptureFixture[str]) -> None:
    key = "AKIA" + "ABCDEFGHIJKLMNOP"
    (event,) = guarded(policy(), capsys, sqs(json.dumps({key: MARK})))
    assert key not in json.dumps(event)


def test_a_sink_never_fails_the_handler_and_never_takes_long() -> None:
    stuck = threading.Event()
    assert not in_time(lambda: stuck.wait(60), 0.01)
    stuck.set()
    assert not in_time(lambda: 1 / 0, 5)
    assert in_time(lambda: None, 5)

    written: list[str] = []

    def broken(stream: str, line: str) -> None:
        if stream == "stdout":
            raise OSError("closed")
        written.append(line)

    teller = Teller(policy(sinks={"events": ["stdout", "ftp://x"], "seconds": 5}), write=broken)
    teller.limited("limit:hosts", "evil.example", "enforce")
    teller.flush()
    assert written == ["casemate-guard: 1 events did not reach a sink in time"]


def test_the_callers_address_is_redacted_and_a_refused_host_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    request = {
        "httpMethod": "GET",
        "path": "/",
        "queryStringParameters": {"q": MARK},
        "requestContext": {"identity": {"sourceIp": "203.0.113.9"}},
    }
    for redaction, shown in (({}, "[redacted:ip-address]"), (None, "203.0.113.9")):
        guard = Guard(policy=policy(redaction=redaction), inspect=hostile)  # type: ignore[arg-type]
        assert guard.decide(request) is not None
        event = json.loads(capsys.readouterr().out)
        assert event["src_endpoint"] == {"ip": shown}
        assert guard.teller is not None
        guard.teller.limited("limit:hosts", "192.0.2.1", "enforce")
        assert json.loads(capsys.readouterr().out)["unmapped"]["reasons"][0]["path"] == "192.0.2.1"


def test_the_quarantine_has_to_take_the_record() -> None:
    lines: list[str] = []
    record = Quarantined("sqs", {"body": "x"}, "m1", [Reason("script", "body", 0)])
    Teller(policy(sinks={"quarantine": "stdout"}), write=lambda _stream, line: lines.append(line)).keep(record)
    assert json.loads(lines[0])["record"] == {"body": "x"}
    with pytest.raises(TimeoutError):
        Teller(policy(sinks={"quarantine": "ftp://x", "seconds": 5})).keep(record)


def test_an_event_that_nobody_waits_for_goes_to_the_quarantine(capsys: pytest.CaptureFixture[str]) -> None:
    event = {"detail-type": "Order", "source": "shop", "detail": {"text": MARK}, "id": "1"}
    told, kept = guarded(policy(sinks={"quarantine": "stdout"}), capsys, event)
    assert told["trigger"] == "eventbridge"
    assert kept["schema"] == "casemate-quarantine/1"


def test_responses_are_redacted_when_the_policy_says_so() -> None:
    guard = Guard(policy=policy(redaction={}, responses=True), inspect=None)
    answer = {"statusCode": 200, "body": "mail jane@example.com", "more": [("jane@example.com", 1)]}
    protected = guard.protect(lambda _event, _context: answer)
    assert protected({"a": b64("x")}, None) == {
        "statusCode": 200,
        "body": "mail [redacted:email]",
        "more": [["[redacted:email]", 1]],
    }


class Service(BaseHTTPRequestHandler):
    """Answers like SQS, and keeps what it was sent."""

    taken: list[tuple[str | None, dict[str, str]]] = []  # noqa: RUF012 - one server a test

    def log_message(self, *_args: object) -> None:
        """Nothing is logged."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.taken.append((self.headers["X-Amz-Target"], json.loads(body)))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")


def test_a_queue_takes_events_and_records(monkeypatch: pytest.MonkeyPatch) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name, value in {
        "AWS_ENDPOINT_URL_SQS": f"http://127.0.0.1:{server.server_address[1]}",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "QUEUE": "sqs:https://sqs.eu-west-1.amazonaws.com/123456789012/hostile",
    }.items():
        monkeypatch.setenv(name, value)
    try:
        one = policy(sinks={"events": ["env:QUEUE"], "quarantine": "env:QUEUE", "seconds": 10})
        teller = Teller(one)
        teller.limited("limit:hosts", "evil.example", "enforce")
        teller.flush()
        teller.keep(Quarantined("sqs", {"body": "x"}, "m1", [Reason("script", "body", 0)]))
    finally:
        server.shutdown()
        server.server_close()
    (told, event), (kept, record) = Service.taken
    assert told == kept == "AmazonSQS.SendMessage"
    assert event["QueueUrl"] == record["QueueUrl"] == "https://sqs.eu-west-1.amazonaws.com/123456789012/hostile"
    assert json.loads(event["MessageBody"])["class_uid"] == 2004
    assert json.loads(record["MessageBody"])["record"] == {"body": "x"}
