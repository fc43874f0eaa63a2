"""Operators on values: text put together, arithmetic, slices."""

from __future__ import annotations

import re

from casemate.analysis.code.interpret.comparing import calculate
from casemate.analysis.code.interpret.machine import Machine
from casemate.analysis.code.interpret.writing import spread_into
from casemate.analysis.code.joining import concat, known_text, sort_of, taint_of, union, unknown
from casemate.analysis.code.labels import BIT, as_part, merge
from casemate.analysis.code.values import (
    UNKNOWN,
    Const,
    Mapping,
    Row,
    Sequence,
    Text,
    Thing,
    Union,
    Value,
)


def sliced(target: Value, bounds: list[Value | None]) -> Value:
    """`target[lower:upper:step]`."""
    known = all(
        bound is None or (isinstance(bound, Const) and isinstance(bound.value, (int, type(None)))) for bound in bounds
    )
    if known:
        cut = slice(*(None if bound is None else bound.value for bound in bounds))  # type: ignore[attr-defined]
        if cut.step == 0:
            return UNKNOWN
        if isinstance(target, Const) and isinstance(target.value, (str, bytes)):
            return Const(target.value[cut])
        head = known_text(target.parts[0]) if isinstance(target, Text) else None
        if (
            head is not None
            and 0 <= (cut.start or 0) <= (len(head) if cut.stop is None else cut.stop)
            and cut.step in {None, 1}
        ):
            if cut.stop is not None and cut.stop <= len(head):
                return Const(head[cut])
            if cut.stop is None and isinstance(target, Text):
                return concat((Const(head[cut.start or 0 :]), *target.parts[1:]))
        if isinstance(target, Sequence) and target.row.rest is None:
            return Sequence(target.row.items[cut], kind=target.kind)
    if isinstance(target, Sequence):
        row = target.row
        every = [*row.items, *([row.rest] if row.rest is not None else [])]
        return Sequence((), union(every) if every else None, target.kind)
    if isinstance(target, Union):
        return union(sliced(option, bounds) for option in target.options)
    return unknown(as_part(taint_of(target)), sort_of(target))


# -- text
_PERCENT = re.compile(r"%(?:\((\w{0,80})\))?[#0\- +]{0,5}[\d*]{0,5}(?:\.[\d*]{1,5})?([a-zA-Z%])")
_NUMERIC = frozenset("dioxXeEfFgGcn")


def _alone(value: Value) -> Value:
    """A text that is nothing but the value (`f"{x}"`): what checks say of it holds of the data."""
    if isinstance(value, Thing) and not value.sort and value.taint and value.receiver is None:
        return unknown(value.taint, "str")
    if isinstance(value, (Thing, Text, Union)):
        return value
    return unknown(taint_of(value), "str")


def formatted(value: Value, spec: str) -> Value:
    """The value with a format applied: a number's leaves nothing of the data."""
    if spec[-1] in "dfeEgGxXobn%" and spec.startswith(":"):
        return unknown(sort="str")
    if spec.startswith(("!r", "!a")):
        if isinstance(value, Const):
            return Const(repr(value.value))
        return unknown(as_part(taint_of(value)), "str")
    return value if spec in {"!s", ""} or not isinstance(value, Const) else unknown(sort="str")


def percent(template: str, given: Value) -> Value:
    """`template % given`."""
    parts: list[Value] = []
    last = 0
    position = 0
    row = given.row if isinstance(given, Sequence) and given.kind == "tuple" else Row((given,))
    for match in _PERCENT.finditer(template):
        parts.append(Const(template[last : match.start()]))
        last = match.end()
        name, sign = match.groups()
        if sign == "%":
            parts.append(Const("%"))
            continue
        value: Value
        if name is not None:
            value = (
                given.fields.get(name, unknown(given.taint)) if isinstance(given, Mapping) else unknown(taint_of(given))
            )
        elif position < len(row.items):
            value = row.items[position]
        else:
            value = row.rest or UNKNOWN
        position += 1
        parts.append(unknown(sort="str") if sign in _NUMERIC and not isinstance(value, Const) else value)
    parts.append(Const(template[last:]))
    return concat(parts)


def _escaped(value: Value) -> Value:
    """What markup makes of a value that is put into it (MarkupSafe documentation, "String Formatting")."""
    return unknown(tuple(label.derived(cured=BIT["xss"]) for label in as_part(taint_of(value))), "str")


def _texty(value: Value) -> bool:
    return sort_of(value) in {"str", "bytes"}


def operate(machine: Machine, sign: str, left: Value, right: Value) -> Value:  # noqa: C901 - one case an operator
    """`left sign right`, no comparison."""
    if sign in {"%", "+"} and isinstance(left, Thing) and (left.path or "").endswith(".Markup"):
        right = _escaped(right)
        return Thing(left.path, merge(left.taint, taint_of(right)), made=True)
    if isinstance(left, Const) and isinstance(right, Const):
        if sign == "+" and isinstance(left.value, str) != isinstance(right.value, str):
            return concat((left, right))
        if sign == "%" and isinstance(left.value, str):
            return percent(left.value, right)
        return calculate(sign, left, right)
    if sign == "+":
        return _added(left, right)
    if sign == "%" and (template := known_text(left)) is not None:
        return percent(template, right)
    if sign == "/" and isinstance(left, Thing) and left.made and left.path:
        return Thing(
            left.path,
            as_part(merge(left.taint, taint_of(right))),
            made=True,
            receiver=concat((_inner(left), Const("/"), right)),
        )
    if sign == "|" and isinstance(left, Mapping):
        result = Mapping()
        spread_into(machine, result, left)
        spread_into(machine, result, right)
        return result
    if sign == "*" and isinstance(left, Sequence):
        return Sequence((), _any(left), left.kind)
    if sign == "*" and sort_of(left) == "str" and left.taint:
        return unknown(as_part(left.taint), "str")
    if sign in {"*", "%", "|", "&"}:
        taint = as_part(merge(taint_of(left), taint_of(right)))
        if sign == "*" and not (_texty(left) or _texty(right)):
            return unknown(sort="int") if sort_of(left) in _NUMBERS or sort_of(right) in _NUMBERS else unknown(taint)
        if sign in {"|", "&"} and (isinstance(left, Sequence) or isinstance(right, Sequence)):
            return Sequence((), union(one for one in (_any(left), _any(right)) if one is not None), "set")
        return unknown(taint)
    return unknown(sort="int")


_NUMBERS = frozenset({"int", "float", "bool"})


def _inner(thing: Thing) -> Value:
    """The text behind an object that wraps one (a path)."""
    return thing.receiver if thing.receiver is not None else Thing(None, thing.taint, sort="str")


def _any(value: Value) -> Value | None:
    if isinstance(value, Sequence):
        row = value.row
        every = [*row.items, *([row.rest] if row.rest is not None else [])]
        return union(every) if every else None
    return unknown(taint_of(value))


def _added(left: Value, right: Value) -> Value:
    if isinstance(left, Sequence) or isinstance(right, Sequence):
        if isinstance(left, Sequence) and isinstance(right, Sequence) and left.row.rest is None:
            return Sequence((*left.row.items, *right.row.items), right.row.rest, left.kind)
        every = [one for one in (_any(left), _any(right)) if one is not None]
        return Sequence((), union(every) if every else None)
    one, other = sort_of(left), sort_of(right)
    if one in _NUMBERS and other in _NUMBERS:
        return unknown(sort="int")
    if (
        isinstance(left, Union)
        and all(isinstance(option, Const) for option in left.options)
        and isinstance(right, Const)
    ):
        return union(concat((option, right)) for option in left.options)
    return concat((left, right))
