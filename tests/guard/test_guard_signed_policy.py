"""A policy that says who may send."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from casemate_guard.checks import Checks
from casemate_guard.cloud import CloudError
from casemate_guard.cloud import aws as cloud_aws
from casemate_guard.handler import guard
from casemate_guard.policy import PolicyError, policy_from
from casemate_guard.secrets.secret import Secret
from casemate_guard.signed import Key, SignatureError, Signer, Verifier, Window
from casemate_guard.window import dynamodb

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def handler_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[list[object], object]:
    monkeypatch.setenv("ORDERS_KEY", "aws-sm://orders-key")
    monkeypatch.setattr("casemate_guard.signed._from_secrets", lambda _name, _newest: Secret(KEY))
    policy = {
        "schema": "casemate-guard-policy/1",
        "signed": {"audience": "orders", "keys": {"k1": "env:ORDERS_KEY"}, "issuers": ["checkout"]},
        "waf": None,
    }
    path = tmp_path / "guard-policy.json"
    path.write_text(json.dumps(policy), "utf-8")
    seen: list[object] = []

    @guard(policy=str(path))
    def handler(event: dict[str, object], _context: object = None) -> None:
        records = event["Records"]
        assert isinstance(records, list)
        seen.extend(record["body"] for record in records)

    return seen, handler


def sqs(number: int, body: str, signature: str | None) -> dict[str, object]:
    """A record of SQS."""
    attributes = {"casemate-signature": {"stringValue": signature, "dataType": "String"}} if signature else {}
    return {
        "messageId": f"m{number}", "receiptHandle": "r", "body": body, "messageAttributes": attributes, "attributes": {},
        "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:eu-west-1:1:orders", "awsRegion": "eu-west-1",
    }  # fmt: skip


def test_only_signed_records_of_producers_reach_the_handler(handler_of: tuple[list[object], object]) -> None:
    seen, handler = handler_of
    good = Signer(Key("k1", KEY), "orders", issuer="checkout")
    other = Signer(Key("k1", KEY), "orders", issuer="somebody")
    forged = Signer(Key("k1", KEY[::-1]), "orders", issuer="checkout")
    records = [
        sqs(1, "fine", good.signature(b"fine")),
        sqs(2, "unsigned", None),
        sqs(3, "forged", forged.signature(b"forged")),
        sqs(4, "another issuer", other.signature(b"another issuer")),
        sqs(5, "changed", good.signature(b"as it was")),
    ]
    assert callable(handler)
    answer = handler({"Records": records}, None)
    assert seen == ["fine"]
    assert {one["itemIdentifier"] for one in answer["batchItemFailures"]} == {"m2", "m3", "m4", "m5"}


def test_an_event_without_records_is_refused_as_a_whole(handler_of: tuple[list[object], object]) -> None:
    seen, handler = handler_of
    event = {
        "version": "0", "id": "e1", "detail-type": "OrderPlaced", "source": "shop", "account": "1", "region": "eu-west-1",
        "time": "2026-03-01T10:00:00Z", "resources": [], "detail": {"order": 5},
    }  # fmt: skip
    assert callable(handler)
    with pytest.raises(Exception, match="rejected"):
        handler(event, None)
    assert seen == []


def test_a_key_does_not_stand_in_a_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    document: dict[str, object] = {"schema": "casemate-guard-policy/1", "signed": {"audience": "a", "keys": {"k": KEY}}}
    with pytest.raises(PolicyError, match="names no secret"):
        Checks(policy_from(document))
    monkeypatch.delenv("NOT_THERE", raising=False)
    document["signed"] = {"audience": "a", "keys": {"k": "env:NOT_THERE"}}
    with pytest.raises(PolicyError, match="names no secret"):
        Checks(policy_from(document))
    for broken in ({}, {"audience": "a"}, {"keys": {"k": "env:X"}}):
        with pytest.raises(PolicyError, match="audience and at least one key"):
            policy_from({"schema": "casemate-guard-policy/1", "signed": broken})


def used_table() -> str:
    """A table on moto with the key that the window wants."""
    cloud_aws.call(
        "dynamodb",
        "CreateTable",
        {
            "TableName": "used",
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
        },
    )
    return "used"


@pytest.mark.usefixtures("aws")
def test_instances_that_share_a_table_accept_a_signature_once() -> None:
    table = used_table()
    key = Key("k1", KEY)
    signature = Signer(key, "orders").signature(b"fine")
    one, other = (Verifier(key, "orders", window=Window(shared=dynamodb(table))) for _ in range(2))
    assert one.check(b"fine", signature, "m1")["aud"] == "orders"
    assert other.check(b"fine", signature, "m1")["aud"] == "orders"  # the platform delivers a message again
    with pytest.raises(SignatureError, match="replayed"):
        other.check(b"fine", signature, "m2")
    item = cloud_aws.call("dynamodb", "Scan", {"TableName": table})["Items"]
    assert isinstance(item, list)
    assert item[0]["by"] == {"S": "m1"}
    assert int(item[0]["expires"]["N"]) > time.time()


@pytest.mark.usefixtures("aws")
def test_nothing_passes_where_the_table_cannot_say() -> None:
    signature = Signer(Key("k1", KEY), "orders").signature(b"fine")
    verifier = Verifier(Key("k1", KEY), "orders", window=Window(shared=dynamodb("no-such-table")))
    with pytest.raises(CloudError, match="ResourceNotFound"):
        verifier.check(b"fine", signature, "m1")


def test_a_policy_names_the_window_or_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERS_KEY", "aws-sm://orders-key")
    monkeypatch.setenv("USED", "dynamodb:used")
    for window, fine in (("dynamodb:used", True), ("env:USED", True), ("env:OTHER", False), ("redis:used", False)):
        signed = {"audience": "orders", "keys": {"k1": "env:ORDERS_KEY"}, "window": window}
        policy = policy_from({"schema": "casemate-guard-policy/1", "signed": signed})
        if fine:
            Checks(policy)
        else:
            with pytest.raises(PolicyError, match="dynamodb:TABLE"):
                Checks(policy)
