from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from casemate.inventory.logic import MAX_COMBINATIONS, every, negated, some
from casemate.model.location import Span
from casemate.model.setting import Cases, Declared, Defaulted, Setting, Unresolved

AT = Span("t.yaml", 1, 1, 1, 2)


def _declared(name: str, value: bool) -> Setting[bool]:  # noqa: FBT001
    return Declared(name, AT, value)


def _unknown(name: str = "u") -> Setting[bool]:
    return Unresolved(name, AT, "no default")


def _default(name: str, value: bool) -> Setting[bool]:  # noqa: FBT001
    return Defaulted(name, AT, value, "the service")


def _conditional(name: str, condition: str, yes: bool, no: bool) -> Setting[bool]:  # noqa: FBT001
    cases = ((f"if {condition}", _declared(name, yes)), (f"else of {condition}", _declared(name, no)))
    return Cases(name, AT, cases)


def test_the_false_one_decides_and_is_kept() -> None:
    decided = every(_default("a", True), _unknown(), _declared("b", False))
    assert (decided.name, decided.value) == ("b", False)


def test_an_unknown_one_leaves_it_open() -> None:
    assert isinstance(every(_declared("a", True), _unknown()), Unresolved)
    assert some(_declared("a", True), _unknown()).value is True


def test_where_all_hold_a_declared_one_stands_for_them() -> None:
    assert isinstance(every(_default("a", True), _declared("b", True)), Declared)
    assert isinstance(every(_default("a", True), _default("b", True)), Defaulted)


def test_both_branches_of_one_condition_are_never_combined() -> None:
    public = _conditional("acl", "IsSite", yes=True, no=False)
    ignored = _conditional("ignored", "IsSite", yes=True, no=False)
    assert every(public, negated(ignored)).always(lambda value: value is False)


def test_the_condition_of_a_leaf_is_kept() -> None:
    decided = every(_conditional("acl", "IsSite", yes=True, no=False), _declared("open", True))
    assert [(words, leaf.name) for words, leaf in decided.leaves()] == [("if IsSite", "acl"), ("else of IsSite", "acl")]
    assert decided.values() == [True, False]


def test_too_many_conditions_are_left_open() -> None:
    many = [_conditional(f"s{number}", f"C{number}", yes=True, no=False) for number in range(8)]
    assert 2 ** len(many) > MAX_COMBINATIONS
    assert isinstance(every(*many), Unresolved)


@given(st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=5))
def test_it_is_three_valued_logic(values: list[bool | None]) -> None:
    settings = [_unknown() if value is None else _declared("s", value) for value in values]
    conjunction = False if False in values else None if None in values else True
    disjunction = True if True in values else None if None in values else False
    assert every(*settings).value is conjunction
    assert some(*settings).value is disjunction
