"""The Python suite: every line that is wrong is found, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from tests.analysis.code.suite.python import flask_apps, juggling_apps, lambda_apps, web_apps

from casemate.analysis.code.project import Project
from casemate.analysis.code.unit import Wanted, walk_unit

if TYPE_CHECKING:
    from tests.analysis.code.suite.python.apps import App

    from casemate.sources.tree import Tree

APPS = (*flask_apps.APPS, *juggling_apps.APPS, *lambda_apps.APPS, *web_apps.APPS)
KINDS = {
    "http-v1": "http",
    "http-v2": "http",
    "sqs": "queue",
    "sns": "topic",
    "s3": "bucket",
    "dynamodb": "table",
    "kinesis": "stream",
    "eventbridge": "bus",
    "schedule": "schedule",
    "user-pool": "user-pool",
    "graphql": "graphql",
}


class Files:
    """A tree in memory."""

    def __init__(self, files: dict[str, str]) -> None:
        self.files = files

    def read(self, path: str) -> bytes | None:
        text = self.files.get(path)
        return None if text is None else text.encode()


def found(app: App) -> set[tuple[str, str, int]]:
    """(kind, file, line) of what is found, without what is only for the curious (confidence low)."""
    module, _, function = app.handler.rpartition(".")
    project = Project(cast("Tree", Files(app.files)), app.files)
    wanted = [Wanted(function, (KINDS[app.trigger],))] if app.trigger else []
    walked = walk_unit(project, f"{module.replace('.', '/')}.py", wanted)
    assert walked.errors == []
    return {
        (flow.kind, flow.at.path, flow.at.start_line)
        for facts in walked.facts
        for flow in facts.flows
        if flow.confidence != "low"
    }


NOT_YET: dict[str, str] = {}
"""What the interpreter does not follow yet, by application."""


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_every_line_that_is_wrong_is_found_and_no_other(app: App, request: pytest.FixtureRequest) -> None:
    if app.name in NOT_YET:
        request.applymarker(pytest.mark.xfail(reason=NOT_YET[app.name]))
    assert found(app) == app.expected


def test_the_suite_is_scored() -> None:
    """True and false positives and misses over the whole suite: J of lines, against the files that are clean."""
    right = wrong = missed = 0
    alarmed = clean = 0
    for app in APPS:
        got = found(app)
        right += len(got & app.expected)
        wrong += len(got - app.expected)
        missed += len(app.expected - got)
        if not app.expected:
            clean += 1
            alarmed += bool(got)
    assert right / (right + missed) >= 0.95
    assert right / (right + wrong) >= 0.95
    assert right / (right + missed) - alarmed / clean >= 0.9


def test_the_suite_has_twins_and_triggers() -> None:
    assert len({app.name for app in APPS}) == len(APPS)
    assert {app.trigger for app in APPS} >= {None, *KINDS}
    kinds = {kind for app in APPS for kind, _, _ in app.expected}
    assert len(kinds) >= 20
    assert sum(not app.expected for app in APPS) >= 40
