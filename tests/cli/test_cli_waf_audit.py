import json
from pathlib import Path

import pytest

from casemate.cli.main import main

RULES = r"""
SecRule ARGS "@rx (?i)select|o'brien" "id:100,phase:2,deny,t:none,msg:'Words'"
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "a.conf").write_text(RULES)
    return folder


def cases(path: Path, *uris: str) -> str:
    lines = [
        {"id": f"c{n}", "request": {"uri": uri, "headers": [["Host", "h"]], "remote_addr": f"198.51.100.{n % 4}"}}
        for n, uri in enumerate(uris)
    ]
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return str(path)


def test_a_log_is_written_and_exclusions_are_proposed_and_checked(
    rules: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log, out = tmp_path / "audit.json", tmp_path / "own.conf"
    file = cases(tmp_path / "cases.jsonl", *["/people?name=O'Brien"] * 6, "/people?name=Smith")
    assert main(["waf", "test", "--rules", str(rules), "--audit", str(log), "--now", "2026-11-24", file]) == 0
    assert len(log.read_text().splitlines()) == 6
    attacks = cases(tmp_path / "attacks.jsonl", "/people?q=select")
    command = ["waf", "exclusions", str(log), "-o", str(out), "--check", "--rules", str(rules), "--attacks", attacks]
    capsys.readouterr()
    assert main(command) == 0
    assert "6 logged requests, 0 still found, 0 blocked by other rules" in capsys.readouterr().err
    assert "ctl:ruleRemoveTargetById=100;ARGS:name" in out.read_text()
    assert "of 4 clients on 1 days (2026-11-24 to 2026-11-24)" in out.read_text()
    lost = cases(tmp_path / "attacks.jsonl", "/people?name=select")
    assert main([*command[:-1], lost]) == 1
    assert 'lost: "c0"' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--check"], "--check runs a rule set"),
        (["--attacks", "x"], "--attacks belongs to --check"),
        (["--ids", "9-1"], "is no range"),
        (["--clients", "0"], "at least 1"),
        ([], "bad.json:1: no JSON"),
    ],
)
def test_bad_use_is_named(flags: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.json").write_text("nothing")
    assert main(["waf", "exclusions", str(tmp_path / "bad.json"), *flags]) == 2
    assert message in capsys.readouterr().err


def test_audit_needs_a_rule_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["waf", "test", "--audit", str(tmp_path / "x"), cases(tmp_path / "c.jsonl", "/")]) == 2
    assert "--audit belongs to a rule set" in capsys.readouterr().err


def test_a_rule_set_judges_an_event_record_by_record(
    rules: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = {"eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:eu-west-1:1:q", "receiptHandle": "r"}
    event = {"Records": [{**record, "messageId": str(n), "body": text} for n, text in enumerate(("hello", "select"))]}
    (tmp_path / "e.json").write_text(json.dumps(event))
    command = ["guard", "event", str(tmp_path / "e.json"), "--rules", str(rules)]
    assert main([*command, "--explain"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["verdict"] == "quarantine"
    assert told["reasons"] == ["rule 100 at Records[1].body"]
    assert [(one["rule"], one["matched"]) for one in told["explained"]] == [(100, "select")]
    assert main(command) == 0
    assert "explained" not in json.loads(capsys.readouterr().out)
    assert main(["guard", "event", str(tmp_path / "e.json"), "--explain"]) == 2
