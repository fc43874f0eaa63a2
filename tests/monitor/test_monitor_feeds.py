"""Feeds that listen, and what transports carry."""

from __future__ import annotations

import gzip
import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.monitor.test_monitor_running import post, record

from casemate.errors import ConfigurationError, MissingExtraError, UsageError
from casemate.monitor.events.envelopes import unwrapped
from casemate.monitor.feeds.http import HttpFeed
from casemate.monitor.feeds.opening import opened
from casemate.monitor.feeds.payload import lines
from casemate.monitor.feeds.syslog import SyslogFeed, payload


def test_what_transports_carry_becomes_lines() -> None:
    one, two = record(1, "GetUser"), record(2, "GetUser")
    for data in (
        one + b"\n" + two,
        one + two,
        one + b" " + two,
        b"[" + one + b"," + two + b"]",
        b'{"Records": [' + one + b"," + two + b"]}",
        gzip.compress(one + two),
    ):
        found = [json.loads(line)["eventID"] for line in unwrapped(lines(data, "x"))]
        assert found == ["e1", "e2"], data[:80]


def test_questions_of_cloudwatch_are_no_events() -> None:
    ask = json.dumps({"messageType": "CONTROL_MESSAGE", "logGroup": "", "logEvents": [{"message": "x"}]}).encode()
    assert lines(ask, "x") == b""
    assert lines(gzip.compress(ask), "x") == b""
    assert lines(ask + record(1, "GetUser"), "x").count(b"eventID") == 1


@pytest.mark.parametrize(
    "data", [b"{broken", b"\x1f\x8bx", gzip.compress(b"x" * 9, mtime=0)[:-4], b"\xf3\x89\x9a\xc2abc"]
)
def test_what_carries_nothing_is_said(data: bytes) -> None:
    with pytest.raises(UsageError):
        lines(data, "x")


def test_a_bomb_is_not_inflated() -> None:
    with pytest.raises(UsageError, match="too large"):
        lines(gzip.compress(bytes(65_000_000)), "x")


def served(feed: HttpFeed, send: Callable[[], None]) -> list[bytes]:
    feed.start({})
    found: list[bytes] = []
    stop = threading.Event()

    def keep() -> None:
        while not stop.is_set():
            batch = feed.poll(0.05)
            if batch is not None:
                found.append(batch.block)
                feed.acknowledge(batch)

    thread = threading.Thread(target=keep)
    thread.start()
    try:
        send()
    finally:
        stop.set()
        thread.join(timeout=10)
        feed.close()
    return found


def test_otlp_is_the_same_in_both_encodings() -> None:
    pytest.importorskip("opentelemetry.proto")
    from google.protobuf.json_format import MessageToDict
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

    request = ExportLogsServiceRequest()
    resource = request.resource_logs.add()
    resource.resource.attributes.add(key="faas.name").value.string_value = "pay"
    logged = resource.scope_logs.add().log_records.add(
        time_unix_nano=1_772_359_200_000_000_000, severity_text="ERROR", trace_id=bytes(range(16)), span_id=b"\x01" * 8
    )
    logged.body.string_value = "boom"
    logged.attributes.add(key="n").value.int_value = 5
    as_json = MessageToDict(request)
    one = as_json["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]
    one["traceId"], one["spanId"] = bytes(range(16)).hex(), (b"\x01" * 8).hex()

    def send() -> None:
        kind = {"Content-Type": "application/x-protobuf"}
        assert post(feed.port, request.SerializeToString(), "/v1/logs", **kind) == 200
        packed = gzip.compress(request.SerializeToString())
        assert post(feed.port, packed, "/v1/logs", **kind, **{"Content-Encoding": "gzip"}) == 200
        assert post(feed.port, json.dumps(as_json).encode(), "/v1/logs", **{"Content-Type": "application/json"}) == 200
        assert post(feed.port, b"\xff\xff\xff", "/v1/logs", **kind) == 400
        assert post(feed.port, b"", "/v1/logs", **kind) == 200

    feed = HttpFeed("127.0.0.1", 0)
    blocks = served(feed, send)
    opened_ = [list(unwrapped(line)) for block in blocks for line in block.split(b"\n")]
    assert len(opened_) == 3
    assert opened_[0] == opened_[1] == opened_[2]
    assert b'"boom"' in opened_[0][0]


def test_firehose_delivers_what_cloudwatch_subscribes(tmp_path: Path) -> None:
    import base64
    import urllib.request

    logged = {
        "messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "trail", "logStream": "s",
        "logEvents": [{"id": "1", "timestamp": 1, "message": record(1, "DeleteTrail").decode()}],
    }  # fmt: skip
    data = [gzip.compress(json.dumps(logged).encode()), record(2, "GetUser"), b"\x1f\x8bbroken\n"]
    body = json.dumps(
        {"requestId": "r1", "timestamp": 1, "records": [{"data": base64.b64encode(one).decode()} for one in data]}
    )
    answers: list[dict[str, object]] = []

    def send() -> None:
        for key, status in (("wrong", 401), ("letmein", 200)):
            headers = {"X-Amz-Firehose-Access-Key": key, "Content-Type": "application/json"}
            assert post(feed.port, body.encode(), "/firehose", **headers) == status
        request = urllib.request.Request(
            f"http://127.0.0.1:{feed.port}/firehose", body.encode(), {"X-Amz-Firehose-Access-Key": "letmein"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - as above
            answers.append(json.loads(answer.read()))
        assert post(feed.port, b"{}", "/firehose", **{"X-Amz-Firehose-Access-Key": "letmein"}) == 400

    feed = HttpFeed("127.0.0.1", 0, token="letmein")
    blocks = served(feed, send)
    found = list(unwrapped(blocks[0]))
    assert [json.loads(one)["eventID"] for one in found[:2]] == ["e1", "e2"]
    assert found[2].startswith(b"\x1f\x8b")
    assert answers[0]["requestId"] == "r1"
    assert isinstance(answers[0]["timestamp"], int)


def test_without_the_library_protobuf_is_declined(monkeypatch: pytest.MonkeyPatch) -> None:
    from casemate.monitor.feeds import otlp

    def missing(data: bytes) -> bytes:
        raise MissingExtraError("OTLP in protobuf", extra="otlp")

    monkeypatch.setattr(otlp, "logs_as_json", missing)
    feed = HttpFeed("127.0.0.1", 0)
    served(feed, lambda: _declined(feed))


def _declined(feed: HttpFeed) -> None:
    assert post(feed.port, b"x", "/v1/logs", **{"Content-Type": "application/x-protobuf"}) == 415


@pytest.mark.parametrize(
    ("message", "line"),
    [
        (b'<34>1 2026-03-01T10:00:00Z host app 1 ID - {"a": 1}', b'{"a":1}'),
        (b'<34>1 2026-03-01T10:00:00Z host app 1 ID [x@1 a="]\\"]"][y] \xef\xbb\xbf{"a":\n1}', b'{"a":1}'),
        (b'<34>Mar  1 10:00:00 host app[12]: {"a": 1}', b'{"a":1}'),
        (b"<34>Mar  1 10:00:00 host app: text\nmore", b"text more"),
        (b'{"a": 1}\n', b'{"a":1}'),
        (b"plain", b"plain"),
        (b"<34>1 x", b"<34>1 x"),
        (b"", b""),
    ],
)
def test_what_a_syslog_message_carries(message: bytes, line: bytes) -> None:
    assert payload(message) == line


def drained(feed: SyslogFeed, count: int) -> list[bytes]:
    found: list[bytes] = []
    for _ in range(100):
        batch = feed.poll(0.1)
        if batch is not None:
            found += batch.block.split(b"\n")
        if len(found) >= count:
            break
    return found


def test_syslog_comes_by_length_by_line_and_by_datagram() -> None:
    one, two = b'<1>1 - - - - - - {"a":1}', b'<1>1 - - - - - - {"b":2}'
    feed = SyslogFeed("tcp://127.0.0.1:0")
    feed.start({})
    for data in (b"%d %s%d %s" % (len(one), one, len(two), two), one + b"\n" + two + b"\n", one + b"\n" + two):
        with socket.create_connection(("127.0.0.1", feed.port), timeout=5) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            assert drained(feed, 2) == [b'{"a":1}', b'{"b":2}']
    feed.close()
    feed = SyslogFeed("udp://127.0.0.1:0")
    feed.start({})
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(one, ("127.0.0.1", feed.port))
        assert drained(feed, 1) == [b'{"a":1}']
    feed.close()


def test_syslog_listens_here_only() -> None:
    with pytest.raises(ConfigurationError, match="credentials"):
        SyslogFeed("tcp://0.0.0.0:0")
    with pytest.raises(UsageError):
        SyslogFeed("tls://127.0.0.1:1")


@pytest.mark.parametrize(
    "asked",
    ["nope=x", "kafka=host", "s3=b/p?what=1", "sqs=nowhere", "kinesis=s?start=never&region=x", "s3=b?every=0&region=x"],
)
def test_feeds_that_cannot_be_are_refused(asked: str) -> None:
    with pytest.raises(UsageError):
        opened(asked)


SCRAPS = (
    *rb'{ } [ ] {"a":1} " \ Records {"Records":[{}]} {"Type":"Notification","Message":" "s3" <34>1 [x@1 -'.split(),
    *(b"\n", b" ", b"\x1f\x8b", b"\xff", b"\xef\xbb\xbf", b"12 "),
)
PIECES = st.lists(st.one_of(st.sampled_from(SCRAPS), st.binary(max_size=8)), max_size=12).map(b"".join)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(PIECES)
def test_whatever_comes_is_lines_or_refused(data: bytes) -> None:
    from casemate.monitor.feeds.http import _firehose
    from casemate.monitor.feeds.sqs import opened as message

    for read in (lambda: lines(data, "x"), lambda: message(data.decode("utf-8", "replace")), lambda: _firehose(data)):
        try:
            read()
        except UsageError:
            continue
    assert b"\n" not in payload(data)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(PIECES, st.integers(1, 7))
def test_messages_of_a_stream_do_not_depend_on_its_packets(data: bytes, size: int) -> None:
    from casemate.monitor.feeds.syslog import _Split

    def read(step: int) -> Callable[[int], bytes]:
        parts = iter([data[start : start + step] for start in range(0, len(data), step)])
        return lambda _: next(parts, b"")

    assert list(_Split(read(size), lambda: True)) == list(_Split(read(len(data) + 1), lambda: True))
