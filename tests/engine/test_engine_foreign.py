"""Findings of other tools out of SARIF reports: what is taken in, what is left out and told, and hostile reports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from casemate.engine.foreign import foreign_findings
from casemate.errors import UsageError
from casemate.model.finding import CRITICAL, LOW, MEDIUM
from casemate.sources.tree import MemoryTree

TREE = MemoryTree({"src/app.py": b"import os\nos.system(x)\n", "src/b.py": b"\n"})


def result(uri: str = "src/app.py", rule: str = "py.injection", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    region = {"startLine": 2, "startColumn": 1, "endColumn": 13}
    return {
        "ruleId": rule,
        "message": {"text": "a shell runs\nthis"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}],
        **more,
    }


def report(*results: dict[str, Any], **rule: Any) -> dict[str, Any]:  # noqa: ANN401
    rules = [{"id": "py.injection", "properties": {"tags": ["CWE-78: OS command", "security"]}, **rule}]
    return {
        "version": "2.1.0",
        "runs": [{"tool": {"driver": {"name": "Other Tool", "rules": rules}}, "results": list(results)}],
    }


def read(tmp_path: Path, body: object) -> tuple[list[Any], str]:
    file = tmp_path / "x.sarif"
    file.write_text(json.dumps(body))
    found, notes = foreign_findings([file], TREE)
    return found, notes[0].message


def test_a_finding_keeps_its_tool_rule_place_and_words(tmp_path: Path) -> None:
    found, words = read(tmp_path, report(result()))
    one = found[0]
    assert (one.rule, one.weakness, one.severity, one.cwe) == (
        "other-tool/py.injection", "command-injection", MEDIUM, ("CWE-78",),
    )  # fmt: skip
    assert one.message == "other-tool: a shell runs this"
    assert one.primary.span == ("src/app.py", 2, 1, 2, 13)
    assert words == "1 findings of other tools taken in"


def test_severity_from_score_level_or_rule(tmp_path: Path) -> None:
    def of(body: dict[str, Any]) -> object:
        return read(tmp_path, body)[0][0].severity

    assert of(report(result(), properties={"tags": ["cwe-78"], "security-severity": "9.8"})) == CRITICAL
    assert of(report(result(level="note"))) == LOW
    assert of(report(result(), defaultConfiguration={"level": "note"})) == LOW
    assert of(report(result(level=3))) == MEDIUM


def test_cwe_in_taxa_and_relationships(tmp_path: Path) -> None:
    target = {"target": {"id": "79", "toolComponent": {"name": "CWE"}}}
    found, _ = read(tmp_path, report(result(), properties={}, relationships=[target]))
    assert found[0].weakness == "xss"
    found, _ = read(tmp_path, report(result(taxa=[{"id": "89", "toolComponent": {"name": "CWE"}}]), properties={}))
    assert found[0].weakness == "sql-injection"


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    body = report(
        result(), result("../../etc/passwd"), result("/etc/passwd"), result("https://example.com/a"), result("none.py"),
        result(rule="other"), result(kind="pass"),
    )  # fmt: skip
    found, words = read(tmp_path, body)
    assert len(found) == 1
    assert words == (
        "1 findings of other tools taken in; left out: 4 at no file of what was scanned, "
        "1 of no weakness that is the same here"
    )


def test_absolute_addresses_suppressions_and_twins(tmp_path: Path) -> None:
    found, _ = read(tmp_path, report(result("file:///home/x/project/src/app.py"), result(), result()))
    assert [one.primary.span.path for one in found] == ["src/app.py"] * 3
    assert len({one.fingerprint for one in found}) == 3
    found, _ = read(tmp_path, report(result(suppressions=[{"kind": "inSource", "justification": "checked"}])))
    assert found[0].suppressed.reason == "suppressed in other-tool: checked"
    found, _ = read(tmp_path, report(result(suppressions=[{"kind": "inSource", "status": "rejected"}])))
    assert found[0].suppressed is None


@pytest.mark.parametrize(
    "body",
    [
        {"runs": [1, {"tool": 2, "results": [3, {}, {"locations": [{"physicalLocation": 1}]}]}]},
        {"runs": [{"tool": {"driver": {"rules": [{"id": 1}]}}, "results": [{"ruleIndex": 10, "ruleId": []}]}]},
        report(result(locations=[{"physicalLocation": {"artifactLocation": {"uri": "src/app.py"}, "region": {
            "startLine": -1, "startColumn": True, "endLine": 10**12}}}])),
        report(result("file://[bad/src/app.py"), result("%00"), result("src\\app.py")),
    ],
)  # fmt: skip
def test_no_report_raises(tmp_path: Path, body: object) -> None:
    read(tmp_path, body)


@pytest.mark.parametrize("text", ["", "{}", "[]", "[" * 100_000, '{"runs": 1}', "\ud800"])
def test_what_is_no_report_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.sarif"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(UsageError):
        foreign_findings([file], TREE)
    with pytest.raises(UsageError):
        foreign_findings([tmp_path / "none"], TREE)
