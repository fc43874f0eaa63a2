"""Findings on grants that are too wide say what the grant should be, where the code could be followed."""

from __future__ import annotations

from datetime import date

import pytest
from tests.analysis.access.needs.needs_applications import sam, system

from casemate.analysis.system import System
from casemate.engine.catalogue import listings
from casemate.engine.running import run

CODE = "import boto3, os\ndef handler(event, context):\n    boto3.resource('dynamodb').Table(os.environ['TABLE']).get_item(Key={})\n"
DYNAMIC = CODE.replace(".get_item(Key={})", "; getattr(boto3.client('s3'), event['x'])()")
GRANTS = {
    "wildcard-action": "{Effect: Allow, Action: 'dynamodb:*', Resource: !GetAtt Orders.Arn}",
    "wildcard-resource": "{Effect: Allow, Action: 'dynamodb:GetItem', Resource: '*'}",
    "admin-policy": "{Effect: Allow, Action: '*', Resource: '*'}",
    "unused-permission": "{Effect: Allow, Action: ['dynamodb:GetItem', 'dynamodb:DeleteItem'], Resource: !GetAtt Orders.Arn}",
}  # fmt: skip


def fixes(rule: str, code: str) -> list[str | None]:
    files = sam(code)
    files["template.yaml"] += f"      Policies:\n        - Statement:\n            - {GRANTS[rule]}\n"
    listing = next(one for one in listings() if one.name == rule)
    found = run(system(files), [listing]).findings
    return [fix.text for one in found for fix in one.fixes]


@pytest.mark.parametrize("rule", GRANTS)
def test_the_statement_as_it_should_be(rule: str) -> None:
    (text,) = fixes(rule, CODE)
    assert text is not None
    assert text.splitlines()[:8] == [
        "# src/app.py:3", "- Sid: DynamodbOrders", "  Effect: Allow", "  Action:", "    - dynamodb:GetItem", "  Resource:",
        "    - !GetAtt Orders.Arn", *text.splitlines()[7:8],
    ]  # fmt: skip


@pytest.mark.parametrize("rule", ["wildcard-action", "wildcard-resource", "admin-policy"])
def test_nothing_is_proposed_where_the_code_cannot_be_followed(rule: str) -> None:
    assert fixes(rule, DYNAMIC) == []


def test_a_rule_that_is_not_about_needs_does_not_read_code() -> None:
    made = system(sam(CODE))
    listing = next(one for one in listings() if one.name == "shared-role")
    run(made, [listing])
    assert "code_facts" not in vars(made)
    assert isinstance(made, System)
    assert made.today == date(2026, 6, 1)
