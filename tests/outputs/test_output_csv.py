from __future__ import annotations

import csv
import dataclasses
import io

import pytest
from tests.outputs import sample
from tests.outputs.conftest import Golden

from casemate.outputs import render
from casemate.outputs.csv import COLUMNS, cell


def test_is_as_agreed(golden: Golden) -> None:
    golden("report.csv", render("csv", sample.report(), sample.context()))


def test_reads_back() -> None:
    text = render("csv", sample.report(), sample.context())
    assert text.endswith("\r\n")
    records = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(records) == len(sample.findings())
    assert set(records[0]) == set(COLUMNS)
    assert records[-1]["arn"] == "arn:aws:s3:::uploads-prod"
    assert records[-1]["line"] == ""


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "\uff1d1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert cell(text).startswith("'")
    finding = dataclasses.replace(sample.findings()[0], message=text)
    record = next(
        csv.DictReader(
            io.StringIO(render("csv", dataclasses.replace(sample.report(), findings=(finding,)), sample.context()))
        )
    )
    assert record["message"].startswith("'")
