"""What outsiders may do through access points of a bucket, and through its access control list."""

from __future__ import annotations

import pytest
from tests.analysis.access_roles import Json, allow, system_of

from casemate.analysis.access.proving.question import Proof
from casemate.analysis.access.proving.system import Prover

ACCOUNT = "111122223333"
POINT = f"arn:aws:s3:us-east-1:{ACCOUNT}:accesspoint/shared"
OPEN = dict.fromkeys(("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), False)
FOREIGN = {"AWS": "arn:aws:iam::444455556666:root"}


def bucket(**properties: object) -> Json:
    return {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "data", **properties}}


def delegation(**condition: object) -> Json:
    limits = condition or {"StringEquals": {"s3:DataAccessPointAccount": ACCOUNT}}
    statement = {**allow("s3:*", ["arn:aws:s3:::data", "arn:aws:s3:::data/*"]), "Principal": "*", "Condition": limits}
    return {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {"Bucket": {"Ref": "B"}, "PolicyDocument": {"Statement": [statement]}},
    }


def point(
    principal: object = None, *, action: str = "s3:GetObject", resource: str = f"{POINT}/object/*", **more: object
) -> Json:
    statement = {**allow(action, resource), "Principal": principal or FOREIGN}
    properties = {"Bucket": {"Ref": "B"}, "Name": "shared", "Policy": {"Statement": [statement]}, **more}
    return {"Type": "AWS::S3::AccessPoint", "Properties": properties}


def asked(who: str = "*", action: str = "s3:GetObject", **resources: Json) -> Proof:
    return Prover(system_of({"B": bucket(), "P": delegation(), **resources}), ACCOUNT).prove(who, action, "B")


def test_both_have_to_allow() -> None:
    proof = asked(A=point())
    assert proof.verdict == "reachable"
    assert proof.witness is not None
    assert proof.witness.context["s3:dataaccesspointaccount"] == (ACCOUNT,)
    assert asked(A=point(), action="s3:PutObject").verdict == "safe"
    closed = delegation(StringEquals={"s3:DataAccessPointAccount": "999999999999"})
    assert asked(A=point(), P=closed).verdict == "safe"
    assert asked(A=point({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})).verdict == "safe"


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({"principal": "*"}, "safe"),  # its block of public access is on from the start
        ({"principal": "*", "PublicAccessBlockConfiguration": OPEN}, "reachable"),
        ({"principal": "*", "PublicAccessBlockConfiguration": {**OPEN, "RestrictPublicBuckets": True}}, "safe"),
        (
            {"principal": "*", "PublicAccessBlockConfiguration": {**OPEN, "RestrictPublicBuckets": {"Ref": "X"}}},
            "unknown",
        ),
        ({"resource": f"{POINT}/object/reports/*"}, "reachable"),
        ({"resource": f"arn:aws:s3:us-east-1:{ACCOUNT}:accesspoint/other/object/*"}, "safe"),
    ],
)
def test_the_access_point_s_own_settings(more: dict[str, object], verdict: str) -> None:
    unblocked = bucket(PublicAccessBlockConfiguration=OPEN)
    assert asked(B=unblocked, A=point(**more)).verdict == verdict  # type: ignore[arg-type]


def test_a_vpc_is_the_only_network_of_an_access_point_that_has_one() -> None:
    inside = point(VpcConfiguration={"VpcId": "vpc-1"})
    proof = asked(A=inside)
    assert proof.witness is not None
    assert proof.witness.context["aws:sourcevpc"] == ("vpc-1",)
    internet = delegation(StringEquals={"s3:AccessPointNetworkOrigin": "Internet"})
    assert asked(A=inside, P=internet).verdict == "safe"
    assert asked(A=point(), P=internet, B=bucket(PublicAccessBlockConfiguration=OPEN)).verdict == "reachable"


@pytest.mark.parametrize(
    ("arn", "verdict"),
    [(f"arn:aws:s3:*:{ACCOUNT}:accesspoint/*", "reachable"), ("arn:aws:s3:*:*:accesspoint/*", "safe")],
)
def test_a_delegation_to_all_access_points_of_an_account_is_not_public(arn: str, verdict: str) -> None:
    delegated = delegation(StringLike={"s3:DataAccessPointArn": arn})
    assert asked(A=point(), P=delegated).verdict == verdict


def test_access_points_may_be_declared_elsewhere() -> None:
    proof = asked()
    assert proof.verdict == "unknown"
    assert "delegates to access points" in proof.because[0]


def test_a_bucket_without_access_control_lists_is_not_opened_by_one() -> None:
    opened = bucket(AccessControl="PublicRead", PublicAccessBlockConfiguration=OPEN)
    topic: Json = {"Type": "AWS::SNS::Topic", "Properties": {}}
    assert asked("anonymous", B=opened, P=topic).verdict == "unknown"
    opened["Properties"]["OwnershipControls"] = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}  # type: ignore[index]
    assert asked("anonymous", B=opened, P=topic).verdict == "safe"
