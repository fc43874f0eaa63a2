"""Programs in JavaScript and TypeScript."""

from __future__ import annotations

PROGRAMS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "ts class DI": (
        {
            "src/app.ts": """
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { OrderService } from "./service";
import { OrderRepository } from "./repository";
const service = new OrderService(new OrderRepository(new DynamoDBClient({})));
export const handler = async (event: { id: string }) => service.place(event.id);
""",
            "src/service.ts": """
import type { OrderRepository } from "./repository";
export class OrderService {
  constructor(private readonly repository: OrderRepository) {}
  async place(id: string): Promise<void> { await this.repository.save({ id }); }
}
""",
            "src/repository.ts": """
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
export class OrderRepository {
  private readonly doc: DynamoDBDocumentClient;
  constructor(client: DynamoDBClient, private table = process.env.TABLE!) { this.doc = DynamoDBDocumentClient.from(client); }
  async save(item: Record<string, unknown>) { await this.doc.send(new PutCommand({ TableName: this.table, Item: item })); }
  async unused() { await this.doc.send(new QueryCommand({ TableName: this.table })); }
}
""",
        },
        ("dynamodb:PutItem",),
    ),
    "js middy": (
        {
            "app.js": """
const middy = require("@middy/core");
const jsonBodyParser = require("@middy/http-json-body-parser");
const { S3Client, PutObjectCommand, GetObjectCommand } = require("@aws-sdk/client-s3");
const s3 = new S3Client({});
const base = async (event) => {
  await s3.send(new PutObjectCommand({ Bucket: "b", Key: event.body.id, Body: "x" }));
  return { statusCode: 200 };
};
module.exports.handler = middy(base).use(jsonBodyParser()).before(async (request) => {
  await s3.send(new GetObjectCommand({ Bucket: "b", Key: "config.json" }));
});
""",
        },
        ("s3:GetObject", "s3:PutObject"),
    ),
    "js destructured module exports": (
        {
            "index.js": """
const { sendMail, enqueue } = require("./lib");
exports.handler = async (event) => { await enqueue(event); await sendMail("a@b.c"); };
""",
            "lib/index.js": """
const AWS = require("aws-sdk");
const { SQS, SES } = AWS;
const sqs = new SQS({ apiVersion: "2012-11-05" });
const ses = new SES();
const enqueue = (m) => sqs.sendMessageBatch({ QueueUrl: process.env.Q, Entries: [{ Id: "1", MessageBody: JSON.stringify(m) }] }).promise();
const sendMail = (to) => ses.sendTemplatedEmail({ Source: "x@y.z", Destination: { ToAddresses: [to] }, Template: "t", TemplateData: "{}" }).promise();
module.exports = { enqueue, sendMail };
""",
        },
        ("ses:SendTemplatedEmail", "sqs:SendMessage"),
    ),
    "js commands map + spread": (
        {
            "app.mjs": """
import * as ddb from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
const client = new ddb.DynamoDBClient();
const run = (Command, input) => client.send(new Command({ TableName: "t", ...input }));
export const handler = async (e) => {
  await run(ddb.UpdateItemCommand, { Key: marshall({ id: 1 }) });
  await run(ddb.DescribeTableCommand, {});
};
""",
        },
        ("dynamodb:DescribeTable", "dynamodb:UpdateItem"),
    ),
    "ts paginator and waiter": (
        {
            "app.ts": """
import { S3, paginateListObjectsV2, waitUntilObjectExists } from "@aws-sdk/client-s3";
const s3 = new S3({});
export async function handler() {
  for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: "b" })) {
    await Promise.all((page.Contents ?? []).map((o) => s3.deleteObject({ Bucket: "b", Key: o.Key! })));
  }
  await waitUntilObjectExists({ client: s3, maxWaitTime: 10 }, { Bucket: "b", Key: "done" });
}
""",
        },
        ("s3:DeleteObject", "s3:GetObject", "s3:ListBucket"),
    ),
    "ts generic wrapper client": (
        {
            "app.ts": """
import { SNSClient, PublishCommand } from "@aws-sdk/client-sns";
import { LambdaClient, InvokeCommand } from "@aws-sdk/client-lambda";
import { Upload } from "@aws-sdk/lib-storage";
import { S3Client } from "@aws-sdk/client-s3";
interface Clients { sns: SNSClient; lambda: LambdaClient; }
const clients: Clients = { sns: new SNSClient({}), lambda: new LambdaClient({}) };
async function safely<T>(work: () => Promise<T>): Promise<T | undefined> { try { return await work(); } catch { return undefined; } }
export const handler = async (event: any) => {
  const { sns, lambda } = clients;
  await safely(() => sns.send(new PublishCommand({ TopicArn: process.env.TOPIC, Message: "x" })));
  await safely(async () => { const r = await lambda.send(new InvokeCommand({ FunctionName: "f", Payload: "{}" })); return r.Payload; });
  await new Upload({ client: new S3Client({}), params: { Bucket: "b", Key: "k", Body: "x" } }).done();
};
""",
        },
        ("lambda:InvokeFunction", "s3:PutObject", "sns:Publish"),
    ),
    "ts static singleton + inheritance": (
        {
            "app.ts": """
import { SecretsManagerClient, GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { SSMClient, GetParameterCommand } from "@aws-sdk/client-ssm";
abstract class Config { abstract get(name: string): Promise<string | undefined>; async need(n: string) { const v = await this.get(n); if (!v) throw new Error(n); return v; } }
class SecretConfig extends Config {
  private static instance?: SecretConfig;
  private client = new SecretsManagerClient({});
  static get shared() { return (this.instance ??= new SecretConfig()); }
  async get(name: string) { return (await this.client.send(new GetSecretValueCommand({ SecretId: name }))).SecretString; }
}
class ParameterConfig extends Config {
  constructor(private ssm = new SSMClient({})) { super(); }
  async get(name: string) { const { Parameter } = await this.ssm.send(new GetParameterCommand({ Name: name, WithDecryption: true })); return Parameter?.Value; }
}
export const handler = async () => { await SecretConfig.shared.need("db"); await new ParameterConfig().need("/a/b"); };
""",
        },
        ("secretsmanager:GetSecretValue", "ssm:GetParameter"),
    ),
    "js dynamic import and barrel": (
        {
            "handler.mjs": """
export const handler = async (event) => {
  const { kms } = await import("./clients/index.mjs");
  const { DecryptCommand } = await import("@aws-sdk/client-kms");
  return kms.send(new DecryptCommand({ CiphertextBlob: event.blob, KeyId: "alias/app" }));
};
""",
            "clients/index.mjs": """
export * from "./kms.mjs";
""",
            "clients/kms.mjs": """
import { KMSClient } from "@aws-sdk/client-kms";
export const kms = new KMSClient({});
""",
        },
        ("kms:Decrypt",),
    ),
    "js document client v2 helper with method name": (
        {
            "app.js": """
const AWS = require("aws-sdk");
const doc = new AWS.DynamoDB.DocumentClient();
function call(action, params) { return doc[action](params).promise(); }
module.exports.main = async (event) => {
  await call("put", { TableName: "t", Item: {} });
  return call("query", { TableName: "t", KeyConditionExpression: "a = :a" });
};
""",
        },
        ("dynamodb:PutItem", "dynamodb:Query"),
    ),
    "ts functional composition with reduce": (
        {
            "app.ts": """
import { EventBridge } from "@aws-sdk/client-eventbridge";
import { SFN } from "@aws-sdk/client-sfn";
const eb = new EventBridge({}); const sfn = new SFN({});
const steps = [
  async (e: any) => { await eb.putEvents({ Entries: [{ Source: "s", DetailType: "d", Detail: "{}" }] }); return e; },
  async (e: any) => { await sfn.startExecution({ stateMachineArn: process.env.M, input: "{}" }); return e; },
];
const pipe = (...fs: any[]) => (x: any) => fs.reduce(async (acc, f) => f(await acc), x);
export const handler = pipe(...steps);
""",
        },
        ("events:PutEvents", "states:StartExecution"),
    ),
    "js v2 config + promise chain": (
        {
            "app.js": """
'use strict';
const S3 = require('aws-sdk/clients/s3');
const s3 = new S3({ params: { Bucket: 'b' } });
exports.handler = (event, context, callback) => {
  s3.getObject({ Key: 'a' }).promise()
    .then((data) => s3.putObjectAcl({ Key: 'a', ACL: 'private' }).promise())
    .then(() => s3.listObjectsV2({}).promise())
    .then((d) => callback(null, d), callback);
};
""",
        },
        ("s3:GetObject", "s3:ListBucket", "s3:PutObjectAcl"),
    ),
    "ts tsyringe": (
        {
            "app.ts": """
import "reflect-metadata";
import { container, injectable } from "tsyringe";
import { SQSClient, SendMessageCommand } from "@aws-sdk/client-sqs";
@injectable()
class Queue { private sqs = new SQSClient({}); push = async (body: string) => { await this.sqs.send(new SendMessageCommand({ QueueUrl: process.env.Q!, MessageBody: body })); }; }
@injectable()
class App { constructor(private queue: Queue) {} async run(e: any) { await this.queue.push(JSON.stringify(e)); } }
export const handler = async (e: any) => container.resolve(App).run(e);
""",
        },
        ("sqs:SendMessage",),
    ),
    "ts powertools class decorator": (
        {
            "app.ts": """
import { Logger } from "@aws-lambda-powertools/logger";
import { Tracer } from "@aws-lambda-powertools/tracer";
import type { LambdaInterface } from "@aws-lambda-powertools/commons/types";
import { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
const logger = new Logger(); const tracer = new Tracer();
const doc = DynamoDBDocument.from(tracer.captureAWSv3Client(new DynamoDB({})));
class Lambda implements LambdaInterface {
  @tracer.captureLambdaHandler()
  @logger.injectLambdaContext()
  public async handler(event: any, _context: unknown) { return this.load(event.id); }
  @tracer.captureMethod()
  private async load(id: string) { return (await doc.get({ TableName: "t", Key: { id } })).Item; }
}
const instance = new Lambda();
export const handler = instance.handler.bind(instance);
""",
        },
        ("dynamodb:GetItem",),
    ),
    "js p-retry p-limit": (
        {
            "app.mjs": """
import pRetry from "p-retry";
import pLimit from "p-limit";
import { S3Client, GetObjectCommand, DeleteObjectsCommand } from "@aws-sdk/client-s3";
const s3 = new S3Client({}); const limit = pLimit(4);
export const handler = async (e) => {
  const all = await Promise.allSettled(e.keys.map((Key) => limit(() => pRetry(() => s3.send(new GetObjectCommand({ Bucket: "b", Key })), { retries: 3 }))));
  await pRetry(async () => s3.send(new DeleteObjectsCommand({ Bucket: "b", Delete: { Objects: [] } })));
};
""",
        },
        ("s3:DeleteObject", "s3:GetObject"),
    ),
    "ts enum tables + generic repo": (
        {
            "app.ts": """
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, ScanCommand, BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
enum Table { Orders = "orders", Users = "users" }
const doc = DynamoDBDocumentClient.from(new DynamoDBClient({}), { marshallOptions: { removeUndefinedValues: true } });
class Repo<T> {
  constructor(private readonly name: Table) {}
  get = (id: string) => doc.send(new GetCommand({ TableName: this.name, Key: { id } }));
  async *all(): AsyncGenerator<T> { let k; do { const p: any = await doc.send(new ScanCommand({ TableName: this.name, ExclusiveStartKey: k })); for (const i of p.Items ?? []) yield i as T; k = p.LastEvaluatedKey; } while (k); }
  write(items: T[]) { return doc.send(new BatchWriteCommand({ RequestItems: { [this.name]: items.map((Item: any) => ({ PutRequest: { Item } })) } })); }
}
const repos = { orders: new Repo<any>(Table.Orders), users: new Repo<any>(Table.Users) } as const;
export async function handler(e: any) {
  await repos.orders.get(e.id);
  for await (const u of repos.users.all()) console.log(u);
  await repos.users.write([]);
}
""",
        },
        ("dynamodb:BatchWriteItem", "dynamodb:GetItem", "dynamodb:Scan"),
    ),
    "ts express serverless-http": (
        {
            "app.ts": """
import express, { Router } from "express";
import serverless from "serverless-http";
import { CognitoIdentityProviderClient, AdminCreateUserCommand, AdminAddUserToGroupCommand, InitiateAuthCommand } from "@aws-sdk/client-cognito-identity-provider";
const idp = new CognitoIdentityProviderClient({});
const router = Router();
router.post("/users", async (req, res) => {
  await idp.send(new AdminCreateUserCommand({ UserPoolId: "p", Username: req.body.name }));
  await idp.send(new AdminAddUserToGroupCommand({ UserPoolId: "p", Username: req.body.name, GroupName: "g" }));
  res.json({});
});
router.post("/login", (req, res) => idp.send(new InitiateAuthCommand({ AuthFlow: "USER_PASSWORD_AUTH", ClientId: "c" })).then((r) => res.json(r)));
const app = express(); app.use(express.json()); app.use("/api", router);
export const handler = serverless(app);
""",
        },
        ("cognito-idp:AdminAddUserToGroup", "cognito-idp:AdminCreateUser"),
    ),
    "js switch routes object entries": (
        {
            "app.js": """
const { SQS } = require("@aws-sdk/client-sqs");
const sqs = new SQS();
const handlers = {
  async "POST /a"(e) { return sqs.sendMessage({ QueueUrl: "q", MessageBody: e.body }); },
  "GET /a": (e) => sqs.getQueueAttributes({ QueueUrl: "q", AttributeNames: ["All"] }),
};
exports.handler = async (event) => {
  const key = `${event.httpMethod} ${event.path}`;
  for (const [route, fn] of Object.entries(handlers)) if (route === key) return fn(event);
  switch (event.kind) { case "drop": return sqs.deleteQueue({ QueueUrl: "q" }); default: return null; }
};
""",
        },
        ("sqs:DeleteQueue", "sqs:GetQueueAttributes", "sqs:SendMessage"),
    ),
    "js callback style and presign": (
        {
            "app.js": """
const { S3Client, GetObjectCommand, PutObjectCommand } = require("@aws-sdk/client-s3");
const { getSignedUrl } = require("@aws-sdk/s3-request-presigner");
const { createPresignedPost } = require("@aws-sdk/s3-presigned-post");
const s3 = new S3Client({});
exports.handler = (event, context, cb) => {
  s3.send(new GetObjectCommand({ Bucket: "b", Key: "k" }), (err, data) => {
    getSignedUrl(s3, new PutObjectCommand({ Bucket: "b", Key: "z" }), { expiresIn: 60 }).then((u) => cb(null, u));
  });
};
""",
        },
        ("s3:GetObject", "s3:PutObject"),
    ),
    "js command class variable chosen": (
        {
            "app.mjs": """
import { DynamoDBClient, PutItemCommand, DeleteItemCommand } from "@aws-sdk/client-dynamodb";
const client = new DynamoDBClient({});
export const handler = async (e) => {
  const Command = e.remove ? DeleteItemCommand : PutItemCommand;
  const command = new Command({ TableName: "t", Item: {} });
  return client.send(command);
};
""",
        },
        ("dynamodb:DeleteItem", "dynamodb:PutItem"),
    ),
    "ts accessor module w/ default export object": (
        {
            "src/app.ts": """
import aws from "./aws";
export const handler = async () => { await aws.kinesis().putRecords({ StreamName: "s", Records: [] }); await aws.iot.publish({ topic: "a/b", payload: Buffer.from("x") }); };
""",
            "src/aws.ts": """
import { Kinesis } from "@aws-sdk/client-kinesis";
import { IoTDataPlane } from "@aws-sdk/client-iot-data-plane";
let k: Kinesis | undefined;
export default { kinesis: () => (k ||= new Kinesis({})), get iot() { return new IoTDataPlane({}); } };
""",
        },
        ("iot:Publish", "kinesis:PutRecords"),
    ),
    "ts middleware onion of own": (
        {
            "app.ts": """
import { SNS } from "@aws-sdk/client-sns";
type H = (e: any) => Promise<any>;
const withErrors = (h: H): H => async (e) => { try { return await h(e); } catch (x) { await new SNS({}).publish({ TopicArn: "arn:aws:sns:eu-west-1:1:t", Message: String(x) }); throw x; } };
const withAuth = (role: string) => (h: H): H => async (e) => { if (e.role !== role) return { statusCode: 403 }; return h(e); };
const compose = (...ms: ((h: H) => H)[]) => (h: H) => ms.reduceRight((acc, m) => m(acc), h);
import { Lambda } from "@aws-sdk/client-lambda";
const main: H = async (e) => new Lambda({}).invoke({ FunctionName: "f", InvocationType: "Event" });
export const handler = compose(withErrors, withAuth("admin"))(main);
""",
        },
        ("lambda:InvokeFunction", "sns:Publish"),
    ),
    "js Map of clients and lazy proxy": (
        {
            "app.js": """
const factories = new Map([["s3", () => new (require("@aws-sdk/client-s3").S3)({})], ["ssm", () => new (require("@aws-sdk/client-ssm").SSM)({})]]);
const cache = {};
const get = (n) => cache[n] ?? (cache[n] = factories.get(n)());
exports.handler = async () => { await get("s3").getBucketPolicy({ Bucket: "b" }); await get("ssm").putParameter({ Name: "/a", Value: "x", Type: "String", Overwrite: true }); };
""",
        },
        ("s3:GetBucketPolicy", "ssm:PutParameter"),
    ),
}
"""Name -> files, and exactly the actions that they need."""
