"""Programs in Python: clients in classes, closures, tables and helper modules."""

from __future__ import annotations

PROGRAMS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "py helper module + class in init": (
        {
            "app.py": """
from lib.store import OrderStore
store = OrderStore()
def handler(event, context):
    store.save({"id": event["id"]})
    return store.load(event["id"])
""",
            "lib/__init__.py": """

""",
            "lib/store.py": """
import os, boto3
class OrderStore:
    def __init__(self, table_name=None, region="eu-west-1"):
        self._session = boto3.Session(region_name=region)
        self._table = self._session.resource("dynamodb").Table(table_name or os.environ["TABLE"])
    def save(self, item):
        self._table.put_item(Item=item, ConditionExpression="attribute_not_exists(id)")
    def load(self, key):
        return self._table.get_item(Key={"id": key}).get("Item")
    def drop(self):
        self._table.delete()
""",
        },
        ("dynamodb:GetItem", "dynamodb:PutItem"),
    ),
    "py partial": (
        {
            "app.py": """
import boto3, functools
s3 = boto3.client("s3")
fetch = functools.partial(s3.get_object, Bucket="data")
put = functools.partial(s3.put_object, Bucket="data", ServerSideEncryption="aws:kms")
def handler(event, context):
    body = fetch(Key=event["key"])["Body"].read()
    put(Key="copy/" + event["key"], Body=body)
""",
        },
        ("s3:GetObject", "s3:PutObject"),
    ),
    "py retry decorator": (
        {
            "app.py": """
import boto3, functools, time
from botocore.exceptions import ClientError
def retry(times=3):
    def outer(function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            for attempt in range(times):
                try:
                    return function(*args, **kwargs)
                except ClientError:
                    time.sleep(2 ** attempt)
            raise RuntimeError("no luck")
        return inner
    return outer
sqs = boto3.client("sqs")
@retry(times=5)
def send(url, body):
    return sqs.send_message(QueueUrl=url, MessageBody=body)
@retry()
def drop(url, handle):
    sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
def handler(event, context):
    send("https://sqs.eu-west-1.amazonaws.com/1/q", "x")
    drop("https://sqs.eu-west-1.amazonaws.com/1/q", "h")
""",
        },
        ("sqs:DeleteMessage", "sqs:SendMessage"),
    ),
    "py tenacity": (
        {
            "app.py": """
import boto3
from tenacity import retry, stop_after_attempt
client = boto3.client("stepfunctions")
@retry(stop=stop_after_attempt(3))
def start(arn, data):
    return client.start_execution(stateMachineArn=arn, input=data)
def handler(event, context):
    start("arn:aws:states:eu-west-1:1:stateMachine:m", "{}")
""",
        },
        ("states:StartExecution",),
    ),
    "py tables in dict": (
        {
            "app.py": """
import boto3, os
dynamodb = boto3.resource("dynamodb")
TABLES = {name: dynamodb.Table(os.environ[name.upper() + "_TABLE"]) for name in ("orders", "users")}
def handler(event, context):
    TABLES["orders"].update_item(Key={"id": 1}, UpdateExpression="SET a = :a", ExpressionAttributeValues={":a": 1})
    for table in TABLES.values():
        table.scan(Limit=1)
""",
        },
        ("dynamodb:Scan", "dynamodb:UpdateItem"),
    ),
    "py paginator in generator": (
        {
            "app.py": """
import boto3
def pages(client, name, **kwargs):
    paginator = client.get_paginator(name)
    for page in paginator.paginate(**kwargs):
        yield from page.get("Contents", [])
def handler(event, context):
    s3 = boto3.client("s3")
    return [o["Key"] for o in pages(s3, "list_objects_v2", Bucket="b", Prefix="p/")]
""",
        },
        ("s3:ListBucket",),
    ),
    "py waiter": (
        {
            "app.py": """
import boto3
ec2 = boto3.client("ec2")
def handler(event, context):
    ids = [i["InstanceId"] for r in ec2.describe_instances()["Reservations"] for i in r["Instances"]]
    ec2.start_instances(InstanceIds=ids)
    ec2.get_waiter("instance_running").wait(InstanceIds=ids)
""",
        },
        ("ec2:DescribeInstances", "ec2:StartInstances"),
    ),
    "py aioboto3": (
        {
            "app.py": """
import asyncio, aioboto3
session = aioboto3.Session()
async def work(event):
    async with session.client("s3") as s3, session.resource("dynamodb") as ddb:
        table = await ddb.Table("t")
        obj = await s3.get_object(Bucket="b", Key="k")
        async with obj["Body"] as stream:
            data = await stream.read()
        async with table.batch_writer() as batch:
            await batch.put_item(Item={"id": data})
def handler(event, context):
    return asyncio.run(work(event))
""",
        },
        ("dynamodb:BatchWriteItem", "s3:GetObject"),
    ),
    "py lazy client cache": (
        {
            "app.py": """
import boto3
from functools import lru_cache
_clients = {}
def client(name):
    if name not in _clients:
        _clients[name] = boto3.client(name)
    return _clients[name]
@lru_cache(maxsize=None)
def secret(name):
    return client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
def handler(event, context):
    secret("db")
    client("sns").publish(TopicArn="arn:aws:sns:eu-west-1:1:t", Message="x")
""",
        },
        ("secretsmanager:GetSecretValue", "sns:Publish"),
    ),
    "py dispatch table": (
        {
            "app.py": """
import boto3, json
sfn = boto3.client("stepfunctions"); s3 = boto3.resource("s3")
def start(body): return sfn.start_execution(stateMachineArn="arn:aws:states:eu-west-1:1:stateMachine:m", input=json.dumps(body))
def store(body): s3.Object("b", "k").put(Body=json.dumps(body))
def remove(body): s3.Bucket("b").objects.filter(Prefix="x").delete()
ACTIONS = {"start": start, "store": store, "remove": remove}
def handler(event, context):
    return ACTIONS[event["action"]](event)
""",
        },
        ("s3:DeleteObject", "s3:ListBucket", "s3:PutObject", "states:StartExecution"),
    ),
    "py abstract base, subclass chosen": (
        {
            "app.py": """
import abc, boto3, os
class Sink(abc.ABC):
    @abc.abstractmethod
    def write(self, record): ...
class Queue(Sink):
    def __init__(self): self.sqs = boto3.client("sqs"); self.url = os.environ["Q"]
    def write(self, record): self.sqs.send_message(QueueUrl=self.url, MessageBody=record)
class Stream(Sink):
    client = boto3.client("kinesis")
    def write(self, record): self.client.put_record(StreamName="s", Data=record, PartitionKey="1")
def make():
    return Queue() if os.environ.get("KIND") == "queue" else Stream()
sink = make()
def handler(event, context):
    for r in event["Records"]:
        sink.write(r["body"])
""",
        },
        ("kinesis:PutRecord", "sqs:SendMessage"),
    ),
    "py dataclass deps": (
        {
            "app.py": """
from dataclasses import dataclass, field
import boto3
@dataclass
class Deps:
    s3: object = field(default_factory=lambda: boto3.client("s3"))
    logs: object = field(default_factory=lambda: boto3.client("logs"))
    def archive(self, key):
        self.s3.copy_object(Bucket="dst", Key=key, CopySource={"Bucket": "src", "Key": key})
        self.logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=[])
deps = Deps()
def handler(event, context):
    deps.archive(event["key"])
""",
        },
        ("logs:PutLogEvents", "s3:GetObject", "s3:PutObject"),
    ),
    "py property and cached_property": (
        {
            "app.py": """
import boto3
from functools import cached_property
class Aws:
    @cached_property
    def ssm(self): return boto3.client("ssm")
    @property
    def events(self): return boto3.client("events")
aws = Aws()
def handler(event, context):
    aws.ssm.get_parameters_by_path(Path="/shop/", Recursive=True, WithDecryption=True)
    aws.events.put_events(Entries=[{"Source": "a", "DetailType": "b", "Detail": "{}", "EventBusName": "bus"}])
""",
        },
        ("events:PutEvents", "ssm:GetParametersByPath"),
    ),
    "py threadpool map": (
        {
            "app.py": """
import boto3
from concurrent.futures import ThreadPoolExecutor
s3 = boto3.client("s3")
def head(key): return s3.head_object(Bucket="b", Key=key)["ContentLength"]
def handler(event, context):
    with ThreadPoolExecutor(8) as pool:
        sizes = list(pool.map(head, event["keys"]))
        future = pool.submit(s3.delete_object, Bucket="b", Key="x")
        future.result()
    return sum(sizes)
""",
        },
        ("s3:DeleteObject", "s3:GetObject"),
    ),
    "py kwargs built": (
        {
            "app.py": """
import boto3
table = boto3.resource("dynamodb").Table("t")
def query_all(**kwargs):
    items = []
    while True:
        page = table.query(**kwargs)
        items += page["Items"]
        if "LastEvaluatedKey" not in page:
            return items
        kwargs["ExclusiveStartKey"] = page["LastEvaluatedKey"]
def handler(event, context):
    from boto3.dynamodb.conditions import Key
    return query_all(KeyConditionExpression=Key("pk").eq(event["id"]), IndexName="by-date")
""",
        },
        ("dynamodb:Query",),
    ),
    "py powertools router + batch": (
        {
            "app.py": """
import boto3
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities import parameters
app = APIGatewayRestResolver()
logger = Logger(); tracer = Tracer()
table = boto3.resource("dynamodb").Table("t")
@app.get("/items/<id>")
@tracer.capture_method
def get_item(id):
    parameters.get_secret("api-key")
    return table.get_item(Key={"id": id})["Item"]
@app.delete("/items/<id>")
def remove(id):
    table.delete_item(Key={"id": id})
@logger.inject_lambda_context
@tracer.capture_lambda_handler
def handler(event, context):
    return app.resolve(event, context)
""",
        },
        ("dynamodb:DeleteItem", "dynamodb:GetItem", "secretsmanager:GetSecretValue"),
    ),
    "py getattr constant": (
        {
            "app.py": """
import boto3
s3 = boto3.client("s3")
def call(op, **kw):
    return getattr(s3, op)(**kw)
def handler(event, context):
    call("put_object_tagging", Bucket="b", Key="k", Tagging={"TagSet": []})
    call("get_bucket_location", Bucket="b")
""",
        },
        ("s3:GetBucketLocation", "s3:PutObjectTagging"),
    ),
    "py contextmanager and nested closure": (
        {
            "app.py": """
import boto3, contextlib
@contextlib.contextmanager
def lock(name):
    ddb = boto3.client("dynamodb")
    ddb.put_item(TableName="locks", Item={"id": {"S": name}}, ConditionExpression="attribute_not_exists(id)")
    try:
        yield ddb
    finally:
        ddb.delete_item(TableName="locks", Key={"id": {"S": name}})
def handler(event, context):
    with lock("x") as ddb:
        def inner():
            ddb.transact_write_items(TransactItems=[{"Put": {"TableName": "a", "Item": {}}}, {"ConditionCheck": {"TableName": "b", "Key": {}, "ConditionExpression": "x"}}])
        inner()
""",
        },
        ("dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem"),
    ),
    "py assumed role not counted": (
        {
            "app.py": """
import boto3
def assumed(arn):
    c = boto3.client("sts").assume_role(RoleArn=arn, RoleSessionName="x")["Credentials"]
    return boto3.Session(aws_access_key_id=c["AccessKeyId"], aws_secret_access_key=c["SecretAccessKey"], aws_session_token=c["SessionToken"])
def handler(event, context):
    assumed("arn:aws:iam::2:role/r").client("s3").list_objects_v2(Bucket="b")
""",
        },
        ("sts:AssumeRole",),
    ),
}
"""Name -> files, and exactly the actions that they need."""
