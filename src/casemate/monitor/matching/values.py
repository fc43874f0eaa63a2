"""The values of a field of an event, as `authoring.query` defines them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from casemate.authoring.query import Field
from casemate.monitor.events.source import Body, Spelling

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


def _walk(value: object, path: tuple[str, ...]) -> Iterator[object]:
    if isinstance(value, list):
        for one in value:
            yield from _walk(one, path)
    elif not path:
        if value is not None:
            yield value
    elif isinstance(value, Mapping) and path[0] in value:
        yield from _walk(value[path[0]], path[1:])


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    elif value is not None:
        yield value


def _parsed(value: object) -> object:
    if isinstance(value, Mapping):
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
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def every_text(value: object) -> Iterator[str]:
    """All scalars of an event, for keyword search."""
    if isinstance(value, Mapping):
        for one in value.values():
            yield from every_text(one)
    elif isinstance(value, list):
        for one in value:
            yield from every_text(one)
    elif value is not None:
        yield written(value)
