from __future__ import annotations

from datetime import date

import pytest
from tests.analysis.access_roles import policy_statement, system_of

from casemate.analysis.runtimes import end_of_support, successor
from casemate.analysis.system import is_public

ORG = "o-abc123"
ARN = "arn:aws:s3:::bucket"


@pytest.mark.parametrize(
    ("principal", "public"),
    [
        ("*", True),
        ({"AWS": "*"}, True),
        ({"AWS": ["arn:aws:iam::123456789012:root", "*"]}, True),
        ({"AWS": "123456789012"}, False),
        ({"AWS": "arn:aws:iam::123456789012:root"}, False),
        ({"Service": "sns.amazonaws.com"}, False),
        ({"Service": "*"}, False),
        ({"Federated": "*"}, False),
        ({"AWS": {"Ref": "Parameter"}}, False),
    ],
)
def test_who_is_anybody(principal: object, public: bool) -> None:  # noqa: FBT001 - the expected value
    assert is_public(policy_statement(Principal=principal)) is public


def test_a_deny_opens_nothing_and_not_principal_is_everybody_else() -> None:
    assert not is_public(policy_statement(Effect="Deny", Principal="*"))
    assert is_public(policy_statement(NotPrincipal={"AWS": "123456789012"}))


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:SourceAccount": "123456789012"}},
        {"StringEquals": {"AWS:SourceAccount": "123456789012"}},
        {"StringEquals": {"aws:PrincipalOrgID": ORG}},
        {"StringLike": {"aws:PrincipalOrgPaths": f"{ORG}/r-ab/*"}},
        {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{ORG}/*"}},
        {"ArnLike": {"aws:SourceArn": ARN}},
        {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:topic"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:123456789012:*"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::bucket*"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:topic"}},
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/*"}},
        {"StringEquals": {"aws:SourceVpce": "vpce-1"}},
        {"StringEquals": {"aws:SourceVpc": ["vpc-1", "vpc-2"]}},
        {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "198.51.100.7"]}},
        {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/16"}},
        {"StringEquals": {"aws:PrincipalTag/team": "a"}},
        {"Bool": {"aws:PrincipalIsAWSService": "true"}},
        {"Bool": {"aws:ViaAWSService": True}},
        {"StringEquals": {"kms:CallerAccount": "123456789012"}},
        {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
        {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}},
        {"StringNotEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
        {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:PrincipalOrgID": ORG}},
    ],
)
def test_what_pins_the_callers(condition: object) -> None:
    assert not is_public(policy_statement(Principal="*", Condition=condition))


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"Bool": {"aws:SecureTransport": "true"}},
        {"StringNotEquals": {"aws:SourceAccount": "123456789012"}},
        {"ArnNotLike": {"aws:SourceArn": ARN}},
        {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
        {"StringEqualsIfExists": {"aws:SourceAccount": "123456789012"}},
        {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": ORG}},
        {"Null": {"aws:SourceArn": "true"}},
        {"StringLike": {"aws:SourceAccount": "*"}},
        {"StringLike": {"aws:PrincipalOrgID": "o-*"}},
        {"StringEquals": {"aws:SourceAccount": ["123456789012", "*"]}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:lambda:*:*:function:*"}},
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}},
        {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}},
        {"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}},
        {"IpAddress": {"aws:SourceIp": "2000::/3"}},
        {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "::/0"]}},
        {"Bool": {"aws:PrincipalIsAWSService": "false"}},
        {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
        {"StringNotEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}},
        {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
        {"StringLike": {"aws:Referer": "https://example.org/*"}},
        {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}},
    ],
)
def test_what_pins_nobody(condition: object) -> None:
    assert is_public(policy_statement(Principal="*", Condition=condition))


FUNCTION = {
    "Type": "AWS::Lambda::Function",
    "Properties": {
        "Handler": "a.b",
        "Runtime": "python3.13",
        "Role": {"Fn::GetAtt": ["R", "Arn"]},
        "Code": {"ZipFile": "x"},
    },
}


def url(auth: object) -> dict[str, object]:
    return {"Type": "AWS::Lambda::Url", "Properties": {"AuthType": auth, "TargetFunctionArn": {"Ref": "F"}}}


@pytest.mark.parametrize(
    ("more", "exposure"),
    [
        ({}, "internal"),
        ({"U": url("NONE")}, "public"),
        ({"U": url("AWS_IAM")}, "authenticated"),
        ({"U": url({"Fn::ImportValue": "auth"})}, "unknown"),
        ({"P": {"Type": "AWS::Lambda::Permission", "Properties": {"FunctionName": {"Ref": "F"}, "Principal": "*", "Action": "lambda:InvokeFunction"}}}, "public"),
        ({"P": {"Type": "AWS::Lambda::Permission", "Properties": {"FunctionName": {"Ref": "F"}, "Principal": "s3.amazonaws.com", "Action": "lambda:InvokeFunction"}}}, "internal"),
    ],
)  # fmt: skip
def test_the_most_open_way_decides_the_exposure(more: dict[str, object], exposure: str) -> None:
    system = system_of({"F": FUNCTION, **more})
    (function,) = system.inventory.functions
    assert system.exposure(function) == exposure


def test_functions_and_roles_know_one_another() -> None:
    trust = {
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]
    }
    system = system_of(
        {"F": FUNCTION, "R": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}}}
    )
    (function,), (role,) = system.inventory.functions, system.inventory.roles
    assert system.role_of(function) is role
    assert system.functions_of(role) == (function,)
    assert system.routes_of(function) == ()
    assert system.stack_of(function) is system.inventory.stacks[0]
    assert system.grants(role) is system.grants(role)


@pytest.mark.parametrize(
    ("cloud", "runtime", "end"),
    [
        ("aws", "nodejs6.10", date(2019, 8, 12)),
        ("aws", " Python3.8 ", date(2024, 10, 14)),
        ("aws", "python9.9", None),
        ("google", "python38", date(2024, 10, 14)),
        ("azure", "NODE|14-lts", date(2023, 4, 30)),
        ("azure", "~3", date(2022, 12, 13)),
        ("azure", "dotnet-isolated|v6.0", date(2024, 11, 12)),
        ("azure", "netcoreapp3.1", date(2022, 12, 13)),
        ("azure", "cobol|1", None),
    ],
)
def test_the_end_of_support(cloud: str, runtime: str, end: date | None) -> None:
    assert end_of_support(cloud, runtime) == end  # type: ignore[arg-type] # a cloud's name


def test_a_successor_is_of_the_same_language_and_lasts() -> None:
    today = date(2026, 1, 1)
    assert successor("aws", "nodejs12.x", today) == "nodejs22.x"
    assert successor("aws", "go1.x", today) is None
    assert successor("google", "python38", today) in {"python310", "python311"}
    assert successor("aws", "unknown", today) is None
