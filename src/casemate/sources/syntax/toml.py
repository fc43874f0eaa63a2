"""TOML -> `Value`s. Python's own parser gives the values; where keys stand is found line by line.

Spans are exact for tables and for `key = value` on a line of its own; what lies inside of an inline table or of a
list over
several lines stands at the line where that value begins.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic
from casemate.model.location import Span
from casemate.model.value import Entry, Fields, Items, Literal, Value
from casemate.sources.syntax.document import MAX_DEPTH, Document, whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MAX_LINE = 2_000
"""Longer lines are not searched for keys: no settings file has one, and the search is not linear in them."""
_HEADER = re.compile(r"^\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_PAIR = re.compile(r"""^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=[ \t]*""")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")
_LINE = re.compile(r"line (\d+), column (\d+)")

Place = tuple[Span, Span]
"""Where a key stands, and where its value does."""


def parse(text: str, path: str) -> Document:
    """A TOML text. Never raises."""
    try:
        root = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _LINE.search(str(error))
        line, column = (int(found[1]), int(found[2])) if found else (1, 1)
        at = Span(path, line, column, line, column + 1)
        hint = "correct the TOML; nothing in this file was evaluated"
        return Document(None, (Diagnostic("toml-syntax", f"not valid TOML: {error}", at, "error", hint),))
    except RecursionError:
        return Document(None, (Diagnostic("too-deep", f"nested deeper than {MAX_DEPTH} levels", whole(path)),))
    places = dict(_places(text, path))
    at = Span(path, 1, 1, max(text.count("\n") + 1, 1), 1)
    try:
        return Document(_value(root, (), places, at, 0))
    except _TooDeep:
        return Document(None, (Diagnostic("too-deep", f"nested deeper than {MAX_DEPTH} levels", whole(path)),))


class _TooDeep(Exception):  # noqa: N818 - a signal inside this module
    pass


def _places(text: str, path: str) -> Iterator[tuple[tuple[str, ...], Place]]:
    """(path of keys, place) of every table and of every key that starts a line."""
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > _MAX_LINE:
            continue
        header = _HEADER.match(line)
        if header is not None and "=" not in header[1]:
            table = _keys(header[1])
            last = header[1].rpartition(".")[2].strip()
            start = header.end(1) - len(last) + 1
            at = Span(path, number, start, number, header.end(1) + 1)
            yield table, (at, at)
            continue
        pair = _PAIR.match(line)
        if pair is not None:
            key = Span(path, number, pair.start(1) + 1, number, pair.end(1) + 1)
            value = Span(path, number, pair.end() + 1, number, max(len(line.rstrip()), pair.end()) + 1)
            yield (*table, *_keys(pair[1])), (key, value)


def _keys(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _value(
    found: object, keys: tuple[str, ...], places: Mapping[tuple[str, ...], Place], at: Span, depth: int
) -> Value:
    if depth > MAX_DEPTH:
        raise _TooDeep
    match found:
        case dict():
            entries: dict[str, Entry] = {}
            for key, inner in found.items():
                key_at, value_at = places.get((*keys, key), (at, at))
                entries[key] = Entry(key_at, _value(inner, (*keys, key), places, value_at, depth + 1))
            return Fields(entries, at)
        case list():
            return Items([_value(item, keys, places, at, depth + 1) for item in found], at)
        case bool() | int() | float() | str():
            return Literal(found, at)
        case _:
            return Literal(str(found), at)
