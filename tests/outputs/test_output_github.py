from __future__ import annotations

import dataclasses

from tests.outputs import sample
from tests.outputs.conftest import Golden

from casemate.outputs import render


def test_is_as_agreed(golden: Golden) -> None:
    golden("report.github.txt", render("github", sample.report(), sample.context()))


def test_no_scanned_text_makes_a_command() -> None:
    finding = dataclasses.replace(sample.findings()[0], message="100%\r\n::set-output name=x::y,z:w\x1b[31m")
    report = dataclasses.replace(sample.report(), findings=(finding,), diagnostics=(), inputs=())
    lines = render("github", report, sample.context()).splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(
        "::warning file=serverless.yml,line=5,col=18,endLine=5,title=Route without authoriser (medium%2C "
    )
    assert lines[0].endswith("::100%25%0D%0A::set-output name=x::y,z:w\\x1b[31m")


def test_the_worst_come_first_and_the_hidden_are_counted() -> None:
    many = tuple(dataclasses.replace(sample.findings()[0], fingerprint=str(number)) for number in range(14))
    report = dataclasses.replace(sample.report(), findings=(*many, sample.findings()[5]), diagnostics=(), inputs=())
    lines = render("github", report, sample.context()).splitlines()
    assert lines[0].startswith("::error file=template.yaml,line=25")
    assert "4 are in this log only" in lines[-1]
