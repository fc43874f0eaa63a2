"""Lines of text become records; what is no such line stays out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.monitor.events.lines import Lines, alb, common, flow, platform
from casemate.monitor.events.registry import source_of

ALB = (
    "https 2026-03-01T10:00:00.123456Z app/shop/50dc6c495c0c9188 198.51.100.7:2817 10.0.0.1:80 0.086 0.048 0.037 403 200 0 57 "
    '"GET https://shop.example:443/orders?id=1 HTTP/1.1" "curl/8.5 (x; \\"y\\")" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 '
    'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop/73e2d6bc24d8a067 "Root=1-5e" "shop.example" '
    '"arn:aws:acm:eu-west-1:111122223333:certificate/1" 1 2026-03-01T10:00:00.000000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-" TID_1'
)


def test_a_load_balancer_line() -> None:
    record = alb(ALB)
    assert record is not None
    assert (record["client_ip"], record["elb_status_code"], record["method"]) == ("198.51.100.7", "403", "GET")
    assert record["url"] == "https://shop.example:443/orders?id=1"
    source = source_of(record)
    assert source is not None
    assert source.name == "aws.alb"
    assert source.account(record) == "111122223333"
    assert source.time(record) == 1772359200123


def test_flow_logs_with_and_without_a_header() -> None:
    default = "2 111122223333 eni-0a1b2c3d 10.0.1.5 203.0.113.9 43210 443 6 10 5000 1772359200 1772359260 ACCEPT OK"
    record = Lines().parse(default)
    assert record is not None
    assert (record["dstaddr"], record["action"], record["bytes"]) == ("203.0.113.9", "ACCEPT", "5000")
    source = source_of(record)
    assert source is not None
    assert (source.name, source.time(record)) == ("aws.vpcflow", 1772359200000)
    lines = Lines()
    assert (
        lines.parse("version vpc-id pkt-srcaddr srcaddr dstaddr interface-id flow-direction encryption-status") is None
    )
    later = lines.parse("7 vpc-1 10.0.1.9 10.0.1.5 203.0.113.9 eni-1 egress 1")
    assert later is not None
    assert (later["pkt-srcaddr"], later["flow-direction"], later["encryption-status"]) == ("10.0.1.9", "egress", "1")
    assert lines.parse("7 vpc-1 10.0.1.9") is None
    assert flow(["2", "1", "eni-1", "-", "-", "-", "-", "-", "-", "-", "1", "2", "-", "NODATA"]) is None


def test_the_common_log_format() -> None:
    line = '198.51.100.7 - alice [10/Oct/2026:13:55:36 +0200] "GET /orders HTTP/1.1" 200 2326 a1b2c3'
    record = common(line)
    assert record is not None
    source = source_of(record)
    assert source is not None
    assert (source.name, source.time(record)) == ("aws.apigateway", 1791633336000)
    assert common(line.replace("10/Oct", "10/Foo")) is None
    assert common("hello world") is None


@pytest.mark.parametrize(
    ("line", "kind", "more"),
    [
        ("START RequestId: 8f5 Version: $LATEST", "platform.start", {"version": "$LATEST", "requestId": "8f5"}),
        ("END RequestId: 8f5", "platform.end", {}),
        (
            "REPORT RequestId: 8f5\tDuration: 12.50 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB\tInit Duration: 150.1 ms\tStatus: timeout",
            "platform.report",
            {"durationMs": 12.5, "maxMemoryUsedMB": 70.0, "status": "timeout"},
        ),
        (
            "INIT_START Runtime Version: python:3.12.v8\tRuntime Version ARN: arn:x",
            "platform.initStart",
            {"runtime": "python:3.12.v8"},
        ),
        (
            "EXTENSION\tName: insights\tState: Ready\tEvents: [INVOKE]",
            "platform.extension",
            {"name": "insights", "state": "Ready"},
        ),
        ("2026-03-01T10:00:00.000Z 8f5 Task timed out after 3.00 seconds", "timeout", {"status": "timeout"}),
        ("RequestId: 8f5 Error: Runtime exited with error: signal: killed", "platform.fault", {"status": "error"}),
    ],
)
def test_lines_of_lambda_s_platform(line: str, kind: str, more: dict[str, object]) -> None:
    record = platform(line)
    assert record is not None
    about = record["platform"]
    assert isinstance(about, dict)
    assert about["type"] == kind
    assert more.items() <= about.items()


def test_what_a_function_writes_itself_is_no_platform_line() -> None:
    assert platform("order 17 was placed") is None
    timed = Lines().parse("2026-03-01T10:00:00.000Z START RequestId: 8f5 Version: 3")
    assert timed is not None
    assert timed["time"] == "2026-03-01T10:00:00.000Z"
    assert "platform" in timed


@given(st.text(max_size=400))
def test_no_line_breaks_the_parser(line: str) -> None:
    Lines().parse(line)
    Lines(("version", "srcaddr", "dstaddr")).parse(line)
