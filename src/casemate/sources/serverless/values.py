"""Reading maps and lists out of a configuration, and building native properties whose every part keeps its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Absent, Cases, Entry, Fields, Items, Literal, Reference, Value, text_of
from casemate.sources.cloudformation.intrinsics import concatenate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from casemate.model.location import Span

EMPTY: dict[str, Entry] = {}


# -- reading
# ------------------------------------------------------------------------------------------------------------
def is_set(value: Value | None) -> bool:
    """Whether anything is said: `null` and `~` count as nothing."""
    return (
        value is not None and not isinstance(value, Absent) and not (isinstance(value, Literal) and value.value is None)
    )


def is_true(value: Value | None) -> bool:
    """Whether the value is the boolean true (or the word)."""
    return (text_of(value) or "").lower() == "true"


def is_false(value: Value | None) -> bool:
    """Whether the value is the boolean false (or the word)."""
    return (text_of(value) or "").lower() == "false"


def fields_of(value: Value | None) -> Fields | None:
    """The map that a value is; of alternatives the first that is one."""
    if isinstance(value, Fields):
        return value
    if isinstance(value, Cases):
        return next((leaf for _, leaf in value.options() if isinstance(leaf, Fields)), None)
    return None


def items_of(value: Value | None) -> list[Value]:
    """The elements of a list; a single value counts as a list of one, of alternatives all."""
    match value:
        case None | Absent() | Literal(value=None):
            return []
        case Items(items=items):
            return list(items)
        case Cases():
            return [item for _, leaf in value.options() for item in items_of(leaf)]
        case _:
            return [value]


def maps(value: Value | None) -> Iterator[Fields]:
    """Every map of a map or of a list of maps (lists in lists too, as files are included)."""
    stack = [value]
    while stack:
        node = stack.pop()
        match node:
            case Fields():
                yield node
            case Items(items=items):
                stack.extend(reversed(items))
            case Cases():
                stack.extend(leaf for _, leaf in reversed(list(node.options())))
            case _:
                pass


def entry_of(value: Value | None, *path: str) -> Entry | None:
    """The entry at a path of keys, if something is said there."""
    found: Entry | None = None
    for key in path:
        holder = fields_of(value)
        found = None if holder is None else holder.entries.get(key)
        if found is None:
            return None
        value = found.value
    return found if found is not None and is_set(found.value) else None


def value_of(value: Value | None, *path: str) -> Value | None:
    """The value at a path of keys, if something is said there."""
    found = entry_of(value, *path)
    return None if found is None else found.value


def text_at(value: Value | None, *path: str) -> str | None:
    """The known text at a path of keys."""
    return text_of(value_of(value, *path))


def entries_of(value: Value | None) -> Iterator[tuple[str, Entry]]:
    """(key, entry) of every map of a map or of a list of maps, with something said."""
    for part in maps(value):
        for key, entry in part.entries.items():
            if is_set(entry.value):
                yield key, entry


# -- building
# -----------------------------------------------------------------------------------------------------------
class Shape:
    """Native properties in the making. Whatever is nothing is left out."""

    def __init__(self, at: Span) -> None:
        self.at = at
        self.entries: dict[str, Entry] = {}

    def put(self, name: str, value: Value | str | float | None, key_at: Span | None = None) -> Shape:
        """A value under a native name; its key stands at `key_at`, else at the value."""
        if isinstance(value, str | float | int):
            value = Literal(value, self.at)
        if value is not None and is_set(value):
            self.entries[name] = Entry(key_at or value.at, value)
        return self

    def take(self, name: str, entry: Entry | None, change: Callable[[Value], Value | None] | None = None) -> Shape:
        """A setting of the configuration under its native name, with its key's place."""
        if entry is not None and is_set(entry.value):
            value = entry.value if change is None else change(entry.value)
            if value is not None:
                self.entries[name] = Entry(entry.key_at, value)
        return self

    def copy(self, source: Value | None, **names: str) -> Shape:
        """Several settings of one map: native name = name in the configuration."""
        for native, name in names.items():
            self.take(native, entry_of(source, name))
        return self

    def fields(self) -> Fields:
        """The finished map."""
        return Fields(self.entries, self.at)


def fields(at: Span, **values: Value | str | float | None) -> Fields:
    """A map of native properties at one place."""
    shape = Shape(at)
    for name, value in values.items():
        shape.put(name, value)
    return shape.fields()


def texts(at: Span, *values: str) -> Items:
    """A list of texts at one place."""
    return Items([Literal(value, at) for value in values], at)


def joined(at: Span, *parts: Value | str) -> Value:
    """A text of parts."""
    return concatenate([Literal(part, at) if isinstance(part, str) else part for part in parts], at)


def arn(at: Span, *parts: Value | str) -> Value:
    """`arn:PARTITION:` and the parts."""
    return joined(at, "arn:", Reference("AWS::Partition", None, at), ":", *parts)


def regional(at: Span, service: str, *parts: Value | str) -> Value:
    """An ARN of this account and region: `arn:PARTITION:SERVICE:REGION:ACCOUNT:` and the parts."""
    return arn(
        at, f"{service}:", Reference("AWS::Region", None, at), ":", Reference("AWS::AccountId", None, at), ":", *parts
    )


def statement(at: Span, actions: Iterable[str], resources: Iterable[Value | str], effect: str = "Allow") -> Fields:
    """One policy statement."""
    listed = Items([Literal(item, at) if isinstance(item, str) else item for item in resources], at)
    return fields(at, Effect=effect, Action=texts(at, *actions), Resource=listed)


def document(at: Span, statements: Iterable[Value]) -> Fields:
    """A policy document."""
    return fields(at, Version="2012-10-17", Statement=Items(list(statements), at))


def trust(at: Span, *services: str) -> Fields:
    """A role's trust in services."""
    principal = fields(at, Service=texts(at, *services))
    return document(at, [fields(at, Effect="Allow", Principal=principal, Action=texts(at, "sts:AssumeRole"))])
