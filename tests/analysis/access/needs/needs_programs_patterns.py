"""Programs in Python and TypeScript: registries, special methods, generators, threads, ports and adapters."""

from __future__ import annotations

PROGRAMS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "py class attr registry via __init_subclass__": (
        {
            "app.py": """
import boto3
class Task:
    registry = {}
    def __init_subclass__(cls, **kw):
        super().__init_subclass__(**kw)
        Task.registry[cls.__name__] = cls
class Copy(Task):
    def run(self): boto3.client("s3").copy_object(Bucket="b", Key="k", CopySource="a/k")
class Ping(Task):
    def run(self): boto3.client("sns").publish(TopicArn="arn:aws:sns:eu-west-1:1:t", Message="x")
def handler(event, context):
    Task.registry[event["task"]]().run()
""",
        },
        ("s3:GetObject", "s3:PutObject", "sns:Publish"),
    ),
    "py inject": (
        {
            "app.py": """
import boto3, inject
from dependency import configure
@inject.params(table="table")
def work(event, table=None): return table.get_item(Key={"id": event["id"]})
def handler(event, context):
    s3 = boto3.session.Session().client("s3")
    return s3.list_objects(Bucket="b")
""",
            "dependency.py": """
def configure(): pass
""",
        },
        ("s3:ListBucket",),
    ),
    "py try import client factory": (
        {
            "app.py": """
try:
    import boto3
except ImportError:
    boto3 = None
import os
def make(service, **kw):
    endpoint = os.environ.get("LOCALSTACK")
    if endpoint:
        kw["endpoint_url"] = endpoint
    return boto3.client(service, **kw)
sns, sqs = make("sns"), make("sqs", region_name="eu-west-1")
def handler(event, context):
    try:
        sns.publish_batch(TopicArn="arn:aws:sns:eu-west-1:1:t", PublishBatchRequestEntries=[])
    except sns.exceptions.NotFoundException:
        sqs.send_message_batch(QueueUrl="q", Entries=[])
""",
        },
        ("sns:Publish", "sqs:SendMessage"),
    ),
    "py generator pipeline": (
        {
            "app.py": """
import boto3, itertools
s3 = boto3.client("s3")
def keys(bucket):
    token = None
    while True:
        kw = dict(Bucket=bucket, **({"ContinuationToken": token} if token else {}))
        page = s3.list_objects_v2(**kw)
        yield from (o["Key"] for o in page["Contents"])
        token = page.get("NextContinuationToken")
        if not token: return
def bodies(ks):
    for k in ks:
        yield k, s3.get_object(Bucket="b", Key=k)["Body"]
def handler(event, context):
    for k, body in itertools.islice(bodies(keys("b")), 10):
        s3.upload_fileobj(body, "c", k)
""",
        },
        ("s3:GetObject", "s3:ListBucket", "s3:PutObject"),
    ),
    "py threaded queue + client per thread": (
        {
            "app.py": """
import boto3, threading, concurrent.futures as cf
local = threading.local()
def client():
    if not hasattr(local, "ddb"):
        local.ddb = boto3.client("dynamodb")
    return local.ddb
def put(item): client().put_item(TableName="t", Item=item)
def handler(event, context):
    with cf.ThreadPoolExecutor() as ex:
        fs = [ex.submit(put, i) for i in event["items"]]
        for f in cf.as_completed(fs): f.result()
    t = threading.Thread(target=lambda: client().delete_item(TableName="t", Key={}))
    t.start(); t.join()
""",
        },
        ("dynamodb:DeleteItem", "dynamodb:PutItem"),
    ),
    "py operator methodcaller and map": (
        {
            "app.py": """
import boto3
from operator import methodcaller, attrgetter
bucket = boto3.resource("s3").Bucket("b")
def handler(event, context):
    objs = sorted(bucket.objects.filter(Prefix="p"), key=attrgetter("last_modified"))
    list(map(methodcaller("delete"), objs))
""",
        },
        ("s3:DeleteObject", "s3:ListBucket"),
    ),
    "py dynamodb table wrapper w/ dunder": (
        {
            "app.py": """
import boto3, os
class Table:
    def __init__(self, name): self.t = boto3.resource("dynamodb").Table(name)
    def __getitem__(self, key): return self.t.get_item(Key={"id": key})["Item"]
    def __setitem__(self, key, value): self.t.put_item(Item={"id": key, **value})
    def __delitem__(self, key): self.t.delete_item(Key={"id": key})
    def __iter__(self): yield from self.t.scan()["Items"]
    def __contains__(self, key): return "Item" in self.t.get_item(Key={"id": key})
    def __enter__(self): return self
    def __exit__(self, *a): boto3.client("cloudwatch").put_metric_data(Namespace="x", MetricData=[])
def handler(event, context):
    with Table(os.environ["T"]) as orders:
        orders["a"] = {"x": 1}
        if "a" in orders: print(orders["a"])
        for o in orders: print(o)
        del orders["a"]
""",
        },
        ("cloudwatch:PutMetricData", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Scan"),
    ),
    "py lambda in dict, walrus, comprehension": (
        {
            "app.py": """
import boto3
ssm = boto3.client("ssm")
OPS = {"read": lambda n: ssm.get_parameter(Name=n)["Parameter"]["Value"], "drop": lambda n: ssm.delete_parameter(Name=n)}
def handler(event, context):
    if (op := OPS.get(event["op"])) is not None:
        return [op(n) for n in event["names"]]
""",
        },
        ("ssm:DeleteParameter", "ssm:GetParameter"),
    ),
    "py strategy by env in config class w/ classmethod": (
        {
            "app.py": """
import boto3, os
class Config:
    _cache = None
    def __init__(self, loader): self.loader = loader
    @classmethod
    def load(cls):
        if cls._cache is None:
            cls._cache = cls(cls._from_secret if os.getenv("S") else cls._from_table).loader()
        return cls._cache
    @staticmethod
    def _from_secret(): return boto3.client("secretsmanager").get_secret_value(SecretId="x")
    @staticmethod
    def _from_table(): return boto3.resource("dynamodb").Table("cfg").get_item(Key={"id": 1})
def handler(event, context): return Config.load()
""",
        },
        ("dynamodb:GetItem", "secretsmanager:GetSecretValue"),
    ),
    "ts abstract use case w/ interfaces and factory": (
        {
            "src/handler.ts": """
import { makeUseCase } from "./factory";
export const handler = async (event: { body: string }) => makeUseCase().execute(JSON.parse(event.body));
""",
            "src/factory.ts": """
import { DynamoUserRepository } from "./adapters/dynamo";
import { SesMailer } from "./adapters/ses";
import { CreateUser } from "./usecase";
export function makeUseCase() { return new CreateUser({ users: new DynamoUserRepository(), mailer: new SesMailer() }); }
""",
            "src/usecase.ts": """
export interface UserRepository { put(u: any): Promise<void>; find(id: string): Promise<any>; }
export interface Mailer { send(to: string): Promise<void>; }
export class CreateUser {
  constructor(private readonly deps: { users: UserRepository; mailer: Mailer }) {}
  async execute(u: any) { if (await this.deps.users.find(u.id)) throw new Error(); await this.deps.users.put(u); await this.deps.mailer.send(u.mail); }
}
""",
            "src/adapters/dynamo.ts": """
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { UserRepository } from "../usecase";
const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
export class DynamoUserRepository implements UserRepository {
  async put(u: any) { await client.send(new PutCommand({ TableName: "users", Item: u })); }
  async find(id: string) { const { Item } = await client.send(new GetCommand({ TableName: "users", Key: { id } })); return Item; }
}
""",
            "src/adapters/ses.ts": """
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
export class SesMailer { #ses = new SESv2Client({}); async send(to: string) { await this.#ses.send(new SendEmailCommand({ FromEmailAddress: "a@b.c", Destination: { ToAddresses: [to] }, Content: { Simple: { Subject: { Data: "" }, Body: {} } } })); } }
""",
        },
        ("dynamodb:GetItem", "dynamodb:PutItem", "ses:SendEmail"),
    ),
    "ts namespace import + destructured methods": (
        {
            "app.ts": """
import * as store from "./store";
import { S3 } from "@aws-sdk/client-s3";
const { save, load } = store;
const s3 = new S3({});
const getObject = s3.getObject.bind(s3);
export const handler = async () => { await save("a"); await load("b"); await getObject({ Bucket: "b", Key: "k" }); };
""",
            "store.ts": """
import { SSM } from "@aws-sdk/client-ssm";
const ssm = new SSM({});
export async function save(n: string) { return ssm.putParameter({ Name: n, Value: "x", Type: "String" }); }
export const load = async (n: string) => (await ssm.getParameters({ Names: [n] })).Parameters;
""",
        },
        ("s3:GetObject", "ssm:GetParameters", "ssm:PutParameter"),
    ),
    "js generator/async iteration + v2 each page": (
        {
            "app.js": """
const AWS = require("aws-sdk");
const logs = new AWS.CloudWatchLogs();
async function* streams(group) { let nextToken; do { const r = await logs.describeLogStreams({ logGroupName: group, nextToken }).promise(); yield* r.logStreams; nextToken = r.nextToken; } while (nextToken); }
exports.handler = async () => { for await (const s of streams("g")) await logs.deleteLogStream({ logGroupName: "g", logStreamName: s.logStreamName }).promise(); };
""",
        },
        ("logs:DeleteLogStream", "logs:DescribeLogStreams"),
    ),
    "ts lib function returning command": (
        {
            "app.ts": """
import { SQSClient, SendMessageCommand, DeleteMessageBatchCommand } from "@aws-sdk/client-sqs";
const sqs = new SQSClient({});
const toCommand = (b: unknown) => new SendMessageCommand({ QueueUrl: process.env.Q, MessageBody: JSON.stringify(b) });
const commands = { drop: () => new DeleteMessageBatchCommand({ QueueUrl: process.env.Q, Entries: [] }), add: toCommand };
export const handler = async (e: any[]) => { await Promise.all(e.map(toCommand).map((c) => sqs.send(c))); await sqs.send(commands.drop()); };
""",
        },
        ("sqs:DeleteMessage", "sqs:SendMessage"),
    ),
    "ts sst style / nest of closures": (
        {
            "app.ts": """
import { DynamoDB } from "@aws-sdk/client-dynamodb";
export const create = (deps: { ddb: Pick<DynamoDB, "putItem" | "getItem"> }) => ({ save: (id: string) => deps.ddb.putItem({ TableName: "t", Item: { id: { S: id } } }), read: (id: string) => deps.ddb.getItem({ TableName: "t", Key: { id: { S: id } } }) });
let cached: ReturnType<typeof create> | null = null;
const get = () => (cached ??= create({ ddb: new DynamoDB({}) }));
export const handler = async (e: any) => { await get().save(e.id); return get().read(e.id); };
""",
        },
        ("dynamodb:GetItem", "dynamodb:PutItem"),
    ),
    "ts error retry loop w/ instanceof, top-level await": (
        {
            "app.mts": """
import { SecretsManager, ResourceNotFoundException } from "@aws-sdk/client-secrets-manager";
const sm = new SecretsManager({});
const boot = await sm.getSecretValue({ SecretId: "boot" });
export const handler = async () => {
  for (let i = 0; i < 3; i++) {
    try { return await sm.describeSecret({ SecretId: "x" }); }
    catch (e) { if (e instanceof ResourceNotFoundException) { await sm.createSecret({ Name: "x", SecretString: boot.SecretString }); continue; } throw e; }
  }
};
""",
        },
        ("secretsmanager:CreateSecret", "secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"),
    ),
    "js event emitter listeners": (
        {
            "app.js": """
const { EventEmitter } = require("events");
const { SNS } = require("@aws-sdk/client-sns");
const bus = new EventEmitter(); const sns = new SNS({});
bus.on("done", async (m) => { await sns.publish({ TopicArn: "arn:aws:sns:eu-west-1:1:t", Message: m }); });
exports.handler = async () => { bus.emit("done", "x"); };
""",
        },
        ("sns:Publish",),
    ),
    "js dataloader and lodash": (
        {
            "app.js": """
const DataLoader = require("dataloader"); const _ = require("lodash");
const { DynamoDB } = require("@aws-sdk/client-dynamodb");
const ddb = new DynamoDB({});
const loader = new DataLoader(async (ids) => { const r = await ddb.batchGetItem({ RequestItems: { t: { Keys: ids.map((id) => ({ id: { S: id } })) } } }); return r.Responses.t; });
const tidy = _.memoize(async (id) => ddb.deleteItem({ TableName: "t", Key: { id: { S: id } } }));
exports.handler = async (e) => { const x = await loader.load(e.id); await Promise.all(_.map(e.ids, (i) => tidy(i))); return x; };
""",
        },
        ("dynamodb:BatchGetItem", "dynamodb:DeleteItem"),
    ),
    "py step via getattr on self & string dispatch": (
        {
            "app.py": """
import boto3
class Machine:
    def __init__(self): self.sfn = boto3.client("stepfunctions")
    def do_start(self, e): return self.sfn.start_sync_execution(stateMachineArn=e["arn"])
    def do_stop(self, e): return self.sfn.stop_execution(executionArn=e["arn"])
    def run(self, e): return getattr(self, "do_" + e["op"])(e)
def handler(event, context): return Machine().run(event)
""",
        },
        ("states:StartSyncExecution", "states:StopExecution"),
    ),
    "py batch processor powertools idempotent": (
        {
            "app.py": """
import boto3, os
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, idempotent_function
processor = BatchProcessor(event_type=EventType.SQS)
layer = DynamoDBPersistenceLayer(table_name="idem")
@idempotent_function(data_keyword_argument="record", persistence_store=layer)
def one(record):
    boto3.client("kinesis").put_records(StreamName="s", Records=[])
def handler(event, context):
    return process_partial_response(event=event, record_handler=lambda r: one(record=r), processor=processor, context=context)
""",
        },
        ("dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "kinesis:PutRecords"),
    ),
    "py boto3 dynamodb transact + batch_writer overwrite": (
        {
            "app.py": """
import boto3
from contextlib import closing
ddb = boto3.resource("dynamodb")
def handler(event, context):
    with ddb.Table("t").batch_writer(overwrite_by_pkeys=["id"]) as w:
        for i in event: w.put_item(Item=i)
        w.delete_item(Key={"id": 1})
    ddb.meta.client.transact_get_items(TransactItems=[{"Get": {"TableName": "t", "Key": {}}}])
    with closing(boto3.client("s3").get_object(Bucket="b", Key="k")["Body"]) as f: return f.read()
""",
        },
        ("dynamodb:BatchWriteItem", "dynamodb:GetItem", "s3:GetObject"),
    ),
    "js functions that make objects": (
        {
            "app.js": """
const { SQS } = require("@aws-sdk/client-sqs");
function Queue(url) { this.url = url; this.sqs = new SQS({}); this.drop = () => this.sqs.deleteQueue({ QueueUrl: this.url }); }
Queue.prototype.purge = function () { return this.sqs.purgeQueue({ QueueUrl: this.url }); };
const queue = new Queue("q");
exports.handler = async () => { await queue.purge(); await queue.drop(); };
"""
        },
        ("sqs:DeleteQueue", "sqs:PurgeQueue"),
    ),
    "py and js operations out of a table": (
        {
            "app.py": """
import boto3
OPERATIONS = {"a": "purge_queue", "b": "delete_queue"}
def handler(event, context):
    getattr(boto3.client("sqs"), OPERATIONS[event["x"]])(QueueUrl="q")
""",
            "app.js": """
const { SNS } = require("@aws-sdk/client-sns");
exports.handler = async (e) => { const name = e.all ? "listTopics" : "getTopicAttributes"; return new SNS({})[name]({ TopicArn: "arn:aws:sns:eu-west-1:1:t" }); };
""",
        },
        ("sns:GetTopicAttributes", "sns:ListTopics", "sqs:DeleteQueue", "sqs:PurgeQueue"),
    ),
    "py flask app via serverless wsgi blueprints": (
        {
            "wsgi_handler.py": """
import serverless_wsgi
from app import app
def handler(event, context): return serverless_wsgi.handle_request(app, event, context)
""",
            "app.py": """
from flask import Flask
from routes import bp
app = Flask(__name__)
app.register_blueprint(bp)
""",
            "routes.py": """
import boto3
from flask import Blueprint, g, request
bp = Blueprint("x", __name__)
@bp.before_request
def before(): g.ddb = boto3.resource("dynamodb")
@bp.route("/a/<id>")
def a(id): return g.ddb.Table("t").get_item(Key={"id": id})["Item"]
@bp.delete("/a/<id>")
def d(id):
    boto3.client("sqs").send_message(QueueUrl="q", MessageBody=id)
    return ""
""",
        },
        ("dynamodb:GetItem", "sqs:SendMessage"),
    ),
    "js prototype style and util.promisify": (
        {
            "app.js": """
const AWS = require("aws-sdk");
const { promisify } = require("util");
function Store(name) { this.name = name; this.s3 = new AWS.S3(); }
Store.prototype.get = function (key) { return promisify(this.s3.getObject.bind(this.s3))({ Bucket: this.name, Key: key }); };
Store.prototype.put = function (key, body, cb) { this.s3.putObject({ Bucket: this.name, Key: key, Body: body }, cb); };
const store = new Store("b");
exports.handler = async (event) => { await store.get("a"); await new Promise((ok) => store.put("c", "x", ok)); };
""",
        },
        ("s3:GetObject", "s3:PutObject"),
    ),
}
"""Name -> files, and exactly the actions that they need."""
