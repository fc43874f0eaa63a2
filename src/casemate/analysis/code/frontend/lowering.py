"""What the lowering of every language shares: dispatch by the kind of a node, a bound on nesting, places, errors.

A front end is two tables: kind of node -> function that makes an expression, kind of node -> function that adds
statements. Nesting deeper than `MAX_DEPTH` is not lowered further: what hangs below becomes an `Opaque` with the
variables in it (so that data still flows) and its place stands among the module's errors, because it was not
understood.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.ir import Binary, Call, Const, Expr, ExprStmt, Import, Join, Name, Opaque, Stmt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tree_sitter import Node

    from casemate.analysis.code.ir import At

MAX_DEPTH = 120
"""Nested expressions and blocks, counted together: some four Python frames each, below the interpreter's limit."""

_MAX_NAMES = 200
_MAX_ERRORS = 100
_COMMENTS = frozenset({"comment", "line_comment", "block_comment", "html_comment", "hash_bang_line"})
_VARIABLES = frozenset({"identifier", "shorthand_property_identifier", "this"})


class Lowering:
    """One file on its way into the IR.

    `pending`: statements that an expression needs before it (a class expression, an import within an expression):
    the statement list that is being lowered takes them first.
    """

    __slots__ = ("depth", "errors", "expressions", "imported", "jumps", "labels", "owner", "pending", "source",
                 "statements", "temporaries")  # fmt: skip

    def __init__(
        self,
        source: bytes,
        expressions: Mapping[str, Callable[..., Expr]],
        statements: Mapping[str, Callable[..., None]],
    ) -> None:
        self.source = source
        self.expressions = expressions
        self.statements = statements
        self.depth = 0
        self.errors: list[At] = []
        self.pending: list[Stmt] = []
        self.jumps: list[Target] = []
        self.labels: list[str] = []
        self.owner: str | None = None
        self.imported: set[str] = set()
        self.temporaries = 0

    def text(self, node: Node) -> str:
        """The source text of a node."""
        start, end = node.byte_range
        return self.source[start:end].decode("utf-8", "replace")

    def expr(self, node: Node | None) -> Expr:
        """The expression of a node; None is an expression that the parser missed."""
        if node is None:
            return Const(None, (0, 0))
        function = self.expressions.get(node.type)
        if function is None:
            return self.opaque(node)
        if self.depth >= MAX_DEPTH:
            return self.too_deep(node)
        self.depth += 1
        result = function(self, node)
        self.depth -= 1
        return result

    def opaque(self, node: Node) -> Expr:
        """What is not known, with the expressions inside."""
        kind = node.type
        if self.depth >= MAX_DEPTH:
            return self.too_deep(node)
        self.depth += 1
        known = self.expressions
        parts = [self.expr(child) for child in node.named_children if child.type in known]
        self.depth -= 1
        return Opaque(kind, parts, node.byte_range)

    def too_deep(self, node: Node) -> Expr:
        """A node below the bound: the variables in it, found without recursion."""
        self._error(node.byte_range)
        names: dict[str, Expr] = {}
        stack = [node]
        visited = 0
        while stack and len(names) < _MAX_NAMES and visited < _MAX_NAMES * 50:
            current = stack.pop()
            visited += 1
            if current.type in _VARIABLES:
                name = self.text(current)
                names.setdefault(name, Name(name, current.byte_range))
            else:
                stack.extend(current.named_children)
        return Opaque("deep", list(names.values()), node.byte_range)

    def block(self, nodes: Iterable[Node]) -> list[Stmt]:
        """The statements of `nodes`, in order."""
        if self.depth >= MAX_DEPTH:
            body: list[Stmt] = []
            for node in nodes:
                self._error(node.byte_range)
            return body
        self.depth += 1
        outer, self.pending = self.pending, []
        body = []
        table = self.statements
        for node in nodes:
            function = table.get(node.type)
            if function is not None:
                function(self, node, body)
            elif node.type not in _COMMENTS and node.is_named:
                self.statement_of(node, body)
        self.pending = outer
        self.depth -= 1
        return body

    def statement_of(self, node: Node, body: list[Stmt]) -> None:
        """A node that is no known statement: its expressions for their effects."""
        value = self.expr(node)
        self.flush(body)
        body.append(ExprStmt(value, node.byte_range))

    def flush(self, body: list[Stmt]) -> None:
        """What the expression before needed, in front of the statement it belongs to."""
        if self.pending:
            body.extend(self.pending)
            self.pending.clear()

    def temporary(self, what: str) -> str:
        """A variable that no program can name."""
        self.temporaries += 1
        return f"{what} {self.temporaries}"

    def _error(self, at: At) -> None:
        if len(self.errors) < _MAX_ERRORS:
            self.errors.append(at)

    def find_errors(self, root: Node) -> None:
        """Where the parser was lost: error nodes and what it had to add. The tree is only walked when it has some."""
        if not root.has_error:
            return
        stack = [root]
        while stack and len(self.errors) < _MAX_ERRORS:
            node = stack.pop()
            if node.is_error or node.is_missing:
                self._error(node.byte_range)
            else:
                stack.extend(child for child in reversed(node.children) if child.has_error or child.is_missing)


class Target:
    """What a `break` or `continue` may leave: a loop, a switch, a labelled block.

    `label` is given when a jump needs one to get past what is nearer.
    """

    __slots__ = ("jumped", "kind", "label", "written")

    def __init__(self, kind: str, written: str | None, label: str | None) -> None:
        self.kind = kind
        self.written = written
        self.label = label
        self.jumped = 0


def import_of(module: str, at: At) -> tuple[Import, Name]:
    """An import inside of an expression, and the variable that holds the module (which no program can name)."""
    local = f"import {module}"
    return Import(module, [("", local)], at), Name(local, at)


def joined(operands: list[Expr], at: At) -> Expr:
    """`a + b + …` in a language in which text plus anything is text.

    From the first literal text on everything is text, so that the sum is one flat `Join` however many parts it has;
    neighbouring literals become one.
    """
    first = next((index for index, part in enumerate(operands) if _is_text(part)), None)
    if first is None or first > 1:
        result = operands[0]
        limit = len(operands) if first is None else first
        for index in range(1, min(limit, MAX_DEPTH)):
            operand = operands[index]
            result = Binary("+", result, operand, (_start(result), _end(operand)))
        if limit > MAX_DEPTH:
            result = Opaque("+", [result, *operands[MAX_DEPTH:limit]], at)
        if first is None:
            return result
        operands = [result, *operands[first:]]
    parts: list[Expr] = []
    for operand in operands:
        last = parts[-1] if parts else None
        if isinstance(operand, Const) and isinstance(operand.value, str):
            if isinstance(last, Const) and isinstance(last.value, str):
                parts[-1] = Const(last.value + operand.value, (last.at[0], operand.at[1]))
                continue
        elif isinstance(operand, Join):
            parts.extend(operand.parts)
            continue
        parts.append(operand)
    if len(parts) == 1 and isinstance(parts[0], Const):
        return Const(parts[0].value, at)
    return Join(parts, at, [""] * len(parts))


def _is_text(part: Expr) -> bool:
    return (isinstance(part, Const) and isinstance(part.value, str)) or isinstance(part, Join)


def _start(part: Expr) -> int:
    return part.at[0]


def _end(part: Expr) -> int:
    return part.at[1]


def regular_expression(pattern: str, flags: str, at: At) -> Call:
    """A literal regular expression: `new RegExp(pattern, flags)`, which is what it means."""
    return Call(Name("RegExp", at), [Const(pattern, at), Const(flags, at)], [], at, new=True)
