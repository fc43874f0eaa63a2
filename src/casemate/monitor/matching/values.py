"""The values of a field of an event, as `authoring.query` defines them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from orjson import dumps

from casemate.authoring.query import DatePart, Field
from casemate.monitor.events.source import Body, Spelling
from casemate.monitor.events.times import as_written

MAX_INSIDE = 200_000
"""Characters of JSON text inside a value that are read; more is not JSON as far as we are concerned."""


def values_of(field: Field, body: Body, fields: Mapping[str, Spelling]) -> list[str]:
    """The texts at a field; booleans and numbers as JSON writes them. `fields`: the source's canonical fields."""
    found: object
    if field.canonical:
        spelling = fields.get(field.path[0])
        if spelling is None:
            return []
        found = list(_walk(body, spelling)) if isinstance(spelling, tuple) else spelling(body)
    else:
        found = list(_walk(body, field.path))
        if not found and len(field.path) > 1:
            found = body.get(".".join(field.path))  # records that were flattened on their way
    if field.inside is not None:
        found = [deep for one in _leaves(found) for deep in _walk(_parsed(one), field.inside)]
    return [written(one) for one in _leaves(found)]


def inside_of(text: str, path: tuple[str, ...]) -> list[str]:
    """The texts at a path inside JSON text."""
    return [written(one) for one in _leaves(list(_walk(_parsed(text), path)))]


def is_present(field: Field, body: Body, fields: Mapping[str, Spelling]) -> bool:
    """Whether the field is there, and be it null."""
    if values_of(field, body, fields):
        return True
    path: Spelling | None = fields.get(field.path[0]) if field.canonical else field.path
    if field.inside is not None or not isinstance(path, tuple):
        return False
    return _reaches(body, path) or (not field.canonical and ".".join(path) in body)


def _reaches(value: object, path: tuple[str, ...]) -> bool:
    if not path:
        return True
    if isinstance(value, list):
        return any(_reaches(one, path) for one in value)
    return isinstance(value, dict) and path[0] in value and _reaches(value[path[0]], path[1:])


def date_part(text: str, part: DatePart) -> str | None:
    """A part of the date that a text is, as a number; None where it is no date."""
    when = as_written(text)
    if when is None:
        return None
    return str(when.isocalendar().week if part == "week" else getattr(when, part))


def _walk(value: object, path: tuple[str, ...]) -> Iterator[object]:
    if isinstance(value, list):
        for one in value:
            yield from _walk(one, path)
    elif not path:
        if value is not None:
            yield value
    elif isinstance(value, dict) and path[0] in value:
        yield from _walk(value[path[0]], path[1:])


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    elif value is not None:
        yield value


def _parsed(value: object) -> object:
    if isinstance(value, dict):
        return value
    if not isinstance(value, str) or len(value) > MAX_INSIDE:
        return None
    for form in (value, unquote(value)) if value.startswith("%") else (value,):
        try:
            return json.loads(form)
        except (ValueError, RecursionError):
            continue
    return None


def written(value: object) -> str:
    """A value as text: text as it is, the rest as compact JSON."""
    if isinstance(value, str):
        return value
    if value is True or value is False:
        return "true" if value else "false"
    if type(value) is int:
        return str(value)
    try:
        return dumps(value).decode()
    except TypeError:  # JSON inside a text may hold what orjson does not write: whole numbers beyond 64 bits
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def every_text(value: object) -> Iterator[str]:
    """All scalars of an event, for keyword search."""
    if isinstance(value, dict):
        for one in value.values():
            yield from every_text(one)
    elif isinstance(value, list):
        for one in value:
            yield from every_text(one)
    elif value is not None:
        yield written(value)
