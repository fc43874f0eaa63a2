"""Statements and declarations of Java."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.frontend.branching import chained, once
from casemate.analysis.code.frontend.java import classes
from casemate.analysis.code.frontend.java.expressions import arguments, assigned, type_name
from casemate.analysis.code.frontend.java.packages import CLASSES
from casemate.analysis.code.frontend.lowering import Target
from casemate.analysis.code.ir import (
    Assign,
    AssignExpr,
    Attr,
    Binary,
    Call,
    Const,
    Display,
    Expr,
    ExprStmt,
    Handler,
    If,
    Import,
    Jump,
    Loop,
    Name,
    Opaque,
    Raise,
    Return,
    Stmt,
    Try,
    Unary,
    With,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from casemate.analysis.code.frontend.java.scope import JavaLowering
    from casemate.analysis.code.ir import At


def _package(c: JavaLowering, node: Node, _body: list[Stmt]) -> None:
    inside = [child for child in node.named_children if child.type in {"scoped_identifier", "identifier"}]
    c.package = c.text(inside[0]) if inside else None


def _import(c: JavaLowering, node: Node, body: list[Stmt]) -> None:
    inside = [child for child in node.named_children if child.type in {"scoped_identifier", "identifier"}]
    if not inside:
        return
    path = c.text(inside[0])
    if any(child.type == "asterisk" for child in node.named_children):
        names = [(name, name) for name in CLASSES.get(path, ())]
        body.append(Import(path, [*names, ("*", "*")], node.byte_range))
        return
    module, _, name = path.rpartition(".")
    c.imported.add(name)
    body.append(Import(module, [(name, name)], node.byte_range))


def nested(c: JavaLowering, node: Node | None) -> list[Stmt]:
    """The body of a branch: a block, or one statement."""
    if node is None:
        return []
    return c.block(node.named_children if node.type == "block" else [node])


def _block(c: JavaLowering, node: Node, body: list[Stmt]) -> None:
    body.extend(c.block(node.named_children))


def _variables(c: JavaLowering, node: Node, body: list[Stmt]) -> None:
    written = type_name(c, node.child_by_field_name("type"))
    for declarator in node.children_by_field_name("declarator"):
        named, value = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
        if named is None:
            continue
        name = c.text(named)
        result = None if value is None else c.expr(value)
        c.local_names.add(name)
        c.flush(body)
        if result is not None:
            target = Name(name, named.byte_range)
            body.append(Assign(target, result, declarator.byte_range, written, declares=True))


def _expression(c: JavaLowering, node: Node, body: list[Stmt]) -> None:
    for child in node.named_children:
        if not child.type.endswith("comment"):
            effect(c, child, body)
            return


def effect(c: JavaLowering, node: Node, body: list[Stmt]) -> None:
    """An expression for its effect."""
    at = node.byte_range
    if node.type == "assignment_expression":
        target, value = assigned(c, node)
        c.flush(body)
        body.append(Assign(target, value, at))
    elif node.type == "switch_expression":
        _switch(c, node, body)
    else:
        value = c.expr(node)
        c.flush(body)
        if isinstance(value, AssignExpr):
            body.append(Assign(value.target, value.value, at))
        else:
            body.append(ExprStmt(value, at))


def _if(c: JavaLowering, node: Node, body: list[Stmt]) -> None:
    current: Node | None = node
    into = body
    while current is not None:
        field = current.child_by_field_name
        test = c.expr(field("condition"))
        c.flush(into)
        branch = If(test, nested(c, field("consequence")), [], current.byte_range)
        into.append(branch)
        into = branch.otherwise
        following = field("alternative")
        if following is not None and following.type == "if_statement":
            current = following
        else:
            into.extend(nested(c, following))
            return


def _looped(c: JavaLowering, node: Node | None) -> tuple[list[Stmt], Target]:
    label = c.labels.pop() if c.labels else None
    target = Target("loop", label, label)
    c.jumps.append(target)
    inside = nested(c, node)
    c.jumps.pop()
    return inside, target


def _while(c: JavaLowering, node: Node, body: list[Stmt]) -> None:
    test: Expr | None = c.expr(node.child_by_field_name("condition"))
    c.flush(body)
    if isinstance(test, Const) and test.value is True:
        test = None
    inside, target = _looped(c, node.child_by_field_name("body"))
    body.append(Loop(None, None, test, inside, [], node.byte_range, label=target.label))


def _do(c: JavaLowering, node: Node, body: list[Stmt]) -> None:
    inside, target = _looped(c, node.child_by_field_name("body"))
    test = c.expr(node.child_by_field_name("condition"))
    at = node.byte_range
    inside.append(If(Unary("not", test, test.at), [Jump("break", at)], [], at))
    body.append(Loop(None, None, None, inside, [], at, label=target.label))


def _for(c: JavaLowering, node: Node, body: list[Stmt]) -> None:
    for start in node.children_by_field_name("init"):
        if start.type == "local_variable_declaration":
            _variables(c, start, body)
        elif start.is_named:
            effect(c, start, body)
    condition = node.child_by_field_name("condition")
    test = None if condition is None else c.expr(condition)
    c.flush(body)
    inside, target = _looped(c, node.child_by_field_name("body"))
    for step in node.children_by_field_name("update"):
        if step.is_named:
            effect(c, step, inside)
    body.append(Loop(None, None, test, inside, [], node.byte_range, label=target.label))


def _for_each(c: JavaLowering, node: Node, body: list[Stmt]) -> None:
    field = node.child_by_field_name
    iterable = c.expr(field("value"))
    named = field("name")
    name = "" if named is None else c.text(named)
    c.local_names.add(name)
    c.flush(body)
    inside, target = _looped(c, field("body"))
    place = node.byte_range if named is None else named.byte_range
    body.append(Loop(Name(name, place), iterable, None, inside, [], node.byte_range, "values", target.label))


def case_tests(c: JavaLowering, subject: Expr, label: Node) -> Expr | None:
    """What a `case` asks; None is the default."""
    at = label.byte_range
    found: list[Expr] = []
    for child in label.named_children:
        if child.type in {"type_pattern", "record_pattern", "pattern"}:
            names = [one for one in child.named_children if one.type == "identifier"]
            if names:
                c.local_names.add(c.text(names[-1]))
            found.append(Opaque("type-test", [subject], at))
        elif child.type != "guard" and not child.type.endswith("comment"):
            found.append(c.expr(child))
    if not found:
        return None
    if len(found) == 1:
        return found[0] if isinstance(found[0], Opaque) else Binary("==", subject, found[0], at)
    return Binary("in", subject, Display("list", found, at), at)


def _switch(c: JavaLowering, node: Node, body: list[Stmt]) -> None:
    subject = c.expr(node.child_by_field_name("condition"))
    c.flush(body)
    at = node.byte_range
    if not isinstance(subject, (Name, Const)):
        name = Name(c.temporary("switch"), subject.at)
        body.append(Assign(name, subject, subject.at, declares=True))
        subject = name
    label = c.temporary("switch")
    c.jumps.append(Target("switch", c.labels.pop() if c.labels else None, label))
    cases: list[tuple[Expr | None, list[Stmt], At]] = []
    inside = node.child_by_field_name("body")
    for group in [] if inside is None else inside.named_children:
        if group.type not in {"switch_block_statement_group", "switch_rule"}:
            continue
        place = group.byte_range
        labels = [child for child in group.named_children if child.type == "switch_label"]
        statements = c.block([child for child in group.named_children if child.type != "switch_label"])
        if group.type == "switch_rule":
            statements.append(Jump("break", place, label))
        for number, one in enumerate(labels):
            cases.append((case_tests(c, subject, one), statements if number == len(labels) - 1 else [], place))
    c.jumps.pop()
    body.extend(once(chained(Const(True, at), cases, label), label, at))


def _return(c: JavaLowering, node: Node, body: list[Stmt]) -> None:
    value = next((child for child in node.named_children if not child.type.endswith("comment")), None)
    result = None if value is None else c.expr(value)
    c.flush(body)
    body.append(Return(result, node.byte_range))


def _throw(c: JavaLowering, node: Node, body: list[Stmt]) -> None:
    value = next((child for child in node.named_children if not child.type.endswith("comment")), None)
    result = None if value is None else c.expr(value)
    c.flush(body)
    body.append(Raise(result, node.byte_range))


def _jump(c: JavaLowering, node: Node, body: list[Stmt]) -> None:
    at = node.byte_range
    named = next((child for child in node.named_children if child.type == "identifier"), None)
    leaves = node.type == "break_statement"
    if named is not None:
        body.append(Jump("break" if leaves else "continue", at, c.text(named)))
        return
    for index in range(len(c.jumps) - 1, -1, -1):
        target = c.jumps[index]
        past = index < len(c.jumps) - 1
        if leaves:
            body.append(Jump("break", at, target.label if target.kind == "switch" else None))
            return
        if target.kind == "loop":
            if past:
                target.label = target.label or c.temporary("loop")
            body.append(Jump("continue", at, target.label if past else None))
            return


def _labeled(c: JavaLowering, node: Node, body: list[Stmt]) -> None:
    inside = node.named_children
    if len(inside) < 2:
        return
    if inside[-1].type in {"for_statement", "enhanced_for_statement", "while_statement", "do_statement"}:
        c.labels.append(c.text(inside[0]))
    body.extend(c.block([inside[-1]]))


def _try(c: JavaLowering, node: Node, body: list[Stmt]) -> None:
    tried: list[Stmt] = []
    items: list[tuple[Expr, Expr | None]] = []
    resources = node.child_by_field_name("resources")
    for child in [] if resources is None else resources.named_children:
        if child.type != "resource":
            continue
        named, value = child.child_by_field_name("name"), child.child_by_field_name("value")
        if named is None or value is None:
            continue
        name = c.text(named)
        result = c.expr(value)
        c.local_names.add(name)
        items.append((result, Name(name, named.byte_range)))
    c.flush(body)
    inside = nested(c, node.child_by_field_name("body"))
    tried = [With(items, inside, node.byte_range)] if items else inside
    handlers: list[Handler] = []
    finish: list[Stmt] = []
    for child in node.named_children:
        if child.type == "catch_clause":
            handlers.append(_catch(c, child))
        elif child.type == "finally_clause":
            finish = c.block([one for block in child.named_children for one in block.named_children])
    body.append(Try(tried, handlers, [], finish, node.byte_range))


def _catch(c: JavaLowering, node: Node) -> Handler:
    parameter = next((child for child in node.named_children if child.type == "catch_formal_parameter"), None)
    types: list[str] = []
    name = None
    if parameter is not None:
        for child in parameter.named_children:
            if child.type == "catch_type":
                types = [c.text(one) for one in child.named_children]
        named = parameter.child_by_field_name("name")
        name = None if named is None else c.text(named)
        if name:
            c.local_names.add(name)
    return Handler(types, name, nested(c, node.child_by_field_name("body")))


def _synchronized(c: JavaLowering, node: Node, body: list[Stmt]) -> None:
    body.extend(nested(c, node.child_by_field_name("body")))


def _constructor_call(c: JavaLowering, node: Node, body: list[Stmt]) -> None:
    """`super(…)`, `this(…)`."""
    at = node.byte_range
    first = c.text(node).lstrip()
    callee: Expr = Name("super", at)
    if not first.startswith("super"):
        callee = Attr(Name("this", at), "constructor", at)
    body.append(ExprStmt(Call(callee, arguments(c, node.child_by_field_name("arguments")), [], at), at))


def _nothing(_c: JavaLowering, _node: Node, _body: list[Stmt]) -> None:
    """Nothing runs."""


def _error(c: JavaLowering, node: Node, body: list[Stmt]) -> None:
    for child in node.named_children:
        if child.type in STATEMENTS:
            body.extend(c.block([child]))


STATEMENTS: dict[str, Callable[..., None]] = {
    "package_declaration": _package, "import_declaration": _import, "block": _block,
    "local_variable_declaration": _variables, "expression_statement": _expression, "if_statement": _if,
    "while_statement": _while, "do_statement": _do, "for_statement": _for, "enhanced_for_statement": _for_each,
    "switch_expression": _switch, "return_statement": _return, "yield_statement": _return, "throw_statement": _throw,
    "break_statement": _jump, "continue_statement": _jump, "labeled_statement": _labeled, "try_statement": _try,
    "try_with_resources_statement": _try, "synchronized_statement": _synchronized,
    "explicit_constructor_invocation": _constructor_call, "assert_statement": _nothing, "empty_statement": _nothing,
    "module_declaration": _nothing, "ERROR": _error,
    **dict.fromkeys(classes.DECLARATIONS, classes.declared),
}  # fmt: skip
