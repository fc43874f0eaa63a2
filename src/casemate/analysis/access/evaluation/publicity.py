"""S3 Block Public Access: whether a bucket policy is public, and whom that shuts out.

S3 User Guide, "Blocking public access to your Amazon S3 storage": with RestrictPublicBuckets a public policy serves
only AWS services and authorised callers of the bucket's own account; cross-account access ends too. "The meaning of
public": a policy is public unless each Allow names fixed principals or one of the listed keys with fixed values.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casemate.analysis.access.evaluation.compiled import Compiled, Group
    from casemate.analysis.access.evaluation.document import Condition
    from casemate.analysis.access.evaluation.request import Request

_FIXING = frozenset(
    {
        "aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths", "aws:sourcearn",
        "aws:sourceaccount", "aws:sourceorgid", "aws:sourceowner", "aws:sourcevpc", "aws:sourcevpce", "aws:userid",
        "aws:username", "s3:dataaccesspointarn", "s3:dataaccesspointaccount",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    },
)  # fmt: skip
_ARN_PARTS, _DIGITS = 6, 12
_WIDEST_V4, _WIDEST_V6 = 8, 32
"""Shorter prefixes count as the whole internet."""
_EQUALITIES = frozenset({"equals", "equals-ignoring-case", "like"})


def blocked(request: Request, bucket_policy: Group | None) -> bool:
    """Whether Block Public Access keeps the caller out although the bucket policy would allow it."""
    if bucket_policy is None or request.service != "s3":
        return False
    if request.caller.kind == "service" or (request.same_account and request.caller.kind != "identity-provider"):
        return False
    return any(_public(each) for statements in bucket_policy.statements for each in statements)


def _public(each: Compiled) -> bool:
    statement = each.statement
    if not statement.allow:
        return False
    named = statement.principals
    if named is not None and not any(pattern.is_everyone for pattern in named):
        return False
    return not any(_fixes(condition) for condition in statement.conditions)


def _fixes(condition: Condition) -> bool:
    """Whether it can only hold for a fixed set of callers."""
    test = condition.test
    if test.negated or test.if_exists or test.quantifier == "all" or not condition.values:
        return False
    if test.family == "ip" and condition.key == "aws:sourceip":
        return all(_narrow(value) for value in condition.values)
    if condition.key not in _FIXING or test.family not in {"string", "arn"} or test.relation not in _EQUALITIES:
        return False
    if condition.key == "s3:dataaccesspointarn":
        return all(_of_fixed_account(value) for value in condition.values)
    return all(_fixed(value, like=test.relation == "like") for value in condition.values)


def _of_fixed_account(arn: str) -> bool:
    """Whether an access point's ARN fixes the account; its name may be a wildcard, which makes no policy public."""
    parts = arn.split(":", 5)
    return len(parts) == _ARN_PARTS and len(parts[4]) == _DIGITS and parts[4].isdigit() and "${" not in arn


def _fixed(value: str, *, like: bool) -> bool:
    return "${" not in value and not (like and ("*" in value or "?" in value))


def _narrow(value: str) -> bool:
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        return True
    return network.prefixlen >= (_WIDEST_V4 if network.version == 4 else _WIDEST_V6)
