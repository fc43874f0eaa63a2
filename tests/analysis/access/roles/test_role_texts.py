"""Resources of a role in the words of each dialect."""

from __future__ import annotations

import json

import pytest
import yaml
from tests.analysis.access.needs.needs_applications import needs, sam, system

from casemate.analysis.access.roles.plan import plan
from casemate.analysis.access.roles.texts import role_text

CODE = "import boto3, os\nd = os.environ\ndef handler(event, context):\n    {}\n"
TABLE = CODE.format("boto3.resource('dynamodb').Table(d['TABLE']).put_item(Item=event)")
TOPIC = CODE.format("boto3.client('sns').publish(TopicArn=d['TOPIC'], Message='m')")
SECRET = CODE.format("boto3.client('secretsmanager').get_secret_value(SecretId=d['SECRET'])")
FLOW = CODE.format("boto3.client('stepfunctions').start_execution(stateMachineArn=d['FLOW'])")
OBJECT = CODE.format("boto3.client('s3').put_object(Bucket=d['BUCKET'], Key='in/' + event['key'])")
LEVEL = CODE.format("boto3.client('ssm').get_parameter(Name=d['LEVEL'])")
DYNAMIC = CODE.format("getattr(boto3.client('s3'), event['what'])()")


def text(code: str, dialect: str) -> str:
    made = system(sam(code))
    found = made.needs
    one = next(value for value in found.values() if value.name == "Shop")
    stack = made.inventory.stacks[0]
    return role_text(plan(one, made, dialect), dialect, stack.resources)  # type: ignore[arg-type]  # the literal


SPELLED = {
    "table": (TABLE, "- !GetAtt Orders.Arn", "Fn::GetAtt: [Orders, Arn]", "orders.tableArn"),
    "topic": (TOPIC, "- !Ref News", 'Ref: "News"', "news.topicArn"),
    "secret": (SECRET, "- !Ref Token", 'Ref: "Token"', "token.secretArn"),
    "state machine": (FLOW, "- !Ref Flow", 'Ref: "Flow"', "flow.stateMachineArn"),
    "object": (OBJECT, '- !Sub "${Files.Arn}/in/*"', 'Fn::Sub: "${Files.Arn}/in/*"', "`${files.bucketArn}/in/*`"),
    "parameter": (LEVEL, ':parameter${Level}"', ':parameter${Level}"', "level.parameterArn"),
}  # fmt: skip


@pytest.mark.parametrize("name", SPELLED)
def test_references_are_spelled_as_the_dialect_does(name: str) -> None:
    code, tag, long, cdk = SPELLED[name]
    assert tag in text(code, "sam")
    assert tag in text(code, "cloudformation")
    assert long in text(code, "serverless")
    assert cdk in text(code, "cdk")


def test_every_statement_names_its_calls() -> None:
    assert "# src/app.py:4" in text(TABLE, "sam")
    assert "// src/app.py:4" in text(TABLE, "cdk")


def test_the_policy_is_a_document_of_iam() -> None:
    found = json.loads(text(TABLE, "json"))
    assert found["Version"] == "2012-10-17"
    assert found["Statement"][0] == {
        "Sid": "DynamodbOrders",
        "Effect": "Allow",
        "Action": ["dynamodb:PutItem"],
        "Resource": ["${Orders.Arn}"],
    }


def test_the_text_of_serverless_is_yaml_without_tags() -> None:
    found = yaml.safe_load(text(OBJECT, "serverless"))
    assert set(found["resources"]["Resources"]) == {"ShopOwnRole"}


def test_terraform_names_addresses_and_asks_for_the_account() -> None:
    files = {
        "main.tf": """
        resource "aws_sqs_queue" "jobs" { name = "jobs" }
        resource "aws_lambda_function" "shop" {
          function_name = "shop"
          role          = "arn:aws:iam::123456789012:role/shared"
          handler       = "app.handler"
          runtime       = "python3.13"
          filename      = "src/app.zip"
          environment { variables = { QUEUE = aws_sqs_queue.jobs.url } }
        }
        """,
        "src/app.py": CODE.format("boto3.client('sqs').send_message(QueueUrl=d['QUEUE'], MessageBody='m')"),
    }
    (one,) = needs(files).values()
    made = system(files)
    found = role_text(plan(one, made, "terraform"), "terraform", made.inventory.stacks[0].resources)
    assert "resources = [aws_sqs_queue.jobs.arn]" in found
    assert 'data "aws_caller_identity" "shop_own" {}' in found
    assert "log-group:/aws/lambda/shop:*" in found


def test_what_is_granted_stays_where_the_code_cannot_be_followed() -> None:
    files = sam(DYNAMIC)
    files["template.yaml"] += (
        "      Policies:\n        - Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: '*', Condition: {Bool: {'aws:SecureTransport': 'true'}}}]\n"
    )
    made = system(files)
    one = next(value for value in made.needs.values() if value.name == "Shop")
    planned = plan(one, made, "sam")
    assert not planned.complete
    found = role_text(planned, "sam", made.inventory.stacks[0].resources)
    assert "# not followed: src/app.py:4" in found
    assert "s3:GetObject" in found
    assert '"aws:SecureTransport"' in found


def test_a_bucket_whose_events_start_the_function_is_not_referred_to() -> None:
    code = "import boto3\ndef handler(event, context):\n    for r in event['Records']:\n        boto3.client('s3').get_object(Bucket=r['s3']['bucket']['name'], Key=r['s3']['object']['key'])\n"
    files = sam(code)
    files["template.yaml"] = (
        files["template.yaml"].replace("          BUCKET: !Ref Files\n", "")
        + "      Events: {New: {Type: S3, Properties: {Bucket: !Ref Files, Events: 's3:ObjectCreated:*'}}}\n"
    )
    made = system(files)
    one = next(value for value in made.needs.values() if value.name == "Shop")
    assert "Files" not in role_text(plan(one, made, "sam"), "sam", made.inventory.stacks[0].resources).replace(
        "S3Files", ""
    )
    assert "files.bucketArn" in role_text(plan(one, made, "cdk"), "cdk", made.inventory.stacks[0].resources)
