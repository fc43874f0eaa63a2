"""Setting, adding and removing in YAML and JSON, in the style of what stands around.

Block or flow, its indentation, its quotes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.edits.layout import (
    Style,
    continued,
    indent_for,
    is_flow,
    key_text,
    last_line,
    nested,
    step_of,
    style_for,
    written,
)  # fmt: skip
from casemate.edits.scalars import fields_of, in_json, in_yaml, items_of, plain
from casemate.edits.tree import Tree, is_expression, is_own
from casemate.errors import EditError
from casemate.model.value import Entry, Fields, Items, Literal, Value

if TYPE_CHECKING:
    from casemate.model.finding import Edit
    from casemate.model.location import Span

Path = tuple[str, ...]


def put(tree: Tree, node: Value, path: Path, value: object) -> list[Edit]:
    """Set what stands at `path` below `node`, or add it with every section on the way.

    A map is merged into one that is there.
    """
    if is_expression(node):
        raise EditError("what stands there is an expression")
    match node:
        case Items(items=items):
            index, rest = _index(items, path)
            if not rest:
                return [_replaced(tree, items[index], value)]
            return put(tree, items[index], rest, value)
        case Fields(entries=entries):
            entry = entries.get(path[0])
            if entry is None or not _is_written(entry, node):
                return [_added(tree, node, path[0], nested(path[1:], value))]
            if not is_own(entry.value, node, entry.key_at):
                raise EditError(f"{path[0]} is shared through an alias")
            return _below(tree, entry, path, value)
        case _:
            raise EditError("there is no map at that place")


def _below(tree: Tree, entry: Entry, path: Path, value: object) -> list[Edit]:
    child, rest, new = entry.value, path[1:], fields_of(value)
    if is_expression(child):
        raise EditError(f"{path[0]} is an expression")
    if rest and isinstance(child, Literal) and child.value in {None, True}:
        return [_section(tree, entry, nested(rest, value))]
    if rest:
        return put(tree, child, rest, value)
    if new is not None and isinstance(child, Fields):
        return [edit for key, part in new.items() for edit in put(tree, child, (key,), part)]
    if new is not None and isinstance(child, Literal) and child.value in {None, True}:
        return [_section(tree, entry, new)]
    if _is_empty(tree, child):
        return [_section(tree, entry, value)]
    return [_replaced(tree, child, value)]


def replaced(tree: Tree, literal: Value, value: object) -> list[Edit]:
    """Another scalar in place of one that stands somewhere."""
    return [_replaced(tree, literal, value)]


def _replaced(tree: Tree, old: Value, value: object) -> Edit:
    """A scalar, in the quotes of the old one."""
    source = tree.source
    if is_expression(old):
        raise EditError("the value is an expression")
    if isinstance(old, Items) and items_of(value) is not None and is_flow(source, old):
        return source.edit(source.start(old.at), source.end(old.at), written(value, style_for(source, old)))
    if not isinstance(old, Literal):
        raise EditError("a section stands where one value is to be set")
    text = source.of(old.at)
    if old.at.start_line != old.at.end_line or text[:1] in {"|", ">", "&", "!", "*"}:
        raise EditError("the value is written in a form that is not edited")
    new = plain(value)
    quote = text[:1] if text[:1] in {"'", '"'} else ""
    spelled = (
        in_json(new) if source.syntax == "json" or (quote == '"' and isinstance(new, str)) else in_yaml(new, quote)
    )
    return source.edit(source.start(old.at), source.end(old.at), spelled)


def _is_empty(tree: Tree, value: Value) -> bool:
    return isinstance(value, Literal) and value.value is None and not tree.source.of(value.at)


def _section(tree: Tree, entry: Entry, value: object) -> Edit:
    """A map (or any value) in place of nothing, `null` or `true`."""
    source, old = tree.source, entry.value
    key_end = source.end(entry.key_at)
    colon = source.text.find(":", key_end)
    if colon < 0 or source.text[key_end:colon].strip():
        raise EditError("the key is written in a form that is not edited")
    end = source.end(old.at) if source.of(old.at) else colon + 1
    line = entry.key_at.start_line
    head = source.text[source.start_of_line(line) : source.start(entry.key_at)]
    in_block = source.syntax == "yaml" and not head.strip(" -")
    if fields_of(value) is None or not in_block:
        style = Style("flow" if source.syntax == "yaml" else "json", source.newline, "", "")
        return source.edit(colon + 1, end, f" {written(value, style)}")
    step = step_of(source)
    style = Style("block", source.newline, " " * (entry.key_at.start_column - 1) + step, step)
    return source.edit(colon + 1, end, written(value, style))


def _added(tree: Tree, node: Fields, key: str, value: object) -> Edit:
    source = tree.source
    own = [entry for entry in node.entries.values() if _is_written(entry, node)]
    style = style_for(source, node)
    if style.form != "block":
        return _added_in_flow(tree, node, own, f"{key_text(source, node, key)}: ", value, style)
    if not own:
        raise EditError("the section is empty or shared through an alias")
    last = max(own, key=lambda entry: (entry.key_at.start_line, entry.key_at.start_column))
    at = source.end_of_line(last_line(source, last, node))
    indent = " " * (min(entry.key_at.start_column for entry in own) - 1)
    return source.edit(at, at, continued(source, indent, {key: value}))


def _added_in_flow(tree: Tree, node: Value, own: list[Entry], key: str, value: object, style: Style) -> Edit:
    """One more element of a map or list in brackets; `key` is empty for a list."""
    source = tree.source
    if not own:
        at = source.start(node.at) + 1
        closing = source.end(node.at) - 1
        if source.text[at:closing].strip():
            raise EditError("the section is written in a form that is not edited")
        if style.form == "json" and "\n" in source.text and fields_of(value) is not None:
            outer = source.indent_of(node.at.start_line)
            inner = Style("json", style.newline, outer + step_of(source), step_of(source))
            return source.edit(
                at, closing, f"{style.newline}{inner.indent}{key}{written(value, inner)}{style.newline}{outer}"
            )
        return source.edit(at, closing, f"{key}{written(value, style)}")
    last = max(own, key=lambda entry: (entry.key_at.start_line, entry.key_at.start_column))
    if not is_own(last.value, node, last.key_at):
        raise EditError("the section ends with an alias")
    at = source.end(last.value.at)
    indent = indent_for(source, last.key_at)
    if indent is None:
        return source.edit(at, at, f", {key}{written(value, style)}")
    inside = Style(style.form, style.newline, indent, step_of(source))
    return source.edit(at, at, f",{source.newline}{indent}{key}{written(value, inside)}")


def append(tree: Tree, node: Value, path: Path, value: object) -> list[Edit]:
    """One more element for the list at `path`; the list is made when it is missing."""
    found = find(node, path)
    if found is None:
        return put(tree, node, path, [value])
    if is_expression(found) or not isinstance(found, Items):
        raise EditError(f"{path[-1]} is not a list that is written out")
    source = tree.source
    style = style_for(source, found)
    own = [Entry(item.at, item) for item in found.items]
    if style.form != "block":
        return [_added_in_flow(tree, found, own, "", value, style)]
    if not own or any(not is_own(item, found) for item in found.items):
        raise EditError("the list is shared through an alias")
    at = source.end_of_line(last_line(source, own[-1], found))
    dash = " " * (found.at.start_column - 1)
    flow = Style("flow", source.newline, "", "")
    return [source.edit(at, at, f"{source.newline}{dash}- {written(value, flow)}")]


def remove(tree: Tree, node: Value, path: Path) -> list[Edit]:
    """Take away what stands at `path`, and a section that it leaves empty.

    Raises `EditError` when nothing stands there.
    """
    holder: Value | None = find(node, path[:-1])
    target = None if holder is None else find(holder, path[-1:])
    if holder is None or target is None or is_expression(holder):
        raise EditError(f"there is no {path[-1]} to remove")
    siblings = (
        len(holder.entries) if isinstance(holder, Fields) else len(holder.items) if isinstance(holder, Items) else 0
    )
    if siblings == 1 and len(path) > 1:
        return remove(tree, node, path[:-1])
    if isinstance(holder, Fields):
        return [_removed(tree, holder, list(holder.entries.values()), holder.entries[path[-1]])]
    entries = [Entry(item.at, item) for item in holder.items] if isinstance(holder, Items) else []
    return [_removed(tree, holder, entries, next(entry for entry in entries if entry.value is target))]


def _removed(tree: Tree, holder: Value, siblings: list[Entry], entry: Entry) -> Edit:
    source = tree.source
    if not is_own(entry.value, holder, entry.key_at) or not _is_written(entry, holder):
        raise EditError("it is shared through an alias")
    start = source.start(entry.key_at)
    later = [other for other in siblings if source.start(other.key_at) > start]
    earlier = [other for other in siblings if source.start(other.key_at) < start]
    if style_for(source, holder).form != "block":
        if later:
            return source.edit(start, min(source.start(other.key_at) for other in later), "")
        begin = max((source.end(other.value.at) for other in earlier), default=start)
        return source.edit(begin, source.end(entry.value.at), "")
    first = entry.key_at.start_line
    head = source.text[source.start_of_line(first) : start]
    whole = not head.strip() or (isinstance(holder, Items) and head.strip() == "-")
    if whole:
        return _without_lines(tree, first, last_line(source, entry, holder))
    if later:
        return source.edit(start, min(source.start(other.key_at) for other in later), "")
    raise EditError("it shares its line with something else")


def _without_lines(tree: Tree, first: int, last: int) -> Edit:
    source = tree.source
    start, end = source.start_of_line(first), source.next_line(last)
    if end == len(source.text) and not source.text.endswith("\n") and first > 1:
        start = source.end_of_line(first - 1)
    return source.edit(start, end, "")


def find(node: Value, path: Path) -> Value | None:
    """The node at `path` as it is written, or None."""
    current: Value | None = node
    for number, key in enumerate(path):
        match current:
            case Fields(entries=entries):
                entry = entries.get(key)
                current = None if entry is None else entry.value
            case Items(items=items):
                try:
                    index, rest = _index(items, path[number:])
                except EditError:
                    return None
                return find(items[index], rest)
            case _:
                return None
    return current


def _index(items: object, path: Path) -> tuple[int, Path]:
    """Which element a path means: the one with that number, or the only one."""
    count = len(items)  # type: ignore[arg-type]
    if path and path[0].isdigit() and int(path[0]) < count:
        return int(path[0]), path[1:]
    if count == 1 and path and not path[0].isdigit():
        return 0, path
    raise EditError("which element of the list is meant is not clear")


def _is_written(entry: Entry, holder: Value) -> bool:
    """Whether the key itself stands in the map; not so for what a merge key brought."""
    start: Span = holder.at
    key = entry.key_at
    return key.path == start.path and (start.start_line, start.start_column) <= (key.start_line, key.start_column) <= (
        start.end_line,
        start.end_column,
    )
