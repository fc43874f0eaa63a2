"""How YAML and JSON are laid out around a place, and new text in the same layout."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from typing import Literal as OneOf

from casemate.edits.scalars import fields_of, in_json, in_yaml, items_of, plain
from casemate.edits.text import is_whole_line
from casemate.edits.tree import is_own
from casemate.model.value import Entry, Fields, Items, Literal, Tagged, Value

if TYPE_CHECKING:
    from casemate.edits.text import Text
    from casemate.model.location import Span

Form = OneOf["block", "flow", "json"]
_DEEPEST_STEP = 8


@dataclass(frozen=True, slots=True)
class Style:
    """How a value is written: as a block of YAML, in YAML's brackets, or as JSON.

    `indent`: of its own keys; empty with an empty `step`: on one line.
    """

    form: Form
    newline: str
    indent: str
    step: str


def is_flow(source: Text, node: Value) -> bool:
    """Whether a map or list stands in brackets."""
    return source.text[source.start(node.at) : source.start(node.at) + 1] in {"{", "["}


def style_for(source: Text, node: Value) -> Style:
    """The style of what is added to a node, on one line where that is possible."""
    if source.syntax == "json":
        return Style("json", source.newline, "", "")
    if not is_flow(source, node):
        return Style("block", source.newline, " " * (node.at.start_column - 1), step_of(source))
    first = next(iter(node.entries.values()), None) if isinstance(node, Fields) else None
    quoted = first is not None and source.of(first.key_at).startswith('"')
    return Style("json" if quoted else "flow", source.newline, "", "")


def key_text(source: Text, node: Value, key: str) -> str:
    """A key in the quotes that the map uses."""
    return in_json(key) if style_for(source, node).form == "json" else in_yaml(key)


def indent_for(source: Text, key_at: Span) -> str | None:
    """The blanks before a key that begins its line; None when it shares the line."""
    head = source.text[source.start_of_line(key_at.start_line) : source.start(key_at)]
    return None if head.strip() or key_at.start_line == 1 else head


def step_of(source: Text) -> str:
    """What one level is indented by in this file: the smallest indentation that occurs."""
    found = [
        indent
        for line in source.text.split("\n", 400)[:400]
        if (indent := line[: len(line) - len(line.lstrip(" \t"))]) and line.strip()
    ]
    if any(indent.startswith("\t") for indent in found):
        return "\t" if source.syntax == "json" else "  "
    widths = [len(indent) for indent in found if len(indent) <= _DEEPEST_STEP]
    return " " * max(min(widths, default=2), 1 if source.syntax == "json" else 2)


def last_line(source: Text, entry: Entry, holder: Value) -> int:
    """The last line that an entry of a block takes; what an alias stands for is not followed."""
    value = entry.value
    if not is_own(value, holder, entry.key_at):
        return entry.key_at.start_line
    return max(entry.key_at.start_line, _last_line(source, value))


def _last_line(source: Text, value: Value) -> int:
    match value:
        case Fields(entries=entries) if entries and not is_flow(source, value):
            written = [entry for entry in entries.values() if is_own(Literal(None, entry.key_at), value)]
            return max((last_line(source, entry, value) for entry in written), default=value.at.end_line)
        case Items(items=items) if items and not is_flow(source, value):
            return max(_last_line(source, item) if is_own(item, value) else value.at.start_line for item in items)
        case Tagged(value=inner):
            return _last_line(source, inner)
        case Literal() if is_whole_line(value.at):
            return _last_of_block_scalar(source, value.at)
        case Literal(value=None) if not source.of(value.at):
            return (
                value.at.start_line
                if source.line(value.at.start_line)[: value.at.start_column - 1].strip()
                else value.at.start_line - 1
            )
        case _:
            return value.at.end_line


def _last_of_block_scalar(source: Text, at: Span) -> int:
    """Its mark runs to the next token: comments that follow, and blank lines that do not count, are left out."""
    header = source.line(at.start_line)[at.start_column - 1 :].split("#", 1)[0]
    if "+" in header:
        return at.end_line
    first = next(
        (line for line in range(at.start_line + 1, at.end_line + 1) if source.line(line).strip()), at.start_line
    )
    indent = len(source.indent_of(first)) if first > at.start_line else 0
    for line in range(at.end_line, at.start_line, -1):
        if source.line(line).strip() and len(source.indent_of(line)) >= indent:
            return line
    return at.start_line


def nested(path: tuple[str, ...], value: object) -> object:
    """A value below sections of these names."""
    for key in reversed(path):
        value = [value] if key.isdigit() else {key: value}
    return value


def continued(source: Text, indent: str, entries: dict[str, object]) -> str:
    """More keys of a block, each on lines of their own behind a line break."""
    return written(entries, Style("block", source.newline, indent, step_of(source)))


def written(value: object, style: Style) -> str:
    """A value in a style. A block begins with a line break."""
    match style.form:
        case "block":
            return _block(value, style)
        case "flow":
            return _flow(value)
        case "json":
            return _json(value, style)


def _block(value: object, style: Style) -> str:
    fields, items = fields_of(value), items_of(value)
    inner = replace(style, indent=style.indent + style.step)
    if fields:
        return "".join(
            f"{style.newline}{style.indent}{in_yaml(key)}:{_value(part, inner)}" for key, part in fields.items()
        )
    if items:
        return "".join(f"{style.newline}{style.indent}- {_flow(part)}" for part in items)
    return f" {_flow(value)}"


def _value(value: object, style: Style) -> str:
    return _block(value, style)


def _flow(value: object) -> str:
    fields, items = fields_of(value), items_of(value)
    if fields is not None:
        return "{" + ", ".join(f"{in_yaml(key)}: {_flow(part)}" for key, part in fields.items()) + "}"
    if items is not None:
        return "[" + ", ".join(_flow(part) for part in items) + "]"
    return in_yaml(plain(value))


def _json(value: object, style: Style) -> str:
    fields, items = fields_of(value), items_of(value)
    if fields is None and items is None:
        return in_json(plain(value))
    inner = replace(style, indent=style.indent + style.step)
    if fields is not None:
        parts, opening, closing = [f"{in_json(key)}: {_json(part, inner)}" for key, part in fields.items()], "{", "}"
    else:
        parts, opening, closing = [_json(part, inner) for part in items or ()], "[", "]"
    if not parts or not style.step:
        return f"{opening}{', '.join(parts)}{closing}"
    lines = f",{style.newline}".join(f"{inner.indent}{part}" for part in parts)
    return f"{opening}{style.newline}{lines}{style.newline}{style.indent}{closing}"
