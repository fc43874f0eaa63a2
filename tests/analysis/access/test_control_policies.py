"""Control policies as they are declared, and how much of them AWS counts."""

from __future__ import annotations

import json

import pytest
from tests.analysis.access.test_organizations import NO_DELETE, control
from tests.analysis.access_roles import Json, deny, system_of

from casemate.analysis.access.control_policies import CONTROL_LIMITS, ControlPolicy, control_policies
from casemate.analysis.access.linting import least_size
from casemate.model.value import display


def policies(resources: Json) -> list[ControlPolicy]:
    inventory = system_of(resources).inventory
    return [found for stack in inventory.stacks for found in control_policies(stack, inventory)]


@pytest.mark.parametrize(
    ("kind", "read"),
    [("SERVICE_CONTROL_POLICY", "scp"), ("RESOURCE_CONTROL_POLICY", "rcp"), ("TAG_POLICY", None), ("Typo", None)],
)
def test_the_type_says_what_a_policy_controls(kind: str, read: str | None) -> None:
    assert [found.kind for found in policies({"P": control(NO_DELETE, kind=kind)})] == ([read] if read else [])


def test_one_that_is_attached_to_nothing_is_read_too() -> None:
    (found,) = policies({"P": control(NO_DELETE, targets=())})
    assert found.targets == ()
    assert [statement.effect for statement in found.statements] == ["Deny"]
    (found,) = policies({"P": control(NO_DELETE, targets=("r-ab12", "ou-ab12-abcdefgh"))})
    assert [display(target) for target in found.targets] == ["r-ab12", "ou-ab12-abcdefgh"]


def test_white_space_counts_in_a_document_that_is_written_as_text() -> None:
    """Organizations User Guide, "SCP syntax": all characters count against the maximum size."""
    document = {"Version": "2012-10-17", "Statement": [NO_DELETE]}
    compact = json.dumps(document, separators=(",", ":"))
    spaced = json.dumps(document, indent=40)
    sizes = []
    for content in (document, compact, spaced):
        policy = control(NO_DELETE)
        policy["Properties"]["Content"] = content  # type: ignore[index]
        (found,) = policies({"P": policy})
        sizes.append(found.text_size)
        assert least_size(found.statements) == len(compact)
    assert sizes == [0, len(compact), len(spaced)]


@pytest.mark.parametrize(
    "statement",
    [
        deny("dynamodb:DeleteTable"),
        deny(["s3:Get*", "s3:Put*"], ["arn:aws:s3:::a", "arn:aws:s3:::b/*"], Sid="Two", Principal="*"),
        deny(
            "*",
            Condition={"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-west-3"], "aws:SourceVpc": "v"}},
        ),
        deny("*", Condition={"Bool": {"aws:SecureTransport": False}, "NumericLessThan": {"s3:TlsVersion": 12}}),
        {"Effect": "Deny", "NotAction": "s3:*", "NotResource": "*", "NotPrincipal": {"AWS": ["1", "2"]}},
    ],
)
def test_the_least_size_is_no_larger_than_the_shortest_text_and_close_to_it(statement: Json) -> None:
    document = {"Version": "2012-10-17", "Statement": [statement, statement]}
    shortest = len(json.dumps(document, separators=(",", ":")))
    (found,) = policies({"P": control(statement, statement)})
    assert shortest - 40 < least_size(found.statements) <= shortest


def test_the_quotas_are_those_of_the_page() -> None:
    """Organizations User Guide, "Quotas and service limits", after the change of 15 May 2026."""
    assert CONTROL_LIMITS == {"scp": (10_240, 10), "rcp": (5_120, 5)}
