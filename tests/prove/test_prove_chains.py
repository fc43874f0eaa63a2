"""Flows over several functions: the first is called, and what it writes is what the next one gets."""

from __future__ import annotations

import shutil
from textwrap import dedent

import pytest
from tests.prove.prove_applications import memory, scanned

from casemate.prove.entering import Settings
from casemate.prove.proving import Outcome, prove

WEB = "{Type: HttpApi, Properties: {Path: /in, Method: post}}"
SQS = "{Type: SQS, Properties: {Queue: !GetAtt Q.Arn}}"
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
pytestmark = pytest.mark.slow
"""Each starts several interpreters."""


def function(name: str, events: str, policies: str, variables: str = "", *, script: bool = False) -> str:
    lines = [f"  {name}:", "    Type: AWS::Serverless::Function", "    Properties:", "      CodeUri: src/",
             f"      Handler: {name.lower()}.handler", f"      Runtime: {'nodejs22.x' if script else 'python3.13'}",
             f"      Policies: [{policies}]"]  # fmt: skip
    if events:
        lines.append(f"      Events: {{E: {events}}}")
    if variables:
        lines.append(f"      Environment: {{Variables: {{{variables}}}}}")
    return "\n".join(lines)


def app(resources: str, functions: list[str], **code: str) -> dict[str, str]:
    body = "\n".join(["Transform: AWS::Serverless-2016-10-31", "Resources:", *functions, resources])
    suffix = {name: "js" if "exports." in text else "py" for name, text in code.items()}
    return {
        "template.yaml": body + "\n",
        **{f"src/{name}.{suffix[name]}": dedent(text).lstrip("\n") for name, text in code.items()},
    }


def outcome(files: dict[str, str]) -> Outcome:
    report, system = scanned(memory(files))
    return prove(report, system, Settings(weak=True, seconds=20, each=120))


def proofs(files: dict[str, str], kind: str) -> list[tuple[str, str, str | None]]:
    return [(one.proof.status, one.proof.reason, one.proof.event) for one in outcome(files).candidates
            if one.proof is not None and one.flow.kind == kind]  # fmt: skip


QUEUE = "  Q: {Type: AWS::SQS::Queue}\n  R: {Type: AWS::SQS::Queue}"
SEND = "{SQSSendMessagePolicy: {QueueName: !GetAtt Q.QueueName}}"


def queued(sender: str, worker: str, *, script: bool = False, variable: str = "Q") -> dict[str, str]:
    return app(
        QUEUE,
        [function("Sender", WEB, SEND, f"QUEUE_URL: !Ref {variable}, OTHER_URL: !Ref R", script=script),
         function("Worker", SQS, "SQSPollerPolicy: {QueueName: !GetAtt Q.QueueName}".join("{}"), script=script)],
        sender=sender, worker=worker,
    )  # fmt: skip


SENDER = """
    import json, os
    import boto3

    sqs = boto3.client("sqs")

    def handler(event, context):
        body = json.loads(event["body"])
        sqs.send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=json.dumps({"kind": body["type"], "file": body["name"]}))
        return {"statusCode": 202}
"""
WORKER = """
    import json, os

    def handler(event, context):
        for record in event["Records"]:
            job = json.loads(record["body"])
            if job["kind"] == "convert":
                os.system("convert " + job["file"])
"""


def test_through_a_queue_the_first_event_is_the_proof() -> None:
    [(status, reason, event)] = proofs(queued(SENDER, WORKER), "command")
    assert status == "confirmed", reason
    assert "it came through Sender" in reason
    assert "to Worker" in reason
    assert event is not None
    assert '"body"' in event
    assert "Records" not in event


def test_a_first_function_that_validates_lets_nothing_through() -> None:
    sender = SENDER.replace(
        "        sqs.send",
        '        if not body["name"].isalnum():\n            return {"statusCode": 400}\n        sqs.send',
    )
    found = proofs(queued(sender, WORKER), "command")
    assert all(status != "confirmed" for status, _, _ in found), found


def test_a_last_function_that_quotes_is_not_confirmed() -> None:
    worker = WORKER.replace("import json, os", "import json, os, shlex").replace(
        'job["file"])', 'shlex.quote(job["file"]))'
    )
    assert all(status != "confirmed" for status, _, _ in proofs(queued(SENDER, worker), "command"))


def test_a_message_to_another_queue_does_not_arrive() -> None:
    sender = SENDER.replace('os.environ["QUEUE_URL"]', 'os.environ["OTHER_URL" if body["type"] else "QUEUE_URL"]')
    found = proofs(queued(sender, WORKER), "command")
    assert all(status != "confirmed" for status, _, _ in found), found
    for _, reason, _ in proofs(queued(SENDER, WORKER, variable="R"), "command"):
        assert "came through" not in reason


def test_a_first_function_that_cannot_be_called_is_said() -> None:
    [(status, reason, _)] = proofs(queued("import litestar\n" + dedent(SENDER), WORKER), "command")
    assert status == "not-runnable"
    assert "Sender, which the data comes through, cannot be called: the package litestar" in reason
    assert "the last function alone gives way" in reason


@needs_node
def test_through_a_queue_in_javascript() -> None:
    sender = """
        const { SQSClient, SendMessageCommand } = require("@aws-sdk/client-sqs");
        const client = new SQSClient({});
        exports.handler = async (event) => {
          const body = JSON.parse(event.body);
          await client.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody: JSON.stringify({ file: body.name }) }));
          return { statusCode: 202 };
        };
    """
    worker = """
        const { execSync } = require("child_process");
        exports.handler = async (event) => {
          for (const record of event.Records) execSync(`convert ${JSON.parse(record.body).file}`);
        };
    """
    [(status, reason, _)] = proofs(queued(sender, worker, script=True), "command")
    assert status == "confirmed", reason
    safe = sender.replace(
        "await client", "if (!/^[a-z]+$/.test(body.name)) return { statusCode: 400 };\n          await client"
    )
    assert all(status != "confirmed" for status, _, _ in proofs(queued(safe, worker, script=True), "command"))
