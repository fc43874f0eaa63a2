from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from casemate.authoring.cases import bad, good
from casemate.authoring.docs import documentation
from casemate.authoring.rule import SUBJECTS, rule
from casemate.engine import catalogue
from casemate.engine.content import INDEX
from casemate.errors import ContentError, UsageError
from casemate.model.finding import HIGH, WEAKNESSES


def test_the_index_is_fresh() -> None:
    assert (catalogue.rules_folder() / INDEX).read_text("utf-8") == catalogue.index_text(), "run `make docs`"


def test_every_rule_is_listed_once_with_a_known_weakness_and_subject() -> None:
    found = catalogue.listings()
    assert list(catalogue.by_name(found)) == sorted({listing.name for listing in found})
    assert {listing.weakness for listing in found} <= WEAKNESSES
    assert {subject for listing in found for subject in listing.subjects} <= set(SUBJECTS)


def test_a_missing_or_broken_index_costs_time_and_nothing_else(tmp_path: Path) -> None:
    assert catalogue.read_index(tmp_path) == {}
    for text in (
        "",
        "[]",
        '{"m": 1}',
        '{"m": {}}',
        '{"m": {"name": "x", "subjects": [], "weakness": "w", "severity": "huge", "profile": "default"}}',
    ):
        (tmp_path / INDEX).write_text(text, "utf-8")
        assert catalogue.read_index(tmp_path) == {}


def test_selection_by_names_and_globs() -> None:
    found = catalogue.listings()
    assert catalogue.select(found, (), ()) == found
    chosen = catalogue.select(found, ("function-url-*", "tracing-off"), ("function-url-*",))
    assert [listing.name for listing in chosen] == ["tracing-off"]
    with pytest.raises(UsageError) as raised:
        catalogue.select(found, ("tracing-of",), ())
    assert raised.value.hint == "did you mean tracing-off?"


def test_two_rules_of_one_name_are_refused() -> None:
    first = catalogue.listings()[0]
    with pytest.raises(ContentError, match="two rules are called"):
        catalogue.by_name((first, first))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"name": "Not_Kebab"}, "not kebab-case"),
        ({"weakness": "made-up"}, "unknown weakness"),
        ({"tags": ["owasp"]}, "cwe-NNN"),
    ],
)
def test_metadata_of_a_rule_is_checked(given: dict[str, Any], told: str) -> None:
    def check(function: object, system: object) -> Any:  # noqa: ANN401 - never called
        return iter(())

    check.__annotations__ = {"function": "Function"}
    options: dict[str, Any] = {"name": "a-b", "weakness": "missing-auth", "severity": HIGH, "tags": ["cwe-1"]} | given
    with pytest.raises(ContentError, match=told):
        rule(options.pop("name"), **options)(check)
    check.__annotations__ = {"function": "Nothing"}
    with pytest.raises(ContentError, match="the first argument must be one of"):
        rule("a-b", weakness="missing-auth", severity=HIGH, tags=["cwe-1"])(check)


def test_documentation_needs_every_heading() -> None:
    module = type(catalogue)("made_up")
    module.__doc__ = "Title.\n\nWhat it does\n------------\nText.\n"
    with pytest.raises(ContentError, match="lacks Why it matters"):
        documentation(module)


def test_markers_of_cases_are_taken_out_and_the_frame_is_counted() -> None:
    case = bad("sam", "Hello:\n  Type: X  # <- here\n")
    assert case.marks == {("template.yaml", 4)}
    assert case.files["template.yaml"].splitlines()[3] == "    Type: X"
    assert "<- here" not in good("cdk", '{\n "a": 1 // <- here\n}\n').files["cdk.out/Stack.template.json"]
    assert bad("terraform", {"a/main.tf": "x = 1 # <- here\n"}).marks == {("a/main.tf", 1)}
