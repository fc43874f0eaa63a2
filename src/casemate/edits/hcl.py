"""Setting, adding and removing in HCL: arguments and nested blocks, aligned as `terraform fmt` aligns them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from casemate.edits.scalars import fields_of, in_hcl, items_of, plain
from casemate.edits.text import Text
from casemate.errors import EditError
from casemate.sources.syntax import hcl as syntax
from casemate.sources.syntax.hcl_nodes import Block, Body, Lit, MapOf, Node, Path, Template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.finding import Edit
    from casemate.model.location import Span

_STEP = "  "


class Module:
    """One parsed file of HCL."""

    def __init__(self, path: str, data: bytes) -> None:
        self.source = Text(path, data, "hcl")
        parsed = syntax.parse(self.source.text, path)
        if parsed.is_partial:
            raise EditError(f"{path} cannot be parsed")
        self.body = parsed.body

    def block_of(self, at: Span) -> Block | None:
        """The top-level block that holds a place."""
        return next((block for block in self.body.blocks if block.at.covers(at)), None)

    # -- set -----------------------------------------------------------------------------------------------------------
    def put(self, block: Block, path: tuple[str, ...], value: object) -> list[Edit]:
        """Set the argument at `path` (blocks, then the argument), or add it.

        A map is merged into a block that is there.
        """
        new = fields_of(value)
        name, rest = path[0], path[1:]
        argument = block.body.arguments.get(name)
        inner = [found for found in block.body.blocks if found.type == name]
        if any(found.type == "dynamic" and found.labels and found.labels[0][0] == name for found in block.body.blocks):
            raise EditError(f"{name} is a dynamic block")
        if argument is not None:
            if rest or new is not None:
                return self._put_in_map(argument.value, rest, value)
            return [self.replaced(argument.value, value)]
        if inner:
            found, rest = self._which(inner, rest)
            if rest:
                return self.put(found, rest, value)
            if new is None:
                raise EditError(f"{name} is a block")
            return [edit for key, part in new.items() for edit in self.put(found, (key,), part)]
        if rest and rest[0].isdigit():
            rest = rest[1:]
        if rest or new is not None:
            if new is None:
                return [self._add_block(block, (name, *rest[:-1]), {rest[-1]: value})]
            return [self._add_block(block, (name, *rest), new)]
        return [self._add_argument(block, name, value)]

    @staticmethod
    def _which(blocks: list[Block], rest: tuple[str, ...]) -> tuple[Block, tuple[str, ...]]:
        if rest and rest[0].isdigit():
            if int(rest[0]) < len(blocks):
                return blocks[int(rest[0])], rest[1:]
        elif len(blocks) == 1:
            return blocks[0], rest
        raise EditError(f"which {blocks[0].type} block is meant is not clear")

    def _put_in_map(self, node: Node, rest: tuple[str, ...], value: object) -> list[Edit]:
        if not isinstance(node, MapOf):
            raise EditError("the value is an expression")
        if not rest:
            return [
                edit for key, part in (fields_of(value) or {}).items() for edit in self._put_in_map(node, (key,), part)
            ]
        for key, found in node.entries:
            if isinstance(key, Lit) and key.value == rest[0]:
                return self._put_in_map(found, rest[1:], value) if len(rest) > 1 else [self.replaced(found, value)]
        if len(rest) > 1 or not node.entries:
            raise EditError("the map is written in a form that is not edited")
        last = node.entries[-1][1]
        at = self.source.end(last.at)
        if last.at.end_line == node.at.start_line:
            return [self.source.edit(at, at, f", {rest[0]} = {_expression(value)}")]
        at = self.source.end_of_line(last.at.end_line)
        indent = self.source.indent_of(node.entries[-1][0].at.start_line)
        comma = "," if self.source.text[self.source.end(last.at) :].lstrip()[:1] == "," else ""
        return [self.source.edit(at, at, f"{self.source.newline}{indent}{rest[0]} = {_expression(value)}{comma}")]

    def replaced(self, old: Node, value: object) -> Edit:
        """Another value in place of one that is written out."""
        literal = isinstance(old, Lit) or (
            isinstance(old, Template) and not old.is_heredoc and all(isinstance(part, Lit) for part in old.parts)
        )
        if not literal or old.at.start_line != old.at.end_line:
            raise EditError("the value is an expression")
        return self.source.edit(self.source.start(old.at), self.source.end(old.at), in_hcl(plain(value)))

    def _add_argument(self, block: Block, name: str, value: object) -> Edit:
        source = self.source
        arguments = sorted(block.body.arguments.items(), key=lambda item: item[1].key_at)
        if _is_one_line(block):
            return self._reflowed(block, [f"{name} = {_expression(value)}"])
        if not arguments:
            at = self._after_opening(block)
            return source.edit(at, at, f"{source.newline}{self._inner_indent(block)}{name} = {_expression(value)}")
        last = arguments[-1][1]
        end = _end(last.value.at)
        at, behind, tail = self._behind(block, end)
        indent = source.indent_of(last.key_at.start_line)
        width = self._width(last.key_at, name) if last.key_at.start_line == end else len(name)
        text = f"{source.newline}{indent}{name.ljust(width)} = {_expression(value)}"
        return source.edit(at, behind, text + tail)

    def _width(self, neighbour: Span, name: str) -> int:
        """How wide the names of the neighbouring lines are set; the new one's own width where it is longer."""
        line = self.source.line(neighbour.start_line)
        equals = line.find("=", neighbour.end_column - 1)
        return max(equals - (neighbour.start_column - 1) - 1, len(name))

    def _add_block(self, block: Block, names: tuple[str, ...], content: object) -> Edit:
        source = self.source
        indent = source.indent_of(block.at.start_line) if _is_one_line(block) else self._inner_indent(block)
        lines = list(_block_lines(names, content))
        if _is_one_line(block):
            return self._reflowed(block, lines)
        ends = [_end(argument.value.at) for argument in block.body.arguments.values()] + [
            inner.at.end_line for inner in block.body.blocks
        ]
        text = "".join(f"{source.newline}{indent}{line}".rstrip(" ") for line in lines)
        if not ends:
            at = self._after_opening(block)
            return source.edit(at, at, text)
        at, end, tail = self._behind(block, max(ends))
        return source.edit(at, end, source.newline + text + tail)

    def _behind(self, block: Block, line: int) -> tuple[int, int, str]:
        """The end of a line in a block: what to replace there, and what must follow where the brace shares it."""
        source = self.source
        at, closing = source.end_of_line(line), source.end(block.at) - 1
        if at <= closing:
            return at, at, ""
        inside = len(source.text[:closing].rstrip())
        return inside, closing, source.newline + source.indent_of(block.at.start_line)

    def _reflowed(self, block: Block, lines: list[str]) -> Edit:
        """`x { a = 1 }` on lines of its own, with more in it."""
        source = self.source
        opening, closing = self._opening(block), source.end(block.at) - 1
        outer = source.indent_of(block.at.start_line)
        inside = source.text[opening + 1 : closing].strip()
        every = [*([inside] if inside else []), *lines]
        text = "".join(f"{source.newline}{outer}{_STEP}{line}" for line in every)
        return source.edit(opening + 1, closing, f"{text}{source.newline}{outer}")

    def _opening(self, block: Block) -> int:
        after = block.labels[-1][1] if block.labels else block.type_at
        return self.source.text.index("{", self.source.end(after))

    def _after_opening(self, block: Block) -> int:
        return self.source.end_of_line(self.source.line_of(self._opening(block)))

    def _inner_indent(self, block: Block) -> str:
        starts = [argument.key_at for argument in block.body.arguments.values()] + [
            inner.type_at for inner in block.body.blocks
        ]
        if starts:
            return self.source.indent_of(min(starts).start_line)
        return self.source.indent_of(block.at.start_line) + _STEP

    # -- more ----------------------------------------------------------------------------------------------------------
    def append(self, block: Block, path: tuple[str, ...], value: object) -> list[Edit]:
        """One more element for the list at `path`; the argument is made when it is missing."""
        found = self._find(block, path)
        if found is None:
            return self.put(block, path, [value])
        text = self.source.of(found.at)
        if not text.startswith("[") or not text.endswith("]") or " for " in text:
            raise EditError("the list is an expression")
        inside = text[1:-1].rstrip()
        at = self.source.start(found.at) + 1 + len(inside)
        comma = ", " if inside.strip() and not inside.endswith(",") else " " if inside.strip() else ""
        return [self.source.edit(at, at, f"{comma}{_expression(value)}")]

    def remove(self, block: Block, path: tuple[str, ...]) -> list[Edit]:
        """Take an argument or a nested block away. Raises `EditError` when it is not there."""
        holder = block
        for name in path[:-1]:
            if name.isdigit():
                continue
            blocks = [found for found in holder.body.blocks if found.type == name]
            holder, _ = self._which(blocks, ()) if blocks else self._nothing(name)
        name = path[-1]
        argument = holder.body.arguments.get(name)
        inner = [found for found in holder.body.blocks if found.type == name]
        if argument is not None:
            first, last = argument.key_at.start_line, _end(argument.value.at)
        elif len(inner) == 1:
            first, last = inner[0].at.start_line, inner[0].at.end_line
        else:
            return self._nothing(name)
        if _is_one_line(holder):
            start, end = self._opening(holder) + 1, self.source.end(holder.at) - 1
            return [self.source.edit(start, end, "")]
        return [self.source.edit(self.source.start_of_line(first), self.source.next_line(last), "")]

    @staticmethod
    def _nothing(name: str) -> NoReturn:
        raise EditError(f"there is no {name} to remove")

    def _find(self, block: Block, path: tuple[str, ...]) -> Node | None:
        holder = block
        for name in path[:-1]:
            blocks = [found for found in holder.body.blocks if found.type == name]
            if not blocks:
                return None
            holder, _ = self._which(blocks, ())
        argument = holder.body.arguments.get(path[-1])
        return None if argument is None else argument.value

    def beside(self, block: Block, type_: str, name: str, via: str, content: object) -> Edit:
        """A new resource behind `block` that completes it: `via` refers to it by `id`."""
        if {"count", "for_each"} & block.body.arguments.keys():
            raise EditError("the resource is declared in a loop")
        if any(
            found.type == "resource" and [label for label, _ in found.labels] == [type_, name]
            for found in self.body.blocks
        ):
            raise EditError(f"{type_}.{name} is declared already")
        owner = ".".join(label for label, _ in block.labels)
        lines = [f'resource "{type_}" "{name}" {{', f"{_STEP}{via} = {owner}.id", ""]
        lines += [f"{_STEP}{line}" for line in _content_lines(content)]
        at = self.source.end_of_line(block.at.end_line)
        text = self.source.newline.join(["", "", *lines, "}"])
        return self.source.edit(at, at, text)

    def completing(self, type_: str, via: str, owner: tuple[str, str]) -> Iterator[Block]:
        """Resources of a type whose argument `via` names the resource `owner` (type, name)."""
        for block in self.body.blocks:
            if block.type == "resource" and block.labels and block.labels[0][0] == type_:
                argument = block.body.arguments.get(via)
                value = argument.value if argument is not None else None
                if isinstance(value, Path) and value.root == owner[0] and value.steps[:1] == [owner[1]]:
                    yield block

    def literal_at(self, at: Span) -> tuple[Block, tuple[str, ...], Node] | None:
        """The argument whose value stands at `at`: the top-level block, the path in it, and the value."""
        block = self.block_of(at)
        found = None if block is None else _argument_at(block.body, at, ())
        return None if block is None or found is None else (block, *found)


def _argument_at(body: Body, at: Span, path: tuple[str, ...]) -> tuple[tuple[str, ...], Node] | None:
    for name, argument in body.arguments.items():
        if argument.value.at == at:
            return (*path, name), argument.value
    for block in body.blocks:
        if block.at.covers(at):
            return _argument_at(block.body, at, (*path, block.type))
    return None


def _is_one_line(block: Block) -> bool:
    return block.at.start_line == block.at.end_line


def _end(at: Span) -> int:
    """The last line of a value; a heredoc's mark may lie behind it."""
    return at.end_line


def _expression(value: object) -> str:
    fields, items = fields_of(value), items_of(value)
    if fields is not None:
        return (
            "{ " + ", ".join(f"{key} = {_expression(part)}" for key, part in fields.items()) + " }" if fields else "{}"
        )
    if items is not None:
        return "[" + ", ".join(_expression(part) for part in items) + "]"
    return in_hcl(plain(value))


def _block_lines(names: tuple[str, ...], content: object) -> Iterator[str]:
    yield f"{names[0]} {{"
    inner = _block_lines(names[1:], content) if len(names) > 1 else _content_lines(content)
    for line in inner:
        yield f"{_STEP}{line}"
    yield "}"


def _content_lines(content: object) -> Iterator[str]:
    """Arguments, aligned, then blocks."""
    fields = fields_of(content) or {}
    arguments = {key: part for key, part in fields.items() if fields_of(part) is None}
    width = max(map(len, arguments), default=0)
    for key, part in arguments.items():
        yield f"{key.ljust(width)} = {_expression(part)}"
    for key, part in fields.items():
        if fields_of(part) is not None:
            yield from _block_lines((key,), part)


def snippet_of(names: tuple[str, ...], value: object) -> str:
    """A change as it would be written in the body of a resource."""
    if fields_of(value) is not None:
        return "\n".join(_block_lines(names, value))
    if len(names) == 1:
        return f"{names[0]} = {_expression(value)}"
    return "\n".join(_block_lines(names[:-1], {names[-1]: value}))
