"""Reading the arguments of a function: what is not known ends the call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import (
    Absent,
    Fields,
    Items,
    Literal,
    Reference,
    Unknown,
    UnknownKind,
    Value,
    display,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


class NotKnown(Exception):  # noqa: N818 - a signal inside this module
    """An argument is not known; the result is not, either."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


def kind_of(arguments: Sequence[Value]) -> UnknownKind:
    """Why a result is not known: as its first argument that is not."""
    return next((argument.kind for argument in arguments if isinstance(argument, Unknown)), "function")


def text_of(value: Value) -> str:
    """A known text (or number, or boolean)."""
    if isinstance(value, Literal) and value.value is not None:
        return display(value)
    raise NotKnown(value)


def number_of(value: Value) -> int | float:
    """A known number, also written as a text."""
    if isinstance(value, Literal) and not isinstance(value.value, bool):
        if isinstance(value.value, int | float):
            return value.value
        if isinstance(value.value, str):
            number = float(value.value)
            return int(number) if number.is_integer() else number
    raise NotKnown(value)


def integer_of(value: Value) -> int:
    """The same as an integer."""
    return int(number_of(value))


def items_of(value: Value) -> Sequence[Value]:
    """The elements of a list or map; `null` has none."""
    match value:
        case Items(items=items):
            return items
        case Fields(entries=entries):
            return [entry.value for entry in entries.values()]
        case Absent():
            return ()
        case Literal():
            raise ValueError  # a scalar is no list
        case _:
            raise NotKnown(value)


def fields_of(value: Value) -> Fields:
    """A map."""
    if isinstance(value, Fields):
        return value
    raise NotKnown(value)


def is_same(left: Value, right: Value) -> bool:
    """Whether two values are surely the same."""
    if isinstance(left, Literal) and isinstance(right, Literal):
        return display(left) == display(right)
    if isinstance(left, Reference) and isinstance(right, Reference):
        return (left.target, left.attribute) == (right.target, right.attribute)
    return left is right


def identity(value: Value) -> object:
    """What tells elements apart."""
    match value:
        case Literal():
            return display(value)
        case Reference(target=target, attribute=attribute):
            return target, attribute
        case _:
            return id(value)
