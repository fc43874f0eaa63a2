"""Which text is looked for in the bytes of records, where a colon may be JSON's own."""

from __future__ import annotations

import pytest

from casemate.authoring.query import Leaf, event
from casemate.monitor.matching.literals import needed


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        (":i-", ":i-"),
        (":15150", None),
        (":-15x", "-15x"),
        (":true-", "true-"),
        (":none", "none"),
        (": i-0123", " i-0123"),
        ("  spaced", "spaced"),
        ("::abc", "::abc"),
    ],
)
def test_a_colon_stays_where_no_value_of_json_can_follow_it(value: str, literal: str | None) -> None:
    leaf = Leaf(event.raw("userIdentity.principalId"), "contains", (value,))
    rates = {'principalid"': 1.0}
    found = needed(leaf, (), lambda one: rates.get(one, 0.0))
    assert found is not None
    assert set(found.literals) == ({literal} if literal else {'principalid"'})
