"""`casemate sbom` and `casemate advisories` from outside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casemate.cli.main import main


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CASEMATE_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "template.yaml").write_text(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  Hello:\n    Type: AWS::Serverless::Function\n"
        "    Properties: {Runtime: python3.12, Handler: app.handler, CodeUri: .}\n"
    )
    (folder / "app.py").write_text("import requests\n")
    (folder / "requirements.txt").write_text("requests==2.19.0\n")
    return folder


def test_sbom_prints_writes_and_splits(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sbom", str(project)]) == 0
    body = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in body["components"]] == ["Hello", "requests"]
    assert body["vulnerabilities"]
    out = tmp_path / "out"
    assert main(["sbom", str(project), "--split", str(out), "--now", "2026-11-24T10:00:00Z"]) == 0
    assert sorted(file.name for file in out.iterdir()) == ["Hello.cdx.json", "system.cdx.json"]
    assert json.loads((out / "Hello.cdx.json").read_text())["metadata"]["timestamp"] == "2026-11-24T10:00:00Z"
    assert "advisories of 2024-10-10" in capsys.readouterr().err


def test_sbom_of_nothing_is_incomplete(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sbom", str(tmp_path)]) == 3
    assert main(["sbom", str(tmp_path / "missing")]) == 2
    capsys.readouterr()


def test_advisories_are_shown_and_updated(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = {
        "id": "GHSA-0000-0000-0001",
        "modified": "2026-11-20T00:00:00Z",
        "affected": [{"package": {"name": "requests", "ecosystem": "PyPI"}, "versions": ["2.32.3"]}],
    }
    file = tmp_path / "in.jsonl"
    file.write_text(json.dumps(record) + "\n")
    assert main(["advisories", "update", "--from", str(file)]) == 0
    assert "data of 2026-11-20: PyPI 1" in capsys.readouterr().out
    assert main(["advisories"]) == 0
    assert "PyPI: 1 advisories" in capsys.readouterr().out
    (project / "requirements.txt").write_text("requests==2.32.3\n")
    assert main(["sbom", str(project)]) == 0
    assert json.loads(capsys.readouterr().out)["vulnerabilities"][0]["id"] == "GHSA-0000-0000-0001"
    assert main(["advisories", "update", "--from", "http://example.com/all.zip"]) == 2
    assert "https" in capsys.readouterr().err
