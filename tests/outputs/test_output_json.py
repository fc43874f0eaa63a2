from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import jsonschema
import pytest
from tests.outputs import sample
from tests.outputs.conftest import Golden

import casemate.outputs
from casemate.model.finding import Report, Weakness
from casemate.outputs import render

SCHEMA = json.loads((Path(casemate.outputs.__file__).parent / "casemate-report-1.schema.json").read_text("utf-8"))


def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


def test_is_valid_and_as_agreed(golden: Golden) -> None:
    text = render("json", sample.report(), sample.context())
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator().validate(json.loads(text))
    golden("report.json", text)


def test_an_empty_report_is_valid() -> None:
    text = render(
        "json", Report(version="0.1.0", inputs=(), findings=(), undecided=(), diagnostics=()), sample.context()
    )
    validator().validate(json.loads(text))


def test_is_sorted_by_path_line_column_and_rule() -> None:
    findings = json.loads(render("json", sample.report(), sample.context()))["findings"]
    places = [
        (where["path"] is None, where["path"] or where["arn"], where["start_line"] or 0, where["start_column"] or 0)
        for where in (finding["locations"][0] for finding in findings)
    ]
    assert places == sorted(places)
    assert findings[-1]["locations"][0]["arn"] == "arn:aws:s3:::uploads-prod"


def test_columns_count_code_points() -> None:
    findings = json.loads(render("json", sample.report(), sample.context()))["findings"]
    place = next(finding for finding in findings if finding["rule"] == "plaintext-secret")["locations"][0]
    line = sample.SOURCES["template.yaml"].split("\n")[place["start_line"] - 1]
    assert line[place["start_column"] - 1 : place["end_column"] - 1] == '"geheim"'


def test_counts_only_open_findings_as_severities() -> None:
    summary = json.loads(render("json", sample.report(), sample.context()))["summary"]
    assert summary["by_severity"] == {"critical": 3, "high": 2, "medium": 3, "low": 0}
    assert summary["suppressed"] == 1
    assert summary["complete"] is False
    assert sum(summary["withheld"].values()) == 6


def test_the_schema_knows_every_weakness() -> None:
    assert SCHEMA["$defs"]["weakness"]["enum"] == list(get_args(Weakness))


@pytest.mark.parametrize("broken", ["severity", "locations", "fingerprint"])
def test_the_schema_refuses_a_finding_without(broken: str) -> None:
    document = json.loads(render("json", sample.report(), sample.context()))
    del document["findings"][0][broken]
    assert not validator().is_valid(document)
