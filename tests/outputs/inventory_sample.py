"""One small system that the tests of the inventory's formats share, and the same with hostile names."""

from __future__ import annotations

from casemate.inventory.build import build
from casemate.model.inventory import Inventory
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

KEY = "AKIA" + "ABCDEFGH" + "IJKLMNOP"
PASSWORD = "hunter2" + "-and-more"

TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Parameters:
  Seconds: {Type: Number}
  Stage: {Type: String, Default: dev}
Conditions:
  IsProd: !Equals [!Ref Stage, !Ref Seconds]
Resources:
  Shared:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]}
      Policies:
        - PolicyName: p
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: [s3:GetObject, s3:PutObject], Resource: !Sub "${Uploads.Arn}/*"}
  Create:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.create
      Runtime: python3.12
      Timeout: !Ref Seconds
      MemorySize: !If [IsProd, 1024, 128]
      InlineCode: "print('inline')"
      Role: !GetAtt Shared.Arn
      Environment:
        Variables:
          STAGE: prod
          DB_PASSWORD: "@PASSWORD@"
          NEUTRAL: "@KEY@"
          BUCKET: !Ref Uploads
      Events:
        Post: {Type: Api, Properties: {Path: /things, Method: post}}
        Nightly: {Type: Schedule, Properties: {Schedule: rate(1 day)}}
  Convert:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.convert
      Runtime: python3.12
      Role: !GetAtt Shared.Arn
      Events:
        New: {Type: S3, Properties: {Bucket: !Ref Uploads, Events: "s3:ObjectCreated:*"}}
  Uploads: {Type: AWS::S3::Bucket}
  Token:
    Type: AWS::SecretsManager::Secret
    Properties: {SecretString: "@PASSWORD@"}
""".replace("@PASSWORD@", PASSWORD).replace("@KEY@", KEY)


BROKEN = 'AWSTemplateFormatVersion: "2010-09-09"\nResources: {A: {Type: AWS::SNS::Topic\n'


def read(files: dict[str, str]) -> Inventory:
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    return build(discover(tree, Options()).readings)


def sample() -> Inventory:
    return read({"template.yaml": TEMPLATE})
