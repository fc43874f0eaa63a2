"""The escalation paths on whole roles: each is found, whole and in pieces; nothing less is; and what only looks like one.

The roles are made from `ESCALATIONS` itself, one generator for all: what a path requires is granted, or all but one.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.analysis.access_roles import Json, allow, deny, one_role, role, system_of

from casemate.analysis.access.climbing import climbs
from casemate.analysis.access.escalation import ESCALATIONS, Escalation

BY_ID = {path.id: path for path in ESCALATIONS}
TWINS = [(path, missing) for path in ESCALATIONS for missing in sorted(path.actions)]


def found(*statements: Json, boundary: list[Json] | None = None, **more: Any) -> set[str]:  # noqa: ANN401 - resources as a template has them
    """The paths that a role with these statements opens."""
    bound: dict[str, Any] = {} if boundary is None else {"PermissionsBoundary": {"Ref": "Bound"}}
    declared: Json = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Statement": boundary}}}
    resources = {"R": role(*statements, **bound), **({} if boundary is None else {"Bound": declared}), **more}
    system = system_of(resources)
    return {climb.path.id for climb in climbs(one_role(system), system)}


def is_told(path: Escalation, paths: set[str]) -> bool:
    """Whether a path is told, itself or as the shorter one that it is a form of."""
    return path.id in paths or path.variant_of in paths


@pytest.mark.parametrize("path", ESCALATIONS, ids=lambda path: path.id)
def test_a_path_is_found_in_one_statement_and_over_several_policies(path: Escalation) -> None:
    actions = sorted(path.actions)
    assert is_told(path, found(allow(actions)))
    assert is_told(path, found(*(allow(action) for action in actions)))
    apart: dict[str, Any] = {
        f"P{number}": {
            "Type": "AWS::IAM::Policy",
            "Properties": {"PolicyName": f"p{number}", "Roles": [{"Ref": "R"}], "PolicyDocument": {"Statement": [allow(action)]}},
        }
        for number, action in enumerate(actions)
    }  # fmt: skip
    assert is_told(path, found(**apart))


@pytest.mark.parametrize(("path", "missing"), TWINS, ids=lambda value: value if isinstance(value, str) else value.id)
def test_nothing_is_found_that_lacks_an_action(path: Escalation, missing: str) -> None:
    rest = path.actions - {missing}
    paths = found(*(allow(action) for action in sorted(rest)))
    assert path.id not in paths
    assert all(BY_ID[other].actions <= rest for other in paths), "a shorter path may be open by itself, no other"


@pytest.mark.parametrize("path", ESCALATIONS, ids=lambda path: path.id)
def test_a_deny_or_a_boundary_shuts_every_path(path: Escalation) -> None:
    actions = sorted(path.actions)
    for action in actions:
        assert path.id not in found(allow(actions), deny(action))
        assert path.id not in found(allow(actions), boundary=[allow("*"), deny(action)])
        assert path.id not in found(
            allow(actions), boundary=[{"Effect": "Allow", "NotAction": action, "Resource": "*"}]
        )
    assert is_told(path, found(allow(actions), boundary=[allow("*")]))


PASS = ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"]
PATH = "lambda-create-and-invoke"
TO = "iam:PassedToService"


@pytest.mark.parametrize(
    "statements",
    [
        (allow(PASS), deny("iam:*")),
        (allow(PASS), deny("iam:PassRole", "arn:aws:iam::*:role/*")),
        (allow(PASS), {"Effect": "Deny", "NotAction": ["lambda:*", "s3:*"], "Resource": "*"}),
        (allow(PASS), {"Effect": "Deny", "Action": "iam:*", "NotResource": "arn:aws:s3:::*"}),
        (allow(PASS), deny("iam:PassRole", Condition={"StringNotEquals": {TO: "ec2.amazonaws.com"}})),
        (allow(PASS), deny("iam:PassRole", Condition={"StringEquals": {TO: "lambda.amazonaws.com"}})),
        (allow(PASS, Condition={"StringEquals": {TO: "glue.amazonaws.com"}}),),
        (allow(PASS, Condition={"StringEquals": {"aws:username": "ann"}}),),
        (allow(PASS, Condition={"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/other"}}),),
        (allow("iam:PassRole", "arn:aws:iam::123456789012:role/harmless"), allow(PASS[1:])),
        (allow("iam:PassRole", {"Fn::GetAtt": ["Glue", "Arn"]}), allow(PASS[1:])),
        (allow("iam:PassRole", {"Fn::GetAtt": ["Small", "Arn"]}), allow(PASS[1:])),
    ],
)
def test_what_only_looks_like_a_way_up(statements: tuple[Json, ...]) -> None:
    others: dict[str, Any] = {
        "Glue": role(allow("*"), trusts="glue.amazonaws.com"),
        "Small": role(allow("s3:GetObject")),
    }
    assert PATH not in found(*statements, **others)


@pytest.mark.parametrize(
    "statements",
    [
        (allow(PASS), deny("iam:PassRole", "arn:aws:iam::123456789012:role/one")),
        (allow(PASS), deny("iam:PassRole", Condition={"StringEquals": {TO: "ec2.amazonaws.com"}})),
        (allow(PASS[0], Condition={"StringEquals": {TO: "lambda.amazonaws.com"}}), allow(PASS[1:])),
        (allow(PASS[0], Condition={"StringLike": {TO: "*"}}), allow(PASS[1:])),
        (allow(PASS, Condition={"Bool": {"aws:SecureTransport": "true"}}),),
        (allow(PASS, Condition={"StringNotEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/other"}}),),
        (allow("iam:PassRole", "arn:aws:iam::123456789012:role/Big"), allow(PASS[1:])),
        (allow("iam:PassRole", "arn:aws:iam::*:role/B*"), allow(PASS[1:])),
        (allow("iam:PassRole", {"Fn::GetAtt": ["Big", "Arn"]}), allow(PASS[1:])),
        ({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"},),
    ],
)
def test_what_does_not_shut_the_way_up(statements: tuple[Json, ...]) -> None:
    assert PATH in found(*statements, Big=role(allow("*"), RoleName="Big"))


def test_code_of_a_function_is_worth_changing_only_when_its_role_is_more() -> None:
    def functions(its_role: str) -> Json:
        code: Json = {"ZipFile": "x"}
        properties = {
            "Handler": "i.h",
            "Runtime": "python3.13",
            "Role": {"Fn::GetAtt": [its_role, "Arn"]},
            "Code": code,
        }
        return {"Type": "AWS::Lambda::Function", "Properties": properties}

    roles: dict[str, Any] = {"Big": role(allow("*")), "Small": role(allow("s3:GetObject"))}
    change = allow(["lambda:UpdateFunctionCode", "lambda:InvokeFunction"], {"Fn::GetAtt": ["F", "Arn"]})
    assert found(change, F=functions("Big"), **roles)
    assert not found(change, F=functions("Small"), **roles)


def test_an_administrator_is_one_after_denies_and_boundary() -> None:
    def admin(*statements: Json, boundary: list[Json] | None = None) -> bool:
        bound: dict[str, Any] = {} if boundary is None else {"PermissionsBoundary": {"Ref": "Bound"}}
        declared: Json = {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"PolicyDocument": {"Statement": boundary or []}},
        }
        system = system_of({"R": role(*statements, **bound), "Bound": declared})
        return system.grants(one_role(system)).admin

    assert admin(allow("*"))
    assert admin(allow("*"), deny("s3:DeleteBucket"))
    assert admin(allow("*"), deny("iam:*", "arn:aws:iam::123456789012:role/one"))
    assert admin(allow("*"), deny("*", Condition={"StringEquals": {"aws:RequestedRegion": "us-east-1"}}))
    assert not admin(allow("*"), deny("*"))
    assert not admin(allow("*"), deny("iam:*"))
    assert not admin(allow("*"), {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"})
    assert not admin(allow("*"), boundary=[allow("s3:*")])
    assert not admin(allow("*"), boundary=[allow("*"), deny("iam:*")])
    assert not admin(allow("*"), boundary=[{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}])
    assert admin(allow("*"), boundary=[allow("*")])
