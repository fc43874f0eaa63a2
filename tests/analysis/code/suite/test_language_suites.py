"""The score of the language suites: every marked line is found, and no other."""

from __future__ import annotations

import pytest
from tests.analysis.code.suite.csharp.csharp_apps import APPS as CSHARP
from tests.analysis.code.suite.go.go_apps import APPS as GO
from tests.analysis.code.suite.java.java_apps import APPS as JAVA
from tests.analysis.code.suite.javascript.javascript_apps import APPS as JAVASCRIPT
from tests.analysis.code.suite.marked import marks, score
from tests.analysis.code.suite.typescript.typescript_apps import APPS as TYPESCRIPT

_SCRIPTS = {"javascript": JAVASCRIPT, "typescript": TYPESCRIPT}
_TYPED = {"go": GO, "java": JAVA, "csharp": CSHARP}


@pytest.mark.parametrize("language", list(_SCRIPTS))
def test_suite_of_scripts(language: str) -> None:
    total = score(_SCRIPTS[language])
    assert total.misses == []
    assert total.alarms == []


@pytest.mark.parametrize("language", list(_TYPED))
def test_suite_of_typed_languages(language: str) -> None:
    total = score(_TYPED[language])
    assert total.misses == []
    assert total.alarms == []


def test_every_suite_has_unsafe_and_safe_places() -> None:
    for apps in (*_SCRIPTS.values(), *_TYPED.values()):
        assert sum(len(marks(files)) for files in apps.values()) >= 8
