"""`scan --iac-only`: what templates say, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casemate.cli.main import main

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: app.handler
      CodeUri: .
      FunctionUrlConfig: {AuthType: NONE}
"""
CODE = """
import os


def handler(event, context):
    os.system("ls " + event["body"])
"""


def test_code_is_left_alone_and_the_report_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "template.yaml").write_text(TEMPLATE, "utf-8")
    (tmp_path / "app.py").write_text(CODE, "utf-8")
    told = {}
    for flags in ([], ["--iac-only"]):
        main(["scan", str(tmp_path), "--format", "json", "--quiet", "--no-cache", *flags])
        report = json.loads(capsys.readouterr().out)
        told[bool(flags)] = {finding["rule"] for finding in report["findings"]}
        assert ("iac-only" in {one["code"] for one in report["diagnostics"]}) is bool(flags)
        assert report["summary"]["complete"]
    assert "command-injection" in told[False]
    assert "command-injection" not in told[True]
    assert "function-url-without-auth" in told[True]
