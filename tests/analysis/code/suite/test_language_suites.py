"""The score of the language suites. What is still missed or wrong is written down, so that it cannot grow unseen."""

from __future__ import annotations

import pytest
from tests.analysis.code.suite.go.go_apps import APPS as GO
from tests.analysis.code.suite.java.java_apps import APPS as JAVA
from tests.analysis.code.suite.javascript.javascript_apps import APPS as JAVASCRIPT
from tests.analysis.code.suite.marked import Spot, marks, score
from tests.analysis.code.suite.typescript.typescript_apps import APPS as TYPESCRIPT

from casemate.analysis.code import entries

_SCRIPTS = {"javascript": JAVASCRIPT, "typescript": TYPESCRIPT}
_TYPED = {"go": GO, "java": JAVA}
_MISSED: dict[str, list[tuple[str, Spot]]] = {
    "go": [("queue", ("main.go", 14, "command"))],  # the elements of a typed list, in `range`
    "java": [("containers", ("App.java", 22, "command"))],  # a chain of `append`
}
_WRONG: dict[str, list[tuple[str, Spot]]] = {
    "java": [("containers", ("App.java", 18, "command"))],  # a map's values by key
}


@pytest.mark.parametrize("language", list(_SCRIPTS))
def test_suite_of_scripts(language: str) -> None:
    total = score(_SCRIPTS[language])
    assert total.misses == []
    assert total.alarms == []


@pytest.mark.skipif(not hasattr(entries, "typed_entries"), reason="the entries of Go and Java are not asked for yet")
@pytest.mark.parametrize("language", list(_TYPED))
def test_suite_of_typed_languages(language: str) -> None:
    total = score(_TYPED[language])
    assert set(total.misses) <= set(_MISSED.get(language, []))
    assert set(total.alarms) <= set(_WRONG.get(language, []))


def test_every_suite_has_unsafe_and_safe_places() -> None:
    for apps in (*_SCRIPTS.values(), *_TYPED.values()):
        assert sum(len(marks(files)) for files in apps.values()) >= 8
