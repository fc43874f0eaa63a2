"""Every operation of every service of botocore has its action in the catalogue, or a reason why not."""

from __future__ import annotations

from functools import lru_cache

import pytest
from tests.analysis.access.needs.needs_residue import NEWER, NOTHING, RETIRED

from casemate.analysis.access import catalogue
from casemate.analysis.access.data import archive
from casemate.analysis.access.needs.exceptions import EXCEPTIONS
from casemate.analysis.access.needs.operations import needs, service
from casemate.analysis.access.needs.renamed import RENAMED


@lru_cache(maxsize=1)
def residue() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """(operations with an action that the catalogue lacks, operations without an action) by service."""
    own: dict[str, set[str]] = {}
    nothing: dict[str, set[str]] = {}
    for name in archive("operations.dat").index:
        found = service(name)
        assert found is not None
        for operation in found.operations.values():
            needed = needs(found, operation)
            if not needed:
                nothing.setdefault(name, set()).add(operation)
            elif any(catalogue.action(need.action) is None for need in needed):
                own.setdefault(name, set()).add(operation)
    return own, nothing


def test_what_the_catalogue_lacks_is_newer_or_retired() -> None:
    assert residue()[0] == {name: set(text.split()) for name, text in (NEWER | RETIRED).items()}


def test_what_needs_nothing_has_a_reason() -> None:
    assert residue()[1] == {name: set(text.split()) for name, (_, text) in NOTHING.items()}
    assert all(reason for reason, _ in NOTHING.values())


def test_the_action_of_an_own_name_is_taken_where_none_is_known() -> None:
    for name, text in (NEWER | RETIRED).items():
        found = service(name)
        assert found is not None
        for operation in text.split():
            assert [need.action for need in needs(found, operation)] == [f"{found.prefix}:{operation}"]


@pytest.mark.parametrize("table", [EXCEPTIONS, RENAMED], ids=["exceptions", "renamed"])
def test_every_row_of_the_tables_names_an_operation_and_actions_that_exist(table: dict[str, tuple[str, ...]]) -> None:
    for row, actions in table.items():
        name, _, operation = row.partition(":")
        found = service(name)
        assert found is not None, row
        assert operation in found.operations.values(), row
        for text in actions:
            assert catalogue.action(text.removeprefix("?").partition(" ")[0]) is not None, row
