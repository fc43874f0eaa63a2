"""Control policies of the organisation in proofs and paths: attached for certain, perhaps, elsewhere, to nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from tests.analysis.access.reach.test_reach import TABLE, arn, function
from tests.analysis.access_roles import Json, allow, deny, one_role, role, system_of

from casemate.analysis.access.climbing import climbs
from casemate.analysis.access.organizations import given
from casemate.analysis.access.proving.question import Proof
from casemate.analysis.access.proving.system import Prover
from casemate.analysis.access.reach.facts import Fact
from casemate.analysis.access.reach.rules import Rules
from casemate.analysis.system import System
from casemate.cli.access.decide import policies_in
from casemate.cli.main import main
from casemate.inventory.build import build
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

ACCOUNT = "111122223333"


def control(*statements: Json, kind: str = "SERVICE_CONTROL_POLICY", targets: object = ("r-ab12",)) -> Json:
    content = {"Version": "2012-10-17", "Statement": list(statements)}
    ids = list(targets) if isinstance(targets, tuple) else targets
    properties = {"Name": "guard", "Type": kind, "Content": content, "TargetIds": ids}
    return {"Type": "AWS::Organizations::Policy", "Properties": properties}


def asked(policy: Json, action: str = "dynamodb:DeleteTable", **more: Json) -> Proof:
    resources = {"R": role(allow("dynamodb:*", arn("T"))), "T": TABLE, "F": function(), "P": policy, **more}
    return Prover(system_of(resources)).prove("R", action, "T")


NO_DELETE = deny("dynamodb:DeleteTable")


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        (control(NO_DELETE), "safe"),
        (control(NO_DELETE, targets=(ACCOUNT,)), "safe"),
        (control(NO_DELETE, targets=("999999999999",)), "reachable"),
        (control(NO_DELETE, targets=()), "reachable"),
        (control(NO_DELETE, targets=("ou-ab12-abcdefgh",)), "unknown"),
        (control(NO_DELETE, targets=[{"Ref": "Parameter"}]), "unknown"),
        (control(NO_DELETE, targets=[{"Fn::GetAtt": ["Org", "RootId"]}]), "safe"),
        (control(deny("s3:*")), "reachable"),
        (control(deny("*", Condition={"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}})), "reachable"),
        (control(NO_DELETE, kind="TAG_POLICY"), "reachable"),
        # an allow list limits only where FullAWSAccess was taken away
        (control(allow("s3:*")), "unknown"),
        (control(allow("*")), "reachable"),
        (control(allow("dynamodb:*")), "reachable"),
        # resource control policies: supported services only
        (control({**NO_DELETE, "Principal": "*"}, kind="RESOURCE_CONTROL_POLICY"), "safe"),
    ],
)
def test_a_control_policy_binds_by_what_it_is_attached_to(policy: Json, verdict: str) -> None:
    proof = asked(policy, Org={"Type": "AWS::Organizations::Organization", "Properties": {}})
    if policy["Properties"]["Type"] == "RESOURCE_CONTROL_POLICY":  # type: ignore[index]
        from casemate.analysis.access.catalogue import supports_rcp

        verdict = "safe" if supports_rcp("dynamodb") else "reachable"
    assert proof.verdict == verdict
    if verdict == "unknown":
        assert "guard" in " ".join(proof.because) or "P" in " ".join(proof.because)


def test_what_may_bind_is_told() -> None:
    because = asked(control(NO_DELETE, targets=("ou-ab12-abcdefgh",))).because
    assert "whether service control policy P binds the account: it is attached to ou-ab12-abcdefgh" in because[0]


def test_paths_and_escalation_end_at_a_control_policy() -> None:
    resources: Json = {"R": role(allow("dynamodb:*", arn("T"))), "T": TABLE, "F": function()}
    source = Fact("acts", "t.json#R")
    assert {edge.kind for edge in Rules(system_of(resources)).leaving(source)} == {"can-read", "can-write"}
    resources["P"] = control(
        deny(["dynamodb:Get*", "dynamodb:Q*", "dynamodb:S*", "dynamodb:Batch*", "dynamodb:PartiQL*"])
    )
    assert {edge.kind for edge in Rules(system_of(resources)).leaving(source)} == {"can-write"}
    climber: Json = {"R": role(allow("iam:PutRolePolicy"))}
    system = system_of(climber)
    assert climbs(one_role(system), system)
    system = system_of({**climber, "P": control(deny("iam:*"))})
    assert not climbs(one_role(system), system)


TERRAFORM = """
resource "aws_iam_role" "r" {
  name = "r"
  assume_role_policy = jsonencode({Statement = [{Effect = "Allow", Principal = {Service = "lambda.amazonaws.com"}, Action = "sts:AssumeRole"}]})
}
resource "aws_iam_role_policy" "p" {
  role = aws_iam_role.r.id
  policy = jsonencode({Version = "2012-10-17", Statement = [{Effect = "Allow", Action = "s3:*", Resource = "*"}]})
}
resource "aws_s3_bucket" "b" { bucket = "data" }
resource "aws_organizations_organization" "org" {}
resource "aws_organizations_policy" "guard" {
  name    = "guard"
  content = jsonencode({Version = "2012-10-17", Statement = [{Effect = "Deny", Action = "s3:DeleteBucket", Resource = "*"}]})
}
resource "aws_organizations_policy_attachment" "guard" {
  policy_id = aws_organizations_policy.guard.id
  target_id = TARGET
}
"""


@pytest.mark.parametrize(
    ("target", "verdict"),
    [
        ("aws_organizations_organization.org.roots[0].id", "safe"),
        ('"ou-ab12-abcdefgh"', "unknown"),
        ('"999999999999"', "reachable"),
    ],
)
def test_terraform_attaches_with_a_resource_of_its_own(target: str, verdict: str) -> None:
    tree = MemoryTree({"main.tf": TERRAFORM.replace("TARGET", target).encode()})
    system = System(build(discover(tree, Options()).readings), date(2026, 11, 24))
    assert Prover(system).prove("r", "s3:DeleteBucket", "data").verdict == verdict
    assert Prover(system).prove("r", "s3:ListBucket", "data").verdict == "reachable"


def test_a_given_organisation_applies_to_the_scanned_system(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    full = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    organisation = {"scps": [[full, {"Statement": [NO_DELETE]}]]}
    (tmp_path / "org.json").write_text(json.dumps(organisation), "utf-8")
    resources = {"R": role(allow("dynamodb:*", arn("T"))), "T": TABLE, "F": function()}
    template = json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "t.json").write_text(template, "utf-8")
    asked = ["--no", "R", "dynamodb:DeleteTable", "T", str(tmp_path / "app")]
    assert main(["access", "prove", *asked]) == 1
    assert main(["access", "prove", "--policies", str(tmp_path / "org.json"), *asked]) == 0
    capsys.readouterr()
    limits = given(policies_in(str(tmp_path / "org.json")))
    assert limits.certain is limits.possible
    paths = ["access", "paths", "--policies", str(tmp_path / "org.json"), "--from", "F", str(tmp_path / "app")]
    assert main(paths) == 0
    assert "can write to table T" in capsys.readouterr().out
    (tmp_path / "other.json").write_text(json.dumps({"Statement": [NO_DELETE]}), "utf-8")
    assert main([*paths[:3], str(tmp_path / "other.json"), *paths[4:]]) == 2


def test_an_outsider_is_not_bound_by_the_scanned_organisation() -> None:
    resources: Json = {
        "Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q"}},
        "QP": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {
                "Queues": [{"Ref": "Q"}],
                "PolicyDocument": {"Statement": [{**allow("sqs:SendMessage"), "Principal": "*"}]},
            },
        },
        "P": control(deny("sqs:*")),
    }
    assert Prover(system_of(resources)).prove("*", "sqs:SendMessage", "Q").verdict == "reachable"
    resources["P"] = control({**deny("sqs:*"), "Principal": "*"}, kind="RESOURCE_CONTROL_POLICY")
    assert Prover(system_of(resources)).prove("*", "sqs:SendMessage", "Q").verdict == "safe"
