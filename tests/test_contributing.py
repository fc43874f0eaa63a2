"""The rule that CONTRIBUTING.md walks through works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from casemate.authoring.cases import Case
from casemate.authoring.docs import documentation, markdown
from casemate.engine.catalogue import Listing, by_name, listings, module_of, rule_of, user_rules
from casemate.engine.trial import complaint

GUIDE = Path(__file__).parents[1] / "CONTRIBUTING.md"
EXAMPLE = re.compile(r"<!-- example: (?P<name>\w+\.py) -->\n```python\n(?P<code>.*?)\n```\n", re.DOTALL)


@pytest.fixture
def example(tmp_path: Path) -> Listing:
    match = EXAMPLE.search(GUIDE.read_text("utf-8"))
    assert match is not None, "CONTRIBUTING.md has no marked example"
    (tmp_path / match["name"]).write_text(match["code"] + "\n", "utf-8")
    (listing,) = user_rules(tmp_path)
    return listing


def test_its_cases_hold(example: Listing) -> None:
    cases: list[Case] = module_of(example).CASES
    assert [complaint(example, case) for case in cases] == [None] * len(cases)
    assert {case.expectation for case in cases} == {"bad", "good", "unresolved"}


def test_it_has_a_page(example: Listing) -> None:
    module = module_of(example)
    assert f"# {example.name}" in markdown(rule_of(module), documentation(module), module.CASES)


def test_it_is_new_and_its_file_is_called_like_it(example: Listing) -> None:
    by_name([*listings(), example])
    assert example.file is not None
    assert example.file.stem == example.name.replace("-", "_")


def test_a_case_that_expects_the_wrong_line_is_complained_about(example: Listing) -> None:
    cases: list[Case] = module_of(example).CASES
    bad = cases[0]
    wrong = Case(bad.expectation, bad.dialect, {path: f"# <- here\n{text}" for path, text in bad.files.items()})
    assert wrong.marks == {("template.yaml", 1)}
    assert complaint(example, wrong) is not None
