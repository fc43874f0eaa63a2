"""Every rule keeps the promises of its own file: docs, metadata, cases."""

from __future__ import annotations

from collections import Counter

import pytest

from casemate.authoring.cases import Case
from casemate.authoring.docs import documentation, markdown
from casemate.engine.catalogue import Listing, listings, module_of, rule_of
from casemate.engine.trial import complaint

ALL = listings()


def cases_of(listing: Listing) -> list[Case]:
    cases: list[Case] = module_of(listing).CASES
    return cases


PAIRS = [
    pytest.param(listing, case, id=f"{listing.name}-{number}-{case.expectation}")
    for listing in ALL
    for number, case in enumerate(cases_of(listing), 1)
]


@pytest.mark.parametrize(("listing", "case"), PAIRS)
def test_a_rule_gives_what_its_case_expects(listing: Listing, case: Case) -> None:
    assert complaint(listing, case) is None


@pytest.mark.parametrize("listing", ALL, ids=lambda listing: listing.name)
def test_a_rule_has_docs_and_both_kinds_of_cases(listing: Listing) -> None:
    module = module_of(listing)
    page = markdown(rule_of(module), documentation(module), cases_of(listing))
    assert "## Weak example" in page
    assert "## Safe example" in page


def test_names_are_unique() -> None:
    assert [name for name, count in Counter(listing.name for listing in ALL).items() if count > 1] == []


def test_a_file_is_called_like_its_rule() -> None:
    assert [
        listing.module for listing in ALL if listing.module.rsplit(".", 1)[-1] != listing.name.replace("-", "_")
    ] == []
