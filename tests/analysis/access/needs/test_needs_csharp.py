"""What functions in C# need of AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.analysis.access.needs.needs_applications import needs, resources

if TYPE_CHECKING:
    from casemate.analysis.access.needs.gathering import FunctionNeeds

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Files: {Type: AWS::S3::Bucket}
  Jobs: {Type: AWS::SQS::Queue}
  Orders: {Type: AWS::DynamoDB::Table, Properties: {TableName: Orders}}
  News: {Type: AWS::SNS::Topic}
  Shop:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: Shop::Shop.Function::Handle
      Runtime: dotnet8
      Environment: {Variables: {FILES: !Ref Files, JOBS: !Ref Jobs, ORDERS: !Ref Orders, NEWS: !Ref News}}
"""
HEAD = """
using System;
using System.Collections.Generic;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.DataModel;
using Amazon.DynamoDBv2.DocumentModel;
using Amazon.DynamoDBv2.Model;
using Amazon.Lambda.Core;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;
using Amazon.SQS;
using Amazon.SimpleNotificationService;
namespace Shop;
"""
MORE = """
[DynamoDBTable("Orders")] public class Order { public string Id { get; set; } }
"""


def shop(body: str, fields: str = "", *, files: dict[str, str] | None = None) -> FunctionNeeds:
    code = f"{HEAD}{MORE}public class Function {{\n{fields}\npublic async Task<string> Handle(string x, ILambdaContext c) {{\n{body}\nreturn x;\n}}\nstatic string Env(string n) => Environment.GetEnvironmentVariable(n);\n}}\n"
    return needs({"template.yaml": TEMPLATE, "src/Shop.csproj": "<Project/>", "src/Function.cs": code, **(files or {})})["Shop"]  # fmt: skip


CASES: list[tuple[str, str, str]] = [
    ('await new AmazonS3Client().GetObjectAsync(new GetObjectRequest { BucketName = Env("FILES"), Key = "k" });', "s3:GetObject", "${Files.Arn}/k"),
    ('await new AmazonS3Client().GetObjectAsync(Env("FILES"), "k");', "s3:GetObject", "${Files.Arn}/k"),
    ('await new AmazonS3Client().CopyObjectAsync(Env("FILES"), "a", Env("FILES"), "b");', "s3:PutObject", "${Files.Arn}/b"),
    ('await new AmazonS3Client().CopyObjectAsync(new CopyObjectRequest { SourceBucket = Env("FILES"), SourceKey = "a", DestinationBucket = "o", DestinationKey = "b" });', "s3:GetObject", "${Files.Arn}/a"),
    ('await new AmazonS3Client().DeleteObjectsAsync(new DeleteObjectsRequest { BucketName = Env("FILES"), Objects = new List<KeyVersion> { new KeyVersion { Key = "k" } } });', "s3:DeleteObject", "${Files.Arn}/k"),
    ('var u = new AmazonS3Client().GetPreSignedURL(new GetPreSignedUrlRequest { BucketName = Env("FILES"), Key = "k", Verb = HttpVerb.PUT });', "s3:PutObject", "${Files.Arn}/k"),
    ('await new TransferUtility(new AmazonS3Client()).UploadAsync("/tmp/a", Env("FILES"), "k");', "s3:PutObject", "${Files.Arn}/k"),
    ('await new AmazonSQSClient().SendMessageAsync(Env("JOBS"), "m");', "sqs:SendMessage", "${Jobs.Arn}"),
    ('var r = new PutItemRequest(); r.TableName = Env("ORDERS"); await new AmazonDynamoDBClient().PutItemAsync(r);', "dynamodb:PutItem", "${Orders.Arn}"),
    ('await new AmazonDynamoDBClient().TransactWriteItemsAsync(new TransactWriteItemsRequest { TransactItems = new List<TransactWriteItem> { new TransactWriteItem { Put = new Put { TableName = Env("ORDERS") } } } });', "dynamodb:PutItem", "${Orders.Arn}"),
    ('await new DynamoDBContext(new AmazonDynamoDBClient()).LoadAsync<Order>("1");', "dynamodb:GetItem", "${Orders.Arn}"),
    ("await new DynamoDBContext(new AmazonDynamoDBClient()).SaveAsync(new Order());", "dynamodb:UpdateItem", "${Orders.Arn}"),
    ('var t = Table.LoadTable(new AmazonDynamoDBClient(), Env("ORDERS")); await t.DeleteItemAsync("1");', "dynamodb:DeleteItem", "${Orders.Arn}"),
    ('IAmazonSimpleNotificationService n = new AmazonSimpleNotificationServiceClient(); await n.PublishAsync(Env("NEWS"), "m");', "sns:Publish", "${News.Arn}"),
    ('await foreach (var p in new AmazonDynamoDBClient().Paginators.Query(new QueryRequest { TableName = Env("ORDERS") }).Responses) { }', "dynamodb:Query", "${Orders.Arn}"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "action", "expected"), CASES)
def test_calls_of_the_sdk(body: str, action: str, expected: str) -> None:
    found = shop(body)
    assert found.reason is None
    assert resources(found, action) == [expected]


def test_a_client_with_its_own_key_needs_nothing_of_the_role() -> None:
    assert shop('await new AmazonSQSClient("AKIA", "secret").SendMessageAsync("q", "m");').code.required == ()


def test_clients_of_every_service_are_told_by_their_names() -> None:
    found = shop(
        'await events.PutEventsAsync(new PutEventsRequest());\nawait lambda.InvokeAsync(new InvokeRequest { FunctionName = "f" });\n'
        'await kms.EncryptAsync(new EncryptRequest { KeyId = "k" });\nawait flow.StartExecutionAsync(new StartExecutionRequest());',
        "IAmazonEventBridge events = new AmazonEventBridgeClient(); AmazonLambdaClient lambda = new();\n"
        "AmazonKeyManagementServiceClient kms = new(); readonly IAmazonStepFunctions flow = new AmazonStepFunctionsClient();",
    )  # fmt: skip
    assert found.code.required == ("events:PutEvents", "kms:Encrypt", "lambda:InvokeFunction", "states:StartExecution")


def test_an_interface_that_a_container_fills_in() -> None:
    store = """
using Amazon.DynamoDBv2; using Amazon.DynamoDBv2.Model;
namespace Shop;
public interface IOrders { Task Save(string id); }
public class DynamoOrders(IAmazonDynamoDB db) : IOrders {
  public async Task Save(string id) => await db.PutItemAsync(new PutItemRequest { TableName = Environment.GetEnvironmentVariable("ORDERS") });
}
"""
    found = shop('await orders.Save("1");', "private readonly IOrders orders;\npublic Function(IOrders orders) { this.orders = orders; }", files={"src/Orders.cs": store})  # fmt: skip
    assert resources(found, "dynamodb:PutItem") == ["${Orders.Arn}"]


def test_a_library_that_calls_by_itself_is_said() -> None:
    found = shop("return x;", files={"src/Extra.cs": "using AWS.Messaging;\nnamespace Shop;\npublic class Extra { }\n"})
    assert found.code.not_followed == ()
    code = "using AWS.Messaging;\nnamespace Shop;\npublic class Function { public string Handle(string x) => x; }\n"
    (gap,) = needs({"template.yaml": TEMPLATE, "src/Function.cs": code})["Shop"].code.not_followed
    assert gap.reason == "the library AWS.Messaging calls AWS by itself"


def test_a_client_that_is_not_known_is_said() -> None:
    (gap,) = shop('await clients["a"].PutObjectAsync(new PutObjectRequest { BucketName = "b" });', "dynamic clients;").code.not_followed  # fmt: skip
    assert gap.reason == "the client that a request of the SDK is given to is not known"


def test_the_constructor_without_parameters_is_the_platforms() -> None:
    found = shop(
        'await make("e").SendMessageAsync(Env("JOBS"), "m");',
        "Func<string, IAmazonSQS> make; public Function() { make = (e) => new AmazonSQSClient(); }\n"
        "public Function(Func<string, IAmazonSQS> given) { make = given; }",
    )
    assert resources(found, "sqs:SendMessage") == ["${Jobs.Arn}"]


AZURE = """
using Azure.Identity; using Azure.Storage.Blobs; using Azure.Data.Tables; using Azure.Security.KeyVault.Secrets;
using Azure.Messaging.ServiceBus; using Microsoft.Azure.Cosmos; using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
namespace Shop;
public class Save(BlobServiceClient blobs, ServiceBusSender sender)
{
    [Function("Save")]
    public async Task<HttpResponseData> Run([HttpTrigger(AuthorizationLevel.Function, "post")] HttpRequestData req)
    {
BODY
        return req.CreateResponse();
    }
}
"""
IDENTITY = 'new Uri("https://v.example.net"), new DefaultAzureCredential()'
CLOUD: list[tuple[str, list[str]]] = [
    ('await blobs.GetBlobContainerClient("o").GetBlobClient("x").UploadAsync(req.Body);', ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write"]),
    ('await foreach (var b in blobs.GetBlobContainerClient("o").GetBlobsAsync()) { }', ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"]),
    ('await sender.SendMessageAsync(new ServiceBusMessage("m"));', ["Microsoft.ServiceBus/namespaces/messages/send/action"]),
    (f'await new SecretClient({IDENTITY}).GetSecretAsync("k");', ["Microsoft.KeyVault/vaults/secrets/getSecret/action"]),
    ('await new TableClient(new Uri("https://a.example.net"), "t", new DefaultAzureCredential()).AddEntityAsync(null);', ["Microsoft.Storage/storageAccounts/tableServices/tables/entities/add/action"]),
    ('await new CosmosClient("https://c.example.net", new DefaultAzureCredential()).GetContainer("d", "c").DeleteItemAsync<object>("1", PartitionKey.None);',
     ["Microsoft.DocumentDB/databaseAccounts/readMetadata", "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/delete"]),
    ('await new BlobServiceClient(Environment.GetEnvironmentVariable("CONNECTION")).GetBlobContainerClient("o").DeleteAsync();', []),
]  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), CLOUD)
def test_calls_of_azure(body: str, expected: list[str]) -> None:
    found = needs({"Save.cs": AZURE.replace("BODY", body), "Shop.csproj": "<Project/>"})
    assert sorted({action for one in found.values() for action in one.code.required}) == expected
    assert [gap.reason for one in found.values() for gap in one.code.not_followed] == []
