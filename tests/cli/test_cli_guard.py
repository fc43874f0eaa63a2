from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path

import pytest

from casemate.cli.main import main

PAGE = Path(__file__).parents[2] / "docs" / "guard.md"


def blocks(heading: str) -> list[str]:
    section = PAGE.read_text("utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^```(?:json|text)\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


def piped(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], data: bytes, *arguments: str
) -> tuple[int, str]:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    code = main(["guard", *arguments])
    sys.stdout.flush()
    return code, capfdbinary.readouterr().out.decode("utf-8", "surrogateescape")


def test_the_pairs_of_the_docs_are_true(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    event, shown = blocks("casemate guard event")
    assert piped(monkeypatch, capfdbinary, event.encode(), "event", "-") == (0, shown)
    lines, redacted, spans, _policy = blocks("casemate guard redact")
    assert piped(monkeypatch, capfdbinary, lines.encode(), "redact") == (0, redacted)
    assert piped(monkeypatch, capfdbinary, lines.encode(), "redact", "--spans", "-") == (0, spans)


def test_the_policy_of_the_docs_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    policy = tmp_path / "policy.json"
    policy.write_text(blocks("casemate guard redact")[3], "utf-8")
    out = piped(monkeypatch, capfdbinary, b"203.0.113.9 patient=x 4111111111111111", "redact", "--policy", str(policy))
    assert out == (0, "203.0.113.9 patient=[redacted:secret] [redacted:credit-card]1111")


def test_lines_pass_byte_for_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = tmp_path / "log"
    file.write_bytes(b"\xff\xfe ok\r\n\n\x00 a@example.com\r\nlast")
    main(["guard", "redact", str(file)])
    sys.stdout.flush()
    assert capfdbinary.readouterr().out == b"\xff\xfe ok\r\n\n\x00 [redacted:email]\r\nlast"


def test_a_wrong_line_is_answered_and_the_others_too(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    code, out = piped(monkeypatch, capfdbinary, b'{"a": 1}\n{"a"\n[]\n', "event", "-")
    assert code == 2
    assert [json.loads(line)["trigger"] for line in out.splitlines()] == ["direct", None, "direct"]


@pytest.mark.parametrize("policy", ["[]", "{", '{"kinds": ["x"]}'])
def test_a_wrong_policy_is_2(tmp_path: Path, policy: str) -> None:
    file = tmp_path / "policy.json"
    file.write_text(policy, "utf-8")
    assert main(["guard", "redact", "--policy", str(file), str(file)]) == 2


def test_a_missing_file_is_2() -> None:
    assert main(["guard", "redact", "/nowhere"]) == 2
    assert main(["guard", "event", "/nowhere"]) == 2
