"""Random cases in the form of `access decide --cases`: few names, so that statements, denies and conditions often meet."""

from __future__ import annotations

import random
from typing import Any

HOME, OTHER = "111122223333", "444455556666"
PRINCIPALS = (
    f"arn:aws:iam::{HOME}:user/ann", f"arn:aws:iam::{HOME}:role/app", f"arn:aws:sts::{HOME}:assumed-role/app/run",
    f"arn:aws:sts::{HOME}:federated-user/ann", f"arn:aws:iam::{HOME}:root", f"arn:aws:sts::{OTHER}:assumed-role/app/run",
    f"arn:aws:iam::{OTHER}:user/ann", f"arn:aws:iam::{OTHER}:root", "lambda.amazonaws.com", "anonymous",
    f"arn:aws:sts::{HOME}:assumed-role/AWSServiceRoleForX/run", f"arn:aws:iam::{HOME}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
    f"arn:aws:iam::{HOME}:oidc-provider/token.example.com",
)  # fmt: skip
ACTIONS = (
    ("s3:GetObject", "arn:aws:s3:::shop/home/ann/a.txt"), ("s3:GetObject", "arn:aws:s3:::shop/a:b/c"),
    ("s3:ListAllMyBuckets", "*"), ("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{HOME}:jobs"),
    ("kms:Decrypt", f"arn:aws:kms:eu-west-1:{HOME}:key/1"), ("sts:AssumeRole", f"arn:aws:iam::{HOME}:role/app"),
    ("lambda:InvokeFunction", f"arn:aws:lambda:eu-west-1:{HOME}:function:f:live"),
    ("lambda:InvokeFunctionUrl", f"arn:aws:lambda:eu-west-1:{HOME}:function:f"),
)  # fmt: skip
ACTION_PATTERNS = ("*", "s3:*", "S3:get*", "s3:GetObject", "s3:?etObject", "sqs:*", "sqs:SendMessage", "kms:*", "kms:decrypt",
                   "sts:AssumeRole", "sts:*", "lambda:*", "lambda:InvokeFunction", "lambda:InvokeFunction*", "iam:*")  # fmt: skip
RESOURCES = (
    "*", "*", "*", "arn:aws:s3:::shop/*", "arn:aws:s3:::shop/home/${aws:username}/*", "arn:aws:s3:::shop/${aws:PrincipalTag/team, 'home'}/*",
    "arn:aws:s3:::shop/home/ann/a.t?t", "arn:aws:s3:*", "arn:aws:s3:::*", "arn:aws:sqs:*:111122223333:jobs", "arn:aws:sqs",
    "arn:aws:sqs:eu-west-1:*", "arn:aws:kms:*:*:key/*", "arn:aws:iam::*:role/app", "arn:aws:lambda:*:*:function:f*",
    "arn:aws:lambda:eu-west-1:111122223333", "arn:*:*b/c", "arn:aws:s3:::shop/${*}", "arn:aws:s3:::shop/a?b/*",
)  # fmt: skip
CONTEXT: dict[str, tuple[Any, ...]] = {
    "aws:SourceIp": ("10.0.0.7", "2001:db8::1", "198.51.100.9"),
    "aws:SecureTransport": (True, "false"),
    "aws:RequestedRegion": ("eu-west-1", "us-east-1"),
    "AWS:PrincipalTag/team": ("home", "blue", "*", ["a", "b"]),
    "aws:TagKeys": ([], [""], ["a"], ["a", "b"], ["b", "c"]),
    "aws:CurrentTime": ("2026-01-01T00:00:00Z", "2026-06-01T12:30:00+02:00"),
    "aws:EpochTime": (1767225600, "1780000000"),
    "s3:max-keys": (10, "20", "ten"),
    "aws:SourceArn": (f"arn:aws:sns:eu-west-1:{HOME}:t", f"arn:aws:sns:eu-west-1:{HOME}:a:b"),
    "app:blob": ("YQ==", "Yg=="),
}
CONDITIONS: dict[str, tuple[tuple[str, ...], tuple[Any, ...]]] = {
    "aws:sourceip": (("IpAddress", "NotIpAddress", "IpAddressIfExists"), ("10.0.0.0/8", ["10.0.0.7", "2001:DB8::/32"], "198.51.100.0/24")),
    "aws:SecureTransport": (("Bool", "BoolIfExists", "Null", "StringEquals"), ("true", False, "True")),
    "aws:RequestedRegion": (
        ("StringEquals", "StringNotEquals", "StringLike", "StringNotLikeIfExists", "StringEqualsIgnoreCase", "ForAnyValue:StringNotEquals"),
        ("eu-west-1", ["EU-WEST-1", "us-east-1"], "eu-*", "${aws:RequestedRegion}", "??-west-1"),
    ),
    "aws:PrincipalTag/Team": (
        ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "ForAllValues:StringEquals", "Null", "StringEqualsIfExists"),
        ("home", ["blue", "home"], "${aws:username}", "${*}", "true", "${aws:TagKeys, 'home'}", "b*"),
    ),
    "aws:tagkeys": (
        ("ForAllValues:StringEquals", "ForAnyValue:StringEquals", "ForAllValues:StringNotEquals", "ForAnyValue:StringNotLike",
         "ForAnyValue:StringLikeIfExists", "Null", "StringEquals", "StringNotEquals"),
        ("a", ["a", "b"], ["a", "c"], "*", "false"),
    ),
    "aws:CurrentTime": (
        ("DateLessThan", "DateGreaterThanEquals", "DateEquals", "DateNotEquals", "DateGreaterThanIfExists"),
        ("2026-01-01T00:00:00Z", "2026-06-01T10:30:00Z", 1767225600, ["2025-01-01", "2026-12-31"]),
    ),
    "aws:EpochTime": (("NumericEquals", "DateLessThanEquals", "NumericGreaterThan"), ("1767225600", 1770000000)),
    "s3:max-keys": (
        ("NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEqualsIfExists"),
        (10, ["10", "15"], "1e1", "x"),
    ),
    "AWS:SourceARN": (
        ("ArnLike", "ArnEquals", "ArnNotLike", "StringLike", "ArnEqualsIfExists"),
        (f"arn:aws:sns:*:{HOME}:*", "arn:aws:sns:*:t", "arn:*:sns:eu-west-?:*:?", "*", "arn:aws:sns:*"),
    ),
    "app:blob": (("BinaryEquals",), ("YQ==", ["Yg==", "YQ=="])),
    "aws:PrincipalArn": (("ArnLike", "ArnNotEquals", "StringEquals"), (f"arn:aws:iam::{HOME}:role/*", f"arn:aws:iam::{HOME}:user/ann")),
    "aws:PrincipalIsAWSService": (("Bool", "BoolIfExists"), ("true", "false")),
    "lambda:InvokedViaFunctionUrl": (("Bool", "Null"), ("true", "false")),
}  # fmt: skip
NAMED: tuple[Any, ...] = (
    "*", {"AWS": "*"}, {"AWS": HOME}, {"AWS": f"arn:aws:iam::{HOME}:root"}, {"AWS": [OTHER, f"arn:aws:iam::{HOME}:user/ann"]},
    {"AWS": f"arn:aws:iam::{HOME}:role/app"}, {"AWS": f"arn:aws:sts::{HOME}:assumed-role/app/run"},
    {"AWS": f"arn:aws:sts::{HOME}:federated-user/ann"}, {"Service": "lambda.amazonaws.com"}, {"Service": ["s3.amazonaws.com"], "AWS": OTHER},
    {"Federated": f"arn:aws:iam::{HOME}:oidc-provider/token.example.com"}, {"AWS": [f"arn:aws:iam::{OTHER}:role/app"]},
)  # fmt: skip
FULL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
FOR_ALL = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}


def some(rng: random.Random, pool: tuple[str, ...]) -> str | list[str]:
    return rng.choice(pool) if rng.random() < 0.5 else rng.sample(pool, rng.randint(1, 3))


def statement(rng: random.Random, *, denies: float, named: bool, optional_resource: bool) -> dict[str, Any]:
    denied = rng.random() < denies
    made: dict[str, Any] = {"Effect": "Deny" if denied else "Allow"}
    if denied or rng.random() < 0.3:
        made["NotAction" if rng.random() < 0.1 else "Action"] = some(rng, ACTION_PATTERNS)
    else:
        made["Action"] = rng.choice(("*", ["s3:*", "sqs:*", "kms:*"], ["sts:*", "lambda:*", "S3:GET*"]))
    if not (optional_resource and rng.random() < 0.2):
        wide = not denied and rng.random() < 0.6
        made["NotResource" if not wide and rng.random() < 0.1 else "Resource"] = "*" if wide else some(rng, RESOURCES)
    if named:
        wide = rng.random() < 0.2
        made["NotPrincipal" if not wide and rng.random() < 0.1 else "Principal"] = "*" if wide else rng.choice(NAMED)
    if rng.random() < (0.45 if denied else 0.3):
        made["Condition"] = {}
        for _ in range(rng.choice((1, 1, 2))):
            key = rng.choice(tuple(CONDITIONS))
            operators, values = CONDITIONS[key]
            made["Condition"].setdefault(rng.choice(operators), {})[key] = rng.choice(values)
    return made


def document(
    rng: random.Random, *, denies: float = 0.2, named: bool = False, optional_resource: bool = False
) -> dict[str, Any]:
    rows = [
        statement(rng, denies=denies, named=named, optional_resource=optional_resource)
        for _ in range(rng.choice((1, 1, 2, 3)))
    ]
    made: dict[str, Any] = {"Statement": rows if len(rows) > 1 or rng.random() < 0.5 else rows[0]}
    if rng.random() < 0.9:
        made["Version"] = "2012-10-17" if rng.random() < 0.95 else "2008-10-17"
    return made


def levels(rng: random.Random, full: dict[str, Any], *, named: bool) -> list[list[dict[str, Any]]]:
    made = []
    for _ in range(rng.choice((1, 2, 3))):
        level = [full] if rng.random() < 0.9 else []
        if rng.random() < 0.5:
            level.append(document(rng, denies=0.7, named=named))
        made.append(level)
    return made


def case(rng: random.Random) -> dict[str, Any]:
    """One case. Kinds are often absent, so that each also decides alone."""
    action, resource = rng.choice(ACTIONS)
    context = {key: rng.choice(values) for key, values in CONTEXT.items() if rng.random() < 0.4}
    policies: dict[str, Any] = {"identity": [document(rng) for _ in range(rng.choice((0, 1, 1, 2)))]}
    if rng.random() < 0.6:
        policies["resource"] = document(rng, named=True, optional_resource=True)
    if rng.random() < 0.25:
        policies["boundary"] = [document(rng, denies=0.1)]
    if rng.random() < 0.2:
        policies["session"] = document(rng, denies=0.1)
    if rng.random() < 0.25:
        policies["scps"] = levels(rng, FULL, named=False)
    if rng.random() < 0.25:
        policies["rcps"] = levels(rng, FOR_ALL, named=True)
    if rng.random() < 0.15:
        policies["endpoint"] = [document(rng, denies=0.1, named=True)]
    if rng.random() < 0.2:
        policies["block_public_access"] = True
    if rng.random() < 0.1:
        policies["management_account"] = True
    request = {
        "principal": rng.choice(PRINCIPALS), "action": action, "resource": resource,
        "resource_account": HOME if rng.random() < 0.8 else OTHER, "context": context,
    }  # fmt: skip
    return {"name": "random", "request": request, "policies": policies}
