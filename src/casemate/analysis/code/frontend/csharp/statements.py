"""Statements of C#."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.frontend.branching import chained, once
from casemate.analysis.code.frontend.csharp import classes, patterns
from casemate.analysis.code.frontend.csharp.calls import body_of, parameters_of
from casemate.analysis.code.frontend.csharp.expressions import assigned, target_of
from casemate.analysis.code.frontend.csharp.names import simple_type
from casemate.analysis.code.frontend.csharp.scope import CLASSES, flattened, modifiers
from casemate.analysis.code.frontend.lowering import Target
from casemate.analysis.code.ir import (
    Assign,
    AssignExpr,
    Const,
    Expr,
    ExprStmt,
    Function,
    FunctionDef,
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
    With,
    Yield,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from casemate.analysis.code.frontend.csharp.scope import CSharpLowering
    from casemate.analysis.code.ir import At


def ordered(nodes: list[Node]) -> list[Node]:
    """The nodes in the order in which they count: `using`s, types and local functions are there from the start."""
    every = flattened(nodes)

    def rank(node: Node) -> int:
        if node.type == "using_directive":
            return 0
        inner = node.named_children[0] if node.type == "global_statement" and node.named_children else node
        if inner.type in {"local_function_statement", "class_declaration", "record_declaration", "struct_declaration",
                          "enum_declaration", "interface_declaration"}:  # fmt: skip
            return 1
        return 2

    return sorted(every, key=rank)


def _using(c: CSharpLowering, node: Node, _body: list[Stmt]) -> None:
    inside = node.named_children
    if inside and node.child_by_field_name("name") is None:
        c.usings.add(c.text(inside[-1]))
        return
    named = node.child_by_field_name("name")
    if named is not None and len(inside) > 1:  # `using Alias = Namespace.Type;`
        from casemate.analysis.code.frontend.csharp.types import qualified

        full = qualified(c.text(inside[-1]))
        if full is not None:
            short = full.rpartition(".")[2]
            c.used_types[short] = full
            _body.append(Assign(Name(c.text(named), named.byte_range), Name(short, node.byte_range), node.byte_range))


def _namespace(c: CSharpLowering, node: Node, body: list[Stmt]) -> None:
    named, inside = node.child_by_field_name("name"), node.child_by_field_name("body")
    outer = c.namespace
    c.namespace = "" if named is None else c.text(named)
    nodes = node.named_children if inside is None else inside.named_children
    start = -1 if named is None else named.start_byte
    body.extend(c.block(ordered([child for child in nodes if child.start_byte != start])))
    c.namespace = c.namespace or outer


def nested(c: CSharpLowering, node: Node | None) -> list[Stmt]:
    """The body of a branch: a block, or one statement."""
    if node is None:
        return []
    return c.block(ordered(node.named_children) if node.type == "block" else [node])


def _block(c: CSharpLowering, node: Node, body: list[Stmt]) -> None:
    if node.type == "block":
        body.extend(c.block(ordered(node.named_children)))
        return
    for child in node.named_children:  # of `lock`, `checked`, `unsafe`
        if child.type == "block":
            body.extend(c.block(ordered(child.named_children)))


def _global(c: CSharpLowering, node: Node, body: list[Stmt]) -> None:
    body.extend(c.block(node.named_children))


def _condition(c: CSharpLowering, node: Node, body: list[Stmt]) -> None:
    body.extend(c.block(ordered([node])))


def _variables(c: CSharpLowering, node: Node, body: list[Stmt]) -> None:
    for child in node.named_children:
        if child.type == "variable_declaration":
            _declared(c, child, body)


def _declared(c: CSharpLowering, node: Node, body: list[Stmt]) -> None:
    type_ = node.child_by_field_name("type")
    written = None if type_ is None or type_.type == "implicit_type" else simple_type(c, type_)
    expected, c.expected = c.expected, written or ""
    for declarator in node.named_children:
        if declarator.type != "variable_declarator":
            continue
        inside = [child for child in declarator.named_children if not child.type.endswith("comment")]
        if len(inside) < 2:
            named = declarator.child_by_field_name("name")
            if named is not None:
                c.local_names.add(c.text(named))
            continue
        value = c.expr(inside[-1])
        named = inside[0]
        if named.type == "identifier":
            c.local_names.add(c.text(named))
            target: Expr = Name(c.text(named), named.byte_range)
        else:
            target = target_of(c, named)
        c.flush(body)
        body.append(Assign(target, value, declarator.byte_range, written, declares=True))
    c.expected = expected


def _expression(c: CSharpLowering, node: Node, body: list[Stmt]) -> None:
    for child in node.named_children:
        if not child.type.endswith("comment"):
            effect(c, child, body)
            return


def effect(c: CSharpLowering, node: Node, body: list[Stmt]) -> None:
    """An expression for its effect."""
    at = node.byte_range
    if node.type == "assignment_expression":
        target, value = assigned(c, node)
        c.flush(body)
        if isinstance(target, Name) and target.id.startswith("event "):
            body.append(ExprStmt(value, at))
        else:
            body.append(Assign(target, value, at))
        return
    if node.type == "throw_expression":
        _throw(c, node, body)
        return
    value = c.expr(node)
    c.flush(body)
    if isinstance(value, AssignExpr):
        body.append(Assign(value.target, value.value, at))
    else:
        body.append(ExprStmt(value, at))


def _if(c: CSharpLowering, node: Node, body: list[Stmt]) -> None:
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


def _looped(c: CSharpLowering, node: Node | None) -> tuple[list[Stmt], Target]:
    target = Target("loop", None, None)
    c.jumps.append(target)
    inside = nested(c, node)
    c.jumps.pop()
    return inside, target


def _while(c: CSharpLowering, node: Node, body: list[Stmt]) -> None:
    test: Expr | None = c.expr(node.child_by_field_name("condition"))
    c.flush(body)
    if isinstance(test, Const) and test.value is True:
        test = None
    inside, target = _looped(c, node.child_by_field_name("body"))
    body.append(Loop(None, None, test, inside, [], node.byte_range, label=target.label))


def _do(c: CSharpLowering, node: Node, body: list[Stmt]) -> None:
    inside, target = _looped(c, node.child_by_field_name("body"))
    test = c.expr(node.child_by_field_name("condition"))
    at = node.byte_range
    inside.append(If(Unary("not", test, test.at), [Jump("break", at)], [], at))
    body.append(Loop(None, None, None, inside, [], at, label=target.label))


def _for(c: CSharpLowering, node: Node, body: list[Stmt]) -> None:
    for start in node.children_by_field_name("initializer"):
        if start.type == "variable_declaration":
            _declared(c, start, body)
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


def _for_each(c: CSharpLowering, node: Node, body: list[Stmt]) -> None:
    field = node.child_by_field_name
    iterable = c.expr(field("right"))
    simple_type(c, field("type"))
    left = field("left")
    if left is not None and left.type == "identifier":
        c.local_names.add(c.text(left))
        target: Expr = Name(c.text(left), left.byte_range)
    else:
        target = target_of(c, left)
    c.flush(body)
    inside, label = _looped(c, field("body"))
    body.append(Loop(target, iterable, None, inside, [], node.byte_range, "values", label.label))


def _switch(c: CSharpLowering, node: Node, body: list[Stmt]) -> None:
    subject = c.expr(node.child_by_field_name("value"))
    c.flush(body)
    at = node.byte_range
    if not isinstance(subject, (Name, Const)):
        name = Name(c.temporary("switch"), subject.at)
        body.append(Assign(name, subject, subject.at, declares=True))
        subject = name
    label = c.temporary("switch")
    c.jumps.append(Target("switch", None, label))
    cases: list[tuple[Expr | None, list[Stmt], At]] = []
    inside = node.child_by_field_name("body")
    for section in [] if inside is None else inside.named_children:
        if section.type != "switch_section":
            continue
        heads = [child for child in section.named_children if child.type.endswith("pattern") or child.type in {
                 "when_clause", "discard"}]  # fmt: skip
        if not heads and section.children and section.children[0].type == "case" and section.named_children:
            heads = section.named_children[:1]
        rest = [child for child in section.named_children if child not in heads]
        test = patterns.arm_test(c, subject, heads)
        cases.append((test, c.block(rest), section.byte_range))
    c.jumps.pop()
    body.extend(once(chained(Const(True, at), cases, label), label, at))


def _return(c: CSharpLowering, node: Node, body: list[Stmt]) -> None:
    value = next((child for child in node.named_children if not child.type.endswith("comment")), None)
    result = None if value is None else c.expr(value)
    c.flush(body)
    body.append(Return(result, node.byte_range))


def _yield(c: CSharpLowering, node: Node, body: list[Stmt]) -> None:
    c.yields = True
    value = next((child for child in node.named_children if not child.type.endswith("comment")), None)
    if value is None:
        body.append(Return(None, node.byte_range))
        return
    result = c.expr(value)
    c.flush(body)
    body.append(ExprStmt(Yield(result, node.byte_range), node.byte_range))


def _throw(c: CSharpLowering, node: Node, body: list[Stmt]) -> None:
    value = next((child for child in node.named_children if not child.type.endswith("comment")), None)
    result = None if value is None else c.expr(value)
    c.flush(body)
    body.append(Raise(result, node.byte_range))


def _jump(c: CSharpLowering, node: Node, body: list[Stmt]) -> None:
    at = node.byte_range
    leaves = node.type == "break_statement"
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


def _labeled(c: CSharpLowering, node: Node, body: list[Stmt]) -> None:
    body.extend(c.block(node.named_children[1:]))


def _using_block(c: CSharpLowering, node: Node, body: list[Stmt]) -> None:
    """`using (var x = …) { … }`."""
    given: list[Stmt] = []
    inside = node.child_by_field_name("body")
    items: list[tuple[Expr, Expr | None]] = []
    for child in node.named_children:
        if child is inside or (inside is not None and child.start_byte == inside.start_byte):
            continue
        if child.type == "variable_declaration":
            _declared(c, child, given)
        elif child.type in c.expressions:
            items.append((c.expr(child), None))
    c.flush(body)
    items = [(one.value, one.target) for one in given if isinstance(one, Assign)] + items
    body.append(With(items, nested(c, inside), node.byte_range))


def _try(c: CSharpLowering, node: Node, body: list[Stmt]) -> None:
    tried = nested(c, node.child_by_field_name("body"))
    handlers: list[Handler] = []
    finish: list[Stmt] = []
    for child in node.named_children:
        if child.type == "catch_clause":
            handlers.append(_catch(c, child))
        elif child.type == "finally_clause":
            finish = c.block([one for block in child.named_children for one in block.named_children])
    body.append(Try(tried, handlers, [], finish, node.byte_range))


def _catch(c: CSharpLowering, node: Node) -> Handler:
    types: list[str] = []
    name = None
    for child in node.named_children:
        if child.type == "catch_declaration":
            named, type_ = child.child_by_field_name("name"), child.child_by_field_name("type")
            types = [] if type_ is None else [simple_type(c, type_)]
            name = None if named is None else c.text(named)
            if name:
                c.local_names.add(name)
    return Handler(types, name, nested(c, node.child_by_field_name("body")))


def _local_function(c: CSharpLowering, node: Node, body: list[Stmt]) -> None:
    named = node.child_by_field_name("name")
    name = "" if named is None else c.text(named)
    c.local_names.add(name)
    result = Function(name, [], [], node.byte_range, captures_this=True)
    result.is_async = "async" in modifiers(c, node)
    before, jumps, yields = set(c.local_names), c.jumps, c.yields
    c.jumps, c.yields = [], False
    given = node.child_by_field_name("parameters")
    if given is not None:
        result.parameters = parameters_of(c, given)
        c.local_names.update(parameter.name for parameter in result.parameters)
    result.body = body_of(c, node.child_by_field_name("body"))
    result.is_generator = c.yields
    c.local_names, c.jumps, c.yields = before, jumps, yields
    body.append(FunctionDef(result))


def _nothing(_c: CSharpLowering, _node: Node, _body: list[Stmt]) -> None:
    """Nothing runs."""


def _error(c: CSharpLowering, node: Node, body: list[Stmt]) -> None:
    for child in node.named_children:
        if child.type in STATEMENTS:
            body.extend(c.block([child]))


STATEMENTS: dict[str, Callable[..., None]] = {
    "using_directive": _using, "namespace_declaration": _namespace, "file_scoped_namespace_declaration": _namespace,
    "global_statement": _global, "preproc_if": _condition, "block": _block, "checked_statement": _block,
    "unsafe_statement": _block, "lock_statement": _block, "fixed_statement": _block,
    "local_declaration_statement": _variables, "expression_statement": _expression, "if_statement": _if,
    "while_statement": _while, "do_statement": _do, "for_statement": _for, "foreach_statement": _for_each,
    "switch_statement": _switch, "return_statement": _return, "yield_statement": _yield, "throw_statement": _throw,
    "throw_expression": _throw, "break_statement": _jump, "continue_statement": _jump, "goto_statement": _nothing,
    "labeled_statement": _labeled, "try_statement": _try, "using_statement": _using_block,
    "local_function_statement": _local_function, "empty_statement": _nothing, "delegate_declaration": _nothing,
    "global_attribute": _nothing, "extern_alias_directive": _nothing, "ERROR": _error,
    **dict.fromkeys(("preproc_region", "preproc_endregion", "preproc_pragma", "preproc_nullable", "preproc_define",
                     "preproc_undef", "preproc_line", "shebang_directive", "preproc_warning", "preproc_error"),
                    _nothing),
    **dict.fromkeys(CLASSES, classes.declared),
}  # fmt: skip
