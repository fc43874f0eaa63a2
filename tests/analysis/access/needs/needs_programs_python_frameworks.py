"""Programs in Python: frameworks, dispatch, registries and transfers."""

from __future__ import annotations

PROGRAMS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "py batch get and partiql": (
        {
            "app.py": """
import boto3
r = boto3.resource("dynamodb")
def chunks(seq, n):
    for i in range(0, len(seq), n): yield seq[i:i + n]
def handler(event, context):
    for part in chunks(event["ids"], 100):
        r.batch_get_item(RequestItems={"t": {"Keys": [{"id": i} for i in part]}})
    r.meta.client.execute_statement(Statement="UPDATE \\"t\\" SET a=1 WHERE id='x'")
""",
        },
        ("dynamodb:BatchGetItem", "dynamodb:PartiQLUpdate"),
    ),
    "py sqs resource and bucket copy": (
        {
            "app.py": """
import boto3
sqs = boto3.resource("sqs"); s3 = boto3.resource("s3")
queue = sqs.get_queue_by_name(QueueName="jobs")
def handler(event, context):
    for m in queue.receive_messages(MaxNumberOfMessages=10):
        s3.meta.client.copy({"Bucket": "a", "Key": m.body}, "b", m.body)
        m.delete()
""",
        },
        ("s3:GetObject", "s3:PutObject", "sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"),
    ),
    "py clients by loop": (
        {
            "app.py": """
import boto3
from botocore.config import Config
CFG = Config(retries={"max_attempts": 3})
CLIENTS = {svc: boto3.client(svc, config=CFG) for svc in ("s3", "sqs", "sns")}
def handler(event, context):
    CLIENTS["s3"].get_object_tagging(Bucket="b", Key="k")
    CLIENTS["sqs"].purge_queue(QueueUrl="u")
""",
        },
        ("s3:GetObjectTagging", "sqs:PurgeQueue"),
    ),
    "py delegating __getattr__": (
        {
            "app.py": """
import boto3
class Logged:
    def __init__(self, inner): self._inner = inner
    def __getattr__(self, name):
        target = getattr(self._inner, name)
        def call(*args, **kwargs):
            print("calling", name)
            return target(*args, **kwargs)
        return call
s3 = Logged(boto3.client("s3"))
def handler(event, context):
    s3.put_object(Bucket="b", Key="k", Body=b"")
""",
        },
        ("s3:PutObject",),
    ),
    "py alias import": (
        {
            "app.py": """
from boto3 import client as mk, resource as res
mk2 = mk
def handler(event, context):
    ddb = res(service_name="dynamodb")
    mk2(service_name="events").put_rule(Name="r", ScheduleExpression="rate(1 hour)")
    ddb.Table("t").query(KeyConditionExpression="x")
""",
        },
        ("dynamodb:Query", "events:PutRule"),
    ),
    "py global lazily": (
        {
            "app.py": """
import boto3
_s3 = None
def s3():
    global _s3
    if _s3 is None:
        _s3 = boto3.client("s3")
    return _s3
def handler(event, context):
    s3().create_multipart_upload(Bucket="b", Key="k")
    s3().complete_multipart_upload(Bucket="b", Key="k", UploadId="u")
    s3().abort_multipart_upload(Bucket="b", Key="k", UploadId="u")
""",
        },
        ("s3:AbortMultipartUpload", "s3:PutObject"),
    ),
    "py match and namedtuple": (
        {
            "app.py": """
from typing import NamedTuple, Any
import boto3
class Clients(NamedTuple):
    ddb: Any
    sqs: Any
clients = Clients(ddb=boto3.client("dynamodb"), sqs=boto3.client("sqs"))
def handler(event, context):
    match event:
        case {"type": "a", "id": str(i)}:
            clients.ddb.get_item(TableName="t", Key={"id": {"S": i}})
        case {"type": "b"}:
            clients.sqs.change_message_visibility(QueueUrl="q", ReceiptHandle="h", VisibilityTimeout=1)
        case _:
            raise ValueError
""",
        },
        ("dynamodb:GetItem", "sqs:ChangeMessageVisibility"),
    ),
    "py singledispatch": (
        {
            "app.py": """
import boto3, functools
class A: pass
class B: pass
s3 = boto3.client("s3")
@functools.singledispatch
def run(x): raise TypeError
@run.register
def _(x: A): s3.head_bucket(Bucket="b")
@run.register(B)
def _(x): s3.delete_bucket(Bucket="b")
def handler(event, context):
    run(A()); run(B())
""",
        },
        ("s3:DeleteBucket", "s3:ListBucket"),
    ),
    "py async exit stack gather": (
        {
            "app.py": """
import asyncio, contextlib
from aiobotocore.session import get_session
async def fetch(client, key): return await client.get_object(Bucket="b", Key=key)
async def main(keys):
    async with contextlib.AsyncExitStack() as stack:
        client = await stack.enter_async_context(get_session().create_client("s3"))
        return await asyncio.gather(*[fetch(client, k) for k in keys])
def handler(event, context):
    return asyncio.get_event_loop().run_until_complete(main(event["keys"]))
""",
        },
        ("s3:GetObject",),
    ),
    "py chalice": (
        {
            "app.py": """
from chalice import Chalice
import boto3
app = Chalice(app_name="x")
table = boto3.resource("dynamodb").Table("t")
@app.route("/a/{id}", methods=["PUT"])
def put(id):
    table.put_item(Item={"id": id})
@app.schedule("rate(1 hour)")
def tick(event):
    boto3.client("cloudwatch").put_metric_data(Namespace="n", MetricData=[])
""",
        },
        ("cloudwatch:PutMetricData", "dynamodb:PutItem"),
    ),
    "py fastapi mangum": (
        {
            "main.py": """
from fastapi import FastAPI, Depends
from mangum import Mangum
from deps import get_table
app = FastAPI()
@app.get("/x/{i}")
async def read(i: str, table=Depends(get_table)):
    return table.get_item(Key={"id": i})
handler = Mangum(app)
""",
            "deps.py": """
import boto3, os
def get_table():
    return boto3.resource("dynamodb").Table(os.environ["T"])
""",
        },
        ("dynamodb:GetItem",),
    ),
    "py upload_fileobj and streaming": (
        {
            "app.py": """
import boto3, io, gzip
s3 = boto3.client("s3")
def handler(event, context):
    buf = io.BytesIO()
    s3.download_fileobj("b", "k", buf)
    with gzip.open(buf) as f:
        s3.upload_fileobj(f, "b2", "k2", ExtraArgs={"ACL": "private"})
""",
        },
        ("s3:GetObject", "s3:PutObject", "s3:PutObjectAcl"),
    ),
    "py scheduler with role": (
        {
            "app.py": """
import boto3, os
def handler(event, context):
    boto3.client("scheduler").create_schedule(Name="n", ScheduleExpression="at(2026-01-01T00:00:00)", FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": "arn:aws:lambda:eu-west-1:1:function:f", "RoleArn": os.environ["ROLE"]})
""",
        },
        ("iam:PassRole", "scheduler:CreateSchedule"),
    ),
    "py subclass of wrapper w/ super": (
        {
            "app.py": """
import boto3
class Base:
    service = "s3"
    def __init__(self, bucket):
        self.client = boto3.client(self.service)
        self.bucket = bucket
    def get(self, key): return self.client.get_object(Bucket=self.bucket, Key=key)
class Cached(Base):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.cache = {}
    def get(self, key):
        if key not in self.cache:
            self.cache[key] = super().get(key)
        return self.cache[key]
    def set(self, key, body): self.client.put_object(Bucket=self.bucket, Key=key, Body=body)
store = Cached("b")
def handler(event, context):
    store.get("x"); store.set("y", b"")
""",
        },
        ("s3:GetObject", "s3:PutObject"),
    ),
    "py class handler instance callable": (
        {
            "app.py": """
import boto3
class Handler:
    def __init__(self): self.ses = boto3.client("sesv2")
    def __call__(self, event, context):
        return self.send(event["to"])
    def send(self, to):
        return self.ses.send_email(FromEmailAddress="a@b.c", Destination={"ToAddresses": [to]}, Content={"Simple": {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "y"}}}})
handler = Handler()
""",
        },
        ("ses:SendEmail",),
    ),
    "py paginate build_full_result + jmespath search": (
        {
            "app.py": """
import boto3
iam = boto3.client("iam")
def handler(event, context):
    names = list(iam.get_paginator("list_roles").paginate().search("Roles[].RoleName"))
    pages = iam.get_paginator("list_attached_role_policies").paginate(RoleName=names[0]).build_full_result()
    return pages
""",
        },
        ("iam:ListAttachedRolePolicies", "iam:ListRoles"),
    ),
    "py transfer via resource collections": (
        {
            "app.py": """
import boto3
s3 = boto3.resource("s3")
def handler(event, context):
    for summary in s3.Bucket("a").objects.all():
        body = summary.get()["Body"].read()
        s3.Object("b", summary.key).put(Body=body, Tagging="a=b")
        summary.delete()
""",
        },
        ("s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject", "s3:PutObjectTagging"),
    ),
    "py registry decorator": (
        {
            "app.py": """
import boto3
HANDLERS = {}
def on(kind):
    def register(f):
        HANDLERS[kind] = f
        return f
    return register
@on("created")
def created(e): boto3.client("dynamodb").put_item(TableName="t", Item={})
@on("removed")
def removed(e): boto3.client("dynamodb").delete_item(TableName="t", Key={})
def handler(event, context):
    HANDLERS[event["kind"]](event)
""",
        },
        ("dynamodb:DeleteItem", "dynamodb:PutItem"),
    ),
    "py registry in other modules": (
        {
            "app.py": """
from registry import HANDLERS
import plugins
def handler(event, context):
    for f in HANDLERS: f(event)
""",
            "registry.py": """
HANDLERS = []
def register(f):
    HANDLERS.append(f)
    return f
""",
            "plugins/__init__.py": """
from . import one, two
""",
            "plugins/one.py": """
import boto3
from registry import register
@register
def go(e): boto3.client("sns").publish(TopicArn="arn:aws:sns:eu-west-1:1:t", Message="x")
""",
            "plugins/two.py": """
import boto3
from registry import register
@register
def go(e): boto3.client("firehose").put_record_batch(DeliveryStreamName="d", Records=[])
""",
        },
        ("firehose:PutRecordBatch", "sns:Publish"),
    ),
}
"""Name -> files, and exactly the actions that they need."""
