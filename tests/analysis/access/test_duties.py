from __future__ import annotations

import pytest
from tests.analysis.access_roles import allow, deny, one_role, role, system_of

from casemate.analysis.access.catalogue import is_known
from casemate.analysis.access.duties import PAIRS, configured, together
from casemate.errors import ConfigurationError


def pairs_of(*statements: dict[str, object], options: dict[str, object] | None = None) -> list[str]:
    system = system_of({"R": role(*statements)})
    return [found.pair.name for found in together(system.grants(one_role(system)), configured(options or {}))]


def test_pairs_are_judged_over_all_policies() -> None:
    code, approve = allow("lambda:UpdateFunctionCode"), allow("codepipeline:PutApprovalResult")
    assert pairs_of(code) == []
    assert pairs_of(approve) == []
    assert pairs_of(code, approve) == ["code-and-approval"]
    assert pairs_of(code, approve, deny("lambda:*")) == []
    assert pairs_of(allow("dynamodb:Put*"), allow("logs:Delete*")) == ["data-and-traces"]
    assert pairs_of(allow(["kms:Decrypt", "kms:ScheduleKeyDeletion"])) == ["key-use-and-administration"]


def test_wildcards_over_a_service_and_administrators_are_other_findings() -> None:
    assert pairs_of(allow("dynamodb:PutItem"), allow("logs:*")) == []
    assert pairs_of(allow("*")) == []


BUCKET = "arn:aws:s3:::shop/*"
TABLE = "arn:aws:dynamodb:eu-west-1:111122223333:table/t"


@pytest.mark.parametrize(
    ("resources", "found"),
    [
        (BUCKET, False),
        ([BUCKET, "arn:${AWS::Partition}:s3:::other/*"], False),
        ([BUCKET, "arn:aws:logs:*"], True),
        ([BUCKET, "arn:aws:lo*"], True),
        ([BUCKET, "arn:aws*:x:*"], True),
        ([BUCKET, "arn:aws:s*:x"], False),
        ([BUCKET, {"Ref": "Unknown"}], True),
    ],
)
def test_everything_on_one_bucket_is_no_right_over_another_service(resources: object, *, found: bool) -> None:
    """IAM User Guide, "IAM JSON policy elements: Resource": a `*` in it crosses colons."""
    assert ("data-and-traces" in pairs_of(allow("*", resources))) is found


def test_a_grant_that_reaches_stands_behind_one_that_does_not() -> None:
    writes, wide = allow("dynamodb:PutItem", TABLE), allow("*", BUCKET)
    assert pairs_of(writes, wide) == []
    assert pairs_of(wide, writes, allow("logs:DeleteLogGroup")) == ["data-and-traces"]


@pytest.mark.parametrize(
    ("type_", "action", "found"),
    [
        ("AWS::RDS::DBCluster", "rds-data:ExecuteStatement", ["data-and-traces"]),
        ("AWS::S3::Bucket", "rds-data:ExecuteStatement", []),
        ("AWS::S3::Bucket", "s3:PutObject", ["data-and-traces"]),
    ],
)
def test_a_reference_is_of_the_service_of_what_it_names(type_: str, action: str, found: list[str]) -> None:
    policy = role(allow(action, {"Fn::GetAtt": ["Thing", "Arn"]}), allow("logs:DeleteLogGroup"))
    system = system_of({"R": policy, "Thing": {"Type": type_, "Properties": {}}})
    assert [each.pair.name for each in together(system.grants(one_role(system)), PAIRS)] == found


def test_the_configuration_adds_and_takes_away() -> None:
    extra = {"name": "pay", "first": ["dynamodb:PutItem"], "second": ["states:SendTaskSuccess"]}
    statements = allow("dynamodb:PutItem"), allow("states:SendTaskSuccess"), allow("logs:DeleteLogGroup")
    assert pairs_of(*statements) == ["data-and-traces"]
    assert pairs_of(*statements, options={"pairs": [extra]}) == ["data-and-traces", "pay"]
    assert pairs_of(*statements, options={"pairs": [extra], "without": ["data-and-traces"]}) == ["pay"]


@pytest.mark.parametrize("pairs", ["a", [{}], [{"name": "a"}], [{"name": "a", "first": [], "second": ["b:c"]}], [7]])
def test_a_pair_that_cannot_be_read_is_an_error(pairs: object) -> None:
    with pytest.raises(ConfigurationError):
        configured({"pairs": pairs})


def test_the_actions_of_the_pairs_exist() -> None:
    for pair in PAIRS:
        for action in (*pair.first_actions, *pair.second_actions):
            assert ":" not in action or is_known(action), action
