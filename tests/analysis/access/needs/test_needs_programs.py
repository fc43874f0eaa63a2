"""Programs in the manner of many teams: helper modules, classes, partials, decorators, tables, injection."""

from __future__ import annotations

import pytest
from tests.analysis.access.needs import needs_programs_clouds as clouds
from tests.analysis.access.needs import needs_programs_patterns as patterns
from tests.analysis.access.needs import needs_programs_python_classes as classes
from tests.analysis.access.needs import needs_programs_python_frameworks as frameworks
from tests.analysis.access.needs import needs_programs_scripts as scripts
from tests.analysis.access.needs.needs_applications import needs

PROGRAMS = classes.PROGRAMS | frameworks.PROGRAMS | scripts.PROGRAMS | patterns.PROGRAMS | clouds.PROGRAMS


@pytest.mark.parametrize("name", PROGRAMS)
def test_exactly_what_the_program_needs(name: str) -> None:
    files, expected = PROGRAMS[name]
    found = needs(files)
    assert sorted({action for one in found.values() for action in one.code.required}) == sorted(expected)
    assert [gap.reason for one in found.values() for gap in one.code.not_followed] == []


@pytest.mark.parametrize(
    "code",
    [
        "from pynamodb.models import Model\n\ndef handler(event, context):\n    pass\n",
        "import awswrangler as wr\n\ndef handler(event, context):\n    return wr.s3.read_parquet(path='s3://b/k')\n",
    ],
)
def test_a_library_that_calls_by_itself_is_said(code: str) -> None:
    (found,) = needs({"app.py": code}).values()
    assert any("calls AWS by itself" in gap.reason for gap in found.code.not_followed)
