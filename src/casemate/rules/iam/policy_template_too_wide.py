"""A SAM policy template where a narrower one would do.

What it does
------------
Reports policy templates that grant reading, writing and deleting (`DynamoDBCrudPolicy`, `S3CrudPolicy`, …) to functions
whose whole code was followed and needs only what a narrower template grants (`DynamoDBReadPolicy`, `S3WritePolicy`).

Why it matters
--------------
Whoever runs code in the function, or makes it build a request, can then read all that it only ever writes, or delete
what it only reads.

How to fix
----------
Take the template that is named; its parameters are the same.

When to allow it
----------------
Functions that load code at run time, or that are about to grow into the right.

References
----------
- https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.access.roles.replacing import comparison_of, exact_fix
from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.policy import Role

_TEMPLATE = "SAM policy template "
_NARROWER: dict[str, dict[str, frozenset[str]]] = {
    "DynamoDBCrudPolicy": {
        "DynamoDBReadPolicy": frozenset(
            {"dynamodb:GetItem", "dynamodb:Scan", "dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:DescribeTable"}
        ),
        "DynamoDBWritePolicy": frozenset({"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem"}),
    },
    "S3CrudPolicy": {
        "S3ReadPolicy": frozenset(
            {"s3:GetObject", "s3:ListBucket", "s3:GetBucketLocation", "s3:GetObjectVersion"}
        ),
        "S3WritePolicy": frozenset({"s3:PutObject", "s3:PutObjectAcl"}),
    },
    "SNSCrudPolicy": {"SNSPublishMessagePolicy": frozenset({"sns:Publish"})},
    "FirehoseCrudPolicy": {"FirehoseWritePolicy": frozenset({"firehose:PutRecord", "firehose:PutRecordBatch"})},
    "KinesisCrudPolicy": {
        "KinesisStreamReadPolicy": frozenset(
            {"kinesis:ListStreams", "kinesis:DescribeLimits", "kinesis:DescribeStream", "kinesis:DescribeStreamSummary",
             "kinesis:GetRecords", "kinesis:GetShardIterator"}
        )
    },
}  # fmt: skip
"""Template -> narrower ones, and what they grant (Serverless Application Model Developer Guide, "Policy template list")."""


@rule("policy-template-too-wide", weakness="over-permissive-iam", severity=MEDIUM, tags=["cwe-250", "owasp-sls-06"])
def check(role: Role, system: System) -> Iterator[Outcome]:
    wide = [
        (statement, name)
        for statement in role.statements
        if (name := statement.origin.removeprefix(_TEMPLATE)) in _NARROWER and statement.origin.startswith(_TEMPLATE)
    ]
    if not wide or not system.has_code:
        return
    comparison = comparison_of(role, system)
    if comparison is None or not comparison.complete:
        return
    needed = {need.action for one in comparison.needs for need in one.all}
    for statement, name in wide:
        service = f"{statement.actions[0].text.partition(':')[0]}:" if statement.actions else "?"
        used = {action for action in needed if action.startswith(service)}
        better = next((other for other, granted in _NARROWER[name].items() if used and used <= granted), None)
        if better is not None:
            yield Violation(
                f"{statement.owner} uses {name}, but its code needs only {', '.join(sorted(used))}: {better} grants that",
                statement.at,
                resource=statement.owner,
                evidence={"statement": statement.origin, "needed of it": ", ".join(sorted(used))},
                cause=name,
                fixes=exact_fix(role, statement, system),
            )


CASES = [
    bad(
        "sam",
        """
        Hello:
          Type: AWS::Serverless::Function
          Properties:
            Handler: index.handler
            Runtime: python3.13
            InlineCode: |
              import boto3
              def handler(event, context):
                  boto3.resource("dynamodb").Table("orders").put_item(Item={"id": "1"})
            Policies:
              - DynamoDBCrudPolicy: {TableName: orders}  # <- here
        """,
    ),
    good(
        "sam",
        """
        Hello:
          Type: AWS::Serverless::Function
          Properties:
            Handler: index.handler
            Runtime: python3.13
            InlineCode: |
              import boto3
              def handler(event, context):
                  table = boto3.resource("dynamodb").Table("orders")
                  table.put_item(Item={"id": "1"})
                  return table.get_item(Key={"id": "1"})
            Policies:
              - DynamoDBCrudPolicy: {TableName: orders}
        Unknown:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            CodeUri: src/
            Policies:
              - DynamoDBCrudPolicy: {TableName: orders}
        """,
    ),
]
