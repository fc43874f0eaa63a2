"""Terraform's JSON syntax (`.tf.json`) -> the syntax tree of HCL. Every string is a template.

Source: Terraform documentation, "JSON Configuration Syntax".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic
from casemate.model.location import Span
from casemate.model.value import Fields, Items, Literal, Value
from casemate.sources.syntax import json as json_syntax
from casemate.sources.syntax.hcl import MAX_NESTING, parse_template
from casemate.sources.syntax.hcl_nodes import Argument, Block, Body, Broken, File, ListOf, Lit, MapOf, Node

if TYPE_CHECKING:
    from collections.abc import Iterator

_LABELS = {
    "resource": 2,
    "data": 2,
    "variable": 1,
    "output": 1,
    "module": 1,
    "provider": 1,
    "locals": 0,
    "terraform": 0,
    "moved": 0,
    "import": 0,
}
"""How many labels the blocks of the top level have."""
_COMMENT = "//"
_EXPRESSIONS = frozenset({"depends_on", "ignore_changes", "provider", "providers", "type"})


def parse(text: str, path: str) -> File:
    """A file in Terraform's JSON syntax. Never raises."""
    document = json_syntax.parse(text, path)
    body = Body()
    diagnostics = list(document.diagnostics)
    if isinstance(document.root, Fields):
        for type_, entry in document.root.entries.items():
            if type_ in _LABELS:
                for block in _blocks(type_, entry.key_at, entry.value, (), _LABELS[type_]):
                    body.blocks.append(block)
    elif document.root is not None:
        message = "a Terraform file in JSON syntax must be one object"
        diagnostics.append(Diagnostic("hcl-json-shape", message, Span(path, 1, 1, 1, 1), "error"))
    return File(path, text, body, diagnostics)


def values(text: str, path: str) -> File:
    """A `.tfvars.json` file: its arguments are values, not templates."""
    document = json_syntax.parse(text, path)
    body = Body()
    if isinstance(document.root, Fields):
        body.arguments = {
            name: Argument(entry.key_at, _node(entry.value, 0, is_template=False))
            for name, entry in document.root.entries.items()
        }
    return File(path, text, body, document.diagnostics)


def _blocks(
    type_: str, type_at: Span, value: Value, labels: tuple[tuple[str, Span], ...], missing: int
) -> Iterator[Block]:
    if isinstance(value, Items):
        for item in value.items:
            yield from _blocks(type_, type_at, item, labels, missing)
    elif isinstance(value, Fields):
        if missing:
            for name, entry in value.entries.items():
                if name != _COMMENT:
                    yield from _blocks(type_, type_at, entry.value, (*labels, (name, entry.key_at)), missing - 1)
        else:
            yield Block(type_, labels, _body(value, 0), type_at, labels[-1][1].to(value.at) if labels else value.at)


def _body(value: Fields, depth: int) -> Body:
    body = Body()
    for name, entry in value.entries.items():
        if name == _COMMENT:
            continue
        if name == "dynamic" and isinstance(entry.value, Fields):
            for kind, inner in entry.value.entries.items():
                body.blocks.extend(_dynamic(kind, inner.key_at, inner.value, depth))
        else:
            body.arguments[name] = Argument(
                entry.key_at, _node(entry.value, depth, is_template=name not in _EXPRESSIONS)
            )
    return body


def _dynamic(kind: str, at: Span, value: Value, depth: int) -> Iterator[Block]:
    if isinstance(value, Items):
        for item in value.items:
            yield from _dynamic(kind, at, item, depth)
    elif isinstance(value, Fields) and depth < MAX_NESTING:
        content = value.get("content")
        body = Body()
        body.arguments = {
            name: Argument(entry.key_at, _node(entry.value, depth + 1, is_template=True))
            for name, entry in value.entries.items()
            if name != "content"
        }
        if isinstance(content, Fields):
            body.blocks.append(Block("content", (), _body(content, depth + 1), at, content.at))
        yield Block("dynamic", ((kind, at),), body, at, value.at)


def _node(value: Value, depth: int, *, is_template: bool) -> Node:
    if depth > MAX_NESTING:
        return Broken(value.at)
    match value:
        case Literal(value=str(text)) if is_template and ("${" in text or "%{" in text):
            return parse_template(text, value.at)
        case Literal(value=scalar):
            return Lit(scalar, value.at)
        case Items(items=items):
            return ListOf([_node(item, depth + 1, is_template=is_template) for item in items], value.at)
        case Fields(entries=entries):
            pairs = [
                (Lit(key, entry.key_at), _node(entry.value, depth + 1, is_template=is_template))
                for key, entry in entries.items()
                if key != _COMMENT
            ]
            return MapOf(pairs, value.at)
        case _:
            return Broken(value.at)
