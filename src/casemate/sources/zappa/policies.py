"""The policies of the role that Zappa makes: its `zappa/policies/attach_policy.json` and `assume_policy.json`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Items, Literal, Value
from casemate.sources.sam.writing import document, fields, statement, texts

if TYPE_CHECKING:
    from casemate.model.location import Span

ORIGIN = "zappa/policies/attach_policy.json"
"""Where the default permissions stand: in Zappa itself."""
ATTACHED: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("s3:*", "dynamodb:*", "sqs:*", "sns:*", "kinesis:*", "logs:*"),
        (
            "arn:aws:s3:::*", "arn:aws:dynamodb:*:*:*", "arn:aws:sqs:*:*:*", "arn:aws:sns:*:*:*",
            "arn:aws:kinesis:*:*:*", "arn:aws:logs:*:*:*",
        ),
    ),
    (
        (
            "route53:*", "lambda:InvokeFunction", "lambda:InvokeFunctionUrl",
            "ec2:AttachNetworkInterface", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
            "ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DetachNetworkInterface",
            "ec2:ModifyNetworkInterfaceAttribute", "ec2:ResetNetworkInterfaceAttribute",
            "xray:PutTraceSegments", "xray:PutTelemetryRecords",
        ),
        ("*",),
    ),
)  # fmt: skip
"""(actions, resources) that the role is allowed when no `attach_policy` is named.

Zappa has a statement a service; an action takes only the ARNs of its own service, so that these two allow the same,
and are one cause.
"""
_SID = "ZappaDefault"
ASSUMED_BY = ("apigateway.amazonaws.com", "lambda.amazonaws.com", "events.amazonaws.com")
"""Services that may assume the role when no `assume_policy` is named: API Gateway calls the function as that role."""


def attached(at: Span) -> list[Value]:
    """The statements that Zappa attaches by default, all at one place."""
    sid = Literal(_SID, at)
    return [statement(at, actions, texts(at, *resources), Sid=sid) for actions, resources in ATTACHED]


def assumed(at: Span) -> Fields:
    """Who may assume the role by default."""
    who = fields(at, {"Service": texts(at, *ASSUMED_BY)})
    allow = fields(at, {"Effect": "Allow", "Principal": who, "Action": "sts:AssumeRole"})
    return document(at, [allow])


def mounting(at: Span) -> Value:
    """What Zappa adds for `efs_config`."""
    actions = (
        "elasticfilesystem:ClientMount",
        "elasticfilesystem:ClientWrite",
        "elasticfilesystem:DescribeMountTargets",
    )
    return statement(at, actions, "*")


def extended(policy: Fields, more: list[Value]) -> Fields:
    """A policy document with more statements; a single one that is no list counts as a list."""
    entry = policy.entries.get("Statement")
    own: list[Value] = []
    if entry is not None:
        own = list(entry.value.items) if isinstance(entry.value, Items) else [entry.value]
    at = policy.at if entry is None else entry.key_at
    return Fields({**policy.entries, "Statement": Entry(at, Items([*own, *more], at))}, policy.at)
