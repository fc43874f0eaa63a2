"""Against OCSF 1.5.0: the three classes and all they reach, taken from the official schema by schemas/make_ocsf.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.outputs import sample
from tests.outputs.conftest import Golden

from casemate.errors import UsageError
from casemate.outputs import render

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "ocsf-1.5.0-findings.json").read_text("utf-8"))


def events() -> list[dict[str, Any]]:
    return [json.loads(line) for line in render("ocsf", sample.report(), sample.context()).splitlines()]


def validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({**SCHEMA, "oneOf": [{"$ref": f"#/$defs/{name}"}]})


def test_is_as_agreed(golden: Golden) -> None:
    golden("report.ocsf.ndjson", render("ocsf", sample.report(), sample.context()))


def test_every_event_is_valid() -> None:
    names = {
        2002: "vulnerability_finding",
        2003: "compliance_finding",
        2007: "application_security_posture_finding",
    }
    for event in events():
        validator(names[event["class_uid"]]).validate(event)
        assert event["type_uid"] == event["class_uid"] * 100 + 1


def test_class_by_weakness() -> None:
    classes = {event["finding_info"]["analytic"]["uid"]: event["class_uid"] for event in events()}
    assert classes["command-injection"] == 2007
    assert classes["admin-role"] == 2003


def test_a_dependency_is_a_vulnerability() -> None:
    import dataclasses

    finding = dataclasses.replace(sample.findings()[0], weakness="vulnerable-dependency", cwe=("CWE-1395",))
    text = render("ocsf", dataclasses.replace(sample.report(), findings=(finding,)), sample.context())
    validator("vulnerability_finding").validate(json.loads(text))


def test_state_and_time() -> None:
    suppressed = next(event for event in events() if event["finding_info"]["uid"] == "66f00d")
    assert (suppressed["status"], suppressed["status_id"]) == ("Suppressed", 3)
    assert suppressed["time"] == round(sample.NOW.timestamp() * 1000)
    with pytest.raises(UsageError):
        render("ocsf", sample.report(), sample.context(now=None))
