from __future__ import annotations

import dataclasses
import re

from tests.outputs import sample
from tests.outputs.conftest import Golden

from casemate.model.finding import Report
from casemate.model.location import Location, Span
from casemate.outputs import render


def text(*findings: object, sources: dict[str, str] | None = None, **changes: object) -> str:
    report = dataclasses.replace(sample.report(), findings=tuple(findings), diagnostics=(), undecided=(), withheld={})  # type: ignore[arg-type]
    return render("text", report, sample.context(sources=(sources or sample.SOURCES).get, **changes))


def test_is_as_agreed(golden: Golden) -> None:
    golden("report.txt", render("text", sample.report(), sample.context()))
    golden("report.fixes.txt", render("text", sample.report(), sample.context(show_fixes=True)))
    golden("report.color.txt", render("text", sample.report(), sample.context(color=True)))


def test_colour_changes_nothing_else() -> None:
    plain = render("text", sample.report(), sample.context())
    assert "\x1b" not in plain
    coloured = render("text", sample.report(), sample.context(color=True))
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_quiet_keeps_findings_and_the_last_line() -> None:
    lines = render("text", sample.report(), sample.context(quiet=True)).splitlines()
    assert "Not evaluated" not in lines
    assert lines[-1].startswith("8 findings: 3 critical")


def test_carets_stand_below_what_they_mark_also_after_wide_and_tab_characters() -> None:
    finding = dataclasses.replace(
        sample.findings()[0], primary=Location(Span("a.yaml", 1, 8, 1, 11)), message="m", evidence={}, fixes=()
    )
    lines = text(finding, sources={"a.yaml": "\t名前: x abc\n"}).splitlines()
    row = next(number for number, line in enumerate(lines) if "abc" in line)
    cells = sum(2 if character in "名前" else 1 for character in lines[row][: lines[row].index("abc")])
    assert lines[row + 1].index("^^^") == cells


def test_a_minified_file_shows_a_window_around_the_mark() -> None:
    line = "a" * 50_000 + "BAD" + "b" * 50_000
    finding = dataclasses.replace(sample.findings()[0], primary=Location(Span("a.json", 1, 50_001, 1, 50_004)))
    printed = text(finding, sources={"a.json": line}, width=80)
    assert "BAD" in printed
    assert max(map(len, printed.splitlines())) < 220


def test_no_terminal_escape_or_bidi_character_of_a_file_reaches_the_terminal() -> None:
    hostile = "\x1b]0;owned\x07\u202eevil\u2066\x9b31m\r"
    finding = dataclasses.replace(
        sample.findings()[0],
        message=hostile,
        evidence={hostile: hostile},
        primary=Location(Span("a.yaml", 1, 1, 1, 6), label=hostile),
    )
    printed = text(finding, sources={"a.yaml": hostile})
    assert not set(printed) & set("\x1b\x07\u202e\u2066\x9b\r")
    assert "\\x1b]0;owned\\x07\\u202eevil" in printed


def test_two_of_a_rule_are_two_blocks_three_are_one() -> None:
    assert text(*sample.findings()[:2]).count("[route-without-auth]") == 2
    printed = text(*sample.findings()[:3])
    assert printed.count("[route-without-auth]") == 1
    assert printed.count("^ ") == 3


def test_a_clean_run_is_one_line() -> None:
    report = Report(
        version="0.1.0",
        inputs=sample.report().inputs[:1],
        findings=(),
        undecided=(),
        diagnostics=(),
        functions=1,
        rules_run=9,
    )
    assert render("text", report, sample.context()) == "No findings (1 function, 1 file, 9 rules)\n"


def test_nothing_to_scan_is_said() -> None:
    report = Report(version="0.1.0", inputs=(), findings=(), undecided=(), diagnostics=(), complete=False)
    assert "Nothing serverless was found" in render("text", report, sample.context())
