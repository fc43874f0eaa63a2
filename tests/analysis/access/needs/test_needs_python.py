"""Actions of boto3 calls, however the client was made and the call is written."""

from __future__ import annotations

import pytest
from tests.analysis.access.needs.needs_applications import conditional, needs, python, required, resources

CALLS = {
    "client in the function": ("s = boto3.client('s3')\ns.get_object(Bucket='b', Key='k')", ["s3:GetObject"]),
    "chained": ("boto3.client('sqs').send_message(QueueUrl='q', MessageBody='m')", ["sqs:SendMessage"]),
    "keyword": ("boto3.client(service_name='sns', region_name='eu-west-1').publish(TopicArn='t', Message='m')", ["sns:Publish"]),
    "session": ("boto3.Session().client('kms').encrypt(KeyId='k', Plaintext=b'')", ["kms:Encrypt"]),
    "session module": ("boto3.session.Session(profile_name='x').client('ssm').get_parameter(Name='/a')", ["ssm:GetParameter"]),
    "table": ("boto3.resource('dynamodb').Table('t').put_item(Item={})", ["dynamodb:PutItem"]),
    "table query": ("t = boto3.resource('dynamodb').Table('t')\nt.query(KeyConditionExpression='x')\nt.scan()\nt.update_item(Key={})\nt.delete_item(Key={})\nt.get_item(Key={})",
        ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem"]),
    "batch writer": ("t = boto3.resource('dynamodb').Table('t')\nwith t.batch_writer() as batch:\n    for i in event['items']:\n        batch.put_item(Item=i)", ["dynamodb:BatchWriteItem"]),
    "batch get": ("boto3.resource('dynamodb').batch_get_item(RequestItems={'t': {'Keys': []}})", ["dynamodb:BatchGetItem"]),
    "batch write": ("boto3.client('dynamodb').batch_write_item(RequestItems={'t': []})", ["dynamodb:BatchWriteItem"]),
    "transact write": ("boto3.client('dynamodb').transact_write_items(TransactItems=[{'Put': {'TableName': 't', 'Item': {}}}, {'Update': {'TableName': 't'}}])", ["dynamodb:PutItem", "dynamodb:UpdateItem"]),
    "transact check": ("boto3.client('dynamodb').transact_write_items(TransactItems=[{'ConditionCheck': {'TableName': 't'}}, {'Delete': {'TableName': 't'}}])", ["dynamodb:ConditionCheckItem", "dynamodb:DeleteItem"]),
    "transact get": ("boto3.client('dynamodb').transact_get_items(TransactItems=[{'Get': {'TableName': 't', 'Key': {}}}])", ["dynamodb:GetItem"]),
    "partiql select": ("boto3.client('dynamodb').execute_statement(Statement='SELECT * FROM t')", ["dynamodb:PartiQLSelect"]),
    "partiql insert": ("""boto3.client('dynamodb').execute_statement(Statement="INSERT INTO t VALUE {'a': 1}")""", ["dynamodb:PartiQLInsert"]),
    "partiql batch": ("boto3.client('dynamodb').batch_execute_statement(Statements=[{'Statement': 'UPDATE t SET a=1'}, {'Statement': 'delete from t'}])", ["dynamodb:PartiQLDelete", "dynamodb:PartiQLUpdate"]),
    "paginator": ("for page in boto3.client('s3').get_paginator('list_objects_v2').paginate(Bucket='b'):\n    print(page)", ["s3:ListBucket"]),
    "waiter": ("boto3.client('s3').get_waiter('object_exists').wait(Bucket='b', Key='k')", ["s3:GetObject"]),
    "waiter of tables": ("boto3.client('dynamodb').get_waiter('table_exists').wait(TableName='t')", ["dynamodb:DescribeTable"]),
    "upload_file": ("boto3.client('s3').upload_file('/tmp/a', 'b', 'k')", ["s3:PutObject"]),
    "download_file": ("boto3.client('s3').download_file('b', 'k', '/tmp/a')", ["s3:GetObject"]),
    "upload_fileobj": ("import io\nboto3.client('s3').upload_fileobj(io.BytesIO(), 'b', 'k')", ["s3:PutObject"]),
    "bucket object": ("boto3.resource('s3').Bucket('b').Object('k').get()", ["s3:GetObject"]),
    "object": ("boto3.resource('s3').Object('b', 'k').put(Body=b'')", ["s3:PutObject"]),
    "bucket objects": ("for o in boto3.resource('s3').Bucket('b').objects.all():\n    print(o.key)", ["s3:ListBucket"]),
    "objects filter delete": ("boto3.resource('s3').Bucket('b').objects.filter(Prefix='x').delete()", ["s3:DeleteObject", "s3:ListBucket"]),
    "bucket upload": ("boto3.resource('s3').Bucket('b').upload_file('/tmp/a', 'k')", ["s3:PutObject"]),
    "object of objects": ("for o in boto3.resource('s3').Bucket('b').objects.filter(Prefix='p'):\n    o.delete()", ["s3:DeleteObject", "s3:ListBucket"]),
    "queue by name": ("boto3.resource('sqs').get_queue_by_name(QueueName='q').send_message(MessageBody='m')", ["sqs:GetQueueUrl", "sqs:SendMessage"]),
    "queue batch": ("boto3.client('sqs').send_message_batch(QueueUrl='q', Entries=[])\nboto3.client('sqs').delete_message_batch(QueueUrl='q', Entries=[])", ["sqs:DeleteMessage", "sqs:SendMessage"]),
    "topic": ("boto3.resource('sns').Topic('arn:aws:sns:eu-west-1:123456789012:t').publish(Message='m')", ["sns:Publish"]),
    "publish batch": ("boto3.client('sns').publish_batch(TopicArn='t', PublishBatchRequestEntries=[])", ["sns:Publish"]),
    "presigned get": ("return boto3.client('s3').generate_presigned_url('get_object', Params={'Bucket': 'b', 'Key': 'k'}, ExpiresIn=3600)", ["s3:GetObject"]),
    "presigned put": ("return boto3.client('s3').generate_presigned_url(ClientMethod='put_object', Params={'Bucket': 'b', 'Key': 'k'})", ["s3:PutObject"]),
    "presigned post": ("return boto3.client('s3').generate_presigned_post('b', 'k')", ["s3:PutObject"]),
    "invoke": ("boto3.client('lambda').invoke(FunctionName='f')", ["lambda:InvokeFunction"]),
    "step functions": ("boto3.client('stepfunctions').start_execution(stateMachineArn='a')", ["states:StartExecution"]),
    "events": ("boto3.client('events').put_events(Entries=[{'Source': 's', 'DetailType': 'd', 'Detail': '{}'}])", ["events:PutEvents"]),
    "copy": ("boto3.client('s3').copy_object(Bucket='b', Key='k', CopySource={'Bucket': 'a', 'Key': 'j'})", ["s3:GetObject", "s3:PutObject"]),
    "head, list, delete": ("c = boto3.client('s3')\nc.head_object(Bucket='b', Key='k')\nc.list_objects(Bucket='b')\nc.delete_objects(Bucket='b', Delete={'Objects': []})", ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket"]),
    "list buckets": ("boto3.client('s3').list_buckets()", ["s3:ListAllMyBuckets"]),
    "acl": ("boto3.client('s3').put_object(Bucket='b', Key='k', ACL='public-read')", ["s3:PutObject", "s3:PutObjectAcl"]),
    "rekognition of an object": ("boto3.client('rekognition').detect_labels(Image={'S3Object': {'Bucket': 'b', 'Name': 'k'}})", ["rekognition:DetectLabels", "s3:GetObject"]),
    "textract of an object": ("boto3.client('textract').detect_document_text(Document={'S3Object': {'Bucket': 'b', 'Name': 'k'}})", ["s3:GetObject", "textract:DetectDocumentText"]),
    "rekognition of bytes": ("boto3.client('rekognition').detect_labels(Image={'Bytes': b''})", ["rekognition:DetectLabels"]),
    "sqs receive": ("q = boto3.resource('sqs').Queue('u')\nfor m in q.receive_messages():\n    m.delete()", ["sqs:DeleteMessage", "sqs:ReceiveMessage"]),
    "decrypted parameter": ("boto3.client('ssm').get_parameters(Names=['/a'], WithDecryption=True)", ["ssm:GetParameters"]),
    "bedrock": ("boto3.client('bedrock-runtime').converse(modelId='anthropic.claude-3-haiku-20240307-v1:0', messages=[])", ["bedrock:InvokeModel"]),
    "data api": ("boto3.client('rds-data').execute_statement(resourceArn='r', secretArn='s', sql='x')", ["rds-data:ExecuteStatement", "secretsmanager:GetSecretValue"]),
    "schedule": ("boto3.client('scheduler').create_schedule(Name='n', Target={'Arn': 'a', 'RoleArn': 'arn:aws:iam::123456789012:role/r'})", ["iam:PassRole", "scheduler:CreateSchedule"]),
    "user calls of cognito": ("boto3.client('cognito-idp').initiate_auth(ClientId='c', AuthFlow='USER_PASSWORD_AUTH')", []),
    "admin calls of cognito": ("boto3.client('cognito-idp').admin_create_user(UserPoolId='eu-west-1_x', Username='u')", ["cognito-idp:AdminCreateUser"]),
    "who am I": ("boto3.client('sts').get_caller_identity()", []),
    "websocket": ("boto3.client('apigatewaymanagementapi', endpoint_url='https://x').post_to_connection(ConnectionId='c', Data=b'')", ["execute-api:ManageConnections"]),
    "api gateway": ("boto3.client('apigateway').get_rest_apis()", ["apigateway:GET"]),
    "assume": ("boto3.client('sts').assume_role(RoleArn='arn:aws:iam::123456789012:role/r', RoleSessionName='s')", ["sts:AssumeRole"]),
    "logs": ("boto3.client('logs').start_query(logGroupName='g', startTime=0, endTime=1, queryString='q')", ["logs:StartQuery"]),
    "metrics": ("boto3.client('cloudwatch').put_metric_data(Namespace='n', MetricData=[])", ["cloudwatch:PutMetricData"]),
    "mail": ("boto3.client('ses').send_email(Source='a@b.c', Destination={}, Message={})", ["ses:SendEmail"]),
    "firehose": ("boto3.client('firehose').put_record(DeliveryStreamName='d', Record={})", ["firehose:PutRecord"]),
    "kinesis": ("boto3.client('kinesis').put_records(StreamName='s', Records=[])", ["kinesis:PutRecords"]),
    "exceptions": ("c = boto3.client('s3')\ntry:\n    c.get_object(Bucket='b', Key='k')\nexcept c.exceptions.NoSuchKey:\n    return None", ["s3:GetObject"]),
    "name of a service in a variable": ("name = 'sqs'\nboto3.client(name).purge_queue(QueueUrl='q')", ["sqs:PurgeQueue"]),
    "create bucket": ("boto3.client('s3').create_bucket(Bucket='b')", ["s3:CreateBucket"]),
    "config": ("from botocore.config import Config\nboto3.client('s3', config=Config(signature_version='s3v4')).get_object(Bucket='b', Key='k')", ["s3:GetObject"]),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_needs_of_a_call(name: str) -> None:
    body, expected = CALLS[name]
    assert required(python(body)) == expected


PROGRAMS: dict[str, tuple[dict[str, str], list[str]]] = {
    "client of the module": ({"app.py": "import boto3\ns3 = boto3.client('s3')\ndef handler(e, c):\n    return s3.get_object(Bucket='b', Key='k')\n"}, ["s3:GetObject"]),
    "imported name": ({"app.py": "from boto3 import client\ndef handler(e, c):\n    client('sns').publish(TopicArn='t', Message='m')\n"}, ["sns:Publish"]),
    "renamed": ({"app.py": "import boto3 as aws\ndef handler(e, c):\n    aws.client('sns').publish(TopicArn='t', Message='m')\n"}, ["sns:Publish"]),
    "helper module": (
        {"app.py": "from store import save\ndef handler(e, c):\n    save(e)\n",
         "store.py": "import boto3\ntable = boto3.resource('dynamodb').Table('t')\ndef save(item):\n    table.put_item(Item=item)\n"}, ["dynamodb:PutItem"]),
    "helper that makes clients": (
        {"app.py": "from clients import make\ndef handler(e, c):\n    make('sqs').send_message(QueueUrl='q', MessageBody='m')\n    make('sns').publish(TopicArn='t', Message='m')\n",
         "clients.py": "import boto3\ndef make(name):\n    return boto3.client(name, region_name='eu-west-1')\n"}, ["sns:Publish", "sqs:SendMessage"]),
    "class": ({"app.py": """
        import boto3
        class Store:
            def __init__(self, name):
                self.table = boto3.resource('dynamodb').Table(name)
            def load(self, key):
                return self.table.get_item(Key={'id': key})
        store = Store('t')
        def handler(e, c):
            return store.load(e['id'])
        """}, ["dynamodb:GetItem"]),
    "class with a lazy client": ({"app.py": """
        import boto3
        class Store:
            _client = None
            @property
            def client(self):
                if self._client is None:
                    self._client = boto3.client('s3')
                return self._client
            def load(self, key):
                return self.client.get_object(Bucket='b', Key=key)
        def handler(e, c):
            return Store().load(e['id'])
        """}, ["s3:GetObject"]),
    "inherited": ({"app.py": """
        import boto3
        class Base:
            service = 'sqs'
            def __init__(self):
                self.client = boto3.client(self.service)
        class Sender(Base):
            def send(self, text):
                self.client.send_message(QueueUrl='q', MessageBody=text)
        def handler(e, c):
            Sender().send('m')
        """}, ["sqs:SendMessage"]),
    "client as argument": ({"app.py": """
        import boto3
        def put(client, key):
            client.put_object(Bucket='b', Key=key)
        def handler(e, c):
            put(boto3.client('s3'), 'k')
        """}, ["s3:PutObject"]),
    "global that is set later": ({"app.py": """
        import boto3
        client = None
        def get():
            global client
            if client is None:
                client = boto3.client('sns')
            return client
        def handler(e, c):
            get().publish(TopicArn='t', Message='m')
        """}, ["sns:Publish"]),
    "comprehension, lambda, map": ({"app.py": """
        import boto3
        s3 = boto3.client('s3')
        def handler(e, c):
            list(map(lambda k: s3.delete_object(Bucket='b', Key=k), e['keys']))
            return [s3.head_object(Bucket='b', Key=k) for k in e['keys']]
        """}, ["s3:DeleteObject", "s3:GetObject"]),
    "threads": ({"app.py": """
        import boto3
        from concurrent.futures import ThreadPoolExecutor
        s3 = boto3.client('s3')
        def load(key):
            return s3.get_object(Bucket='b', Key=key)
        def handler(e, c):
            with ThreadPoolExecutor() as pool:
                pool.submit(load, 'a')
                return list(pool.map(load, e['keys']))
        """}, ["s3:GetObject"]),
    "dictionary of clients": ({"app.py": """
        import boto3
        clients = {'s3': boto3.client('s3'), 'sqs': boto3.client('sqs')}
        def handler(e, c):
            clients['s3'].get_object(Bucket='b', Key='k')
            clients['sqs'].send_message(QueueUrl='q', MessageBody='m')
        """}, ["s3:GetObject", "sqs:SendMessage"]),
    "dispatch by table": ({"app.py": """
        import boto3
        t = boto3.resource('dynamodb').Table('t')
        def read(e): return t.get_item(Key={'id': '1'})
        def write(e): return t.put_item(Item={'id': '1'})
        OPERATIONS = {'GET': read, 'POST': write}
        def handler(e, c):
            return OPERATIONS[e['httpMethod']](e)
        """}, ["dynamodb:GetItem", "dynamodb:PutItem"]),
    "decorated": ({"app.py": """
        import boto3, functools
        def logged(f):
            @functools.wraps(f)
            def inner(*args, **kwargs):
                print('in')
                return f(*args, **kwargs)
            return inner
        @logged
        def handler(e, c):
            return boto3.client('s3').get_object(Bucket='b', Key='k')
        """}, ["s3:GetObject"]),
    "powertools": ({"app.py": """
        import boto3
        from aws_lambda_powertools import Logger, Tracer
        from aws_lambda_powertools.event_handler import APIGatewayRestResolver
        logger, tracer, app = Logger(), Tracer(), APIGatewayRestResolver()
        table = boto3.resource('dynamodb').Table('t')
        @app.get('/x')
        @tracer.capture_method
        def get():
            return table.scan()['Items']
        @app.post('/x')
        def post():
            table.put_item(Item=app.current_event.json_body)
        @logger.inject_lambda_context
        @tracer.capture_lambda_handler
        def handler(event, context):
            return app.resolve(event, context)
        """}, ["dynamodb:PutItem", "dynamodb:Scan"]),
    "patched by X-Ray": ({"app.py": "import boto3\nfrom aws_xray_sdk.core import patch_all\npatch_all()\ns3 = boto3.client('s3')\ndef handler(e, c):\n    s3.get_object(Bucket='b', Key='k')\n"}, ["s3:GetObject"]),
    "asynchronous": ({"app.py": """
        import aioboto3, asyncio
        session = aioboto3.Session()
        async def work(e):
            async with session.client('s3') as s3:
                await s3.put_object(Bucket='b', Key='k', Body=b'')
            async with session.resource('dynamodb') as dynamo:
                table = await dynamo.Table('t')
                await table.get_item(Key={'id': '1'})
        def handler(e, c):
            return asyncio.run(work(e))
        """}, ["dynamodb:GetItem", "s3:PutObject"]),
    "keyword arguments of a dictionary": ({"app.py": """
        import boto3
        t = boto3.resource('dynamodb').Table('t')
        def handler(e, c):
            more = {}
            while True:
                page = t.scan(**more)
                if 'LastEvaluatedKey' not in page:
                    return page
                more['ExclusiveStartKey'] = page['LastEvaluatedKey']
        """}, ["dynamodb:Scan"]),
    "getattr with a known name": ({"app.py": "import boto3\ndef handler(e, c):\n    getattr(boto3.client('s3'), 'get_object')(Bucket='b', Key='k')\n"}, ["s3:GetObject"]),
    "method as a value": ({"app.py": "import boto3\npublish = boto3.client('sns').publish\ndef handler(e, c):\n    publish(TopicArn='t', Message='m')\n"}, ["sns:Publish"]),
    "package": (
        {"src/app.py": "from .lib import store\nfrom .lib.queue import Sender\ndef handler(e, c):\n    store.load('k')\n    Sender.send('m')\n", "src/lib/__init__.py": "",
         "src/lib/store.py": "import boto3\ns3 = boto3.client('s3')\ndef load(key):\n    return s3.get_object(Bucket='b', Key=key)\n",
         "src/lib/queue.py": "import boto3\nclass Sender:\n    client = boto3.client('sqs')\n    @classmethod\n    def send(cls, text):\n        cls.client.send_message(QueueUrl='q', MessageBody=text)\n"},
        ["s3:GetObject", "sqs:SendMessage"]),
    "partial": ({"app.py": "import boto3\nfrom functools import partial\nput = partial(boto3.client('s3').put_object, Bucket='b')\ndef handler(e, c):\n    put(Key='k')\n"}, ["s3:PutObject"]),
    "cached": ({"app.py": """
        import boto3
        from functools import lru_cache
        @lru_cache
        def secret():
            return boto3.client('secretsmanager').get_secret_value(SecretId='s')['SecretString']
        def handler(e, c):
            return secret()
        """}, ["secretsmanager:GetSecretValue"]),
    "powertools parameters": ({"app.py": "from aws_lambda_powertools.utilities import parameters\ndef handler(e, c):\n    parameters.get_secret('s')\n    parameters.get_parameter('/p')\n"}, ["secretsmanager:GetSecretValue", "ssm:GetParameter"]),
    "batch processor": ({"app.py": """
        import boto3
        from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
        processor = BatchProcessor(event_type=EventType.SQS)
        def record_handler(record):
            boto3.client('s3').put_object(Bucket='b', Key='k')
        def handler(event, context):
            return process_partial_response(event=event, record_handler=record_handler, processor=processor, context=context)
        """}, ["s3:PutObject"]),
    "dataclass": ({"app.py": """
        import boto3
        from dataclasses import dataclass, field
        @dataclass
        class Store:
            name: str
            client: object = field(default_factory=lambda: boto3.client('dynamodb'))
            def save(self, item):
                self.client.put_item(TableName=self.name, Item=item)
        def handler(e, c):
            Store('t').save({})
        """}, ["dynamodb:PutItem"]),
    "context manager": ({"app.py": """
        import boto3
        from contextlib import contextmanager
        @contextmanager
        def opened():
            client = boto3.client('sqs')
            yield client
        def handler(e, c):
            with opened() as q:
                q.send_message(QueueUrl='q', MessageBody='m')
        """}, ["sqs:SendMessage"]),
    "except and finally": ({"app.py": """
        import boto3
        s3, sns = boto3.client('s3'), boto3.client('sns')
        def handler(e, c):
            try:
                s3.get_object(Bucket='b', Key='k')
            except Exception as error:
                sns.publish(TopicArn='t', Message=str(error))
                raise
            finally:
                boto3.client('cloudwatch').put_metric_data(Namespace='n', MetricData=[])
        """}, ["cloudwatch:PutMetricData", "s3:GetObject", "sns:Publish"]),
    "exhausted recursion": ({"app.py": """
        import boto3
        t = boto3.resource('dynamodb').Table('t')
        def pages(key=None):
            page = t.query(KeyConditionExpression='x')
            if page.get('LastEvaluatedKey'):
                return page['Items'] + pages(page['LastEvaluatedKey'])
            return page['Items']
        def handler(e, c):
            return pages()
        """}, ["dynamodb:Query"]),
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_needs_of_a_program(name: str) -> None:
    files, expected = PROGRAMS[name]
    found = needs(files)
    assert required(files) == expected
    assert [gap for one in found.values() for gap in one.code.not_followed] == []


def test_a_missing_key_is_conditional() -> None:
    assert conditional(python("boto3.client('s3').get_object(Bucket='b', Key='k')")) == ["s3:ListBucket"]


def test_a_statement_that_is_not_known_may_do_anything() -> None:
    files = python("boto3.client('dynamodb').execute_statement(Statement=event['sql'])")
    assert required(files) == []
    assert conditional(files) == ["dynamodb:PartiQLDelete", "dynamodb:PartiQLInsert", "dynamodb:PartiQLSelect", "dynamodb:PartiQLUpdate"]  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        "getattr(boto3.client('s3'), event['what'])(Bucket='b')",
        "boto3.client(event['service']).do()",
        "boto3.client('s3').get_paginator(event['what']).paginate()",
        "boto3.client('s3').generate_presigned_url(event['what'], Params={})",
        "exec(event['code'])",
        "__import__(event['module']).run()",
    ],
)
def test_what_is_chosen_at_run_time_is_not_followed(body: str) -> None:
    assert any(one.code.not_followed for one in needs(python(body)).values())


def test_what_is_called_when_the_module_is_loaded_is_needed() -> None:
    text = "import boto3\nvalue = boto3.client('ssm').get_parameter(Name='/a')['Parameter']['Value']\ndef handler(event, context):\n    return value\n"
    assert required({"app.py": text}) == ["ssm:GetParameter"]


def test_a_function_that_nothing_calls_is_not_needed() -> None:
    text = "import boto3\ns3 = boto3.client('s3')\ndef unused():\n    s3.delete_bucket(Bucket='b')\ndef handler(event, context):\n    return s3.get_object(Bucket='b', Key='k')\n"
    assert required({"app.py": text}) == ["s3:GetObject"]


def test_a_helper_that_is_called_twice_names_both_tables() -> None:
    text = "import boto3\nd = boto3.client('dynamodb')\ndef load(table):\n    return d.get_item(TableName=table, Key={})\ndef handler(event, context):\n    load('one')\n    load('two')\n"
    (one,) = needs({"app.py": text}).values()
    assert [name.rpartition("/")[2] for name in resources(one, "dynamodb:GetItem")] == ["one", "two"]


@pytest.mark.parametrize(
    "made",
    [
        "boto3.client('s3', aws_access_key_id=k['AccessKeyId'], aws_secret_access_key=k['SecretAccessKey'])",
        "boto3.Session(aws_access_key_id=k['AccessKeyId'], aws_secret_access_key=k['SecretAccessKey']).client('s3')",
    ],
)
def test_a_client_with_credentials_of_another_role_needs_nothing_of_the_own_one(made: str) -> None:
    body = f"k = boto3.client('sts').assume_role(RoleArn='r', RoleSessionName='s')['Credentials']\n{made}.get_object(Bucket='b', Key='k')"
    assert required(python(body)) == ["sts:AssumeRole"]


@pytest.mark.parametrize(
    "files",
    [
        {
            "src/app.py": "from shared_store import save\ndef handler(event, context):\n    save(event)\n",
            "lib/shared_store.py": "def save(e): pass\n",
        },
        {"app.py": "from strands import Agent\ndef handler(event, context):\n    return Agent()(event['q'])\n"},
        {"app.py": "import subprocess\ndef handler(event, context):\n    subprocess.run(['aws', 's3', 'ls'])\n"},
    ],
)
def test_code_that_is_not_seen_is_said(files: dict[str, str]) -> None:
    assert any(one.code.not_followed for one in needs(files).values())


def test_a_role_that_is_handed_to_a_service_is_passed() -> None:
    body = "boto3.client('transcribe').start_medical_scribe_job(MedicalScribeJobName='j', DataAccessRoleArn='arn:aws:iam::123456789012:role/r')"
    assert required(python(body)) == ["iam:PassRole", "transcribe:StartMedicalScribeJob"]
