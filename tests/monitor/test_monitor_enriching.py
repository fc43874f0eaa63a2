from __future__ import annotations

from datetime import date

import pytest

from casemate.analysis.system import System
from casemate.errors import ConfigurationError
from casemate.inventory.build import build
from casemate.model.alert import Alert
from casemate.model.finding import CRITICAL, HIGH
from casemate.monitor.coverage import coverage
from casemate.monitor.enriching import Enrichment
from casemate.monitor.knowing import known_of
from casemate.monitor.loading import given_knowledge, own, runnable
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

TEMPLATE = b"""
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: app.handler
      Runtime: python3.12
      Policies:
        - Statement:
            - Effect: Allow
              Action: "*"
              Resource: "*"
      FunctionUrlConfig:
        AuthType: NONE
  Report:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: report
      CodeUri: src/
      Handler: app.handler
      Runtime: python3.12
"""
FILES = {
    "template.yaml": TEMPLATE,
    "CODEOWNERS": b"*.yaml @platform\n/docs/ @writers\n",
    "src/app.py": b"def handler(event, context):\n    return {}\n",
}


def system() -> System:
    tree = MemoryTree(FILES)
    return System(build(discover(tree, Options()).readings), date(2026, 11, 24), tree=tree)


def alert(**about: str) -> Alert:
    return Alert("0" * 32, "rule", "Title", HIGH, 0, ("e",), about=about)


def test_an_alert_knows_its_function_its_owner_and_its_reach() -> None:
    told = Enrichment(system()).enriched(alert(session="shop-Orders-1A2B3C"))
    assert told.owner == "@platform"
    assert told.about["exposure"] == "public"
    assert told.about["declared"].startswith("Orders (template.yaml:")
    assert told.severity == CRITICAL


def test_another_function_is_not_raised_and_a_stranger_is_left_alone() -> None:
    enrichment = Enrichment(system())
    assert enrichment.enriched(alert(function="report")).severity == HIGH
    stranger = alert(function="somebody-elses")
    assert enrichment.enriched(stranger) is stranger


def test_the_inventory_tells_names_by_their_pattern() -> None:
    known = known_of(system())
    assert known.holds("functions", ("shop-orders-1a2b3c",))
    assert known.holds("functions", ("report",))
    assert not known.holds("functions", ("orders-report",))
    assert known.holds("function_roles", ("arn:aws:iam::1:role/shop-ordersrole-1a2b",))
    assert known.holds("can_call", ("report", "createlogstream"))
    assert not known.holds("can_call", ("report", "listbuckets"))
    assert not known.has("pipeline_roles")


def test_what_has_nothing_to_compare_with_is_blind() -> None:
    one = system()
    found = {covered.detection: covered for covered in coverage(own(), one, known_of(one))}
    blind = found["function-changed-outside-pipeline"]
    assert blind.status == "blind"
    assert "pipeline_roles" in blind.missing[0].fix
    assert found["function-recursing"].status in {"fires", "partly"}
    assert found["azure-logs-switched-off"].status == "absent"


def test_the_configuration_adds_what_it_knows() -> None:
    given = given_knowledge({"known": {"pipeline_roles": ["arn:aws:iam::*:role/deploy"]}})
    known = known_of(system()).joined(given)
    assert known.holds("pipeline_roles", ("arn:aws:iam::1:role/deploy",))
    assert any(one.name == "function-changed-outside-pipeline" for one in runnable(own(), known)[0])
    with pytest.raises(ConfigurationError, match="no detection asks"):
        given_knowledge({"known": {"pipeline_role": ["x"]}})
    with pytest.raises(ConfigurationError, match="columns"):
        given_knowledge({"known": {"can_call": ["x"]}})
