from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.analysis.access_roles import allow, deny, one_role, role, system_of

from casemate.analysis.access.catalogue import condition_keys, services
from casemate.analysis.access.linting import GLOBAL_KEYS, flaws, idle_actions, key_type, least_size
from casemate.analysis.system import System

if TYPE_CHECKING:
    from collections.abc import Mapping


def found(effect: str, actions: object, condition: Mapping[str, object]) -> list[str]:
    make = allow if effect == "Allow" else deny
    made = one_role(system_of({"R": role(make(actions, "*", Condition=condition))}))
    return [flaw.text for statement in made.statements for flaw in flaws(statement)]


@pytest.mark.parametrize(
    ("actions", "condition", "words"),
    [
        ("s3:GetObject", {"StringEqual": {"aws:RequestedRegion": "a"}}, "no condition operator StringEqual"),
        ("s3:GetObject", {"ForSomeValues:StringEquals": {"aws:TagKeys": "a"}}, "no condition operator"),
        ("s3:GetObject", {"Bool": {"aws:SecureTransprt": "true"}}, "did you mean aws:securetransport?"),
        ("s3:GetObject", {"StringEquals": {"s3:ExistingObjectTg/a": "b"}}, "s3 has no condition key"),
        ("s3:GetObject", {"StringEquals": {"SourceArn": "b"}}, "has no prefix"),
        ("s3:GetObject", {"IpAddress": {"aws:SourceVpc": "10.0.0.0/8"}}, "another type"),
        ("s3:GetObject", {"DateLessThan": {"aws:username": "2026-01-01"}}, "another type"),
        ("s3:GetObject", {"StringLike": {"s3:prefix": "home/*"}}, "no request for s3:GetObject carries s3:prefix"),
        ("sqs:SendMessage", {"StringEquals": {"kms:EncryptionContext:a": "b"}}, "no request for sqs:SendMessage"),
        ("s3:GetObject", {"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/a"}}, "a pattern needs StringLike"),
        (
            "s3:*",
            {"StringEquals": {"aws:RequestedRegion": "a"}, "StringEqualsIgnoreCase": {"aws:RequestedRegion": "b"}},
            "",
        ),
        ("s3:*", {"Null": {"aws:SourceVpc": "true"}, "StringEquals": {"aws:SourceVpc": "vpc-1"}}, "must be missing"),
    ],
)
def test_a_condition_that_cannot_hold(actions: object, condition: Mapping[str, object], words: str) -> None:
    assert [text for text in found("Allow", actions, condition) if words in text] or words == ""


@pytest.mark.parametrize(
    ("actions", "condition"),
    [
        ("s3:ListBucket", {"StringLike": {"s3:prefix": ["home/*"]}}),
        ("s3:*", {"StringLike": {"s3:prefix": "home/*"}}),
        ("s3:GetObject", {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}),
        ("s3:GetObject", {"StringEqualsIfExists": {"s3:prefix": "a"}}),
        ("secretsmanager:GetSecretValue", {"StringEquals": {"secretsmanager:ResourceTag/App": "shop"}}),
        ("dynamodb:Query", {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": "${aws:PrincipalTag/id}"}}),
        ("sts:AssumeRoleWithWebIdentity", {"StringEquals": {"token.actions.githubusercontent.com:sub": "repo:a/b"}}),
        ("s3:GetObject", {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}),
        ("s3:GetObject", {"DateGreaterThan": {"aws:EpochTime": "1"}}),
        ("s3:GetObject", {"StringEquals": {"aws:ANewKeyOfTomorrow": "a"}}),
        ("s3:GetObject", {"StringLike": {"aws:SourceArn": "arn:aws:s3:::*"}}),
        ("s3:GetObject", {"StringEquals": {"aws:userid": {"Ref": "Parameter"}}}),
        ("kms:Decrypt", {"StringEquals": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::shop"}}),
        ("states:InvokeHTTPEndpoint", {"StringEquals": {"states:HTTPMethod": "GET"}}),
        ("lambda:InvokeFunction", {"StringEquals": {"ec2:SourceInstanceArn": "arn:aws:ec2:eu-west-1:1:instance/i"}}),
    ],
)
def test_a_condition_that_may_hold_is_left_alone(actions: object, condition: Mapping[str, object]) -> None:
    assert found("Allow", actions, condition) == []


def test_two_sets_without_a_common_value_contradict() -> None:
    condition = {
        "StringEquals": {"aws:RequestedRegion": "eu-west-1"},
        "ForAnyValue:StringEquals": {"aws:RequestedRegion": "eu-north-1"},
    }
    assert found("Allow", "s3:*", condition) == []


def test_every_key_of_the_catalogue_has_its_type() -> None:
    for service in ("s3", "dynamodb", "kms", "lambda", "ec2", "sqs"):
        assert service in services()
        for key in condition_keys(service):
            assert key_type(key.replace("${TagKey}", "a").replace("<key>", "a").lower()) is not None, key
    assert all(key == key.lower() for key in GLOBAL_KEYS)


def idle(resources: dict[str, object], name: str = "R") -> list[str]:
    system: System = system_of(resources)
    return [
        term.text
        for statement in one_role(system, name).statements
        for term in idle_actions(statement, system.inventory)
    ]


def test_actions_whose_resource_is_not_among_these() -> None:
    bucket = {"Fn::GetAtt": ["B", "Arn"]}
    assert idle({"R": role(allow(["s3:GetObject", "s3:ListBucket"], "arn:aws:s3:::shop"))}) == ["s3:GetObject"]
    assert idle({"R": role(allow(["s3:GetObject", "s3:ListBucket"], "arn:aws:s3:::shop*"))}) == []
    assert idle({"B": {"Type": "AWS::S3::Bucket"}, "R": role(allow(["s3:PutObject", "s3:ListBucket"], bucket))}) == [
        "s3:PutObject"
    ]
    assert idle({"R": role(allow("sqs:SendMessage", "arn:aws:sns:eu-west-1:123456789012:a"))}) == ["sqs:SendMessage"]
    assert idle({"R": role(allow("sns:ListTopics", "arn:aws:sns:*:*:*"))}) == []
    assert idle({"R": role(allow("s3:ListAllMyBuckets", "arn:aws:s3:::shop"))}) == ["s3:ListAllMyBuckets"]
    assert idle({"R": role(allow("s3:GetObject", {"Ref": "Parameter"}))}) == []
    assert idle({"R": role(allow("s3:GetObject", "*"))}) == []
    assert idle({"R": role(allow("s3:Future", "arn:aws:s3:::shop"))}) == []
    objects = {"Fn::Sub": "arn:${AWS::Partition}:s3:::shop/*"}
    assert idle({"R": role(allow(["s3:GetObject", "sqs:SendMessage"], objects))}) == ["sqs:SendMessage"]


def test_the_size_of_a_document_is_a_lower_bound() -> None:
    resources = [f"arn:aws:s3:::bucket-number-{number:04}/*" for number in range(50)]
    made = one_role(system_of({"R": role(allow(["s3:GetObject", "s3:PutObject"], resources))}))
    document = {"Version": "2012-10-17", "Statement": [allow(["s3:GetObject", "s3:PutObject"], resources)]}
    real = len(json.dumps(document, separators=(",", ":")))
    assert real * 0.9 < least_size(made.statements) <= real
