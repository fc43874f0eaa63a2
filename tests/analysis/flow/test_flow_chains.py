"""Longer ways, other dialects and languages, what stands between functions, and what is unknown."""

from __future__ import annotations

import pytest
from tests.analysis.flow.flow_applications import WEB, F, across, public, sam, seen, system

RESOURCES = """
Jobs: {Type: AWS::SQS::Queue}
More: {Type: AWS::SQS::Queue}
News: {Type: AWS::SNS::Topic}
Orders:
  Type: AWS::DynamoDB::Table
  Properties: {TableName: orders, KeySchema: [{AttributeName: id, KeyType: HASH}], AttributeDefinitions: [{AttributeName: id, AttributeType: S}], BillingMode: PAY_PER_REQUEST}
"""
ANY = "{Version: '2012-10-17', Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}"
FROM_JOBS = "{Type: SQS, Properties: {Queue: !GetAtt Jobs.Arn}}"
FROM_MORE = "{Type: SQS, Properties: {Queue: !GetAtt More.Arn}}"
SENDER = """
import boto3, json, os
sqs = boto3.client("sqs")

def handler(event, context):
    data = json.loads(event["body"])
    sqs.send_message(QueueUrl=os.environ["Q"], MessageBody=json.dumps({"name": data["name"], "note": "x"}))
"""
RELAY = """
import boto3, json, os
sqs = boto3.client("sqs")

def handler(event, context):
    for record in event["Records"]:
        message = json.loads(record["body"])
        sqs.send_message(QueueUrl=os.environ["Q"], MessageBody=json.dumps({"name": message["NAME"]}))
"""
RUNNER = """
import json, os

def handler(event, context):
    for record in event["Records"]:
        os.system(json.loads(record["body"])["name"])
"""


def chain(field: str) -> dict[str, str]:
    """Three functions and two queues."""
    return sam(RESOURCES, F("In", SENDER, WEB, "Q: !Ref Jobs", ANY), F("Relay", RELAY.replace("NAME", field), FROM_JOBS, "Q: !Ref More", ANY),
               F("Out", RUNNER, FROM_MORE))  # fmt: skip


def test_three_functions_give_the_whole_path() -> None:
    made = system(chain("name"))
    flow = next(one for one in made.flows if one.kind == "command")
    assert [one.rpartition("#")[2] for one in flow.functions] == ["In", "Relay", "Out"]
    assert (flow.exposure, flow.confidence, flow.source) == ("public", "high", "the body of the HTTP request")
    shown = [(step.at.path, step.label, (step.function or "").rpartition("#")[2]) for step in flow.steps]
    assert shown[0] == ("template.yaml", "POST /in starts In", "In")
    assert ("src/in.py", "it is sent to the queue Jobs", "In") in shown
    assert ("template.yaml", "the queue Jobs triggers Relay", "Relay") in shown
    assert ("src/relay.py", "it is sent to the queue More", "Relay") in shown
    assert shown[-1] == ("src/out.py", "it reaches os.system", "Out")


def test_another_field_cuts_the_chain() -> None:
    assert public(chain("note")) == []


def test_a_loop_of_functions_ends() -> None:
    echo = RELAY.replace("NAME", "name").replace('json.dumps({"name": message["name"]})', 'record["body"]')
    files = sam(RESOURCES, F("In", SENDER, WEB, "Q: !Ref Jobs", ANY), F("One", echo + "        os.system(message['name'])\n", FROM_JOBS, "Q: !Ref More", ANY),
                F("Two", echo, FROM_MORE, "Q: !Ref Jobs", ANY))  # fmt: skip
    assert across(files) == ["command one.py:8 In > One"]


def test_a_chain_longer_than_the_bound_is_said() -> None:
    names = [f"Q{number}" for number in range(12)]
    queues = "\n".join(f"{name}: {{Type: AWS::SQS::Queue}}" for name in names)
    relays = [F(f"R{number}", RELAY.replace("NAME", "name"), f"{{Type: SQS, Properties: {{Queue: !GetAtt {names[number]}.Arn}}}}",
                f"Q: !Ref {names[number + 1]}", ANY) for number in range(11)]  # fmt: skip
    files = sam(
        queues,
        F("In", SENDER, WEB, "Q: !Ref Q0", ANY),
        *relays,
        F("Out", RUNNER, "{Type: SQS, Properties: {Queue: !GetAtt Q11.Arn}}"),
    )
    made = system(files)
    assert [(flow.exposure, flow.confidence) for flow in made.flows] == [("internal", "medium")]
    assert "code-flow-bound" in {one.code for one in made.code.diagnostics}


JAVASCRIPT = {
    "queue": (
        """
        const { SQSClient, SendMessageCommand } = require("@aws-sdk/client-sqs");
        exports.handler = async (event) => {
          const { name } = JSON.parse(event.body);
          await new SQSClient({}).send(new SendMessageCommand({ QueueUrl: process.env.Q, MessageBody: JSON.stringify({ name }) }));
        };
        """,
        """
        const { execSync } = require("child_process");
        exports.handler = async ({ Records }) => {
          for (const record of Records) {
            const { name } = JSON.parse(record.body);
            execSync(name);
          }
        };
        """,
        FROM_JOBS,
    ),
    "table": (
        """
        import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
        import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
        const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
        export const handler = async (event) => {
          const order = JSON.parse(event.body);
          await client.send(new PutCommand({ TableName: "orders", Item: { id: "1", name: order.name } }));
        };
        """,
        """
        const AWS = require("aws-sdk");
        const cp = require("child_process");
        const db = new AWS.DynamoDB.DocumentClient();
        exports.handler = async () => {
          const found = await db.scan({ TableName: process.env.T }).promise();
          found.Items.forEach((item) => cp.execSync(item.name));
        };
        """,
        "{Type: Schedule, Properties: {Schedule: rate(1 day)}}",
    ),
    "bucket": (
        """
        const { S3Client, PutObjectCommand } = require("@aws-sdk/client-s3");
        exports.handler = async (event) => {
          const body = JSON.parse(event.body);
          await new S3Client({}).send(new PutObjectCommand({ Bucket: process.env.B, Key: `in/${body.name}`, Body: "x" }));
        };
        """,
        """
        const { execSync } = require("child_process");
        exports.handler = async (event) => {
          const key = decodeURIComponent(event.Records[0].s3.object.key);
          execSync(`convert ${key}`);
        };
        """,
        "{Type: S3, Properties: {Bucket: !Ref Files, Events: 's3:ObjectCreated:*'}}",
    ),
    "invoke": (
        """
        const { LambdaClient, InvokeCommand } = require("@aws-sdk/client-lambda");
        exports.handler = async (event) => {
          const body = JSON.parse(event.body);
          await new LambdaClient({}).send(new InvokeCommand({ FunctionName: process.env.F, Payload: JSON.stringify({ name: body.name }) }));
        };
        """,
        """
        const { execSync } = require("child_process");
        exports.handler = async (event) => execSync(event.name);
        """,
        "",
    ),
}


@pytest.mark.parametrize("name", JAVASCRIPT)
def test_javascript(name: str) -> None:
    writer, reader, events = JAVASCRIPT[name]
    variables = {"bucket": "B: !Ref Files", "invoke": "F: !Ref Out"}.get(name, "Q: !Ref Jobs")
    files = sam(
        RESOURCES + "Files: {Type: AWS::S3::Bucket}\n",
        F("In", writer, WEB, variables, ANY),
        F("Out", reader, events, "T: !Ref Orders", ANY),
    )
    found = across(files)
    assert len(found) == 1, found
    assert found[0].startswith("command out.js:")
    assert found[0].endswith("In > Out")


SERVERLESS = """
service: shop
provider:
  name: aws
  runtime: python3.12
  environment:
    TABLE: ${self:service}-orders
    QUEUE: !Ref Jobs
    BUCKET: shop-uploads
  iam:
    role:
      statements:
        - Effect: Allow
          Action: [ACTIONS]
          Resource: "*"
functions:
  in:
    handler: app.accept
    events: [{httpApi: 'POST /in'}]
  work:
    handler: app.work
    events: [{sqs: {arn: !GetAtt Jobs.Arn}}]
  sweep:
    handler: app.sweep
    events: [{schedule: rate(1 day)}]
  stored:
    handler: app.stored
    events: [{s3: {bucket: BUCKET, event: 's3:ObjectCreated:*', rules: [{prefix: in/}]}}]
resources:
  Resources:
    Jobs: {Type: AWS::SQS::Queue}
    Orders:
      Type: AWS::DynamoDB::Table
      Properties: {TableName: '${self:service}-orders', KeySchema: [{AttributeName: id, KeyType: HASH}], AttributeDefinitions: [{AttributeName: id, AttributeType: S}], BillingMode: PAY_PER_REQUEST}
"""
APPLICATION = """
import boto3, json, os

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def accept(event, context):
    data = json.loads(event["body"])
    boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE"], MessageBody=json.dumps({"name": data["name"]}))
    table.put_item(Item={"id": data["id"], "name": data["name"]})
    boto3.client("s3").put_object(Bucket=os.environ["BUCKET"], Key="PREFIX/" + data["name"], Body=b"")
    return {"statusCode": 202}


def work(event, context):
    for record in event["Records"]:
        os.system(json.loads(record["body"])["name"])


def sweep(event, context):
    for item in table.scan()["Items"]:
        os.system(item["name"])


def stored(event, context):
    os.system("file " + event["Records"][0]["s3"]["object"]["key"])
"""


def serverless(
    actions: str = "'sqs:*', 'dynamodb:*', 's3:*'", bucket: str = "shop-uploads", prefix: str = "in"
) -> dict[str, str]:
    """A service of the Serverless Framework with three ways from its public function."""
    template = (
        SERVERLESS.replace("ACTIONS", actions).replace("BUCKET", bucket, 2).replace(f"{bucket}: shop", "BUCKET: shop")
    )
    return {"serverless.yml": template.lstrip("\n"), "app.py": APPLICATION.replace("PREFIX", prefix).lstrip("\n")}


def test_serverless_framework() -> None:
    assert across(serverless()) == [
        "command app.py:16 in > work",
        "command app.py:21 in > sweep",
        "command app.py:25 in > stored",
    ]


@pytest.mark.parametrize(
    ("files", "left"),
    [
        (serverless("'dynamodb:*', 's3:*'"), {"sweep", "stored"}),
        (serverless("'sqs:*', 's3:*', 'dynamodb:Scan'"), {"work", "stored"}),
        (serverless("'sqs:*', 's3:*', 'dynamodb:PutItem'"), {"work", "stored"}),
        (serverless(bucket="other-uploads"), {"work", "sweep"}),
        (serverless(prefix="out"), {"work", "sweep"}),
    ],
)
def test_serverless_framework_cut(files: dict[str, str], left: set[str]) -> None:
    assert {one.rpartition(" ")[2] for one in across(files)} == left


# -- between functions
BETWEEN = """
Jobs: {Type: AWS::SQS::Queue}
News: {Type: AWS::SNS::Topic}
Link: {Type: AWS::SNS::Subscription, Properties: {Protocol: sqs, TopicArn: !Ref News, Endpoint: !GetAtt Jobs.Arn, RawMessageDelivery: RAW}}
"""
PUBLISHER = """
import boto3, json, os

def handler(event, context):
    boto3.client("sns").publish(TopicArn=os.environ["T"], Message=json.dumps({"name": json.loads(event["body"])["name"]}))
"""


def test_a_topic_that_feeds_a_queue() -> None:
    raw = sam(BETWEEN.replace("RAW", "true"), F("In", PUBLISHER, WEB, "T: !Ref News", ANY), F("Out", RUNNER, FROM_JOBS))
    assert across(raw) == ["command out.py:5 In > Out"]
    wrapped = RUNNER.replace(
        'json.loads(record["body"])["name"]', 'json.loads(json.loads(record["body"])["Message"])["name"]'
    )
    files = sam(
        BETWEEN.replace("RAW", "false"), F("In", PUBLISHER, WEB, "T: !Ref News", ANY), F("Out", wrapped, FROM_JOBS)
    )
    assert across(files) == ["command out.py:5 In > Out"]


def test_a_rule_that_feeds_a_queue() -> None:
    rule = """
    Jobs: {Type: AWS::SQS::Queue}
    Rule: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [SOURCE]}, Targets: [{Id: a, Arn: !GetAtt Jobs.Arn}]}}
    """
    code = """
    import boto3, json

    def handler(event, context):
        boto3.client("events").put_events(Entries=[{"Source": "shop", "DetailType": "d", "Detail": event["body"]}])
    """
    out = RUNNER.replace('["name"]', '["detail"]["name"]')
    for source, expected in (("shop", ["command out.py:5 In > Out"]), ("bank", []), ("aws.s3", [])):
        assert (
            across(sam(rule.replace("SOURCE", source), F("In", code, WEB, "", ANY), F("Out", out, FROM_JOBS)))
            == expected
        )


def test_a_bucket_that_notifies_a_queue() -> None:
    bucket = """
    Jobs: {Type: AWS::SQS::Queue}
    Files: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {QueueConfigurations: [{Event: 's3:ObjectCreated:*', Queue: !GetAtt Jobs.Arn}]}}}
    """
    code = """
    import boto3, json, os

    def handler(event, context):
        boto3.client("s3").put_object(Bucket=os.environ["B"], Key=event["body"], Body=b"")
    """
    out = """
    import json, os

    def handler(event, context):
        for record in event["Records"]:
            for inner in json.loads(record["body"])["Records"]:
                os.system(inner["s3"]["object"]["key"])
    """
    assert across(sam(bucket, F("In", code, WEB, "B: !Ref Files", ANY), F("Out", out, FROM_JOBS))) == [
        "command out.py:6 In > Out"
    ]


STATES = """
Flow:
  Type: AWS::Serverless::StateMachine
  Properties:
    Role: arn:aws:iam::123456789012:role/flow
    Definition:
      StartAt: Check
      States:
        Check: {Type: Task, Resource: !GetAtt Check.Arn, ResultPath: $.checked, Next: Split}
        Split: {Type: Choice, Choices: [{Variable: $.kind, StringEquals: many, Next: Each}], Default: Run}
        Each: {Type: Map, ItemsPath: $.names, ItemProcessor: {StartAt: One, States: {One: {Type: Task, Resource: !GetAtt Out.Arn, End: true}}}, End: true}
        Run: {Type: Task, Resource: !GetAtt Last.Arn, InputPath: PATH, End: true}
"""
STARTER = """
import boto3, json, os

def handler(event, context):
    boto3.client("stepfunctions").start_execution(stateMachineArn=os.environ["M"], input=event["body"])
"""


def test_states_pass_results_and_items_on() -> None:
    check = "def handler(event, context):\n    return {'name': event['name'], 'size': 3}\n"
    each = "import os\n\ndef handler(event, context):\n    os.system(event)\n"
    last = "import os\n\ndef handler(event, context):\n    os.system(event['name'])\n"

    def files(path: str, last: str = last) -> dict[str, str]:
        return sam(
            STATES.replace("PATH", path),
            F("In", STARTER, WEB, "M: !Ref Flow", ANY),
            F("Check", check),
            F("Out", each),
            F("Last", last),
        )

    assert across(files("$.checked")) == ["command last.py:4 In > Check > Last", "command out.py:4 In > Out"]
    assert across(files("$.checked", last.replace("'name'", "'size'"))) == ["command out.py:4 In > Out"]


def test_what_a_called_function_gives_back() -> None:
    caller = """
    import boto3, json, os

    def handler(event, context):
        name = json.loads(event["body"])["name"]
        answer = boto3.client("lambda").invoke(FunctionName=os.environ["F"], Payload=json.dumps({"name": name}))
        result = json.loads(answer["Payload"].read())
        os.system(result["FIELD"])
    """
    callee = "def handler(event, context):\n    return {'name': event['name'], 'size': 3}\n"
    for field, expected in (("name", 1), ("size", 0)):
        files = sam("", F("In", caller.replace("FIELD", field), WEB, "F: !Ref Make", ANY), F("Make", callee))
        found = [one for one in seen(files) if one.kind == "command"]
        assert len(found) == expected
        assert all(one.exposure == "public" and one.place == "in.py:7" for one in found)


POWERTOOLS = {
    "annotation": "def handler(event: SQSEvent, context):\n    for record in event.records:\n        os.system(record.json_body['name'])\n",
    "decorator": "@event_source(data_class=SQSEvent)\ndef handler(event, context):\n    for record in event.records:\n        os.system(record.json_body['name'])\n",
    "constructor": "def handler(event, context):\n    for record in SQSEvent(event).records:\n        os.system(json.loads(record.body)['name'])\n",
    "read as a map": "def handler(event: SQSEvent, context):\n    for record in event['Records']:\n        os.system(json.loads(record['body'])['name'])\n",
}


@pytest.mark.parametrize("name", POWERTOOLS)
def test_event_classes(name: str) -> None:
    head = "import json, os\nfrom aws_lambda_powertools.utilities.data_classes import SQSEvent, event_source\n\n"
    for field, expected in (("name", 1), ("note", 0)):
        code = head + POWERTOOLS[name].replace("'name'", f"'{field}'")
        files = sam(RESOURCES, F("In", SENDER, WEB, "Q: !Ref Jobs", ANY), F("Out", code, FROM_JOBS))
        assert len(across(files)) == expected
        assert len(public(files)) == expected


TERRAFORM = """
resource "aws_sqs_queue" "jobs" { name = "jobs" }
resource "aws_sqs_queue" "other" {}
resource "aws_iam_role" "in" {
  assume_role_policy = jsonencode({Statement = [{Effect = "Allow", Action = "sts:AssumeRole", Principal = {Service = "lambda.amazonaws.com"}}]})
}
resource "aws_iam_role_policy" "in" {
  role   = aws_iam_role.in.id
  policy = jsonencode({Statement = [{Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.ALLOWED.arn}]})
}
data "archive_file" "src" {
  type        = "zip"
  source_dir  = "${path.module}/src"
  output_path = "src.zip"
}
resource "aws_lambda_function" "in" {
  function_name = "in"
  handler       = "in.handler"
  runtime       = "python3.12"
  role          = aws_iam_role.in.arn
  filename      = data.archive_file.src.output_path
  environment { variables = { Q = aws_sqs_queue.jobs.url } }
}
resource "aws_lambda_function_url" "in" {
  function_name      = aws_lambda_function.in.function_name
  authorization_type = "NONE"
}
resource "aws_lambda_function" "out" {
  function_name = "out"
  handler       = "out.handler"
  runtime       = "python3.12"
  role          = aws_iam_role.in.arn
  filename      = data.archive_file.src.output_path
}
resource "aws_lambda_event_source_mapping" "jobs" {
  event_source_arn = aws_sqs_queue.jobs.arn
  function_name    = aws_lambda_function.out.arn
}
"""


@pytest.mark.parametrize(("allowed", "expected"), [("jobs", 1), ("other", 0)])
def test_terraform(allowed: str, expected: int) -> None:
    files = {"main.tf": TERRAFORM.replace("ALLOWED", allowed), "src/in.py": SENDER, "src/out.py": RUNNER}
    assert len(across(files)) == expected


GO = """
package main

import (
	"os/exec"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

func handler(event events.SQSEvent) error {
	for _, record := range event.Records {
		exec.Command("sh", "-c", record.Body).Run()
	}
	return nil
}

func main() {
	lambda.Start(handler)
}
"""


def test_a_function_in_go_that_is_fed() -> None:
    files = sam("Jobs: {Type: AWS::SQS::Queue}", F("In", SENDER, WEB, "Q: !Ref Jobs", ANY), F("Out", "", FROM_JOBS))
    template = files["template.yaml"].replace(
        "Handler: out.handler\n      Runtime: python3.13", "Handler: bootstrap\n      Runtime: provided.al2023"
    )
    made = {"template.yaml": template.replace("CodeUri: src/\n      Handler: bootstrap", "CodeUri: worker/\n      Handler: bootstrap"),
            "src/in.py": SENDER, "worker/main.go": GO}  # fmt: skip
    assert across(made) == ["command main.go:13 In > Out"]
