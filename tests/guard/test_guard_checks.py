from __future__ import annotations

import base64
import json

import pytest
from tests.guard.guard_events import EVENTS, zipped

from casemate_guard.checks import Checks, payload
from casemate_guard.events.decode import decode
from casemate_guard.hops import NAME, hops_of, set_current
from casemate_guard.hops import _counted as counted
from casemate_guard.policy import SCHEMA, policy_from


def rules(event: object, **policy: object) -> list[tuple[str, int]]:
    checks = Checks(policy_from({"schema": SCHEMA, **policy}))
    found = decode(event)
    return [(one.what, one.record) for one in checks.reasons(found, event)]


def sqs(*bodies: str) -> dict[str, object]:
    records = [{"messageId": f"m{n}", "eventSource": "aws:sqs", "body": body} for n, body in enumerate(bodies)]
    return {"Records": records}


def http(body: str, **more: object) -> dict[str, object]:
    return {"httpMethod": "POST", "resource": "/orders/{id}", "path": "/orders/1", "headers": {}, "body": body, **more}


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ('{"a": 1, "a": 2}', "text:duplicate-key"),
        ('{"a": "x\\u0000y"}', "text:control-character"),
        ('{"a": "x\\u001by"}', "text:control-character"),
        ('{"a": "x\\u202ey"}', "text:bidirectional-control"),
        ('{"a": "e\\u0301"}', "text:not-normalised"),
        ('{"\\uff53elect": 1}', "text:not-normalised"),
        ('{"a": NaN}', "text:number"),
        ('{"a": 1e999}', "text:number"),
        ('{"a": 36893488147419103232}', "text:large-number"),
    ],
)
def test_odd_text_and_numbers(body: str, rule: str) -> None:
    assert (rule, 1) in rules(sqs('{"a": 1}', body))
    assert all(record == 1 for _, record in rules(sqs('{"a": 1}', body)))


def test_logs_may_have_colours() -> None:
    assert rules({"awslogs": {"data": zipped({"logEvents": [{"message": "\x1b[31m"}]})}}) == []


@pytest.mark.parametrize("body", ["plain", '{"a": "tab\\tline\\nJörg – ½ 日本"}', '{"a": 1.5, "b": -3}', ""])
def test_ordinary_text_is_not_odd(body: str) -> None:
    assert rules(sqs(body)) == []


def test_binary_payloads_are_not_odd_text() -> None:
    data = base64.b64encode(b"\x0a\x05hello\x00").decode()
    assert rules({"Records": [{"eventSource": "aws:kinesis", "kinesis": {"data": data}}]}) == []
    image = base64.b64encode(bytes(range(256))).decode()
    upload = http(image, isBase64Encoded=True, headers={"content-type": "image/png"})
    assert {rule for rule, _ in rules(upload)} <= {"text:not-in-its-charset"}  # observed by default
    assert rules({**http(""), "queryStringParameters": {"q": "a%00b"}}) == [("text:control-character", -1)]


def test_a_trigger_that_the_function_does_not_have() -> None:
    assert rules(EVENTS["direct"], triggers={"sqs": {}}) == [("trigger", -1)]
    assert rules(EVENTS["direct"]) == []


def test_schemas_of_records_and_bodies() -> None:
    shape = {"record": {"required": ["messageId"]}, "body": {"type": "object", "required": ["id"]}}
    event = sqs('{"id": 1}', '{"no": 1}', "no json")
    del event["Records"][0]["messageId"]  # type: ignore[index]
    assert rules(event, triggers={"sqs": shape}) == [
        ("schema:required", 0),
        ("schema:required", 1),
        ("schema:type", 2),
    ]


def test_schemas_of_routes() -> None:
    shape = {"routes": {"POST /orders/{id}": {"type": "object"}, "ANY /any": {"type": "array"}}}
    triggers = {"http-v1": shape, "http-v2": shape, "function-url": shape}
    assert rules(http('{"a": 1}'), triggers=triggers) == []
    assert rules(http("[]"), triggers=triggers) == [("schema:type", -1)]
    assert rules({**http("[]"), "httpMethod": "PUT"}, triggers=triggers) == []  # a route without a schema
    packed = base64.b64encode(b"[1]").decode()
    assert rules(http(packed, isBase64Encoded=True), triggers=triggers) == [("schema:type", -1)]
    second = {"routeKey": "ANY /any", "requestContext": {"http": {"method": "PUT", "path": "/any"}}, "body": "{}"}
    assert rules(second, triggers=triggers) == [("schema:type", -1)]


@pytest.mark.parametrize(
    ("trigger", "value", "expected"),
    [
        ("sns", {"Sns": {"Message": "[1]"}}, [1]),
        ("sns-in-sqs", {"body": json.dumps({"Message": '{"a": 1}'})}, {"a": 1}),
        ("kinesis", {"kinesis": {"data": "eyJhIjogMX0="}}, {"a": 1}),
        ("eventbridge", {"detail": {"a": 1}}, {"a": 1}),
        ("google-pubsub-push", {"message": {"data": "WzFd"}}, [1]),
        ("google-cloudevent", {"data": {"message": {"data": "WzFd"}}}, [1]),
        ("azure-queue", {"Data": {"item": '{"a": 1}'}}, {"a": 1}),
        ("direct", {"a": 1}, {"a": 1}),
        ("sqs", {"body": "text"}, "text"),
        ("sqs", {"body": "[" * 100_000}, "[" * 100_000),
        ("sqs", 7, None),
    ],
)
def test_what_the_sender_put_in(trigger: str, value: object, expected: object) -> None:
    assert payload(trigger, value) == expected


ATTRIBUTE = {NAME: {"dataType": "Number", "stringValue": "17"}}


@pytest.mark.parametrize(
    ("trigger", "value"),
    [
        ("sqs", {"messageAttributes": ATTRIBUTE}),
        ("sns", {"Sns": {"MessageAttributes": {NAME: {"Type": "Number", "Value": "17"}}}}),
        ("sns-in-sqs", {"body": json.dumps({"MessageAttributes": {NAME: {"Value": "17"}}})}),
        ("http-v2", {"headers": {"Casemate-Hops": "17"}}),
        ("azure-service-bus", {"application_properties": {NAME: 17}}),
        ("google-pubsub-push", {"message": {"attributes": {NAME: "17"}}}),
    ],
)
def test_triggers_that_carry_the_count(trigger: str, value: object) -> None:
    assert hops_of(trigger, value) == 17
    assert hops_of(trigger, {}) == 0
    assert hops_of("s3", value) == 0 or trigger == "http-v2"


def test_a_message_that_went_round_too_often_is_refused() -> None:
    event = sqs("a", "b")
    event["Records"][1]["messageAttributes"] = ATTRIBUTE  # type: ignore[index]
    assert rules(event, budgets={"hops": 16}) == [("recursion", 1)]
    assert rules(event, budgets={"hops": 17}) == []


def test_what_is_sent_carries_one_more() -> None:
    set_current(3)
    one: dict[str, object] = {"MessageBody": "x", "MessageAttributes": {"mine": {}}}
    counted(one, "before-parameter-build.sqs.SendMessage")
    assert one["MessageAttributes"] == {"mine": {}, NAME: {"DataType": "Number", "StringValue": "4"}}
    batch: dict[str, object] = {
        "Entries": [{"Id": "1"}, {"Id": "2", "MessageAttributes": {str(n): {} for n in range(10)}}]
    }
    counted(batch, "before-parameter-build.sqs.SendMessageBatch")
    entries = batch["Entries"]
    assert isinstance(entries, list)
    assert NAME in entries[0]["MessageAttributes"]
    assert NAME not in entries[1]["MessageAttributes"]  # SQS takes ten: the user's own come first
    call: dict[str, object] = {"ClientContext": base64.b64encode(b'{"custom": {"a": "b"}}').decode()}
    counted(call, "before-parameter-build.lambda.Invoke")
    assert json.loads(base64.b64decode(str(call["ClientContext"]))) == {"custom": {"a": "b", NAME: "4"}}
    set_current(0)
