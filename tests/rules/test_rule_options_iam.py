"""Rules that the configuration tells more than the template does."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from casemate.analysis.system import System
from casemate.engine.catalogue import listings
from casemate.engine.running import run
from casemate.inventory.build import build
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.model.finding import Finding

TEMPLATE = b"""
Resources:
  Queue:
    Type: AWS::SQS::Queue
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Queue]
      PolicyDocument:
        Statement:
          - {Effect: Allow, Principal: {AWS: "999988887777"}, Action: sqs:SendMessage, Resource: "*"}
          - {Effect: Allow, Principal: {AWS: "111122223333"}, Action: sqs:SendMessage, Resource: "*"}
          - Effect: Allow
            Principal: "*"
            Action: sqs:ReceiveMessage
            Resource: "*"
            Condition: {StringEquals: {aws:PrincipalOrgID: o-zzzzzzzzzz}}
  Partner:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - {Effect: Allow, Principal: {AWS: "arn:aws:iam::999988887777:role/ci"}, Action: sts:AssumeRole}
      Policies:
        - PolicyName: pay
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: [dynamodb:PutItem, states:SendTaskSuccess], Resource: "*"}
"""


def findings(rule: str, options: Mapping[str, object]) -> list[Finding]:
    (listing,) = [each for each in listings() if each.name == rule]
    tree = MemoryTree({"template.yaml": TEMPLATE})
    inventory = build(discover(tree, Options()).readings)
    outcomes = run(System(inventory, date(2026, 11, 24), {rule: options}, tree=tree), [listing])
    assert outcomes.diagnostics == []
    return outcomes.findings


def test_accounts_that_are_not_ours_once_ours_are_known() -> None:
    rule = "external-account-access"
    assert findings(rule, {}) == []
    found = findings(rule, {"accounts": ["111122223333"], "organisations": ["o-abcdefghij"]})
    assert sorted((finding.message, finding.severity.word) for finding in found) == [
        ("Account 999988887777 may assume Partner", "high"),
        ("Account 999988887777 may use sqs:SendMessage on the queue Queue", "high"),
        ("Organisation o-zzzzzzzzzz may use sqs:ReceiveMessage on the queue Queue", "medium"),
    ]
    assert findings(rule, {"accounts": ["111122223333", "999988887777"], "organisations": ["o-zzzzzzzzzz"]}) == []


def test_a_pair_of_duties_of_our_own() -> None:
    rule = "duties-not-separated"
    assert findings(rule, {}) == []
    pair = {"name": "pay-and-release", "first": ["dynamodb:PutItem"], "second": ["states:SendTaskSuccess"]}
    (found,) = findings(rule, {"pairs": [pair]})
    assert "states:SendTaskSuccess" in found.message
