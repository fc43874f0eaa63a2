"""What is written, as a tree: which data of whom is in which field of a message, an item, an object.

A payload is a `Rendered` value of the code facts. Where a value has labels, `"from"` lists `Mark`s: whose data it is.
`select` walks down it by the names that the reading side uses, so that data in one field is not taken for another's.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from casemate.analysis.code.facts import Carried, Rendered
    from casemate.model.flow import Step

Path = tuple[str, ...]

MAX_DEPTH = 24
MAX_KEY = 200
MAX_TEXTS = 16
_SEGMENT = re.compile(r"\[\]|[^.\[\]]+")
ANY = "[]"
"""In a path: an element of a list, or a field whose name is not known."""

TYPES = frozenset({"S", "N", "B", "M", "L", "BOOL", "NULL", "SS", "NS", "BS"})
"""DynamoDB's type descriptors (API reference, AttributeValue)."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Data in a payload: the function that has it, under which key it came in there, and the way within it.

    `key`: as origins of flows (`event.body.name`, `stored:path:byte.Item.name`); `whole`: the value is the data itself
    and not a part of it, so that fields of the value are fields of the data; `cured`: the kinds of sinks for which the
    writer has made it harmless.
    """

    function: str
    key: str
    kind: str
    what: str
    whole: bool
    sure: bool
    steps: tuple[Step, ...]
    cured: tuple[str, ...] = ()

    def below(self, path: Path) -> Mark:
        """The data of a field of it."""
        if not self.whole or not path:
            return self
        key = ".".join((self.key, *path))
        return self if len(key) > MAX_KEY else replace(self, key=key)


def segments(key: str) -> Path:
    """The names in a key: `event.Records[].body` -> `("event", "Records", "[]", "body")`; indices become `[]`."""
    return tuple(ANY if one.isdecimal() or one == "*" else one for one in _SEGMENT.findall(key))


def bound(node: Rendered, sources: Sequence[Carried], function: str) -> Rendered:
    """The payload of a call made by `function`, with marks in the place of numbers of labels."""

    def mark(number: int) -> Mark:
        source = sources[number]
        steps = tuple(replace(step, function=function) for step in source.steps)
        return Mark(function, source.key, source.kind, source.what, source.whole, source.sure, steps,
                    source.cured)  # fmt: skip

    def convert(numbers: list[int]) -> list[Mark]:
        return [mark(number) for number in numbers if number < len(sources)]

    return _with_marks(node, convert, 0)


def _with_marks(node: Rendered, convert: Callable[[list[int]], list[Mark]], depth: int) -> Rendered:
    if depth > MAX_DEPTH:
        return {}
    made: Rendered = dict(node)
    if "from" in node:
        made["from"] = convert(node["from"])
    for key in ("list", "any", "text"):
        if key in node:
            made[key] = [_with_marks(item, convert, depth + 1) for item in node[key]]
    for key in ("rest", "keys", "json"):
        if key in node:
            made[key] = _with_marks(node[key], convert, depth + 1)
    if "map" in node:
        made["map"] = {name: _with_marks(item, convert, depth + 1) for name, item in node["map"].items()}
    return made


def marks_in(node: Rendered | None, depth: int = 0) -> Iterator[Mark]:
    """Everybody's data in a payload."""
    if node is None or depth > MAX_DEPTH:
        return
    yield from node.get("from", ())
    for child in _children(node):
        yield from marks_in(child, depth + 1)


def _children(node: Rendered) -> Iterator[Rendered]:
    for key in ("list", "any", "text"):
        yield from node.get(key, ())
    for key in ("rest", "keys", "json"):
        if key in node:
            yield node[key]
    yield from node.get("map", {}).values()


def either(nodes: Sequence[Rendered | None]) -> Rendered | None:
    """One of several payloads; None when there is none."""
    found = [node for node in nodes if node is not None]
    return found[0] if len(found) == 1 else {"any": found} if found else None


def select(node: Rendered | None, path: Path, depth: int = 0) -> Rendered | None:  # noqa: C901 - one case a kind of value
    """What is at `path`, None when nothing (or nothing but what its author wrote) can be there."""
    if node is None or not path:
        return node
    if depth > MAX_DEPTH:
        return {"from": list(marks_in(node))}
    if "any" in node:
        return either([select(option, path, depth + 1) for option in node["any"]])
    if "json" in node:
        return select(node["json"], path, depth + 1)
    if "const" in node:
        return select(parsed(node["const"]), path, depth + 1)
    own = node.get("from", ())
    found: list[Rendered | None] = []
    if "list" in node:
        items = [*node["list"], *([node["rest"]] if "rest" in node else [])]
        rest = path[1:] if path[0] == ANY else path
        found.extend(select(item, rest, depth + 1) for item in items)
    elif "map" in node:
        if path[0] == ANY:
            found.extend(select(item, path[1:], depth + 1) for item in node["map"].values())
        elif path[0] in node["map"]:
            found.append(select(node["map"][path[0]], path[1:], depth + 1))
            own = ()  # what was written in its place
        if "rest" in node:
            found.append(select(node["rest"], path[1:], depth + 1))
    elif not own:
        return {"from": list(marks_in(node))} if any(True for _ in marks_in(node)) else None
    if own:
        found.append({"from": [mark.below(path) for mark in own]})
    return either(found)


def parsed(value: object) -> Rendered | None:
    """A constant that is JSON, as a payload; None for anything else."""
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")) or len(value) > 100_000:
        return None
    try:
        return constant(json.loads(value))
    except (ValueError, RecursionError):
        return None


def constant(value: object, depth: int = 0) -> Rendered:
    """A JSON value as a payload."""
    if depth > MAX_DEPTH:
        return {}
    if isinstance(value, dict):
        return {"map": {str(key): constant(item, depth + 1) for key, item in value.items()}}
    if isinstance(value, list):
        return {"list": [constant(item, depth + 1) for item in value]}
    return {"const": value}


def texts(node: Rendered | None, depth: int = 0) -> list[str] | None:
    """The texts that a value may be, `*` for what is not known in one; None when it may be anything."""
    if node is None or depth > MAX_DEPTH:
        return None
    if "const" in node:
        return [_spelled(node["const"])]
    if "text" in node:
        options = [""]
        for part in node["text"]:
            pieces = texts(part, depth + 1) or ["*"]
            options = [option + piece for option in options for piece in pieces][:MAX_TEXTS]
        return options
    if "any" in node:
        found: list[str] = []
        for option in node["any"]:
            inner = texts(option, depth + 1)
            if inner is None:
                return None
            found.extend(inner)
        return found[:MAX_TEXTS]
    return None


def _spelled(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def record(**fields: Rendered | None) -> Rendered:
    """A map with these fields; those that are None are not there."""
    return {"map": {name: value for name, value in fields.items() if value is not None}}


def plain(node: Rendered, depth: int = 0) -> Rendered:
    """An item of DynamoDB without its type descriptors: `{"S": x}` -> `x`."""
    if depth > MAX_DEPTH:
        return node
    if "any" in node:
        return {**node, "any": [plain(option, depth + 1) for option in node["any"]]}
    if "list" in node:
        made = {**node, "list": [plain(item, depth + 1) for item in node["list"]]}
        return {**made, "rest": plain(node["rest"], depth + 1)} if "rest" in node else made
    if "map" in node:
        fields = node["map"]
        if len(fields) == 1 and "rest" not in node:
            name, value = next(iter(fields.items()))
            if name in TYPES:
                return plain(value, depth + 1)
        made = {**node, "map": {name: plain(value, depth + 1) for name, value in fields.items()}}
        return {**made, "rest": plain(node["rest"], depth + 1)} if "rest" in node else made
    return node


def without_types(path: Path) -> Path:
    """A path into an item without type descriptors: `("name", "S")` -> `("name",)`."""
    return tuple(one for place, one in enumerate(path) if not place or one not in TYPES)
