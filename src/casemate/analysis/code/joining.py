"""Values that stand for several, text made of several, and what is in a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


from casemate.analysis.code.labels import Taint, as_part, merge
from casemate.analysis.code.values import (
    EMPTY,
    UNKNOWN,
    Class,
    Client,
    Closure,
    Const,
    Environment,
    Holder,
    Mapping,
    Method,
    ModuleValue,
    Row,
    Sequence,
    Text,
    Thing,
    Union,
    Value,
    Verdict,
)

MAX_OPTIONS = 8
MAX_PARTS = 32
MAX_TEXT = 20_000


def unknown(taint: Taint = (), sort: str = "") -> Value:
    """Something of which only the labels are known."""
    return Thing(None, taint, sort=sort) if taint or sort else UNKNOWN


def key_of(value: Value, depth: int = 0) -> object:
    """What makes two values the same, for memos, joins and fixpoints. Objects are themselves only."""
    if isinstance(value, Const):
        return (value.value.__class__, value.value)
    if isinstance(value, Thing):
        return (value.path, value.made, value.sort, taint_key(value.taint), value.receiver and id(value.receiver))
    if isinstance(value, (Text, Union)) and depth < 4:
        inner = value.parts if isinstance(value, Text) else value.options
        return (value.__class__, tuple(key_of(part, depth + 1) for part in inner))
    if isinstance(value, Environment):
        return (Environment, value.name)
    if isinstance(value, Verdict):
        return (Verdict, value.yes, value.no, value.start, taint_key(value.taint))
    if isinstance(value, Closure):
        return (id(value.function), id(value.scope), id(value.receiver))
    if isinstance(value, Method):
        return (Method, value.name, id(value.receiver))
    if isinstance(value, Row):
        rest = value.rest and key_of(value.rest, depth + 1)
        return (Row, tuple(key_of(item, depth + 1) for item in value.items), rest)
    if isinstance(value, Client):
        bound = tuple((name, key_of(part, depth + 1)) for name, part in value.bound.items()) if depth < 4 else ()
        return (Client, value.service, value.kind, value.operation, bound)
    return id(value)


def taint_key(taint: Taint) -> object:
    """What makes two taints the same."""
    return frozenset(label.key for label in taint) if taint else None


def options_of(value: Value) -> tuple[Value, ...]:
    """Each value that it may be."""
    return value.options if isinstance(value, Union) else (value,)


def join(left: Value, right: Value) -> Value:
    """A value that stands for both."""
    if left is right:
        return left
    if left.__class__ is Const and right.__class__ is Const:
        one, other = left.value, right.value
        if one.__class__ is other.__class__ and one == other:
            return left
        return Union((left, right))
    if isinstance(left, Row) and isinstance(right, Row):
        return _join_rows(left, right)
    return union((*options_of(left), *options_of(right)))


def union(values: Iterable[Value]) -> Value:
    """One of the values; too many become one that is not known but has all of their labels."""
    table: dict[object, Value] = {}
    loose: dict[object, Thing] = {}
    for value in values:
        for option in options_of(value):
            if isinstance(option, Thing) and option.receiver is None:
                place = (option.path, option.made, option.sort)
                known = loose.get(place)
                loose[place] = (
                    option
                    if known is None
                    else Thing(option.path, merge(known.taint, option.taint), made=option.made, sort=option.sort)
                )
                continue
            table.setdefault(key_of(option), option)
    found: list[Value] = [*table.values(), *loose.values()]
    if not found:
        return UNKNOWN
    if len(found) == 1:
        return found[0]
    if len(found) > MAX_OPTIONS:
        holders = [value for value in found if not isinstance(value, (Const, Text, Thing, Verdict, Environment))]
        taint: Taint = ()
        for value in found:
            taint = merge(taint, value.taint)
        if len(holders) < MAX_OPTIONS:
            sorts = {sort_of(value) for value in found if value not in holders}
            return Union((*holders, unknown(taint, sorts.pop() if len(sorts) == 1 else "")))
        for value in holders[MAX_OPTIONS - 1 :]:
            taint = merge(taint, taint_of(value))
        return Union((*holders[: MAX_OPTIONS - 1], unknown(taint)))
    return Union(tuple(found))


def _join_rows(left: Row, right: Row) -> Row:
    """Positions that both have stay apart; whatever only one has may be there."""
    count = min(len(left.items), len(right.items))
    items = tuple(join(one, other) for one, other in zip(left.items[:count], right.items[:count], strict=True))
    more = [*left.items[count:], *right.items[count:]]
    more.extend(rest for rest in (left.rest, right.rest) if rest is not None)
    return Row(items, union(more) if more else None)


MAX_LOOKED_AT = 300


def taint_of(value: Value) -> Taint:
    """The labels of the value and of everything in it, each object looked at once and no more than a bound of them."""
    if not isinstance(value, (Holder, Row, Union)):
        return value.taint
    taint: Taint = ()
    seen: set[int] = set()
    stack: list[Value] = [value]
    left = MAX_LOOKED_AT
    while stack and left:
        current = stack.pop()
        if isinstance(current, Holder):
            if id(current) in seen:
                continue
            seen.add(id(current))
            left -= 1
            if not isinstance(current, (Class, ModuleValue)):
                stack.extend(current.fields.values())
        elif isinstance(current, Row):
            stack.extend(current.items)
            if current.rest is not None:
                stack.append(current.rest)
        elif isinstance(current, Union):
            stack.extend(option for option in current.options if isinstance(option, Holder))
        if current.taint and current.taint is not taint:
            taint = merge(taint, current.taint)
    return taint


def sort_of(value: Value) -> str:
    """The language's own type of the value (`str`, `int`, `list` …), empty when it is not known."""
    if isinstance(value, Const):
        return "" if value.value is None else value.value.__class__.__name__
    if isinstance(value, Text):
        return "str"
    if isinstance(value, Environment):
        return "str"
    if isinstance(value, Thing):
        return value.sort
    if isinstance(value, Mapping):
        return "dict"
    if isinstance(value, Sequence):
        return value.kind
    if isinstance(value, Verdict):
        return "bool"
    if isinstance(value, Union):
        sorts = {sort_of(option) for option in value.options}
        return sorts.pop() if len(sorts) == 1 else ""
    return ""


def concat(values: Iterable[Value]) -> Value:
    """Text made of the values in a row."""
    parts: list[Value] = []
    for value in values:
        for part in value.parts if isinstance(value, Text) else (value,):
            if isinstance(part, Const):
                text = as_text(part)
                last = parts[-1] if parts else None
                if isinstance(last, Const) and isinstance(last.value, str):
                    if len(last.value) + len(text) > MAX_TEXT:
                        continue
                    parts[-1] = Const(last.value + text)
                else:
                    parts.append(Const(text))
            else:
                parts.append(part)
    parts = [part for part in parts if not (isinstance(part, Const) and part.value == "")]
    if not parts:
        return EMPTY
    if len(parts) == 1 and isinstance(parts[0], Const):
        return parts[0]
    if len(parts) > MAX_PARTS:
        taint: Taint = ()
        for part in parts[MAX_PARTS - 1 :]:
            taint = merge(taint, taint_of(part))
        parts = [*parts[: MAX_PARTS - 1], unknown(as_part(taint), "str")]
    return Text(tuple(_flat(part) for part in parts))


def _flat(part: Value) -> Value:
    """A part of a text with all of its labels on itself."""
    if isinstance(part, (Holder, Row)) or (
        isinstance(part, Union) and any(isinstance(o, Holder) for o in part.options)
    ):
        return unknown(as_part(taint_of(part)), "str")
    return part


def as_text(value: Const) -> str:
    """A known scalar as text."""
    inner = value.value
    if isinstance(inner, str):
        return inner
    if isinstance(inner, bytes):
        return inner.decode("utf-8", "replace")
    return "" if inner is None else str(inner)


def known_text(value: Value) -> str | None:
    """The text, if it is completely known."""
    return value.value if isinstance(value, Const) and isinstance(value.value, str) else None
