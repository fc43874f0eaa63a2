"""A compiled rule set behind a policy: the guard's hook."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casemate_guard.handler import Guard
from casemate_guard.policy import SCHEMA, PolicyError, read_policy
from casemate_waf.artefact import save
from casemate_waf.loading import load

RULES = """
SecRuleEngine On
SecRule ARGS "@rx (?i)drop\\s+table" "id:1001,phase:2,log,pass,t:none,msg:'dropping',setvar:'tx.score=+5'"
SecRule ARGS "@contains evil" "id:1002,phase:2,log,pass,t:none,msg:'evil',setvar:'tx.score=+5'"
SecRule TX:score "@ge 5" "id:1009,phase:2,deny,status:403,log,msg:'score'"
"""


@pytest.fixture(scope="module")
def artefact(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    pytest.importorskip("hyperscan")
    folder = tmp_path_factory.mktemp("rules")
    (folder / "rules.conf").write_text(RULES, encoding="utf-8")
    return save(load(folder), request=False)


def guard(folder: Path, data: bytes, **more: object) -> Guard:
    (folder / "waf.bin").write_bytes(data)
    document = {"schema": SCHEMA, "waf": {"rules": "waf.bin"}, "redaction": None, "sinks": {"events": []}, **more}
    (folder / "guard-policy.json").write_text(json.dumps(document), encoding="utf-8")
    return Guard(policy=read_policy(str(folder / "guard-policy.json")))


def batch(*texts: str) -> dict[str, object]:
    return {"Records": [{"messageId": str(n), "eventSource": "aws:sqs", "body": text} for n, text in enumerate(texts)]}


def test_each_record_is_judged_by_itself(tmp_path: Path, artefact: bytes) -> None:
    _, decision = guard(tmp_path, artefact).judged(batch("fine", '{"q": "DROP  TABLE users"}', "so evil", "fine"))
    assert decision.verdict == "quarantine"
    assert decision.refused == {1, 2}
    assert [(one.what, one.path, one.record) for one in decision.reasons] == [
        ("1001", "Records[1].body#json.q", 1),
        ("1002", "Records[2].body", 2),
    ]


def test_a_rule_can_be_off_by_its_number(tmp_path: Path, artefact: bytes) -> None:
    _, decision = guard(tmp_path, artefact, rules={"1002": "off"}).judged(batch("so evil"))
    assert decision.verdict == "allow"


def test_an_artefact_that_was_changed_stops_the_start(tmp_path: Path, artefact: bytes) -> None:
    with pytest.raises(PolicyError, match=r"waf\.rules"):
        guard(tmp_path, artefact[:-1] + b"x")
    (tmp_path / "waf.bin").unlink()
    with pytest.raises(PolicyError, match=r"waf\.rules"):
        Guard(policy=read_policy(str(tmp_path / "guard-policy.json")))
