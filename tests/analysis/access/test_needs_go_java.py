"""What functions in Go and Java need of AWS."""

from __future__ import annotations

from datetime import date

from casemate.analysis.system import System
from casemate.inventory.build import build
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Files: {Type: AWS::S3::Bucket}
  Typed:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code/
      Handler: HANDLER
      Runtime: RUNTIME
      Environment: {Variables: {BUCKET: !Ref Files}}
"""
JAVA = """
package x;
import com.amazonaws.services.lambda.runtime.Context;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
EXTRA
public class App {
    private final S3Client files = S3Client.create();
    public String handleRequest(String event, Context context) {
        files.putObject(PutObjectRequest.builder().bucket(System.getenv("BUCKET")).key("k").build(), null);
        return "ok";
    }
}
"""
GO = """
package main
import (
    "context"
    "os"
    "github.com/aws/aws-lambda-go/lambda"
    "github.com/aws/aws-sdk-go-v2/aws"
    "github.com/aws/aws-sdk-go-v2/config"
    "github.com/aws/aws-sdk-go-v2/service/s3"
)
func handler(ctx context.Context, event map[string]string) error {
    cfg, _ := config.LoadDefaultConfig(ctx)
    _, err := s3.NewFromConfig(cfg).PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String(os.Getenv("BUCKET"))})
    return err
}
func main() { lambda.Start(handler) }
"""


def needs(handler: str, runtime: str, path: str, text: str) -> tuple[set[str], int, str | None]:
    template = TEMPLATE.replace("HANDLER", handler).replace("RUNTIME", runtime)
    tree = MemoryTree({"template.yaml": template.encode(), f"code/{path}": text.encode()})
    system = System(build(discover(tree, Options()).readings), date(2026, 11, 24), tree=tree)
    (found,) = system.needs.values()
    return {need.action for need in found.code.needed}, len(found.code.not_followed), found.reason


def test_a_function_in_java() -> None:
    java = ("x.App::handleRequest", "java21", "src/main/java/x/App.java")
    assert needs(*java, JAVA.replace("EXTRA", "")) == ({"s3:PutObject"}, 0, None)


def test_a_library_that_calls_by_itself_is_said() -> None:
    extra = "import com.amazonaws.services.kinesis.producer.KinesisProducer;"
    java = ("x.App::handleRequest", "java21", "src/main/java/x/App.java")
    assert needs(*java, JAVA.replace("EXTRA", extra)) == ({"s3:PutObject"}, 1, None)


def test_a_function_in_go() -> None:
    assert needs("bootstrap", "provided.al2023", "main.go", GO) == ({"s3:PutObject"}, 0, None)
