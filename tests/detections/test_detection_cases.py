"""Every detection keeps the promises of its own file: docs, metadata, cases, an index that is fresh."""

from __future__ import annotations

from importlib import import_module

import pytest

from casemate.authoring.detection import EventCase
from casemate.authoring.docs import DETECTION_HEADINGS, detection_markdown, documentation
from casemate.engine.content import INDEX, folder_of
from casemate.engine.detections import PACKAGE, Listed, detection_of, every, index_text
from casemate.monitor.events.registry import by_name
from casemate.monitor.trial import complaint

ALL = every()


def cases_of(one: Listed) -> list[EventCase]:
    cases: list[EventCase] = import_module(one.module).CASES
    return cases


PAIRS = [
    pytest.param(one, case, id=f"{one.name}-{number}-{'fires' if case.fires else 'quiet'}")
    for one in ALL
    for number, case in enumerate(cases_of(one), 1)
]


@pytest.mark.parametrize(("one", "case"), PAIRS)
def test_a_detection_says_what_its_case_expects(one: Listed, case: EventCase) -> None:
    assert complaint(detection_of(import_module(one.module)), case) is None


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_a_detection_has_docs_known_sources_and_both_kinds_of_cases(one: Listed) -> None:
    module = import_module(one.module)
    page = detection_markdown(detection_of(module), documentation(module, DETECTION_HEADINGS), cases_of(one))
    assert "## Event that alerts" in page
    assert "## Event that does not" in page
    assert set(one.sources) <= set(by_name())


def test_a_file_is_called_like_its_detection() -> None:
    assert [one.module for one in ALL if one.module.rsplit(".", 1)[-1] != one.name.replace("-", "_")] == []


def test_the_index_is_fresh() -> None:
    assert (folder_of(PACKAGE) / INDEX).read_text("utf-8") == index_text(), "run `make docs`"
