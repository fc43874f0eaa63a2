"""The quick dataclass is a dataclass: compared with the standard library's on the same declarations."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Quick:
    number: int
    text: str = "t"
    items: list[int] = field(default_factory=list, compare=False)
    note: str = field(default="n", repr=False, kw_only=True)


@dataclasses.dataclass(frozen=True, slots=True)
class Plain:
    number: int
    text: str = "t"
    items: list[int] = field(default_factory=list, compare=False)
    note: str = field(default="n", repr=False, kw_only=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived(Quick):
    more: int = 0


@dataclass(slots=True)
class Open:
    number: int
    made: int = field(init=False, default=4)

    def __post_init__(self) -> None:
        self.number += 1


GIVEN: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict, number=st.integers(0, 2), text=st.sampled_from(["", "t"]), items=st.lists(st.integers(), max_size=1)
)


@given(GIVEN, GIVEN)
def test_objects_behave_like_the_standard_ones(one: dict[str, Any], other: dict[str, Any]) -> None:
    quick, plain = Quick(**one), Plain(**one)
    assert repr(quick) == repr(plain).replace("Plain", "Quick")
    assert (quick == Quick(**other)) == (plain == Plain(**other))
    assert (hash(quick) == hash(Quick(**other))) == (hash(plain) == hash(Plain(**other)))
    assert dataclasses.asdict(quick) == dataclasses.asdict(plain)


def test_defaults_are_made_anew_for_each_object() -> None:
    assert Quick(1).items == []
    assert Quick(1).items is not Quick(1).items
    assert Quick(1) != object()


def test_fields_are_slots_and_known() -> None:
    assert [one.name for one in dataclasses.fields(Derived)] == ["number", "text", "items", "note", "more"]
    assert not hasattr(Derived(number=1), "__dict__")
    match Quick(3, "x"):
        case Quick(number, text):
            assert (number, text) == (3, "x")


def test_frozen_is_frozen() -> None:
    quick = Quick(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        quick.number = 2  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del quick.text
    assert dataclasses.replace(quick, number=2) == Quick(2)


def test_copies_and_pickles_are_equal() -> None:
    derived = Derived(number=1, items=[3], more=9)
    assert pickle.loads(pickle.dumps(derived)) == derived  # noqa: S301 - our own
    assert copy.deepcopy(derived).items == [3]


def test_what_is_not_frozen_can_change_and_has_no_hash() -> None:
    one = Open(1)
    assert (one.number, one.made) == (2, 4)
    one.number = 7
    assert one == Open(6)
    with pytest.raises(TypeError):
        hash(one)


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(TypeError):
        Quick()  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Derived(1, "t", [], 5)  # type: ignore[call-arg, arg-type]


def test_a_default_that_would_be_shared_is_refused() -> None:
    with pytest.raises(ValueError, match="default_factory"):

        @dataclass
        class Shared:
            items: list[int] = []  # noqa: RUF012 - what is refused
