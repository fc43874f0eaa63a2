"""Calls of the AWS SDKs for Go and Java, versions 1 and 2."""

from __future__ import annotations

from tests.analysis.code.walking import walked

GO = """
package main
import (
    "context"
    "os"
    "github.com/aws/aws-lambda-go/events"
    "github.com/aws/aws-lambda-go/lambda"
    "github.com/aws/aws-sdk-go-v2/config"
    "github.com/aws/aws-sdk-go-v2/aws"
    "github.com/aws/aws-sdk-go-v2/service/dynamodb"
    "github.com/aws/aws-sdk-go-v2/service/s3"
    "github.com/aws/aws-sdk-go-v2/service/sfn"
    "github.com/aws/aws-sdk-go/aws/session"
    "github.com/aws/aws-sdk-go/service/sqs"
)
type Store struct { db *dynamodb.Client }
var queue = sqs.New(session.Must(session.NewSession()))
func handler(ctx context.Context, request events.APIGatewayProxyRequest) error {
    cfg, err := config.LoadDefaultConfig(ctx)
    files := s3.NewFromConfig(cfg)
    files.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(os.Getenv("BUCKET")), Key: aws.String("k")})
    pages := s3.NewListObjectsV2Paginator(files, &s3.ListObjectsV2Input{Bucket: aws.String("fixed")})
    for pages.HasMorePages() { pages.NextPage(ctx) }
    store := Store{db: dynamodb.NewFromConfig(cfg)}
    store.save(ctx, request.Body)
    queue.SendMessageWithContext(ctx, &sqs.SendMessageInput{QueueUrl: aws.String("https://q/jobs")})
    sfn.NewFromConfig(cfg).StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: aws.String("arn:x")})
    return err
}
func (s Store) save(ctx context.Context, id string) {
    input := &dynamodb.PutItemInput{TableName: aws.String("orders")}
    s.db.PutItem(ctx, input)
}
func main() { lambda.Start(handler) }
"""
JAVA = """
package x;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.s3.AmazonS3;
import com.amazonaws.services.s3.AmazonS3ClientBuilder;
import com.amazonaws.services.sqs.AmazonSQS;
import com.amazonaws.services.sqs.AmazonSQSClientBuilder;
import com.amazonaws.services.sqs.model.SendMessageRequest;
import software.amazon.awssdk.enhanced.dynamodb.DynamoDbEnhancedClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
public class App {
    private final S3Client files = S3Client.builder().region(null).build();
    private static final DynamoDbClient db = DynamoDbClient.create();
    private final AmazonSQS queue = AmazonSQSClientBuilder.defaultClient();
    private final AmazonS3 old = AmazonS3ClientBuilder.standard().withRegion("x").build();
    public String handleRequest(APIGatewayProxyRequestEvent event, Context context) {
        files.getObject(GetObjectRequest.builder().bucket(System.getenv("BUCKET")).key("k").build());
        PutItemRequest.Builder builder = PutItemRequest.builder();
        builder.tableName("first");
        db.putItem(builder.build());
        db.putItem(b -> b.tableName("second"));
        queue.sendMessage(new SendMessageRequest().withQueueUrl("https://q/one").withMessageBody("m"));
        queue.sendMessage("https://q/two", "m");
        old.putObject("bucket", "key", "content");
        DynamoDbEnhancedClient.create().table("third", null).deleteItem("k");
        return "ok";
    }
}
"""


def calls(path: str, text: str, field: dict[str, str]) -> set[tuple[str, str, str]]:
    """(service, operation, the resource) of every call of the entry."""
    found = set()
    for facts in walked({path: text}).facts:
        for call in facts.calls if facts.style == "typed" else ():
            named = call.parameters.get(field[call.service], {})
            found.add((call.service, call.operation, str(named.get("const") or named.get("env"))))
    return found


RESOURCE = {
    "s3": "Bucket", "dynamodb": "TableName", "sqs": "QueueUrl", "stepfunctions": "stateMachineArn",
}  # fmt: skip


def test_calls_of_both_sdks_for_go() -> None:
    assert calls("main.go", GO, RESOURCE) == {
        ("s3", "GetObject", "BUCKET"),
        ("s3", "ListObjectsV2", "fixed"),
        ("dynamodb", "PutItem", "orders"),
        ("sqs", "SendMessage", "https://q/jobs"),
        ("stepfunctions", "StartExecution", "arn:x"),
    }


def test_calls_of_both_sdks_for_java() -> None:
    assert calls("App.java", JAVA, RESOURCE) == {
        ("s3", "GetObject", "BUCKET"),
        ("dynamodb", "PutItem", "first"),
        ("dynamodb", "PutItem", "second"),
        ("dynamodb", "DeleteItem", "third"),
        ("sqs", "SendMessage", "https://q/one"),
        ("sqs", "SendMessage", "https://q/two"),
        ("s3", "PutObject", "bucket"),
    }
