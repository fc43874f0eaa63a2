"""AWS managed policies: names, statements, breadth, and the digest's round trip."""

import json
from pathlib import Path
from typing import Any

import pytest
from scripts import build_iam_data

from casemate.analysis.access import managed
from casemate.analysis.access.data import archive, open_archive

BASIC = "AWSLambdaBasicExecutionRole"


@pytest.mark.parametrize(
    "name",
    [
        BASIC,
        f"service-role/{BASIC}",
        f"arn:aws:iam::aws:policy/service-role/{BASIC}",
        f"arn:aws-cn:iam::aws:policy/service-role/{BASIC}",
        f"arn:aws-us-gov:iam::aws:policy/{BASIC}",
        f"arn:${{AWS::Partition}}:iam::aws:policy/service-role/{BASIC}",
    ],
)
def test_a_policy_is_found_under_each_of_its_names(name: str) -> None:
    assert managed.managed_policy(name) == (
        managed.ManagedStatement(
            "Allow",
            actions=("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"),
            not_actions=(),
            resources=("*",),
            not_resources=(),
            conditions=(),
        ),
    )


@pytest.mark.parametrize(
    "name",
    [
        "arn:aws:iam::123456789012:policy/AdministratorAccess",
        "arn:aws:iam::aws:role/AdministratorAccess",
        "arn:aws:iam::aws:policy/NoSuchPolicy",
        "administratoraccess",
        "NoSuchPolicy",
        "",
        "!",
        "zzz",
    ],
)
def test_other_names_are_not_aws_policies(name: str) -> None:
    assert managed.managed_policy(name) is None
    assert managed.breadth(name) is None
    assert not managed.is_admin(name)


@pytest.mark.parametrize(
    ("name", "breadth"),
    [
        ("AdministratorAccess", "admin"),
        ("PowerUserAccess", "admin"),
        ("IAMFullAccess", "full-service"),
        ("AmazonS3FullAccess", "full-service"),
        ("AmazonDynamoDBFullAccess", "full-service"),
        ("AmazonSQSFullAccess", "full-service"),
        ("AWSLambda_FullAccess", "full-service"),
        ("AmazonAPIGatewayAdministrator", "full-service"),
        ("AWSLambdaExecute", "full-service"),
        ("SecretsManagerReadWrite", "full-service"),
        ("AmazonVPCFullAccess", "broad"),
        ("AmazonEC2RoleforSSM", "broad"),
        ("AWSMcpServiceActionsFullAccess", "broad"),
        (BASIC, "narrow"),
        ("AWSLambdaVPCAccessExecutionRole", "narrow"),
        ("AWSXRayDaemonWriteAccess", "narrow"),
        ("AWSLambdaSQSQueueExecutionRole", "narrow"),
        ("AWSLambdaDynamoDBExecutionRole", "narrow"),
        ("AWSLambdaKinesisExecutionRole", "narrow"),
        ("AWSLambdaMSKExecutionRole", "narrow"),
        ("CloudWatchLambdaInsightsExecutionRolePolicy", "narrow"),
        ("AmazonAPIGatewayPushToCloudWatchLogs", "narrow"),
        ("AmazonSSMManagedInstanceCore", "narrow"),
        ("AmazonS3ReadOnlyAccess", "narrow"),
        ("SecurityAudit", "narrow"),
        ("AWSDenyAll", "narrow"),
    ],
)
def test_breadth(name: str, breadth: str) -> None:
    assert managed.breadth(name) == breadth
    assert managed.is_admin(name) is (breadth == "admin")


@pytest.mark.parametrize(
    ("resource", "answer"),
    [
        ("*", True),
        ("arn:aws:sns:*:*:*", True),
        ("arn:aws:s3:::*", True),
        ("arn:aws:iam::*:role/*", True),
        ("arn:aws:apigateway:*::/*", True),
        ("arn:aws:s3:::aws-glue-*", False),
        ("arn:aws:s3:::bucket/*", False),
        ("arn:aws:iam::*:role/service-role/*", False),
        ("arn:aws:logs:*:*:log-group:/aws/lambda/*", False),
        ("arn:aws:sns:*:123456789012:*", False),
    ],
)
def test_which_resources_name_nothing(resource: str, answer: bool) -> None:  # noqa: FBT001 - a table's column
    assert managed._names_nothing(resource) is answer  # noqa: SLF001 - a criterion of breadth with many cases


def test_conditions_are_kept() -> None:
    statements = managed.managed_policy("AWSLambda_FullAccess")
    assert statements is not None
    passing = next(one for one in statements if one.actions == ("iam:PassRole",))
    assert passing.conditional
    assert passing.conditions == (managed.Condition("StringEquals", "iam:PassedToService", ("lambda.amazonaws.com",)),)


def test_policy_facts() -> None:
    policy = managed.find(BASIC)
    assert policy is not None
    assert policy.arn() == f"arn:aws:iam::aws:policy/service-role/{BASIC}"
    assert policy.arn("aws-cn") == f"arn:aws-cn:iam::aws:policy/service-role/{BASIC}"
    assert not policy.retired
    retired = managed.find("AWSLambdaFullAccess")
    assert retired is not None
    assert retired.retired
    power = managed.find("PowerUserAccess")
    assert power is not None
    assert power.statements[0].not_actions == ("iam:*", "organizations:*", "account:*")


def test_every_policy_decodes_to_whole_statements() -> None:
    opened = archive("managed.dat")
    names = [name for first in opened.index for name in opened.load(first)]
    assert len(names) == len(set(names)) > 1_600
    for name in names:
        for statement in managed.managed_policy(name) or pytest.fail(name):
            assert bool(statement.actions) != bool(statement.not_actions)
            assert bool(statement.resources) != bool(statement.not_resources)


def policy_file(folder: Path, name: str, statements: Any) -> None:  # noqa: ANN401 - JSON as it comes
    content = {
        "name": name,
        "arn": f"arn:aws:iam::aws:policy/service-role/{name}",
        "version": "v2",
        "deprecated": False,
        "updatedate": "2026-03-04T00:00:00+00:00",
        "document": {"Statement": statements},
    }
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(content))


def test_policies_survive_the_round_trip(tmp_path: Path) -> None:
    source, output = tmp_path / "in", tmp_path / "out.dat"
    condition = {"Bool": {"aws:SecureTransport": False}, "StringLike": {"aws:PrincipalArn": ["a", "b"]}}
    policy_file(source, "One", {"Effect": "Deny", "NotAction": "s3:*", "NotResource": "x", "Condition": condition})
    policy_file(source, "Two", [{"Effect": "Allow", "Action": ["a:B"], "Resource": "*", "Sid": "Dropped"}])
    policy_file(source, "PowerUserAccess", [{"Effect": "Allow", "Action": "*", "Resource": "*"}])
    assert build_iam_data.main(["managed", str(source), str(output)]) == 0
    opened = open_archive(output)
    assert opened.header["date"] == "2026-03-04"
    (document,) = (opened.load(first) for first in opened.index)
    conditions = [["Bool", "aws:SecureTransport", ["false"]], ["StringLike", "aws:PrincipalArn", ["a", "b"]]]
    assert document["One"] == ["service-role", "v2", False, [[0, [], ["s3:*"], [], ["x"], conditions]]]
    assert document["Two"] == ["service-role", "v2", False, [[1, ["a:B"], [], ["*"]]]]
    assert document["PowerUserAccess"][3] == [[1, ["*"], [], ["*"]]], "the input wins over the written statements"
    assert "AdministratorAccess" in opened.header["oversized"]
    assert "PowerUserAccess" not in opened.header["oversized"]
    assert build_iam_data.main(["managed", str(source), str(output), "--check"]) == 0


def test_check_notices_a_changed_policy(tmp_path: Path) -> None:
    source, output = tmp_path / "in", tmp_path / "out.dat"
    policy_file(source, "One", {"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
    build_iam_data.main(["managed", str(source), str(output)])
    policy_file(source, "One", {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"})
    assert build_iam_data.main(["managed", str(source), str(output), "--check"]) == 1
