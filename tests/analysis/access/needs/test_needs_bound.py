"""What calls are about when only other calls, the event or the template say it."""

from __future__ import annotations

import pytest
from tests.analysis.access.needs.needs_applications import conditional, needs, python, resources

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters: {Stage: {Type: String, Default: dev}}
Resources:
  Results: {Type: AWS::S3::Bucket}
  Lake: {Type: AWS::S3::Bucket}
  Group: {Type: AWS::Athena::WorkGroup, Properties: {Name: g, WorkGroupConfiguration: {ResultConfiguration: {OutputLocation: !Sub "s3://${Results}/q/"}}}}
  Sales: {Type: AWS::Glue::Database, Properties: {CatalogId: !Ref AWS::AccountId, DatabaseInput: {Name: sales}}}
  Rows: {Type: AWS::Glue::Table, Properties: {DatabaseName: !Ref Sales, TableInput: {Name: rows, StorageDescriptor: {Location: !Sub "s3://${Lake}/rows/"}}}}
  Other: {Type: AWS::Glue::Table, Properties: {DatabaseName: other, TableInput: {Name: o, StorageDescriptor: {Location: "s3://else/"}}}}
  Orders: {Type: AWS::DynamoDB::Table, Properties: {TableName: !Sub "${Stage}-orders", StreamSpecification: {StreamViewType: NEW_IMAGE}}}
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub "${Stage}-orders"}}
  Stream: {Type: AWS::Kinesis::Stream}
  Machine: {Type: AWS::Serverless::StateMachine, Properties: {Definition: {StartAt: A, States: {A: {Type: Succeed}}}}}
  Features: {Type: AWS::AppConfig::Application, Properties: {Name: shop}}
  Sender: {Type: AWS::SES::EmailIdentity, Properties: {EmailIdentity: example.com}}
  Guard: {Type: AWS::Bedrock::Guardrail, Properties: {Name: g}}
  TaskRole: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}
  Render: {Type: AWS::ECS::TaskDefinition, Properties: {Family: r, TaskRoleArn: !GetAtt TaskRole.Arn}}
  Secret: {Type: AWS::SecretsManager::Secret}
  Own: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: []}}}
  Worker: {Type: AWS::Lambda::Function, Properties: {FunctionName: !Sub "${AWS::StackName}-worker"}}
  Rotation: {Type: AWS::SecretsManager::RotationSchedule, Properties: {SecretId: !Ref Secret, RotationLambdaARN: !GetAtt Shop.Arn}}
  Pool: {Type: AWS::Cognito::UserPool, Properties: {LambdaConfig: {PostConfirmation: !GetAtt Shop.Arn}}}
  Shop:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      CodeUri: src/
      Environment:
        Variables:
          GROUP: !Ref Group
          DATABASE: !Ref Sales
          STAGE: !Ref Stage
          ORDERS: !Ref Orders
          STREAM: !Ref Stream
          FEED: !GetAtt Orders.StreamArn
          MACHINE: !Ref Machine
          RENDER: !Ref Render
          GUARD: !Ref Guard
          OWN: !Ref Own
          STACK: !Ref AWS::StackName
"""
HERE = "${AWS::Region}:${AWS::AccountId}"
ATHENA = """
a = boto3.client("athena")
q = a.start_query_execution(QueryString="SELECT n FROM rows", WorkGroup=os.environ["GROUP"],
    QueryExecutionContext={"Database": os.environ["DATABASE"]})["QueryExecutionId"]
a.get_query_results(QueryExecutionId=q)
"""
CASES: list[tuple[str, str, list[str]]] = [
    (ATHENA, "athena:GetQueryResults", ["${Group.Arn}"]),
    (ATHENA, "s3:PutObject", ["${Results.Arn}/q/*"]),
    (ATHENA, "s3:GetBucketLocation", ["${Results.Arn}"]),
    (ATHENA, "s3:ListBucket", ["${Lake.Arn}"]),
    (ATHENA, "s3:GetObject", ["${Lake.Arn}/rows/*", "${Results.Arn}/q/*"]),
    (ATHENA, "glue:GetDatabase", [f"arn:${{AWS::Partition}}:glue:{HERE}:{one}" for one in ("catalog", "database/${Sales}")]),
    ('boto3.client("athena").get_query_execution(QueryExecutionId=event["id"])', "athena:GetQueryExecution",
     [f"arn:${{AWS::Partition}}:athena:{HERE}:workgroup/*"]),
    ('boto3.resource("dynamodb").Table(f"{os.environ[\'STAGE\']}-orders").scan()', "dynamodb:Scan", ["${Orders.Arn}"]),
    ('boto3.client("sqs").get_queue_url(QueueName=os.environ["STAGE"] + "-orders")', "sqs:GetQueueUrl", ["${Queue.Arn}"]),
    ('t = boto3.resource("dynamodb").Table(os.environ["ORDERS"])\nt.meta.client.transact_write_items(TransactItems=[{"Put": {"TableName": t.name, "Item": {}}}])',
     "dynamodb:PutItem", ["${Orders.Arn}"]),
    ('boto3.client("dynamodb").execute_statement(Statement=f\'SELECT * FROM "{os.environ["ORDERS"]}"."by-day" WHERE d=?\')',
     "dynamodb:PartiQLSelect", ["${Orders.Arn}"]),
    ('k = boto3.client("kinesis")\ni = k.get_shard_iterator(StreamName=os.environ["STREAM"], ShardId="0", ShardIteratorType="LATEST")["ShardIterator"]\nk.get_records(ShardIterator=i)',
     "kinesis:GetRecords", ["${Stream.Arn}"]),
    ('d = boto3.client("dynamodbstreams")\nd.describe_stream(StreamArn=os.environ["FEED"])', "dynamodb:DescribeStream", ["${Orders.StreamArn}"]),
    ('s = boto3.client("stepfunctions")\ne = s.start_execution(stateMachineArn=os.environ["MACHINE"])["executionArn"]\ns.describe_execution(executionArn=e)',
     "states:DescribeExecution", [f"arn:${{AWS::Partition}}:states:{HERE}:execution:${{Machine.Name}}:*"]),
    ('from aws_lambda_powertools.utilities import parameters\nparameters.get_app_config(name="f", environment="prod", application="shop")',
     "appconfig:GetLatestConfiguration", [f"arn:${{AWS::Partition}}:appconfig:{HERE}:application/${{Features}}/environment/*/configuration/*"]),
    ('boto3.client("ses").send_email(Source="Shop <no-reply@example.com>", Destination={}, Message={})', "ses:SendEmail",
     [f"arn:${{AWS::Partition}}:ses:{HERE}:identity/${{Sender}}"]),
    ('boto3.client("ses").send_email(Source="a@b.example", ConfigurationSetName="c", Destination={}, Message={})', "ses:SendEmail",
     [f"arn:${{AWS::Partition}}:ses:{HERE}:{one}" for one in ("configuration-set/c", "identity/a@b.example", "identity/b.example")]),
    ('boto3.client("ecs").run_task(cluster="c", taskDefinition=os.environ["RENDER"])', "iam:PassRole", ["${TaskRole.Arn}"]),
    ('boto3.client("bedrock-runtime").converse(modelId="m", messages=[], guardrailConfig={"guardrailIdentifier": os.environ["GUARD"], "guardrailVersion": "1"})',
     "bedrock:ApplyGuardrail", ["${Guard.Arn}"]),
    ('boto3.client("s3").put_object(Bucket="b", Key="k", SSEKMSKeyId=os.environ["OWN"])', "kms:GenerateDataKey", ["${Own.Arn}"]),
    ('boto3.client("lambda").invoke(FunctionName=f"{os.environ[\'STACK\']}-worker")', "lambda:InvokeFunction", ["${Worker.Arn}"]),
    ('boto3.client("secretsmanager").put_secret_value(SecretId=event["SecretId"], SecretString="x")', "secretsmanager:PutSecretValue", ["${Secret.Arn}"]),
    ('boto3.client("cognito-idp").admin_get_user(UserPoolId=event["userPoolId"], Username="u")', "cognito-idp:AdminGetUser", ["${Pool.Arn}"]),
]  # fmt: skip


def shop(body: str, head: str = "import boto3, os") -> dict[str, str]:
    inside = "\n".join(line if line.startswith("def ") else f"    {line}" for line in body.strip().splitlines())
    return {"template.yaml": TEMPLATE, "src/app.py": f"{head}\ndef handler(event, context):\n{inside}\n"}


@pytest.mark.parametrize(("body", "action", "expected"), CASES)
def test_the_resource_that_is_meant(body: str, action: str, expected: list[str]) -> None:
    found = resources(needs(shop(body))["Shop"], action)
    if action == "dynamodb:PartiQLSelect":
        found = [one.removesuffix("/index/by-day") for one in found]
    assert found == expected


@pytest.mark.parametrize(
    ("body", "required", "conditional"),
    [
        ('boto3.client("translate").translate_text(Text="a", SourceLanguageCode="auto", TargetLanguageCode="de")', True, False),
        ('boto3.client("translate").translate_text(Text="a", SourceLanguageCode="en", TargetLanguageCode="de")', False, False),
        ('boto3.client("translate").translate_text(Text="a", SourceLanguageCode=event["l"], TargetLanguageCode="de")', False, True),
    ],
)  # fmt: skip
def test_translate_asks_for_the_language_when_it_is_told_to(body: str, *, required: bool, conditional: bool) -> None:
    code = needs(shop(body))["Shop"].code
    assert ("comprehend:DetectDominantLanguage" in code.required) == required
    assert ("comprehend:DetectDominantLanguage" in code.conditional) == conditional


@pytest.mark.parametrize(
    ("body", "action", "there"),
    [
        ('boto3.client("s3").copy_object(Bucket="b", Key="k", CopySource={"Bucket": "a", "Key": "k"})', "s3:GetObjectVersion", False),
        ('boto3.client("s3").copy_object(Bucket="b", Key="k", CopySource={"Bucket": "a", "Key": "k", "VersionId": "1"})', "s3:GetObjectVersion", True),
        ('boto3.client("s3").copy_object(Bucket="b", Key="k", CopySource=event["from"])', "s3:GetObjectVersion", True),
        ('boto3.client("s3").delete_objects(Bucket="b", Delete={"Objects": [{"Key": "k"}]})', "s3:DeleteObjectVersion", False),
        ('boto3.resource("s3").Bucket("b").object_versions.all().delete()', "s3:DeleteObjectVersion", True),
        ('boto3.client("sesv2").send_email(Content={"Simple": {}})', "ses:SendRawEmail", False),
        ('boto3.client("sesv2").send_email(Content={"Raw": {"Data": b""}})', "ses:SendRawEmail", True),
        ('boto3.client("athena").start_query_execution(QueryString="SELECT 1")', "glue:GetTable", False),
        ('boto3.client("athena").start_query_execution(QueryString="MSCK REPAIR TABLE rows")', "glue:BatchCreatePartition", True),
    ],
)  # fmt: skip
def test_a_conditional_need_is_none_where_the_call_rules_it_out(body: str, action: str, *, there: bool) -> None:
    code = needs(shop(body))["Shop"].code
    assert (action in {need.action for need in code.needed}) == there


def test_a_request_that_is_not_known_may_set_anything() -> None:
    assert "ses:SendRawEmail" in conditional(python('boto3.client("sesv2").send_email(**event["mail"])'))


def test_streams_need_what_aws_asks_for_and_an_older_role_is_not_called_short_of_it() -> None:
    template = (
        TEMPLATE
        + "      Events: {S: {Type: Kinesis, Properties: {Stream: !GetAtt Stream.Arn, StartingPosition: LATEST}}}\n"
    )
    platform = needs({**shop("pass"), "template.yaml": template})["Shop"].platform
    polling = {one.action: one for one in platform if one.action.startswith("kinesis:")}
    assert {one for one, need in polling.items() if not need.conditional} == {
        "kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator",
        "kinesis:ListShards",
    }  # fmt: skip
    assert {one for one, need in polling.items() if not need.enforced} == {
        "kinesis:DescribeStreamSummary", "kinesis:ListShards",
    }  # fmt: skip


CODE = {
    "generic base": (
        ("class Repository(Generic[T]):\n    env = ''\n    def __init__(self):\n"
        "        self.table = boto3.resource('dynamodb').Table(os.environ[self.env])\n"
        "class Orders(Repository[dict]):\n    env = 'ORDERS'\norders = Orders()"),
        "orders.table.scan()", "dynamodb:Scan",
    ),
    "settings of a dataclass": (
        ("from dataclasses import dataclass, field\n@dataclass(frozen=True)\nclass Settings:\n"
        "    table: str = field(default_factory=lambda: os.environ['ORDERS'])\nsettings = Settings()"),
        "boto3.client('dynamodb').get_item(TableName=settings.table, Key={})", "dynamodb:GetItem",
    ),
    "batch decorator": (
        ("from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, batch_processor\n"
        "def one(record):\n    boto3.client('dynamodb').put_item(TableName=os.environ['ORDERS'], Item={})\n"
        "@batch_processor(record_handler=one, processor=BatchProcessor(event_type=EventType.SQS))\n"
        "def inner(event, context):\n    return 1"),
        "return inner(event, context)", "dynamodb:PutItem",
    ),
    "a default of the handler": (
        "", "return 1\n\ndef handler(event, context, table=boto3.resource('dynamodb').Table(os.environ['ORDERS'])):\n    table.scan()",
        "dynamodb:Scan",
    ),
    "settings of pydantic": (
        "from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    orders: str\nsettings = Settings()",
        "boto3.client('dynamodb').get_item(TableName=settings.orders, Key={})", "dynamodb:GetItem",
    ),
    "an attribute that is asked for": (
        "", "return boto3.resource('dynamodb').Table(os.environ['ORDERS']).item_count", "dynamodb:DescribeTable",
    ),
    "parameters from a table": (
        ("from aws_lambda_powertools.utilities.parameters import DynamoDBProvider\n"
        "values = DynamoDBProvider(table_name=os.environ['ORDERS'])"),
        "return values.get('a')", "dynamodb:GetItem",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CODE)
def test_python_as_it_is_written(name: str) -> None:
    head, body, action = CODE[name]
    files = shop(body, f"import boto3, os\nfrom typing import Generic, TypeVar\nT = TypeVar('T')\n{head}")
    assert resources(needs(files)["Shop"], action) == ["${Orders.Arn}"]


@pytest.mark.parametrize(
    "body",
    [
        (
            "const url = new SQS({}).getQueueUrl({QueueName: `${process.env.STAGE}-orders`}).then((r) => r.QueueUrl);\n"
            "await new SQS({}).sendMessage({QueueUrl: await url, MessageBody: 'a'});"
        ),
        (
            "await Promise.all([1].map((x) => String(x))).then((all) => new SQS({}).sendMessage("
            "{QueueUrl: String(process.env.QUEUE), MessageBody: all[0]}));"
        ),
    ],
)
def test_promises_of_known_values(body: str) -> None:
    template = TEMPLATE.replace("python3.13", "nodejs22.x").replace("GROUP:", "QUEUE: !Ref Queue\n          GROUP:")
    code = f"const {{SQS}} = require('@aws-sdk/client-sqs');\nexports.handler = async (event) => {{\n{body}\n}};\n"
    found = needs({"template.yaml": template, "src/app.js": code})["Shop"]
    assert resources(found, "sqs:SendMessage") == ["${Queue.Arn}"]


def test_variables_that_a_schema_checks() -> None:
    template = TEMPLATE.replace("python3.13", "nodejs22.x")
    code = """
const { z } = require('zod');
const { DynamoDBClient, GetItemCommand } = require('@aws-sdk/client-dynamodb');
const env = z.object({ ORDERS: z.string().min(1) }).parse(process.env);
exports.handler = async () => new DynamoDBClient({}).send(new GetItemCommand({ TableName: env.ORDERS, Key: {} }));
"""
    found = needs({"template.yaml": template, "src/app.js": code})["Shop"]
    assert resources(found, "dynamodb:GetItem") == ["${Orders.Arn}"]


def test_calls_in_another_role_need_only_the_right_to_take_it() -> None:
    template = TEMPLATE.replace("python3.13", "nodejs22.x")
    code = """
const { SSMClient, GetParameterCommand } = require('@aws-sdk/client-ssm');
const { fromTemporaryCredentials } = require('@aws-sdk/credential-providers');
const ssm = new SSMClient({ credentials: fromTemporaryCredentials({ params: { RoleArn: 'arn:aws:iam::1:role/r' } }) });
exports.handler = async () => ssm.send(new GetParameterCommand({ Name: '/a' }));
"""
    found = needs({"template.yaml": template, "src/app.js": code})["Shop"]
    assert found.code.required == ("sts:AssumeRole",)
    assert resources(found, "sts:AssumeRole") == ["arn:aws:iam::1:role/r"]
