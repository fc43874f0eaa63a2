"""GitLab's SAST report.

The official schema (security-report-schemas, v15) is in no package of PyPI or npm, so it is not kept here: the test below checks,
by a schema of our own, what version 15.0.6 of it demands of the members that we write.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema
import pytest
from tests.outputs import sample
from tests.outputs.conftest import Golden

from casemate.errors import UsageError
from casemate.model.location import Location, Span
from casemate.outputs import render

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "gitlab-sast-15-demands.json").read_text("utf-8"))


def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(render("gitlab", sample.report(), sample.context()))
    return found


def test_is_valid_and_as_agreed(golden: Golden) -> None:
    jsonschema.Draft7Validator(SCHEMA).validate(document())
    golden("report.gitlab.json", render("gitlab", sample.report(), sample.context()))


def test_ids_are_stable_and_move_with_no_line() -> None:
    moved = [
        dataclasses.replace(
            finding, primary=dataclasses.replace(finding.primary, span=finding.primary.span._replace(start_line=1))
        )
        for finding in sample.findings()
        if finding.primary.span is not None
    ]
    text = render("gitlab", dataclasses.replace(sample.report(), findings=tuple(moved)), sample.context())
    before = {item["identifiers"][0]["value"] + item["message"]: item["id"] for item in document()["vulnerabilities"]}
    for item in json.loads(text)["vulnerabilities"]:
        assert before[item["identifiers"][0]["value"] + item["message"]] == item["id"]
    assert len({UUID(identifier) for identifier in before.values()}) == len(before)


def test_suppressed_findings_are_only_counted() -> None:
    assert len(document()["vulnerabilities"]) == len(sample.report().open)
    assert any("1 finding suppressed" in message["value"] for message in document()["scan"]["messages"])
    assert document()["scan"]["status"] == "failure"


def test_the_last_line_is_one_that_holds_something() -> None:
    block = dataclasses.replace(sample.findings()[0], primary=Location(Span("serverless.yml", 2, 3, 5, 1)))
    text = render("gitlab", dataclasses.replace(sample.report(), findings=(block,)), sample.context())
    assert json.loads(text)["vulnerabilities"][0]["location"] == {
        "file": "serverless.yml",
        "start_line": 2,
        "end_line": 4,
    }


def test_demands_a_time() -> None:
    with pytest.raises(UsageError):
        render("gitlab", sample.report(), sample.context(now=None))
