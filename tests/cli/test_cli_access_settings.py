"""The verbs of `access` read the configuration as `scan` does."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from casemate.analysis.code.models import Source
from casemate.cli.inputs import system_of
from casemate.cli.main import main
from casemate.errors import ConfigurationError

CODE = "import boto3\n\n\ndef handler(event, context):\n    boto3.client('s3').list_buckets()\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("kept", "left"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "app.py").write_text(CODE, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def namespace(**more: object) -> argparse.Namespace:
    settings = {"root": None, "exclude": None, "param": None, "stage": None, "var_file": None, "paths": ["."]}
    return argparse.Namespace(**{**settings, **more})


def functions(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [json.loads(line)["function"] for line in capsys.readouterr().out.splitlines()]


def test_what_the_configuration_leaves_out_is_not_read(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "casemate.toml").write_text('exclude = ["left/*"]\n', "utf-8")
    assert main(["access", "needs", "."]) == 0
    assert functions(capsys) == ["kept/app.py:handler"]


def test_a_flag_comes_before_the_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "casemate.toml").write_text('exclude = ["left/*"]\n', "utf-8")
    assert main(["access", "needs", ".", "--exclude", "kept/*"]) == 0
    assert functions(capsys) == ["left/app.py:handler"]


def test_the_configuration_can_be_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    elsewhere = project / "settings.toml"
    elsewhere.write_text('exclude = ["kept/*"]\n', "utf-8")
    assert main(["access", "needs", ".", "--config", str(elsewhere)]) == 0
    assert functions(capsys) == ["left/app.py:handler"]


def test_the_sources_and_sinks_of_the_team_are_those_of_the_system(project: Path) -> None:
    (project / "casemate.toml").write_text(
        '[[code.sources]]\ncall = "ours.messages.take"\nwhat = "a message"\n', "utf-8"
    )
    assert system_of(namespace()).own_models == (Source("ours.messages.take", "a message"),)


def test_a_broken_table_is_told(project: Path) -> None:
    (project / "casemate.toml").write_text("[[code.sources]]\nnothing = 1\n", "utf-8")
    with pytest.raises(ConfigurationError):
        system_of(namespace())
