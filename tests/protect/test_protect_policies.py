"""Policies compiled from templates and code: what is limited, what is only observed, and why."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casemate.analysis.system import System
from casemate.cli.main import main
from casemate.inventory.build import build
from casemate.protect.bodies import bodies_of
from casemate.protect.policies import compiled
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree
from casemate_guard.policy import SCHEMA, policy_from

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Work:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: app.handler
      Runtime: python3.13
      Environment:
        Variables: {TABLE: !Ref Table, BACKEND: "https://api.partner.example/v1"}
      Events:
%s
  Table:
    Type: AWS::Serverless::SimpleTable
  Queue:
    Type: AWS::SQS::Queue
  Bucket:
    Type: AWS::S3::Bucket
"""
QUEUE = """
        Jobs: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn}}
"""


def policy(code: str, events: str = QUEUE, template: str = TEMPLATE, **files: str) -> dict[str, Any]:
    """The one policy of a system, checked by the guard's own loader."""
    tree = MemoryTree(
        {
            "template.yaml": (template % events).encode(),
            "src/app.py": code.encode(),
            **{f"src/{name}.py": text.encode() for name, text in files.items()},
        }
    )
    inventory = build(discover(tree, Options({}, None, ())).readings)
    ((found,), left) = compiled(System(inventory, date(2026, 1, 1), tree=tree))
    assert left == ()
    assert (found.folder, found.handler) == ("src", "app.handler")
    policy_from({"schema": SCHEMA, **found.document})
    return dict(found.document)


PLAIN = """
import os, json, boto3
table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
def handler(event, context):
    for record in event["Records"]:
        table.put_item(Item=json.loads(record["body"]))
"""


def test_what_is_known_is_enforced() -> None:
    found = policy(PLAIN)
    assert found["rules"] == {}
    assert list(found["triggers"]) == ["sqs"]
    assert found["triggers"]["sqs"]["record"]["required"] == ["messageId", "receiptHandle", "body", "eventSourceARN"]
    allow = found["allow"]
    assert allow["actions"] == ["dynamodb:PutItem"]
    assert allow["processes"] == []
    assert allow["code"] == []
    assert allow["writes"] == ["/tmp/*"]
    assert "dynamodb.*.amazonaws.com" in allow["hosts"]
    assert "api.partner.example" in allow["hosts"]  # an address in its environment
    assert not any("s3" in host for host in allow["hosts"])


@pytest.mark.parametrize(
    ("line", "kind", "observed", "allowed"),
    [
        ("import subprocess; subprocess.run(['convert', x])", "processes", False, ["convert"]),
        ("import subprocess; subprocess.run(x)", "processes", True, []),
        ("import os; os.system(x)", "processes", True, []),
        ("eval(x)", "code", False, ["app"]),
        ("import requests; requests.get('https://example.com/x')", "hosts", True, ["example.com"]),
        ("import jinja2", "code", False, ["jinja2"]),
        ("import stranger", "hosts", True, []),
        ("import stranger", "processes", True, []),
        ("import stranger", "code", True, []),
        ("getattr(boto3.client('s3'), x)()", "actions", True, ["dynamodb:PutItem"]),
        ("boto3.client('s3').upload_file('/tmp/x', 'b', 'k')", "actions", False, ["s3:UploadPart", "s3:PutObject"]),
        ("# subprocess.run(x)", "processes", False, []),
        ("import urllib.parse", "hosts", False, []),
        ("import aws_lambda_powertools", "hosts", False, []),
        ("import shared", "code", False, []),
    ],
)
def test_what_is_not_known_is_observed(line: str, kind: str, observed: object, allowed: list[str]) -> None:
    code = PLAIN.replace("def handler", f"def use(x):\n    {line}\ndef handler").replace(
        "    for record", "    use(event)\n    for record"
    )
    found = policy(code, shared="def f(): ...")
    assert (f"limit:{kind}" in found["rules"]) is observed
    assert set(allowed) <= set(found["allow"][kind])
    if observed:
        assert found["because"][kind]
        assert all(reason.startswith("src/app.py:") for reason in found["because"][kind])


API = """
        Create:
          Type: Api
          Properties: {Path: /orders, Method: post, RestApiId: !Ref Api}
"""
WITH_API = (
    TEMPLATE
    + """
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      DefinitionBody:
        openapi: 3.0.1
        paths:
          /orders:
            post:
              requestBody:
                content:
                  application/json:
                    schema: {$ref: "#/components/schemas/Order"}
              x-amazon-apigateway-integration:
                type: aws_proxy
                httpMethod: POST
                uri: !Sub arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Work.Arn}/invocations
        components:
          schemas:
            Order:
              type: object
              required: [id]
              properties:
                id: {type: string, format: uuid, example: x}
                total: {type: number, minimum: 0, exclusiveMinimum: true, nullable: true}
                parent: {$ref: "#/components/schemas/Order"}
                stage: %s
"""
)


def test_schemas_come_from_the_description_of_the_api() -> None:
    found = policy(PLAIN, template=WITH_API.replace("stage: %s", "stage: {type: string}"), events=API)
    (label,) = found["triggers"]["http-v1"]["routes"]
    assert label == "POST /orders"
    schema = found["triggers"]["http-v1"]["routes"][label]
    assert schema["$ref"] == "#/$defs/Order"
    order = schema["$defs"]["Order"]
    assert order["properties"]["id"] == {"type": "string", "format": "uuid"}
    assert order["properties"]["total"] == {"type": ["number", "null"], "exclusiveMinimum": 0}
    assert order["properties"]["parent"] == {"$ref": "#/$defs/Order"}


MODELS = {
    "template.yaml": """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      Models: {Order: {type: object, required: [id], properties: {id: {type: string}}}}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: app.handler
      Runtime: python3.13
      Events:
        Create:
          Type: Api
          Properties: {Path: /orders, Method: post, RestApiId: !Ref Api, RequestModel: {Model: Order, ValidateBody: true}}
""",
    "serverless.yml": """
service: shop
provider: {name: aws, runtime: python3.13}
functions:
  work:
    handler: src/app.handler
    events:
      - http:
          path: orders
          method: post
          request: {schemas: {application/json: {type: object, required: [id], properties: {id: {type: string}}}}}
""",
    "main.tf": """
resource "aws_lambda_function" "work" {
  function_name = "work"
  handler       = "app.handler"
  runtime       = "python3.13"
  filename      = "src.zip"
  role          = "arn:aws:iam::123456789012:role/r"
}
resource "aws_api_gateway_rest_api" "api" { name = "api" }
resource "aws_api_gateway_resource" "orders" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = "orders"
}
resource "aws_api_gateway_model" "order" {
  rest_api_id  = aws_api_gateway_rest_api.api.id
  name         = "Order"
  content_type = "application/json"
  schema       = jsonencode({ type = "object", required = ["id"], properties = { id = { type = "string" } } })
}
resource "aws_api_gateway_method" "post" {
  rest_api_id    = aws_api_gateway_rest_api.api.id
  resource_id    = aws_api_gateway_resource.orders.id
  http_method    = "POST"
  authorization  = "NONE"
  request_models = { "application/json" = aws_api_gateway_model.order.name }
}
resource "aws_api_gateway_integration" "post" {
  rest_api_id             = aws_api_gateway_rest_api.api.id
  resource_id             = aws_api_gateway_resource.orders.id
  http_method             = aws_api_gateway_method.post.http_method
  integration_http_method = "POST"
  type                    = "AWS_PROXY"
  uri                     = aws_lambda_function.work.invoke_arn
}
""",
}


@pytest.mark.parametrize("name", MODELS)
def test_models_of_rest_apis_in_every_dialect(name: str) -> None:
    tree = MemoryTree({name: MODELS[name].encode(), "src/app.py": PLAIN.encode()})
    inventory = build(discover(tree, Options({}, None, ())).readings)
    system = System(inventory, date(2026, 1, 1), tree=tree)
    (function,) = inventory.functions
    bodies, lost = bodies_of(function, system)
    assert lost == ()
    assert bodies == {"POST /orders": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}}


def test_half_a_schema_is_no_schema() -> None:
    template = WITH_API.replace("stage: %s", "stage: {type: string, maxLength: !GetAtt Table.Length}")
    found = policy(PLAIN, template=template, events=API)
    assert "routes" not in found["triggers"]["http-v1"]
    assert any("is not used" in reason for reason in found["because"]["triggers"])


def test_messages_that_can_go_round_are_counted() -> None:
    code = PLAIN.replace(
        "table.put_item", "boto3.client('sqs').send_message(QueueUrl='q', MessageBody='x'); table.put_item"
    )
    assert policy(code)["budgets"] == {"hops": 16}
    assert "budgets" not in policy(PLAIN)


@pytest.mark.parametrize(
    ("events", "triggers", "observed"),
    [
        ("        A: {Type: S3, Properties: {Bucket: !Ref Bucket, Events: s3:ObjectCreated:*}}", ["s3"], False),
        ("        A: {Type: Schedule, Properties: {Schedule: rate(1 hour)}}", ["eventbridge", "schedule"], False),
        ("        A: {Type: Schedule, Properties: {Schedule: rate(1 hour), Input: '{}'}}", ["eventbridge", "schedule"], True),
        ("        A: {Type: HttpApi, Properties: {Path: /, Method: get}}", ["http-v2"], False),
        ("        A: {Type: Kinesis, Properties: {Stream: 'arn:aws:kinesis:r:1:stream/s', StartingPosition: LATEST}}", ["kinesis"], False),
        ("        A: {Type: SNS, Properties: {Topic: 'arn:aws:sns:r:1:t'}}", ["sns"], False),
    ],
)  # fmt: skip
def test_triggers(events: str, triggers: list[str], observed: object) -> None:
    found = policy(PLAIN, events=events)
    assert sorted(found["triggers"]) == triggers
    assert ("trigger" in found["rules"]) is observed


def written(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "template.yaml").write_text(TEMPLATE % QUEUE, encoding="utf-8")
    (tmp_path / "src" / "app.py").write_text(PLAIN, encoding="utf-8")
    return tmp_path / "src" / "guard-policy.json"


def test_build_check_and_what_a_person_decided(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path)
    root = ["--root", str(tmp_path)]
    assert main(["guard", "check", str(tmp_path), *root]) == 1
    assert "missing: src/guard-policy.json" in capsys.readouterr().out
    assert main(["guard", "build", str(tmp_path), *root]) == 0
    assert main(["guard", "check", str(tmp_path), *root]) == 0
    before = path.read_text(encoding="utf-8")
    assert str(tmp_path) not in before

    document = json.loads(before)
    mine = document["functions"]["app.handler"]
    mine.update(mode="observe", sinks={"quarantine": "env:QUARANTINE"}, also={"hosts": ["extra.example"]})
    mine["rules"]["sqli-union"] = "off"
    path.write_text(json.dumps(document), encoding="utf-8")
    (tmp_path / "src" / "app.py").write_text(PLAIN + "\ndef more():\n    eval('1')\n", encoding="utf-8")
    assert main(["guard", "check", str(tmp_path), *root]) == 1
    assert "differs: src/guard-policy.json" in capsys.readouterr().out
    assert main(["guard", "build", str(tmp_path), *root]) == 0
    found = json.loads(path.read_text(encoding="utf-8"))["functions"]["app.handler"]
    assert (found["mode"], found["also"]) == ("observe", {"hosts": ["extra.example"]})
    assert found["sinks"] == {"quarantine": "env:QUARANTINE"}
    assert found["rules"]["sqli-union"] == "off"
    assert found["allow"]["code"] == ["app"]


def test_an_observation_that_is_no_longer_needed_goes(tmp_path: Path) -> None:
    path = written(tmp_path)
    root = ["--root", str(tmp_path)]
    app = tmp_path / "src" / "app.py"
    app.write_text(PLAIN + "\nimport stranger\n", encoding="utf-8")
    main(["guard", "build", str(tmp_path), *root])
    assert "limit:code" in json.loads(path.read_text(encoding="utf-8"))["functions"]["app.handler"]["rules"]
    app.write_text(PLAIN, encoding="utf-8")
    main(["guard", "build", str(tmp_path), *root])
    assert json.loads(path.read_text(encoding="utf-8"))["functions"]["app.handler"]["rules"] == {}


def test_nobodys_work_is_overwritten_unread(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path)
    path.write_text('{"functions": {"app.handler": {"mod": 1}}, "schema": "casemate-guard-policy/1"}', encoding="utf-8")
    assert main(["guard", "build", str(tmp_path), "--root", str(tmp_path)]) == 2
    assert "unknown key 'mod'" in capsys.readouterr().err


def test_out_and_nothing_to_build(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path)
    out = tmp_path / "policies"
    assert main(["guard", "build", str(tmp_path), "--root", str(tmp_path), "--out", str(out)]) == 0
    assert (out / "src" / "guard-policy.json").is_file()
    (tmp_path / "src" / "app.py").unlink()
    assert main(["guard", "build", str(tmp_path), "--root", str(tmp_path)]) == 3
    assert "no policy: its code was not found" in capsys.readouterr().out


def test_the_policy_of_the_sample_is_what_the_compiler_makes() -> None:
    shop = Path(__file__).parents[2] / "examples" / "shop"
    assert main(["guard", "check", str(shop), "--root", str(shop)]) == 0
