"""From environment variables through the template to the resources of a policy."""

from __future__ import annotations

import pytest
from tests.analysis.access.needs.needs_applications import needs, resources, sam

PYTHON = "import boto3, os\ndef handler(event, context):\n    {}\n"
HERE = "arn:${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}:%s"

CALLS = {
    "table": ("boto3.resource('dynamodb').Table(os.environ['TABLE']).put_item(Item={})", "dynamodb:PutItem", ["${Orders.Arn}"]),
    "table by getenv": ("boto3.client('dynamodb').get_item(TableName=os.getenv('TABLE'), Key={})", "dynamodb:GetItem", ["${Orders.Arn}"]),
    "table by environ.get": ("boto3.client('dynamodb').get_item(TableName=os.environ.get('TABLE', 'x'), Key={})", "dynamodb:GetItem", ["${Orders.Arn}"]),
    "index": ("boto3.resource('dynamodb').Table(os.environ['TABLE']).query(IndexName='by-day')", "dynamodb:Query", ["${Orders.Arn}/index/by-day"]),
    "batch": ("boto3.client('dynamodb').batch_get_item(RequestItems={os.environ['TABLE']: {'Keys': []}})", "dynamodb:BatchGetItem", ["${Orders.Arn}"]),
    "object": ("boto3.client('s3').get_object(Bucket=os.environ['BUCKET'], Key=event['key'])", "s3:GetObject", ["${Files.Arn}/*"]),
    "object with a prefix": ("boto3.client('s3').put_object(Bucket=os.environ['BUCKET'], Key=f\"in/{event['key']}\")", "s3:PutObject", ["${Files.Arn}/in/*"]),
    "bucket": ("boto3.client('s3').list_objects_v2(Bucket=os.environ['BUCKET'])", "s3:ListBucket", ["${Files.Arn}"]),
    "bucket of an object": ("boto3.client('s3').head_object(Bucket=os.environ['BUCKET'], Key='a')", "s3:ListBucket", ["${Files.Arn}"]),
    "queue": ("boto3.client('sqs').send_message(QueueUrl=os.environ['QUEUE'], MessageBody='m')", "sqs:SendMessage", ["${Jobs.Arn}"]),
    "queue by its URL": ("boto3.client('sqs').send_message(QueueUrl=os.environ['QUEUE_URL'], MessageBody='m')", "sqs:SendMessage", ["${Jobs.Arn}"]),
    "topic": ("boto3.client('sns').publish(TopicArn=os.environ['TOPIC'], Message='m')", "sns:Publish", ["${News.Arn}"]),
    "secret": ("boto3.client('secretsmanager').get_secret_value(SecretId=os.environ['SECRET'])", "secretsmanager:GetSecretValue", ["${Token.Arn}"]),
    "key": ("boto3.client('kms').encrypt(KeyId=os.environ['KEY'], Plaintext=b'')", "kms:Encrypt", ["${Own.Arn}"]),
    "bus": ("boto3.client('events').put_events(Entries=[{'EventBusName': os.environ['BUS']}])", "events:PutEvents", ["${Bus.Arn}"]),
    "default bus": ("boto3.client('events').put_events(Entries=[{'Source': 's'}])", "events:PutEvents", [HERE % ("events", "event-bus/default")]),
    "stream": ("boto3.client('kinesis').put_record(StreamName=os.environ['STREAM'], Data=b'', PartitionKey='p')", "kinesis:PutRecord", ["${Clicks.Arn}"]),
    "parameter": ("boto3.client('ssm').get_parameter(Name=os.environ['LEVEL'])", "ssm:GetParameter", ["${Level.Arn}"]),
    "parameter by name": ("boto3.client('ssm').get_parameter(Name='/app/one')", "ssm:GetParameter", [HERE % ("ssm", "parameter/app/one")]),
    "parameters by path": ("boto3.client('ssm').get_parameters_by_path(Path='/app')", "ssm:GetParametersByPath", [HERE % ("ssm", "parameter/app/*"), HERE % ("ssm", "parameter/app")]),
    "state machine": ("boto3.client('stepfunctions').start_execution(stateMachineArn=os.environ['FLOW'])", "states:StartExecution", ["${Flow.Arn}"]),
    "function": ("boto3.client('lambda').invoke(FunctionName=os.environ['OTHER'])", "lambda:InvokeFunction", ["${Other.Arn}"]),
    "function by ARN": ("boto3.client('lambda').invoke(FunctionName=os.environ['OTHER_ARN'])", "lambda:InvokeFunction", ["${Other.Arn}"]),
    "literal in the template": ("boto3.client('dynamodb').scan(TableName=os.environ['LITERAL'])", "dynamodb:Scan", [HERE % ("dynamodb", "table/my-table")]),
    "text in the template": ("boto3.client('dynamodb').scan(TableName=os.environ['PREFIX'])", "dynamodb:Scan", [HERE % ("dynamodb", "table/${AWS::StackName}-items")]),
    "name in the code": ("boto3.client('events').put_events(Entries=[{'EventBusName': 'bus'}])", "events:PutEvents", ["${Bus.Arn}"]),
    "chosen by the caller": ("boto3.client('dynamodb').scan(TableName=event['table'])", "dynamodb:Scan", [HERE % ("dynamodb", "table/*")]),
    "no such variable": ("boto3.client('dynamodb').scan(TableName=os.environ['NOTHING'])", "dynamodb:Scan", [HERE % ("dynamodb", "table/*")]),
    "nothing to name": ("boto3.client('s3').list_buckets()", "s3:ListAllMyBuckets", ["*"]),
    "phone": ("boto3.client('sns').publish(PhoneNumber='+1', Message='m')", "sns:Publish", ["*"]),
    "model": ("boto3.client('bedrock-runtime').converse(modelId='anthropic.claude-3-haiku-20240307-v1:0', messages=[])", "bedrock:InvokeModel", ["arn:${AWS::Partition}:bedrock:${AWS::Region}::foundation-model/anthropic.claude-3-haiku-20240307-v1:0"]),
    "copy": ("boto3.client('s3').copy_object(Bucket=os.environ['BUCKET'], Key='k', CopySource={'Bucket': 'other', 'Key': 'j'})", "s3:GetObject", ["arn:${AWS::Partition}:s3:::other/j"]),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_the_resource_of_a_call(name: str) -> None:
    body, action, expected = CALLS[name]
    found = needs(sam(PYTHON.format(body)))["Shop"]
    assert found.reason is None
    assert resources(found, action) == sorted(expected)


SCRIPT = "const {{ {names} }} = require('{package}');\nexports.handler = async (event) => {{\n  {body}\n}};\n"
SCRIPTS = {
    "table": ("@aws-sdk/lib-dynamodb", "DynamoDBDocumentClient, PutCommand", "await DynamoDBDocumentClient.from({}).send(new PutCommand({ TableName: process.env.TABLE, Item: {} }));", "dynamodb:PutItem", ["${Orders.Arn}"]),
    "template text": ("@aws-sdk/client-s3", "S3Client, PutObjectCommand", "await new S3Client({}).send(new PutObjectCommand({ Bucket: process.env.BUCKET, Key: `in/${event.id}.json` }));", "s3:PutObject", ["${Files.Arn}/in/*.json"]),
    "default": ("@aws-sdk/client-sqs", "SQSClient, SendMessageCommand", "await new SQSClient({}).send(new SendMessageCommand({ QueueUrl: process.env.QUEUE ?? '' }));", "sqs:SendMessage", ["${Jobs.Arn}"]),
    "destructured": ("@aws-sdk/client-sns", "SNSClient, PublishCommand", "const { TOPIC } = process.env;\n  await new SNSClient({}).send(new PublishCommand({ TopicArn: TOPIC }));", "sns:Publish", ["${News.Arn}"]),
}  # fmt: skip


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_resource_of_a_call_in_javascript(name: str) -> None:
    package, names, body, action, expected = SCRIPTS[name]
    code = SCRIPT.format(names=names, package=package, body=body)
    assert resources(needs(sam(code, "src/app.js"))["Shop"], action) == expected
