from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.cli.cli_sample import BROKEN, CLOSED, NOW, OPEN, RULE, folder, report, rules_of, scan

from casemate.cli.main import main

OWN = '''"""Every function is mentioned."""

from __future__ import annotations

from casemate.authoring import HIGH, Violation, rule

CASES = ()


@rule("own-mention", weakness="missing-auth", severity=HIGH, tags=["cwe-306"])
def check(function: Function, system: System):
    yield Violation(f"{function.name} on {system.today}", function.at)
'''


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)


def test_a_finding_points_at_the_value_in_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = report(capsys, folder(tmp_path, template__yaml=OPEN), "--rule", RULE)
    (finding,) = found["findings"]
    assert finding["rule"] == RULE
    assert finding["resource"] == {"type": "function", "name": "Hello"}
    assert finding["locations"] == [
        {
            "path": "template.yaml", "arn": None, "start_line": 9, "start_column": 19, "end_line": 9, "end_column": 23,
            "kind": "primary", "label": None,
        }
    ]  # fmt: skip
    fixes: Any = finding["fixes"]
    (fix,) = fixes
    assert fix["edits"] == [
        {
            "path": "template.yaml",
            "start_byte": OPEN.index("NONE"),
            "end_byte": OPEN.index("NONE") + 4,
            "text": "AWS_IAM",
        }
    ]


@pytest.mark.parametrize(
    "form", ["text", "json", "sarif", "junit", "gitlab", "markdown", "html", "csv", "github", "ocsf"]
)
def test_two_runs_are_byte_identical(tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    app = folder(tmp_path, template__yaml=OPEN, b__yaml=OPEN.replace("Hello", "Bye"))
    capsys.readouterr()
    scan(app, "--format", form)
    first = capsys.readouterr().out
    scan(app, "--format", form)
    assert first == capsys.readouterr().out
    assert str(tmp_path) not in first


def test_rules_are_chosen_by_name_and_glob(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = folder(tmp_path, template__yaml=OPEN)
    assert rules_of(report(capsys, app, "--rule", "function-url-*")) == [RULE]
    assert RULE not in rules_of(report(capsys, app, "--skip", "function-url-*"))
    assert rules_of(report(capsys, app, "--rule", RULE, "--skip", "*")) == []


def test_strict_shows_what_default_withholds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = folder(tmp_path, template__yaml=CLOSED)
    plain, strict = report(capsys, app), report(capsys, app, "--profile", "strict")
    withheld = plain["summary"]["withheld"]  # type: ignore[call-overload] # the summary is a map
    assert withheld
    assert set(withheld) <= set(rules_of(strict))
    assert not set(withheld) & set(rules_of(plain))


def test_the_users_own_rules_run_from_outside_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app, own = folder(tmp_path, template__yaml=CLOSED), tmp_path / "own"
    own.mkdir()
    (own / "mention.py").write_text(OWN, "utf-8")
    (finding,) = report(capsys, app, "--rules", str(own), "--rule", "own-*")["findings"]
    assert finding["message"] == f"Hello on {NOW}"
    (app / "rules").mkdir()
    (app / "rules" / "mention.py").write_text("raise SystemExit(9)", "utf-8")
    assert scan(app, "--rules", str(app / "rules")) == 2
    assert "rules are code" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("body", "told"),
    [("1 / 0\n", "ZeroDivisionError"), ("x = 1\n", "defines 0 rules"), (OWN.replace("cwe-306", "auth"), "needs a tag")],
)
def test_a_broken_rule_of_the_user_is_a_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], body: str, told: str
) -> None:
    app, own = folder(tmp_path, template__yaml=CLOSED), tmp_path / "own"
    own.mkdir()
    (own / "mine.py").write_text(body, "utf-8")
    assert scan(app, "--rules", str(own)) == 2
    assert told in capsys.readouterr().err


def test_excluded_and_ignored_paths_are_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = folder(tmp_path, template__yaml=CLOSED, old__yaml=OPEN)
    assert RULE in rules_of(report(capsys, app))
    assert RULE not in rules_of(report(capsys, app, "--exclude", "old*"))
    (app / ".gitignore").write_text("old.yaml\n", "utf-8")
    assert [entry["path"] for entry in report(capsys, app)["inputs"]] == ["template.yaml"]


def test_a_folder_below_the_root_obeys_the_rules_above_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = folder(tmp_path)
    for name in ("svc", "svc/generated"):
        (app / name).mkdir()
        (app / name / "template.yaml").write_text(OPEN, "utf-8")
    (app / ".gitignore").write_text("generated/\n", "utf-8")

    def inputs(start: str) -> list[object]:
        capsys.readouterr()
        main(["scan", str(app / start), "--root", str(app), "--now", NOW, "--format", "json"])
        return [entry["path"] for entry in json.loads(capsys.readouterr().out)["inputs"]]

    assert inputs("svc") == ["svc/template.yaml"]
    assert inputs("svc/generated") == ["svc/generated/template.yaml"], "what is asked for by name is read"


def test_parameters_and_stages_decide_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = "Transform: AWS::Serverless-2016-10-31\nParameters: {Auth: {Type: String}}\n"
    app = folder(tmp_path, template__yaml=head + OPEN.partition("\n")[2].replace("NONE", "!Ref Auth"))
    flags = ("--rule", RULE)
    unknown = report(capsys, app, *flags)
    assert rules_of(unknown) == []
    assert [entry["rule"] for entry in unknown["unresolved"]] == [RULE]
    assert scan(app, *flags) == 0, "an unresolved value never makes a run incomplete"
    assert rules_of(report(capsys, app, *flags, "--param", "Auth=NONE")) == [RULE]
    assert rules_of(report(capsys, app, *flags, "--param", "Auth=AWS_IAM")) == []
    service = (
        "service: s\nprovider: {name: aws, runtime: python3.13}\ncustom: {auth: {dev: null, prod: aws_iam}}\n"
        "functions:\n  hello:\n    handler: a.b\n    url: {authorizer: '${self:custom.auth.${sls:stage}}'}\n"
    )
    (app / "template.yaml").unlink()
    (app / "serverless.yml").write_text(service, "utf-8")
    assert rules_of(report(capsys, app, *flags, "--stage", "prod")) == []


def test_paths_are_relative_to_the_git_top_level(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = folder(tmp_path)
    (app / "sub").mkdir()
    (app / "sub" / "template.yaml").write_text(OPEN, "utf-8")
    subprocess.run(["git", "init", "-q", str(app)], check=True)
    capsys.readouterr()
    assert main(["scan", str(app / "sub"), "--now", NOW, "--format", "json"]) == 1
    assert [entry["path"] for entry in json.loads(capsys.readouterr().out)["inputs"]] == ["sub/template.yaml"]


def test_formats_go_to_files_and_one_to_standard_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = folder(tmp_path, template__yaml=OPEN)
    out = tmp_path / "out.sarif"
    capsys.readouterr()
    assert scan(app, "--format", f"sarif={out}", "--format", f"junit={tmp_path / 'out.xml'}", "--format", "csv") == 1
    assert json.loads(out.read_text("utf-8"))["version"] == "2.1.0"
    assert (tmp_path / "out.xml").read_text("utf-8").startswith("<?xml")
    assert RULE in capsys.readouterr().out


def test_a_baseline_hides_what_is_known_and_shows_what_is_new(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app, known = folder(tmp_path, template__yaml=OPEN), tmp_path / "known.json"
    assert scan(app, "--baseline-write", str(known)) == 0
    assert scan(app, "--baseline", str(known), "--fail-on", "low") == 0
    folder(tmp_path, template__yaml="# a comment moves every line\n\n" + OPEN)
    found = report(capsys, app, "--baseline", str(known))
    assert rules_of(found) == []
    assert {finding["suppressed"]["kind"] for finding in found["findings"]} == {"baseline"}  # type: ignore[index]
    folder(tmp_path, b__yaml=OPEN.replace("Hello", "Bye"))
    assert RULE in rules_of(report(capsys, app, "--baseline", str(known)))
    assert scan(app, "--baseline", str(known)) == 1


def test_renewing_a_baseline_keeps_what_it_had(tmp_path: Path) -> None:
    app, known = folder(tmp_path, template__yaml=OPEN), tmp_path / "known.json"
    scan(app, "--baseline-write", str(known))
    first = known.read_text("utf-8")
    assert RULE in first
    assert scan(app, "--baseline", str(known), "--baseline-write", str(known)) == 0
    assert known.read_text("utf-8") == first


def test_a_baseline_of_an_incomplete_run_is_written_and_3(tmp_path: Path) -> None:
    app = folder(tmp_path, template__yaml=OPEN, other__yaml=BROKEN)
    assert scan(app, "--baseline-write", str(tmp_path / "known.json")) == 3
    assert RULE in (tmp_path / "known.json").read_text("utf-8")


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"schema": "other/1", "findings": []}', '{"schema": "casemate-baseline/1"}']
)
def test_what_is_no_baseline_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    (tmp_path / "b.json").write_text(text, "utf-8")
    assert scan(folder(tmp_path, template__yaml=CLOSED), "--baseline", str(tmp_path / "b.json")) == 2
    assert "write a new one with --baseline-write" in capsys.readouterr().err


def test_timings_go_to_the_file_of_stats_only(tmp_path: Path) -> None:
    app, stats = folder(tmp_path, template__yaml=OPEN), tmp_path / "stats.json"
    scan(app, "--stats", str(stats))
    told = json.loads(stats.read_text("utf-8"))
    assert {"wall_seconds", "cpu_seconds", "files_seen", "inputs", "functions", "findings"} <= set(told)
    assert (told["inputs"], told["functions"]) == (1, 1)


def test_today_is_an_input(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    app = folder(tmp_path, template__yaml=CLOSED.replace("python3.13", "python3.9"))

    def outdated(*flags: str) -> bool:
        capsys.readouterr()
        main(["scan", str(app), "--root", str(app), "--format", "json", "--fail-on", "none", *flags])
        found = json.loads(capsys.readouterr().out)["findings"]
        return any(finding["weakness"] == "outdated-runtime" for finding in found)

    assert outdated("--now", "2026-11-24")
    assert not outdated("--now", "2023-01-01T00:00:00Z")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1672531200")
    assert not outdated()
    assert outdated("--now", "2026-11-24"), "the flag comes before the variable"


def test_a_format_with_a_time_takes_now(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    scan(folder(tmp_path, template__yaml=OPEN), "--format", "gitlab")
    assert "2026-11-24T00:00:00" in capsys.readouterr().out


def test_the_configuration_of_what_is_scanned_is_not_honoured(tmp_path: Path) -> None:
    app = folder(tmp_path, template__yaml=OPEN, casemate__toml='fail-on = "none"\n')
    assert scan(app) == 1
    assert scan(app, "--config", str(app / "casemate.toml")) == 0


def test_the_text_report_has_no_colour_in_a_pipe(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    scan(folder(tmp_path, template__yaml=OPEN))
    assert "\x1b" not in capsys.readouterr().out


def test_no_color_is_honoured_on_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = folder(tmp_path, template__yaml=OPEN)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    capsys.readouterr()
    scan(app)
    assert "\x1b[" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    scan(app)
    assert "\x1b[" not in capsys.readouterr().out


def test_names_from_the_input_cannot_command_the_terminal_or_the_ci(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = OPEN.replace("  Hello:", '  "He\\e[31mllo\\n::error::x":')
    app = folder(tmp_path, template__yaml=hostile)
    for form in ("text", "github", "markdown", "json"):
        capsys.readouterr()
        scan(app, "--format", form)
        out = capsys.readouterr().out
        assert "\x1b" not in out
        assert not any(line.startswith("::error::x") for line in out.splitlines())


def test_options_of_an_unknown_rule_are_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = folder(tmp_path, template__yaml=OPEN)
    config = tmp_path / "casemate.toml"
    config.write_text("[rules.function-url-without-auht]\nx = 1\n", "utf-8")
    assert scan(app, "--config", str(config)) == 2
    assert "function-url-without-auth" in capsys.readouterr().err


def test_suppressions_of_the_configuration_are_told_by_a_relative_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = folder(tmp_path, template__yaml=OPEN)
    (app / "casemate.toml").write_text(
        f'stage = "x"\n\n[[suppress]]\nrule = "{RULE}"\nreason = "r"\nuntil = 2020-01-01\n', "utf-8"
    )
    found = report(capsys, app, "--config", str(app / "casemate.toml"))
    (expired,) = [item for item in found["diagnostics"] if item["code"] == "suppression-expired"]
    location = expired["location"]
    assert isinstance(location, dict)
    assert (location["path"], location["start_line"]) == ("casemate.toml", 3)
