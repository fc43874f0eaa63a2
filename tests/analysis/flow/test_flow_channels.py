"""Each way of data from one function into another is followed, and its impossible twins are not."""

from __future__ import annotations

import pytest
from tests.analysis.flow.flow_applications import WEB, F, across, public, sam, seen

# -- the parts of the applications
QUEUE = "Jobs: {Type: AWS::SQS::Queue}\nOther: {Type: AWS::SQS::Queue}"
TABLE = """
Orders:
  Type: AWS::DynamoDB::Table
  Properties: {KeySchema: [{AttributeName: id, KeyType: HASH}], AttributeDefinitions: [{AttributeName: id, AttributeType: S}], BillingMode: PAY_PER_REQUEST, StreamSpecification: {StreamViewType: NEW_IMAGE}}
Archive:
  Type: AWS::DynamoDB::Table
  Properties: {KeySchema: [{AttributeName: id, KeyType: HASH}], AttributeDefinitions: [{AttributeName: id, AttributeType: S}], BillingMode: PAY_PER_REQUEST}
"""
BUCKET = "Files: {Type: AWS::S3::Bucket}\nOther: {Type: AWS::S3::Bucket}"
TOPIC = "News: {Type: AWS::SNS::Topic}\nOther: {Type: AWS::SNS::Topic}"
BUS = "Bus: {Type: AWS::Events::EventBus, Properties: {Name: orders}}"
STREAM = "Clicks: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}\nOther: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}"

PYTHON = "import boto3, json, os, subprocess\n"
SCRIPT = """\
const {{ {name}Client, {commands} }} = require("@aws-sdk/client-{package}");
const client = new {name}Client({{}});
"""


def python_in(body: str) -> str:
    """A public handler with the parsed body of the request in `data`."""
    lines = "\n".join(f"    {line}" for line in body.strip().split("\n"))
    return f"{PYTHON}\ndef handler(event, context):\n    data = json.loads(event['body'])\n{lines}\n"


def python_out(body: str) -> str:
    """A handler that is triggered."""
    lines = "\n".join(f"    {line}" for line in body.strip().split("\n"))
    return f"{PYTHON}\ndef handler(event, context):\n{lines}\n"


def script(name: str, package: str, commands: str, body: str) -> str:
    """A handler in JavaScript with a client of SDK v3."""
    head = SCRIPT.format(name=name, package=package, commands=commands)
    return f'{head}const cp = require("child_process");\nexports.handler = async (event) => {{\n{body}\n}};\n'


SEND = "boto3.client('sqs').send_message(QueueUrl=os.environ['Q'], MessageBody={})"
RUN_BODY = python_out("for r in event['Records']:\n    os.system(json.loads(r['body'])['name'])")
SENDS = "SQSSendMessagePolicy: {QueueName: !GetAtt Jobs.QueueName}"
FROM_QUEUE = "{Type: SQS, Properties: {Queue: !GetAtt Jobs.Arn}}"


def queue(body: str = SEND.format("json.dumps({'name': data['name']})"), *, variables: str = "Q: !Ref Jobs",
          policies: str = SENDS, events: str = FROM_QUEUE, out: str = RUN_BODY) -> dict[str, str]:  # fmt: skip
    """A public function that sends to a queue, and the function that is fed by one."""
    return sam(QUEUE, F("In", python_in(body), WEB, variables, policies), F("Out", out, events))


WRITES = "DynamoDBWritePolicy: {TableName: !Ref Orders}"
READS = "DynamoDBReadPolicy: {TableName: !Ref Orders}"
PUT = (
    "boto3.resource('dynamodb').Table(os.environ['T']).put_item(Item={'id': '1', 'name': data['name'], 'state': 'new'})"
)
FROM_TABLE = "{Type: DynamoDB, Properties: {Stream: !GetAtt Orders.StreamArn, StartingPosition: LATEST}}"
RUN_IMAGE = python_out("for r in event['Records']:\n    os.system(r['dynamodb']['NewImage']['name']['S'])")
RUN_ITEM = python_out(
    "item = boto3.resource('dynamodb').Table(os.environ['T']).get_item(Key={'id': '1'})['Item']\nos.system(item['name'])"
)


def stream(body: str = PUT, *, policies: str = WRITES, variables: str = "T: !Ref Orders", out: str = RUN_IMAGE,
           events: str = FROM_TABLE) -> dict[str, str]:  # fmt: skip
    """A public function that writes to a table, and a function that reads its stream."""
    return sam(TABLE, F("In", python_in(body), WEB, variables, policies), F("Out", out, events))


def read(body: str = PUT, *, policies: str = WRITES, variables: str = "T: !Ref Orders", out: str = RUN_ITEM,
         reads: str = READS, table: str = "T: !Ref Orders") -> dict[str, str]:  # fmt: skip
    """A public function that writes to a table, and a scheduled one that reads a table."""
    tick = "{Type: Schedule, Properties: {Schedule: rate(1 day)}}"
    return sam(TABLE, F("In", python_in(body), WEB, variables, policies), F("Out", out, tick, table, reads))


STORE = "boto3.client('s3').put_object(Bucket=os.environ['B'], Key={}, Body={})"
CREATED = "{{Type: S3, Properties: {{Bucket: !Ref {}, Events: 's3:ObjectCreated:*'{}}}}}"
RUN_KEY = python_out("os.system('file ' + event['Records'][0]['s3']['object']['key'])")
RUN_OBJECT = python_out(
    "for r in event['Records']:\n    o = boto3.client('s3').get_object(Bucket=r['s3']['bucket']['name'], Key=r['s3']['object']['key'])\n    os.system(o['Body'].read().decode())"
)
STORES = "S3WritePolicy: {BucketName: !Sub '${AWS::StackName}-files'}"


def bucket(body: str = STORE.format("data['name']", "'x'"), *, events: str = CREATED.format("Files", ""), out: str = RUN_KEY,
           policies: str = "{Version: '2012-10-17', Statement: [{Effect: Allow, Action: 's3:PutObject', Resource: !Sub '${Files.Arn}/*'}]}",
           variables: str = "B: !Ref Files", reads: str = "") -> dict[str, str]:  # fmt: skip
    """A public function that stores an object, and a function that a bucket triggers."""
    return sam(
        BUCKET, F("In", python_in(body), WEB, variables, policies), F("Out", out, events, "B: !Ref Files", reads)
    )


PUBLISH = "boto3.client('sns').publish(TopicArn=os.environ['T'], Message={})"
RUN_NEWS = python_out("os.system(event['Records'][0]['Sns']['Message'])")
PUBLISHES = "SNSPublishMessagePolicy: {TopicName: !GetAtt News.TopicName}"


def topic(body: str = PUBLISH.format("data['name']"), *, events: str = "{Type: SNS, Properties: {Topic: !Ref News}}",
          policies: str = PUBLISHES, out: str = RUN_NEWS) -> dict[str, str]:  # fmt: skip
    """A public function that publishes, and a function that is subscribed."""
    return sam(TOPIC, F("In", python_in(body), WEB, "T: !Ref News", policies), F("Out", out, events))


EVENT = "boto3.client('events').put_events(Entries=[{{'EventBusName': 'orders', 'Source': 'shop', 'DetailType': 'placed', 'Detail': {}}}])"
RUN_DETAIL = python_out("os.system(event['detail']['name'])")
PUTS = "EventBridgePutEventsPolicy: {EventBusName: !Ref Bus}"


def bus(pattern: str = "{source: [shop]}", *, body: str = EVENT.format("json.dumps({'name': data['name'], 'kind': 'a'})"), more: str = "",
        policies: str = PUTS) -> dict[str, str]:  # fmt: skip
    """A public function that puts an event on a bus, and a function that a rule calls."""
    events = f"{{Type: EventBridgeRule, Properties: {{EventBusName: !Ref Bus, Pattern: {pattern}{more}}}}}"
    return sam(BUS, F("In", python_in(body), WEB, "", policies), F("Out", RUN_DETAIL, events))


CALL = "boto3.client('lambda').invoke(FunctionName=os.environ['F'], Payload=json.dumps({}))"
INVOKES = "LambdaInvokePolicy: {FunctionName: !Ref Out}"


def invoke(body: str = CALL.format("{'name': data['name'], 'mode': 'a'}"), *, variables: str = "F: !Ref Out", policies: str = INVOKES,
           out: str = python_out("os.system(event['name'])")) -> dict[str, str]:  # fmt: skip
    """A public function that calls another one."""
    return sam("Third: {Type: AWS::SQS::Queue}", F("In", python_in(body), WEB, variables, policies), F("Out", out),
               F("Spare", python_out("return 1")))  # fmt: skip


MACHINE = """
Flow:
  Type: AWS::Serverless::StateMachine
  Properties:
    Role: arn:aws:iam::123456789012:role/flow
    Definition:
      StartAt: First
      States:
        First: {Type: Pass, Next: Call}
        Call: {Type: Task, Resource: 'arn:aws:states:::lambda:invoke', Parameters: {FunctionName: !GetAtt Out.Arn, Payload: PAYLOAD}, End: true}
"""
START = "boto3.client('stepfunctions').start_execution(stateMachineArn=os.environ['M'], input=json.dumps({'order': {'name': data['name']}, 'mode': 'x'}))"


def machine(
    payload: str = "{'name.$': $.order.name}",
    policies: str = "StepFunctionsExecutionPolicy: {StateMachineName: !GetAtt Flow.Name}",
) -> dict[str, str]:
    """A public function that starts a state machine, and the function of its task."""
    return sam(MACHINE.replace("PAYLOAD", payload), F("In", python_in(START), WEB, "M: !Ref Flow", policies),
               F("Out", python_out("os.system(event['name'])")))  # fmt: skip


RECORD = "boto3.client('kinesis').put_record(StreamName=os.environ['S'], Data=json.dumps({'name': data['name']}).encode(), PartitionKey='1')"
RUN_RECORD = python_out(
    "import base64\nfor r in event['Records']:\n    os.system(json.loads(base64.b64decode(r['kinesis']['data']))['name'])"
)


def kinesis(source: str = "Clicks", policies: str = "KinesisCrudPolicy: {StreamName: !Ref Clicks}") -> dict[str, str]:
    """A public function that writes to a stream, and one that reads a stream."""
    events = f"{{Type: Kinesis, Properties: {{Stream: !GetAtt {source}.Arn, StartingPosition: LATEST}}}}"
    return sam(STREAM, F("In", python_in(RECORD), WEB, "S: !Ref Clicks", policies), F("Out", RUN_RECORD, events))


TWO_IN_ORDER = {
    "queue": queue(),
    "queue, whole body": queue(SEND.format("event['body']")),
    "queue, batch": queue(
        "boto3.client('sqs').send_message_batch(QueueUrl=os.environ['Q'], Entries=[{'Id': '1', 'MessageBody': json.dumps({'name': data['name']})}])"
    ),
    "queue, resource object": queue(
        "boto3.resource('sqs').Queue(os.environ['Q']).send_message(MessageBody=json.dumps(data))"
    ),
    "queue, filter passes": queue(
        SEND.format("json.dumps({'name': data['name'], 'kind': 'a'})"),
        events=FROM_QUEUE.replace("Arn", 'Arn, FilterCriteria: {Filters: [{Pattern: \'{"body": {"kind": ["a"]}}\'}]}'),
    ),
    "queue, the filter asks for what the caller chooses": queue(
        SEND.format("event['body']"),
        events=FROM_QUEUE.replace("Arn", 'Arn, FilterCriteria: {Filters: [{Pattern: \'{"body": {"kind": ["a"]}}\'}]}'),
    ),
    "queue, wildcard rights": queue(
        policies="{Version: '2012-10-17', Statement: [{Effect: Allow, Action: 'sqs:*', Resource: '*'}]}"
    ),
    "queue, named in the code": sam(
        QUEUE.replace("Queue}", "Queue, Properties: {QueueName: jobs}}", 1),
        F(
            "In",
            python_in(
                "boto3.client('sqs').send_message(QueueUrl='https://sqs.eu-west-1.amazonaws.com/123456789012/jobs', MessageBody=event['body'])"
            ),
            WEB,
            "",
            SENDS,
        ),
        F("Out", RUN_BODY, FROM_QUEUE),
    ),
    "table stream": stream(),
    "table stream, low-level": stream(
        "boto3.client('dynamodb').put_item(TableName=os.environ['T'], Item={'id': {'S': '1'}, 'name': {'S': data['name']}})"
    ),
    "table stream, update": stream(
        "boto3.resource('dynamodb').Table(os.environ['T']).update_item(Key={'id': '1'}, UpdateExpression='SET #n = :n', ExpressionAttributeNames={'#n': 'name'}, ExpressionAttributeValues={':n': data['name']})"
    ),
    "table stream, batch": stream(
        "boto3.client('dynamodb').batch_write_item(RequestItems={os.environ['T']: [{'PutRequest': {'Item': {'id': {'S': '1'}, 'name': {'S': data['name']}}}}]})"
    ),
    "table stream, batch writer": stream(
        "with boto3.resource('dynamodb').Table(os.environ['T']).batch_writer() as batch:\n    batch.put_item(Item={'id': '1', 'name': data['name']})"
    ),
    "table stream, transaction": stream(
        "boto3.client('dynamodb').transact_write_items(TransactItems=[{'Put': {'TableName': os.environ['T'], 'Item': {'id': {'S': '1'}, 'name': {'S': data['name']}}}}])"
    ),
    "table read": read(),
    "table scan": read(
        out=python_out(
            "for item in boto3.resource('dynamodb').Table(os.environ['T']).scan()['Items']:\n    os.system(item['name'])"
        )
    ),
    "table query, low-level": read(
        out=python_out(
            "found = boto3.client('dynamodb').query(TableName=os.environ['T'])\nfor item in found['Items']:\n    os.system(item['name']['S'])"
        )
    ),
    "bucket key": bucket(),
    "bucket key, prefix passes": bucket(
        STORE.format("'in/' + data['name']", "'x'"),
        events=CREATED.format("Files", ", Filter: {S3Key: {Rules: [{Name: prefix, Value: in/}]}}"),
    ),
    "bucket body": bucket(
        STORE.format("'a'", "data['name']"),
        out=RUN_OBJECT,
        reads="{Version: '2012-10-17', Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: !Sub '${Files.Arn}/*'}]}",
    ),
    "bucket, presigned upload": bucket(
        "return {'url': boto3.client('s3').generate_presigned_url('put_object', Params={'Bucket': os.environ['B'], 'Key': 'a'})}",
        out=RUN_OBJECT,
        reads="{Version: '2012-10-17', Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: !Sub '${Files.Arn}/*'}]}",
    ),
    "topic": topic(),
    "topic, json": topic(
        PUBLISH.format("json.dumps({'name': data['name']})"),
        out=python_out("os.system(json.loads(event['Records'][0]['Sns']['Message'])['name'])"),
    ),
    "topic, filter passes": topic(
        "boto3.client('sns').publish(TopicArn=os.environ['T'], Message=data['name'], MessageAttributes={'kind': {'DataType': 'String', 'StringValue': 'a'}})",
        events="{Type: SNS, Properties: {Topic: !Ref News, FilterPolicy: {kind: [a]}}}",
    ),
    "bus": bus(),
    "bus, detail pattern": bus("{source: [shop], detail: {kind: [a, b]}}"),
    "bus, input path": bus(
        "{source: [shop]}, InputPath: $.detail", body=EVENT.format("json.dumps({'detail': {'name': data['name']}})")
    ),
    "kinesis": kinesis(),
    "invoke": invoke(),
    "invoke, whole event": invoke(CALL.format("event"), out=python_out("os.system(json.loads(event['body'])['name'])")),
    "invoke by name": invoke(
        "boto3.client('lambda').invoke(FunctionName='worker', Payload=json.dumps(data))", variables=""
    ).copy(),
    "state machine": machine(),
    "state machine, whole input": machine("{'name.$': \"States.Format('x {}', $.order.name)\"}"),
}
TWO_IN_ORDER["invoke by name"]["template.yaml"] = TWO_IN_ORDER["invoke by name"]["template.yaml"].replace(
    "Handler: out.handler", "FunctionName: worker\n      Handler: out.handler"
)


@pytest.mark.parametrize("name", TWO_IN_ORDER)
def test_data_is_followed_into_the_function_that_it_feeds(name: str) -> None:
    found = across(TWO_IN_ORDER[name])
    assert len(found) == 1, found
    assert found[0].startswith("command out.py:")
    assert found[0].endswith("In > Out")


IMPOSSIBLE = {
    "another queue is fed": queue(variables="Q: !Ref Other", policies="SQSSendMessagePolicy: {QueueName: !GetAtt Other.QueueName}"),
    "the role may not send": queue(policies="SQSSendMessagePolicy: {QueueName: !GetAtt Other.QueueName}"),
    "the role is denied": queue(policies="{Version: '2012-10-17', Statement: [{Effect: Allow, Action: 'sqs:*', Resource: '*'}, {Effect: Deny, Action: 'sqs:SendMessage', Resource: '*'}]}"),
    "a constant is sent": queue(SEND.format("json.dumps({'name': 'report', 'note': data['name']})")),
    "a number is sent": queue(SEND.format("json.dumps({'name': int(data['name'])})")),
    "an allowed word is sent": queue("if data['name'] not in ('a', 'b'):\n    return\n" + SEND.format("json.dumps({'name': data['name']})")),
    "it is quoted before it is sent": queue("import shlex\n" + SEND.format("json.dumps({'name': shlex.quote(data['name'])})")),
    "the filter lets nothing through": queue(SEND.format("json.dumps({'name': data['name'], 'kind': 'b'})"),
        events=FROM_QUEUE.replace("Arn", "Arn, FilterCriteria: {Filters: [{Pattern: '{\"body\": {\"kind\": [\"a\"]}}'}]}")),
    "the filter lets only words through": queue(SEND.format("event['body']"),
        events=FROM_QUEUE.replace("Arn", "Arn, FilterCriteria: {Filters: [{Pattern: '{\"body\": {\"name\": [\"a\"]}}'}]}")),
    "the trigger is off": queue(events=FROM_QUEUE.replace("Arn", "Arn, Enabled: false")),
    "another table is written": stream(variables="T: !Ref Archive", policies="DynamoDBWritePolicy: {TableName: !Ref Archive}"),
    "the role may only read the table": stream(policies=READS),
    "another attribute is written": stream("boto3.resource('dynamodb').Table(os.environ['T']).put_item(Item={'id': '1', 'name': 'x', 'note': data['name']})"),
    "another attribute is updated": stream("boto3.resource('dynamodb').Table(os.environ['T']).update_item(Key={'id': '1'}, UpdateExpression='SET note = :n', ExpressionAttributeValues={':n': data['name']})"),
    "the stream is filtered": stream(events=FROM_TABLE.replace("LATEST", "LATEST, FilterCriteria: {Filters: [{Pattern: '{\"dynamodb\": {\"NewImage\": {\"state\": {\"S\": [\"done\"]}}}}'}]}")),
    "another table is read": read(table="T: !Ref Archive", reads="DynamoDBReadPolicy: {TableName: !Ref Archive}"),
    "the reader may not read": read(reads=""),
    "the reader looks at another attribute": read(out=RUN_ITEM.replace("['name']", "['state']")),
    "the reader asks for another item": read(out=RUN_ITEM.replace("'1'", "'2'")),
    "the writer may not write the table": read(policies=READS),
    "another bucket is written": bucket(variables="B: !Ref Other", policies="S3CrudPolicy: {BucketName: !Ref Other}"),
    "the prefix is another one": bucket(STORE.format("'out/' + data['name']", "'x'"), events=CREATED.format("Files", ", Filter: {S3Key: {Rules: [{Name: prefix, Value: in/}]}}")),
    "the suffix is another one": bucket(STORE.format("data['name'] + '.txt'", "'x'"), events=CREATED.format("Files", ", Filter: {S3Key: {Rules: [{Name: suffix, Value: .jpg}]}}")),
    "the key is a constant": bucket(STORE.format("'a'", "data['name']")),
    "only the key is chosen": bucket(out=RUN_OBJECT, reads="S3ReadPolicy: {BucketName: !Ref Files}"),
    "another topic is published to": topic(events="{Type: SNS, Properties: {Topic: !Ref Other}}"),
    "the subscription is filtered": topic("boto3.client('sns').publish(TopicArn=os.environ['T'], Message=data['name'], MessageAttributes={'kind': {'DataType': 'String', 'StringValue': 'b'}})",
        events="{Type: SNS, Properties: {Topic: !Ref News, FilterPolicy: {kind: [a]}}}"),
    "only an attribute is chosen": topic("boto3.client('sns').publish(TopicArn=os.environ['T'], Message='x', Subject=data['name'])"),
    "another source": bus("{source: [billing]}"),
    "another detail type": bus("{source: [shop], detail-type: [cancelled]}"),
    "another detail": bus("{source: [shop], detail: {kind: [c]}}"),
    "the detail is prefixed": bus("{source: [{prefix: billing}]}"),
    "another bus": bus(body=EVENT.replace("orders", "default").format("json.dumps(data)"), policies="EventBridgePutEventsPolicy: {EventBusName: default}"),
    "the rule sends a constant": bus("{source: [shop]}", more=", Input: '{\"detail\": {\"name\": \"x\"}}'"),
    "another stream": kinesis("Other"),
    "the role may not put records": kinesis(policies="KinesisCrudPolicy: {StreamName: !Ref Other}"),
    "another function is called": invoke(variables="F: !Ref Spare", policies="LambdaInvokePolicy: {FunctionName: !Ref Spare}"),
    "another parameter": invoke(CALL.format("{'name': 'x', 'mode': data['name']}")),
    "the task gets another field": machine("{'name.$': $.mode}"),
    "the task gets a constant": machine("{name: report}"),
    "the role may not start it": machine(policies="SQSPollerPolicy: {QueueName: x}"),
}  # fmt: skip


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_a_flow_that_cannot_happen_is_not_reported(name: str) -> None:
    assert across(IMPOSSIBLE[name]) == []
    if name != "another function is called":  # then nobody who was scanned calls it: somebody else does
        assert public(IMPOSSIBLE[name]) == []


def other(resources: str, body: str, events: str, out: str, variables: str = "") -> dict[str, str]:
    """A public function and another one, both of which may do everything."""
    rights = "{Version: '2012-10-17', Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}"
    return sam(
        resources,
        F("In", python_in(body), WEB, variables, rights),
        F("Out", python_out(out), events, variables, rights),
    )


TICK = "{Type: Schedule, Properties: {Schedule: rate(1 day)}}"
LEVEL = "Level: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: debug, Name: /shop/level}}"
REST = {
    "parameter": (other(LEVEL, "boto3.client('ssm').put_parameter(Name='/shop/level', Value=data['level'], Overwrite=True)", TICK,
        "os.system(boto3.client('ssm').get_parameter(Name='/shop/level')['Parameter']['Value'])"), 1),
    "another parameter": (other(LEVEL, "boto3.client('ssm').put_parameter(Name='/shop/level', Value=data['level'], Overwrite=True)", TICK,
        "os.system(boto3.client('ssm').get_parameter(Name='/shop/other')['Parameter']['Value'])"), 0),
    "statement in PartiQL": (other(TABLE.replace("Properties: {Key", "Properties: {TableName: orders, Key", 1),
        "boto3.client('dynamodb').execute_statement(Statement=\"INSERT INTO orders VALUE {'id': ?, 'name': ?}\", Parameters=[{'S': '1'}, {'S': data['name']}])",
        FROM_TABLE, "for r in event['Records']:\n    os.system(r['dynamodb']['NewImage']['name']['S'])"), 1),
    "messages that are received": (other(QUEUE, SEND.format("json.dumps({'name': data['name']})"), TICK,
        "for m in boto3.client('sqs').receive_message(QueueUrl=os.environ['Q'])['Messages']:\n    os.system(json.loads(m['Body'])['name'])", "Q: !Ref Jobs"), 1),
    "device topic": (other("", "boto3.client('iot-data').publish(topic='shop/1/orders', payload=json.dumps({'name': data['name']}))",
        "{Type: IoTRule, Properties: {Sql: \"SELECT * FROM 'shop/+/orders'\"}}", "os.system(event['name'])"), 1),
    "another device topic": (other("", "boto3.client('iot-data').publish(topic='shop/1/state', payload=json.dumps({'name': data['name']}))",
        "{Type: IoTRule, Properties: {Sql: \"SELECT * FROM 'shop/+/orders'\"}}", "os.system(event['name'])"), 0),
    "file object": (other(BUCKET, "import io\nboto3.client('s3').upload_fileobj(io.BytesIO(data['name'].encode()), os.environ['B'], 'a')", TICK,
        "os.system(boto3.client('s3').get_object(Bucket=os.environ['B'], Key='a')['Body'].read().decode())", "B: !Ref Files"), 1),
    "another object": (other(BUCKET, "boto3.client('s3').put_object(Bucket=os.environ['B'], Key='b', Body=data['name'])", TICK,
        "os.system(boto3.client('s3').get_object(Bucket=os.environ['B'], Key='a')['Body'].read().decode())", "B: !Ref Files"), 0),
    "a field of a stored document": (other(BUCKET, "boto3.client('s3').put_object(Bucket=os.environ['B'], Key='a', Body=json.dumps({'name': data['name'], 'kind': 'x'}))", TICK,
        "document = json.loads(boto3.client('s3').get_object(Bucket=os.environ['B'], Key='a')['Body'].read())\nos.system(document['name'])", "B: !Ref Files"), 1),
    "another field of a stored document": (other(BUCKET, "boto3.client('s3').put_object(Bucket=os.environ['B'], Key='a', Body=json.dumps({'name': data['name'], 'kind': 'x'}))", TICK,
        "document = json.loads(boto3.client('s3').get_object(Bucket=os.environ['B'], Key='a')['Body'].read())\nos.system(document['kind'])", "B: !Ref Files"), 0),
}  # fmt: skip


@pytest.mark.parametrize("name", REST)
def test_the_rest_of_the_channels(name: str) -> None:
    files, expected = REST[name]
    assert len(across(files)) == expected


def nested(output: str) -> dict[str, str]:
    """The queue stands in a nested stack; `output`: which of its queues the outputs name."""
    child = f"""
Resources:
  Jobs: {{Type: AWS::SQS::Queue}}
  Other: {{Type: AWS::SQS::Queue}}
Outputs:
  Url: {{Value: !Ref Jobs}}
  Arn: {{Value: !GetAtt {output}.Arn}}
"""
    files = sam(
        "Queues: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: queues.yaml}}",
        F(
            "In",
            python_in(SEND.format("json.dumps({'name': data['name']})")),
            WEB,
            "Q: !GetAtt Queues.Outputs.Url",
            "SQSSendMessagePolicy: {QueueName: '*'}",
        ),
        F("Out", RUN_BODY, "{Type: SQS, Properties: {Queue: !GetAtt Queues.Outputs.Arn}}"),
    )
    return {**files, "queues.yaml": child}


def test_a_queue_of_a_nested_stack_is_followed_through_its_outputs() -> None:
    assert across(nested("Jobs"))
    assert not across(nested("Other"))


PUT = """
import boto3
s3 = boto3.client("s3")

def handler(event, context):
    name = event["queryStringParameters"]["name"]
    s3.put_object(Bucket="notes", Key=f"in/{name}", Body=event["body"])
"""
READ = """
import os
import boto3
s3 = boto3.client("s3")

def handler(event, context):
    for record in event["Records"]:
        key = record["s3"]["object"]["key"]
        found = s3.get_object(Bucket=record["s3"]["bucket"]["name"], Key=key)
        os.system(found["Body"].read().decode())
"""


def _noted(prefix: str) -> list[str]:
    """The kinds of what is found where a notification is for keys with this prefix."""
    rules = f"Filter: {{S3Key: {{Rules: [{{Name: prefix, Value: {prefix}}}]}}}}"
    events = f"{{Type: S3, Properties: {{Bucket: !Ref Notes, Events: 's3:ObjectCreated:*', {rules}}}}}"
    files = sam(
        "Notes: {Type: AWS::S3::Bucket, Properties: {BucketName: notes}}",
        F("In", PUT, WEB, policies="S3WritePolicy: {BucketName: notes}"),
        F("Out", READ, events, policies="S3ReadPolicy: {BucketName: notes}"),
    )
    return [flow.kind for flow in seen(files)]


def test_an_object_is_read_by_the_key_of_a_notification() -> None:
    assert _noted("in/") == ["command"]
    assert _noted("archive/") == []
