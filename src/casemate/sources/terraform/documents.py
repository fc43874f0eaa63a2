"""JSON and YAML texts inside of Terraform, as `Fields`; each part has its own span.

What is interpolated into such a text is replaced by a placeholder before parsing and put back after it, so that
`"Resource": "${aws_s3_bucket.b.arn}/*"` in a heredoc keeps its reference.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from casemate.model.location import Span
from casemate.model.value import (
    Absent,
    Cases,
    Entry,
    Fields,
    Items,
    Literal,
    Reference,
    Tagged,
    Text,
    Unknown,
    Value,
    display,
)
from casemate.sources.terraform.text import MAX_NODES, Passage, Written, concatenate

if TYPE_CHECKING:
    from collections.abc import Sequence

_FIRST_PLACEHOLDER = 0xF0000
_PLACEHOLDER = re.compile("[\U000f0000-\U000ffffd]")
_MAX_PLACEHOLDERS = 60_000
_QUOTE = re.compile(r'\\.|"', re.DOTALL)
_PLAIN = frozenset({
    "user_data", "description", "source_code_hash", "code", "inline_code", "content", "custom_data", "command",
    "default_value", "name", "template",
    "request_templates", "response_templates", "request_template", "response_template", "script", "zip_file",
    "response_body", "parameter_value",
})  # fmt: skip
"""Arguments whose text is the thing itself, even where it looks like JSON."""
_YAML = frozenset(
    {"body", "definition", "openapi_config", "template_body", "buildspec", "openapi_documents", "contents", "spec"}
)


# -- texts -----------------------------------------------------------------------------------------------------
def looks_structured(text: str) -> bool:
    """Whether a text may be a JSON object or array."""
    return text.lstrip()[:1] in {"{", "["}


def structured(value: Value, *, yaml: bool = False) -> Value | None:
    """The document that a text spells, or None when it is not valid JSON (or YAML)."""
    if isinstance(value, Fields | Items):
        return value
    parts: Sequence[Value]
    match value:
        case Written(lines=lines):
            parts = lines
        case Text(parts=inner):
            parts = inner
        case Literal(value=str()):
            parts = (value,)
        case _:
            return None
    layout = _Layout(parts, quoting=not yaml)
    if yaml:
        from casemate.sources.syntax import yaml as yaml_syntax

        root = yaml_syntax.parse(layout.text, "").root
    else:
        from casemate.sources.syntax import json as json_syntax

        root = json_syntax.parse(layout.text, "").root
    return _Rebuilder(layout).value(root) if isinstance(root, Fields | Items) else None


class _Layout:
    """The text to parse, and for every offset in it the place it came from."""

    def __init__(self, parts: Sequence[Value], *, quoting: bool) -> None:
        self.values: list[Value] = []
        self._starts: list[int] = []
        self._origins: list[Value] = []
        pieces: list[str] = []
        offset = 0
        in_string = False
        for part in parts:
            if isinstance(part, Literal):
                piece = display(part)
                if quoting:
                    for match in _QUOTE.finditer(piece):
                        in_string ^= match[0] == '"'
            elif len(self.values) >= _MAX_PLACEHOLDERS:
                continue
            else:
                piece = chr(_FIRST_PLACEHOLDER + len(self.values))
                self.values.append(part)
                if quoting and not in_string:
                    piece = f'"{piece}"'
            self._starts.append(offset)
            self._origins.append(part)
            pieces.append(piece)
            offset += len(piece)
        self.text = "".join(pieces)
        self._lines = [0, *(match.end() for match in re.finditer("\n", self.text))]

    def span(self, at: Span) -> Span:
        """A span of the parsed text as a span of the files."""
        first = self._place(self._offset(at.start_line, at.start_column))
        last = self._place(max(self._offset(at.end_line, at.end_column) - 1, 0))
        if first.path != last.path or (first.start_line, first.start_column) > (last.end_line, last.end_column):
            return first
        return Span(first.path, first.start_line, first.start_column, last.end_line, last.end_column)

    def _offset(self, line: int, column: int) -> int:
        start = self._lines[min(line, len(self._lines)) - 1]
        return min(start + column - 1, len(self.text))

    def _place(self, offset: int) -> Span:
        """The place of one character.

        Of the whole part where characters cannot be told apart (escapes, several lines in one part).
        """
        index = max(bisect_right(self._starts, offset) - 1, 0)
        if not self._origins:
            return Span("", 1, 1, 1, 1)
        part = self._origins[index]
        at = part.at
        if not isinstance(part, Literal) or at.start_line != at.end_line:
            return at
        width = len(display(part).rstrip("\n"))
        if at.end_column - at.start_column != width:
            return at
        column = at.start_column + min(offset - self._starts[index], max(width - 1, 0))
        return Span(at.path, at.start_line, column, at.start_line, column + 1)


class _Rebuilder:
    """A parsed document with real spans, and with what was interpolated put back."""

    def __init__(self, layout: _Layout) -> None:
        self._layout = layout

    def value(self, value: Value) -> Value:
        at = self._layout.span(value.at)
        match value:
            case Literal(value=str(text)) if self._layout.values and _PLACEHOLDER.search(text):
                return self._text(text, at)
            case Literal(value=scalar):
                return Literal(scalar, at)
            case Items(items=items):
                return Items([self.value(item) for item in items], at)
            case Fields(entries=entries):
                return Fields(
                    {
                        self._key(key, at): Entry(self._layout.span(entry.key_at), self.value(entry.value))
                        for key, entry in entries.items()
                    },
                    at,
                )
            case Tagged(value=inner):
                return self.value(inner)
            case _:
                return value

    def _key(self, key: str, at: Span) -> str:
        return display(self._text(key, at)) if self._layout.values and _PLACEHOLDER.search(key) else key

    def _text(self, text: str, at: Span) -> Value:
        parts: list[Value] = []
        last = 0
        for match in _PLACEHOLDER.finditer(text):
            if match.start() > last:
                parts.append(Literal(text[last : match.start()], at))
            number = ord(match[0]) - _FIRST_PLACEHOLDER
            parts.append(self._layout.values[number] if number < len(self._layout.values) else Literal(match[0], at))
            last = match.end()
        if last < len(text):
            parts.append(Literal(text[last:], at))
        return parts[0] if len(parts) == 1 else concatenate(parts, at)


# -- what a resource ends up with ------------------------------------------------------------------------------
class _TooLarge(Exception):  # noqa: N818 - a signal inside this module
    pass


class Settling:
    """Turns the evaluated arguments of one resource into plain values.

    Documents parsed, passages joined, nothing of this package's own left.
    """

    def __init__(self) -> None:
        self._nodes = 0

    def body(self, fields: Fields) -> Fields:
        """The body of a block."""
        entries = {
            name: Entry(entry.key_at, self.argument(name, entry.value)) for name, entry in fields.entries.items()
        }
        return Fields(entries, fields.at)

    def argument(self, name: str, value: Value) -> Value:
        """One argument (or the nested blocks under one name)."""
        try:
            return self._settled(value, name)
        except (_TooLarge, RecursionError):
            return Unknown("the value is too large", value.at, "error")

    def _settled(self, value: Value, name: str | None) -> Value:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise _TooLarge
        match value:
            case Literal() | Text():
                return self._scalar(value, name)
            case Reference() | Unknown() | Absent():
                return value
            case Items(items=items):
                return self._items(value, items, name)
            case Fields():  # a map argument: its texts are texts
                return self._map(value, None)
            case Cases(cases=cases):
                return Cases([(words, self._settled(case, name)) for words, case in cases], value.at)
            case _:
                return Unknown("a whole module or data source is no value of an argument", value.at, "attribute")

    def _scalar(self, value: Literal | Text, name: str | None) -> Value:
        """A text as the document it spells, where it does; else as plain text."""
        first = value if isinstance(value, Literal) else next(iter(value.parts), None)
        if name is not None and name not in _PLAIN and isinstance(first, Literal) and isinstance(first.value, str):
            is_kept = isinstance(value, Written | Passage)
            found = structured(value) if looks_structured(first.value) or isinstance(value, Passage) else None
            if found is None and is_kept and name in _YAML:
                found = structured(value, yaml=True)
            if found is not None:
                return found
        if isinstance(value, Written):
            return Literal(value.value, value.at)
        return concatenate(value.parts, value.at) if isinstance(value, Passage) else value

    def _map(self, value: Fields, name: str | None) -> Value:
        """A map argument (no name), or a nested block, whose arguments are named."""
        changed = {
            key: self._settled(entry.value, key if name is not None else None) for key, entry in value.entries.items()
        }
        if all(changed[key] is entry.value for key, entry in value.entries.items()):
            return value
        return Fields({key: Entry(entry.key_at, changed[key]) for key, entry in value.entries.items()}, value.at)

    def _items(self, value: Items, items: Sequence[Value], name: str | None) -> Value:
        changed = [self._element(item, name) for item in items]
        return value if all(new is old for new, old in zip(changed, items, strict=True)) else Items(changed, value.at)

    def _element(self, item: Value, name: str | None) -> Value:
        match item:
            case Fields() if name is not None:  # a nested block
                return self._map(item, name)
            case Cases(cases=cases):
                return Cases([(words, self._element(case, name)) for words, case in cases], item.at)
            case _:
                return self._settled(item, None)
