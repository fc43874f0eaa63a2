"""What the tests of the command line share: small systems on the disk, and one way to run a verb."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.cli.main import main

if TYPE_CHECKING:
    import pytest

NOW = "2026-11-24"
RULE = "function-url-without-auth"
OPEN = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      FunctionUrlConfig:
        AuthType: NONE
"""
CLOSED = OPEN.replace("NONE", "AWS_IAM")
BROKEN = OPEN.replace("Hello", "Other") + "  Broken: [\n"


def folder(base: Path, **files: str) -> Path:
    """A folder `app` with these files; `__` stands for a dot in a name."""
    app = base / "app"
    app.mkdir(exist_ok=True)
    for name, text in files.items():
        (app / name.replace("__", ".")).write_text(text, "utf-8")
    return app


def scan(app: Path, *flags: str) -> int:
    """The exit code of a scan of one folder."""
    return main(["scan", str(app), "--root", str(app), "--now", NOW, *flags])


def report(capsys: pytest.CaptureFixture[str], app: Path, *flags: str) -> dict[str, list[dict[str, object]]]:
    """The JSON report of a scan."""
    capsys.readouterr()
    scan(app, "--format", "json", *flags)
    parsed: dict[str, list[dict[str, object]]] = json.loads(capsys.readouterr().out)
    return parsed


def rules_of(found: dict[str, list[dict[str, object]]]) -> list[object]:
    """The rules of the open findings."""
    return [finding["rule"] for finding in found["findings"] if finding["suppressed"] is None]
