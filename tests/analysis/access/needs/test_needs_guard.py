"""What the guard needs in the function that it protects is part of the function's needs, and says so."""

from __future__ import annotations

import json

from tests.analysis.access.needs.needs_applications import needs

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Bad: {Type: AWS::SQS::Queue}
  Key: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: []}}}
  Db: {Type: AWS::SecretsManager::Secret}
  Used: {Type: AWS::DynamoDB::Table}
  Shop:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      CodeUri: src/
      Environment:
        Variables:
          CASEMATE_KEK: !Sub "aws-kms://${Key.Arn}"
          PASSWORD: PLAIN
          SINK: !Sub "sqs:${Bad}"
          DB: !Sub "aws-sm://${Db}"
          USED: !Sub "dynamodb:${Used}"
"""
CODE = """
import os
from casemate_guard import guard, secrets
from casemate_guard.envelope import Envelope

@guard()
def handler(event, context):
    BODY
"""


def platform(body: str = "return 1", *, sealed: bool = False, policy: object = None) -> set[tuple[str, str, str]]:
    files = {
        "template.yaml": TEMPLATE.replace("PLAIN", '"casemate-env/1:Shop:AAAA"' if sealed else "plain"),
        "src/app.py": CODE.replace("BODY", body),
    }
    if policy is not None:
        files["src/guard-policy.json"] = json.dumps(policy, indent=1)
    found = needs(files)["Shop"].platform
    return {(one.action, one.resource, one.reason) for one in found if "guard" in one.reason}


def test_encrypted_variables_take_the_right_to_open_their_keys() -> None:
    assert platform() == set()
    assert platform(sealed=True) == {("kms:Decrypt", "${Key.Arn}", "encrypted variables, opened by the guard")}


def test_the_sinks_of_the_policy_are_sent_to() -> None:
    arn = ("sqs:SendMessage", "${Bad.Arn}", "quarantine of the guard")
    assert platform(policy={"functions": {"app.handler": {"sinks": {"quarantine": "env:SINK"}}}}) == {arn}
    assert platform(policy={"sinks": {"quarantine": "env:SINK", "events": "stdout"}}) == {arn}
    literal = "sqs:https://sqs.eu-west-1.amazonaws.com/123456789012/bad"
    found = platform(policy={"sinks": {"events": literal}})
    assert {(one[0], one[2]) for one in found} == {("sqs:SendMessage", "events of the guard")}
    assert platform(policy={"functions": {"other.handler": {"sinks": {"quarantine": "env:SINK"}}}}) == set()


def test_signatures_take_their_keys_and_the_table_of_used_ones() -> None:
    signed = {"audience": "orders", "keys": {"k1": "env:DB"}, "window": "env:USED"}
    assert platform(policy={"signed": signed}) == {
        ("secretsmanager:GetSecretValue", "${Db.Arn}", "secrets of the guard"),
        ("dynamodb:UpdateItem", "${Used.Arn}", "signatures of the guard"),
    }
    named = platform(policy={"functions": {"app.handler": {"signed": {**signed, "window": "dynamodb:used"}}}})
    assert any(action == "dynamodb:UpdateItem" and arn.endswith(":table/used") for action, arn, _ in named)


def test_a_broken_policy_is_no_reason_to_stop() -> None:
    assert platform(policy=["not", "a", "policy"]) == set()


def test_a_sink_that_is_no_queue_needs_nothing() -> None:
    assert platform(policy={"sinks": {"events": "https://collector.example.com/x"}}) == set()


def test_the_place_is_the_line_of_the_policy() -> None:
    policy = json.dumps({"sinks": {"quarantine": "env:SINK"}}, indent=1)
    files = {"template.yaml": TEMPLATE, "src/app.py": CODE.replace("BODY", "return 1"), "src/guard-policy.json": policy}
    (need,) = (one for one in needs(files)["Shop"].platform if one.action == "sqs:SendMessage")
    assert (need.because[0].path, need.because[0].start_line) == ("src/guard-policy.json", 3)


def test_secrets_that_the_library_reads() -> None:
    by_name = platform('return secrets.get("aws-ssm:///shop/level")')
    assert {(action, resource.partition(":parameter")[2]) for action, resource, _ in by_name} == {
        ("ssm:GetParameter", "/shop/level")
    }
    assert platform('return secrets.get(os.environ["DB"])') == {
        ("secretsmanager:GetSecretValue", "${Db.Arn}", "secrets of the guard")
    }


def test_envelopes_make_and_open_data_keys() -> None:
    encrypt = platform('return Envelope(os.environ["CASEMATE_KEK"]).encrypt(b"x")')
    assert encrypt == {("kms:GenerateDataKey", "${Key.Arn}", "envelopes of the guard")}
    decrypt = platform('return Envelope(os.environ["CASEMATE_KEK"]).decrypt(event["x"])')
    assert decrypt == {("kms:Decrypt", "${Key.Arn}", "envelopes of the guard")}


def test_a_secret_that_is_chosen_at_run_time_is_a_gap() -> None:
    files = {"template.yaml": TEMPLATE, "src/app.py": CODE.replace("BODY", 'return secrets.get(event["name"])')}
    (gap,) = needs(files)["Shop"].code.not_followed
    assert "of the guard" in gap.reason
