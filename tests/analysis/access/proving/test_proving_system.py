"""Proofs about a scanned system: names, references, generated names, boundaries, what cannot be resolved."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.analysis.access_roles import Json, allow, deny, role, system_of

from casemate.analysis.access.proving.question import Proof
from casemate.analysis.access.proving.system import Prover
from casemate.errors import UsageError

BUCKET: Json = {"Type": "AWS::S3::Bucket", "Properties": {}}
TABLE: Json = {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": "orders"}}
OBJECTS: Json = {"Fn::Sub": "${Data.Arn}/*"}
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


def asked(resources: Mapping[str, object], principal: str, action: str, resource: str) -> Proof:
    return Prover(system_of(resources)).prove(principal, action, resource)


def function(**more: object) -> Json:
    code: Json = {"ZipFile": "x"}
    properties = {"Handler": "i.h", "Runtime": "python3.13", "Role": {"Fn::GetAtt": ["R", "Arn"]}, "Code": code, **more}
    return {"Type": "AWS::Lambda::Function", "Properties": properties}


def test_a_reference_is_the_thing_itself() -> None:
    system = {"R": role(allow("s3:GetObject", OBJECTS)), "Data": BUCKET, "Other": BUCKET, "F": function()}
    assert asked(system, "R", "s3:GetObject", "Data").verdict == "reachable"
    assert asked(system, "F", "s3:GetObject", "Data").verdict == "reachable", "a function stands for its role"
    assert asked(system, "F", "s3:GetObject", "Other").verdict == "safe"
    assert asked(system, "F", "s3:PutObject", "Data").verdict == "safe"
    assert asked(system, "F", "s3:ListBucket", "Data").verdict == "safe"


def test_the_statement_is_told_with_its_place() -> None:
    proof = asked({"R": role(allow("dynamodb:*")), "T": TABLE}, "R", "dynamodb:DeleteTable", "orders")
    assert proof.witness is not None
    assert proof.witness.resource == "arn:aws:dynamodb:us-east-1:111122223333:table/orders"
    (statement,) = proof.witness.statements
    assert statement.statement.at is not None
    assert statement.statement.at.path == "t.json"


def test_a_name_that_deployment_makes_up_may_be_covered_by_a_pattern() -> None:
    literal = {"R": role(allow("s3:GetObject", "arn:aws:s3:::app-*/*")), "Data": BUCKET}
    proof = asked(literal, "R", "s3:GetObject", "Data")
    assert proof.verdict == "unknown"
    assert "name is not written out" in proof.because[0]
    named = {**literal, "Data": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "data"}}}
    assert asked(named, "R", "s3:GetObject", "Data").verdict == "safe"
    anything = {"R": role(allow("s3:GetObject", "arn:aws:s3:::*/*")), "Data": BUCKET}
    assert asked(anything, "R", "s3:GetObject", "Data").verdict == "reachable"


def test_what_is_not_resolved_is_neither_allowed_nor_denied() -> None:
    parameter: Json = {"Ref": "Unknown"}
    allowed = {"R": role(allow("dynamodb:GetItem", parameter)), "T": TABLE}
    proof = asked(allowed, "R", "dynamodb:GetItem", "orders")
    assert proof.verdict == "unknown"
    assert "is not resolved" in proof.because[0]
    assert asked(allowed, "R", "dynamodb:PutItem", "orders").verdict == "safe"
    denied = {"R": role(allow("dynamodb:*"), deny("dynamodb:Get*", parameter)), "T": TABLE}
    assert asked(denied, "R", "dynamodb:GetItem", "orders").verdict == "unknown"
    assert asked(denied, "R", "dynamodb:PutItem", "orders").verdict == "reachable"
    conditional = {"R": role(allow("*", Condition={"StringEquals": {"aws:PrincipalTag/a": parameter}})), "T": TABLE}
    assert asked(conditional, "R", "dynamodb:GetItem", "orders").verdict == "unknown"


def test_managed_policies_are_read_and_unknown_ones_said() -> None:
    assert asked({"R": role(ManagedPolicyArns=[ADMIN]), "T": TABLE}, "R", "dynamodb:*", "T").verdict == "reachable"
    own = "arn:aws:iam::123456789012:policy/own"
    proof = asked({"R": role(ManagedPolicyArns=[own]), "T": TABLE}, "R", "dynamodb:*", "T")
    assert proof.verdict == "unknown"
    assert own in proof.because[0]


def test_boundaries_bound_declared_ones_too() -> None:
    def bounded(*statements: Json) -> str:
        policy: Json = {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"PolicyDocument": {"Statement": list(statements)}},
        }
        resources = {"R": role(allow("*"), PermissionsBoundary={"Ref": "B"}), "B": policy, "T": TABLE}
        return asked(resources, "R", "dynamodb:GetItem", "T").verdict

    assert bounded(allow("s3:*")) == "safe"
    assert bounded(allow("*")) == "reachable"
    assert bounded(allow("*"), deny("dynamodb:*")) == "safe"
    unknown = {"R": role(allow("*"), PermissionsBoundary="arn:aws:iam::123456789012:policy/b"), "T": TABLE}
    assert asked(unknown, "R", "dynamodb:GetItem", "T").verdict == "unknown"


def test_a_user_has_what_its_groups_have() -> None:
    inline = [{"PolicyName": "p", "PolicyDocument": {"Statement": [allow("dynamodb:GetItem")]}}]
    group: Json = {"Type": "AWS::IAM::Group", "Properties": {"Policies": inline}}
    user: Json = {"Type": "AWS::IAM::User", "Properties": {"Groups": [{"Ref": "G"}]}}
    assert asked({"U": user, "G": group, "T": TABLE}, "U", "dynamodb:GetItem", "T").verdict == "reachable"
    assert (
        asked({"U": {**user, "Properties": {}}, "G": group, "T": TABLE}, "U", "dynamodb:GetItem", "T").verdict == "safe"
    )


def queue(*statements: Json) -> Json:
    policy: Json = {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {"Queues": [{"Ref": "Q"}], "PolicyDocument": {"Statement": list(statements)}},
    }
    return {"Q": {"Type": "AWS::SQS::Queue", "Properties": {}}, "P": policy}


def test_who_outside_may_reach_a_thing() -> None:
    mine: Json = {"Fn::GetAtt": ["Q", "Arn"]}
    assert (
        asked(queue(allow("sqs:SendMessage", mine, Principal="*")), "*", "sqs:SendMessage", "Q").verdict == "reachable"
    )
    pinned = allow("sqs:*", mine, Principal="*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})
    assert asked(queue(pinned), "*", "sqs:SendMessage", "Q").verdict == "safe"
    partner = allow("sqs:SendMessage", mine, Principal={"AWS": "arn:aws:iam::222222222222:root"})
    assert asked(queue(partner), "*", "sqs:SendMessage", "Q").verdict == "reachable"
    assert asked(queue(partner), "anonymous", "sqs:SendMessage", "Q").verdict == "safe"
    assert asked(queue(partner), "*", "sqs:*", "*").verdict == "reachable"


def test_a_role_that_a_queue_names_needs_no_policy_of_its_own() -> None:
    named = allow("sqs:SendMessage", {"Fn::GetAtt": ["Q", "Arn"]}, Principal={"AWS": {"Fn::GetAtt": ["R", "Arn"]}})
    assert asked({**queue(named), "R": role()}, "R", "sqs:SendMessage", "Q").verdict == "reachable"
    assert asked({**queue(named), "R": role(), "S": role()}, "S", "sqs:SendMessage", "Q").verdict == "safe"


def test_assuming_needs_the_trust_of_the_role() -> None:
    trust = {
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": {"Fn::GetAtt": ["R", "Arn"]}}, "Action": "sts:AssumeRole"}
        ]
    }
    trusting = role(AssumeRolePolicyDocument=trust)
    assert asked({"R": role(allow("sts:AssumeRole")), "T": trusting}, "R", "sts:AssumeRole", "T").verdict == "reachable"
    assert asked({"R": role(allow("sts:AssumeRole")), "T": role()}, "R", "sts:AssumeRole", "T").verdict == "safe"


def test_a_public_function_url_and_a_public_acl() -> None:
    url: Json = {"Type": "AWS::Lambda::Url", "Properties": {"TargetFunctionArn": {"Ref": "F"}, "AuthType": "NONE"}}
    kinds: dict[str, Json] = {
        "A": {"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"},
        "B": {"Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True},
    }
    permits = {
        name: {
            "Type": "AWS::Lambda::Permission",
            "Properties": {"FunctionName": {"Ref": "F"}, "Principal": "*", **more},
        }
        for name, more in kinds.items()
    }
    system = {"R": role(), "F": function(), "U": url, **permits}
    assert asked(system, "anonymous", "lambda:InvokeFunctionUrl", "F").verdict == "reachable"
    acl: Json = {"Type": "AWS::S3::Bucket", "Properties": {"AccessControl": "PublicRead"}}
    assert asked({"Data": acl}, "anonymous", "s3:ListBucket", "Data").verdict != "safe"


def test_what_is_not_there_is_said() -> None:
    system = {"R": role(), "F": function(Role="arn:aws:iam::123456789012:role/elsewhere")}
    for principal, action, resource in (
        ("nobody", "s3:GetObject", "*"),
        ("R", "GetObject", "*"),
        ("R", "s3:GetObject", "nothing"),
        ("F", "s3:GetObject", "*"),
    ):
        with pytest.raises(UsageError) as caught:
            asked(system, principal, action, resource)
        assert caught.value.hint
