"""What the tests of needs share: an application of a few files, and what its functions need."""

from __future__ import annotations

from datetime import date
from textwrap import dedent, indent
from typing import TYPE_CHECKING

from casemate.analysis.access.needs.gathering import function_needs, loose_needs
from casemate.analysis.system import System
from casemate.inventory.build import build
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

if TYPE_CHECKING:
    from casemate.analysis.access.needs.gathering import FunctionNeeds

TODAY = date(2026, 6, 1)


def system(files: dict[str, str]) -> System:
    """The scanned system of these files."""
    tree = MemoryTree({path: dedent(text).lstrip("\n").encode() for path, text in files.items()})
    return System(build(discover(tree, Options()).readings), TODAY, tree=tree)


def needs(files: dict[str, str]) -> dict[str, FunctionNeeds]:
    """By name of function, or `file:entry` where no template declares it."""
    made = system(files)
    return {one.name: one for one in (*function_needs(made).values(), *loose_needs(made))}


def required(files: dict[str, str]) -> list[str]:
    """The required actions of everything in these files."""
    return sorted({action for one in needs(files).values() for action in one.code.required})


def conditional(files: dict[str, str]) -> list[str]:
    """The conditional actions of everything in these files."""
    found = {action for one in needs(files).values() for action in one.code.conditional}
    return sorted(found - set(required(files)))


def resources(one: FunctionNeeds, action: str) -> list[str]:
    """What a function needs an action on."""
    return sorted(need.resource for need in one.code.needed if need.action == action)


def python(body: str, head: str = "") -> dict[str, str]:
    """A handler with this body."""
    return {
        "app.py": f"import boto3, os\n{dedent(head)}\n\ndef handler(event, context):\n{indent(dedent(body), '    ')}"
    }


def javascript(body: str, head: str = "", path: str = "app.js") -> dict[str, str]:
    """A handler with this body."""
    start = "export const handler" if path.endswith((".ts", ".mjs")) else "exports.handler"
    return {path: f"{dedent(head)}\n{start} = async (event) => {{\n{indent(dedent(body), '  ')}\n}};\n"}


SAM = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties: {KeySchema: [{AttributeName: id, KeyType: HASH}], AttributeDefinitions: [{AttributeName: id, AttributeType: S}], BillingMode: PAY_PER_REQUEST}
  Files: {Type: AWS::S3::Bucket}
  Jobs: {Type: AWS::SQS::Queue}
  News: {Type: AWS::SNS::Topic}
  Token: {Type: AWS::SecretsManager::Secret}
  Own: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: []}}}
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: bus}}
  Clicks: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  Level: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: debug, Name: /shop/level}}
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties: {Definition: {StartAt: A, States: {A: {Type: Pass, End: true}}}, Role: "arn:aws:iam::123456789012:role/flow"}
  Other:
    Type: AWS::Serverless::Function
    Properties: {Handler: other.handler, Runtime: python3.13, CodeUri: other/}
  Shop:
    Type: AWS::Serverless::Function
    Properties:
      Handler: HANDLER
      Runtime: RUNTIME
      CodeUri: src/
      Environment:
        Variables:
          TABLE: !Ref Orders
          BUCKET: !Ref Files
          QUEUE: !Ref Jobs
          QUEUE_URL: !GetAtt Jobs.QueueUrl
          TOPIC: !Ref News
          SECRET: !Ref Token
          KEY: !GetAtt Own.Arn
          BUS: !Ref Bus
          STREAM: !Ref Clicks
          LEVEL: !Ref Level
          FLOW: !Ref Flow
          OTHER: !Ref Other
          OTHER_ARN: !GetAtt Other.Arn
          LITERAL: my-table
          PREFIX: !Sub "${AWS::StackName}-items"
"""
"""A template with one resource of each kind, each in a variable."""


def sam(code: str, path: str = "src/app.py") -> dict[str, str]:
    """The template with this code behind the function `Shop`."""
    runtime = "python3.13" if path.endswith(".py") else "nodejs22.x"
    template = SAM.replace("HANDLER", "app.handler").replace("RUNTIME", runtime)
    return {"template.yaml": template, path: code}
