"""The docs are a contract: whatever exists is described, and what is described exists."""

from __future__ import annotations

import argparse
import json
import re
import runpy
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from casemate.authoring.rule import SUBJECTS
from casemate.cli.main import VERBS
from casemate.config import PREFIX, SETTINGS, load
from casemate.engine.catalogue import Listing, listings
from casemate.engine.scanning import Request, scan
from casemate.model.finding import Weakness
from casemate.outputs import FORMATS, TIMED
from casemate.sources.discover import SOURCES
from casemate.sources.tree import MemoryTree

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "CONTRIBUTING.md"])
ALL = listings()
LINK = re.compile(r"(?<!!)\[[^\]\n]+\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one."""
    match = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert match is not None, f"no section {heading}"
    return match[1]


def rows(text: str) -> dict[str, list[str]]:
    """First cell in backticks -> the other cells, of every table."""
    found = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if len(cells) > 1 and (match := re.match(r"`([\w-]+)`", cells[0])):
            found[match[1]] = cells[1:]
    return found


# --- commands and settings -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_described_with_all_its_flags(verb: str) -> None:
    text = section(page("cli.md"), f"casemate {verb}")
    parser = argparse.ArgumentParser()
    import_module(f"casemate.cli.{verb}").arguments(parser)
    for action in parser._actions:  # noqa: SLF001 - argparse offers no public list
        assert all(flag in text for flag in action.option_strings)


def test_no_verb_is_described_that_does_not_exist() -> None:
    assert re.findall(r"^## casemate (\w+)$", page("cli.md"), re.MULTILINE) == list(VERBS)


def test_the_table_of_settings_is_complete() -> None:
    table = rows(section(page("configuration.md"), "Settings"))
    assert list(table) == list(SETTINGS)
    for name, known in SETTINGS.items():
        assert f"`{PREFIX}{name.upper().replace('-', '_')}`" in table[name]
        assert known.help in table[name]


def test_the_examples_of_the_configuration_are_accepted(tmp_path: Path) -> None:
    examples = re.findall(r"^```toml\n(.*?)^```$", page("configuration.md"), re.MULTILINE | re.DOTALL)
    assert len(examples) >= 3
    for text in examples:
        file = tmp_path / "casemate.toml"
        file.write_text(text, "utf-8")
        load(start=tmp_path, given=file)


def test_each_exit_code_is_in_the_table() -> None:
    text = section(page("scan.md"), "Exit codes")
    assert re.findall(r"^\| (\d) \|", text, re.MULTILINE) == ["0", "1", "2", "3"]


def test_the_inputs_of_the_action_are_described() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    table = rows(section(page("scan.md"), "In CI"))
    assert list(table) == list(action["inputs"])
    assert all(f"`{name}`" in page("scan.md") for name in action["outputs"])


def test_the_hook_is_described() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert f"id: {hook['id']}" in page("scan.md")


def test_the_main_subjects_of_a_scan_have_a_section() -> None:
    text = page("scan.md")
    for heading in (
        "Exit codes",
        "Suppressions",
        "Baselines",
        "Only what is new: `--diff`",
        "Fixes",
        "In CI",
        "Rules of your own",
    ):
        assert section(text, heading).strip()


# --- rules and coverage --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("listing", ALL, ids=lambda listing: listing.name)
def test_every_rule_has_its_page_and_its_row(listing: Listing) -> None:
    assert (DOCS / "rules" / f"{listing.name}.md").read_text("utf-8").startswith(f"# {listing.name}\n")
    link = f"[{listing.name}]({listing.name}.md)"
    assert f"| {link} | {listing.severity.word} | {listing.profile} | `{listing.weakness}` |" in page("rules/README.md")


def test_no_page_is_left_of_a_rule_that_is_gone() -> None:
    assert {file.stem for file in (DOCS / "rules").glob("*.md")} == {"README", *(listing.name for listing in ALL)}


def test_every_weakness_has_a_full_row_of_rules_or_reasons() -> None:
    text = page("coverage.md")
    columns = next(line for line in text.splitlines() if line.startswith("| weakness |")).strip("| ").split(" | ")[1:]
    table = rows(text)
    letters = set(re.findall(r"^\| \*\*(\w)\*\* \|", text, re.MULTILINE))
    assert list(table) == list(get_args(Weakness))
    assert set(columns) <= set(SUBJECTS)
    for weakness, cells in table.items():
        assert len(cells) == len(columns)
        for column, cell in zip(columns, cells, strict=True):
            here = [listing.name for listing in ALL if listing.weakness == weakness and column in listing.subjects]
            assert re.findall(r"\[([\w-]+)\]", cell) == here
            assert here or cell in letters


def test_every_rule_is_in_the_table_of_coverage() -> None:
    assert [listing.name for listing in ALL if f"(rules/{listing.name}.md)" not in page("coverage.md")] == []


def test_every_weakness_says_why_its_empty_cells_are_empty() -> None:
    reasons = tomllib.loads((DOCS / "coverage-reasons.toml").read_text("utf-8"))
    assert set(reasons) == {"reasons", *get_args(Weakness)}
    assert all(len(str(reasons[weakness]["why"])) > 10 for weakness in get_args(Weakness))


# --- reports and sources -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_is_described_with_an_example(format_: str) -> None:
    text = page("reports.md")
    assert f"[`{format_}`](#{format_})" in text
    assert "```" in section(text, format_)


def test_formats_that_demand_a_time_are_named() -> None:
    assert all(f"`{format_}`" in page("reports.md").partition("|")[0] for format_ in TIMED)


def test_every_source_is_in_the_table_of_sources() -> None:
    text = page("sources.md").lower()
    kinds = {str(import_module(f"casemate.sources.{name}").KIND) for name, *_ in SOURCES}
    assert sorted(kind for kind in kinds if kind.lower() not in text) == []


# --- the pages as a whole ------------------------------------------------------------------------------------------------
def _anchors(file: Path) -> set[str]:
    """Anchors of the headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", FENCE.sub("", file.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_links_lead_somewhere(file: Path) -> None:
    for target, anchor in LINK.findall(FENCE.sub("", file.read_text("utf-8"))):
        found = (file.parent / target).resolve() if target else file
        assert found.exists(), target
        if anchor and found.suffix == ".md":
            assert anchor in _anchors(found), f"{target}#{anchor}"


def test_decisions_are_numbered_and_complete() -> None:
    decisions = sorted((DOCS / "adr").glob("*.md"))
    assert [int(file.name[:3]) for file in decisions] == list(range(1, len(decisions) + 1))
    for file in decisions:
        text = file.read_text("utf-8")
        assert text.startswith(f"# {int(file.name[:3])}. ")
        assert all(f"\n## {heading}\n" in text for heading in ("Context", "Decision", "Consequences", "Alternatives"))


# --- the generator -------------------------------------------------------------------------------------------------------
@pytest.fixture
def generator() -> Mapping[str, Any]:
    return runpy.run_path(str(ROOT / "scripts" / "generate_docs.py"))


def test_a_file_that_is_missing_changed_or_left_over_is_named_and_repaired(
    generator: Mapping[str, Any], tmp_path: Path
) -> None:
    stale: Callable[..., Any] = generator["stale"]
    made = {Path("docs/rules/a.md"): "a\n", Path("docs/cli.md"): "help\n"}
    generator["write"](tmp_path, made)
    assert list(stale(tmp_path, made)) == []
    (tmp_path / "docs/cli.md").write_text("old\n", "utf-8")
    (tmp_path / "docs/rules/gone.md").write_text("gone\n", "utf-8")
    (tmp_path / "docs/rules/a.md").unlink()
    wrong = [Path("docs/rules/a.md"), Path("docs/cli.md"), Path("docs/rules/gone.md")]
    assert list(stale(tmp_path, made)) == wrong
    assert generator["write"](tmp_path, made) == wrong
    assert list(stale(tmp_path, made)) == []


def test_the_help_does_not_depend_on_the_terminal(
    generator: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = []
    for width, color in (("40", "1"), ("200", "")):
        monkeypatch.setenv("COLUMNS", width)
        monkeypatch.setenv("FORCE_COLOR", color)
        pages.append(generator["commands_page"]())
    assert pages[0] == pages[1]
    assert "\x1b" not in pages[0]


def test_a_page_without_markers_is_refused(generator: Mapping[str, Any]) -> None:
    with pytest.raises(SystemExit, match="markers"):
        generator["with_settings"]("# Configuration\n")


# --- the examples of suppressions ----------------------------------------------------------------------------------------
FUNCTION = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
"""


def _suppressed(path: str, text: str) -> list[str | None]:
    """The reason of each finding about open URLs (None: it counts)."""
    request = Request(today=date(2026, 11, 24), only=("function-url-without-auth",))
    found = scan(MemoryTree({path: text.encode()}), request).report.findings
    return [finding.suppressed.reason if finding.suppressed else None for finding in found]


def test_the_suppression_in_a_comment_works_as_it_is_shown() -> None:
    (example,) = re.findall(r"^```yaml\n(.*?)^```$", section(page("scan.md"), "Suppressions"), re.MULTILINE | re.DOTALL)
    assert _suppressed("template.yaml", FUNCTION + example) == ["the handler verifies the sender's signature"]
    assert _suppressed("template.yaml", FUNCTION + example.partition("#")[0] + "\n") == [None]


def test_the_suppression_in_metadata_works_as_it_is_shown() -> None:
    (example,) = re.findall(r"^```json\n(.*?)^```$", section(page("scan.md"), "Suppressions"), re.MULTILINE | re.DOTALL)
    function = {
        "Type": "AWS::Serverless::Function",
        "Properties": {"Handler": "app.handler", "Runtime": "python3.13", "FunctionUrlConfig": {"AuthType": "NONE"}},
    }
    template = {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"Hello": function}}
    assert _suppressed("template.json", json.dumps(template)) == [None]
    function |= json.loads(f"{{{example}}}")
    assert _suppressed("template.json", json.dumps(template)) == ["the handler verifies the sender's signature"]
