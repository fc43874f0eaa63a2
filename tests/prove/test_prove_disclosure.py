"""What a caller or a log is told: words of errors, whole secrets; and parts of applications without the whole."""

from __future__ import annotations

import shutil

import pytest
from tests.prove.prove_applications import memory, sam, scanned

from casemate.prove.entering import Settings
from casemate.prove.proving import prove

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")


def proofs(files: dict[str, str], kind: str) -> list[str]:
    report, system = scanned(memory(files))
    return [f"{one.flow.at.start_line} {one.proof.status}" for one in prove(report, system, Settings(weak=True, seconds=20)).candidates
            if one.proof is not None and one.flow.kind == kind]  # fmt: skip


ERRORS = """
import boto3
table = boto3.resource("dynamodb").Table("t")
def handler(event, context):
    try:
        table.put_item(Item={"id": event["body"]})
    except Exception as error:
        return {"statusCode": 500, "body": BODY}
    return {"statusCode": 200, "body": "ok"}
"""


def test_the_words_of_an_error_of_a_service_that_the_caller_gets() -> None:
    assert proofs(sam(ERRORS.replace("BODY", "str(error)")), "verbose-error") == ["7 confirmed"]
    assert all(
        "confirmed" not in one for one in proofs(sam(ERRORS.replace("BODY", "type(error).__name__")), "verbose-error")
    )


@needs_node
def test_the_words_of_an_error_in_javascript() -> None:
    code = """
        const { DynamoDBClient, PutItemCommand } = require("@aws-sdk/client-dynamodb");
        const client = new DynamoDBClient({});
        exports.handler = async (event) => {
          try {
            await client.send(new PutItemCommand({ TableName: "t", Item: { id: { S: event.body } } }));
          } catch (error) {
            return { statusCode: 500, body: error.message };
          }
          return { statusCode: 200, body: "ok" };
        };
    """
    assert [one.split()[1] for one in proofs(sam(code, script=True), "verbose-error")] == ["confirmed"]


@needs_node
def test_the_error_of_a_later_call() -> None:
    code = """
        const AWS = require("aws-sdk");
        const table = new AWS.DynamoDB.DocumentClient();
        exports.handler = async (event) => {
          try {
            await table.get({ TableName: "t", Key: { id: event.body } }).promise();
          } catch (error) {
            return { statusCode: 500 };
          }
          try {
            await table.put({ TableName: "t", Item: { id: event.body } }).promise();
          } catch (error) {
            return { statusCode: 500, body: error.message };
          }
          return { statusCode: 200, body: "ok" };
        };
    """
    assert [one.split()[1] for one in proofs(sam(code, script=True), "verbose-error")] == ["confirmed"]


SECRET = """
import boto3, logging
log = logging.getLogger()
def handler(event, context):
    secret = boto3.client("secretsmanager").get_secret_value(SecretId="s")["SecretString"]
    log.info("got %s", secretPART)
"""


def test_a_secret_in_a_log() -> None:
    assert proofs(sam(SECRET.replace("PART", "")), "sensitive-log") == ["5 confirmed"]
    assert all("confirmed" not in one for one in proofs(sam(SECRET.replace("PART", "[:4]")), "sensitive-log"))
