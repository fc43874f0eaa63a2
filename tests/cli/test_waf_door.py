import base64
import json
from pathlib import Path

import pytest

from casemate.cli.main import main

RULES = """
SecAction "id:1,phase:1,pass,nolog,setvar:tx.blocking_inbound_anomaly_score=0"
SecRule ARGS "@contains evil" "id:20,phase:2,pass,msg:'Evil',severity:'CRITICAL',tag:'paranoia-level/2',\\
    setvar:'tx.blocking_inbound_anomaly_score=+5'"
SecRule TX:blocking_inbound_anomaly_score "@ge 5" "id:30,phase:2,deny"
SecRule RESPONSE_BODY "@contains secret" "id:40,phase:4,pass"
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    (tmp_path / "a.conf").write_text(RULES)
    return tmp_path


def cases(rules: Path, *lines: object) -> str:
    path = rules / "cases.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return str(path)


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_the_door_answers_each_line(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    post = {
        "method": "POST",
        "uri": "/",
        "version": "HTTP/1.1",
        "headers": [["Content-Type", "application/x-www-form-urlencoded"]],
        "body_b64": b64("a=evil"),
    }
    answer = {"status": 200, "headers": [["Content-Type", "text/plain"]], "body_b64": b64("a secret")}
    get = {"method": "GET", "uri": "/?q=\udcff", "version": "HTTP/1.1", "headers": []}
    file = cases(rules, {"id": "a", "request": post, "response": answer}, {"id": 2, "request": get})
    assert main(["waf", "test", "--rules", str(rules), file]) == 0
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first == {"id": "a", "action": "block", "rules": [20, 30, 40], "score": 5}
    assert second == {"id": 2, "action": "allow", "rules": [], "score": 0}


def test_an_event_is_inspected_leaf_by_leaf(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    event = {"Records": [{"body": json.dumps({"text": "evil"})}]}
    file = cases(rules, {"id": "e", "event": event}, {"id": "f", "event": None})
    assert main(["waf", "test", "--rules", str(rules), file]) == 0
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["action"], first["rules"]) == ("block", [20, 30])
    assert second["action"] == "allow"


def test_timings_are_asked_for(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["waf", "test", "--rules", str(rules), "--timings", cases(rules, {"id": 1, "request": {}})]) == 0
    assert set(json.loads(capsys.readouterr().out)) == {"id", "action", "rules", "score", "micros"}


def test_the_rules_are_listed(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["waf", "rules", "--rules", str(rules)]) == 0
    assert "20       2 PL2  CRITICAL  Evil" in capsys.readouterr().out
    assert main(["waf", "rules", "--rules", str(rules), "--format", "json"]) == 0
    row = json.loads(capsys.readouterr().out.splitlines()[1])
    assert (row["id"], row["phase"], row["paranoia"], row["path"], row["line"]) == (20, 2, 2, "a.conf", 3)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{}", "line 1 of the cases has no 'request'"),
        ("[", "line 1 of the cases cannot be read"),
        ('{"request": {"headers": [["a"]]}}', "line 1 of the cases cannot be read"),
        ('{"request": {"method": 7}}', "line 1 of the cases cannot be read"),
    ],
)
def test_a_bad_line_is_named(rules: Path, line: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = rules / "cases.jsonl"
    file.write_text(line)
    assert main(["waf", "test", "--rules", str(rules), str(file)]) == 2
    assert message in capsys.readouterr().err


def test_a_refused_rule_set_is_named_with_file_and_line(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (rules / "b.conf").write_text('\nSecRule ARGS "@inspectFile x" "id:9"')
    assert main(["waf", "rules", "--rules", str(rules)]) == 2
    assert "b.conf:2: @inspectfile is refused" in capsys.readouterr().err


def test_a_rule_set_is_compiled_and_runs_as_it_does_from_its_folder(
    rules: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from casemate_waf.artefact import load

    made = tmp_path / "made.waf"
    assert main(["waf", "compile", "--rules", str(rules), "-o", str(made)]) == 0
    assert "bytes" in capsys.readouterr().err
    assert load(made.read_bytes()).engine is not None
    file = cases(rules, {"id": 1, "request": {"uri": "/?a=attack"}}, {"id": 2, "event": {"a": "attack"}})
    assert main(["waf", "test", "--rules", str(rules), file]) == 0
    fast = capsys.readouterr().out
    assert main(["waf", "test", "--rules", str(rules), "--plain", file]) == 0
    assert capsys.readouterr().out == fast
