"""No secret of a record is stored or told; what traces a call stays."""

from __future__ import annotations

import json

import pytest

from casemate.monitor.events.masking import MASK, masked, masked_bytes

SECRET = "hunter2" + "-very-" + "secret"


@pytest.mark.parametrize(
    "record",
    [
        {"requestParameters": {"masterUserPassword": SECRET}},
        {"responseElements": {"credentials": {"secretAccessKey": SECRET, "sessionToken": SECRET}}},
        {"requestParameters": {"environment": {"variables": {"ANYTHING": SECRET}}}},
        {"requestParameters": {"containerDefinitions": [{"environment": [{"name": "DB_PASSWORD", "value": SECRET}]}]}},
        {"requestParameters": {"parameters": [{"parameterKey": "DbPassword", "parameterValue": SECRET}]}},
        {"properties": {"requestbody": json.dumps({"properties": {"password": SECRET}})}},
        {"message": f"connecting to postgres://app:{SECRET}@db.example/shop"},
        {"message": "-----BEGIN " + "RSA PRIVATE KEY-----\n" + SECRET + "\n-----END " + "RSA PRIVATE KEY-----"},
        {"message": "Authorization: Bearer " + "a" * 10 + SECRET.replace("-", "") + "b" * 10},
    ],
)
def test_secrets_go(record: dict[str, object]) -> None:
    line = json.dumps(record).encode()
    for text in (json.dumps(masked(record)), masked_bytes(line).decode()):
        assert SECRET not in text
        assert SECRET.replace("-", "") not in text
        assert MASK in text


@pytest.mark.parametrize(
    "record",
    [
        {"userIdentity": {"accessKeyId": "AKIA" + "IOSFODNN7EXAMPLE"}},
        {"requestParameters": {"secretId": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbCdEf"}},
        {"resources": [{"ARN": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbCdEf"}]},
        {"requestParameters": {"name": "/shop/db/password", "withDecryption": True}},
        {"errorMessage": "User: arn:aws:iam::111122223333:user/x is not authorized"},
        {"requestParameters": {"environment": {}}},
    ],
)
def test_what_traces_a_call_stays(record: dict[str, object]) -> None:
    assert masked(record) == record
    assert json.loads(masked_bytes(json.dumps(record).encode())) == record


def test_a_record_without_secrets_keeps_its_bytes() -> None:
    line = b'{"eventName":"GetItem","requestParameters":{"tableName":"orders"}}'
    assert masked_bytes(line) is line
