"""Applying a shape of the tables to the arguments of a Terraform resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Absent, Cases, Entry, Fields, Items, Literal, Value
from casemate.sources.terraform.lowering.converting import apply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.sources.terraform.lowering.notation import Shape, Term


def shaped(shape: Shape, arguments: Fields) -> Fields:
    """The arguments in the native shape.

    Spans are those of the arguments; a section that is made takes the first argument in it for its place.
    """
    made: dict[str, Entry] = {}
    for term in shape:
        entry = lookup(arguments, term.source)
        if entry is None:
            continue
        value = _value(term, entry)
        if value is not None:
            place(made, term.target, Entry(entry.key_at, value))
    return Fields(made, arguments.at)


def _value(term: Term, entry: Entry) -> Value | None:
    if term.inner is None:
        return apply(term.convert, entry)
    value = _listed(term.inner, entry.value) if term.many == "list" else _single(term.inner, entry.value)
    return None if isinstance(value, Absent) else value


def _single(inner: Shape, value: Value) -> Value:
    match value:
        case Fields():
            return shaped(inner, value)
        case Items(items=items):
            return _single(inner, items[0]) if items else Absent(value.at)
        case Cases(cases=cases):
            return Cases([(words, _single(inner, case)) for words, case in cases], value.at)
        case Literal(value=None):
            return Absent(value.at)
        case _:
            return value


def _listed(inner: Shape, value: Value) -> Value:
    match value:
        case Fields():
            return Items([shaped(inner, value)], value.at)
        case Items(items=items):
            return Items([_single(inner, item) for item in items], value.at)
        case Cases(cases=cases):
            return Cases([(words, _listed(inner, case)) for words, case in cases], value.at)
        case Literal(value=None):
            return Absent(value.at)
        case _:
            return value


def lookup(value: Value, path: tuple[str, ...]) -> Entry | None:
    """The entry at `path`, through blocks that occur once and through conditions; None where nothing is said."""
    entry = _lookup(Entry(value.at, value), path)
    if (
        entry is None
        or isinstance(entry.value, Absent)
        or (isinstance(entry.value, Literal) and entry.value.value is None)
    ):
        return None
    return entry


def _lookup(entry: Entry, path: tuple[str, ...]) -> Entry | None:
    if not path:
        return entry
    match entry.value:
        case Fields(entries=entries):
            found = entries.get(path[0])
            return None if found is None else _lookup(found, path[1:])
        case Items(items=items):
            return _lookup(Entry(entry.key_at, items[0]), path) if items else None
        case Cases(cases=cases, at=at):
            options = [(words, _lookup(Entry(entry.key_at, case), path)) for words, case in cases]
            found = next((option for _, option in options if option is not None), None)
            if found is None:
                return None
            taken = [(words, Absent(at) if option is None else option.value) for words, option in options]
            return Entry(found.key_at, Cases(taken, found.value.at))
        case Literal() | Absent():
            return None
        case _:
            return entry  # not known as a whole, so not known in part


def place(tree: dict[str, Entry], path: tuple[str, ...], entry: Entry) -> None:
    """Put an entry into a tree at `path`; what is there already is merged with it."""
    head, rest = path[0], path[1:]
    old = tree.get(head)
    if not rest:
        tree[head] = entry if old is None else _merged(old, entry)
        return
    if old is not None and not isinstance(old.value, Fields):
        return  # the whole section is given by one value already
    section: dict[str, Entry] = dict(old.value.entries) if old is not None and isinstance(old.value, Fields) else {}
    place(section, rest, entry)
    first = entry if old is None else old
    tree[head] = Entry(first.key_at, Fields(section, first.value.at))


def _merged(old: Entry, new: Entry) -> Entry:
    match old.value, new.value:
        case Fields(), Fields():
            return Entry(old.key_at, merged(old.value, new.value.entries))
        case Items(items=first), Items(items=second):
            return Entry(old.key_at, Items([*first, *second], old.value.at if first else new.value.at))
        case Absent(), _:
            return new
        case _:
            return old


def merged(base: Fields, more: Mapping[str, Entry]) -> Fields:
    """A map with more in it: maps are merged, lists joined, and of two other values the first stays."""
    tree = dict(base.entries)
    for key, entry in more.items():
        place(tree, (key,), entry)
    return Fields(tree, base.at)
