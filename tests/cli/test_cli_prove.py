"""`casemate prove`: the report with proofs, the events, the exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casemate.cli.main import main

CODE = "import os\n\n\ndef handler(event, context):\n    os.system('ls ' + event['queryStringParameters']['name'])\n"


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "app.py").write_text(CODE, "utf-8")
    return folder


def test_proofs_are_in_the_report_and_events_are_written(
    app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = tmp_path / "events"
    arguments = ["prove", str(app), "--weak-isolation", "--no-cache", "--format", "json", "--events", str(events)]
    assert main(arguments) == 1
    out, err = capsys.readouterr()
    finding = next(one for one in json.loads(out)["findings"] if one["rule"] == "command-injection")
    assert finding["proof"]["status"] == "confirmed"
    written = [json.loads(file.read_text("utf-8")) for file in events.iterdir()]
    assert written == [json.loads(finding["proof"]["event"])]
    assert ";z" in written[0]["queryStringParameters"]["name"]
    assert "1 confirmed" in err


def test_text_shows_the_proof(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", str(app), "--weak-isolation", "--no-cache", "--quiet", "--fail-on", "none"]) == 0
    out, err = capsys.readouterr()
    assert "proof: confirmed: the shell starts a command of the attacker's" in out
    assert err == ""


@pytest.mark.parametrize(
    "more",
    [["--timeout", "0"], ["--timeout", "1000"], ["--python", "/nowhere/python"], ["--node", "/nowhere/node"],
     ["--http", "http://192.0.2.1"], ["--http", "http://localhost:1", "--rate", "0"]],
)  # fmt: skip
def test_wrong_flags_are_usage_errors(app: Path, more: list[str]) -> None:
    if more[0] == "--node":
        (app / "app.py").unlink()
        (app / "index.js").write_text("exports.handler = async (event) => eval(event.body);\n", "utf-8")
    assert main(["prove", str(app), "--weak-isolation", "--no-cache", "--quiet", *more]) == 2
