"""Benign traffic: functions at work, cold starts, retries, autoscaling, deployments, people who look, services.

With what makes delivery hard: late records, second deliveries, order within a file that is not that of time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.traffic.records import (
    function_identity,
    line,
    record,
    role_identity,
    service_identity,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from benchmarks.traffic.world import Fn, World

START = 1_772_323_200.0
"""2026-03-01T00:00:00Z."""
_WORKER = "awslambda-worker/1.0 rusoto/0.48.0 rust/1.77.0 linux"
_LATE, _TWICE = 0.01, 0.005
_WINDOW = 400
"""Records whose order is mixed."""


def benign(chance: Random, system: World, count: int, *, seconds: float = 3 * 86_400) -> Iterator[bytes]:
    """So many records, spread over the seconds; nothing in them is an attack."""
    waiting: list[bytes] = []
    step = seconds / count
    now = START
    produced = 0
    while produced < count:
        for made in _some(chance, system, now):
            data = line(made)
            waiting.append(data)
            if chance.random() < _TWICE:
                waiting.append(data)
            produced += 1
            now += step * chance.expovariate(1.0)
        while len(waiting) > _WINDOW:
            index = chance.randrange(len(waiting) // 2) if chance.random() > _LATE else chance.randrange(len(waiting))
            yield waiting.pop(index)
    chance.shuffle(waiting)
    yield from waiting


def _some(chance: Random, system: World, now: float) -> Iterator[dict[str, object]]:
    what = chance.random()
    if what < 0.88:
        yield from _work(chance, system, chance.choice(system.functions), now)
    elif what < 0.93:
        yield from _services(chance, system, now)
    elif what < 0.9985:
        yield from _people(chance, system, now)
    elif what < 0.9997:
        yield from _deployment(chance, system, now)
    else:
        yield from _burst(chance, system, now)


def _work(chance: Random, system: World, function: Fn, now: float) -> Iterator[dict[str, object]]:
    """One invocation: sometimes a cold start, its calls, some of which fail and are tried again."""
    identity = function_identity(function)
    address = chance.choice(function.addresses)
    if chance.random() < 0.02:
        yield record(
            chance, now, "logs", "CreateLogStream", identity, function.account, address=address, agent=_WORKER,
            parameters={"logGroupName": f"/aws/lambda/{function.name}", "logStreamName": "2026/03/01/[$LATEST]"},
            read_only=False, management=True,
        )  # fmt: skip
        for secret in function.secrets:
            yield _call(
                chance, system, function, ("secretsmanager", "GetSecretValue", True), now, address, secret=secret
            )
    for call in function.calls:
        if chance.random() < 0.6:
            made = _call(chance, system, function, call, now, address)
            yield made
            if chance.random() < 0.01:
                failed = dict(made)
                failed.update(
                    errorCode="ThrottlingException", errorMessage="Rate exceeded", eventID=f"{chance.getrandbits(96):x}"
                )
                yield failed


def _call(
    chance: Random,
    system: World,
    function: Fn,
    call: tuple[str, str, bool],
    now: float,
    address: str,
    secret: str | None = None,
) -> dict[str, object]:
    service, name, reads = call
    parameters: dict[str, object] = {}
    more: dict[str, object] = {}
    match service:
        case "dynamodb":
            parameters = {"tableName": f"table{chance.randrange(9)}", "key": {"id": f"{chance.randrange(10**9)}"}}
        case "s3":
            owner = system.partner if chance.random() < 0.02 else function.account
            bucket = f"bucket-{owner}-{chance.randrange(5)}"
            parameters = {
                "bucketName": bucket,
                "key": f"a/{chance.randrange(10**9)}.json",
                "Host": f"{bucket}.s3.amazonaws.com",
            }
            more["resources"] = [
                {"type": "AWS::S3::Object", "ARN": f"arn:aws:s3:::{bucket}/a.json"},
                {"accountId": owner, "type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::{bucket}"},
            ]
        case "secretsmanager":
            parameters = {"secretId": secret or chance.choice(function.secrets or ("app/none",))}
        case "lambda":
            parameters = {"functionName": chance.choice(system.functions).name, "invocationType": "Event"}
        case _:
            parameters = {"name": f"/{service}/{chance.randrange(50)}"}
    return record(
        chance, now, service, name, function_identity(function), function.account,
        address=address, agent=function.agent, parameters=parameters, read_only=reads, **more,
    )  # fmt: skip


def _services(chance: Random, system: World, now: float) -> Iterator[dict[str, object]]:
    """What AWS does by itself and on a function's behalf."""
    function = chance.choice(system.functions)
    kind = chance.randrange(4)
    if kind == 0:
        yield record(
            chance, now, "sts", "AssumeRole", service_identity("lambda"), function.account,
            address="lambda.amazonaws.com", agent="lambda.amazonaws.com", management=True,
            parameters={"roleArn": function.role, "roleSessionName": function.name},
        )  # fmt: skip
    elif kind == 1:
        identity = {**function_identity(function), "invokedBy": "secretsmanager.amazonaws.com"}
        yield record(
            chance, now, "kms", "Decrypt", identity, function.account, address="secretsmanager.amazonaws.com",
            agent="secretsmanager.amazonaws.com", parameters={"encryptionAlgorithm": "SYMMETRIC_DEFAULT"},
        )  # fmt: skip
    elif kind == 2:
        yield record(
            chance, now, "sqs", "ReceiveMessage", function_identity(function, f"awslambda_{chance.randrange(999)}_x"),
            function.account, address="lambda.amazonaws.com", agent=_WORKER,
            parameters={"queueUrl": f"https://sqs.{chance.randrange(9)}"},
        )  # fmt: skip
    else:
        yield record(
            chance, now, "lambda", "Invoke", service_identity("s3"), function.account, address="s3.amazonaws.com",
            agent="s3.amazonaws.com", read_only=False,
            parameters={"functionName": f"arn:aws:lambda:eu-west-1:{function.account}:function:{function.name}"},
        )  # fmt: skip


_LOOKS = (
    ("lambda", "ListFunctions20150331"), ("lambda", "GetFunction20150331v2"), ("cloudwatch", "DescribeAlarms"),
    ("ec2", "DescribeInstances"), ("iam", "GetRole"), ("logs", "FilterLogEvents"), ("s3", "GetBucketLocation"),
    ("cloudformation", "DescribeStacks"), ("sts", "GetCallerIdentity"), ("monitoring", "GetMetricData"),
)  # fmt: skip


def _people(chance: Random, system: World, now: float) -> Iterator[dict[str, object]]:
    """Somebody signs in with a second factor and looks around; sometimes he may not."""
    person = chance.choice(system.people)
    account = chance.choice(system.accounts)
    identity = role_identity(account, "AWSReservedSSO_Developer_0123456789abcdef", person, mfa=True)
    address = f"203.0.113.{hash(person) % 50}"
    for _ in range(chance.randint(1, 6)):
        service, name = chance.choice(_LOOKS)
        more: dict[str, object] = {}
        if chance.random() < 0.02:
            more = {"errorCode": "AccessDenied", "errorMessage": "is not authorized to perform"}
        yield record(
            chance, now, service, name, identity, account, address=address, agent="Mozilla/5.0 (Macintosh)",
            management=True, **more,
        )  # fmt: skip


def _deployment(chance: Random, system: World, now: float) -> Iterator[dict[str, object]]:
    """The pipeline updates some functions, through CloudFormation or by itself."""
    account = chance.choice(system.accounts)
    identity = role_identity(account, "deploy", "GitHubActions")
    yield record(
        chance, now, "sts", "AssumeRoleWithWebIdentity",
        {"type": "WebIdentityUser", "principalId": "token.actions.githubusercontent.com", "userName": "repo:acme/shop"},
        account, address="4.175.1.1", agent="aws-sdk-nodejs", management=True,
        parameters={"roleArn": f"arn:aws:iam::{account}:role/deploy", "roleSessionName": "GitHubActions"},
    )  # fmt: skip
    yield record(
        chance, now, "cloudformation", "ExecuteChangeSet", identity, account, address="4.175.1.1",
        agent="aws-cli/2.15", parameters={"stackName": "shop", "changeSetName": "deploy"}, read_only=False,
        management=True,
    )  # fmt: skip
    owned = [one for one in system.functions if one.account == account]
    for function in chance.sample(owned, min(len(owned), 5)):
        through = {**identity, "invokedBy": "cloudformation.amazonaws.com"}
        for name, parameters in (
            ("UpdateFunctionCode20150331v2", {"functionName": function.name, "s3Bucket": "artifacts"}),
            ("UpdateFunctionConfiguration20150331v2", {"functionName": function.name, "layers": list(function.layers)}),
            ("PublishVersion20150331", {"functionName": function.name}),
        ):
            yield record(
                chance, now, "lambda", name, through, account, address="cloudformation.amazonaws.com",
                agent="cloudformation.amazonaws.com", parameters=parameters, read_only=False, management=True,
            )  # fmt: skip


def _burst(chance: Random, system: World, now: float) -> Iterator[dict[str, object]]:
    """Autoscaling: one function runs very often for a short time."""
    function = chance.choice([one for one in system.functions if not one.looping])
    for _ in range(chance.randint(50, 400)):
        yield record(
            chance, now, "lambda", "Invoke", service_identity("s3"), function.account, address="s3.amazonaws.com",
            agent="s3.amazonaws.com", read_only=False,
            parameters={"functionName": f"arn:aws:lambda:eu-west-1:{function.account}:function:{function.name}"},
        )  # fmt: skip
