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
