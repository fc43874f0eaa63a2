from __future__ import annotations

from typing import get_args

import pytest

from casemate.analysis.code.libraries import models_of
from casemate.analysis.code.models import Cure, Misuse, Sink
from casemate.model.flow import FlowKind

_LANGUAGES = ("javascript", "go", "java")


@pytest.mark.parametrize("language", _LANGUAGES)
def test_models_name_kinds_that_there_are(language: str) -> None:
    kinds = set(get_args(FlowKind))
    models = models_of(language)
    used = {one.kind for table in (models.sinks, models.misuses) for found in table.values() for one in found}
    cured = {kind for found in models.cures.values() for one in found for kind in one.cures}
    assert used <= kinds
    assert cured <= kinds
    assert len(used) > 8


@pytest.mark.parametrize("language", _LANGUAGES)
def test_every_sink_has_a_weakness_and_a_place(language: str) -> None:
    models = models_of(language)
    for found in (*models.sinks.values(), *models.misuses.values()):
        for one in found:
            assert isinstance(one, (Sink, Misuse))
            assert one.cwe is not None, one
            assert one.cwe.startswith("CWE-"), one
            if isinstance(one, Sink):
                assert one.arguments, one


@pytest.mark.parametrize("language", _LANGUAGES)
def test_no_model_is_there_twice(language: str) -> None:
    models = models_of(language)
    for table in (models.sinks, models.misuses, models.cures, models.makes, models.calls):
        for callee, found in table.items():
            assert len(set(found)) == len(found), callee


@pytest.mark.parametrize("language", _LANGUAGES)
def test_no_cure_of_html_cures_a_shell(language: str) -> None:
    for callee, found in models_of(language).cures.items():
        for one in found:
            assert isinstance(one, Cure)
            assert not ("xss" in one.cures and "command" in one.cures), callee
