"""No value that was found is shown again by a report."""

from __future__ import annotations

from casemate.analysis.secrets.hiding import hiding
from casemate.model.finding import HIGH, Finding, Report, ResourceName, Weakness
from casemate.model.location import Location, Span

PASSWORD, TOKEN = "tR7#m" + "qXw2pL", "glpat-" + "4fKx92QbLm7RtZw3Ypda"
TEXT = f"user = shop\npassword = {PASSWORD}\r\ntoken = {TOKEN}\nlast = 1\n"


def report_of(span: Span, weakness: Weakness = "hardcoded-secret") -> Report:
    finding = Finding(
        rule="x",
        weakness=weakness,
        severity=HIGH,
        confidence="high",
        message="",
        resource=ResourceName("file", "a"),
        primary=Location(span),
    )
    return Report(version="", inputs=(), findings=(finding,), undecided=(), diagnostics=())


def test_a_value_is_covered_and_everything_keeps_its_place() -> None:
    shown = hiding(report_of(Span("a.ini", 2, 12, 2, 12 + len(PASSWORD))), lambda _: TEXT)("a.ini")
    assert shown is not None
    assert PASSWORD not in shown
    assert TOKEN not in shown  # stands beside it
    assert [len(line) for line in shown.split("\n")] == [len(line) for line in TEXT.split("\n")]
    assert shown.startswith("user = shop\npassword = ***********\r\ntoken = ")
    assert shown.endswith("\nlast = 1\n")


def test_the_value_beside_a_name_is_covered() -> None:
    shown = hiding(report_of(Span("a.ini", 2, 1, 2, 9), "plaintext-env-secret"), lambda _: TEXT)("a.ini")
    assert shown is not None
    assert PASSWORD not in shown


def test_a_key_over_several_lines_is_covered_whole() -> None:
    shown = hiding(report_of(Span("a", 1, 3, 3, 4)), lambda _: "x abc\n  def\r\nghi!\n")("a")
    assert shown == "x ***\n  ***\r\n***!\n"


def test_other_files_and_other_findings_are_shown_as_they_are() -> None:
    report = report_of(Span("a.ini", 2, 12, 2, 20), "sql-injection")
    assert hiding(report, lambda _: TEXT)("a.ini") == TEXT
    assert hiding(report_of(Span("a.ini", 2, 12, 2, 20)), lambda _: TEXT)("b.ini") == TEXT
    assert hiding(report_of(Span("a.ini", 2, 12, 2, 20)), lambda _: None)("a.ini") is None


def test_columns_and_bytes_stay_whatever_the_letters() -> None:
    text = "password = \u00e9\u4f60\U0001f511x\n"
    shown = hiding(report_of(Span("a", 1, 12, 1, 16)), lambda _: text)("a")
    assert shown is not None
    assert "\u00e9" not in shown
    assert (len(shown), len(shown.encode())) == (len(text), len(text.encode()))
