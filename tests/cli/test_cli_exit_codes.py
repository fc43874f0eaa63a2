from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.cli_sample import BROKEN, CLOSED, NOW, OPEN, RULE, folder, report, scan

from casemate.cli.main import main


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration of whoever runs the tests takes part."""
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")


def test_clean_is_0_and_a_failed_gate_is_1(tmp_path: Path) -> None:
    assert scan(folder(tmp_path, template__yaml=CLOSED)) == 0
    assert scan(folder(tmp_path, template__yaml=OPEN)) == 1


@pytest.mark.parametrize(("gate", "code"), [("low", 1), ("high", 1), ("critical", 0), ("none", 0)])
def test_the_gate_is_a_severity(tmp_path: Path, gate: str, code: int) -> None:
    assert scan(folder(tmp_path, template__yaml=OPEN), "--rule", RULE, "--fail-on", gate) == code


def test_nothing_to_scan_is_3(tmp_path: Path) -> None:
    assert scan(folder(tmp_path, notes__txt="hello")) == 3


def test_a_broken_input_is_3_and_the_report_says_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = folder(tmp_path, template__yaml=CLOSED, other__yaml=BROKEN)
    assert scan(app) == 3
    found = report(capsys, app)
    assert [(entry["path"], entry["status"]) for entry in found["inputs"]] == [
        ("other.yaml", "failed"),
        ("template.yaml", "understood"),
    ]
    assert found["diagnostics"][0]["code"] == "yaml-syntax"
    assert found["summary"]["complete"] is False  # type: ignore[call-overload] # the summary is a map


def test_a_failed_gate_comes_before_incomplete(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = folder(tmp_path, template__yaml=OPEN, other__yaml=BROKEN)
    assert scan(app) == 1
    assert report(capsys, app)["summary"]["complete"] is False  # type: ignore[call-overload] # the summary is a map
    assert scan(app, "--fail-on", "none") == 3


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["--format", "jsom"], "did you mean json?"),
        (["--rule", "function-url-without-aut"], f"did you mean {RULE}?"),
        (["--skip", "nothing-like-it-at-all"], "no rule is called nothing-like-it-at-all"),
        (["--format", "json", "--format", "sarif"], "only one format can go to standard output"),
        (["--now", "yesterday"], "not an ISO date"),
        (["--param", "novalue"], "want NAME=VALUE"),
        (["--config", "missing.toml"], "--config names a file to read"),
        (["--baseline", "missing.json"], "write one with --baseline-write"),
        (["--baseline-write", "no/such/folder/b.json"], "cannot write"),
        (["--stats", "no/such/folder/s.json"], "cannot write"),
        (["--format", "json=no/such/folder/r.json"], "cannot write"),
        (["--rules", "no-rules-here"], "no rule files there"),
        (["--fail-on", "sometimes"], "invalid choice"),
    ],
)
def test_a_wrong_use_is_2_with_a_hint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str], told: str
) -> None:
    app = folder(tmp_path, template__yaml=CLOSED)
    assert _left(["scan", str(app), "--root", str(app), *flags]) == 2
    err = capsys.readouterr().err
    assert told in err
    assert "crashed" not in err


def _left(arguments: list[str]) -> object:
    """The exit code, also when argparse leaves by itself."""
    try:
        return main(arguments)
    except SystemExit as left:
        return left.code


def test_a_missing_path_and_one_outside_of_the_root_are_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", str(tmp_path / "nowhere")]) == 2
    assert "does not exist" in capsys.readouterr().err
    app = folder(tmp_path, template__yaml=CLOSED)
    assert main(["scan", str(app), "--root", str(tmp_path / "cwd")]) == 2
    assert "lies outside of the root" in capsys.readouterr().err


@pytest.mark.parametrize("epoch", ["soon", "9" * 30, "-" + "9" * 30])
def test_an_impossible_epoch_is_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, epoch: str
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    app = folder(tmp_path, template__yaml=CLOSED)
    assert main(["scan", str(app), "--root", str(app)]) == 2
    assert "not a number of seconds since 1970" in capsys.readouterr().err


def test_a_rule_that_crashes_is_a_diagnostic_and_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "crash.py").write_text(
        '"""A rule with a defect."""\n\nfrom __future__ import annotations\n\n'
        "from casemate.authoring import HIGH, rule\n\nCASES = ()\n\n\n"
        '@rule("own-crash", weakness="missing-auth", severity=HIGH, tags=["cwe-306"])\n'
        "def check(function: Function, system: System):\n    yield 1 / 0\n",
        "utf-8",
    )
    app = folder(tmp_path, template__yaml=CLOSED)
    assert scan(app, "--rules", str(own)) == 3
    crashed = [
        entry for entry in report(capsys, app, "--rules", str(own))["diagnostics"] if entry["code"] == "rule-failed"
    ]
    assert "own-crash" in str(crashed[0]["message"])
    assert "Hello" in str(crashed[0]["message"])


def test_an_unknown_verb_gets_the_nearest_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sacn"]) == 2
    assert "did you mean scan?" in capsys.readouterr().err
    assert main(["xyzzy"]) == 2
    assert "one of scan, " in capsys.readouterr().err


def test_no_verb_prints_the_help_and_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "VERB" in capsys.readouterr().err


def test_a_crash_is_2_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casemate.cli.rules.run", lambda _: 1 // 0)
    assert main(["rules"]) == 2
    assert "this is a defect of Casemate" in capsys.readouterr().err


def _casemate(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "casemate", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **more},
    )


def test_help_works_as_a_process() -> None:
    done = _casemate("--help")
    assert done.returncode == 0
    assert "scan" in done.stdout
    assert done.stderr == ""
    assert _casemate("scan", "--help").returncode == 0
    assert _casemate("--version").stdout.startswith("casemate ")


def test_a_reader_that_leaves_ends_the_run_quietly() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "casemate", "rules"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    told = process.stderr.read()
    process.stderr.close()
    assert process.wait() != 0
    assert b"Traceback" not in told
    assert b"BrokenPipe" not in told


def test_results_go_to_stdout_and_the_clock_only_decides_without_now(tmp_path: Path) -> None:
    app = folder(tmp_path, template__yaml=OPEN)
    done = _casemate("scan", str(app), "--root", str(app), "--now", NOW, "--format", "json")
    again = _casemate("scan", str(app), "--root", str(app), "--now", NOW, "--format", "json", PYTHONHASHSEED="7")
    assert done.returncode == 1
    assert done.stderr == ""
    assert done.stdout == again.stdout
