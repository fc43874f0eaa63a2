"""Terraform's functions of lists, sets and maps."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

from casemate.model.value import (
    Absent,
    Cases,
    Entry,
    Fields,
    Items,
    Literal,
    Unknown,
    Value,
    display,
)
from casemate.sources.terraform.arguments import (
    NotKnown,
    fields_of,
    identity,
    integer_of,
    is_same,
    items_of,
    number_of,
    text_of,
)
from casemate.sources.terraform.text import MAX_NODES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casemate.model.location import Span


MAX_ITEMS = 1024
"""Terraform's own limit for `range`; also for products."""


def merge(arguments: Sequence[Value], at: Span) -> Value:
    """`merge(map…)`: what is known of it."""
    entries: dict[str, Entry] = {}
    known = False
    for argument in arguments:
        if isinstance(argument, Fields):
            known = True
            entries.update(argument.entries)
    if not known:
        unknown = next((argument for argument in arguments if not isinstance(argument, Absent)), None)
        if unknown is not None:
            raise NotKnown(unknown)
    return Fields(entries, at)


def concat(arguments: Sequence[Value], at: Span) -> Value:
    """`concat(list…)`: a list that is not known stands for its elements."""
    items: list[Value] = []
    for argument in arguments:
        if len(items) > MAX_NODES:
            raise ValueError
        if isinstance(argument, Items):
            items.extend(argument.items)
        elif not isinstance(argument, Absent):
            items.append(argument)  # a list that is not known stands for its elements
    return Items(items, at)


def flatten(arguments: Sequence[Value], at: Span) -> Value:
    """`flatten(list)`."""
    found: list[Value] = []
    pending: list[Value] = list(reversed(items_of(arguments[0])))
    while pending:
        item = pending.pop()
        if len(found) + len(pending) > MAX_NODES:
            raise ValueError
        if isinstance(item, Items):
            pending.extend(reversed(item.items))
        else:
            found.append(item)
    return Items(found, at)


def distinct(arguments: Sequence[Value], at: Span) -> Value:
    """`distinct(list)`."""
    return Items(list({identity(item): item for item in reversed(items_of(arguments[0]))}.values())[::-1], at)


def to_set(arguments: Sequence[Value], at: Span) -> Value:
    """`toset(list)`: each element once, texts sorted."""
    unique = {identity(item): item for item in items_of(arguments[0])}
    items = list(unique.values())
    if all(isinstance(item, Literal) for item in items):
        items.sort(key=display)
    return Items(items, at)


def lookup(arguments: Sequence[Value], at: Span) -> Value:
    """`lookup(map, key, default)`."""
    table, key = fields_of(arguments[0]), text_of(arguments[1])
    found = table.get(key)
    if found is not None:
        return found
    return arguments[2] if len(arguments) > 2 else Unknown(f"no key {key[:60]!r}", at, "error")


def element(arguments: Sequence[Value], at: Span) -> Value:
    """`element(list, index)`, which wraps around."""
    items = items_of(arguments[0])
    return items[integer_of(arguments[1]) % len(items)] if items else Unknown("element() of an empty list", at, "error")


def keys(arguments: Sequence[Value], at: Span) -> Value:
    """`keys(map)`, sorted."""
    entries = fields_of(arguments[0]).entries
    return Items([Literal(key, entries[key].key_at) for key in sorted(entries)], at)


def values(arguments: Sequence[Value], at: Span) -> Value:
    """`values(map)`, by sorted key."""
    entries = fields_of(arguments[0]).entries
    return Items([entries[key].value for key in sorted(entries)], at)


def length(arguments: Sequence[Value], at: Span) -> Value:
    """`length(value)`."""
    value = arguments[0]
    if isinstance(value, Literal):
        return Literal(len(text_of(value)), at)
    items = items_of(value)
    unknown = next((item for item in items if isinstance(item, Unknown | Cases)), None)
    if unknown is not None and isinstance(value, Items):  # it may stand for any number of elements
        raise NotKnown(unknown)
    return Literal(len(items), at)


def contains(arguments: Sequence[Value], at: Span) -> Value:
    """`contains(list, value)`."""
    items = items_of(arguments[0])
    if any(is_same(item, arguments[1]) for item in items):
        return Literal(True, at)
    unknown = next((item for item in (*items, arguments[1]) if not isinstance(item, Literal)), None)
    if unknown is not None and items:
        raise NotKnown(unknown)
    return Literal(False, at)


def index_of(arguments: Sequence[Value], at: Span) -> Value:
    """`index(list, value)`."""
    return Literal(
        next(place for place, item in enumerate(items_of(arguments[0])) if text_of(item) == text_of(arguments[1])), at
    )


def coalesce(arguments: Sequence[Value], at: Span) -> Value:
    """`coalesce(value…)`: the first that is neither null nor empty."""
    for argument in arguments:
        if isinstance(argument, Absent) or (isinstance(argument, Literal) and argument.value in {"", None}):
            continue
        return argument
    return Absent(at)


def coalesce_list(arguments: Sequence[Value], at: Span) -> Value:
    """`coalescelist(list…)`."""
    return next(
        (argument for argument in arguments if not isinstance(argument, Absent) and items_of(argument)), Items([], at)
    )


def compact(arguments: Sequence[Value], at: Span) -> Value:
    """`compact(list)`: without empty texts."""
    return Items(
        [
            item
            for item in items_of(arguments[0])
            if not isinstance(item, Absent) and not (isinstance(item, Literal) and item.value == "")
        ],
        at,
    )


def section(arguments: Sequence[Value], at: Span) -> Value:
    """`slice(list, start, end)`."""
    return Items(list(items_of(arguments[0]))[integer_of(arguments[1]) : integer_of(arguments[2])], at)


def backwards(arguments: Sequence[Value], at: Span) -> Value:
    """`reverse(list)`."""
    return Items(list(items_of(arguments[0]))[::-1], at)


def ordered(arguments: Sequence[Value], at: Span) -> Value:
    """`sort(list)`."""
    return Items(sorted(items_of(arguments[0]), key=text_of), at)


def numbers_in(arguments: Sequence[Value], at: Span) -> Value:
    """`range(…)`."""
    numbers = range(*(integer_of(argument) for argument in arguments))
    if len(numbers) > MAX_ITEMS:
        raise ValueError
    return Items([Literal(number, at) for number in numbers], at)


def zipmap(arguments: Sequence[Value], at: Span) -> Value:
    """`zipmap(keys, values)`."""
    pairs = zip(items_of(arguments[0]), items_of(arguments[1]), strict=False)
    return Fields({text_of(key): Entry(key.at, value) for key, value in pairs}, at)


def chunk(arguments: Sequence[Value], at: Span) -> Value:
    """`chunklist(list, size)`."""
    items, size = list(items_of(arguments[0])), integer_of(arguments[1])
    return Items([Items(items[start : start + size], at) for start in range(0, len(items), size)], at)


def products(arguments: Sequence[Value], at: Span) -> Value:
    """`setproduct(set…)`."""
    sets = [items_of(argument) for argument in arguments]
    if math.prod(len(items) for items in sets) > MAX_ITEMS:
        raise ValueError
    return Items([Items(row, at) for row in product(*sets)], at)


def union(arguments: Sequence[Value], at: Span) -> Value:
    """`setunion(set…)`."""
    return to_set([concat(arguments, at)], at)


def intersection(arguments: Sequence[Value], at: Span) -> Value:
    """`setintersection(set…)`."""
    kept = [{text_of(item) for item in items_of(argument)} for argument in arguments[1:]]
    return to_set(
        [Items([item for item in items_of(arguments[0]) if all(text_of(item) in other for other in kept)], at)], at
    )


def subtract(arguments: Sequence[Value], at: Span) -> Value:
    """`setsubtract(set, set)`."""
    gone = {text_of(item) for item in items_of(arguments[1])}
    return to_set([Items([item for item in items_of(arguments[0]) if text_of(item) not in gone], at)], at)


def only_one(arguments: Sequence[Value], at: Span) -> Value:
    """`one(list)`."""
    items = items_of(arguments[0])
    return items[0] if items else Absent(at)


def total(arguments: Sequence[Value], at: Span) -> Value:
    """`sum(list)`."""
    return Literal(sum(number_of(item) for item in items_of(arguments[0])), at)


def all_true(arguments: Sequence[Value], at: Span) -> Value:
    """`alltrue(list)`."""
    return Literal(all(text_of(item) == "true" for item in items_of(arguments[0])), at)


def any_true(arguments: Sequence[Value], at: Span) -> Value:
    """`anytrue(list)`."""
    return Literal(any(text_of(item) == "true" for item in items_of(arguments[0])), at)
