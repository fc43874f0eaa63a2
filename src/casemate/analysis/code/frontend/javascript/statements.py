"""Statements of JavaScript and TypeScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.frontend.javascript import functions, modules, switching
from casemate.analysis.code.frontend.javascript.expressions import augmented
from casemate.analysis.code.frontend.javascript.patterns import type_text
from casemate.analysis.code.frontend.lowering import Target
from casemate.analysis.code.ir import (
    Assign,
    AssignExpr,
    Attr,
    Const,
    Delete,
    Expr,
    ExprStmt,
    Handler,
    If,
    Jump,
    Loop,
    Name,
    Raise,
    Return,
    Stmt,
    Try,
    Unary,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    from tree_sitter import Node

    from casemate.analysis.code.frontend.lowering import Lowering


def _block(c: Lowering, node: Node, body: list[Stmt]) -> None:
    body.extend(c.block(functions.in_order(node.named_children)))


def nested(c: Lowering, node: Node | None) -> list[Stmt]:
    """The body of a branch or a loop: a block, or one statement without braces."""
    if node is None:
        return []
    if node.type == "statement_block":
        return c.block(functions.in_order(node.named_children))
    return c.block([node])


def _expression(c: Lowering, node: Node, body: list[Stmt]) -> None:
    for child in node.named_children:
        if child.type != "comment":
            effect(c, child, body)
            return


def effect(c: Lowering, node: Node, body: list[Stmt]) -> None:
    """An expression that stands as a statement."""
    kind = node.type
    at = node.byte_range
    if kind == "assignment_expression":
        _assignment(c, node, body)
    elif kind == "augmented_assignment_expression":
        target, value = augmented(c, node)
        c.flush(body)
        body.append(Assign(target, value, at))
    elif kind == "sequence_expression":
        for child in node.named_children:
            if child.type != "comment":
                effect(c, child, body)
    elif kind == "unary_expression" and node.children[0].type == "delete":
        target = c.expr(node.child_by_field_name("argument"))
        c.flush(body)
        body.append(Delete(target, at))
    elif kind == "internal_module":
        modules.namespace(c, node, body)
    elif kind == "call_expression" and modules.star_export(c, node, body):
        return
    elif kind == "string":
        return  # a directive
    else:
        value = c.expr(node)
        c.flush(body)
        if type(value) is AssignExpr:
            body.append(Assign(value.target, value.value, at))
        elif type(value) is not Const and type(value) is not Name:
            body.append(ExprStmt(value, at))


def _assignment(c: Lowering, node: Node, body: list[Stmt]) -> None:
    """`a = b = value`, from the right; exports among the targets are exported."""
    at = node.byte_range
    targets: list[Expr] = []
    current = node
    while current.type == "assignment_expression":
        targets.append(c.expr(current.child_by_field_name("left")))
        right = current.child_by_field_name("right")
        if right is None:
            return
        current = right
    if modules.is_undefined(current) and all(modules.exported_name(target) for target in targets):
        return  # `exports.a = exports.b = void 0`: a compiler's announcement
    value = functions.named_value(c, current, _last_name(targets[-1]))
    c.flush(body)
    for target in reversed(targets):
        body.append(Assign(target, value, at))
        modules.export_of(target, value, at, body)
        if not isinstance(value, Const):
            value = target


def _last_name(target: Expr) -> str:
    if isinstance(target, Name):
        return target.id.rpartition(".")[2]
    return target.name if isinstance(target, Attr) else ""


def _declaration(c: Lowering, node: Node, body: list[Stmt]) -> None:
    for child in node.named_children:
        if child.type == "variable_declarator":
            _declarator(c, child, body)


def _declarator(c: Lowering, node: Node, body: list[Stmt]) -> None:
    value = node.child_by_field_name("value")
    named = node.child_by_field_name("name")
    if value is None or named is None:
        return
    if modules.require(c, named, value, body):
        return
    at = node.byte_range
    if value.type == "class" and named.type == "identifier":
        found = functions.class_(c, value, c.text(named), [])
        c.flush(body)
        body.append(found)
        return
    target = c.expr(named)
    result = functions.named_value(c, value, target.id) if type(target) is Name else c.expr(value)
    annotation = node.child_by_field_name("type")
    c.flush(body)
    body.append(Assign(target, result, at, None if annotation is None else type_text(c, annotation), declares=True))


def _if(c: Lowering, node: Node, body: list[Stmt]) -> None:
    """A chain of `else if` is walked, not descended: it may be long."""
    current: Node | None = node
    into = body
    while current is not None:
        test = c.expr(current.child_by_field_name("condition"))
        c.flush(into)
        then = nested(c, current.child_by_field_name("consequence"))
        branch = If(test, then, [], current.byte_range)
        into.append(branch)
        into = branch.otherwise
        otherwise = current.child_by_field_name("alternative")
        following = None if otherwise is None else next(
            (child for child in otherwise.named_children if child.type != "comment"), None
        )  # fmt: skip
        if following is None:
            return
        if following.type == "if_statement":
            current = following
        else:
            into.extend(nested(c, following))
            return


def loop_body(c: Lowering, node: Node | None) -> tuple[list[Stmt], Target]:
    """The body of a loop, with what jumps out of it or past it."""
    label = c.labels.pop() if c.labels else None
    target = Target("loop", label, label)
    c.jumps.append(target)
    labels, c.labels = c.labels, []
    body = nested(c, node)
    c.labels = labels
    c.jumps.pop()
    return body, target


def _while(c: Lowering, node: Node, body: list[Stmt]) -> None:
    test = c.expr(node.child_by_field_name("condition"))
    c.flush(body)
    inside, target = loop_body(c, node.child_by_field_name("body"))
    body.append(Loop(None, None, _endless(test), inside, [], node.byte_range, label=target.label))


def _endless(test: Expr) -> Expr | None:
    return None if isinstance(test, Const) and bool(test.value) else test


def _do(c: Lowering, node: Node, body: list[Stmt]) -> None:
    inside, target = loop_body(c, node.child_by_field_name("body"))
    condition = node.child_by_field_name("condition")
    at = node.byte_range
    test = c.expr(condition)
    inside.extend(c.pending)
    c.pending.clear()
    inside.append(If(Unary("not", test, test.at), [Jump("break", at)], [], at))
    body.append(Loop(None, None, None, inside, [], at, label=target.label))


def _for(c: Lowering, node: Node, body: list[Stmt]) -> None:
    field = node.child_by_field_name
    start = field("initializer")
    if start is not None and start.type in {"lexical_declaration", "variable_declaration"}:
        _declaration(c, start, body)
    elif start is not None and start.is_named and start.type != "empty_statement":
        if start.type == "expression_statement":
            _expression(c, start, body)
        else:
            effect(c, start, body)
    condition = field("condition")
    if condition is not None and condition.type == "expression_statement" and condition.named_children:
        condition = condition.named_children[0]
    endless = condition is None or not condition.is_named or condition.type == "empty_statement"
    test = None if endless else c.expr(condition)
    c.flush(body)
    inside, target = loop_body(c, field("body"))
    step = field("increment")
    if step is not None:
        effect(c, step, inside)
    body.append(Loop(None, None, test, inside, [], node.byte_range, label=target.label))


def _for_in(c: Lowering, node: Node, body: list[Stmt]) -> None:
    field = node.child_by_field_name
    iterable = c.expr(field("right"))
    target = c.expr(field("left"))
    c.flush(body)
    operator = field("operator")
    over: Literal["values", "keys"] = "keys" if operator is not None and operator.type == "in" else "values"
    inside, jumps = loop_body(c, field("body"))
    body.append(Loop(target, iterable, None, inside, [], node.byte_range, over, jumps.label))


def _labeled(c: Lowering, node: Node, body: list[Stmt]) -> None:
    named = node.child_by_field_name("label")
    statement = node.child_by_field_name("body")
    if named is None or statement is None:
        return
    label = c.text(named)
    if statement.type in _LOOPS:
        c.labels.append(label)
        STATEMENTS[statement.type](c, statement, body)
        return
    target = Target("block", label, label)
    c.jumps.append(target)
    inside = nested(c, statement)
    c.jumps.pop()
    if target.jumped:
        at = node.byte_range
        body.append(Loop(None, None, None, [*inside, Jump("break", at)], [], at, label=label))
    else:
        body.extend(inside)


def _break(c: Lowering, node: Node, body: list[Stmt]) -> None:
    named = node.child_by_field_name("label")
    at = node.byte_range
    if named is not None:
        label = c.text(named)
        for target in reversed(c.jumps):
            if target.written == label:
                target.jumped += 1
        body.append(Jump("break", at, label))
        return
    left = next((target for target in reversed(c.jumps) if target.kind != "block"), None)
    if left is not None:
        left.jumped += 1
        body.append(Jump("break", at, left.label if left.kind == "switch" else None))


def _continue(c: Lowering, node: Node, body: list[Stmt]) -> None:
    named = node.child_by_field_name("label")
    at = node.byte_range
    if named is not None:
        body.append(Jump("continue", at, c.text(named)))
        return
    label = None
    for index in range(len(c.jumps) - 1, -1, -1):
        target = c.jumps[index]
        if target.kind == "loop":
            if index < len(c.jumps) - 1:  # a switch lies between: it may have become a loop of its own
                target.label = target.label or c.temporary("loop")
                label = target.label
            break
    body.append(Jump("continue", at, label))


def _return(c: Lowering, node: Node, body: list[Stmt]) -> None:
    value = next((child for child in node.named_children if child.type != "comment"), None)
    result = None if value is None else c.expr(value)
    c.flush(body)
    body.append(Return(result, node.byte_range))


def _throw(c: Lowering, node: Node, body: list[Stmt]) -> None:
    value = next((child for child in node.named_children if child.type != "comment"), None)
    result = None if value is None else c.expr(value)
    c.flush(body)
    body.append(Raise(result, node.byte_range))


def _try(c: Lowering, node: Node, body: list[Stmt]) -> None:
    field = node.child_by_field_name
    tried = nested(c, field("body"))
    handlers: list[Handler] = []
    caught = field("handler")
    if caught is not None:
        parameter = caught.child_by_field_name("parameter")
        head: list[Stmt] = []
        name = None
        if parameter is not None and parameter.type == "identifier":
            name = c.text(parameter)
        elif parameter is not None:
            name = c.temporary("caught")
            at = parameter.byte_range
            head.append(Assign(c.expr(parameter), Name(name, at), at))
        handlers.append(Handler([], name, head + nested(c, caught.child_by_field_name("body"))))
    last = field("finalizer")
    finish = nested(c, last.child_by_field_name("body")) if last is not None else []
    body.append(Try(tried, handlers, [], finish, node.byte_range))


def _with(c: Lowering, node: Node, body: list[Stmt]) -> None:
    body.extend(nested(c, node.child_by_field_name("body")))


def _nothing(_c: Lowering, _node: Node, _body: list[Stmt]) -> None:
    """Types, empty statements, `debugger`: nothing runs."""


def _error(c: Lowering, node: Node, body: list[Stmt]) -> None:
    """What the parser did not understand: the statements and expressions that it found inside."""
    known = c.expressions
    for child in node.named_children:
        kind = child.type
        if kind in STATEMENTS:
            body.extend(c.block([child]))
        elif kind in known and kind not in _NAMES:
            effect(c, child, body)


_NAMES = frozenset({"identifier", "property_identifier", "this", "super", "undefined", "null", "true", "false"})
_LOOPS = frozenset({"for_statement", "for_in_statement", "while_statement", "do_statement"})

STATEMENTS: dict[str, Callable[[Lowering, Node, list[Stmt]], None]] = {
    "statement_block": _block,
    "expression_statement": _expression,
    "lexical_declaration": _declaration,
    "variable_declaration": _declaration,
    "using_declaration": _declaration,
    "function_declaration": functions.declaration,
    "generator_function_declaration": functions.declaration,
    "class_declaration": functions.class_declaration,
    "abstract_class_declaration": functions.class_declaration,
    "if_statement": _if,
    "switch_statement": switching.switch,
    "while_statement": _while,
    "do_statement": _do,
    "for_statement": _for,
    "for_in_statement": _for_in,
    "labeled_statement": _labeled,
    "break_statement": _break,
    "continue_statement": _continue,
    "return_statement": _return,
    "throw_statement": _throw,
    "try_statement": _try,
    "with_statement": _with,
    "import_statement": modules.import_statement,
    "export_statement": modules.export_statement,
    "enum_declaration": modules.enum,
    "internal_module": modules.namespace,
    "module": modules.namespace,
    "import_alias": modules.alias,
    "ambient_declaration": _nothing,
    "interface_declaration": _nothing,
    "type_alias_declaration": _nothing,
    "function_signature": _nothing,
    "empty_statement": _nothing,
    "debugger_statement": _nothing,
    "hash_bang_line": _nothing,
    "decorator": _nothing,
    "ERROR": _error,
}
