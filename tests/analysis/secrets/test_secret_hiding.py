"""No value that was found is shown again by a report."""

from __future__ import annotations

import pytest

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
    other = "name = shop\n"
    assert (
        hiding(report_of(Span("a.ini", 2, 12, 2, 20)), lambda path: TEXT if path == "a.ini" else other)("b.ini")
        == other
    )
    assert hiding(report_of(Span("a.ini", 2, 12, 2, 20)), lambda _: None)("a.ini") is None


def test_columns_and_bytes_stay_whatever_the_letters() -> None:
    text = "password = \u00e9\u4f60\U0001f511x\n"
    shown = hiding(report_of(Span("a", 1, 12, 1, 16)), lambda _: text)("a")
    assert shown is not None
    assert "\u00e9" not in shown
    assert (len(shown), len(shown.encode())) == (len(text), len(text.encode()))


def finding_at(span: Span, rule: str = "secret-in-environment", *related: Span) -> Report:
    finding = Finding(
        rule=rule,
        weakness="plaintext-env-secret",
        severity=HIGH,
        confidence="high",
        message="",
        resource=ResourceName("function", "Admin"),
        primary=Location(span),
        related=tuple(Location(place, kind="related") for place in related),
    )
    return Report(version="", inputs=(), findings=(finding,), undecided=(), diagnostics=())


TEMPLATE = f"""Globals:
  Function:
    Variables:
      PAYMENT_API_KEY: {TOKEN}
Resources:
  Admin:
    Type: AWS::Serverless::Function
    Description: the shop's {TOKEN} again
  Orders: {{Type: AWS::Serverless::Function}}
"""


def test_the_name_of_a_function_is_shown_and_the_value_is_not_wherever_it_stands() -> None:
    report = finding_at(Span("t.yaml", 4, 24, 4, 24 + len(TOKEN)), "secret-in-environment", Span("t.yaml", 6, 3, 6, 8))
    other = f"# {TOKEN} is the key\nAdmin: {{}}\n"
    shown = hiding(report, lambda path: TEMPLATE if path == "t.yaml" else other)
    text = shown("t.yaml")
    assert text is not None
    assert text == TEMPLATE.replace(TOKEN, "*" * len(TOKEN))
    assert shown("other.yaml") == other.replace(TOKEN, "*" * len(TOKEN))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  DB_PASS: wordy horse\n  X: 1\n", "  DB_PASS: ***********\n  X: 1\n"),
        ('  "DB_PASS": "wordy horse",\n  "X": 1\n', '  "DB_PASS": *************,\n  "X": 1\n'),
        ("  DB_PASS: |\n    wordy\n\n    horse\n  X: 1\n", "  DB_PASS: |\n    *****\n\n    *****\n  X: 1\n"),
        ("  DB_PASS:\n    wordy horse\n  X: 1\n", "  DB_PASS:\n    ***********\n  X: 1\n"),
        ('  DB_PASS = "wordy\n    horse"\n  X = 1\n', "  DB_PASS = ******\n    ******\n  X = 1\n"),
        ("  DB_PASS = <<EOF\nwordy\nEOF\n  X = 1\n", "  DB_PASS = <<EOF\n*****\nEOF\n  X = 1\n"),
        ("  DB_PASS:\n    Type: String\n    NoEcho: true\n", "  DB_PASS:\n    Type: String\n    NoEcho: true\n"),
        ("  DB_PASS: !Ref Password\n  X: 1\n", "  DB_PASS: !Ref Password\n  X: 1\n"),
    ],
)
def test_behind_the_name_that_a_finding_points_at_the_value_is_covered(text: str, expected: str) -> None:
    quoted = 1 if text.startswith('  "') else 0
    report = finding_at(Span("a", 1, 3, 1, 3 + len("DB_PASS") + 2 * quoted))
    assert hiding(report, lambda _: text)("a") == expected


def test_of_a_line_of_a_script_the_value_is_covered() -> None:
    text = "  yum update\n  export DB_PASSWORD=wordy-horse-battery && start\n"
    report = finding_at(Span("a", 2, 1, 2, 1_000_000), "secret-in-user-data")
    assert hiding(report, lambda _: text)("a") == "  yum update\n  export DB_PASSWORD=******************* && start\n"
    strange = "  start --with something-strange\n"
    report = finding_at(Span("a", 1, 1, 1, 1_000_000), "secret-in-user-data")
    assert hiding(report, lambda _: strange)("a") == "  " + "*" * len("start --with something-strange") + "\n"


def test_a_word_is_not_covered_elsewhere() -> None:
    text = "password: postgres\nimage: postgres\npostgres: {}\n"
    report = finding_at(Span("a", 1, 11, 1, 19))
    assert hiding(report, lambda _: text)("a") == "password: ********\nimage: postgres\npostgres: {}\n"


def test_a_value_that_is_also_a_name_is_shown_as_the_name() -> None:
    text = "password: shop-db-2024\nshop-db-2024: {x: shop-db-2024}\n"
    report = finding_at(Span("a", 1, 11, 1, 23))
    assert hiding(report, lambda _: text)("a") == "password: ************\nshop-db-2024: {x: ************}\n"
