"""Statements, functions and classes.

Sources: The Python Language Reference, "Simple statements", "Compound statements"; for `print x` and `exec x`, that of
Python 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from casemate.analysis.code.frontend.python.expressions import several
from casemate.analysis.code.frontend.python.parameters import parameters
from casemate.analysis.code.frontend.python.patterns import match
from casemate.analysis.code.frontend.python.unit import child, parts
from casemate.analysis.code.ir import (
    Assign,
    Binary,
    Call,
    ClassDef,
    Const,
    Delete,
    Display,
    ExprStmt,
    Function,
    FunctionDef,
    Handler,
    If,
    Import,
    Jump,
    Loop,
    Name,
    Opaque,
    Raise,
    Return,
    Scoped,
    Spread,
    Try,
    Unary,
    With,
)

if TYPE_CHECKING:
    from tree_sitter import Node

    from casemate.analysis.code.frontend.python.unit import LowerStmt, Unit
    from casemate.analysis.code.ir import At, Expr, Stmt

_STATIC = "staticmethod"


def _expression(unit: Unit, node: Node, out: list[Stmt]) -> None:
    found = parts(node)
    if not found:
        return
    first = found[0]
    kind = first.type
    if kind == "assignment":
        _assignment(unit, first, out)
    elif kind == "augmented_assignment":
        _augmented(unit, first, out)
    else:
        value = several(unit, found, node.byte_range)
        if not isinstance(value, Const):  # a docstring
            out.append(ExprStmt(value, node.byte_range))


def _assignment(unit: Unit, node: Node, out: list[Stmt]) -> None:
    at = node.byte_range
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    declared = node.child_by_field_name("type")
    type_ = unit.text(declared) if declared else None
    if left is None:
        return
    if right is None:
        if unit.owner is not None:  # the fields of a dataclass are declared in order, and its constructor takes them
            out.append(Assign(unit.expr(left), Opaque("declaration", [], at), at, type_))
        return
    if right.type not in {"assignment", "augmented_assignment"}:
        out.append(Assign(unit.expr(left), unit.expr(right), at, type_))
        return
    targets = [unit.expr(left)]
    while right.type == "assignment":  # a = b = value: evaluated once, assigned from the left
        inner, value = right.child_by_field_name("left"), right.child_by_field_name("right")
        if inner is None or value is None:
            return
        targets.append(unit.expr(inner))
        right = value
    chained = unit.expr(right)
    if not isinstance(chained, Name | Const):
        held = Name(f"assign@{at[0]}", chained.at)
        out.append(Assign(held, chained, at))
        chained = held
    out += [Assign(target, chained, at) for target in targets]


def _augmented(unit: Unit, node: Node, out: list[Stmt]) -> None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = node.child_by_field_name("operator")
    if left is None or right is None or operator is None:
        return
    at = node.byte_range
    target, value = unit.expr(left), unit.expr(right)
    sign = operator.type[:-1]
    result = Opaque("@", [target, value], at) if sign == "@" else Binary(sign, target, value, at)
    out.append(Assign(target, result, at))


def _return(unit: Unit, node: Node, out: list[Stmt]) -> None:
    found = parts(node)
    out.append(Return(unit.expr(found[0]) if found else None, node.byte_range))


def _delete(unit: Unit, node: Node, out: list[Stmt]) -> None:
    for each in parts(node):
        target = unit.expr(each)
        targets = target.items if isinstance(target, Display) else [target]
        out += [Delete(one, node.byte_range) for one in targets]


def _raise(unit: Unit, node: Node, out: list[Stmt]) -> None:
    found = parts(node)
    out.append(Raise(unit.expr(found[0]) if found else None, node.byte_range))


def _assert(unit: Unit, node: Node, out: list[Stmt]) -> None:
    """`assert test, message` raises when the test fails."""
    at = node.byte_range
    found = [unit.expr(each) for each in parts(node)]
    if found:
        error = Call(Name("AssertionError", at), found[1:], [], at)
        out.append(If(Unary("not", found[0], found[0].at), [Raise(error, at)], [], at))


def _jump(kind: Literal["break", "continue"]) -> LowerStmt:
    return lambda _unit, node, out: out.append(Jump(kind, node.byte_range))


def _scoped(unit: Unit, node: Node, out: list[Stmt]) -> None:
    out.append(Scoped([unit.text(each) for each in parts(node)], node.byte_range))


def _print(unit: Unit, node: Node, out: list[Stmt]) -> None:
    """Python 2's `print a, b` and `print >>file, a`."""
    at = node.byte_range
    keywords: list[tuple[str, Expr]] = []
    arguments: list[Expr] = []
    for each in parts(node):
        if each.type == "chevron":
            keywords.append(("file", unit.expr(parts(each)[0])))
        else:
            arguments.append(unit.expr(each))
    out.append(ExprStmt(Call(Name("print", at), arguments, keywords, at), at))


def _exec(unit: Unit, node: Node, out: list[Stmt]) -> None:
    at = node.byte_range
    out.append(ExprStmt(Call(Name("exec", at), [unit.expr(each) for each in parts(node)], [], at), at))


def _type_alias(unit: Unit, node: Node, out: list[Stmt]) -> None:
    name = next((each for each in _descend(node) if each.type == "identifier"), None)
    if name:
        out.append(Assign(unit.expr(name), Opaque("type", [], node.byte_range), node.byte_range))


def _descend(node: Node) -> list[Node]:
    """The first children of the first children, downwards."""
    found = [node]
    while found[-1].named_children:
        found.append(found[-1].named_children[0])
    return found


def _import(unit: Unit, node: Node, out: list[Stmt]) -> None:
    at = node.byte_range
    for each in parts(node):
        if each.type == "aliased_import":
            name, alias = parts(each)
            out.append(Import(_dotted(unit, name), [("", unit.text(alias))], at))
            continue
        module = _dotted(unit, each)
        root = module.partition(".")[0]
        out.append(Import(root, [("", root)], at))
        if root != module:
            out.append(Import(module, [], at))


def _import_from(unit: Unit, node: Node, out: list[Stmt]) -> None:
    module = node.child_by_field_name("module_name")
    names: list[tuple[str, str]] = []
    for each in node.children_by_field_name("name"):
        if each.type == "aliased_import":
            name, alias = parts(each)
            names.append((_dotted(unit, name), unit.text(alias)))
        else:
            names.append((_dotted(unit, each),) * 2)
    if child(node, "wildcard_import"):
        names.append(("*", "*"))
    if module:
        out.append(Import(_dotted(unit, module), names, node.byte_range))


def _dotted(unit: Unit, node: Node) -> str:
    text = unit.text(node)
    return text if text.isidentifier() else "".join(text.replace("\\", "").split())


def _nothing(_unit: Unit, _node: Node, _out: list[Stmt]) -> None:
    """`pass`, `from __future__ import …`: no effect on data."""


def _if(unit: Unit, node: Node, out: list[Stmt]) -> None:
    """`elif`s nest in `otherwise`; built from the last one, without recursion."""
    arms: list[tuple[Expr, list[Stmt], At]] = []
    rest: list[Stmt] = []
    end = node.end_byte
    for each in [node, *node.children_by_field_name("alternative")]:
        if each.type == "else_clause":
            rest = unit.block(each.child_by_field_name("body"))
            continue
        condition = each.child_by_field_name("condition")
        if condition:
            body = unit.block(each.child_by_field_name("consequence"))
            arms.append((unit.expr(condition), body, (each.start_byte, end)))
    for test, body, at in reversed(arms):
        rest = [If(test, body, rest, at)]
    out += rest


def _otherwise(unit: Unit, node: Node) -> list[Stmt]:
    clause = child(node, "else_clause")
    return unit.block(clause.child_by_field_name("body")) if clause else []


def _for(unit: Unit, node: Node, out: list[Stmt]) -> None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return
    target, iterable = unit.expr(left), unit.expr(right)
    body = unit.block(node.child_by_field_name("body"))
    out.append(Loop(target, iterable, None, body, _otherwise(unit, node), node.byte_range))


def _while(unit: Unit, node: Node, out: list[Stmt]) -> None:
    condition = node.child_by_field_name("condition")
    test = unit.expr(condition) if condition else None
    body = unit.block(node.child_by_field_name("body"))
    out.append(Loop(None, None, test, body, _otherwise(unit, node), node.byte_range))


def _try(unit: Unit, node: Node, out: list[Stmt]) -> None:
    handlers = [_handler(unit, each) for each in node.children if each.type == "except_clause"]
    final = child(node, "finally_clause")
    finish = unit.block(child(final, "block")) if final else []
    body = unit.block(node.child_by_field_name("body"))
    out.append(Try(body, handlers, _otherwise(unit, node), finish, node.byte_range))


def _handler(unit: Unit, node: Node) -> Handler:
    """`except A`, `except (A, B) as e`, `except A, B` (3.14), `except* A`."""
    name: str | None = None
    types: list[str] = []
    for each in parts(node):
        caught = each
        if each.type == "block":
            continue
        if each.type == "as_pattern":
            caught, target = parts(each)
            name = unit.text(target)
        types += [unit.text(one) for one in (parts(caught) if caught.type == "tuple" else [caught])]
    return Handler(types, name, unit.block(child(node, "block")))


def _with(unit: Unit, node: Node, out: list[Stmt]) -> None:
    items: list[tuple[Expr, Expr | None]] = []
    clause = child(node, "with_clause")
    for item in parts(clause) if clause else []:
        for value in _contexts(item):
            if value.type == "as_pattern":
                context, target = parts(value)
                items.append((unit.expr(context), unit.expr(target)))
            else:
                items.append((unit.expr(value), None))
    out.append(With(items, unit.block(node.child_by_field_name("body")), node.byte_range))


def _contexts(item: Node) -> list[Node]:
    """The contexts of an item; the parser takes `(a as b)`, and sometimes `(a as b, c)`, for one expression."""
    found = parts(item)
    if len(found) == 1 and found[0].type in {"parenthesized_expression", "tuple"}:
        inner = parts(found[0])
        if any(each.type == "as_pattern" for each in inner):
            return inner
    return found


def _function(unit: Unit, node: Node, out: list[Stmt]) -> None:
    out.append(FunctionDef(_defined(unit, node, [])))


def _defined(unit: Unit, node: Node, decorators: list[Expr]) -> Function:
    name = node.child_by_field_name("name")
    returns = node.child_by_field_name("return_type")
    owner, yields = unit.owner, unit.yields
    taken = parameters(unit, node.child_by_field_name("parameters"))
    unit.owner, unit.yields = None, False
    function = Function(
        unit.text(name) if name else "",
        taken,
        unit.block(node.child_by_field_name("body")),
        node.byte_range,
        decorators=decorators,
        is_async=node.children[0].type == "async",
        is_generator=unit.yields,
        is_static=any(isinstance(each, Name) and each.id == _STATIC for each in decorators),
        owner=owner,
        name_at=name.byte_range if name else None,
        returns=unit.text(returns) if returns else None,
    )
    unit.owner, unit.yields = owner, yields
    return function


def _class(unit: Unit, node: Node, out: list[Stmt]) -> None:
    out.append(_declared(unit, node, []))


def _declared(unit: Unit, node: Node, decorators: list[Expr]) -> ClassDef:
    name = node.child_by_field_name("name")
    superclasses = node.child_by_field_name("superclasses")
    bases = [
        unit.expr(each) for each in (parts(superclasses) if superclasses else []) if each.type != "keyword_argument"
    ]
    title = unit.text(name) if name else ""
    owner, unit.owner = unit.owner, title
    body = unit.block(node.child_by_field_name("body"))
    unit.owner = owner
    return ClassDef(title, [each for each in bases if not isinstance(each, Spread)], body, node.byte_range, decorators)


def _decorated(unit: Unit, node: Node, out: list[Stmt]) -> None:
    decorators = [unit.expr(parts(each)[0]) for each in parts(node) if each.type == "decorator" and parts(each)]
    definition = node.child_by_field_name("definition")
    if definition is None:
        return
    if definition.type == "class_definition":
        out.append(_declared(unit, definition, decorators))
    else:
        out.append(FunctionDef(_defined(unit, definition, decorators)))


def _error(unit: Unit, node: Node, out: list[Stmt]) -> None:
    """What the parser skipped: the statements that it saw in it, and the expressions."""
    statements = unit.statements
    for each in node.named_children:
        if each.kind_id in statements:
            statements[each.kind_id](unit, each, out)
        elif not each.is_extra:
            out.append(ExprStmt(unit.expr(each), each.byte_range))


STATEMENTS: dict[str, LowerStmt] = {
    "expression_statement": _expression,
    "assignment": _assignment,
    "augmented_assignment": _augmented,
    "return_statement": _return,
    "delete_statement": _delete,
    "raise_statement": _raise,
    "assert_statement": _assert,
    "pass_statement": _nothing,
    "break_statement": _jump("break"),
    "continue_statement": _jump("continue"),
    "global_statement": _scoped,
    "nonlocal_statement": _scoped,
    "print_statement": _print,
    "exec_statement": _exec,
    "type_alias_statement": _type_alias,
    "import_statement": _import,
    "import_from_statement": _import_from,
    "future_import_statement": _nothing,
    "if_statement": _if,
    "for_statement": _for,
    "while_statement": _while,
    "try_statement": _try,
    "with_statement": _with,
    "match_statement": match,
    "function_definition": _function,
    "class_definition": _class,
    "decorated_definition": _decorated,
    "ERROR": _error,
}
