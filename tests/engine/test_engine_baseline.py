from __future__ import annotations

from pathlib import Path

import pytest
from tests.engine.engine_system import HEAD, HELLO, scanned

from casemate.engine.baseline import SCHEMA, apply_baseline, baseline_text, read_baseline
from casemate.errors import BaselineError


def test_a_baseline_round_trip(tmp_path: Path) -> None:
    findings = scanned(HEAD + HELLO, only=()).findings
    file = tmp_path / "b.json"
    file.write_text(baseline_text(reversed(findings)), "utf-8")
    assert baseline_text(findings) == file.read_text("utf-8"), "the order of findings does not matter"
    known = read_baseline(file)
    assert known == {finding.fingerprint for finding in findings}
    marked = apply_baseline(findings, known)
    assert {finding.suppressed.kind for finding in marked if finding.suppressed} == {"baseline"}
    assert all(finding.suppressed for finding in marked)
    assert apply_baseline(findings, frozenset()) == list(findings)


@pytest.mark.parametrize("text", ["", "3", "{}", '{"schema": "' + SCHEMA + '"}', "\udc80"])
def test_something_else_is_no_baseline(tmp_path: Path, text: str) -> None:
    file = tmp_path / "b.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(BaselineError):
        read_baseline(file)
    with pytest.raises(BaselineError):
        read_baseline(tmp_path / "missing.json")
