"""What a function writes arrives as each trigger delivers it: a flow through every kind of thing between two functions."""

from __future__ import annotations

import shutil
from textwrap import dedent, indent

import pytest
from tests.prove.test_prove_chains import WEB, app, function, proofs

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
pytestmark = pytest.mark.slow

READS: dict[str, str] = {
    "topic": 'json.loads(event["Records"][0]["Sns"]["Message"])["file"]',
    "bucket": 'unquote_plus(event["Records"][0]["s3"]["object"]["key"])',
    "object": 's3.get_object(Bucket=os.environ["NAME"], Key="jobs/1")["Body"].read().decode()',
    "table": 'event["Records"][0]["dynamodb"]["NewImage"]["file"]["S"]',
    "item": 'boto3.resource("dynamodb").Table(os.environ["NAME"]).get_item(Key={"id": "1"})["Item"]["file"]',
    "bus": 'event["detail"]["file"]',
    "stream": 'json.loads(base64.b64decode(event["Records"][0]["kinesis"]["data"]))["file"]',
    "function": 'event["file"]',
    "relay": 'json.loads(json.loads(event["Records"][0]["body"])["Message"])["file"]',
}
WRITES: dict[str, str] = {
    "topic": 'boto3.client("sns").publish(TopicArn=os.environ["NAME"], Message=json.dumps({"file": name}))',
    "bucket": 's3.put_object(Bucket=os.environ["NAME"], Key="in/" + name, Body=b"")',
    "object": 's3.put_object(Bucket=os.environ["NAME"], Key="jobs/1", Body=name)',
    "table": 'boto3.resource("dynamodb").Table(os.environ["NAME"]).put_item(Item={"id": "1", "file": name})',
    "item": 'boto3.client("dynamodb").put_item(TableName=os.environ["NAME"], Item={"id": {"S": "1"}, "file": {"S": name}})',
    "bus": 'boto3.client("events").put_events(Entries=[{"Source": "shop", "DetailType": "order", "EventBusName": os.environ["NAME"], "Detail": json.dumps({"file": name})}])',
    "stream": 'boto3.client("kinesis").put_record(StreamName=os.environ["NAME"], PartitionKey="p", Data=json.dumps({"file": name}).encode())',
    "function": 'boto3.client("lambda").invoke(FunctionName=os.environ["NAME"], InvocationType="Event", Payload=json.dumps({"file": name}))',
    "relay": 'boto3.client("sns").publish(TopicArn=os.environ["NAME"], Message=json.dumps({"file": name}))',
}
POLICIES = {
    "topic": "SNSPublishMessagePolicy: {TopicName: !GetAtt T.TopicName}",
    "bucket": "S3CrudPolicy: {BucketName: !Ref B}",
    "object": "S3CrudPolicy: {BucketName: !Ref B}",
    "table": "DynamoDBCrudPolicy: {TableName: !Ref D}",
    "item": "DynamoDBCrudPolicy: {TableName: !Ref D}",
    "bus": "EventBridgePutEventsPolicy: {EventBusName: !Ref E}",
    "stream": "KinesisCrudPolicy: {StreamName: !Ref K}",
    "function": "LambdaInvokePolicy: {FunctionName: !Ref Worker}",
    "relay": "SNSPublishMessagePolicy: {TopicName: !GetAtt T.TopicName}",
}
EVENTS = {
    "topic": "{Type: SNS, Properties: {Topic: !Ref T}}",
    "bucket": "{Type: S3, Properties: {Bucket: !Ref B, Events: 's3:ObjectCreated:*'}}",
    "object": "{Type: Schedule, Properties: {Schedule: rate(1 day)}}",
    "table": "{Type: DynamoDB, Properties: {Stream: !GetAtt D.StreamArn, StartingPosition: LATEST}}",
    "item": "{Type: HttpApi, Properties: {Path: /out, Method: get}}",
    "bus": "{Type: EventBridgeRule, Properties: {EventBusName: !Ref E, Pattern: {source: [shop]}}}",
    "stream": "{Type: Kinesis, Properties: {Stream: !GetAtt K.Arn, StartingPosition: LATEST}}",
    "function": "",
    "relay": "{Type: SQS, Properties: {Queue: !GetAtt Q.Arn}}",
}
NAMES = {"topic": "T", "bucket": "B", "object": "B", "table": "D", "item": "D", "bus": "E", "stream": "K",
         "function": "Worker", "relay": "T"}  # fmt: skip
RESOURCES = """  T: {Type: AWS::SNS::Topic}
  B: {Type: AWS::S3::Bucket}
  E: {Type: AWS::Events::EventBus, Properties: {Name: shop}}
  K: {Type: AWS::Kinesis::Stream}
  Q: {Type: AWS::SQS::Queue}
  S: {Type: AWS::SNS::Subscription, Properties: {Protocol: sqs, TopicArn: !Ref T, Endpoint: !GetAtt Q.Arn}}
  D: {Type: AWS::DynamoDB::Table, Properties: {StreamSpecification: {StreamViewType: NEW_IMAGE}}}"""
IMPORTS = "import base64, json, os\nfrom urllib.parse import unquote_plus\nimport boto3\n\ns3 = boto3.client('s3')\n\n"


def between(kind: str, *, write: str | None = None, read: str | None = None) -> dict[str, str]:
    """A function that takes a request and writes, and one that gets it and runs a command."""
    sender = f"{IMPORTS}def handler(event, context):\n    name = json.loads(event['body'])['name']\n    {write or WRITES[kind]}\n"
    worker = (
        f"{IMPORTS}def handler(event, context):\n    file = {read or READS[kind]}\n    os.system('convert ' + file)\n"
    )
    policy = f"{{{POLICIES[kind]}}}"
    return app(
        RESOURCES,
        [function("Sender", WEB, policy, f"NAME: !Ref {NAMES[kind]}"),
         function("Worker", EVENTS[kind], policy if kind != "function" else "AWSLambdaBasicExecutionRole",
                  f"NAME: !Ref {NAMES[kind]}" if kind != "function" else "")],
        sender=sender, worker=worker,
    )  # fmt: skip


@pytest.mark.parametrize("kind", sorted(WRITES))
def test_it_arrives(kind: str) -> None:
    found = proofs(between(kind), "command")
    assert [status for status, _, _ in found] == ["confirmed"], found
    assert "it came through Sender" in found[0][1]


@pytest.mark.parametrize("kind", sorted(WRITES))
def test_a_first_function_that_checks_lets_nothing_through(kind: str) -> None:
    write = f"assert name.isalnum()\n    {WRITES[kind]}"
    found = proofs(between(kind, write=write), "command")
    assert all("came through" not in reason for _, reason, _ in found), found


@pytest.mark.parametrize("kind", ["topic", "item", "table", "function"])
def test_another_field_does_not_arrive(kind: str) -> None:
    write = (
        WRITES[kind]
        .replace('"file": name', '"title": name, "file": "a"')
        .replace('"file": {"S": name}', '"title": {"S": name}, "file": {"S": "a"}')
    )
    found = proofs(between(kind, write=write), "command")
    assert all("came through" not in reason for _, reason, _ in found), found


@pytest.mark.parametrize("read", ['.replace(";", "").replace("$", "").replace("|", "").replace("`", "").replace("\\n", "").replace("&", "")',
                                  "[:2]"])  # fmt: skip
def test_a_reader_that_changes_what_it_reads(read: str) -> None:
    found = proofs(between("item", read=READS["item"] + read), "command")
    assert all("came through" not in reason for _, reason, _ in found), found


def test_a_reader_that_checks_what_it_reads() -> None:
    found = proofs(between("item", read=f"{READS['item']}\n    if not file.isalnum():\n        return"), "command")
    assert all("came through" not in reason for _, reason, _ in found), found


def test_a_prefix_that_does_not_match_cuts_it() -> None:
    files = between("bucket")
    files["template.yaml"] = files["template.yaml"].replace(
        "Events: 's3:ObjectCreated:*'",
        "Events: 's3:ObjectCreated:*', Filter: {S3Key: {Rules: [{Name: prefix, Value: out/}]}}",
    )
    assert all("came through" not in reason for _, reason, _ in proofs(files, "command"))


def three(middle: str) -> dict[str, str]:
    sender = dedent(SENDER_OF_THREE)
    return app(
        RESOURCES,
        [function("Sender", WEB, "{SNSPublishMessagePolicy: {TopicName: !GetAtt T.TopicName}}", "NAME: !Ref T"),
         function("Middle", EVENTS["topic"], "{SQSSendMessagePolicy: {QueueName: !GetAtt Q.QueueName}}", "NAME: !Ref Q"),
         function("Worker", EVENTS["relay"], "AWSLambdaBasicExecutionRole")],
        sender=sender, middle=dedent(middle), worker=dedent(WORKER_OF_THREE),
    )  # fmt: skip


SENDER_OF_THREE = """
    import json, os, boto3

    def handler(event, context):
        if event["queryStringParameters"]["mode"] != "fast":
            return {"statusCode": 400}
        boto3.client("sns").publish(TopicArn=os.environ["NAME"], Message=event["body"])
"""
MIDDLE = """
    import json, os, boto3

    def handler(event, context):
        for record in event["Records"]:
            order = json.loads(record["Sns"]["Message"])
            if order["state"] == "new":
                send(order)

    def send(order):
        boto3.client("sqs").send_message(QueueUrl=os.environ["NAME"], MessageBody=json.dumps({"address": order["customer"]["address"]}))
"""
WORKER_OF_THREE = """
    import json, os

    def handler(event, context):
        for record in event["Records"]:
            os.system("label " + json.loads(record["body"])["address"])
"""


def test_through_three_functions() -> None:
    files = three(MIDDLE)
    files["template.yaml"] = files["template.yaml"].replace("  S: {Type: AWS::SNS::Subscription", "  X: {Type: AWS::SNS::Subscription").replace(
        "Endpoint: !GetAtt Q.Arn", "Endpoint: !GetAtt Other.Arn").replace("  Q: {Type", "  Other: {Type: AWS::SQS::Queue}\n  Q: {Type")  # fmt: skip
    found = proofs(files, "command")
    assert [status for status, _, _ in found] == ["confirmed"], found
    assert "Sender" in found[0][1]
    assert "Middle" in found[0][1]
    files["src/middle.py"] = files["src/middle.py"].replace(
        'order["customer"]["address"]', '"".join(c for c in order["customer"]["address"] if c.isalnum())'
    )
    assert all("came through" not in reason for _, reason, _ in proofs(files, "command"))


SCRIPTS = {
    "topic": ("await new SNSClient({}).send(new PublishCommand({ TopicArn: process.env.NAME, Message: JSON.stringify({ file: name }) }));",
              "JSON.parse(event.Records[0].Sns.Message).file"),
    "table": ("await DynamoDBDocumentClient.from(new DynamoDBClient({})).send(new PutCommand({ TableName: process.env.NAME, Item: { id: '1', file: name } }));",
              "event.Records[0].dynamodb.NewImage.file.S"),
    "bus": ("await new EventBridgeClient({}).send(new PutEventsCommand({ Entries: [{ Source: 'shop', DetailType: 'o', EventBusName: process.env.NAME, Detail: JSON.stringify({ file: name }) }] }));",
            "event.detail.file"),
    "stream": ("await new AWS.Kinesis().putRecord({ StreamName: process.env.NAME, PartitionKey: 'p', Data: Buffer.from(JSON.stringify({ file: name })) }).promise();",
               "JSON.parse(Buffer.from(event.Records[0].kinesis.data, 'base64').toString()).file"),
    "bucket": ("await new AWS.S3().putObject({ Bucket: process.env.NAME, Key: `in/${name}`, Body: '' }).promise();",
               "decodeURIComponent(event.Records[0].s3.object.key.replace(/\\+/g, ' '))"),
}  # fmt: skip
REQUIRED = """
const AWS = require("aws-sdk");
const { SNSClient, PublishCommand } = require("@aws-sdk/client-sns");
const { DynamoDBClient } = require("@aws-sdk/client-dynamodb");
const { DynamoDBDocumentClient, PutCommand } = require("@aws-sdk/lib-dynamodb");
const { EventBridgeClient, PutEventsCommand } = require("@aws-sdk/client-eventbridge");
const { execSync } = require("child_process");
exports.handler = async (event) => {
"""


@needs_node
@pytest.mark.parametrize("kind", sorted(SCRIPTS))
def test_it_arrives_in_javascript(kind: str) -> None:
    write, read = SCRIPTS[kind]
    policy = f"{{{POLICIES[kind]}}}"
    for check in ("", "if (!/^\\w+$/.test(name)) return { statusCode: 400 };"):
        files = app(
            RESOURCES,
            [function("Sender", WEB, policy, f"NAME: !Ref {NAMES[kind]}", script=True),
             function("Worker", EVENTS[kind], policy, f"NAME: !Ref {NAMES[kind]}", script=True)],
            sender=f"{REQUIRED}  const {{ name }} = JSON.parse(event.body);\n  {check}\n{indent(write, '  ')}\n}};\n",
            worker=f"{REQUIRED}  execSync('convert ' + {read});\n}};\n",
        )  # fmt: skip
        found = proofs(files, "command")
        if check:
            assert all("came through" not in reason for _, reason, _ in found), found
        else:
            assert [status for status, _, _ in found] == ["confirmed"], found
