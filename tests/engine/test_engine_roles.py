"""Giving a function its own role in the template that declares it, and reading the result again."""

from __future__ import annotations

from datetime import date
from textwrap import dedent
from typing import TYPE_CHECKING, cast

import pytest

from casemate.analysis.access.needs.comparing import compare
from casemate.analysis.access.needs.gathering import function_needs
from casemate.analysis.access.roles.plan import plan
from casemate.analysis.system import System
from casemate.engine.roles import write_role
from casemate.errors import CasemateError
from casemate.inventory.build import build
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import FolderTree

if TYPE_CHECKING:
    from pathlib import Path

    from casemate.analysis.access.roles.plan import Dialect

CODE = """
import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    return table.get_item(Key={"id": event["id"]})
"""
SAM = """
Transform: AWS::Serverless-2016-10-31
Resources:
  # the orders
  Orders:
    Type: AWS::DynamoDB::Table
    Properties: {KeySchema: [{AttributeName: id, KeyType: HASH}], AttributeDefinitions: [{AttributeName: id, AttributeType: S}]}
  Shop:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      CodeUri: src/
      Policies:
        - AdministratorAccess
        - Statement:
            - {Effect: Allow, Action: "s3:*", Resource: "*"}  # much
      Environment: {Variables: {TABLE: !Ref Orders}}
"""
WITH_ROLE = SAM.replace(
    'Policies:\n        - AdministratorAccess\n        - Statement:\n            - {Effect: Allow, Action: "s3:*", Resource: "*"}  # much',
    "Role: arn:aws:iam::123456789012:role/shared",
)
SAM_JSON = """
{
  "Transform": "AWS::Serverless-2016-10-31",
  "Resources": {
    "Orders": {"Type": "AWS::DynamoDB::Table", "Properties": {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}},
    "Shop": {
      "Type": "AWS::Serverless::Function",
      "Properties": {
        "Handler": "app.handler", "Runtime": "python3.13", "CodeUri": "src/",
        "Policies": ["AdministratorAccess"],
        "Environment": {"Variables": {"TABLE": {"Ref": "Orders"}}}
      }
    }
  }
}
"""
CLOUDFORMATION = """
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties: {KeySchema: [{AttributeName: id, KeyType: HASH}], AttributeDefinitions: [{AttributeName: id, AttributeType: S}]}
  Shared:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]}
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"]
  Shop:
    Type: AWS::Lambda::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      Role:
        Fn::GetAtt: [Shared, Arn]
      Code: src/
      Environment: {Variables: {TABLE: !Ref Orders}}
  Last: {Type: AWS::SNS::Topic}
"""
SERVERLESS = """
service: shop
provider:
  name: aws
  runtime: python3.13
  iam:
    role:
      statements:
        - {Effect: Allow, Action: "dynamodb:*", Resource: "*"}
functions:
  Shop:
    handler: src/app.handler
    environment: {TABLE: !Ref Orders}
    events:
      - httpApi: GET /orders
resources:
  Resources:
    Orders:
      Type: AWS::DynamoDB::Table
      Properties: {KeySchema: [{AttributeName: id, KeyType: HASH}], AttributeDefinitions: [{AttributeName: id, AttributeType: S}]}
"""
TERRAFORM = """
resource "aws_dynamodb_table" "orders" {
  name     = "orders"
  hash_key = "id"
}

resource "aws_lambda_function" "shop" {
  function_name = "Shop"
  role          = "arn:aws:iam::123456789012:role/shared"
  handler       = "app.handler"
  runtime       = "python3.13"
  filename      = "src/app.zip"
  environment {
    variables = { TABLE = aws_dynamodb_table.orders.name }
  }
}
"""

TEMPLATES: dict[str, tuple[Dialect, str, str]] = {
    "sam": ("sam", "template.yaml", SAM),
    "sam that names a role": ("sam", "template.yaml", WITH_ROLE),
    "sam in JSON": ("sam", "template.json", SAM_JSON),
    "cloudformation": ("cloudformation", "template.yaml", CLOUDFORMATION),
    "serverless": ("serverless", "serverless.yml", SERVERLESS),
    "serverless without resources": ("serverless", "serverless.yml", SERVERLESS.partition("resources:")[0].replace("!Ref Orders", "orders")),
    "terraform": ("terraform", "main.tf", TERRAFORM),
}  # fmt: skip


def read(folder: Path) -> System:
    tree = FolderTree(folder)
    return System(build(discover(tree, Options()).readings), date(2026, 6, 1), tree=tree)


def folder_of(path: str, text: str, tmp_path: Path, code: str = CODE) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / path).write_text(dedent(text).lstrip("\n"))
    (tmp_path / "src" / "app.py").write_text(code.lstrip("\n"))
    return tmp_path


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_function_has_what_it_needs_and_no_more(name: str, tmp_path: Path) -> None:
    dialect, path, text = TEMPLATES[name]
    folder = folder_of(path, text, tmp_path)
    system = read(folder)
    (needs,) = function_needs(system).values()
    write_role(plan(needs, system, dialect), dialect, system)
    after = read(folder)
    assert [one for one in after.inventory.diagnostics if one.level == "error"] == []
    (again,) = function_needs(after).values()
    assert again.function is not None
    role = after.role_of(again.function)
    assert role is not None
    found = compare(after.grants(role), again.all)
    assert found.missing == ()
    assert [one.actions for one in found.unused if not one.grant.origin.startswith("managed policy AWSLambda")] == []
    assert not after.grants(role).admin


def test_what_stands_around_stays(tmp_path: Path) -> None:
    folder = folder_of("template.yaml", SAM, tmp_path)
    system = read(folder)
    (needs,) = function_needs(system).values()
    write_role(plan(needs, system, "sam"), "sam", system)
    text = (folder / "template.yaml").read_text()
    assert text.startswith(dedent(SAM).lstrip("\n").partition("      Policies:")[0])
    assert text.endswith("      Environment: {Variables: {TABLE: !Ref Orders}}\n")
    assert "AdministratorAccess" not in text


@pytest.mark.parametrize("dialect", ["sam", "cdk", "json"])
def test_what_cannot_be_followed_is_not_written(dialect: str, tmp_path: Path) -> None:
    code = CODE.replace('table.get_item(Key={"id": event["id"]})', 'getattr(table, event["what"])()')
    folder = folder_of("template.yaml", SAM, tmp_path, code)
    before = (folder / "template.yaml").read_text()
    system = read(folder)
    (needs,) = function_needs(system).values()
    chosen = cast("Dialect", dialect)
    with pytest.raises(CasemateError):
        write_role(plan(needs, system, chosen), chosen, system)
    assert (folder / "template.yaml").read_text() == before
