"""Attacks on the same system: one scenario a detection that asks the inventory, in several variants."""

# ruff: noqa: ARG001 - one signature for all scenarios
from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.traffic.benign import START
from benchmarks.traffic.records import function_identity, line, record, role_identity, service_identity, user_identity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from benchmarks.traffic.world import Fn, World

FOREIGN = "999988887777"
_THIEF = "198.51.100.23"


def attacks(chance: Random, system: World, each: int = 20) -> Iterator[tuple[str, list[bytes]]]:
    """(name of the detection that must alert, the records of the attack), so many of each."""
    for _ in range(each):
        now = START + 2.5 * 86_400 + chance.random() * 40_000
        function = chance.choice([one for one in system.functions if not one.runtime.startswith("provided")])
        for name, make in _KINDS.items():
            yield name, [line(made) for made in make(chance, system, function, now)]


def _stolen(chance: Random, system: World, function: Fn, now: float) -> Iterator[dict[str, object]]:
    agent = chance.choice(
        (
            "aws-cli/2.15.30 Python/3.11.8 Linux/6.5.0 exe/x86_64.kali.2024",
            "Boto3/1.26.165 Python/3.10.6 Linux/5.19.0-46-generic Botocore/1.29.165",
            "Mozilla/5.0 (X11; Linux x86_64)",
        )
    )
    service, name, reads = chance.choice(function.calls)
    yield record(
        chance, now, service, name, function_identity(function), function.account, address=_THIEF, agent=agent,
        parameters={}, read_only=reads,
    )  # fmt: skip


def _impossible(chance: Random, system: World, function: Fn, now: float) -> Iterator[dict[str, object]]:
    service, name = chance.choice(
        (("iam", "ListUsers"), ("s3", "ListBuckets"), ("sts", "GetCallerIdentity"), ("ec2", "DescribeInstances"),
         ("s3", "DeleteBucket"), ("iam", "CreateAccessKey"))
    )  # fmt: skip
    denied = {"errorCode": "AccessDenied"} if chance.random() < 0.5 else {}
    yield record(
        chance, now, service, name, function_identity(function), function.account,
        address=function.addresses[0], agent=function.agent, parameters={}, **denied,
    )  # fmt: skip


def _changed(chance: Random, system: World, function: Fn, now: float) -> Iterator[dict[str, object]]:
    name = chance.choice(
        ("UpdateFunctionCode20150331v2", "UpdateFunctionConfiguration20150331v2", "AddPermission20150331v2",
         "CreateEventSourceMapping20150331", "PutFunctionConcurrency20171031")
    )  # fmt: skip
    yield record(
        chance, now, "lambda", name, user_identity(function.account, "mallory"), function.account, address=_THIEF,
        agent="aws-cli/2.15", parameters={"functionName": function.name}, read_only=False, management=True,
    )  # fmt: skip


def _layer(chance: Random, system: World, function: Fn, now: float) -> Iterator[dict[str, object]]:
    layers = [*function.layers, f"arn:aws:lambda:eu-west-1:{FOREIGN}:layer:helper:1"]
    yield record(
        chance, now, "lambda", "UpdateFunctionConfiguration20150331v2",
        role_identity(function.account, "deploy", "GitHubActions"), function.account, address=_THIEF,
        agent="aws-cli/2.15", parameters={"functionName": function.name, "layers": layers}, read_only=False,
        management=True,
    )  # fmt: skip


def _url(chance: Random, system: World, function: Fn, now: float) -> Iterator[dict[str, object]]:
    target = chance.choice(system.functions[3:])
    yield record(
        chance, now, "lambda", "CreateFunctionUrlConfig", user_identity(target.account, "mallory"), target.account,
        address=_THIEF, agent="aws-cli/2.15", parameters={"functionName": target.name, "authType": "NONE"},
        read_only=False, management=True,
    )  # fmt: skip


def _foreign_invoke(chance: Random, system: World, function: Fn, now: float) -> Iterator[dict[str, object]]:
    yield record(
        chance, now, "lambda", "Invoke", user_identity(FOREIGN, "mallory"), function.account, address=_THIEF,
        agent="aws-cli/2.15", parameters={"functionName": function.name}, read_only=False,
    )  # fmt: skip


def _sent_away(chance: Random, system: World, function: Fn, now: float) -> Iterator[dict[str, object]]:
    yield record(
        chance, now, "s3", "PutObject", function_identity(function), function.account, address=function.addresses[0],
        agent=function.agent, parameters={"bucketName": "drop", "key": "x"}, read_only=False,
        resources=[{"accountId": FOREIGN, "type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::drop"}],
    )  # fmt: skip


def _secret(chance: Random, system: World, function: Fn, now: float) -> Iterator[dict[str, object]]:
    reader = chance.choice([one for one in system.functions if one.secrets])
    yield record(
        chance, now, "secretsmanager", "GetSecretValue", function_identity(reader), reader.account,
        address=reader.addresses[0], agent=reader.agent, parameters={"secretId": f"root/{chance.randrange(10**6)}"},
    )  # fmt: skip


def _by_hand(chance: Random, system: World, function: Fn, now: float) -> Iterator[dict[str, object]]:
    yield record(
        chance, now, "sts", "AssumeRole", user_identity(function.account, f"mallory{chance.randrange(9)}"),
        function.account, address=_THIEF, agent="aws-cli/2.15", management=True,
        parameters={"roleArn": f"arn:aws:iam::{function.account}:role/deploy", "roleSessionName": "x"},
    )  # fmt: skip


def _loop(chance: Random, system: World, function: Fn, now: float) -> Iterator[dict[str, object]]:
    target = chance.choice([one for one in system.functions if one.looping])
    for number in range(600):
        yield record(
            chance, now + number / 8, "lambda", "Invoke", service_identity("s3"), target.account,
            address="s3.amazonaws.com", agent="s3.amazonaws.com", read_only=False,
            parameters={"functionName": f"arn:aws:lambda:eu-west-1:{target.account}:function:{target.name}"},
        )  # fmt: skip


_KINDS = {
    "role-used-outside-function": _stolen,
    "api-code-cannot-call": _impossible,
    "function-changed-outside-pipeline": _changed,
    "undeclared-layer": _layer,
    "undeclared-function-url": _url,
    "invoked-from-foreign-account": _foreign_invoke,
    "function-writes-to-foreign-account": _sent_away,
    "secret-read-for-the-first-time": _secret,
    "pipeline-role-assumed-by-hand": _by_hand,
    "function-recursing": _loop,
}
"""Detection -> the attack that it must see."""
