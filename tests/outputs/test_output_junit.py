"""Against the schema of the Jenkins xUnit plugin (see schemas/README.md)."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import xmlschema
from tests.outputs import sample
from tests.outputs.conftest import Golden

from casemate.outputs import render


def test_is_as_agreed(golden: Golden) -> None:
    golden("report.junit.xml", render("junit", sample.report(), sample.context()))


def test_is_valid() -> None:
    schema = xmlschema.XMLSchema(str(Path(__file__).parent / "schemas" / "junit-10.xsd"))
    schema.validate(render("junit", sample.report(), sample.context()))


def test_counts_are_those_of_the_cases() -> None:
    root = ET.fromstring(render("junit", sample.report(), sample.context()))  # noqa: S314 - our own text
    for suite in root:
        assert int(suite.attrib["tests"]) == len(suite)
        assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
        assert int(suite.attrib["errors"]) == len(suite.findall("testcase/error"))
        assert int(suite.attrib["skipped"]) == len(suite.findall("testcase/skipped"))
    assert int(root.attrib["failures"]) == len(sample.report().open)
    assert [suite.attrib["name"] for suite in root] == [
        "broken.yaml", "good.tf", "main.bicep", "serverless.yml", "src/app.py", "template.yaml", "arn:aws:s3:::uploads-prod",
    ]  # fmt: skip
