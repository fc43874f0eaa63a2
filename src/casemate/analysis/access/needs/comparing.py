"""Granted against needed: what a role may do and its functions never need, and what they need and it may not do."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from casemate.analysis.access import catalogue
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from casemate.analysis.access.catalogue import Level
    from casemate.analysis.access.grants import Grant, Grants
    from casemate.analysis.access.needs.statements import Needed

_REFERENCE = re.compile(r"\$\{[^}]*\}")
_FLAT = frozenset({"s3", "dynamodb", "logs", "states", "kms", "sqs", "sns", "kinesis", "lambda"})
"""Services whose things have no others of a name of their own in them."""
_WHOLE = re.compile(r"\$\{[^}]*\}")
_RISKY: frozenset[Level] = frozenset({"Write", "Permissions management", "Tagging"})


@dataclass(frozen=True, slots=True)
class Unused:
    """One grant of which some actions are never needed.

    `actions`: those, as AWS names them (at most the first few hundred of a wildcard); `used`: the needed ones that the
    grant allows; `writes`: whether any unused one changes something.
    """

    grant: Grant
    actions: tuple[str, ...]
    used: tuple[str, ...]
    writes: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is too much, and what is missing."""

    unused: tuple[Unused, ...]
    missing: tuple[Needed, ...]


def compare(grants: Grants, needed: Iterable[Needed], declared: Collection[str] = ()) -> Comparison:
    """Compare a role's grants with what its functions need. Resources are compared where both are known.

    `declared`: the keys of the stack's resources; two of them are two things, a parameter may stand for any.
    """
    wanted = tuple(needed)
    return Comparison(tuple(_unused(grants, wanted, declared)), tuple(_missing(grants, wanted, declared)))


def _unused(grants: Grants, needed: tuple[Needed, ...], declared: Collection[str]) -> Iterator[Unused]:
    actions = {need.action for need in needed}
    for grant in grants.all:
        if not grant.allow or not grant.known or grant.not_actions:
            continue
        granted = frozenset().union(*(catalogue.expand(pattern) for pattern in grant.actions))
        used = sorted(
            action
            for action in granted & actions
            if any(need.action == action and may_meet(grant.resources, need.resource, declared) for need in needed)
        )
        unused = granted - set(used) - _companions(used)
        if unused:
            writes = any(catalogue.level(action) in _RISKY for action in unused)
            yield Unused(grant, tuple(sorted(unused)), tuple(used), writes)


_LOOKING = (
    "ec2:DescribeSubnets", "ec2:DescribeVpcs", "ec2:DescribeSecurityGroups", "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
)  # fmt: skip
_UNSEEN_PATTERNS = (
    "rds-db:*", "kafka-cluster:*", "aoss:APIAccessAll", "aoss:DashboardsAccessAll", "es:ESHttp*", "qldb:SendCommand",
    "qldb:PartiQL*", "neptune-db:*", "elasticfilesystem:Client*", "execute-api:Invoke", "appsync:GraphQL",
    "lambda:InvokeFunctionUrl", "lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState",
    "elasticache:Connect", "memorydb:Connect", "vpc-lattice-svcs:Invoke", "iot:Connect", "iot:Subscribe", "iot:Receive",
    "dax:*", "s3express:CreateSession", "dsql:DbConnect*", "redshift:GetClusterCredentials*", "ssmmessages:*",
    "s3files:*", "bedrock-agentcore:*", "cloudwatch:PutMetricData", "logs:*", "xray:Put*",
)  # fmt: skip
"""What drivers, HTTP clients, mounts and the platform use: no call of an SDK shows it."""


@lru_cache(maxsize=1)
def _unseen() -> frozenset[str]:
    return frozenset().union(*(catalogue.expand(pattern) for pattern in _UNSEEN_PATTERNS))


def _companions(used: Iterable[str]) -> frozenset[str]:
    """Actions that go with used ones in every hand-written policy and give nothing beyond them."""
    together = {
        "logs:PutLogEvents": ("logs:CreateLogStream", "logs:CreateLogGroup"),
        "sqs:ReceiveMessage": (
            "sqs:GetQueueAttributes",
            "sqs:GetQueueUrl",
            "sqs:DeleteMessage",
            "sqs:ChangeMessageVisibility",
        ),
        "ec2:CreateNetworkInterface": ("ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", *_LOOKING),
        "kinesis:GetRecords": ("kinesis:ListStreams", "kinesis:SubscribeToShard", "kinesis:DescribeStreamConsumer"),
        "dynamodb:Query": ("dynamodb:DescribeTable",),
        "dynamodb:PutItem": ("dynamodb:DescribeTable",),
        "dynamodb:GetItem": ("dynamodb:DescribeTable",),
        "states:StartSyncExecution": ("states:StartExecution",),
        "sqs:SendMessage": ("sqs:GetQueueUrl", "sqs:GetQueueAttributes"),
        "s3:PutObject": ("s3:AbortMultipartUpload",),
        "kms:Decrypt": ("kms:DescribeKey",),
        "kms:GenerateDataKey": ("kms:Decrypt", "kms:DescribeKey"),
    }
    return _unseen() | frozenset(companion for action in used for companion in together.get(action, ()))


def _missing(grants: Grants, needed: tuple[Needed, ...], declared: Collection[str]) -> Iterator[Needed]:
    """What no Allow meets. What a Deny takes away again is left to `access decide`: conditions and resources count."""
    allows = [grant for grant in grants.all if grant.allow]
    if any(not grant.known for grant in allows):
        return  # a part of what is granted is not known: nothing can be called missing
    for need in needed:
        if need.conditional or not need.enforced:
            continue
        if not any(
            grant.covers(need.action) and may_meet(grant.resources, need.resource, declared) for grant in allows
        ):
            yield need


def may_meet(granted: Iterable[str], resource: str, declared: Collection[str]) -> bool:
    """Whether any granted pattern and the needed one can have a resource in common: unknown parts meet everything."""
    return any(_compatible(pattern, resource, declared) for pattern in granted)


def _compatible(left: str, right: str, declared: Collection[str]) -> bool:
    """Whether two ARN patterns can stand for one resource. References stand for anything but another reference's own.

    Two different references to resources of one template are two resources: `${A.Arn}` never meets `${B.Arn}`.
    """
    if "*" in {left, right}:
        return True
    owners = [_owner(text, declared) for text in (left, right)]
    if owners[0] and owners[1]:
        return owners[0] == owners[1] or _within(left, right) or _within(right, left)
    if bool(owners[0]) != bool(owners[1]):
        return True  # one is spelled by name or ARN: whether it is the same thing is not known here
    pieces = [_REFERENCE.sub("*", text) for text in (left, right)]
    return _meet(*pieces)


def _within(pattern: str, text: str) -> bool:
    """Whether one thing may lie in another: `arn:…:application/${App}/*`, and `${Source.Arn}`, a source in it."""
    parts = pattern.split(":")
    nested = parts[0] == "arn" and len(parts) > 5 and parts[2] not in _FLAT and pattern.endswith("/*")
    return nested and _WHOLE.fullmatch(text) is not None


def _owner(text: str, declared: Collection[str]) -> str | None:
    """The template resource that a text is about: the first reference that is no pseudo parameter."""
    for reference in _REFERENCE.findall(text):
        name = reference[2:-1]
        if name in declared:
            return str(name)
        key = name.rpartition(".")[0] or name
        if key in declared:
            return str(key)
    return None


@lru_cache(maxsize=16_384)
def _meet(left: str, right: str) -> bool:
    """Whether two wildcard patterns have a text in common; yes when that is too much to find out."""
    from casemate.analysis.access.proving.languages import TooLargeError, empty, wild

    try:
        return not empty(((wild(left),), (wild(right),)))
    except TooLargeError:
        return True
