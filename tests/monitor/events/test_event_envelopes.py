"""One delivery, several records: every wrapping is taken off, also several of them, and nothing else is touched."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.monitor.events.decoding import decode
from casemate.monitor.events.envelopes import unwrap, unwrapped

TRAIL = {
    "eventVersion": "1.08", "eventSource": "iam.amazonaws.com", "eventName": "CreateUser", "eventID": "e1",
    "eventTime": "2026-03-01T10:00:00Z", "userIdentity": {"type": "Root"}, "recipientAccountId": "111122223333",
}  # fmt: skip
FINDING = {
    "schemaVersion": "2.0",
    "accountId": "1",
    "id": "f",
    "type": "Trojan:Lambda/DropPoint",
    "service": {"serviceName": "guardduty"},
}
GUARD = {"class_uid": 2004, "time": 1, "metadata": {"uid": "u", "product": {"name": "casemate-guard"}}}


def sources(given: object) -> list[str]:
    return [decode(one).source for one in unwrapped(json.dumps(given).encode())]


def bridge(kind: str, detail: object) -> dict[str, object]:
    return {
        "version": "0",
        "id": "x",
        "detail-type": kind,
        "source": "aws.x",
        "account": "1",
        "region": "eu-west-1",
        "detail": detail,
    }


def logs(group: str, *messages: str) -> dict[str, Any]:
    inner = {
        "messageType": "DATA_MESSAGE", "owner": "111122223333", "logGroup": group, "logStream": "s",
        "logEvents": [{"id": str(n), "timestamp": 1772359200000, "message": text} for n, text in enumerate(messages)],
    }  # fmt: skip
    return {"awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(inner).encode())).decode()}}


@pytest.mark.parametrize(
    ("wrapped", "expected"),
    [
        ({"Records": [TRAIL, TRAIL]}, ["aws.cloudtrail"] * 2),
        (bridge("AWS API Call via CloudTrail", TRAIL), ["aws.cloudtrail"]),
        (bridge("GuardDuty Finding", FINDING), ["aws.guardduty"]),
        (
            bridge("Security Hub Findings - Imported", {"findings": [{"AwsAccountId": "1", "ProductArn": "p", "Types": []}]}),
            ["aws.securityhub"],
        ),
        (logs("/aws/lambda/orders", "START RequestId: 1 Version: 1", "hello", '{"level": "INFO"}'), ["aws.lambda"] * 3),
        (logs("trail", json.dumps(TRAIL)), ["aws.cloudtrail"]),
        (logs("/aws/lambda/orders", json.dumps(GUARD)), ["casemate.guard"]),
        (logs("flow", "2 1 eni-1 10.0.0.1 10.0.0.2 1 2 6 1 1 1772359200 1772359260 REJECT OK"), ["aws.vpcflow"]),
        ({"Records": [{"messageId": "m", "receiptHandle": "h", "body": json.dumps(bridge("x", TRAIL))}]}, ["aws.cloudtrail"]),
        (
            {"Records": [{"messageId": "m", "receiptHandle": "h", "body": json.dumps({"Type": "Notification", "TopicArn": "t", "Message": json.dumps(TRAIL)})}]},
            ["aws.cloudtrail"],
        ),
        ({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": json.dumps(bridge("x", FINDING))}}]}, ["aws.guardduty"]),
        ({"Records": [{"kinesis": {"data": base64.b64encode(json.dumps(TRAIL).encode()).decode()}}]}, ["aws.cloudtrail"]),
        ({"eventJson": json.dumps(TRAIL)}, ["aws.cloudtrail"]),
        ({"records": [{"time": "2026-03-01T10:00:00Z", "resourceId": "/SUBSCRIPTIONS/A", "operationName": "X/WRITE", "category": "Administrative"}]}, ["azure.activity"]),
        (
            {"message": {"data": base64.b64encode(json.dumps({"protoPayload": {"methodName": "m"}, "insertId": "i"}).encode()).decode()}, "subscription": "s"},
            ["google.audit"],
        ),
        ([TRAIL, FINDING], ["aws.cloudtrail", "aws.guardduty"]),
        ({"kind": "EventList", "items": [{"kind": "Event", "apiVersion": "audit.k8s.io/v1", "verb": "get"}]}, ["kubernetes.audit"]),
    ],
)  # fmt: skip
def test_every_wrapping(wrapped: object, expected: list[str]) -> None:
    assert sources(wrapped) == expected


def test_otlp_log_records() -> None:
    def value(text: str) -> dict[str, str]:
        return {"stringValue": text}

    sent = {
        "resourceLogs": [
            {
                "resource": {
                    "attributes": [
                        {"key": "service.name", "value": value("shop")},
                        {"key": "faas.name", "value": value("orders")},
                    ]
                },
                "scopeLogs": [
                    {
                        "scope": {"name": "app"},
                        "logRecords": [
                            {
                                "timeUnixNano": "1772359200000000000",
                                "body": value("placed"),
                                "attributes": [{"key": "n", "value": {"intValue": "3"}}],
                            },
                            {"timeUnixNano": "1772359200000000000", "body": value(json.dumps(GUARD))},
                        ],
                    }
                ],
            }
        ]
    }
    first, second = [decode(one) for one in unwrapped(json.dumps(sent).encode())]
    assert (first.source, first.time, second.source) == ("otlp", 1772359200000, "casemate.guard")
    assert first.body["attributes"] == {"n": 3}


def test_what_is_not_wrapped_keeps_its_bytes() -> None:
    line = json.dumps(TRAIL, separators=(",", ":")).encode()
    assert list(unwrap(line)) == [line]
    assert list(unwrapped(line + b"\n" + line + b"\n")) == [line, line]
    assert list(unwrap(b"no record at all")) == [b"no record at all"]
    assert list(unwrap(b'{"Records": [')) == [b'{"Records": [']


def test_a_header_of_flow_logs_holds_for_the_lines_after_it() -> None:
    block = b"version srcaddr dstaddr interface-id action bytes\n5 10.0.0.1 10.0.0.2 eni-1 REJECT 40\n"
    (record,) = unwrapped(block)
    assert decode(record).source == "aws.vpcflow"


def test_wrappings_nest_only_so_deep() -> None:
    record: dict[str, object] = dict(TRAIL)
    for _ in range(40):
        record = {"Records": [record]}
    assert all(decode(one).source == "other" for one in unwrapped(json.dumps(record).encode()))


def test_a_bomb_is_not_inflated() -> None:
    bomb = base64.b64encode(gzip.compress(b" " * 70_000_000)).decode()
    assert list(unwrap(json.dumps({"awslogs": {"data": bomb}}).encode())) == []


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=20), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    st.sampled_from(["Records", "records", "detail", "detail-type", "awslogs", "data", "logEvents", "logGroup", "message", "body", "receiptHandle",
                     "Sns", "Message", "Type", "TopicArn", "resourceLogs", "scopeLogs", "logRecords", "eventJson", "kinesis", "subscription", "items", "kind"]),
    inner, max_size=4), max_leaves=20))  # fmt: skip
def test_no_delivery_breaks_it(value: object) -> None:
    for one in unwrapped(json.dumps(value).encode()):
        assert isinstance(one, bytes)
