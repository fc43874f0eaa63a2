"""JSON text -> `Value`s with exact spans.

Comments and trailing commas are accepted, as ARM and VS Code files have them.

One regular expression cuts tokens; the parser is iterative, so depth costs no stack.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from math import isinf
from typing import Protocol

from casemate.model.diagnostic import Diagnostic
from casemate.model.location import Span
from casemate.model.value import Entry, Fields, Items, Literal, Value
from casemate.sources.syntax.document import MAX_DEPTH, Document

_TOKEN = re.compile(
    r'[ \t\r\n]+|//[^\n]*|/\*.*?\*/|(?P<string>"(?:[^"\\\n]|\\.)*")|(?P<punct>[{}\[\],:])|(?P<word>[-+.\w]+)', re.DOTALL
)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
"""RFC 8259, section 6: no plus, no leading zero, no `NaN` (Python's `float` takes these, and underscores)."""
_MAX_NUMBER = 400
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


class _Spanner(Protocol):
    """Makes a span from two offsets."""

    def __call__(self, start: int, end: int) -> Span: ...


class _Broken(Exception):  # noqa: N818 - a signal inside this module
    def __init__(self, message: str, offset: int, code: str = "json-syntax") -> None:
        super().__init__(message)
        self.offset = offset
        self.code = code


def parse(text: str, path: str) -> Document:
    """A JSON text. Never raises; the first error ends the document."""
    lines = [0]
    find = text.find
    position = find("\n")
    while position >= 0:
        lines.append(position + 1)
        position = find("\n", position + 1)
    diagnostics: list[Diagnostic] = []

    def span(start: int, end: int) -> Span:
        first, last = bisect_right(lines, start) - 1, bisect_right(lines, end) - 1
        return Span(path, first + 1, start - lines[first] + 1, last + 1, end - lines[last] + 1)

    try:
        root = _build(text, span, diagnostics)
    except _Broken as broken:
        at = span(broken.offset, min(broken.offset + 1, len(text)))
        hint = "correct the JSON; nothing in this file was evaluated"
        return Document(None, (*diagnostics, Diagnostic(broken.code, f"not valid JSON: {broken}", at, "error", hint)))
    return Document(root, tuple(diagnostics))


class _Open:
    """A collection being read."""

    __slots__ = ("entries", "is_map", "items", "key", "start")

    def __init__(self, start: int, *, is_map: bool) -> None:
        self.start = start
        self.is_map = is_map
        self.items: list[Value] = []
        self.entries: dict[str, Entry] = {}
        self.key: tuple[str, Span] | None = None


def _build(text: str, span: _Spanner, diagnostics: list[Diagnostic]) -> Value:  # noqa: C901, PLR0915 - one state machine
    stack: list[_Open] = []
    done: Value | None = None
    position, length = 0, len(text)
    expect_value = True
    match = _TOKEN.match
    while position < length:
        token = match(text, position)
        if token is None:
            message = f"unexpected {text[position]!r}"
            raise _Broken(message, position)
        kind, start, position = token.lastgroup, position, token.end()
        if kind is None:
            continue
        if done is not None:
            message = "more text after the end"
            raise _Broken(message, start)
        raw = token.group()
        value: Value | None = None
        if kind == "punct":
            top = stack[-1] if stack else None
            if raw in "{[":
                if not expect_value:
                    message = "a comma is missing"
                    raise _Broken(message, start)
                if top is not None and top.is_map and top.key is None:
                    message = "a key must be a string"
                    raise _Broken(message, start)
                if len(stack) >= MAX_DEPTH:
                    message = f"nested deeper than {MAX_DEPTH} levels"
                    raise _Broken(message, start, "too-deep")
                stack.append(_Open(start, is_map=raw == "{"))
                expect_value = True
                continue
            if raw in "}]":
                if top is None or top.is_map != (raw == "}") or top.key is not None:
                    message = f"unexpected {raw!r}"
                    raise _Broken(message, start)
                stack.pop()
                at = span(top.start, position)
                value = Fields(top.entries, at) if top.is_map else Items(top.items, at)
            elif raw == ",":
                if top is None or expect_value:
                    message = "unexpected ','"
                    raise _Broken(message, start)
                expect_value = True
                continue
            else:
                message = "unexpected ':'"
                raise _Broken(message, start)
        else:
            if not expect_value:
                message = "a comma is missing"
                raise _Broken(message, start)
            top = stack[-1] if stack else None
            if top is not None and top.is_map and top.key is None:
                if kind != "string":
                    message = "a key must be a string"
                    raise _Broken(message, start)
                position = _colon(text, position)
                key = _string(raw, start)
                top.key = (key, span(start, start + len(raw)))
                if key in top.entries:
                    note = f"key {key[:60]!r} stands twice; the last one counts"
                    diagnostics.append(Diagnostic("duplicate-key", note, top.key[1], "warning", "remove one of them"))
                continue
            value = Literal(_string(raw, start) if kind == "string" else _word(raw, start), span(start, position))
        if stack:
            parent = stack[-1]
            if parent.is_map:
                assert parent.key is not None  # noqa: S101 - set before any value of a map is read
                parent.entries[parent.key[0]] = Entry(parent.key[1], value)
                parent.key = None
            else:
                parent.items.append(value)
            expect_value = False
        else:
            done = value
    if done is None:
        message = "the text ends too early" if stack else "the file holds no value"
        raise _Broken(message, max(length - 1, 0))
    return done


def _colon(text: str, position: int) -> int:
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None or (token.lastgroup is not None and token.group() != ":"):
            break
        position = token.end()
        if token.lastgroup is not None:
            return position
    message = "a colon is missing"
    raise _Broken(message, min(position, len(text) - 1))


def _string(raw: str, start: int) -> str:
    if "\\" not in raw:
        return raw[1:-1]
    try:
        decoded: str = json.loads(raw, strict=False)
    except ValueError:
        message = "a bad escape in a string"
        raise _Broken(message, start) from None
    return (
        decoded.encode("utf-8", "replace").decode()
        if any("\ud800" <= char <= "\udfff" for char in decoded)
        else decoded
    )


def _word(raw: str, start: int) -> str | float | bool | None:
    if raw in _WORDS:
        return _WORDS[raw]
    if _NUMBER.fullmatch(raw) is None or len(raw) > _MAX_NUMBER:
        message = f"unexpected {raw[:20]!r}"
        raise _Broken(message, start)
    number = int(raw) if raw.lstrip("-").isdigit() else float(raw)
    if isinf(float(raw)):
        message = f"{raw[:20]!r} is too large a number"
        raise _Broken(message, start)
    return number
