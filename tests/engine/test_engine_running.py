from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from tests.engine.engine_system import HEAD, HELLO, TODAY, URL, codes, scanned

from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, Violation, rule
from casemate.engine import running
from casemate.engine.catalogue import Listing
from casemate.engine.fingerprint import LENGTH, fingerprint
from casemate.inventory.build import build
from casemate.model.function import Function
from casemate.model.location import Span
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

GLOBALS = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Handler: app.handler
    Runtime: python3.8
Resources:
  One:
    Type: AWS::Serverless::Function
  Two:
    Type: AWS::Serverless::Function
"""


def own_rule(folder: Path, body: str) -> Listing:
    file = folder / "own.py"
    file.write_text(
        '"""Own."""\nfrom __future__ import annotations\nfrom casemate.authoring import HIGH, Violation, rule\n'
        '@rule("own", weakness="missing-auth", severity=HIGH, tags=["cwe-306"])\n'
        f"def check(function: Function, system: System):\n    {body}\n",
        "utf-8",
    )
    return Listing("own", "own", ("Function",), "missing-auth", HIGH, "default", file)


def test_one_cause_in_globals_is_one_finding_named_after_its_scope() -> None:
    report = scanned(GLOBALS, only=("*runtime*",))
    (finding,) = [finding for finding in report.findings if finding.weakness == "outdated-runtime"]
    assert (finding.resource.type, finding.resource.name) == ("scope", "Globals.Function")
    assert finding.primary.span is not None
    assert finding.primary.span.start_line == 5
    assert "1 more: Two" in finding.message
    assert "function Two" in [location.label for location in finding.related]


def test_one_function_in_globals_is_still_named_after_the_scope_when_the_other_overrides() -> None:
    text = GLOBALS + "    Properties:\n      Runtime: python3.13\n"
    (finding,) = [one for one in scanned(text, only=("*runtime*",)).findings if one.weakness == "outdated-runtime"]
    assert finding.resource.name == "Globals.Function"
    assert "more" not in finding.message


def test_a_crash_in_a_rule_is_a_diagnostic_and_the_others_go_on(tmp_path: Path) -> None:
    listing = own_rule(tmp_path, "yield Violation('first', function.at)\n    raise KeyError('x')")
    report = scanned(HEAD + HELLO, only=("own", URL), extra=(listing,))
    assert sorted(finding.rule for finding in report.findings) == [URL, "own"]
    assert codes(report) == ["rule-failed"]
    assert report.diagnostics[0].at.start_line == 3
    assert not report.complete


def test_secrets_in_messages_and_evidence_are_masked(tmp_path: Path) -> None:
    token = "gh" + "p_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    listing = own_rule(tmp_path, f"yield Violation('uses {token}', function.at, evidence={{'v': '{token}'}})")
    (finding,) = scanned(HEAD + HELLO, only=("own",), extra=(listing,)).findings
    assert token not in finding.message
    assert token not in finding.evidence["v"]


def test_fingerprints_survive_moved_lines_and_other_order() -> None:
    other = HELLO.replace("Hello", "Other")
    first = {finding.resource.name: finding.fingerprint for finding in scanned(HEAD + HELLO + other).findings}
    second = {
        finding.resource.name: finding.fingerprint for finding in scanned(f"# x\n\n{HEAD}{other}{HELLO}").findings
    }
    assert first == second
    assert len(set(first.values())) == 2
    assert {len(value) for value in first.values()} == {LENGTH}


def test_fingerprints_tell_path_resource_rule_and_cause_apart() -> None:
    whole = ("rule", "a/b.yaml", "Hello", "cause")
    changed = [
        fingerprint(*(part + "x" if index == number else part for index, part in enumerate(whole)))
        for number in range(4)
    ]
    assert len({fingerprint(*whole), *changed}) == 5
    assert fingerprint("r", "./a\\b.yaml", "h", "c") == fingerprint("r", "a/b.yaml", "h", "c")
    assert fingerprint("r", "\udc80", "h", "c"), "a name that is no UTF-8 has one too"


def test_findings_that_would_share_a_fingerprint_are_told_apart(tmp_path: Path) -> None:
    listing = own_rule(
        tmp_path,
        "yield Violation('a', function.at)\n    yield Violation('b', function.at._replace(start_line=1, end_line=1))",
    )
    findings = scanned(HEAD + HELLO, only=("own",), extra=(listing,)).findings
    assert len(findings) == 2
    assert len({finding.fingerprint for finding in findings}) == 2


def test_findings_stand_in_the_order_of_the_files() -> None:
    files = {name: HEAD + HELLO + HELLO.replace("Hello", "A") for name in ("b.yaml", "a.yaml")}
    spans = [finding.primary.span for finding in scanned(files).findings]
    assert spans == sorted(span for span in spans if span is not None)
    assert len(spans) == 4


def test_what_the_profile_withholds_is_counted_only() -> None:
    plain = scanned(HEAD + HELLO, only=())
    strict = scanned(HEAD + HELLO, only=(), profile="strict")
    assert plain.withheld
    assert strict.withheld == {}
    assert len(strict.findings) == len(plain.findings) + sum(plain.withheld.values())
    assert [finding.rule for finding in scanned(HEAD + HELLO, only=("tracing-off",)).findings] == ["tracing-off"], (
        "a rule that is asked for by name is shown"
    )


def test_rules_without_a_subject_are_not_even_loaded() -> None:
    inventory = build(discover(MemoryTree({}), Options()).readings)
    broken = Listing("broken", "no.such.module", ("Function",), "missing-auth", HIGH, "default")
    assert running.run(System(inventory, TODAY), [broken]).rules_run == 0


def test_a_rule_is_only_made_with_sound_metadata() -> None:
    def check(function: Function, system: System) -> Iterator[Outcome]:
        yield Violation("x", Span("a", 1, 1, 1, 2))

    check.__annotations__ = {"function": "Function", "system": "System"}
    made = rule("a-b", weakness="missing-auth", severity=HIGH, tags=["cwe-306", "owasp"])(check)
    assert made.cwe == ("CWE-306",)
    assert made.subjects == ("Function",)


def test_the_report_is_a_function_of_its_inputs() -> None:
    from casemate.outputs import render
    from casemate.outputs.context import OutputContext

    text = HEAD + HELLO
    context = OutputContext(docs={}, sources=lambda _: text, now=None)
    first = render("json", scanned(text, only=()), context)
    assert first == render("json", scanned(text, only=()), context)
    assert json.loads(first)["schema"] == "casemate-report/1"
