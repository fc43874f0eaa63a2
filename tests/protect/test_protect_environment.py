"""Secrets of templates are encrypted where they stand, and the guard opens them again."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from casemate.analysis.system import System
from casemate.cli.main import main
from casemate.inventory.build import build
from casemate.model.value import text_of
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import FolderTree
from casemate_guard.environment import KEK, MARK, opened

SECRET = "correct-horse-" + "battery"
TEMPLATES = {
    "template.yaml": f"""
Transform: AWS::Serverless-2016-10-31
Resources:
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      Environment:
        Variables:
          TABLE: orders
          DB_PASSWORD: "{SECRET}"  # of the shop
""",
    "serverless.yml": f"""
service: shop
provider:
  name: aws
  runtime: python3.13
  environment:
    DB_PASSWORD: {SECRET}
functions:
  one: {{handler: app.one}}
  two: {{handler: app.two}}
""",
    "main.tf": f"""
resource "aws_lambda_function" "work" {{
  function_name = "work"
  role          = "arn:aws:iam::123456789012:role/work"
  handler       = "app.handler"
  runtime       = "python3.13"
  environment {{
    variables = {{
      DB_PASSWORD = "{SECRET}"
    }}
  }}
}}
""",
}


@pytest.fixture
def kek(tmp_path: Path) -> str:
    path = tmp_path / "key"
    path.write_bytes(os.urandom(32))
    path.chmod(0o600)
    return f"file://{path}"


def folder(tmp_path: Path, name: str, text: str) -> Path:
    made = tmp_path / "app"
    made.mkdir()
    (made / name).write_text(text, encoding="utf-8")
    return made


def variables(root: Path) -> list[dict[str, str | None]]:
    tree = FolderTree(root, ("",), ())
    inventory = build(discover(tree, Options({}, None, ())).readings)
    system = System(inventory, date(2026, 1, 1), tree=tree)
    return [{one.name: text_of(one.value) for one in function.environment} for function in system.inventory.functions]


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_secret_is_encrypted_in_its_place(
    name: str, tmp_path: Path, kek: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = folder(tmp_path, name, TEMPLATES[name])
    arguments = ["guard", "encrypt-env", str(root), "--root", str(root), "--kek", kek]
    assert main(arguments) == 0
    assert "DB_PASSWORD would be encrypted for" in capsys.readouterr().out
    assert (root / name).read_text(encoding="utf-8") == TEMPLATES[name]

    assert main([*arguments, "--write"]) == 0
    assert SECRET not in capsys.readouterr().out
    text = (root / name).read_text(encoding="utf-8")
    assert SECRET not in text
    assert text.count(MARK) == 1  # shared or not, it stands in one place
    monkeypatch.setenv(KEK, kek)
    found = variables(root)
    assert found
    for one in found:
        assert one[KEK] == kek
        sealed = one["DB_PASSWORD"]
        assert sealed is not None
        assert opened("DB_PASSWORD", sealed) == SECRET
    assert main(arguments) in {1, 3}  # nothing is left in clear


def test_what_the_guard_could_not_open_stays(tmp_path: Path, kek: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = TEMPLATES["serverless.yml"].replace("{handler: app.two}", "{handler: app.two, runtime: nodejs22.x}")
    root = folder(tmp_path, "serverless.yml", text)
    assert main(["guard", "encrypt-env", str(root), "--root", str(root), "--kek", kek, "--write"]) == 1
    assert "stays in clear: the guard does not run in two" in capsys.readouterr().out
    assert (root / "serverless.yml").read_text(encoding="utf-8") == text


def test_variables_by_name(tmp_path: Path, kek: str, capsys: pytest.CaptureFixture[str]) -> None:
    root = folder(tmp_path, "template.yaml", TEMPLATES["template.yaml"])
    arguments = ["guard", "encrypt-env", str(root), "--root", str(root), "--kek", kek]
    assert main([*arguments, "--variable", "TABLE", "--write"]) == 0
    assert variables(root)[0]["DB_PASSWORD"] == SECRET
    assert str(variables(root)[0]["TABLE"]).startswith(MARK)
    assert main([*arguments, "--variable", "NONE"]) == 2
    assert "no function has a variable NONE" in capsys.readouterr().err


def test_a_key_that_is_not_there_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = folder(tmp_path, "template.yaml", TEMPLATES["template.yaml"])
    kek = f"file://{tmp_path / 'none'}"
    assert main(["guard", "encrypt-env", str(root), "--root", str(root), "--kek", kek, "--write"]) == 2
    assert "does not encrypt" in capsys.readouterr().err
    assert (root / "template.yaml").read_text(encoding="utf-8") == TEMPLATES["template.yaml"]
