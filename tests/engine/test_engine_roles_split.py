"""Roles of a service whose parts stand in files of their own, and a second run over what the first has written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.engine.test_engine_roles import CODE, SERVERLESS, TEMPLATES, folder_of, read

from casemate.analysis.access.needs.comparing import compare
from casemate.analysis.access.needs.gathering import function_needs
from casemate.analysis.access.roles.plan import plan
from casemate.cli.main import main
from casemate.engine.roles import write_role
from casemate.errors import CasemateError

if TYPE_CHECKING:
    from pathlib import Path

    from casemate.analysis.access.roles.plan import Dialect

HEAD = SERVERLESS.partition("functions:")[0]
RESOURCES = "Resources:\n  Orders:\n    Type: AWS::DynamoDB::Table\n    Properties: {TableName: orders}\n"
SHOP = "# the shop\nhandler: src/app.handler\nenvironment:\n  TABLE: {Ref: Orders}\n"
INDENTED = "".join(f"  {line}\n" for line in SHOP.splitlines())
SPLIT: dict[str, tuple[str, dict[str, str]]] = {
    "one file a function": (
        "functions:\n  Shop: ${file(functions/shop.yml)}\nresources:\n" + "".join(f"  {line}\n" for line in RESOURCES.splitlines()),
        {"functions/shop.yml": SHOP},
    ),
    "a part of a file": ("functions:\n  Shop: ${file(./all.yml):shop}\nresources: ${file(resources.yml)}\n", {"all.yml": f"shop:\n{INDENTED}", "resources.yml": RESOURCES}),
    "a file of all functions": ("functions: ${file(functions/all.yml)}\nresources: ${file(resources.yml)}\n", {"functions/all.yml": f"Shop:\n{INDENTED}", "resources.yml": RESOURCES}),
    "lists of files": ("functions:\n  - ${file(functions/all.yml)}\nresources:\n  - ${file(resources.yml)}\n", {"functions/all.yml": f"Shop:\n{INDENTED}", "resources.yml": RESOURCES}),
}  # fmt: skip


def give_role(folder: Path, dialect: Dialect = "serverless") -> list[str]:
    system = read(folder)
    (needs,) = function_needs(system).values()
    return write_role(plan(needs, system, dialect), dialect, system)


def split_in(folder: Path, service: str, files: dict[str, str]) -> Path:
    folder_of("serverless.yml", HEAD + service, folder)
    for path, text in files.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text)
    return folder


@pytest.mark.parametrize("name", SPLIT)
def test_a_service_in_several_files(name: str, tmp_path: Path) -> None:
    folder = split_in(tmp_path, *SPLIT[name])
    give_role(folder)
    after = read(folder)
    (needs,) = function_needs(after).values()
    assert needs.function is not None
    role = after.role_of(needs.function)
    assert role is not None
    found = compare(after.grants(role), needs.all)
    assert (found.missing, found.unused) == ((), ())
    written = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert "has a role of its own already" in give_role(folder)[0]
    assert written == {path: (folder / path).read_bytes() for path in written}
    assert SHOP.splitlines()[0] in "".join(text.decode() for text in written.values())


@pytest.mark.parametrize("path", ["../outside.yml", "missing.yml", "code.js"])
def test_a_function_that_no_file_of_the_project_writes_out(path: str, tmp_path: Path) -> None:
    folder = split_in(tmp_path, f"functions:\n  Shop: ${{file({path})}}\n", {})
    system = read(folder)
    if function_needs(system):
        with pytest.raises(CasemateError):
            give_role(folder)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_second_run_changes_nothing(name: str, tmp_path: Path) -> None:
    dialect, path, text = TEMPLATES[name]
    folder = folder_of(path, text, tmp_path)
    give_role(folder, dialect)
    once = (folder / path).read_bytes()
    (said,) = give_role(folder, dialect)
    assert said.endswith("has a role of its own already, and it is as it should be")
    assert (folder / path).read_bytes() == once


@pytest.mark.parametrize("name", ["cloudformation", "serverless", "terraform"])
def test_the_role_follows_the_code(name: str, tmp_path: Path) -> None:
    dialect, path, text = TEMPLATES[name]
    folder = folder_of(path, text, tmp_path)
    give_role(folder, dialect)
    (folder / "src" / "app.py").write_text(CODE.replace("get_item(Key=", "put_item(Item="))
    give_role(folder, dialect)
    written = (folder / path).read_text()
    assert "dynamodb:PutItem" in written
    assert "dynamodb:GetItem" not in written


def test_diff_after_writing_shows_nothing_unneeded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    service, files = SPLIT["one file a function"]
    folder = split_in(tmp_path, service, files)
    assert main(["access", "role", "Shop", str(folder), "--root", str(folder), "--write"]) == 0
    capsys.readouterr()
    assert main(["access", "diff", str(folder), "--root", str(folder)]) == 0
    assert "never needed" not in capsys.readouterr().out
