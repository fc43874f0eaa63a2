"""Writing native properties: `Value`s that no person wrote in this form, each with the span of what causes it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from casemate.model.value import Absent, Cases, Entry, Fields, Items, Literal, Reference, Text, Unknown, Value, display
from casemate.sources.cloudformation.intrinsics import concatenate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from casemate.model.location import Span

_PLACEHOLDER = re.compile(r"\$\{([^{}]+)\}")


Content = Entry | Value | str | float | None
"""What a property is made of: with a key of its own, a value, or a plain scalar; None leaves it out."""


def fields(at: Span, entries: Mapping[str, Content]) -> Fields:
    """A map. An `Entry` keeps its key's span, other keys stand at `at`; plain scalars become literals there.

    None is left out.
    """
    made: dict[str, Entry] = {}
    for key, value in entries.items():
        if isinstance(value, Entry):
            made[key] = value
        elif isinstance(value, Value):
            made[key] = Entry(at, value)
        elif value is not None:
            made[key] = Entry(at, Literal(value, at))
    return Fields(made, at)


def entry(properties: Fields, *path: str) -> Entry | None:
    """The entry at `path`, unless it is absent or explicitly nothing."""
    found: Entry | None = None
    value: Value = properties
    for key in path:
        if not isinstance(value, Fields):
            return None
        found = value.entries.get(key)
        if found is None:
            return None
        value = found.value
    return None if isinstance(value, Absent) or (isinstance(value, Literal) and value.value is None) else found


def value_of(properties: Fields, *path: str) -> Value | None:
    """The value at `path`, unless it is absent or explicitly nothing."""
    found = entry(properties, *path)
    return None if found is None else found.value


def map_of(properties: Fields, *path: str) -> Fields:
    """The map at `path`; an empty one when there is none."""
    found = value_of(properties, *path)
    return found if isinstance(found, Fields) else Fields({}, properties.at)


def elements(value: Value | None) -> Iterator[Value]:
    """The elements of a list; a single value counts as a list of one, nothing as an empty list."""
    match value:
        case None | Absent():
            return
        case Items(items=items):
            yield from items
        case _:
            yield value


def texts(at: Span, *words: str) -> Items:
    """A list of strings."""
    return Items([Literal(word, at) for word in words], at)


def arn_of(key: str, at: Span) -> Reference:
    """`!GetAtt key.Arn`."""
    return Reference(key, "Arn", at)


def fill(pattern: str, at: Span, variables: Mapping[str, Value] | None = None) -> Value:
    """A text with `${Name}` placeholders: variables by name, `${AWS::…}` as pseudo parameters, others as references."""
    parts: list[Value] = []
    for text, name in _pieces(pattern):
        if name is None:
            parts.append(Literal(text, at))
        elif variables is not None and name in variables:
            parts.append(variables[name])
        else:
            target, _, attribute = name.partition(".")
            parts.append(Reference(target, attribute or None, at))
    if len(parts) == 1:
        return parts[0]
    return concatenate([part for part in parts if not (isinstance(part, Literal) and part.value == "")], at)


@lru_cache(maxsize=256)
def _pieces(pattern: str) -> tuple[tuple[str, str | None], ...]:
    pieces: list[tuple[str, str | None]] = []
    last = 0
    for match in _PLACEHOLDER.finditer(pattern):
        if match.start() > last:
            pieces.append((pattern[last : match.start()], None))
        pieces.append(("", match[1]))
        last = match.end()
    if last < len(pattern):
        pieces.append((pattern[last:], None))
    return tuple(pieces)


def each_case(value: Value, change: Callable[[Value], Value]) -> Value:
    """`value` with `change` applied to each of its cases."""
    if isinstance(value, Cases):
        return Cases([(words, each_case(case, change)) for words, case in value.cases], value.at)
    return change(value)


def statement(at: Span, actions: Sequence[str], resources: Value | Sequence[Value] | str, **more: Value) -> Fields:
    """An Allow statement."""
    listed = Items(resources, at) if not isinstance(resources, Value | str) else resources
    return fields(at, {"Effect": "Allow", "Action": texts(at, *actions), "Resource": listed, **more})


def document(at: Span, statements: Iterable[Value]) -> Fields:
    """A policy document."""
    return fields(at, {"Version": "2012-10-17", "Statement": Items(list(statements), at)})


def trust(service: str, at: Span) -> Fields:
    """A trust policy for one service."""
    who = fields(at, {"Service": texts(at, service)})
    return document(at, [fields(at, {"Effect": "Allow", "Action": texts(at, "sts:AssumeRole"), "Principal": who})])


def s3_location(value: Value, names: tuple[str, str, str]) -> Value:
    """`s3://bucket/key?versionId=v`, or a map with Bucket, Key and Version, as a map with `names`.

    A local path stays what it is.
    """
    match value:
        case Literal(value=str(text)) if text.startswith("s3://"):
            path, _, query = text[5:].partition("?")
            bucket, _, key = path.partition("/")
            version = query.removeprefix("versionId=") if query.startswith("versionId=") else None
            return fields(value.at, dict(zip(names, (bucket, key, version), strict=True)))
        case Fields():
            return fields(
                value.at,
                {new: value.entries.get(old) for old, new in zip(("Bucket", "Key", "Version"), names, strict=True)},
            )
        case _:
            return value


def tags(value: Value | None) -> Value | None:
    """SAM's map of tags as the list of `Key`, `Value` pairs that most types take."""
    if not isinstance(value, Fields):
        return value
    return Items(
        [fields(item.key_at, {"Key": key, "Value": item.value}) for key, item in value.entries.items()], value.at
    )


def name_of(value: Value | None) -> str | None:
    """The logical id that a value names: `!Ref X`, `!GetAtt X.Arn` or the plain text `X`."""
    match value:
        case Reference(target=target):
            return target
        case Text(parts=parts):
            return next(
                (part.target for part in parts if isinstance(part, Reference) and not part.target.startswith("AWS::")),
                None,
            )
        case Literal(value=str(text)):
            return text
        case _:
            return None


def is_true(value: Value | None) -> bool:
    """Whether a value is written out as true."""
    return isinstance(value, Literal) and display(value).lower() == "true"


def unknown(reason: str, at: Span) -> Unknown:
    """What cannot be known because the input is wrong here."""
    return Unknown(reason, at, "error")
