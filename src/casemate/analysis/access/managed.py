"""What the AWS managed policies grant: their statements, and a coarse class of how much that is.

The texts are AWS's (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/), taken from the data set
iann0036/iam-dataset and compiled by `scripts/build_iam_data.py`; `edition()` says of which day. They are those of the
commercial partition: in the others (aws-cn, aws-us-gov, …) AWS publishes the same names with other ARNs and sometimes
fewer actions. Policies that AWS has retired are kept, since roles may still have them.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from casemate.analysis.access.catalogue import expand, matches_everything, services, writes
from casemate.analysis.access.data import archive
from casemate.model.record import dataclass

__all__ = [
    "Breadth",
    "Condition",
    "ManagedPolicy",
    "ManagedStatement",
    "breadth",
    "edition",
    "find",
    "is_admin",
    "managed_policy",
    "policy_name",
]

Breadth = Literal["admin", "full-service", "broad", "narrow"]

_FILE = "managed.dat"

_NARROW_WRITES = 13
"""Unlimited writes that a narrow policy may have: as many as AmazonSSMManagedInstanceCore, the largest of AWS's common
single-purpose policies. Of the execution roles for Lambda, AWSLambdaVPCAccessExecutionRole has the most, seven."""

_TAKEOVER = frozenset(
    {
        "iam:AddUserToGroup",
        "iam:AttachGroupPolicy",
        "iam:AttachRolePolicy",
        "iam:AttachUserPolicy",
        "iam:CreateAccessKey",
        "iam:CreateLoginProfile",
        "iam:CreatePolicyVersion",
        "iam:PassRole",
        "iam:PutGroupPolicy",
        "iam:PutRolePolicy",
        "iam:PutUserPolicy",
        "iam:SetDefaultPolicyVersion",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateLoginProfile",
        "lambda:UpdateFunctionCode",
        "sts:AssumeRole",
    },
)
"""Actions of which a single one without a limit makes a policy broad."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator and key of a Condition block with its values, as written."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ManagedStatement:
    """One statement; exactly one of `actions` and `not_actions` is filled, and so with the resources."""

    effect: Literal["Allow", "Deny"]
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    not_resources: tuple[str, ...]
    conditions: tuple[Condition, ...]

    @property
    def conditional(self) -> bool:
        return bool(self.conditions)


@dataclass(frozen=True, slots=True)
class ManagedPolicy:
    """One policy. `path` is "" or such as "service-role"; it is not known of policies that were `retired`."""

    name: str
    path: str
    version: str
    retired: bool
    statements: tuple[ManagedStatement, ...]

    def arn(self, partition: str = "aws") -> str:
        """The ARN under which the policy is attached."""
        return f"arn:{partition}:iam::aws:policy/{self.path}{'/' if self.path else ''}{self.name}"


def edition() -> str:
    """Which state the policies are in, such as "iann0036/iam-dataset, aws/managedpolicies of 2026-08-21"."""
    header = archive(_FILE).header
    return f"{header['source']} of {header['date']}"


def policy_name(name_or_arn: str) -> str | None:
    """The bare name in a name or ARN of any partition, a literal `${AWS::Partition}` too, with or without a path.

    None when it is the ARN of an account's own policy, or of something else: AWS's are owned by account "aws".
    """
    if not name_or_arn.startswith("arn:"):
        return name_or_arn.rpartition("/")[2]
    owned = re.fullmatch(r"arn:.+:iam::aws:policy/(?:.+/)?([^/]+)", name_or_arn)
    return owned and owned[1]


def find(name_or_arn: str) -> ManagedPolicy | None:
    """The policy that a name or ARN stands for; None when AWS has none of this name. Names are case-sensitive."""
    name = policy_name(name_or_arn)
    return None if name is None else _find(name)


def managed_policy(name_or_arn: str) -> tuple[ManagedStatement, ...] | None:
    """The statements of a policy; None when AWS has none of this name."""
    policy = find(name_or_arn)
    return None if policy is None else policy.statements


def is_admin(name_or_arn: str) -> bool:
    """Whether a policy allows everything, or everything but a list: AdministratorAccess, PowerUserAccess."""
    return breadth(name_or_arn) == "admin"


def breadth(name_or_arn: str) -> Breadth | None:
    """How much a policy grants; None when AWS has none of this name.

    Only Allow statements without a condition on resources that are not limited count. A resource is not limited when it
    names none: `*`, `arn:aws:sns:*:*:*`, `arn:aws:iam::*:role/*`. Denies are not subtracted.

    - admin: every action, or every action but a list (NotAction).
    - full-service: every action of a service that has writing actions (`s3:*`).
    - broad: more than thirteen writing actions, or one that by itself can take over other identities; also every
      action under a condition.
    - narrow: all else: read-only policies (however much they read) and execution roles of one purpose.
    """
    policy = find(name_or_arn)
    return None if policy is None else _breadth(policy)


@lru_cache(maxsize=2048)
def _breadth(policy: ManagedPolicy) -> Breadth:
    counted = [one for one in policy.statements if _is_unlimited(one)]
    patterns = {pattern for one in counted for pattern in one.actions}
    if any(one.not_actions for one in counted) or any(map(matches_everything, patterns)):
        return "admin"
    if any(_is_full_service(pattern) for pattern in patterns):
        return "full-service"
    changing = {name for pattern in patterns if writes(pattern) for name in expand(pattern) if writes(name)}
    if len(changing) > _NARROW_WRITES or changing & _TAKEOVER or any(map(_is_everything_if, policy.statements)):
        return "broad"
    return "narrow"


def _is_everything_if(statement: ManagedStatement) -> bool:
    """Whether a statement allows everything under a condition, as AWSMcpServiceActionsFullAccess does."""
    return statement.effect == "Allow" and any(map(matches_everything, statement.actions))


def _is_unlimited(statement: ManagedStatement) -> bool:
    if statement.effect == "Deny" or statement.conditional:
        return False
    return bool(statement.not_resources) or any(map(_names_nothing, statement.resources))


def _names_nothing(resource: str) -> bool:
    """Whether a resource pattern says at most of which type: its own part is a type and wildcards."""
    parts = resource.split(":", 5)
    if len(parts) < 6:
        return resource.strip("*") == ""
    first, *rest = re.split(r"[:/]", parts[5])
    is_type = bool(rest) and parts[2] != "s3"  # in arn:aws:s3:::bucket/* the first segment is a bucket
    return parts[4] in {"", "*"} and all(one.strip("*") == "" for one in ([] if is_type else [first]) + rest)


def _is_full_service(pattern: str) -> bool:
    service, _, names = pattern.partition(":")
    return names != "" and names.strip("*") == "" and service.lower() in services() and writes(pattern)


@lru_cache(maxsize=2048)
def _find(name: str) -> ManagedPolicy | None:
    firsts = _first_names()
    at = bisect_right(firsts, name) - 1
    return _chunk(firsts[at]).get(name) if at >= 0 else None


@lru_cache(maxsize=1)
def _first_names() -> tuple[str, ...]:
    return tuple(sorted(archive(_FILE).index))


@lru_cache(maxsize=64)
def _chunk(first: str) -> Mapping[str, ManagedPolicy]:
    """Some policies that are stored together; the layout is described in `scripts/build_iam_data.py`."""
    return {
        name: ManagedPolicy(name, path, version, retired, tuple(_statement(*row) for row in rows))
        for name, (path, version, retired, rows) in archive(_FILE).load(first).items()
    }


def _statement(
    allow: int,
    names: tuple[str, ...] = (),
    not_names: tuple[str, ...] = (),
    resources: tuple[str, ...] = (),
    not_resources: tuple[str, ...] = (),
    conditions: tuple[tuple[str, str, list[str]], ...] = (),
) -> ManagedStatement:
    """Decode a stored row, whose empty end is cut off."""
    return ManagedStatement(
        "Allow" if allow else "Deny",
        tuple(names),
        tuple(not_names),
        tuple(resources),
        tuple(not_resources),
        tuple(Condition(operator, key, tuple(values)) for operator, key, values in conditions),
    )
