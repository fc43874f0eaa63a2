"""Against the official schema of SARIF 2.1.0 (see schemas/README.md)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
from tests.outputs import sample
from tests.outputs.conftest import Golden

from casemate.outputs import render

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json").read_text("utf-8"))


def run() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(render("sarif", sample.report(), sample.context()))
    run: dict[str, Any] = document["runs"][0]
    return run


def result(rule: str) -> dict[str, Any]:
    found: dict[str, Any] = next(result for result in run()["results"] if result["ruleId"].split("/")[0] == rule)
    return found


def test_is_valid_and_as_agreed(golden: Golden) -> None:
    text = render("sarif", sample.report(), sample.context())
    jsonschema.Draft4Validator(SCHEMA).validate(json.loads(text))
    golden("report.sarif", text)


def test_one_descriptor_for_each_rule_and_severity() -> None:
    rules = run()["tool"]["driver"]["rules"]
    scores = {rule["id"]: rule["properties"]["security-severity"] for rule in rules}
    assert scores["admin-role/critical"] == "9.5"  # its default is high
    assert scores["function-url-without-auth"] == "8.0"
    assert len(scores) == len(rules)
    for item in run()["results"]:
        assert rules[item["ruleIndex"]]["id"] == item["ruleId"]
        assert rules[item["ruleIndex"]]["properties"]["weakness"] == item["properties"]["weakness"]


def test_uris_are_relative_and_have_a_base() -> None:
    place = result("function-url-without-auth")["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "template.yaml", "uriBaseId": "%SRCROOT%"}
    assert set(run()["originalUriBaseIds"]) == {"%SRCROOT%"}
    assert run()["columnKind"] == "unicodeCodePoints"


def test_flow_related_and_suppression() -> None:
    steps = result("command-injection")["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["location"]["message"]["text"] for step in steps] == [
        "from the caller",
        "passed on",
        "runs in a shell",
    ]
    assert [place["id"] for place in result("admin-role")["relatedLocations"]] == [1, 2]
    assert result("bucket-not-versioned")["suppressions"][0]["kind"] == "inSource"
    assert result("admin-role")["suppressions"] == []


def test_a_live_resource_has_a_logical_location_only() -> None:
    place = result("live-bucket-public")["locations"][0]
    assert "physicalLocation" not in place
    assert place["logicalLocations"][1]["fullyQualifiedName"] == "arn:aws:s3:::uploads-prod"


def test_a_fix_is_the_same_in_bytes_and_in_columns() -> None:
    region = result("function-url-without-auth")["fixes"][0]["artifactChanges"][0]["replacements"][0]["deletedRegion"]
    text = sample.SOURCES["template.yaml"]
    assert text.encode()[region["byteOffset"] : region["byteOffset"] + region["byteLength"]] == b"NONE"
    assert text.split("\n")[region["startLine"] - 1][region["startColumn"] - 1 : region["endColumn"] - 1] == "NONE"


def test_an_incomplete_run_says_so() -> None:
    invocation = run()["invocations"][0]
    assert invocation["executionSuccessful"] is False
    codes = [item["descriptor"]["id"] for item in invocation["toolConfigurationNotifications"]]
    assert {"yaml-syntax", "input-failed", "unresolved-settings", "withheld"} <= set(codes)


def test_alerts_survive_edits() -> None:
    assert result("admin-role")["partialFingerprints"]["primaryLocationLineHash"] == "33cafe:1"
