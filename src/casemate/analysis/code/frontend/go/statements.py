"""Statements and declarations of Go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.frontend.branching import chained, once
from casemate.analysis.code.frontend.go.expressions import function, tuple_of
from casemate.analysis.code.frontend.lowering import Target, joined
from casemate.analysis.code.ir import (
    Assign,
    Binary,
    Call,
    ClassDef,
    Const,
    Display,
    Expr,
    ExprStmt,
    FunctionDef,
    If,
    Import,
    Jump,
    Loop,
    Name,
    Opaque,
    Raise,
    Return,
    Stmt,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from casemate.analysis.code.frontend.lowering import Lowering
    from casemate.analysis.code.ir import At


def _block(c: Lowering, node: Node, body: list[Stmt]) -> None:
    body.extend(c.block(node.named_children))


def _nested(c: Lowering, node: Node | None) -> list[Stmt]:
    return [] if node is None else c.block(node.named_children)


def _imports(c: Lowering, node: Node, body: list[Stmt]) -> None:
    stack = list(reversed(node.named_children))
    while stack:
        child = stack.pop()
        if child.type == "import_spec_list":
            stack.extend(reversed(child.named_children))
        elif child.type == "import_spec":
            path, named = child.child_by_field_name("path"), child.child_by_field_name("name")
            if path is None:
                continue
            module = c.text(path)[1:-1]
            if named is None:
                names = [("", package_of(module))]
            else:
                names = {"dot": [("*", "*")], "blank_identifier": []}.get(named.type, [("", c.text(named))])
            body.append(Import(module, names, child.byte_range))


def package_of(module: str) -> str:
    """The name that an import path gives: its last part, without a major version (Go modules reference)."""
    parts = module.split("/")
    last = parts[-1]
    if len(parts) > 1 and last[:1] == "v" and last[1:].isdigit():
        last = parts[-2]
    last = last.partition(".v")[0] if ".v" in last else last
    for prefix in ("go-",):
        last = last.removeprefix(prefix)
    return last.rpartition("-")[2] if "-" in last else last


def _function(c: Lowering, node: Node, body: list[Stmt]) -> None:
    body.append(FunctionDef(function(c, node)))


def _types(c: Lowering, node: Node, body: list[Stmt]) -> None:
    for child in node.named_children:
        named, type_ = child.child_by_field_name("name"), child.child_by_field_name("type")
        if child.type not in {"type_spec", "type_alias"} or named is None or type_ is None:
            continue
        bases: list[Expr] = []
        fields: list[Stmt] = []
        for part in type_.named_children if type_.type == "struct_type" else ():
            for field in part.named_children:
                if field.type != "field_declaration":
                    continue
                written = field.child_by_field_name("type")
                names = field.children_by_field_name("name")
                text = "" if written is None else c.text(written)[:200]
                if not names:
                    bases.append(Name(text.lstrip("*"), field.byte_range))
                for name in names:
                    at = field.byte_range
                    fields.append(Assign(Name(c.text(name), at), Opaque("declaration", [], at), at, text))
        body.append(ClassDef(c.text(named), bases, fields, child.byte_range))


def _variables(c: Lowering, node: Node, body: list[Stmt]) -> None:
    stack = list(reversed(node.named_children))
    while stack:
        child = stack.pop()
        if child.type == "var_spec_list":
            stack.extend(reversed(child.named_children))
        elif child.type in {"var_spec", "const_spec"}:
            value = child.child_by_field_name("value")
            type_ = child.child_by_field_name("type")
            names: list[Expr] = [c.expr(name) for name in child.children_by_field_name("name") if name.is_named]
            at = child.byte_range
            written = None if type_ is None else c.text(type_)[:200]
            if value is None:
                if written is not None:
                    body.extend(Assign(name, Opaque("zero", [], at), at, written, declares=True) for name in names)
                continue
            target = names[0] if len(names) == 1 else Display("tuple", names, at)
            result = tuple_of(c, value)
            if result is not None:
                body.append(Assign(target, result, at, written, declares=True))


def _short(c: Lowering, node: Node, body: list[Stmt]) -> None:
    value = tuple_of(c, node.child_by_field_name("right"))
    target = tuple_of(c, node.child_by_field_name("left"))
    if target is not None and value is not None:
        body.append(Assign(target, value, node.byte_range, declares=True))


def _assignment(c: Lowering, node: Node, body: list[Stmt]) -> None:
    operator = node.child_by_field_name("operator")
    sign = "=" if operator is None else operator.type
    value = tuple_of(c, node.child_by_field_name("right"))
    target = tuple_of(c, node.child_by_field_name("left"))
    if target is None or value is None:
        return
    at = node.byte_range
    if sign == "+=":
        value = joined([target, value], at)
    elif sign != "=":
        value = Binary(sign[:-1], target, value, at)
    body.append(Assign(target, value, at))


def _step(c: Lowering, node: Node, body: list[Stmt]) -> None:
    target = c.expr(node.named_children[0])
    at = node.byte_range
    body.append(Assign(target, Binary("+" if node.type == "inc_statement" else "-", target, Const(1, at), at), at))


def _expression(c: Lowering, node: Node, body: list[Stmt]) -> None:
    for child in node.named_children:
        if child.type == "comment":
            continue
        value = c.expr(child)
        at = node.byte_range
        if isinstance(value, Call) and isinstance(value.function, Name) and value.function.id == "panic":
            body.append(Raise(value.arguments[0] if value.arguments else None, at))
        else:
            body.append(ExprStmt(value, at))


def _simple(c: Lowering, node: Node | None, body: list[Stmt]) -> None:
    if node is None:
        return
    known = STATEMENTS.get(node.type)
    if known is not None:
        known(c, node, body)
    else:
        body.append(ExprStmt(c.expr(node), node.byte_range))


def _if(c: Lowering, node: Node, body: list[Stmt]) -> None:
    current: Node | None = node
    into = body
    while current is not None:
        field = current.child_by_field_name
        _simple(c, field("initializer"), into)
        branch = If(c.expr(field("condition")), _nested(c, field("consequence")), [], current.byte_range)
        into.append(branch)
        into = branch.otherwise
        following = field("alternative")
        if following is not None and following.type == "if_statement":
            current = following
        else:
            into.extend(_nested(c, following))
            return


def _looped(c: Lowering, node: Node | None) -> tuple[list[Stmt], Target]:
    label = c.labels.pop() if c.labels else None
    target = Target("loop", label, label)
    c.jumps.append(target)
    inside = _nested(c, node)
    c.jumps.pop()
    return inside, target


def _for(c: Lowering, node: Node, body: list[Stmt]) -> None:
    at = node.byte_range
    block = node.child_by_field_name("body")
    head = next((child for child in node.named_children if child.type not in {"comment", "block"}), None)
    if head is not None and head.type == "range_clause":
        iterable = c.expr(head.child_by_field_name("right"))
        left = head.child_by_field_name("left")
        target = tuple_of(c, left)
        inside, jumps = _looped(c, block)
        if isinstance(target, Display):
            body.append(Loop(target, iterable, None, inside, [], at, "items", jumps.label))
        elif target is None:
            body.append(Loop(Name("", at), iterable, None, inside, [], at, "keys", jumps.label))
        else:
            body.append(Loop(target, iterable, None, inside, [], at, "keys", jumps.label))
        return
    test: Expr | None = None
    update: Node | None = None
    if head is not None and head.type == "for_clause":
        _simple(c, head.child_by_field_name("initializer"), body)
        condition = head.child_by_field_name("condition")
        test = None if condition is None else c.expr(condition)
        update = head.child_by_field_name("update")
    elif head is not None:
        test = c.expr(head)
    inside, jumps = _looped(c, block)
    _simple(c, update, inside)
    body.append(Loop(None, None, test, inside, [], at, label=jumps.label))


def _switch(c: Lowering, node: Node, body: list[Stmt]) -> None:
    field = node.child_by_field_name
    _simple(c, field("initializer"), body)
    value = field("value")
    at = node.byte_range
    types = node.type == "type_switch_statement"
    subject: Expr | None = None if value is None else c.expr(value)
    if subject is not None and not isinstance(subject, (Name, Const)):
        name = Name(c.temporary("switch"), subject.at)
        body.append(Assign(name, subject, subject.at, declares=True))
        subject = name
    alias = tuple_of(c, field("alias"))
    if alias is not None and subject is not None:
        body.append(Assign(alias, subject, at, declares=True))
    label = c.temporary("switch")
    c.jumps.append(Target("switch", c.labels.pop() if c.labels else None, label))
    cases: list[tuple[Expr | None, list[Stmt], At]] = []
    for child in node.named_children:
        if child.type not in {"expression_case", "type_case", "default_case", "communication_case"}:
            continue
        place = child.byte_range
        test: Expr | None = None
        head = 0
        if child.type == "expression_case":
            values = child.child_by_field_name("value")
            head = 0 if values is None else values.end_byte
            test = _case_test(c, subject, values, place)
        elif child.type == "type_case":
            written = child.children_by_field_name("type")
            head = written[-1].end_byte if written else 0
            test = Opaque("type-test", [subject] if subject is not None and not types else [], place)
        elif child.type == "communication_case":
            test = Opaque("select", [], place)
        statements = c.block([part for part in child.named_children if part.start_byte >= head])
        falls = any(part.type == "fallthrough_statement" for part in _last(child))
        if not falls:
            statements.append(Jump("break", place, label))
        cases.append((test, statements, place))
    c.jumps.pop()
    body.extend(once(chained(Const(True, at), cases, label), label, at))


def _last(node: Node) -> list[Node]:
    """The last statement of a case, also inside of a statement list."""
    inside = node.named_children
    while inside and inside[-1].type == "statement_list":
        inside = inside[-1].named_children
    return inside[-1:]


def _case_test(c: Lowering, subject: Expr | None, values: Node | None, at: At) -> Expr:
    found = [] if values is None else [c.expr(child) for child in values.named_children if child.type != "comment"]
    if subject is None:
        return found[0] if len(found) == 1 else Opaque("any", found, at)
    if len(found) == 1:
        return Binary("==", subject, found[0], at)
    return Binary("in", subject, Display("list", found, at), at)


def _return(c: Lowering, node: Node, body: list[Stmt]) -> None:
    inside = next((child for child in node.named_children if child.type != "comment"), None)
    body.append(Return(tuple_of(c, inside), node.byte_range))


def _jump(c: Lowering, node: Node, body: list[Stmt]) -> None:
    at = node.byte_range
    named = next((child for child in node.named_children if child.type == "label_name"), None)
    kind = "break" if node.type == "break_statement" else "continue"
    if named is not None:
        body.append(Jump("break" if kind == "break" else "continue", at, c.text(named)))
        return
    for index in range(len(c.jumps) - 1, -1, -1):
        target = c.jumps[index]
        if kind == "break":
            body.append(Jump("break", at, target.label if target.kind == "switch" else None))
            return
        if target.kind == "loop":
            if index < len(c.jumps) - 1:
                target.label = target.label or c.temporary("loop")
            body.append(Jump("continue", at, target.label if index < len(c.jumps) - 1 else None))
            return


def _labeled(c: Lowering, node: Node, body: list[Stmt]) -> None:
    named = node.child_by_field_name("label")
    inside = [child for child in node.named_children if child.type not in {"label_name", "comment"}]
    if named is None or not inside:
        return
    if inside[0].type in {"for_statement", "expression_switch_statement", "type_switch_statement", "select_statement"}:
        c.labels.append(c.text(named))
    _simple(c, inside[0], body)


def _started(c: Lowering, node: Node, body: list[Stmt]) -> None:
    """`go f()`, `defer f()`: f is called."""
    _expression(c, node, body)


def _send(c: Lowering, node: Node, body: list[Stmt]) -> None:
    at = node.byte_range
    channel = c.expr(node.child_by_field_name("channel"))
    body.append(ExprStmt(Opaque("send", [channel, c.expr(node.child_by_field_name("value"))], at), at))


def _receive(c: Lowering, node: Node, body: list[Stmt]) -> None:
    target = tuple_of(c, node.child_by_field_name("left"))
    value = c.expr(node.child_by_field_name("right"))
    if target is None:
        body.append(ExprStmt(value, node.byte_range))
    else:
        body.append(Assign(target, value, node.byte_range, declares=True))


def _nothing(_c: Lowering, _node: Node, _body: list[Stmt]) -> None:
    """Nothing runs."""


def _error(c: Lowering, node: Node, body: list[Stmt]) -> None:
    for child in node.named_children:
        if child.type in STATEMENTS:
            body.extend(c.block([child]))
        elif child.type in {"call_expression", "binary_expression"}:
            body.append(ExprStmt(c.expr(child), child.byte_range))


STATEMENTS: dict[str, Callable[..., None]] = {
    "block": _block, "statement_list": _block, "import_declaration": _imports, "function_declaration": _function,
    "method_declaration": _function, "type_declaration": _types, "var_declaration": _variables,
    "const_declaration": _variables, "short_var_declaration": _short, "assignment_statement": _assignment,
    "inc_statement": _step, "dec_statement": _step, "expression_statement": _expression, "if_statement": _if,
    "for_statement": _for, "expression_switch_statement": _switch, "type_switch_statement": _switch,
    "select_statement": _switch, "return_statement": _return, "break_statement": _jump, "continue_statement": _jump,
    "labeled_statement": _labeled, "go_statement": _started, "defer_statement": _started, "send_statement": _send,
    "receive_statement": _receive, "goto_statement": _nothing, "fallthrough_statement": _nothing,
    "empty_statement": _nothing, "package_clause": _nothing, "ERROR": _error,
}  # fmt: skip
