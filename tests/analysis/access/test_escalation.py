"""Escalation paths: each fires with all it requires, and with nothing less."""

import pytest

from casemate.analysis.access import catalogue
from casemate.analysis.access.escalation import ESCALATIONS, Escalation, Requirement, matching

BY_ID = {path.id: path for path in ESCALATIONS}
TWINS = [(path, missing) for path in ESCALATIONS for missing in sorted(path.actions)]


def test_the_table_is_whole() -> None:
    assert len(ESCALATIONS) == len(BY_ID) == 65
    assert len({path.reference for path in ESCALATIONS}) == 65
    assert len({path.name for path in ESCALATIONS}) == 65
    assert sum(len(path.requires) for path in ESCALATIONS) == 132
    assert len(TWINS) == 132


@pytest.mark.parametrize("path", ESCALATIONS, ids=lambda path: path.id)
def test_a_path_fires_with_all_its_requirements(path: Escalation) -> None:
    assert path in matching(path.actions.__contains__)


@pytest.mark.parametrize(("path", "missing"), TWINS, ids=lambda value: value if isinstance(value, str) else value.id)
def test_a_path_does_not_fire_without_one_of_them(path: Escalation, missing: str) -> None:
    assert path not in matching((catalogue.expand("*") - {missing}).__contains__)


def test_nothing_fires_on_nothing_and_all_on_everything() -> None:
    assert matching(lambda _: False) == []
    assert matching(lambda _: True) == list(ESCALATIONS)


def test_rights_from_several_policies_add_up() -> None:
    granted = catalogue.expand("lambda:Create*") | catalogue.expand("lambda:Invoke*") | {"iam:PassRole"}
    assert {path.id for path in matching(granted.__contains__)} == {"lambda-create-and-invoke", "lambda-create-and-map"}


@pytest.mark.parametrize("path", ESCALATIONS, ids=lambda path: path.id)
def test_a_path_is_well_formed(path: Escalation) -> None:
    assert path.id == path.id.lower().replace(" ", "-")
    assert all(catalogue.expand(action) == {action} for action in path.actions), "actions as AWS writes them"
    assert path.category in {"new-passrole", "existing-passrole", "principal-access", "self-escalation"}
    for requirement in path.requires:
        assert requirement.on
        assert (requirement.action == "iam:PassRole") is (requirement.passed_to is not None)
        if requirement.passed_to and path.trusts:
            assert requirement.passed_to in path.trusts
    if path.variant_of:
        assert BY_ID[path.variant_of].actions & path.actions


def test_a_path_in_full() -> None:
    path = BY_ID["lambda-create-and-invoke"]
    assert path.requires == (
        Requirement("iam:PassRole", "role", "lambda.amazonaws.com"),
        Requirement("lambda:CreateFunction", "new:function"),
        Requirement("lambda:InvokeFunction", "new:function"),
    )
    assert path.trusts == ("lambda.amazonaws.com",)
    assert path.passes_role
    assert path.privileged == "role"
    assert BY_ID["datapipeline-create-pipeline"].trusts == (
        "datapipeline.amazonaws.com",
        "elasticmapreduce.amazonaws.com",
    )
    assert BY_ID["sts-assume-role"].trusts == ()
    assert not BY_ID["cloudformation-execute-change-set"].passes_role
    assert BY_ID["iam-put-policy-on-own-role"].privileged is None
