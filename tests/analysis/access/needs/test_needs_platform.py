"""What a function needs because of how it is set up, and of the keys behind what it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.analysis.access.needs.needs_applications import needs, resources

if TYPE_CHECKING:
    from casemate.analysis.access.needs.gathering import FunctionNeeds

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Own: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: []}}}
  Files:
    Type: AWS::S3::Bucket
    Properties:
      BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: "aws:kms", KMSMasterKeyID: !GetAtt Own.Arn}}]}
  Plain: {Type: AWS::S3::Bucket}
  Jobs: {Type: AWS::SQS::Queue, Properties: {KmsMasterKeyId: !Ref Own}}
  Failed: {Type: AWS::SQS::Queue}
  Shop:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      CodeUri: src/
      Tracing: Active
      DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Failed.Arn}
      EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Failed.Arn}}}
      Environment: {Variables: {FILES: !Ref Files, PLAIN: !Ref Plain}}
      VpcConfig: {SubnetIds: [subnet-1], SecurityGroupIds: [sg-1]}
      Events:
        Jobs: {Type: SQS, Properties: {Queue: !GetAtt Jobs.Arn}}
"""
CODE = """
import boto3, os
s3 = boto3.client('s3')
def handler(event, context):
    s3.get_object(Bucket=os.environ['FILES'], Key='a')
    s3.put_object(Bucket=os.environ['PLAIN'], Key='a')
"""


def shop() -> FunctionNeeds:
    return needs({"template.yaml": TEMPLATE, "src/app.py": CODE})["Shop"]


def test_reading_an_object_needs_the_key_of_its_bucket() -> None:
    assert shop().code.required == ("kms:Decrypt", "s3:GetObject", "s3:PutObject")
    assert resources(shop(), "kms:Decrypt") == ["${Own.Arn}"]


def test_the_role_polls_the_queue_and_decrypts_its_messages() -> None:
    found = {(one.action, one.resource) for one in shop().platform}
    assert {
        ("sqs:ReceiveMessage", "${Jobs.Arn}"),
        ("sqs:DeleteMessage", "${Jobs.Arn}"),
        ("sqs:GetQueueAttributes", "${Jobs.Arn}"),
        ("kms:Decrypt", "${Own.Arn}"),
    } <= found


def test_targets_of_failures_logs_traces_and_the_network() -> None:
    found = {one.action for one in shop().platform}
    assert {"sqs:SendMessage", "logs:PutLogEvents", "xray:PutTraceSegments", "ec2:CreateNetworkInterface"} <= found
    assert {one.resource for one in shop().platform if one.action == "sqs:SendMessage"} == {"${Failed.Arn}"}


def test_the_event_of_a_bucket_names_the_bucket() -> None:
    template = TEMPLATE.replace(
        "Jobs: {Type: SQS, Properties: {Queue: !GetAtt Jobs.Arn}}",
        "New: {Type: S3, Properties: {Bucket: !Ref Plain, Events: 's3:ObjectCreated:*'}}",
    )
    code = "import boto3\ndef handler(event, context):\n    for r in event['Records']:\n        boto3.client('s3').get_object(Bucket=r['s3']['bucket']['name'], Key=r['s3']['object']['key'])\n"
    found = needs({"template.yaml": template, "src/app.py": code})["Shop"]
    assert resources(found, "s3:GetObject") == ["${Plain.Arn}/*"]


def test_the_url_of_a_queue_that_is_looked_up_names_the_queue() -> None:
    code = "import boto3\nsqs = boto3.client('sqs')\ndef handler(event, context):\n    url = sqs.get_queue_url(QueueName='jobs')['QueueUrl']\n    sqs.send_message(QueueUrl=url, MessageBody='m')\n"
    found = needs({"template.yaml": TEMPLATE, "src/app.py": code})["Shop"]
    assert resources(found, "sqs:SendMessage") == ["arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:jobs"]


def test_a_parameter_that_the_template_fills_names_the_resource() -> None:
    template = (
        TEMPLATE
        + "  Where: {Type: AWS::SSM::Parameter, Properties: {Type: String, Name: /shop/bucket, Value: !Ref Plain}}\n"
    )
    code = "import boto3\ndef handler(event, context):\n    name = boto3.client('ssm').get_parameter(Name='/shop/bucket')['Parameter']['Value']\n    boto3.client('s3').put_object(Bucket=name, Key='a')\n"
    found = needs({"template.yaml": template, "src/app.py": code})["Shop"]
    assert resources(found, "s3:PutObject") == ["${Plain.Arn}/a"]


def test_a_message_to_a_connection_names_the_api() -> None:
    template = (
        TEMPLATE
        + "  Chat: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: WEBSOCKET, Name: chat, RouteSelectionExpression: $request.body.action}}\n"
    )
    code = "import boto3\ndef handler(event, context):\n    c = boto3.client('apigatewaymanagementapi', endpoint_url='https://' + event['requestContext']['domainName'])\n    c.post_to_connection(ConnectionId='c', Data=b'')\n"
    found = needs({"template.yaml": template, "src/app.py": code})["Shop"]
    assert resources(found, "execute-api:ManageConnections") == [
        "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Chat}/*/*/@connections/*"
    ]


def test_an_alias_stands_for_its_function() -> None:
    template = TEMPLATE.replace("FILES: !Ref Files", "OTHER: !Ref Live").replace(
        "Resources:\n",
        "Resources:\n  Live: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Other, FunctionVersion: '1', Name: live}}\n  Other: {Type: AWS::Serverless::Function, Properties: {Handler: o.h, Runtime: python3.13, CodeUri: o/}}\n",
    )
    code = "import boto3, os\ndef handler(event, context):\n    boto3.client('lambda').invoke(FunctionName=os.environ['OTHER'])\n"
    found = needs({"template.yaml": template, "src/app.py": code})["Shop"]
    assert resources(found, "lambda:InvokeFunction") == ["${Other.Arn}:*"]


def test_code_in_the_template_is_followed() -> None:
    template = "Resources:\n  Shop:\n    Type: AWS::Lambda::Function\n    Properties:\n      Handler: index.handler\n      Runtime: python3.13\n      Role: arn:aws:iam::123456789012:role/r\n      Code:\n        ZipFile: |\n          import boto3\n          def handler(event, context):\n              boto3.client('sqs').purge_queue(QueueUrl='q')\n"
    found = needs({"template.yaml": template})["Shop"]
    assert (found.reason, found.code.required) == (None, ("sqs:PurgeQueue",))
