from __future__ import annotations

import json
from pathlib import Path

import pytest

from casemate.cli.main import main


def test_events_are_decided_by_a_policy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy, events = tmp_path / "guard-policy.json", tmp_path / "events.jsonl"
    mine = {"triggers": {"sqs": {"body": {"type": "object"}}}, "rules": {"trigger": "observe"}}
    policy.write_text(
        json.dumps({"schema": "casemate-guard-policy/1", "functions": {"app.handler": mine}}), encoding="utf-8"
    )
    batch = {
        "Records": [
            {"eventSource": "aws:sqs", "messageId": str(n), "body": body} for n, body in enumerate(("{}", "[]"))
        ]
    }
    events.write_text(json.dumps(batch) + "\n" + json.dumps({"a": 1}) + "\n", encoding="utf-8")
    assert main(["guard", "event", str(events), "--policy", str(policy), "--function", "app.handler"]) == 0
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["verdict"], first["reasons"]) == ("quarantine", ["rule schema type at Records[1]#body"])
    assert (second["verdict"], second["reasons"]) == ("allow", ["rule trigger at direct (observed)"])
    assert main(["guard", "event", str(events), "--policy", str(policy)]) == 2
    assert "has no policy of ''; there are app.handler" in capsys.readouterr().err
