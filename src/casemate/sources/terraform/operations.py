"""What operators, indexes and attributes give on values that may be known in part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import (
    Absent,
    Cases,
    Entry,
    Fields,
    Items,
    Literal,
    Reference,
    Text,
    Unknown,
    UnknownKind,
    Value,
    display,
)
from casemate.sources.terraform.text import MAX_CASES, without_cases

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from casemate.model.location import Span


class Attributed(Value):
    """A value of this package that answers to attributes only: a module, a data source."""

    __slots__ = ()

    def attribute(self, name: str, at: Span) -> Value:
        """The value of one attribute."""
        raise NotImplementedError


def kind_of(value: Value) -> UnknownKind:
    """Why a result is not known: as its first argument that is not."""
    return value.kind if isinstance(value, Unknown) else "function"


def mapped(value: Value, change: Callable[[Value], Value], at: Span) -> Value:
    """`change(value)`, for each of its alternatives when it is conditional."""
    if not isinstance(value, Cases):
        return change(value)
    options = without_cases(value)
    if options is None:
        return Unknown("too many alternatives", at, "conditional")
    return Cases([(words or "otherwise", change(option)) for words, option in options], at)


def truth(value: Value) -> bool | None:
    """True, False, or None when it is not known."""
    if isinstance(value, Literal):
        return {True: True, False: False, "true": True, "false": False}.get(value.value)
    return None


def attribute(value: Value, name: str, at: Span) -> Value:
    """`value.name`."""
    match value:
        case Fields():
            found = value.get(name)
            return (
                found if found is not None else Unknown(f"there is no attribute {name[:60]!r}", at, "error", f".{name}")
            )
        case Reference(target=target, attribute=path):
            return Reference(target, name if path is None else f"{path}.{name}", at)
        case Attributed():
            return value.attribute(name, at)
        case Unknown(reason=reason, kind=kind, source=source):
            return Unknown(reason, at, kind, f"{source}.{name}" if source else "")
        case Cases(cases=cases):
            return Cases([(words, attribute(case, name, at)) for words, case in cases], at)
        case Items(items=items) if name.isdigit():
            return index(Items(items, at), Literal(int(name), at), at)
        case _:
            return Unknown(f"there is no attribute {name[:60]!r}", at, "error", f".{name}")


def index(value: Value, key: Value, at: Span) -> Value:
    """`value[key]`."""
    if isinstance(key, Cases):
        return mapped(key, lambda option: index(value, option, at), at)
    known = display(key) if isinstance(key, Literal) else None
    match value:
        case Items(items=items) if known is not None:
            place = int(known) if known.isascii() and known.isdigit() and len(known) < 10 else -1
            return (
                items[place]
                if 0 <= place < len(items)
                else Unknown(f"there is no element {known[:60]}", at, "error", f"[{known}]")
            )
        case Fields() if known is not None:
            return attribute(value, known, at)
        case Items(items=items) if 0 < len(items) <= MAX_CASES:
            return _one_of(items, key, at)
        case Fields(entries=entries) if 0 < len(entries) <= MAX_CASES:
            return (
                Cases([(f"for {name}", entry.value) for name, entry in entries.items()], at)
                if len(entries) > 1
                else _only(entries)
            )
        case Reference(target=target, attribute=path):
            return Reference(target, None if path is None else f"{path}.{display(key)}", at)
        case Attributed():
            return value
        case Unknown(reason=reason, kind=kind, source=source):
            return Unknown(reason, at, kind, f"{source}[{display(key)}]" if source else "")
        case Cases(cases=cases):
            return Cases([(words, index(case, key, at)) for words, case in cases], at)
        case Items() | Fields():
            return Unknown("an element that is not known", at, kind_of(key), f"[{display(key)}]")
        case _:
            return Unknown("there is no such element", at, "error")


def _one_of(items: Sequence[Value], key: Value, at: Span) -> Value:
    """True, False, or None when it is not known."""
    return (
        items[0]
        if len(items) == 1
        else Cases([(f"for {display(key)} = {number}", item) for number, item in enumerate(items)], at)
    )


def _only(entries: Mapping[str, Entry]) -> Value:
    return next(iter(entries.values())).value


def unary(operator: str, value: Value, at: Span) -> Value:
    """`!value`, `-value`."""
    if isinstance(value, Literal):
        known = truth(value)
        if operator == "!" and known is not None:
            return Literal(not known, at)
        if operator == "-" and isinstance(value.value, int | float) and not isinstance(value.value, bool):
            return Literal(-value.value, at)
    return Unknown("an operation on a value that is not known", at, kind_of(value), f"{operator}{display(value)}")


def binary(operator: str, left: Value, right: Value, at: Span) -> Value:
    """`left operator right`."""
    if operator in {"&&", "||"}:
        return _logical(operator, left, right, at)
    if operator in {"==", "!="}:
        same = _equal(left, right)
        if same is not None:
            return Literal(same == (operator == "=="), at)
    elif isinstance(left, Literal) and isinstance(right, Literal):
        try:
            return Literal(_arithmetic(operator, float(display(left)), float(display(right))), at)
        except (ValueError, ZeroDivisionError, OverflowError):
            return Unknown("an operation that does not fit its operands", at, "error")
    unknown = next((value for value in (left, right) if isinstance(value, Unknown)), None)
    kind: UnknownKind = "function" if unknown is None else unknown.kind
    reason = "an operation on a value that is not known" if unknown is None else unknown.reason
    return Unknown(reason, at, kind, f"{display(left)[:80]} {operator} {display(right)[:80]}")


def _logical(operator: str, left: Value, right: Value, at: Span) -> Value:
    one, other = truth(left), truth(right)
    decisive = operator == "||"
    if one is decisive or other is decisive:
        return Literal(decisive, at)
    if one is not None and other is not None:
        return Literal(not decisive, at)
    open_ = left if one is None else right
    return Unknown(
        "a condition that is not known", at, kind_of(open_), f"{display(left)[:80]} {operator} {display(right)[:80]}"
    )


def _arithmetic(operator: str, left: float, right: float) -> int | float | bool:
    result: float
    match operator:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "+":
            result = left + right
        case "-":
            result = left - right
        case "*":
            result = left * right
        case "/":
            result = left / right
        case "%":
            result = left % right
        case _:
            raise ValueError
    return int(result) if result.is_integer() else result


def _equal(left: Value, right: Value) -> bool | None:
    """Whether two values are the same, or None when that is not known."""
    if isinstance(left, Unknown | Cases) or isinstance(right, Unknown | Cases):
        return None
    if isinstance(left, Absent) or isinstance(right, Absent):
        if isinstance(left, Absent) and isinstance(right, Absent):
            return True
        other = right if isinstance(left, Absent) else left
        return False if isinstance(other, Literal | Fields | Items) or _is_given(other) else None
    if isinstance(left, Literal) and isinstance(right, Literal):
        return display(left) == display(right)
    if (
        isinstance(left, Reference)
        and isinstance(right, Reference)
        and (left.target, left.attribute) == (right.target, right.attribute)
    ):
        return True
    if isinstance(left, Items | Fields) and isinstance(right, Items | Fields):
        sizes = [len(value.items if isinstance(value, Items) else value.entries) for value in (left, right)]
        return None if all(sizes) else sizes[0] == sizes[1]
    for one, other in (
        (left, right),
        (right, left),
    ):  # an attribute of a resource is never empty when it names or identifies it
        if isinstance(one, Literal) and one.value == "" and _is_given(other):
            return False
    return None


def _is_given(value: Value) -> bool:
    if isinstance(value, Text):
        return any(isinstance(part, Literal) for part in value.parts)
    return isinstance(value, Reference) and (value.attribute is None or value.attribute in {"arn", "id", "name"})
