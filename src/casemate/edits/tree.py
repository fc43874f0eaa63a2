"""YAML and JSON as the trees they were written as, before any dialect interprets them.

Found by place, walked by path.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from casemate.edits.text import Text
from casemate.errors import EditError
from casemate.model.value import Fields, Items, Literal, Tagged, Value
from casemate.sources.syntax import json as json_syntax
from casemate.sources.syntax import yaml as yaml_syntax

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.location import Span

_EXPRESSION = re.compile(r"\$\{|\{\{|\{%|<%|#\{|^\[(?!\[).*\]$", re.DOTALL)
"""Text that something fills in later: a variable, a template, ARM's `[expression]`, a dynamic reference."""
_FUNCTION = re.compile(r"Ref|Condition|Fn::\w+(::\w+)?")


@dataclass(frozen=True, slots=True)
class Tree:
    """A parsed file."""

    source: Text
    root: Value


@lru_cache(maxsize=32)
def parse(path: str, data: bytes) -> Tree:
    """A YAML or JSON file. Raises `EditError` when it cannot be parsed or is partly a template of another language."""
    is_json = data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and not _has_tags(data)
    source = Text(path, data, "json" if is_json else "yaml")
    document = json_syntax.parse(source.text, path) if is_json else yaml_syntax.parse(source.text, path)
    if document.root is None and is_json:  # a YAML file may be one flow map
        source = Text(path, data, "yaml")
        document = yaml_syntax.parse(source.text, path)
    if document.root is None:
        raise EditError(f"{path} cannot be parsed")
    return Tree(source, document.root)


def _has_tags(data: bytes) -> bool:
    return b"{!" in data[:64]


def children(value: Value) -> Iterator[Value]:
    """The nodes directly in a node."""
    match value:
        case Fields(entries=entries):
            for entry in entries.values():
                yield entry.value
        case Items(items=items):
            yield from items
        case Tagged(value=inner):
            yield inner
        case _:
            return


def nodes(root: Value) -> Iterator[Value]:
    """Every node once, whatever aliases share it."""
    seen: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        stack.extend(children(node))


def named_at(root: Value, key_at: Span) -> Value | None:
    """The value whose key stands at `key_at`."""
    for node in nodes(root):
        if isinstance(node, Fields):
            for entry in node.entries.values():
                if entry.key_at == key_at:
                    return entry.value
    return None


def standing_at(root: Value, at: Span) -> Value | None:
    """The node with exactly this span."""
    return next((node for node in nodes(root) if node.at == at), None)


def is_expression(value: Value) -> bool:
    """Whether a node is computed: a tag, an intrinsic function as a map, or text that is filled in later."""
    match value:
        case Tagged():
            return True
        case Fields(entries=entries):
            return len(entries) == 1 and _FUNCTION.fullmatch(next(iter(entries))) is not None
        case Literal(value=str(text)):
            return _EXPRESSION.search(text) is not None
        case _:
            return False


def is_own(value: Value, holder: Value, key_at: Span | None = None) -> bool:
    """Whether a node stands inside of what holds it; it does not when an alias or a merge key brought it there."""
    inside = value.at.path == holder.at.path and (holder.at.start_line, holder.at.start_column) <= (
        value.at.start_line,
        value.at.start_column,
    )
    if key_at is not None:
        inside = inside and (key_at.start_line, key_at.start_column) <= (value.at.start_line, value.at.start_column)
        inside = inside and (holder.at.start_line, holder.at.start_column) <= (key_at.start_line, key_at.start_column)
        return inside and (value.at.start_line, value.at.start_column) <= (holder.at.end_line, holder.at.end_column)
    return inside and (value.at.start_line, value.at.start_column) <= (holder.at.end_line, holder.at.end_column)
