from __future__ import annotations

from typing import Any

import pytest
from tests.analysis.access_roles import Json, allow, deny, one_role, role, system_of

from casemate.analysis.access.climbing import climbs
from casemate.analysis.access.grants import (
    Grants,
    includes_permissions_management,
    is_unlimited,
    matches,
    service_wildcards,
)


def grants(*statements: Json, **properties: Any) -> Grants:  # noqa: ANN401 - properties as a template has them
    system = system_of({"R": role(*statements, **properties)})
    return system.grants(one_role(system))


@pytest.mark.parametrize(
    ("pattern", "text", "hit"),
    [
        ("*", "s3:GetObject", True),
        ("s3:Get*", "s3:GetObject", True),
        ("S3:getobject", "s3:GetObject", True),
        ("s3:Get?bject", "s3:GetObject", True),
        ("s3:*Object", "s3:GetObject", True),
        ("s3:Get", "s3:GetObject", False),
        ("s3.Get*", "s3:GetObject", False),
        ("s3:Get[O]bject", "s3:GetObject", False),
        ("sts:*", "s3:GetObject", False),
    ],
)
def test_wildcards_match_as_iam_does(pattern: str, text: str, hit: bool) -> None:  # noqa: FBT001 - the expected value
    assert matches(pattern, text) is hit


@pytest.mark.parametrize(
    ("resource", "unlimited"),
    [
        ("*", True),
        ("arn:aws:iam::*:role/*", True),
        ("arn:aws:lambda:eu-west-1:123456789012:function:*", True),
        ("arn:aws:s3:::*", True),
        ("arn:aws:s3:::*/*", True),
        ("arn:aws:s3:eu-west-1:123456789012:accesspoint/*", True),
        ("arn:aws:sqs:*:*:*", True),
        ("arn:aws:execute-api:*:*:*/*/GET/x", True),
        ("arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*", True),
        ("arn:aws:lambda:${AWS::Region}:*:function:*", True),
        ("arn:${AWS::Partition}:s3:::*", True),
        ("arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${Orders}", False),
        ("arn:aws:s3:::bucket/*", False),
        ("arn:aws:execute-api:eu-west-1:123456789012:abc123/*", False),
        ("arn:aws:sns:eu-west-1:123456789012:topic:*", False),
        ("arn:aws:iam::123456789012:role/app-*", False),
        ("${Bucket.Arn}/*", False),
        ("arn:aws:s3", False),
        ("", False),
    ],
)
def test_which_resources_fix_nothing(resource: str, unlimited: bool) -> None:  # noqa: FBT001 - the expected value
    assert is_unlimited(resource) is unlimited


def test_what_is_allowed_and_by_which_statement() -> None:
    found = grants(allow(["s3:Get*", "sqs:*"]), allow("s3:GetObject", "arn:aws:s3:::b/*"))
    assert len(found.allowing("s3:GetObject")) == 2
    assert len(found.allowing("sqs:SendMessage")) == 1
    assert found.allowing("s3:PutObject") == ()
    assert not found.admin


def test_a_deny_takes_away_only_what_it_denies_everywhere() -> None:
    assert grants(allow("s3:*"), deny("s3:Get*")).allowing("s3:GetObject") == ()
    assert grants(allow("s3:*"), deny("s3:Get*")).allowing("s3:PutObject")
    for one in ("arn:aws:s3:::one", "arn:aws:s3:::one/*"):
        assert grants(allow("s3:*"), deny("s3:*", one)).allowing("s3:GetObject")
    conditional = deny("s3:*", Condition={"Bool": {"aws:SecureTransport": "false"}})
    assert grants(allow("s3:*"), conditional).allowing("s3:GetObject")
    but: Json = {"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::mine/*"}
    assert grants(allow("s3:*"), but).allowing("s3:GetObject"), "what is left out of the Deny is still allowed"


def test_not_action_is_everything_else() -> None:
    found = grants({"Effect": "Allow", "NotAction": ["iam:*", "s3:DeleteBucket"], "Resource": "*"})
    assert found.allowing("s3:GetObject")
    assert found.allowing("iam:PassRole") == ()
    assert found.allowing("S3:deletebucket") == ()
    assert grants(allow("*"), {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}).allowing("iam:PassRole") == ()


def test_a_managed_policy_is_written_out() -> None:
    found = grants(ManagedPolicyArns=["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"])
    assert found.allowing("s3:GetObject")
    assert found.allowing("s3:PutObject") == ()
    assert grants(ManagedPolicyArns=["arn:aws:iam::aws:policy/AdministratorAccess"]).admin
    assert grants(ManagedPolicyArns=["arn:aws:iam::123456789012:policy/unknown"]).all == ()


def test_a_boundary_limits_and_an_unknown_one_claims_nothing() -> None:
    read_only = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    found = grants(allow("*"), PermissionsBoundary=read_only)
    assert found.allowing("s3:GetObject")
    assert found.allowing("iam:PassRole") == ()
    assert grants(allow("*"), PermissionsBoundary="arn:aws:iam::123456789012:policy/x").allowing("iam:PassRole")


def test_who_is_an_administrator() -> None:
    assert grants(allow("*")).admin
    assert grants(allow("*:*")).admin
    assert not grants(allow("*", "arn:aws:s3:::b")).admin
    assert not grants(allow("*", Condition={"StringEquals": {"aws:PrincipalTag/a": "b"}})).admin
    assert not grants(allow("s3:*")).admin


@pytest.mark.parametrize(
    ("condition", "passes"),
    [
        ({}, True),
        ({"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}, True),
        ({"StringEquals": {"iam:PassedToService": ["ecs.amazonaws.com", "lambda.amazonaws.com"]}}, True),
        ({"StringLike": {"iam:PassedToService": "*.amazonaws.com"}}, True),
        ({"StringEqualsIfExists": {"iam:PassedToService": "ecs.amazonaws.com"}}, False),
        ({"StringEquals": {"iam:PassedToService": "ecs.amazonaws.com"}}, False),
        ({"StringNotEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}, False),
        ({"StringNotEquals": {"iam:PassedToService": "ecs.amazonaws.com"}}, True),
        ({"Null": {"iam:PassedToService": "false"}}, True),
    ],
)
def test_to_which_service_a_role_may_be_passed(condition: Json, passes: bool) -> None:  # noqa: FBT001 - the expected value
    (grant,) = grants(allow("iam:PassRole", Condition=condition)).all
    assert grant.passes_to("lambda.amazonaws.com") is passes


PASS = ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"]


def climbing(*statements: Json, **more: object) -> set[str]:
    system = system_of({"R": role(*statements), **more})
    return {requirement.action for climb in climbs(one_role(system), system) for requirement in climb.path.requires}


def test_passing_any_role_to_a_new_function_is_a_way_up() -> None:
    assert "iam:PassRole" in climbing(allow(PASS))
    assert "iam:PassRole" in climbing(allow(["iam:Pass*", "lambda:*"]))


@pytest.mark.parametrize(
    "statements",
    [
        (allow(PASS, "arn:aws:iam::123456789012:role/small"),),
        (allow(PASS), deny("iam:PassRole")),
        (allow(PASS, Condition={"StringEquals": {"iam:PassedToService": "translate.amazonaws.com"}}),),
        (allow("iam:PassRole", Condition={"StringEquals": {"iam:ResourceTag/team": "a"}}), allow(PASS[1:])),
        (allow("lambda:CreateFunction"), allow("lambda:InvokeFunction")),
        (allow("iam:PassRole"),),
        (allow("s3:*"),),
    ],
)
def test_what_is_no_way_up(statements: tuple[Json, ...]) -> None:
    assert "iam:PassRole" not in climbing(*statements)


def test_passing_a_declared_administrator_is_one_and_a_small_role_is_not() -> None:
    def passing(target: Json) -> set[str]:
        return climbing(allow("iam:PassRole", {"Fn::GetAtt": ["T", "Arn"]}), allow(PASS[1:]), T=target)

    assert "iam:PassRole" in passing(role(allow("*")))
    assert passing(role(allow("s3:GetObject"))) == set()


def test_widening_itself_is_one() -> None:
    assert climbing(allow("iam:PutRolePolicy")) >= {"iam:PutRolePolicy"}


def test_an_administrator_has_nothing_to_gain() -> None:
    assert climbing(allow("*")) == set()


@pytest.mark.parametrize(
    ("pattern", "service"), [("s3:*", "s3"), ("S3:**", "s3"), ("s3:Get*", None), ("*", None), ("s3:", None)]
)
def test_all_of_a_service(pattern: str, service: str | None) -> None:
    assert service_wildcards(pattern) == service


def test_partial_wildcards_that_reach_permissions() -> None:
    assert includes_permissions_management("iam:*Policy")
    assert not includes_permissions_management("s3:Get*")
    assert not includes_permissions_management("iam:PutRolePolicy")
