"""Routes that stand as decorators above a Python function, for requests to an endpoint that runs it.

Sources: Flask ("URL Route Registrations", "Blueprints"), FastAPI ("Path Operation Decorators", "APIRouter"), Bottle,
Chalice and Powertools ("Event handler"): `@app.route("/a/<int:b>", methods=["POST"])`, `@router.get("/a/{b}")`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from casemate.prove.sites import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

_VERBS = frozenset({"get", "post", "put", "patch", "delete", "route", "api_route"})
_ROUTE = re.compile(r"""^@\s*([\w.]+)\.(\w+)\(\s*(?:rule=|path=)?f?r?['"]([^'"]{0,300})['"](.*)\)\s*$""", re.DOTALL)
_METHODS = re.compile(r"methods\s*=\s*[\[({]([^\])}]{1,200})")
_PREFIX = re.compile(r"""(?:url_prefix|prefix)\s*=\s*['"]([^'"]{1,200})['"]""")
MAX_PREFIX_TEXT = 2_000


def declared(path: str, source: bytes, name: str) -> list[dict[str, Any]]:
    """The routes of a function: `{"path", "methods"}` with `{name}` for what is variable."""
    root = tree_of(path, source)
    wanted = name.rpartition(".")[2]
    found: list[dict[str, Any]] = []
    for node in _decorated(root):
        function = node.child_by_field_name("definition")
        label = function.child_by_field_name("name") if function is not None else None
        if label is None or _text(label, source) != wanted:
            continue
        for one in node.children:
            match = _ROUTE.match(_text(one, source)) if one.type == "decorator" else None
            if match is None or match[2] not in _VERBS:
                continue
            methods = re.findall(r"\w+", said[1]) if (said := _METHODS.search(match[4])) else []
            if match[2] not in {"route", "api_route"}:
                methods = [match[2]]
            whole = f"{_prefix(root, source, match[1])}/{_braces(match[3])}"
            found.append({"path": re.sub(r"/{2,}", "/", f"/{whole}"), "methods": [one.upper() for one in methods] or [
                "GET"]})  # fmt: skip
    return found


def _decorated(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type == "decorated_definition":
            yield node
        if node.type in {
            "module",
            "decorated_definition",
            "class_definition",
            "block",
            "if_statement",
            "function_definition",
        }:
            waiting.extend(node.named_children)


def _prefix(root: Node, source: bytes, owner: str) -> str:
    """What the blueprint or router puts in front of its routes, where it is made in this file."""
    for node in root.named_children:
        text = _text(node, source)[:MAX_PREFIX_TEXT]
        if node.type == "expression_statement" and text.partition("=")[0].strip() == owner:
            match = _PREFIX.search(text)
            return match[1] if match else ""
    return ""


def _braces(path: str) -> str:
    path = re.sub(r"<(?:[^<>:]{0,60}:)?(\w{1,60})>", r"{\1}", path)
    return re.sub(r"\{(\w{1,60}):[^{}]{0,60}\}", r"{\1}", path)


def _text(node: Node, source: bytes) -> str:
    return source[node.start_byte : node.end_byte].decode("utf-8", "replace")
