"""Which actions read, write, start or take a thing, by its kind (Service Authorization Reference)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

READS: Final[Mapping[str, tuple[str, ...]]] = {
    "bucket": ("s3:GetObject",),
    "table": ("dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:BatchGetItem", "dynamodb:PartiQLSelect"),
    "queue": ("sqs:ReceiveMessage",),
    "stream": ("kinesis:GetRecords",),
    "log-group": ("logs:GetLogEvents", "logs:FilterLogEvents"),
}
WRITES: Final[Mapping[str, tuple[str, ...]]] = {
    "bucket": ("s3:PutObject", "s3:DeleteObject"),
    "table": (
        "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem",
        "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "dynamodb:PartiQLDelete", "dynamodb:DeleteTable",
    ),
    "queue": ("sqs:SendMessage", "sqs:PurgeQueue"),
    "topic": ("sns:Publish",),
    "stream": ("kinesis:PutRecord", "kinesis:PutRecords"),
    "delivery-stream": ("firehose:PutRecord", "firehose:PutRecordBatch"),
    "bus": ("events:PutEvents",),
}  # fmt: skip
"""Actions that read or change the data of a store, by its kind (Service Authorization Reference)."""
SECRETS: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::SecretsManager::Secret": ("secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue"),
    "AWS::SSM::Parameter": (
        "ssm:GetParameter",
        "ssm:GetParameters",
        "ssm:GetParametersByPath",
        "ssm:GetParameterHistory",
    ),
}
INVOKE: Final = ("lambda:InvokeFunction",)
START: Final = ("states:StartExecution", "states:StartSyncExecution")
ASSUME: Final = ("sts:AssumeRole",)
PASS: Final = ("iam:PassRole",)
CHANGE: Final = ("lambda:UpdateFunctionCode",)
