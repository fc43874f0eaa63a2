"""The worked pairs of docs/access.md for `needs`, `role` and `diff`, and the ends of their commands."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from casemate.cli.main import main

DOCS = Path(__file__).parents[2] / "docs" / "access.md"


def blocks(section: str, language: str) -> list[str]:
    text = DOCS.read_text("utf-8").partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.fixture
def application(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "template.yaml").write_text(blocks("needs", "yaml")[0], "utf-8")
    (tmp_path / "src" / "app.py").write_text(blocks("needs", "python")[0], "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def test_the_worked_pair_of_needs(application: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["access", "needs", "."]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(blocks("needs", "json")[0])


def test_the_worked_pair_of_role(application: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["access", "role", "Order"]) == 0
    assert capsys.readouterr().out == blocks("role", "yaml")[0]


def test_the_worked_pair_of_diff(application: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["access", "diff"]) == 0
    assert capsys.readouterr().out == blocks("diff", "text")[1]


def test_diff_in_json(application: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["access", "diff", "--format", "json"]) == 0
    (role,) = json.loads(capsys.readouterr().out)["roles"]
    assert (role["complete"], role["unused"][0]["unused"], role["missing"][0]["Action"]) == (
        True,
        ["dynamodb:DeleteTable"],
        "sns:Publish",
    )


def test_after_writing_nothing_is_missing_or_unneeded(application: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["access", "role", "Order", "--write"]) == 0
    assert main(["access", "diff"]) == 0
    assert "grants what is needed" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [["role", "Nothing"], ["role", "Order", "--as", "terraform", "--write"], ["role", "Order", "elsewhere"]],
)
def test_what_is_asked_wrongly_is_an_error_of_use(
    application: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["access", *arguments]) == 2
    assert capsys.readouterr().err


def test_code_that_cannot_be_followed_makes_the_role_incomplete(
    application: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = application / "src" / "app.py"
    file.write_text(file.read_text("utf-8") + "    getattr(table, event['what'])()\n", "utf-8")
    assert main(["access", "role", "Order"]) == 3
    output = capsys.readouterr()
    assert output.out.startswith("# not followed: src/app.py:12")
    assert "dynamodb:DeleteTable" in output.out
    assert main(["access", "role", "Order", "--write"]) == 2
