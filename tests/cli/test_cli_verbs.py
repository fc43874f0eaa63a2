from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tests.cli.cli_sample import BROKEN, OPEN, RULE, folder

from casemate.cli.main import VERBS, main


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    capsys.readouterr()
    assert main(list(arguments)) == code
    return capsys.readouterr().out


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_has_help(capsys: pytest.CaptureFixture[str], verb: str) -> None:
    with pytest.raises(SystemExit) as left:
        main([verb, "--help"])
    assert left.value.code == 0
    assert "usage: casemate" in capsys.readouterr().out


def test_config_show_tells_each_origin(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cwd" / "casemate.toml").write_text(
        'fail-on = "low"\nexclude = ["old/*"]\n[[suppress]]\nrule = "x"\nreason = "known"\nuntil = 2027-01-01\n',
        "utf-8",
    )
    monkeypatch.setenv("CASEMATE_PROFILE", "strict")
    lines = {line.split()[0]: line for line in said(capsys, "config", "show").splitlines()}
    assert lines["fail-on"].endswith("casemate.toml")
    assert "[old/*]" in lines["exclude"]
    assert lines["profile"].endswith("CASEMATE_PROFILE")
    assert lines["stage"].endswith("from default")
    assert "until 2027-01-01 -- known" in lines["suppress"]


def test_an_unknown_key_is_2_with_the_nearest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cwd" / "casemate.toml").write_text('fail_on = "low"\n', "utf-8")
    assert main(["config", "show"]) == 2
    assert "did you mean fail-on?" in capsys.readouterr().err


def test_rules_as_text_and_json_agree(capsys: pytest.CaptureFixture[str]) -> None:
    rows = json.loads(said(capsys, "rules", "--format", "json"))
    names = [row["name"] for row in rows]
    assert names == sorted(set(names))
    assert RULE in names
    assert {"name", "weakness", "severity", "profile", "subjects"} == set(rows[0])
    text = said(capsys, "rules")
    assert [line.split()[0] for line in text.splitlines()[: len(names)]] == names
    only = json.loads(said(capsys, "rules", "--format", "json", "--weakness", "missing-auth"))
    assert {row["weakness"] for row in only} == {"missing-auth"}


def test_explain_prints_the_page_of_a_rule(capsys: pytest.CaptureFixture[str]) -> None:
    page = said(capsys, "explain", RULE)
    assert page.startswith(f"# {RULE}\n")
    for heading in ("What it does", "Why it matters", "How to fix", "When to allow it", "Weak example", "References"):
        assert f"## {heading}" in page
    listed = said(capsys, "explain", "missing-auth").splitlines()
    assert RULE in listed
    assert main(["explain", "function-url-without-aut"]) == 2
    assert f"did you mean {RULE}?" in capsys.readouterr().err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_knows_verbs_flags_and_rules(capsys: pytest.CaptureFixture[str], shell: str) -> None:
    script = said(capsys, "completion", shell)
    for word in (*VERBS, "fail-on", "baseline-write"):
        assert word in script
    if shell != "fish":
        assert RULE in script
    interpreter = shutil.which({"bash": "bash", "zsh": "bash", "fish": "fish"}[shell])
    if interpreter:
        done = subprocess.run([interpreter, "-n"], input=script, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


def test_completion_completes_in_bash(capsys: pytest.CaptureFixture[str]) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("needs bash")
    script = said(capsys, "completion", "bash")
    ask = 'COMP_WORDS=(casemate scan --fail); COMP_CWORD=2; _casemate; echo "${COMPREPLY[*]}"\n'
    done = subprocess.run([bash, "--norc"], input=script + ask, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["--fail-on"]


def test_inventory_in_three_formats(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = folder(tmp_path, template__yaml=OPEN)
    where = (str(app), "--root", str(app))
    assert "Hello" in said(capsys, "inventory", *where)
    parsed = json.loads(said(capsys, "inventory", *where, "--format", "json"))
    assert "Hello" in json.dumps(parsed)
    svg = said(capsys, "inventory", *where, "--format", "svg")
    assert ET.fromstring(svg).tag.endswith("svg")  # noqa: S314 - our own output
    assert svg == said(capsys, "inventory", *where, "--format", "svg")


def test_inventory_shows_handlers_and_their_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = folder(tmp_path, template__yaml=OPEN, app__py="def handler(event, context): ...\n")
    where = (str(app), "--root", str(app))
    hello = next(line for line in said(capsys, "inventory", *where).splitlines() if line.startswith("  Hello"))
    assert hello.split()[1:4] == ["python3.13", "app.handler", "app.py"]
    entities = json.loads(said(capsys, "inventory", *where, "--format", "json"))["entities"]
    code = next(entity["settings"]["code"] for entity in entities if entity["kind"] == "function")
    assert code["files"] == ["app.py"]
    assert code["handler"]["value"] == "app.handler"


def test_inventory_honours_exclude_and_stage_of_the_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    service = "service: s\nprovider: {name: aws}\nfunctions: {f: {handler: 'a.${sls:stage}'}}\n"
    app = folder(tmp_path, template__yaml=OPEN, serverless__yml=service)
    config = tmp_path / "casemate.toml"
    config.write_text('exclude = ["template.yaml"]\nstage = "prod"\n', "utf-8")
    where = (str(app), "--root", str(app), "--config", str(config))
    shown = said(capsys, "inventory", *where)
    assert "Hello" not in shown
    assert "a.prod" in shown
    assert "a.qa" in said(capsys, "inventory", *where, "--stage", "qa")


def test_inventory_of_nothing_or_of_a_broken_file_is_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = folder(tmp_path)
    said(capsys, "inventory", str(app), "--root", str(app), code=3)
    folder(tmp_path, template__yaml=BROKEN)
    assert main(["inventory", str(app), "--root", str(app)]) == 3
    assert "template.yaml:" in capsys.readouterr().err
    assert main(["inventory", str(tmp_path / "nowhere")]) == 2


def test_the_demo_finds_what_it_is_there_to_find(capsys: pytest.CaptureFixture[str]) -> None:
    shown = said(capsys, "demo")
    assert "1. The inventory" in shown
    assert "2. The scan" in shown
    assert "Not in this release yet" in shown
    assert shown == said(capsys, "demo")
