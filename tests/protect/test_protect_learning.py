"""What is learned accepts everything it was learned from, and says how far to trust it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.cli.main import main
from casemate.protect.learning import learned
from casemate_guard.schema import compiled

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text("abc", max_size=2), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=8), st.integers(1, 40))
def test_every_event_passes_what_was_learned_from_it(values: list[object], times: int) -> None:
    (found,) = learned([("direct", value) for value in values] * times)
    check = compiled(found.schema, portable=True)
    assert [value for value in values if check(value) is not None] == []


def orders(count: int) -> list[tuple[str, object]]:
    return [
        (
            "sqs",
            {
                "id": f"7f9c2f0e-1c1c-4a52-9a48-1d5a1f7f9{number:03d}",
                "status": ("new", "paid")[number % 2],
                "total": number * 1.5,
                "items": [{"sku": "A"}] * (number % 4),
                **({"note": "x" * (number % 7)} if number % 3 == 0 else {}),
            },
        )
        for number in range(count)
    ]


def test_structure_is_learned_and_confidence_stated() -> None:
    (found,) = learned(orders(120))
    check = compiled(found.schema, portable=True)
    good = dict(orders(1)[0][1])  # type: ignore[call-overload]
    assert check(good) is None
    for change, value in (
        ("id", "no uuid"),
        ("status", "gone"),
        ("total", "1"),
        ("total", -1),
        ("extra", 1),
        ("note", 7),
    ):
        assert check({**good, change: value}) is not None, change
    assert check({name: value for name, value in good.items() if name != "id"}) is not None
    assert check({**good, "note": "y" * 30}) is None  # room beyond what was seen
    assert (found.events, found.distinct, found.missing) == (120, 120, 0.025)
    assert 0 < found.unseen <= 0.01


def test_little_is_claimed_from_little() -> None:
    (found,) = learned(orders(5))
    check = compiled(found.schema, portable=True)
    assert "required" not in found.schema
    assert check({"unknown": 1}) is None
    assert found.missing == 0.6
    assert found.unseen >= 0.2


def test_names_that_are_data_become_values() -> None:
    (found,) = learned([("direct", {f"user-{number}": {"age": number}}) for number in range(300)])
    check = compiled(found.schema, portable=True)
    assert check({"user-9999": {"age": 5}}) is None
    assert check({"user-9999": {"age": "x"}}) is not None


def test_the_command_gives_what_a_policy_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "events.jsonl"
    lines = [
        json.dumps({"Records": [{"eventSource": "aws:sqs", "messageId": "m", "body": json.dumps(order)}]})
        for _, order in orders(40)
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert main(["guard", "learn", str(path)]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "casemate-learned/1"
    assert document["confidence"]["sqs"]["events"] == 40
    from casemate_guard.policy import SCHEMA, policy_from

    policy_from({"schema": SCHEMA, "triggers": document["triggers"]})
    path.write_text(lines[0] + "\nnot json\n", encoding="utf-8")
    assert main(["guard", "learn", str(path)]) == 2
    path.write_text("", encoding="utf-8")
    assert main(["guard", "learn", str(path)]) == 3
