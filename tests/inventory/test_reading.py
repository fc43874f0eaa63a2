from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.inventory.reading import Props, Unreadable, as_flag, as_number, as_text, is_known
from casemate.model.location import Span
from casemate.model.setting import Cases as SettingCases
from casemate.model.setting import Declared, Defaulted, Unresolved
from casemate.model.value import Absent, Cases, Entry, Fields, Items, Literal, Reference, Tagged, Text, Unknown, Value

NAME = Span("t.yaml", 1, 1, 1, 5)


def at(line: int) -> Span:
    return Span("t.yaml", line, 1, line, 9)


def text(word: str | float | bool | None, line: int = 5) -> Literal:  # noqa: FBT001 - a scalar
    return Literal(word, at(line))


def fields(**entries: Value) -> Fields:
    return Fields({key: Entry(at(100 + number), value) for number, (key, value) in enumerate(entries.items())}, at(9))


def props(**entries: Value) -> Props:
    return Props(fields(**entries), NAME)


UNKNOWN = Unknown("no default", at(7), source="Stage")
EITHER = Cases([("if Prod", text(True)), ("else of Prod", text(False))], at(8))


# -- settings
def test_what_is_written_is_declared_at_its_value() -> None:
    setting = props(Timeout=text("30")).number("Timeout", 3)
    assert setting == Declared("Timeout", at(5), 30)


def test_what_is_absent_is_the_default_at_the_name() -> None:
    for nothing in (props(), props(Timeout=Absent(at(5))), Props(None, NAME)):
        assert nothing.number("Timeout", 3, "the page") == Defaulted("Timeout", NAME, 3, "the page")


def test_what_is_unknown_is_unresolved_with_its_reason() -> None:
    assert props(Timeout=UNKNOWN).number("Timeout", 3) == Unresolved("Timeout", at(7), "no default")
    assert props(VpcConfig=UNKNOWN).text("VpcConfig.SubnetIds", "") == Unresolved(
        "VpcConfig.SubnetIds", at(7), "no default"
    )


def test_what_is_of_another_type_is_unresolved() -> None:
    assert isinstance(props(Timeout=text("soon")).number("Timeout", 3), Unresolved)
    assert isinstance(props(Timeout=Items([], at(5))).text("Timeout", ""), Unresolved)
    assert isinstance(props(On=text("maybe")).flag("On", default=False), Unresolved)


def test_conditions_give_a_case_each() -> None:
    setting = props(On=EITHER).flag("On", default=False)
    assert isinstance(setting, SettingCases)
    assert [(words, leaf.value) for words, leaf in setting.cases] == [("if Prod", True), ("else of Prod", False)]
    nested = props(Outer=Cases([("if A", fields(On=EITHER)), ("else of A", Absent(at(8)))], at(8))).flag(
        "Outer.On", None
    )
    assert isinstance(nested, SettingCases)
    assert [words for words, _ in nested.cases] == ["if A and if Prod", "if A and else of Prod", "else of A"]
    assert isinstance(nested.cases[2][1], Defaulted)


def test_a_map_or_list_is_placed_at_its_key() -> None:
    assert props(Dlq=fields(Arn=text("x"))).present("Dlq").at == at(100)
    assert props(Dlq=text("x")).present("Dlq").at == at(5)


@pytest.mark.parametrize(
    ("value", "there"),
    [
        (fields(), False), (Items([], at(5)), False), (text(""), False), (text(None), False), (text("x"), True), (text(False), True),
        (UNKNOWN, True), (fields(A=text(1)), True), (Reference("Queue", "Arn", at(5)), True),
    ],
)  # fmt: skip
def test_present(value: Value, there: bool) -> None:  # noqa: FBT001 - the expected value
    assert props(X=value).present("X").value is there


def test_a_list_of_one_map_is_read_as_the_map() -> None:
    assert props(Block=Items([fields(On=text(True))], at(5))).flag("Block.On", default=False).value is True
    assert props(Block=Items([fields(), fields()], at(5))).flag("Block.On", default=False).value is False


def test_keys_with_dots_are_given_apart() -> None:
    found = Props(fields(**{"a.b": text("x")}), NAME)
    assert found.text(("a.b",), "").value == "x"
    assert found.text("a.b", "none").value == "none"


# -- sections and lists
def test_find_passes_through_conditions() -> None:
    one = Cases([("if A", fields(X=text("x"))), ("else of A", fields())], at(8))
    assert props(Outer=one).find("Outer.X") is one.cases[0][1].get("X")  # type: ignore[attr-defined]
    both = Cases([("if A", fields(X=text("x"))), ("else of A", fields(X=text("y")))], at(8))
    assert isinstance(props(Outer=both).find("Outer.X"), Cases)
    assert props().find("Outer.X") is None


def test_each_takes_a_single_value_for_a_list() -> None:
    assert [value for _, value in props(Action=text("s3:*")).each("Action")] != []
    several = Cases([("if A", Items([text("x"), text("y")], at(5))), ("else of A", Absent(at(5)))], at(8))
    assert [(words, as_text(value)) for words, value in props(Action=several).each("Action")] == [
        ("if A", "x"),
        ("if A", "y"),
    ]
    assert [value for _, value in props(Action=UNKNOWN).each("Action")] == [UNKNOWN]


def test_sections_and_items() -> None:
    rules = Items([fields(Port=text(22)), text("odd"), fields(Port=text(80))], at(5))
    found = [section.number("Port", 0) for section in props(Rules=rules).sections("Rules")]
    assert [(setting.name, setting.value) for setting in found] == [("Rules.Port", 22), ("Rules.Port", 80)]
    assert [key for key, _, _ in props(Tags=fields(a=text(1), b=text(2))).items("Tags")] == ["a", "b"]
    assert props().section("Nothing").text("At.All", "").value == ""


# -- conversions
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (text("x"), "x"), (text(True), "true"), (text(3), "3"), (Reference("Queue", "Arn", at(5)), "${Queue.Arn}"),
        (Text([text("a-"), Reference("Queue", None, at(5))], at(5)), "a-${Queue}"),
    ],
)  # fmt: skip
def test_texts(value: Value, shown: str) -> None:
    assert as_text(value) == shown


@pytest.mark.parametrize("value", [UNKNOWN, Text([text("a"), UNKNOWN], at(5)), Items([], at(5)), fields()])
def test_what_is_no_text(value: Value) -> None:
    with pytest.raises(Unreadable):
        as_text(value)


@pytest.mark.parametrize(("word", "number"), [("30", 30), (30, 30), ("30.9", 30), ("1e3", 1000), ("-1", -1)])
def test_numbers(word: str | float, number: int) -> None:
    assert as_number(text(word)) == number


@pytest.mark.parametrize("word", ["", "x", "inf", "nan", "1e999", None])
def test_what_is_no_number(word: str | None) -> None:
    with pytest.raises(Unreadable):
        as_number(text(word))


def test_flags_are_words_too() -> None:
    assert all(as_flag(text(word)) for word in (True, "true", "Enabled", "YES", "on", "1"))
    assert not any(as_flag(text(word)) for word in (False, "false", "Disabled", "no", "off", "0", "", None))


@given(st.text(max_size=20) | st.integers() | st.floats() | st.booleans() | st.none())
def test_no_scalar_breaks_a_reader(word: str | float | bool | None) -> None:  # noqa: FBT001 - a scalar
    found = props(X=text(word))
    for setting in (found.text("X", ""), found.number("X", 0), found.flag("X", default=False), found.present("X")):
        assert isinstance(setting, Declared | Unresolved)


def test_known_is_known_to_the_last_part() -> None:
    assert is_known(fields(A=Items([text(1), Reference("Q", None, at(5))], at(5))))
    for part in (UNKNOWN, Tagged("!X", text(1), at(5))):
        assert not is_known(fields(A=Items([part], at(5))))
        assert not is_known(Cases([("if A", part)], at(5)))
        assert not is_known(Text([text("a"), part], at(5)))
