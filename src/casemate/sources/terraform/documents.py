"""JSON and YAML texts inside of Terraform -> `Fields` whose every part has its own span, and
`aws_iam_policy_document` as IAM JSON.

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
    from collections.abc import Iterator, Sequence

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


# -- texts
# ----------------------------------------------------------------------------------------------------------------
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
        """The place of one character; of the whole part where characters cannot be told apart (escapes, several lines
        in one part).
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


# -- what a resource ends up with
# -------------------------------------------------------------------------------------------
class _TooLarge(Exception):  # noqa: N818 - a signal inside this module
    pass


class Settling:
    """Turns the evaluated arguments of one resource into plain values: documents parsed, passages joined, nothing of
    this package's own left.
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
            case Literal(value=str(text)):
                if name is not None and name not in _PLAIN and len(text) > 1 and looks_structured(text):
                    found = structured(value)
                    if found is not None:
                        return found
                if isinstance(value, Written):
                    return self._document(value, name) or Literal(text, value.at)
                return value
            case Passage():
                first = value.parts[0] if value.parts else None
                found = structured(value) if name is not None and name not in _PLAIN and first is not None else None
                return found or self._document(value, name) or concatenate(value.parts, value.at)
            case Text():
                first = value.parts[0] if value.parts else None
                if (
                    name is not None
                    and name not in _PLAIN
                    and isinstance(first, Literal)
                    and looks_structured(display(first))
                ):
                    return structured(value) or value
                return value
            case Literal() | Reference() | Unknown() | Absent():
                return value
            case Items(items=items):
                return self._items(value, items, name)
            case Fields(entries=entries):  # a map argument: its texts are texts
                changed = {key: self._settled(entry.value, None) for key, entry in entries.items()}
                if all(changed[key] is entry.value for key, entry in entries.items()):
                    return value
                return Fields({key: Entry(entry.key_at, changed[key]) for key, entry in entries.items()}, value.at)
            case Cases(cases=cases):
                return Cases([(words, self._settled(case, name)) for words, case in cases], value.at)
            case _:
                return Unknown("a whole module or data source is no value of an argument", value.at, "attribute")

    def _items(self, value: Items, items: Sequence[Value], name: str | None) -> Value:
        changed = [self._element(item, name) for item in items]
        return value if all(new is old for new, old in zip(changed, items, strict=True)) else Items(changed, value.at)

    def _element(self, item: Value, name: str | None) -> Value:
        match item:
            case Fields(entries=entries) if name is not None:  # a nested block
                changed = {key: self._settled(entry.value, key) for key, entry in entries.items()}
                if all(changed[key] is entry.value for key, entry in entries.items()):
                    return item
                return Fields({key: Entry(entry.key_at, changed[key]) for key, entry in entries.items()}, item.at)
            case Cases(cases=cases):
                return Cases([(words, self._element(case, name)) for words, case in cases], item.at)
            case _:
                return self._settled(item, None)

    def _document(self, value: Value, name: str | None) -> Value | None:
        return structured(value, yaml=True) if name in _YAML else None


# -- aws_iam_policy_document
# ------------------------------------------------------------------------------------------------
_LISTS = (
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
)
_PRINCIPALS = (("principals", "Principal"), ("not_principals", "NotPrincipal"))


def policy_document(body: Fields, at: Span) -> Fields:
    """The IAM JSON that a `data "aws_iam_policy_document"` gives. Source: Terraform AWS provider documentation,
    "aws_iam_policy_document".
    """
    version = body.entries.get("version") or Entry(at, Literal("2012-10-17", at))
    entries = {"Version": version}
    if "policy_id" in body.entries:
        entries["Id"] = body.entries["policy_id"]
    own = [_statement_or_cases(item) for item in _listed(body.get("statement"))]
    given = [item for name in ("source_json", "source_policy_documents") for item in _statements_of(body.get(name))]
    overriding = [
        item for name in ("override_json", "override_policy_documents") for item in _statements_of(body.get(name))
    ]
    statements = _overridden([*given, *own], overriding)
    place = body.entries["statement"].key_at if "statement" in body.entries else at
    entries["Statement"] = Entry(place, Items(statements, body.at))
    return Fields(entries, body.at)


def _overridden(statements: Sequence[Value], overriding: Sequence[Value]) -> list[Value]:
    """Statements with the same Sid are replaced, in place; a later source with the same Sid is an error of the
    provider.
    """
    by_sid = {sid: item for item in overriding if (sid := _sid(item))}
    kept = [by_sid.pop(sid) if (sid := _sid(item)) in by_sid and sid is not None else item for item in statements]
    return [*kept, *(item for item in overriding if (sid := _sid(item)) is None or sid in by_sid)]


def _sid(item: Value) -> str | None:
    sid = item.get("Sid") if isinstance(item, Fields) else None
    return display(sid) or None if isinstance(sid, Literal) else None


def _listed(value: Value | None) -> Iterator[Value]:
    match value:
        case None | Absent():
            return
        case Items(items=items):
            for item in items:
                yield from _listed(item)
        case _:
            yield value


def _statements_of(value: Value | None) -> Iterator[Value]:
    """The statements of the documents in a list of documents."""
    for item in _listed(value):
        if isinstance(item, Cases):
            for words, case in item.options():
                yield from (
                    Cases([(words or "otherwise", statement)], statement.at) for statement in _statements_of(case)
                )
            continue
        document = structured(item)
        if isinstance(document, Fields):
            inner = document.get("Statement")
            yield from _listed(inner)
        elif not isinstance(item, Literal):
            yield item  # a document that is not known stands for its statements


def _statement_or_cases(item: Value) -> Value:
    match item:
        case Cases(cases=cases):
            return Cases([(words, _statement_or_cases(case)) for words, case in cases], item.at)
        case Fields():
            return _statement(item)
        case _:
            return item


def _statement(body: Fields) -> Fields:
    entries: dict[str, Entry] = {}
    if "sid" in body.entries:
        entries["Sid"] = body.entries["sid"]
    effect = body.entries.get("effect")
    entries["Effect"] = (
        effect
        if effect is not None and not isinstance(effect.value, Absent)
        else Entry(body.at, Literal("Allow", body.at))
    )
    for name, spelled in _LISTS:
        entry = body.entries.get(name)
        if (
            entry is not None
            and not isinstance(entry.value, Absent)
            and not (isinstance(entry.value, Items) and not entry.value.items)
        ):
            entries[spelled] = Entry(entry.key_at, _with_variables(entry.value))
    for name, spelled in _PRINCIPALS:
        if name in body.entries:
            entries[spelled] = Entry(body.entries[name].key_at, _principals(body.entries[name]))
    if "condition" in body.entries:
        entries["Condition"] = Entry(body.entries["condition"].key_at, _conditions(body.entries["condition"]))
    return Fields(entries, body.at)


def _principals(entry: Entry) -> Value:
    entries: dict[str, Entry] = {}
    for option in _options(entry.value):
        type_, names = option.get("type"), option.entries.get("identifiers")
        if type_ is None or names is None:
            continue
        kind = display(type_)
        if kind == "*":
            return Literal("*", names.value.at)
        if kind in entries:
            entries[kind] = Entry(
                entries[kind].key_at, Items([*_listed(entries[kind].value), *_listed(names.value)], names.value.at)
            )
        else:
            entries[kind] = Entry(names.key_at, names.value)
    if not entries and isinstance(entry.value, Unknown):
        return entry.value
    return Fields(entries, entry.value.at)


def _conditions(entry: Entry) -> Value:
    if isinstance(entry.value, Unknown):
        return entry.value
    tests: dict[str, dict[str, Entry]] = {}
    places: dict[str, Span] = {}
    for option in _options(entry.value):
        test, variable, values = (
            option.entries.get("test"),
            option.entries.get("variable"),
            option.entries.get("values"),
        )
        if test is None or variable is None or values is None:
            continue
        operator, key = display(test.value), display(variable.value)
        places.setdefault(operator, test.value.at)
        known = tests.setdefault(operator, {})
        value = _with_variables(values.value)
        if key in known:
            value = Items([*_listed(known[key].value), *_listed(value)], value.at)
        known[key] = Entry(values.key_at, value)
    return Fields(
        {operator: Entry(places[operator], Fields(keys, places[operator])) for operator, keys in tests.items()},
        entry.value.at,
    )


def _options(value: Value) -> Iterator[Fields]:
    """Every block of a kind, whether it exists for sure or only under a condition."""
    for item in _listed(value):
        for _, option in item.options():
            if isinstance(option, Fields):
                yield option
            elif isinstance(option, Items):
                yield from _options(option)


def _with_variables(value: Value) -> Value:
    """`&{aws:username}` is how this data source spells IAM's `${aws:username}`."""
    match value:
        case Literal(value=str(text)) if "&{" in text:
            return Literal(text.replace("&{", "${"), value.at)
        case Text(parts=parts):
            return Text([_with_variables(part) for part in parts], value.at)
        case Items(items=items):
            return Items([_with_variables(item) for item in items], value.at)
        case Cases(cases=cases):
            return Cases([(words, _with_variables(case)) for words, case in cases], value.at)
        case _:
            return value
