"""One report with everything a format must show, shared by the tests of all formats."""

from __future__ import annotations

from datetime import UTC, date, datetime

from casemate.model.diagnostic import Diagnostic, Input
from casemate.model.finding import (
    CRITICAL,
    HIGH,
    LOW,
    MEDIUM,
    Edit,
    Finding,
    Fix,
    Report,
    ResourceName,
    Suppressed,
    Suppression,
    Undecided,
)
from casemate.model.location import Location, Span
from casemate.outputs.context import OutputContext, RuleDoc

NOW = datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)
TOKEN = "sk" + "_live_" + "0" * 12

SOURCES = {
    "template.yaml": """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.12
      CodeUri: src/
      Role: !GetAtt SharedRole.Arn
      FunctionUrlConfig:
        AuthType: NONE
  Größe:
    Type: AWS::Serverless::Function
    Properties:
      Environment: {Variables: {名前の秘密: "geheim", API_TOKEN: "****"}}
      Role: !GetAtt SharedRole.Arn
  SharedRole:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyDocument:
            Statement:
              - Effect: Allow
                Action: "*"
                Resource: "*"
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: Suspended}
""",
    "src/app.py": """\
import os, subprocess

def handler(event, context):
    name = event["queryStringParameters"]["name"]
    return run(name)

def run(name):
\treturn subprocess.check_output("convert " + name, shell=True)
""",
    "serverless.yml": """\
functions:
  api:
    events:
      - httpApi: GET /users
      - httpApi: POST /users
      - httpApi: DELETE /users/{id}
""",
}

DOCS = {
    doc.name: doc
    for doc in (
        RuleDoc(
            name="function-url-without-auth",
            title="Function URL without authentication",
            weakness="missing-auth",
            severity=HIGH,
            cwe=("CWE-306",),
            tags=("cwe-306", "owasp-sls-02"),
            why="Whoever knows the URL runs the function with its role. **Scanners** find such URLs within hours.",
            how="Set `AuthType` to `AWS_IAM` and sign the calls. Or put an API with an authoriser in front.",
            help="# function-url-without-auth\n\nFunction URL without authentication.\n",
            url="https://casemate.example/rules/function-url-without-auth",
        ),
        RuleDoc(
            name="admin-role",
            title="Role may do everything",
            weakness="over-permissive-iam",
            severity=HIGH,
            cwe=("CWE-250",),
            tags=("cwe-250",),
            why="A bug in the function becomes control of the account. An attacker needs nothing else.",
            how="List the actions that the code calls.",
            help="# admin-role\n",
        ),
        RuleDoc(
            name="command-injection",
            title="Shell command built from the event",
            weakness="command-injection",
            severity=CRITICAL,
            confidence="medium",
            cwe=("CWE-78",),
            tags=("cwe-78",),
            why="The caller runs commands in the function.",
            how="Pass a list of arguments and no shell.",
            help="# command-injection\n",
        ),
        RuleDoc(
            name="route-without-auth",
            title="Route without authoriser",
            weakness="missing-auth",
            severity=MEDIUM,
            cwe=("CWE-306",),
            tags=("cwe-306",),
            why="Anyone can call it.",
            how="Name an authoriser in the event.",
            help="# route-without-auth\n",
        ),
    )
}


def span(path: str, needle: str, nth: int = 1) -> Span:
    """The place of the nth `needle` in a source, on one line."""
    text, position = SOURCES[path], -1
    for _ in range(nth):
        position = text.index(needle, position + 1)
    line, column = text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)
    return Span(path, line, column, line, column + len(needle))


def edit(path: str, needle: str, text: str) -> Edit:
    start = len(SOURCES[path][: SOURCES[path].index(needle)].encode())
    return Edit(path, start, start + len(needle.encode()), text)


def findings() -> tuple[Finding, ...]:
    """In no good order, so that a format must sort."""
    url = span("template.yaml", "NONE")
    routes = tuple(
        Finding(
            rule="route-without-auth",
            weakness="missing-auth",
            severity=MEDIUM,
            confidence="high",
            message=f"{route} of api needs no authentication",
            resource=ResourceName("route", "api"),
            primary=Location(span("serverless.yml", route)),
            cwe=("CWE-306",),
            fingerprint=f"{number:02d}c0ffee",
        )
        for number, route in enumerate(("POST /users", "GET /users", "DELETE /users/{id}"))
    )
    return (
        *routes,
        Finding(
            rule="live-bucket-public",
            weakness="public-access",
            severity=CRITICAL,
            confidence="high",
            message="bucket uploads-prod is readable by everyone",
            resource=ResourceName("bucket", "uploads-prod"),
            primary=Location(None, "arn:aws:s3:::uploads-prod", label="the live bucket"),
            cwe=("CWE-732",),
            evidence={"policy": "Principal * without a condition"},
            fingerprint="11feed",
            fixes=(Fix("Turn on the public access block", safe=False, text="aws s3api put-public-access-block …"),),
        ),
        Finding(
            rule="command-injection",
            weakness="command-injection",
            severity=CRITICAL,
            confidence="medium",
            message="the query string of GET /hello reaches a shell",
            resource=ResourceName("function", "Hello"),
            primary=Location(span("src/app.py", '"convert " + name'), label="runs in a shell"),
            flow=(
                Location(span("src/app.py", 'event["queryStringParameters"]'), kind="related", label="from the caller"),
                Location(span("src/app.py", "run(name)"), kind="related", label="passed on"),
                Location(span("src/app.py", '"convert " + name'), kind="related", label="runs in a shell"),
            ),
            cwe=("CWE-78",),
            fingerprint="22beef",
            proof={"status": "confirmed", "reason": "a file was made by the command", "event": "{}"},
        ),
        Finding(
            rule="admin-role",
            weakness="over-permissive-iam",
            severity=CRITICAL,
            confidence="high",
            message="SharedRole may do everything, and Hello, which holds it, is open to the internet",
            resource=ResourceName("role", "SharedRole"),
            primary=Location(span("template.yaml", '"*"'), label="every action"),
            related=(
                Location(span("template.yaml", "!GetAtt SharedRole.Arn"), kind="related", label="Hello takes it"),
                Location(span("template.yaml", "!GetAtt SharedRole.Arn", 2), kind="related", label="Größe takes it"),
            ),
            cwe=("CWE-250",),
            evidence={"Statement": "Allow * on *", "Condition": "none"},
            fingerprint="33cafe",
        ),
        Finding(
            rule="function-url-without-auth",
            weakness="missing-auth",
            severity=HIGH,
            confidence="high",
            message="Hello can be called by anyone on the internet",
            resource=ResourceName("function", "Hello"),
            primary=Location(url, label="no authentication"),
            cwe=("CWE-306",),
            evidence={"AuthType": "NONE"},
            fixes=(
                Fix(
                    "Require signed calls: AuthType AWS_IAM",
                    safe=False,
                    edits=(edit("template.yaml", "NONE", "AWS_IAM"),),
                ),
                Fix(
                    "Put an API in front",
                    safe=True,
                    edits=(
                        edit("template.yaml", "      FunctionUrlConfig:\n        AuthType: NONE\n", ""),
                        edit("serverless.yml", "GET /users", "{path: /users, authorizer: jwt}"),
                    ),
                ),
            ),
            fingerprint="44dead",
        ),
        Finding(
            rule="plaintext-secret",
            weakness="plaintext-env-secret",
            severity=HIGH,
            confidence="high",
            message="the variable 名前の秘密 of Größe holds a secret in clear",
            resource=ResourceName("function", "Größe"),
            primary=Location(span("template.yaml", '"geheim"'), label="a secret"),
            cwe=("CWE-256",),
            fingerprint="55d00d",
        ),
        Finding(
            rule="bucket-not-versioned",
            weakness="missing-backup",
            severity=LOW,
            confidence="low",
            message="Uploads keeps no old versions",
            resource=ResourceName("bucket", "Uploads"),
            primary=Location(span("template.yaml", "Suspended")),
            cwe=("CWE-693",),
            fingerprint="66f00d",
            suppressed=Suppressed("inline", "uploads are kept elsewhere, too", date(2027, 3, 31)),
        ),
    )


def report() -> Report:
    return Report(
        version="0.1.0",
        inputs=(
            Input("template.yaml", "sam", "understood"),
            Input("serverless.yml", "serverless", "partial", "${file(routes.js)} is never run"),
            Input("good.tf", "terraform", "understood"),
            Input("broken.yaml", "cloudformation", "failed", "not YAML"),
            Input("main.bicep", "bicep", "excluded", "compile it with `az bicep build`"),
        ),
        findings=findings(),
        undecided=(
            Undecided("open-network", ResourceName("network", "Vpc"), "CidrIp", "parameter Cidr has no default", Span("good.tf", 3, 1, 3, 5)),
            Undecided("open-network", ResourceName("network", "Vpc"), "Port", "parameter Cidr has no default", Span("good.tf", 4, 1, 4, 5)),
            Undecided("weak-tls", ResourceName("api", "Api"), "MinimumTls", "made by a program", Span("good.tf", 1, 1, 1, 5)),
        ),
        diagnostics=(
            Diagnostic("yaml-syntax", "mapping values are not allowed here", Span("broken.yaml", 2, 5, 2, 6), hint="check the indentation"),
            Diagnostic("link-ignored", "a link that leaves the root", Span("link", 1, 1, 1, 1), level="warning"),
        ),
        withheld={"no-dead-letter-queue": 4, "no-tracing": 2},
        rules_run=112,
        functions=3,
        complete=False,
        unused_suppressions=(
            Suppression("inline", "weak-tls", "old clients", Span("good.tf", 1, 1, 1, 20), date(2026, 1, 1)),
        ),
    )  # fmt: skip


def context(**changes: object) -> OutputContext:
    settings: dict[str, object] = {"docs": DOCS, "sources": SOURCES.get, "now": NOW, "width": 100}
    return OutputContext(**{**settings, **changes})  # type: ignore[arg-type]
