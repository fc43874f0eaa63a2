"""What the lowering of one file carries along: its text, how deep it is, and in what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from casemate.analysis.code.ir import Name, Opaque

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tree_sitter import Node

    from casemate.analysis.code.ir import At, Expr, Stmt

MAX_DEPTH = 150
"""Nodes within nodes. What is deeper becomes an `Opaque` of the names in it and is listed as an error, because
it was not understood. CPython itself stops at 100 levels of
indentation and 200 of brackets (Parser/tokenizer: MAXINDENT, MAXLEVEL)."""
MAX_DEEP_NAMES = 256
ERROR_KIND = 65535
"""tree-sitter's number for what it could not parse (`ts_builtin_sym_error`)."""


class LowerExpr(Protocol):
    """Makes an expression of a node."""

    def __call__(self, unit: Unit, node: Node, /) -> Expr: ...


class LowerStmt(Protocol):
    """Makes statements of a node, at the end of `out`."""

    def __call__(self, unit: Unit, node: Node, out: list[Stmt], /) -> None: ...


class Unit:
    """The state of one lowering.

    `owner`: the class whose body this is; `yields`: the function has a `yield`; `too_deep`: what was left out; `words`:
    each word of the file once.
    """

    __slots__ = ("depth", "expressions", "owner", "source", "statements", "too_deep", "words", "yields")

    def __init__(
        self, source: bytes, expressions: Mapping[int, LowerExpr], statements: Mapping[int, LowerStmt]
    ) -> None:
        self.source = source
        self.expressions = expressions
        self.statements = statements
        self.depth = 0
        self.owner: str | None = None
        self.yields = False
        self.too_deep: list[At] = []
        self.words: dict[bytes, str] = {}

    def text(self, node: Node) -> str:
        """The text of a node; the same word is the same object, so that IR stays small."""
        start, end = node.byte_range
        raw = self.source[start:end]
        word = self.words.get(raw)
        if word is None:
            word = self.words[raw] = raw.decode("utf-8", "replace")
        return word

    def expr(self, node: Node) -> Expr:
        """The expression of a node, an `Opaque` where it is too deep."""
        if self.depth >= MAX_DEPTH:
            return self.deep(node)
        self.depth += 1
        result = self.expressions[node.kind_id](self, node)
        self.depth -= 1
        return result

    def block(self, node: Node | None) -> list[Stmt]:
        """The statements in a node."""
        out: list[Stmt] = []
        if node is None:
            return out
        if self.depth >= MAX_DEPTH:
            self.too_deep.append(node.byte_range)
            return out
        self.depth += 1
        statements = self.statements
        for child in node.named_children:
            kind = child.kind_id
            if kind in statements:
                statements[kind](self, child, out)
        self.depth -= 1
        return out

    def deep(self, node: Node) -> Opaque:
        """The names in a node that is too deep, found without recursion."""
        self.too_deep.append(node.byte_range)
        names: list[Expr] = []
        waiting = [node]
        while waiting and len(names) < MAX_DEEP_NAMES:
            current = waiting.pop()
            if current.type == "identifier":
                names.append(Name(self.text(current), current.byte_range))
            else:
                waiting += current.named_children
        return Opaque("deep", names, node.byte_range)


def parts(node: Node) -> list[Node]:
    """The named children without comments and line continuations."""
    children = node.named_children
    for child in children:
        if child.is_extra:
            return [each for each in children if not each.is_extra]
    return children


def child(node: Node, *kinds: str) -> Node | None:
    """The first child of one of the kinds."""
    return next((each for each in node.children if each.type in kinds), None)
