"""Go and Java as they are written: packages that set themselves up, builders, libraries that stand on clients."""

from __future__ import annotations

import pytest
from tests.analysis.access.needs.needs_applications import needs, resources

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Files: {Type: AWS::S3::Bucket}
  Orders: {Type: AWS::DynamoDB::Table}
  Shop:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: HANDLER
      Runtime: RUNTIME
      Environment: {Variables: {FILES: !Ref Files, ORDERS: !Ref Orders}}
"""
GO = """
package main
import (
    "context"
    "os"
    "github.com/aws/aws-lambda-go/events"
    "github.com/aws/aws-lambda-go/lambda"
    "github.com/aws/aws-sdk-go-v2/aws"
    "github.com/aws/aws-sdk-go-v2/config"
    "github.com/aws/aws-sdk-go-v2/service/dynamodb"
    "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)
var client *dynamodb.Client
var table string
func init() {
    cfg, _ := config.LoadDefaultConfig(context.TODO())
    client = dynamodb.NewFromConfig(cfg)
    name, ok := os.LookupEnv("ORDERS")
    if !ok { panic("no table") }
    table = name
}
func handler(ctx context.Context, event events.SQSEvent) error {
    _, err := client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
        {Put: &types.Put{TableName: aws.String(table)}},
        {Delete: &types.Delete{TableName: &table}},
    }})
    return err
}
func main() { lambda.Start(handler) }
"""


def test_a_package_of_go_is_set_up_before_its_handler_runs() -> None:
    template = TEMPLATE.replace("HANDLER", "bootstrap").replace("RUNTIME", "provided.al2023")
    found = needs({"template.yaml": template, "src/main.go": GO})["Shop"]
    assert found.code.required == ("dynamodb:DeleteItem", "dynamodb:PutItem")
    assert resources(found, "dynamodb:DeleteItem") == ["${Orders.Arn}"]


IMPORTS = """
package shop;
import com.amazonaws.services.lambda.runtime.*;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import software.amazon.awssdk.enhanced.dynamodb.*;
import software.amazon.awssdk.enhanced.dynamodb.model.*;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.*;
import software.amazon.awssdk.services.s3.*;
import software.amazon.awssdk.services.s3.model.*;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.s3.presigner.model.GetObjectPresignRequest;
import software.amazon.awssdk.transfer.s3.S3TransferManager;
import software.amazon.lambda.powertools.parameters.ParamManager;
"""
TABLE = 'DynamoDbEnhancedClient e = DynamoDbEnhancedClient.create();\nDynamoDbTable<Order> t = e.table(System.getenv("ORDERS"), null);\n'
JAVA: list[tuple[str, str, str]] = [
    (f'{TABLE}t.index("by-day").query(QueryConditional.keyEqualTo(null));', "dynamodb:Query", "${Orders.Arn}/index/by-day"),
    (f"{TABLE}e.batchWriteItem(BatchWriteItemEnhancedRequest.builder().writeBatches(WriteBatch.builder(Order.class).mappedTableResource(t).build()).build());", "dynamodb:BatchWriteItem", "${Orders.Arn}"),
    (f"{TABLE}e.transactWriteItems(b -> b.addPutItem(t, null));", "dynamodb:PutItem", "${Orders.Arn}"),
    ('DynamoDbClient.create().transactWriteItems(TransactWriteItemsRequest.builder().transactItems(TransactWriteItem.builder().update(Update.builder().tableName(System.getenv("ORDERS")).build()).build()).build());', "dynamodb:UpdateItem", "${Orders.Arn}"),
    ('DynamoDbClient.create().transactWriteItems(r -> r.transactItems(i -> i.delete(d -> d.tableName(System.getenv("ORDERS")))));', "dynamodb:DeleteItem", "${Orders.Arn}"),
    ('S3Client.create().copyObject(CopyObjectRequest.builder().sourceBucket(System.getenv("FILES")).sourceKey("a").destinationBucket("o").destinationKey("b").build());', "s3:GetObject", "${Files.Arn}/a"),
    ('S3Presigner.create().presignGetObject(GetObjectPresignRequest.builder().getObjectRequest(g -> g.bucket(System.getenv("FILES")).key("k")).build());', "s3:GetObject", "${Files.Arn}/k"),
    ('S3TransferManager.create().uploadFile(u -> u.putObjectRequest(p -> p.bucket(System.getenv("FILES")).key("k")));', "s3:PutObject", "${Files.Arn}/k"),
    ('ParamManager.getSecretsProvider().get("pay/key");', "secretsmanager:GetSecretValue", "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:pay/key-??????"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "action", "expected"), JAVA)
def test_builders_and_libraries_of_java(body: str, action: str, expected: str) -> None:
    code = f"{IMPORTS}public class App {{\npublic String handleRequest(SQSEvent event, Context context) {{\n{body}\nreturn null;\n}}\n}}\n"
    template = TEMPLATE.replace("HANDLER", "shop.App::handleRequest").replace("RUNTIME", "java21")
    found = needs({"template.yaml": template, "src/src/main/java/shop/App.java": code})["Shop"]
    assert resources(found, action) == [expected]
    assert found.complete
