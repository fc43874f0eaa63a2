"""Controllers of Nest: what each parameter of a method is filled with, and which decorators may be left out.

The framework itself is not run. Its decorators only say where a parameter comes from (NestJS documentation,
"Controllers", "Route parameters", "Request payloads"; "Pipes"): the method is called with these values, and what is not
known of that, such as a pipe of the user's own, makes it `not-runnable`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from casemate.prove.sites import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

_SILENT = frozenset({
    "Controller", "Get", "Post", "Put", "Patch", "Delete", "All", "Head", "Options", "Injectable", "Module", "HttpCode",
    "Header", "Inject", "Optional", "Global", "Version", "Render", "Redirect", "UseGuards", "SetMetadata", "Public",
    "Roles",
})  # fmt: skip
_FILLING = frozenset({
    "Param", "Query", "Body", "Headers", "Req", "Request", "Res", "Response", "Ip", "Session", "HostParam",
})  # fmt: skip
_CONVERTING = re.compile(r"(?:new )?(?:Parse(?:Int|Float|Bool|UUID|Array|Enum)Pipe|DefaultValuePipe)(?:\([^()]*\))?")
_OF_INSTANCES = frozenset({"captureLambdaHandler", "captureMethod", "injectLambdaContext", "logMetrics"})
"""Decorators of Powertools' tracer, logger and metrics: they watch, and change neither event nor answer."""
_DECORATOR = re.compile(r"@(?:(\w+)\.)?(\w+)(?:\((.*)\))?\s*$", re.DOTALL)
_TEXT = re.compile(r"""^\s*['"]([\w-]{1,80})['"]\s*,?""")
_INSIDE = re.compile(rb"@nestjs/")


def may_go(text: str, source: bytes) -> bool:
    """Whether a decorator only describes, so that the code does the same without it."""
    match = _DECORATOR.match(text)
    if match is None:
        return False
    owner, name, given = match.groups()
    if owner is not None:
        return name in _OF_INSTANCES
    if not _INSIDE.search(source):
        return False
    if name in _FILLING:
        rest = _TEXT.sub("", given or "").strip()
        return not rest or all(_CONVERTING.fullmatch(one.strip()) for one in rest.split(",") if one.strip())
    return name in _SILENT or name.startswith("Api")


def injected(constructor: Node, source: bytes) -> list[str]:
    """The classes of a constructor's parameters, an empty text for what is no single name."""
    parameters = constructor.child_by_field_name("parameters")
    found = []
    for one in parameters.named_children if parameters is not None else ():
        text = _text(one.child_by_field_name("type"), source).lstrip(": ")
        found.append(text if re.fullmatch(r"[A-Z]\w{0,80}", text) else "")
    return found


def parameters_of(path: str, source: bytes, name: str) -> list[dict[str, Any]] | None:
    """What the parameters of `Class.method` are filled with; None where the method, or what fills it, is not known.

    Each is `{"from": decorator, "name": field or None, "converted": bool}`.
    """
    owner, _, method = name.rpartition(".")
    for cls in _classes(tree_of(path, source)):
        if _text(cls.child_by_field_name("name"), source) != owner:
            continue
        body = cls.child_by_field_name("body")
        for one in body.named_children if body is not None else ():
            if one.type == "method_definition" and _text(one.child_by_field_name("name"), source) == method:
                return _filled(one, source)
    return None


def _classes(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type in {"class_declaration", "abstract_class_declaration"}:
            yield node
        elif node.type in {"program", "export_statement"}:
            waiting.extend(node.named_children)


def _filled(method: Node, source: bytes) -> list[dict[str, Any]] | None:
    parameters = method.child_by_field_name("parameters")
    found: list[dict[str, Any]] = []
    for one in parameters.named_children if parameters is not None else ():
        decorators = [child for child in one.children if child.type == "decorator"]
        match = _DECORATOR.match(_text(decorators[0], source)) if len(decorators) == 1 else None
        if match is None or match[2] not in _FILLING or not may_go(match[0], source):
            return None
        given = match[3] or ""
        named = _TEXT.match(given)
        kind = one.child_by_field_name("type")
        written = _text(kind, source).lstrip(": ") if kind is not None else ""
        found.append({"from": match[2], "name": named[1] if named else None, "variable": _text(one.child_by_field_name(
            "pattern"), source), "converted": "Pipe" in given, "shaped": bool(re.match(r"[A-Z]\w*$", written))
            and match[2] in {"Body", "Query", "Param"}})  # fmt: skip
    return found


def _text(node: Node | None, source: bytes) -> str:
    return "" if node is None else source[node.start_byte : node.end_byte].decode("utf-8", "replace")
