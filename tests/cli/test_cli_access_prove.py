"""`access prove` and `access paths` as people run them: what is printed, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casemate.cli.main import main

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Handler: orders.create
      Runtime: python3.13
      InlineCode: x
      FunctionUrlConfig: {AuthType: NONE}
      Policies:
        - Statement:
            - Effect: Allow
              Action: lambda:InvokeFunction
              Resource: !GetAtt Bill.Arn
  Bill:
    Type: AWS::Serverless::Function
    Properties:
      Handler: bill.send
      Runtime: python3.13
      InlineCode: x
      Policies:
        - Statement:
            - Effect: Allow
              Action: dynamodb:*Item
              Resource: !GetAtt Table.Arn
            - Effect: Allow
              Action: sns:Publish
              Resource: !Ref Topic
  Table:
    Type: AWS::DynamoDB::Table
    Properties: {TableName: orders}
"""


@pytest.fixture
def stack(tmp_path: Path) -> str:
    (tmp_path / "template.yaml").write_text(TEMPLATE, "utf-8")
    return str(tmp_path)


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    capsys.readouterr()
    assert main(["access", *arguments]) == code
    return capsys.readouterr().out


def test_safe_reachable_and_unknown_have_an_exit_code_each(capsys: pytest.CaptureFixture[str], stack: str) -> None:
    safe = said(capsys, "prove", stack, "--no", "Orders", "dynamodb:*", "orders", code=0)
    assert safe == "proved safe: Orders dynamodb:* orders\n"
    reachable = said(capsys, "prove", stack, "--no", "Bill", "dynamodb:DeleteItem", "Table", code=1)
    assert "reachable: Bill dynamodb:DeleteItem Table" in reachable
    assert "table/orders" in reachable
    assert "template.yaml:" in reachable
    unknown = said(capsys, "prove", stack, "--no", "Bill", "sns:Publish", "arn:aws:sns:*:*:*", code=3)
    assert "is not resolved" in unknown


def test_the_witness_is_what_decide_takes(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    policies = tmp_path / "p.json"
    allow = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    deny = {
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "red"}},
    }
    policies.write_text(json.dumps({"Version": "2012-10-17", "Statement": [allow, deny]}), "utf-8")
    asked = ("--no", "arn:aws:iam::111122223333:role/app", "s3:Get*", "arn:aws:s3:::shop/*")
    answer = json.loads(said(capsys, "prove", "--policies", str(policies), *asked, "--format", "json", code=1))
    assert answer["verdict"] == "reachable"
    assert answer["witness"]["context"] == {"aws:principaltag/team": "red"}
    assert answer["statements"][0]["line"] == 1
    request = tmp_path / "r.json"
    request.write_text(json.dumps(answer["witness"]), "utf-8")
    decided = said(capsys, "decide", "--policies", str(policies), "--request", str(request))
    assert decided.startswith("allowed")


def test_everybody_outside(capsys: pytest.CaptureFixture[str], stack: str) -> None:
    said(capsys, "prove", stack, "--no", "*", "dynamodb:*", "Table", code=0)
    said(capsys, "prove", stack, "--no", "anonymous", "lambda:InvokeFunctionUrl", "Orders", code=1)
    said(capsys, "prove", stack, "--no", "anonymous", "lambda:InvokeFunctionUrl", "Bill", code=0)


@pytest.mark.parametrize(
    "asked",
    [("Nobody", "s3:GetObject", "*"), ("Orders", "GetObject", "*"), ("Orders", "s3:GetObject", "nothing")],
)
def test_a_wrong_question_is_a_usage_error(
    capsys: pytest.CaptureFixture[str], stack: str, asked: tuple[str, str, str]
) -> None:
    assert main(["access", "prove", stack, "--no", *asked]) == 2
    assert "hint:" in capsys.readouterr().err


def test_a_path_that_is_not_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["access", "paths", str(tmp_path / "none")]) == 2
    assert main(["access", "paths", str(tmp_path)]) == 2
    assert "nothing serverless" in capsys.readouterr().err


def test_from_the_internet_to_a_table_via_two_functions(capsys: pytest.CaptureFixture[str], stack: str) -> None:
    tree = said(capsys, "paths", stack, "--to", "orders", "--from", "internet")
    assert [line.strip("│├└─ ").split(" — ")[0] for line in tree.splitlines()] == [
        "the internet",
        "can invoke function Orders",
        "runs as role Orders",
        "can invoke function Bill",
        "runs as role Bill",
        "can read table Table",
        "can write to table Table",
        "reached: 2 functions, 2 roles, 1 store, 0 secrets",
        "shortest: From the internet to table Table via two functions",
    ]


def test_the_blast_radius_in_every_form(capsys: pytest.CaptureFixture[str], stack: str) -> None:
    document = json.loads(said(capsys, "paths", stack, "--from", "Orders", "--format", "json"))
    assert document["starts"][0]["name"] == "Orders"
    assert {edge["kind"] for edge in document["edges"]} >= {"runs-as", "can-invoke", "can-write"}
    assert all(edge["premises"][0]["line"] for edge in document["edges"])
    picture = said(capsys, "paths", stack, "--from", "Orders", "--format", "svg")
    assert picture.startswith("<svg")
    assert picture == said(capsys, "paths", stack, "--from", "Orders", "--format", "svg")
    assert main(["access", "paths", stack, "--from", "Nobody"]) == 2
