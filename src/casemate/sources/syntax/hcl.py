"""HCL text -> syntax tree with exact spans, through tree-sitter. Nothing is evaluated here.

tree-sitter counts bytes in columns, a `Span` counts code points; files of ASCII, nearly all, need no conversion.
Source: HCL Native Syntax
Specification (hashicorp/hcl, hclsyntax/spec.md).
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic
from casemate.model.location import Span
from casemate.sources.syntax.hcl_nodes import (
    Argument,
    Block,
    Body,
    Broken,
    Call,
    Conditional,
    File,
    ListOf,
    Lit,
    Loop,
    MapOf,
    Node,
    Operation,
    Path,
    Splat,
    Step,
    Template,
)
from casemate.sources.syntax.hcl_text import dedented, number, single, split_lines, unescape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tree_sitter import Node as Raw
    from tree_sitter import Parser

MAX_SOURCE = 1_000_000
"""Larger files are refused: no hand-written module comes near, and the parser needs up to 3 µs a byte on hostile
text."""
MAX_NESTING = 100
"""Deeper nesting is refused: no module comes near, and the evaluator recurses."""
_TOP = re.compile(rb'^[A-Za-z_][\w-]*(?:[ \t]+(?:"[^"\n]*"|[A-Za-z_][\w-]*))*[ \t]*\{', re.MULTILINE)
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_HEREDOC = "CASEMATE_END_OF_TEMPLATE"
_STEPS = frozenset({"get_attr", "index", "splat"})
_new = tuple.__new__  # a Span without the detour through its own __new__: a third of the time of a parse
_SILENT = frozenset({"comment", "strip_marker"})


class _TooDeep(Exception):  # noqa: N818 - a signal inside this module
    def __init__(self, at: Span) -> None:
        super().__init__()
        self.at = at


def parse(text: str, path: str, fixed: Span | None = None) -> File:
    """A file of HCL. Never raises; what cannot be parsed is reported and left out, the rest is kept.

    `fixed`: the span of every node, for text that stands for what is written there.
    """
    source = text.encode("utf-8", "replace")
    if len(source) > MAX_SOURCE:
        message, hint = (
            f"larger than {MAX_SOURCE // 1_000_000} MB; not parsed",
            "split it, or exclude it with --exclude",
        )
        return File(path, "", Body(), (Diagnostic("file-too-large", message, Span(path, 1, 1, 1, 1), "error", hint),))
    body = Body()
    diagnostics: list[Diagnostic] = []
    tree = _parser().parse(source)
    if not tree.root_node.has_error:
        _Converter(source, path, 0, diagnostics, fixed).file(tree.root_node, body)
    else:  # one error can swallow the rest of the file: parse each top-level block for itself
        for start, end in _pieces(source):
            piece = source[start:end]
            converter = _Converter(piece, path, source.count(b"\n", 0, start), diagnostics)
            converter.file(_parser().parse(piece).root_node, body)
        if not any(diagnostic.level == "error" for diagnostic in diagnostics):
            converter = _Converter(source, path, 0, diagnostics)
            converter.complain(tree.root_node)
    return File(path, text, body, diagnostics)


def parse_expression(text: str, at: Span) -> Node:
    """An expression in a string, as in a `-var` option; every node has the span `at`."""
    source = f"x = {text}\n".encode("utf-8", "replace")
    return _single(source, at)


def parse_template(text: str, at: Span) -> Node:
    """A template in a string (Terraform's JSON syntax); every node has the span `at`."""
    source = f"x = <<{_HEREDOC}\n{text}\n{_HEREDOC}\n".encode("utf-8", "replace")
    return _chomped(_single(source, at))


def parse_template_file(text: str, path: str) -> Node:
    """A file that is a template as a whole (`templatefile`), with the spans of that file."""
    source = f"x = <<{_HEREDOC}\n{text}\n{_HEREDOC}\n".encode("utf-8", "replace")
    if len(source) > MAX_SOURCE:
        return Broken(Span(path, 1, 1, 1, 1))
    return _chomped(_single(source, None, path, -1))


def _chomped(node: Node) -> Node:
    """Without the newline that a heredoc adds after its last line."""
    if isinstance(node, Template) and node.parts and isinstance(node.parts[-1], Lit):
        last = node.parts[-1]
        text = last.value
        if isinstance(text, str) and text.endswith("\n"):
            return Template([*node.parts[:-1], Lit(text[:-1], last.at)], node.at, is_heredoc=True)
    return node


def _single(source: bytes, at: Span | None, path: str = "", shift: int = 0) -> Node:
    place = at or Span(path, 1, 1, 1, 1)
    tree = _parser().parse(source)
    if tree.root_node.has_error:
        return Broken(place)
    body = Body()
    diagnostics: list[Diagnostic] = []
    _Converter(source, place.path, shift, diagnostics, fixed=at).file(tree.root_node, body)
    argument = body.arguments.get("x")
    return Broken(place) if argument is None or diagnostics else argument.value


@cache
def _parser() -> Parser:
    import tree_sitter_hcl
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_hcl.language()))


def _pieces(source: bytes) -> Iterator[tuple[int, int]]:
    starts = [match.start() for match in _TOP.finditer(source)]
    if not starts or starts[0] > 0:
        starts.insert(0, 0)
    yield from zip(starts, [*starts[1:], len(source)], strict=True)


class _Converter:
    """One parse tree -> nodes.

    `shift`: added to every line; `fixed`: the span of every node, where the text stands inside of another syntax.
    """

    def __init__(
        self, source: bytes, path: str, shift: int, diagnostics: list[Diagnostic], fixed: Span | None = None
    ) -> None:
        self._source = source
        self._path = path
        self._shift = shift + 1
        self._fixed = fixed
        self._diagnostics = diagnostics
        self._wide = None if source.isascii() else source.split(b"\n")
        self._is_plain = fixed is None and self._wide is None
        self._depth = 0
        self._terms: dict[str, Callable[[Raw], Node]] = {
            "expression": self.expression,
            "literal_value": self._literal,
            "template_expr": self._template,
            "quoted_template": self._quoted,
            "heredoc_template": self._heredoc,
            "collection_value": self._collection,
            "variable_expr": self._variable,
            "function_call": self._call,
            "for_expr": self._for,
            "operation": self._operation,
            "binary_operation": self._binary,
            "unary_operation": self._unary,
            "conditional": self._conditional,
        }

    # -- places ------------------------------------------------------------------------------------------------
    def span(self, node: Raw, last: Raw | None = None) -> Span:
        """The span of a node, or from `node` to `last`."""
        start, end = node.start_point, (last or node).end_point
        if self._is_plain:
            return _new(Span, (self._path, start[0] + self._shift, start[1] + 1, end[0] + self._shift, end[1] + 1))
        return self._between(start[0], start[1], end[0], end[1])

    def _between(self, row: int, column: int, end_row: int, end_column: int) -> Span:
        if self._fixed is not None:
            return self._fixed
        if self._wide is not None:
            column, end_column = self._points(row, column), self._points(end_row, end_column)
        return Span(self._path, row + self._shift, column + 1, end_row + self._shift, end_column + 1)

    def _points(self, row: int, column: int) -> int:
        line = self._wide[row] if self._wide is not None and row < len(self._wide) else b""
        return column if line.isascii() else len(line[:column].decode("utf-8", "replace"))

    def _text(self, node: Raw) -> str:
        return self._source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    # -- structure ---------------------------------------------------------------------------------------------
    def file(self, root: Raw, body: Body) -> None:
        """Everything of a parsed file into `body`."""
        if root.has_error:
            self.complain(root)
        for child in root.children:
            if child.type == "body":
                self._body(child, body)
            elif child.type == "ERROR":
                self._salvage(child, body)

    def _salvage(self, node: Raw, body: Body) -> None:
        """Blocks that stand whole inside of an error."""
        for child in node.children:
            if child.type == "block":
                self._block(child, body)
            elif child.type == "body":
                self._body(child, body)

    def complain(self, node: Raw) -> None:
        """One Diagnostic for the first error below `node`."""
        while not (node.is_error or node.is_missing):
            below = next((child for child in node.children if child.has_error or child.is_missing), None)
            if below is None:
                break
            node = below
        found = self._text(node).strip().split("\n", 1)[0][:40] if not node.is_missing else ""
        message = f"not valid HCL: {node.type!r} is missing" if node.is_missing else f"not valid HCL near {found!r}"
        start = node.start_point
        at = self._between(start[0], start[1], start[0], start[1] + 1)
        self._diagnostics.append(
            Diagnostic("hcl-syntax", message, at, "error", "correct it; the rest of the file was evaluated")
        )

    def _body(self, node: Raw, body: Body) -> None:
        for child in node.children:
            kind = child.type
            if kind == "attribute":
                self._attribute(child, body)
            elif kind == "block":
                self._block(child, body)
            elif kind == "ERROR":
                self._salvage(child, body)

    def _attribute(self, node: Raw, body: Body) -> None:
        children = [child for child in node.children if child.type not in _SILENT]
        name = self._text(children[0])
        key_at = self.span(children[0])
        value: Node
        if node.has_error or len(children) < 3:
            value = Broken(self.span(node))
        else:
            try:
                self._depth = 0
                value = self.expression(children[-1])
            except _TooDeep as deep:
                message = f"nested deeper than {MAX_NESTING} levels"
                self._diagnostics.append(Diagnostic("too-deep", message, deep.at, "error", "split it into locals"))
                value = Broken(deep.at)
        if name in body.arguments:
            note = f"argument {name[:60]!r} stands twice; the last one counts"
            self._diagnostics.append(Diagnostic("duplicate-key", note, key_at, "warning", "remove one of them"))
        body.arguments[name] = Argument(key_at, value)

    def _block(self, node: Raw, body: Body, depth: int = 0) -> None:
        inner = Body()
        labels: list[tuple[str, Span]] = []
        type_, type_at = "", self.span(node)
        for child in node.children:
            kind = child.type
            if kind == "identifier" and not type_:
                type_, type_at = self._text(child), self.span(child)
            elif kind in {"string_lit", "identifier"}:
                text = self._text(child)
                labels.append((text.strip('"'), self.span(child)))
            elif kind == "body":
                if depth >= MAX_NESTING:
                    message = f"blocks nested deeper than {MAX_NESTING} levels"
                    self._diagnostics.append(Diagnostic("too-deep", message, self.span(child), "error"))
                    return
                for item in child.children:
                    if item.type == "block":
                        self._block(item, inner, depth + 1)
                    elif item.type == "attribute":
                        self._attribute(item, inner)
                    elif item.type == "ERROR":
                        self._salvage(item, inner)
        body.blocks.append(Block(type_, labels, inner, type_at, self.span(node)))

    # -- expressions -------------------------------------------------------------------------------------------
    def expression(self, node: Raw) -> Node:
        """Any expression node."""
        children = node.children
        return self._term(children[0]) if len(children) == 1 else self._sequence(children)

    def _term(self, node: Raw) -> Node:
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise _TooDeep(self.span(node))
        convert = self._terms.get(node.type)
        found = Broken(self.span(node)) if convert is None else convert(node)
        self._depth -= 1
        return found

    def _sequence(self, children: Sequence[Raw]) -> Node:
        """A term in brackets or not, followed by steps."""
        parts = [child for child in children if child.type not in _SILENT and child.type not in {"(", ")"}]
        if not parts:
            return Broken(self.span(children[0]))
        first, steps = parts[0], [step for part in parts[1:] for step in self._step(part)]
        root = self._term(first)
        if not steps:
            return root
        if isinstance(root, Path) and children[0].type != "(":
            return Path(root.root, [*root.steps, *steps], self.span(children[0], children[-1]))
        return Path(root, steps, self.span(children[0], children[-1]))

    def _step(self, node: Raw) -> Iterator[Step]:
        kind = node.type
        if kind == "get_attr":
            yield self._text(node.children[-1])
        elif kind == "index":
            inner = node.children[0]
            if inner.type == "legacy_index":
                yield Lit(number(self._text(inner).lstrip(".")), self.span(inner))
            else:
                yield from (self.expression(child) for child in inner.children if child.type == "expression")
        elif kind == "splat":
            inner = node.children[0]
            steps = [step for child in inner.children if child.type in _STEPS for step in self._step(child)]
            yield Splat(steps, is_full=inner.type == "full_splat")

    def _variable(self, node: Raw) -> Node:
        return Path(self._text(node), (), self.span(node))

    def _literal(self, node: Raw) -> Node:
        inner = node.children[0]
        kind = inner.type
        if kind == "string_lit":
            return self._quoted(inner)
        text = self._text(inner)
        if kind == "numeric_lit":
            return Lit(number(text), self.span(node))
        return Lit(_WORDS.get(text), self.span(node))

    def _template(self, node: Raw) -> Node:
        return self._term(node.children[0])

    def _call(self, node: Raw) -> Node:
        arguments: list[Node] = []
        spreads = False
        for child in node.children:
            if child.type == "function_arguments":
                for inner in child.children:
                    if inner.type == "expression":
                        arguments.append(self.expression(inner))
                    elif inner.type == "ellipsis":
                        spreads = True
        return Call(self._text(node.children[0]), arguments, self.span(node), spreads=spreads)

    def _collection(self, node: Raw) -> Node:
        inner = node.children[0]
        if inner.type == "tuple":
            return ListOf(
                [self.expression(child) for child in inner.children if child.type == "expression"], self.span(node)
            )
        return MapOf([self._element(child) for child in inner.children if child.type == "object_elem"], self.span(node))

    def _element(self, node: Raw) -> tuple[Node, Node]:
        key, value = (child for child in node.children if child.type == "expression")
        name = self.expression(key)
        if isinstance(name, Path) and not name.steps and isinstance(name.root, str) and key.children[0].type != "(":
            name = Lit(name.root, name.at)
        return name, self.expression(value)

    def _for(self, node: Raw) -> Node:
        inner = node.children[0]
        intro = next(child for child in inner.children if child.type == "for_intro")
        names, collection = self._loop_head(intro)
        results = [self.expression(child) for child in inner.children if child.type == "expression"]
        condition = next((child for child in inner.children if child.type == "for_cond"), None)
        test = self.expression(condition.children[-1]) if condition is not None else None
        grouped = any(child.type == "ellipsis" for child in inner.children)
        key = results[0] if inner.type == "for_object_expr" else None
        return Loop(names, collection, key, results[-1], test, self.span(node), grouped=grouped)

    def _loop_head(self, node: Raw) -> tuple[list[str], Node]:
        names = [self._text(child) for child in node.children if child.type == "identifier"]
        return names, next(self.expression(child) for child in node.children if child.type == "expression")

    def _operation(self, node: Raw) -> Node:
        return self._term(node.children[0])

    def _unary(self, node: Raw) -> Node:
        return Operation(None, self._text(node.children[0]), self._sequence(node.children[1:]), self.span(node))

    def _binary(self, node: Raw) -> Node:
        children = node.children
        middle = next(
            index for index, child in enumerate(children) if not child.is_named and child.type not in {"(", ")"}
        )
        left, right = self._sequence(children[:middle]), self._sequence(children[middle + 1 :])
        return Operation(left, self._text(children[middle]), right, self.span(node))

    def _conditional(self, node: Raw) -> Node:
        test, then, otherwise = (self.expression(child) for child in node.children if child.type == "expression")
        return Conditional(test, then, otherwise, self.span(node))

    # -- templates ---------------------------------------------------------------------------------------------
    def _quoted(self, node: Raw) -> Node:
        children = node.children
        if len(children) == 2 or (len(children) == 3 and children[1].type == "template_literal"):
            text = self._source[children[0].end_byte : children[-1].start_byte].decode("utf-8", "replace")
            return Lit(unescape(text) if "\\" in text or "{" in text else text, self.span(node))
        parts = list(self._parts(children[1:-1], children[0], children[-1], is_heredoc=False))
        return Template(parts, self.span(node))

    def _heredoc(self, node: Raw) -> Node:
        children = node.children
        flush = self._text(children[0]).startswith("<<-")
        names = [child for child in children if child.type == "heredoc_identifier"]
        inner = [child for child in children[children.index(names[0]) + 1 :] if child.type != "heredoc_identifier"]
        begin = self._source.find(b"\n", names[0].end_byte) + 1 or names[0].end_byte
        end = self._source.rfind(b"\n", 0, names[-1].start_byte) + 1
        parts: list[Node] = []
        position = (begin, names[0].end_point[0] + 1, 0)
        for child in inner:
            if child.type != "template_literal":
                parts += self._lines(position, child.start_byte)
                parts += self._part(child, is_heredoc=True)
                position = (child.end_byte, child.end_point[0], child.end_point[1])
        parts += self._lines(position, max(end, position[0]))
        return Template(dedented(parts) if flush else parts, self.span(node), is_heredoc=True)

    def _parts(self, children: Sequence[Raw], before: Raw, after: Raw, *, is_heredoc: bool) -> Iterator[Node]:
        """The parts between two nodes.

        The scanner drops white space at the start of a literal, so text is cut by its neighbours.
        """
        position = (before.end_byte, before.end_point[0], before.end_point[1])
        for child in children:
            if child.type != "template_literal":
                yield from self._between_parts(position, child.start_byte, is_heredoc=is_heredoc)
                yield from self._part(child, is_heredoc=is_heredoc)
                position = (child.end_byte, child.end_point[0], child.end_point[1])
        yield from self._between_parts(position, after.start_byte, is_heredoc=is_heredoc)

    def _between_parts(self, position: tuple[int, int, int], end: int, *, is_heredoc: bool) -> Iterator[Node]:
        if is_heredoc:
            yield from self._lines(position, end)
        elif end > position[0]:
            text = self._source[position[0] : end].decode("utf-8", "replace")
            width = end - position[0]
            yield Lit(unescape(text), self._between(position[1], position[2], position[1], position[2] + width))

    def _lines(self, position: tuple[int, int, int], end: int) -> Iterator[Lit]:
        """Raw text as one `Lit` a line."""
        start, row, column = position
        for line in (
            self._source[start:end].splitlines(keepends=True)
            if b"\r" not in self._source
            else split_lines(self._source[start:end])
        ):
            at = self._between(row, column, row, column + len(line.rstrip(b"\r\n")))
            yield Lit(single(line.decode("utf-8", "replace").replace("\r\n", "\n")), at)
            row, column = row + 1, 0

    def _part(self, node: Raw, *, is_heredoc: bool) -> Iterator[Node]:
        """An interpolation or a directive."""
        if node.type == "template_interpolation":
            yield from (self.expression(child) for child in node.children if child.type == "expression")
            return
        if node.type != "template_directive":
            yield Broken(self.span(node))
            return
        inner = node.children[0]
        children = inner.children
        if inner.type == "template_for":
            names, collection = self._loop_head(children[0])
            body = Template(
                list(self._parts(children[1:-1], children[0], children[-1], is_heredoc=is_heredoc)), self.span(inner)
            )
            yield Loop(names, collection, None, body, None, self.span(inner), joins=True)
        elif inner.type == "template_if":
            test = next(self.expression(child) for child in children[0].children if child.type == "expression")
            middle = next((index for index, child in enumerate(children) if child.type == "template_else_intro"), None)
            stop = len(children) - 1 if middle is None else middle
            then = Template(
                list(self._parts(children[1:stop], children[0], children[stop], is_heredoc=is_heredoc)),
                self.span(inner),
            )
            rest = (
                []
                if middle is None
                else self._parts(children[middle + 1 : -1], children[middle], children[-1], is_heredoc=is_heredoc)
            )
            yield Conditional(test, then, Template(list(rest), self.span(inner)), self.span(inner))
        else:
            yield Broken(self.span(node))
