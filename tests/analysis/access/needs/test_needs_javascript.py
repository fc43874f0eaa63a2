"""Actions of calls of the AWS SDKs for JavaScript, versions 2 and 3, in JavaScript and TypeScript."""

from __future__ import annotations

import pytest
from tests.analysis.access.needs.needs_applications import javascript, needs, required

SECOND = {
    "promise": ("await new AWS.S3().getObject({ Bucket: 'b', Key: 'k' }).promise();", ["s3:GetObject"]),
    "callback": ("new AWS.SQS().sendMessage({ QueueUrl: 'q', MessageBody: 'm' }, (err, data) => { console.log(data); });", ["sqs:SendMessage"]),
    "callback that calls": ("const s3 = new AWS.S3();\ns3.getObject({ Bucket: 'b', Key: 'k' }, (err, data) => { s3.putObject({ Bucket: 'c', Key: 'k', Body: data.Body }, () => {}); });", ["s3:GetObject", "s3:PutObject"]),
    "then": ("return new AWS.S3().listObjectsV2({ Bucket: 'b' }).promise().then((x) => new AWS.SNS().publish({ TopicArn: 't', Message: 'm' }).promise());", ["s3:ListBucket", "sns:Publish"]),
    "document client": ("const d = new AWS.DynamoDB.DocumentClient();\nawait d.get({ TableName: 't', Key: {} }).promise();\nawait d.put({ TableName: 't', Item: {} }).promise();\nawait d.query({ TableName: 't' }).promise();", ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]),
    "document client, the rest": ("const d = new AWS.DynamoDB.DocumentClient();\nawait d.update({ TableName: 't' }).promise();\nawait d.delete({ TableName: 't' }).promise();\nawait d.scan({ TableName: 't' }).promise();\nawait d.batchWrite({ RequestItems: { t: [] } }).promise();\nawait d.batchGet({ RequestItems: { t: {} } }).promise();",
        ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:Scan", "dynamodb:UpdateItem"]),
    "document transaction": ("await new AWS.DynamoDB.DocumentClient().transactWrite({ TransactItems: [{ Put: { TableName: 't' } }, { Delete: { TableName: 't' } }] }).promise();", ["dynamodb:DeleteItem", "dynamodb:PutItem"]),
    "signed URL": ("return new AWS.S3().getSignedUrl('putObject', { Bucket: 'b', Key: 'k' });", ["s3:PutObject"]),
    "signed URL promise": ("return await new AWS.S3({ signatureVersion: 'v4' }).getSignedUrlPromise('getObject', { Bucket: 'b', Key: 'k' });", ["s3:GetObject"]),
    "presigned post": ("return new AWS.S3().createPresignedPost({ Bucket: 'b', Fields: {} });", ["s3:PutObject"]),
    "upload": ("await new AWS.S3().upload({ Bucket: 'b', Key: 'k', Body: '' }).promise();", ["s3:PutObject"]),
    "stream": ("return new AWS.S3().getObject({ Bucket: 'b', Key: 'k' }).createReadStream();", ["s3:GetObject"]),
    "wait": ("await new AWS.DynamoDB().waitFor('tableExists', { TableName: 't' }).promise();", ["dynamodb:DescribeTable"]),
    "pages": ("new AWS.S3().listObjectsV2({ Bucket: 'b' }).eachPage((e, p) => true);", ["s3:ListBucket"]),
    "invoke": ("await new AWS.Lambda().invoke({ FunctionName: 'f' }).promise();", ["lambda:InvokeFunction"]),
    "step functions": ("await new AWS.StepFunctions().startExecution({ stateMachineArn: 'a' }).promise();", ["states:StartExecution"]),
    "events": ("await new AWS.EventBridge().putEvents({ Entries: [] }).promise();", ["events:PutEvents"]),
    "api management": ("await new AWS.ApiGatewayManagementApi({ endpoint: 'e' }).postToConnection({ ConnectionId: 'c', Data: 'd' }).promise();", ["execute-api:ManageConnections"]),
    "cognito": ("await new AWS.CognitoIdentityServiceProvider().adminCreateUser({ UserPoolId: 'p', Username: 'u' }).promise();", ["cognito-idp:AdminCreateUser"]),
    "cognito, the user's own": ("await new AWS.CognitoIdentityServiceProvider().initiateAuth({ ClientId: 'c' }).promise();", []),
    "ses": ("await new AWS.SES().sendEmail({ Source: 'a@b.c' }).promise();", ["ses:SendEmail"]),
    "secrets": ("await new AWS.SecretsManager().getSecretValue({ SecretId: 's' }).promise();", ["secretsmanager:GetSecretValue"]),
    "parameters bound": ("await new AWS.S3({ params: { Bucket: 'b' } }).getObject({ Key: 'k' }).promise();", ["s3:GetObject"]),
    "send": ("const request = new AWS.S3().putObject({ Bucket: 'b', Key: 'k' });\nrequest.send();", ["s3:PutObject"]),
    "service of an event": ("const d = new AWS.DynamoDB({ apiVersion: '2012-08-10' });\nfor (const r of event.Records) {\n  await d.putItem({ TableName: 't', Item: r }).promise();\n}", ["dynamodb:PutItem"]),
    "all of many": ("const s3 = new AWS.S3();\nawait Promise.all(event.keys.map(async (Key) => s3.deleteObject({ Bucket: 'b', Key }).promise()));", ["s3:DeleteObject"]),
    "optional": ("const c = new AWS.S3();\nawait c?.headObject({ Bucket: 'b', Key: 'k' })?.promise();", ["s3:GetObject"]),
}  # fmt: skip


@pytest.mark.parametrize("name", SECOND)
def test_needs_of_a_call_with_the_second_version(name: str) -> None:
    body, expected = SECOND[name]
    assert required(javascript(body, "const AWS = require('aws-sdk');")) == expected


def third(*names: str) -> str:
    lines = []
    for name in names:
        package, _, items = name.partition(":")
        lines.append(f"import {{ {items} }} from '@aws-sdk/{package}';")
    return "\n".join(lines)


THIRD = {
    "command": (third("client-s3:S3Client, GetObjectCommand"), "await new S3Client({}).send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }));", ["s3:GetObject"]),
    "command in a variable": (third("client-sqs:SQSClient, SendMessageCommand"), "const client = new SQSClient({});\nconst command = new SendMessageCommand({ QueueUrl: 'q', MessageBody: 'm' });\nconst answer = await client.send(command);\nreturn answer;", ["sqs:SendMessage"]),
    "aggregated client": (third("client-s3:S3"), "await new S3({}).putObject({ Bucket: 'b', Key: 'k' });", ["s3:PutObject"]),
    "document client": (third("client-dynamodb:DynamoDBClient", "lib-dynamodb:DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, UpdateCommand, DeleteCommand, ScanCommand"),
        "const d = DynamoDBDocumentClient.from(new DynamoDBClient({}));\nawait d.send(new GetCommand({ TableName: 't', Key: {} }));\nawait d.send(new PutCommand({ TableName: 't' }));\nawait d.send(new QueryCommand({ TableName: 't' }));\nawait d.send(new UpdateCommand({ TableName: 't' }));\nawait d.send(new DeleteCommand({ TableName: 't' }));\nawait d.send(new ScanCommand({ TableName: 't' }));",
        ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem"]),
    "document, batch": (third("client-dynamodb:DynamoDBClient", "lib-dynamodb:DynamoDBDocumentClient, BatchWriteCommand, BatchGetCommand, TransactWriteCommand"),
        "const d = DynamoDBDocumentClient.from(new DynamoDBClient({}));\nawait d.send(new BatchWriteCommand({ RequestItems: { t: [] } }));\nawait d.send(new BatchGetCommand({ RequestItems: { t: {} } }));\nawait d.send(new TransactWriteCommand({ TransactItems: [{ Update: { TableName: 't' } }] }));",
        ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:UpdateItem"]),
    "document, full": (third("client-dynamodb:DynamoDB", "lib-dynamodb:DynamoDBDocument"), "const d = DynamoDBDocument.from(new DynamoDB({}));\nawait d.get({ TableName: 't', Key: {} });\nawait d.put({ TableName: 't' });", ["dynamodb:GetItem", "dynamodb:PutItem"]),
    "signed URL": (third("client-s3:S3Client, PutObjectCommand", "s3-request-presigner:getSignedUrl"), "return getSignedUrl(new S3Client({}), new PutObjectCommand({ Bucket: 'b', Key: 'k' }), { expiresIn: 60 });", ["s3:PutObject"]),
    "presigned post": (third("client-s3:S3Client", "s3-presigned-post:createPresignedPost"), "return createPresignedPost(new S3Client({}), { Bucket: 'b', Key: 'k' });", ["s3:PutObject"]),
    "upload": (third("client-s3:S3Client", "lib-storage:Upload"), "const up = new Upload({ client: new S3Client({}), params: { Bucket: 'b', Key: 'k', Body: '' } });\nawait up.done();", ["s3:PutObject"]),
    "pages": (third("client-s3:S3Client, paginateListObjectsV2"), "for await (const page of paginateListObjectsV2({ client: new S3Client({}) }, { Bucket: 'b' })) { console.log(page); }", ["s3:ListBucket"]),
    "document pages": (third("client-dynamodb:DynamoDBClient", "lib-dynamodb:DynamoDBDocumentClient, paginateQuery"), "for await (const page of paginateQuery({ client: DynamoDBDocumentClient.from(new DynamoDBClient({})) }, { TableName: 't' })) { console.log(page); }", ["dynamodb:Query"]),
    "wait": (third("client-dynamodb:DynamoDBClient, waitUntilTableExists"), "await waitUntilTableExists({ client: new DynamoDBClient({}), maxWaitTime: 60 }, { TableName: 't' });", ["dynamodb:DescribeTable"]),
    "sfn": (third("client-sfn:SFNClient, StartExecutionCommand"), "await new SFNClient({}).send(new StartExecutionCommand({ stateMachineArn: 'a' }));", ["states:StartExecution"]),
    "events": (third("client-eventbridge:EventBridgeClient, PutEventsCommand"), "await new EventBridgeClient({}).send(new PutEventsCommand({ Entries: [] }));", ["events:PutEvents"]),
    "lambda": (third("client-lambda:LambdaClient, InvokeCommand"), "await new LambdaClient({}).send(new InvokeCommand({ FunctionName: 'f' }));", ["lambda:InvokeFunction"]),
    "ssm": (third("client-ssm:SSMClient, GetParametersByPathCommand"), "await new SSMClient({}).send(new GetParametersByPathCommand({ Path: '/a' }));", ["ssm:GetParametersByPath"]),
    "cognito": (third("client-cognito-identity-provider:CognitoIdentityProviderClient, AdminGetUserCommand, InitiateAuthCommand"), "const c = new CognitoIdentityProviderClient({});\nawait c.send(new AdminGetUserCommand({ UserPoolId: 'p', Username: 'u' }));\nawait c.send(new InitiateAuthCommand({ ClientId: 'c' }));", ["cognito-idp:AdminGetUser"]),
    "bedrock": (third("client-bedrock-runtime:BedrockRuntimeClient, InvokeModelCommand, ConverseStreamCommand"), "const c = new BedrockRuntimeClient({});\nawait c.send(new InvokeModelCommand({ modelId: 'm' }));\nawait c.send(new ConverseStreamCommand({ modelId: 'm' }));", ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]),
    "management api": (third("client-apigatewaymanagementapi:ApiGatewayManagementApiClient, PostToConnectionCommand"), "await new ApiGatewayManagementApiClient({ endpoint: 'e' }).send(new PostToConnectionCommand({ ConnectionId: 'c', Data: 'd' }));", ["execute-api:ManageConnections"]),
    "batches": (third("client-sqs:SQSClient, SendMessageBatchCommand", "client-sns:SNSClient, PublishBatchCommand"), "await new SQSClient({}).send(new SendMessageBatchCommand({ QueueUrl: 'q', Entries: [] }));\nawait new SNSClient({}).send(new PublishBatchCommand({ TopicArn: 't' }));", ["sns:Publish", "sqs:SendMessage"]),
    "kms and secrets": (third("client-kms:KMSClient, DecryptCommand", "client-secrets-manager:SecretsManagerClient, GetSecretValueCommand"), "await new KMSClient({}).send(new DecryptCommand({ CiphertextBlob: Buffer.from('') }));\nawait new SecretsManagerClient({}).send(new GetSecretValueCommand({ SecretId: 's' }));", ["kms:Decrypt", "secretsmanager:GetSecretValue"]),
    "partiql": (third("client-dynamodb:DynamoDBClient, ExecuteStatementCommand"), "await new DynamoDBClient({}).send(new ExecuteStatementCommand({ Statement: `SELECT * FROM t WHERE id = ?` }));", ["dynamodb:PartiQLSelect"]),
    "chosen command": (third("client-s3:S3Client, GetObjectCommand, HeadObjectCommand, DeleteObjectCommand"), "const s3 = new S3Client({});\nconst command = event.x ? new GetObjectCommand({ Bucket: 'b', Key: 'k' }) : new DeleteObjectCommand({ Bucket: 'b', Key: 'k' });\nreturn s3.send(command);", ["s3:DeleteObject", "s3:GetObject"]),
    "powertools parameters": ("import { getSecret } from '@aws-lambda-powertools/parameters/secrets';\nimport { getParameter } from '@aws-lambda-powertools/parameters/ssm';", "await getSecret('s');\nawait getParameter('/p');", ["secretsmanager:GetSecretValue", "ssm:GetParameter"]),
}  # fmt: skip


@pytest.mark.parametrize("name", THIRD)
@pytest.mark.parametrize("path", ["app.mjs", "app.ts"])
def test_needs_of_a_call_with_the_third_version(name: str, path: str) -> None:
    head, body, expected = THIRD[name]
    assert required(javascript(body, head, path)) == expected


PROGRAMS: dict[str, tuple[dict[str, str], list[str]]] = {
    "one client of the package": ({"app.js": "const S3 = require('aws-sdk/clients/s3');\nconst s3 = new S3();\nexports.handler = async () => s3.getObject({ Bucket: 'b', Key: 'k' }).promise();\n"}, ["s3:GetObject"]),
    "destructured": ({"app.js": "const { S3, DynamoDB: { DocumentClient } } = require('aws-sdk');\nconst s3 = new S3(), d = new DocumentClient();\nexports.handler = async () => { await s3.getObject({ Bucket: 'b', Key: 'k' }).promise(); await d.get({ TableName: 't' }).promise(); };\n"}, ["dynamodb:GetItem", "s3:GetObject"]),
    "X-Ray": ({"app.js": "const AWSXRay = require('aws-xray-sdk');\nconst AWS = AWSXRay.captureAWS(require('aws-sdk'));\nconst s3 = new AWS.S3();\nexports.handler = async () => s3.getObject({ Bucket: 'b', Key: 'k' }).promise();\n"}, ["s3:GetObject"]),
    "X-Ray of a client": ({"app.mjs": "import AWSXRay from 'aws-xray-sdk-core';\nimport { S3Client, GetObjectCommand } from '@aws-sdk/client-s3';\nconst s3 = AWSXRay.captureAWSv3Client(new S3Client({}));\nexport const handler = async () => s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }));\n"}, ["s3:GetObject"]),
    "powertools tracer": ({"app.ts": "import { Tracer } from '@aws-lambda-powertools/tracer';\nimport { S3Client, GetObjectCommand } from '@aws-sdk/client-s3';\nconst tracer = new Tracer();\nconst s3 = tracer.captureAWSv3Client(new S3Client({}));\nexport const handler = async () => s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }));\n"}, ["s3:GetObject"]),
    "whole package": ({"app.ts": "import * as s3 from '@aws-sdk/client-s3';\nconst client = new s3.S3Client({});\nexport const handler = async (): Promise<void> => { await client.send(new s3.PutObjectCommand({ Bucket: 'b', Key: 'k' })); };\n"}, ["s3:PutObject"]),
    "whole second version": ({"app.ts": "import * as AWS from 'aws-sdk';\nconst d = new AWS.DynamoDB.DocumentClient();\nexport const handler = async () => { await d.scan({ TableName: 't' }).promise(); };\n"}, ["dynamodb:Scan"]),
    "require of commands": ({"app.js": "const { S3Client, ListObjectsV2Command } = require('@aws-sdk/client-s3');\nconst s3 = new S3Client();\nmodule.exports.handler = async function (event) { return s3.send(new ListObjectsV2Command({ Bucket: 'b' })); };\n"}, ["s3:ListBucket"]),
    "helper module": (
        {"app.js": "const store = require('./lib/store');\nexports.handler = async (event) => store.save(event);\n",
         "lib/store.js": "const AWS = require('aws-sdk');\nconst d = new AWS.DynamoDB.DocumentClient();\nmodule.exports = { save: (item) => d.put({ TableName: 't', Item: item }).promise(), load: (k) => d.get({ TableName: 't', Key: k }).promise() };\n"}, ["dynamodb:PutItem"]),
    "typed helper module": (
        {"app.ts": "import { Store } from './store';\nimport type { Order } from './types';\nconst store = new Store('t');\nexport const handler = async (event: Order) => store.save(event);\n", "types.ts": "export interface Order { id: string }\n",
         "store.ts": "import { DynamoDBClient } from '@aws-sdk/client-dynamodb';\nimport { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';\nimport type { Order } from './types';\nexport class Store {\n  private readonly client: DynamoDBDocumentClient;\n  constructor(private readonly table: string) {\n    this.client = DynamoDBDocumentClient.from(new DynamoDBClient({}));\n  }\n  async save(order: Order): Promise<void> {\n    await this.client.send(new PutCommand({ TableName: this.table, Item: order }));\n  }\n}\n"}, ["dynamodb:PutItem"]),
    "client as argument": ({"app.mjs": "import { S3Client, HeadObjectCommand } from '@aws-sdk/client-s3';\nconst head = (client, Key) => client.send(new HeadObjectCommand({ Bucket: 'b', Key }));\nexport const handler = async (e) => head(new S3Client({}), 'k');\n"}, ["s3:GetObject"]),
    "client by default": ({"app.mjs": "import { S3Client, HeadObjectCommand } from '@aws-sdk/client-s3';\nconst make = ({ client = new S3Client({}) } = {}) => async () => client.send(new HeadObjectCommand({ Bucket: 'b', Key: 'k' }));\nexport const handler = make();\n"}, ["s3:GetObject"]),
    "dispatch by table": ({"app.js": "const AWS = require('aws-sdk');\nconst d = new AWS.DynamoDB.DocumentClient();\nconst operations = { GET: (e) => d.get({ TableName: 't' }).promise(), DELETE: (e) => d.delete({ TableName: 't' }).promise() };\nexports.handler = async (event) => operations[event.httpMethod](event);\n"}, ["dynamodb:DeleteItem", "dynamodb:GetItem"]),
    "switch": ({"app.js": "const AWS = require('aws-sdk');\nconst d = new AWS.DynamoDB.DocumentClient();\nexports.handler = async (event) => {\n  switch (event.httpMethod) {\n    case 'GET': return d.get({ TableName: 't' }).promise();\n    case 'POST': return d.put({ TableName: 't' }).promise();\n    default: throw new Error('no');\n  }\n};\n"}, ["dynamodb:GetItem", "dynamodb:PutItem"]),
    "middy": ({"app.mjs": "import middy from '@middy/core';\nimport { S3Client, GetObjectCommand } from '@aws-sdk/client-s3';\nconst s3 = new S3Client({});\nconst base = async (event) => s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }));\nexport const handler = middy(base).use({ before: async () => {} });\n"}, ["s3:GetObject"]),
    "class with a method as handler": ({"app.ts": "import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';\nclass Lambda {\n  private sqs = new SQSClient({});\n  async handler(event: unknown) { await this.sqs.send(new SendMessageCommand({ QueueUrl: 'q', MessageBody: 'm' })); }\n}\nconst one = new Lambda();\nexport const handler = one.handler.bind(one);\n"}, ["sqs:SendMessage"]),
    "inherited": ({"app.ts": "import { SNSClient, PublishCommand } from '@aws-sdk/client-sns';\nabstract class Base { protected client = new SNSClient({}); abstract run(): Promise<void>; }\nclass Sender extends Base { async run() { await this.client.send(new PublishCommand({ TopicArn: 't', Message: 'm' })); } }\nexport const handler = async () => new Sender().run();\n"}, ["sns:Publish"]),
    "handler that is a function": ({"app.js": "const AWS = require('aws-sdk');\nvar s3 = new AWS.S3({ apiVersion: '2006-03-01' });\nexports.handler = function (event, context, callback) {\n  var params = { Bucket: 'b', Key: 'k' };\n  s3.deleteObject(params, function (err, data) { if (err) callback(err); else callback(null, data); });\n};\n"}, ["s3:DeleteObject"]),
    "lazy": ({"app.ts": "import { S3Client, GetObjectCommand } from '@aws-sdk/client-s3';\nlet client: S3Client | undefined;\nfunction get(): S3Client { if (!client) { client = new S3Client({}); } return client; }\nexport const handler = async () => get().send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }));\n"}, ["s3:GetObject"]),
    "dynamic import": ({"app.mjs": "export const handler = async () => { const { S3Client, GetObjectCommand } = await import('@aws-sdk/client-s3'); return new S3Client({}).send(new GetObjectCommand({ Bucket: 'b', Key: 'k' })); };\n"}, ["s3:GetObject"]),
    "re-exported": ({"app.ts": "import { save } from './lib';\nexport const handler = async () => save('k');\n", "lib/index.ts": "export * from './store';\n", "lib/store.ts": "import { S3Client, PutObjectCommand } from '@aws-sdk/client-s3';\nconst s3 = new S3Client({});\nexport const save = async (Key: string) => s3.send(new PutObjectCommand({ Bucket: 'b', Key }));\n"}, ["s3:PutObject"]),
    "method as a value": ({"app.js": "const AWS = require('aws-sdk');\nconst { promisify } = require('util');\nconst s3 = new AWS.S3();\nconst get = promisify(s3.getObject.bind(s3));\nexports.handler = async () => get({ Bucket: 'b', Key: 'k' });\n"}, ["s3:GetObject"]),
    "retry of a helper": ({"app.mjs": "import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';\nconst sqs = new SQSClient({});\nconst retry = async (work, n = 3) => { for (let i = 0; i < n; i++) { try { return await work(); } catch (e) { if (i === n - 1) throw e; } } };\nexport const handler = async () => retry(() => sqs.send(new SendMessageCommand({ QueueUrl: 'q', MessageBody: 'm' })));\n"}, ["sqs:SendMessage"]),
    "generic send": ({"app.ts": "import { DynamoDBClient } from '@aws-sdk/client-dynamodb';\nimport { GetCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';\nconst c = DynamoDBDocumentClient.from(new DynamoDBClient({}));\nasync function run<T>(command: T) { return c.send(command as any); }\nexport const handler = async () => run(new GetCommand({ TableName: 't', Key: {} }));\n"}, ["dynamodb:GetItem"]),
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_needs_of_a_program(name: str) -> None:
    files, expected = PROGRAMS[name]
    found = needs(files)
    assert required(files) == expected
    assert [gap for one in found.values() for gap in one.code.not_followed] == []


@pytest.mark.parametrize(
    "body",
    [
        "return new AWS[event.service]().doIt({}).promise();",
        "return new AWS.S3()[event.method]({}).promise();",
        "return new AWS.S3().getSignedUrl(event.what, {});",
        "eval(event.code);",
    ],
)
def test_what_is_chosen_at_run_time_is_not_followed(body: str) -> None:
    files = javascript(body, "const AWS = require('aws-sdk');")
    assert any(one.code.not_followed for one in needs(files).values())


def test_a_client_with_credentials_of_another_role_needs_nothing_of_the_own_one() -> None:
    head = third("client-s3:S3Client, GetObjectCommand", "client-sts:STSClient, AssumeRoleCommand")
    body = "const a = await new STSClient({}).send(new AssumeRoleCommand({ RoleArn: 'r' }));\nconst s3 = new S3Client({ credentials: { accessKeyId: a.Credentials.AccessKeyId, secretAccessKey: a.Credentials.SecretAccessKey } });\nawait s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }));"
    assert required(javascript(body, head, "app.ts")) == ["sts:AssumeRole"]


def test_a_module_that_is_not_there_is_said() -> None:
    text = "const store = require('/opt/nodejs/store');\nexports.handler = async (event) => store.save(event);\n"
    assert [gap.reason for one in needs({"app.js": text}).values() for gap in one.code.not_followed] == [
        "the module /opt/nodejs/store is not where it is imported from"
    ]
