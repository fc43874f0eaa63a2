from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from casemate.config import SETTINGS, Config, load
from casemate.errors import ConfigurationError


def config(start: Path, text: str = "", **more: object) -> Config:
    if text:
        (start / "casemate.toml").write_text(text, "utf-8")
    return load(start=start, **more)  # type: ignore[arg-type] # keyword arguments by name


def test_without_anything_each_setting_is_its_default(tmp_path: Path) -> None:
    found = config(tmp_path)
    assert {name: (origin.value, origin.source) for name, origin in found.values.items()} == {
        name: (known.default, "default") for name, known in SETTINGS.items()
    }


def test_a_flag_comes_before_a_variable_before_the_file(tmp_path: Path) -> None:
    environment = {"CASEMATE_FAIL_ON": "medium"}
    found = config(
        tmp_path, 'fail-on = "low"\nprofile = "strict"\n', environment=environment, flags={"fail-on": "critical"}
    )
    assert (found.text("fail-on"), found.values["fail-on"].source) == ("critical", "--fail-on")
    found = config(tmp_path, environment=environment, flags={"fail-on": None, "rule": []})
    assert (found.text("fail-on"), found.values["fail-on"].source) == ("medium", "CASEMATE_FAIL_ON")
    found = config(tmp_path, environment={})
    assert (found.text("fail-on"), found.values["fail-on"].source) == ("low", str(tmp_path / "casemate.toml"))
    assert found.text("profile") == "strict"


@pytest.mark.parametrize(("text", "items"), [("", ()), ("a", ("a",)), ("a, b,", ("a", "b"))])
def test_lists_in_variables_are_separated_by_commas(tmp_path: Path, text: str, items: tuple[str, ...]) -> None:
    assert config(tmp_path, environment={"CASEMATE_RULE": text}).texts("rule") == items


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("TRUE", True), ("yes", True), ("0", False), ("no", False), ("", False)]
)
def test_a_yes_or_no_variable(tmp_path: Path, text: str, value: bool) -> None:  # noqa: FBT001 - the expected value
    assert config(tmp_path, environment={"CASEMATE_DIFF_SUPPRESSIONS": text}).flag("diff-suppressions") is value


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("fail_on = 'low'", "did you mean fail-on?"),
        ("profil = 'strict'", "did you mean profile?"),
        ("supress = []", "did you mean suppress?"),
        ("zzz = 1", "known keys: profile"),
        ("profile = 'lenient'", "one of default, strict"),
        ("exclude = 'a'", "exclude must be a list, not str"),
        ("stage = 3", "stage must be a str, not int"),
        ("diff-suppressions = 'yes'", "must be a bool"),
        ("rules = 3", "write [rules.RULE-NAME]"),
        ("[rules]\nx = 3", "write [rules.x]"),
        ("suppress = 3", "write [[suppress]]"),
        ("suppress = [3]", "write [[suppress]]"),
        ("[[suppress]]\nrule = 'x'", "say why it is right to ignore it"),
        ("[[suppress]]\nrule = 'x'\nreason = '  '", "say why it is right to ignore it"),
        ("[[suppress]]\nreason = 'x'", "rule and reason are required"),
        ("[[suppress]]\nrule = 'x'\nreason = 'y'\nuntil = 'soon'", "write until = 2027-03-31"),
        ("[[suppress]]\nrule = 'x'\nreason = 'y'\nexpires = 1", "known keys: path, reason"),
        ("= 1", "not valid TOML"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_remedy(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        config(tmp_path, text)
    assert told in f"{raised.value.message}\n{raised.value.hint}"
    assert "casemate.toml" in raised.value.message


@pytest.mark.parametrize(
    ("name", "text"), [("PROFILE", "lenient"), ("FAIL_ON", "always"), ("DIFF_SUPPRESSIONS", "maybe")]
)
def test_a_wrong_variable_is_named(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(ConfigurationError, match=f"CASEMATE_{name}"):
        config(tmp_path, environment={f"CASEMATE_{name}": text})


def test_suppressions_and_options_of_rules(tmp_path: Path) -> None:
    found = config(
        tmp_path,
        "[rules.some-rule]\nlimit = 3\n"
        "[[suppress]]\nrule='a'\nreason='known'\nresource='He*'\npath='x/*'\nuntil=2027-03-31\n"
        "[[suppress]]\nrule='b'\nreason='known'\nuntil='2027-03-31'\n"
        "[[suppress]]\nrule='c'\nreason='known'\nuntil=2027-03-31T10:00:00Z\n",
    )
    assert found.rule_options == {"some-rule": {"limit": 3}}
    first, second, third = found.suppressions
    assert (first.kind, first.rule, first.resource, first.path) == ("file", "a", "He*", "x/*")
    assert first.until == second.until == third.until == date(2027, 3, 31)
    assert type(third.until) is date, "a date with a time compares with a day"


def test_the_nearest_file_upwards_and_pyproject(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "casemate.toml").write_text("stage = 'far'\n", "utf-8")
    assert config(tmp_path / "a" / "b").text("stage") == "far"
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.other]\nx = 1\n", "utf-8")
    assert config(tmp_path / "a" / "b").text("stage") == "far", "a project without our table does not count"
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.casemate]\nstage = 'near'\n", "utf-8")
    assert config(tmp_path / "a" / "b").text("stage") == "near"


def test_a_file_below_a_scanned_path_is_never_honoured(tmp_path: Path) -> None:
    app = tmp_path / "app"
    (app / "sub").mkdir(parents=True)
    for folder, stage in ((app, "app"), (app / "sub", "sub"), (tmp_path, "mine")):
        (folder / "casemate.toml").write_text(f"stage = '{stage}'\n", "utf-8")
    assert config(tmp_path, scanned=[app]).text("stage") == "mine"
    assert config(app / "sub", scanned=[app]).text("stage") == "app", "a folder below what is scanned is untrusted"
    assert config(app, scanned=[app]).text("stage") == "app", "the user stands in the project itself"
    assert config(tmp_path, scanned=[app], given=app / "casemate.toml").text("stage") == "app"
