"""Expressions of JavaScript and TypeScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from casemate.analysis.code.frontend.javascript import functions, jsx, literals, patterns
from casemate.analysis.code.frontend.lowering import import_of, joined
from casemate.analysis.code.ir import (
    AssignExpr,
    Attr,
    Await,
    Binary,
    Call,
    Cast,
    Conditional,
    Const,
    Display,
    Expr,
    ExprStmt,
    Import,
    Index,
    Lambda,
    Logical,
    Name,
    Opaque,
    Record,
    Spread,
    Unary,
    Yield,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    from tree_sitter import Node

    from casemate.analysis.code.frontend.lowering import Lowering

_BINARY = {"===": "==", "!==": "!=", ">>>": ">>"}
_LOGICAL = {"&&": "and", "||": "or", "??": "??"}
_UNARY = {"!": "not"}
INTEROP = frozenset({"__importStar", "__importDefault", "__toESM", "_interopRequireWildcard", "_interopRequireDefault",
                     "_interop_require_default", "_interop_require_wildcard", "__toModule"})  # fmt: skip
"""What compilers put around a `require` so that it looks like a module: TypeScript, esbuild, Babel, swc."""


def _identifier(c: Lowering, node: Node) -> Expr:
    return Name(c.text(node), node.byte_range)


def _true(_c: Lowering, node: Node) -> Expr:
    return Const(True, node.byte_range)


def _false(_c: Lowering, node: Node) -> Expr:
    return Const(False, node.byte_range)


def _none(_c: Lowering, node: Node) -> Expr:
    return Const(None, node.byte_range)


def _member(c: Lowering, node: Node) -> Expr:
    inside = node.named_children
    named = inside[-1]
    name = c.text(named)
    target = inside[0]
    kind = target.type
    if kind == "identifier":
        owner = c.text(target)
        if owner == "exports":
            return Name(f"exports.{name}", node.byte_range)
        if owner == "module" and name == "exports":
            return Name("module.exports", node.byte_range)
        if name == "default" and owner in c.imported:
            return Name(owner, node.byte_range)  # `axios_1.default`: what a compiler makes of `import axios from`
        return Attr(Name(owner, target.byte_range), name, node.byte_range)
    result = c.expr(target)
    if type(result) is Name and result.id == "module.exports":
        return Name(f"exports.{name}", node.byte_range)
    return Attr(result, name, node.byte_range)


def _subscript(c: Lowering, node: Node) -> Expr:
    target = c.expr(node.child_by_field_name("object"))
    key = c.expr(node.child_by_field_name("index"))
    if isinstance(key, Const) and isinstance(key.value, str) and isinstance(target, Name) and target.id == "exports":
        return Name(f"exports.{key.value}", node.byte_range)
    return Index(target, key, node.byte_range)


def required(c: Lowering, node: Node) -> str | None:
    """The module that `require("m")` names, also inside of what a compiler puts around it."""
    for _ in range(3):  # `__toESM(__importStar(require("m")))` is as deep as it gets
        if node.type != "call_expression":
            return None
        function = node.child_by_field_name("function")
        arguments = node.child_by_field_name("arguments")
        if function is None or arguments is None or arguments.type != "arguments":
            return None
        given = [child for child in arguments.named_children if child.type != "comment"]
        if not given or function.type not in {"identifier", "member_expression"}:
            return None
        name = c.text(function)
        if name == "require" and len(given) == 1:
            module = c.expr(given[0]) if given[0].type in {"string", "template_string"} else None
            return module.value if isinstance(module, Const) and isinstance(module.value, str) else None
        if name.rpartition(".")[2] not in INTEROP:
            return None
        node = given[0]
    return None


def loaded(c: Lowering, node: Node) -> str | None:
    """The module of `await import("m")`."""
    if node.type != "await_expression" or not node.named_children:
        return None
    call = node.named_children[0]
    if call.type != "call_expression" or not call.named_children or call.named_children[0].type != "import":
        return None
    arguments = call.named_children[-1].named_children
    if not arguments or arguments[0].type != "string":
        return None
    module = c.expr(arguments[0])
    return module.value if isinstance(module, Const) and isinstance(module.value, str) else None


def _module(c: Lowering, module: str, node: Node) -> Expr:
    statement, name = import_of(module, node.byte_range)
    c.pending.append(statement)
    return name


def arguments_of(c: Lowering, node: Node | None) -> list[Expr]:
    """The arguments of a call by position."""
    if node is None:
        return []
    return [c.expr(child) for child in node.named_children if child.type != "comment"]


def _call(c: Lowering, node: Node) -> Expr:
    inside = node.named_children
    callee = inside[0]
    arguments = inside[-1]
    at = node.byte_range
    if callee.type == "identifier" and arguments.type == "arguments":
        module = required(c, node)
        if module is not None:
            return _module(c, module, node)
    elif callee.type == "import":
        return Call(Name("import", callee.byte_range), arguments_of(c, arguments), [], at)
    if arguments.type != "arguments":  # a tagged template
        return Call(c.expr(callee), [c.expr(arguments)], [], at)
    function = c.expr(callee)
    if type(function) is Attr and function.name in INTEROP:  # `tslib_1.__importStar(require("m"))`
        module = required(c, node)
        if module is not None:
            return _module(c, module, node)
    return Call(function, arguments_of(c, arguments), [], at)


def _new(c: Lowering, node: Node) -> Expr:
    function = c.expr(node.child_by_field_name("constructor"))
    return Call(function, arguments_of(c, node.child_by_field_name("arguments")), [], node.byte_range, new=True)


def _binary(c: Lowering, node: Node) -> Expr:
    children = node.children
    if len(children) == 3:
        left, sign, right = children
        operator = sign.type
    else:
        sign = node.child_by_field_name("operator") or children[1]
        operator = sign.type
        left, right = children[0], children[-1]
    at = node.byte_range
    if operator == "+":
        return _sum(c, left, right, at)
    logical = _LOGICAL.get(operator)
    if logical is not None:
        return Logical(cast('Literal["and", "or", "??"]', logical), c.expr(left), c.expr(right), at)
    return Binary(_BINARY.get(operator, operator), c.expr(left), c.expr(right), at)


def _sum(c: Lowering, left: Node, right: Node, at: tuple[int, int]) -> Expr:
    operands = [right]
    while left.type == "binary_expression":
        children = left.children
        operator = left.child_by_field_name("operator")
        if operator is None or operator.type != "+":
            break
        operands.append(children[-1])
        left = children[0]
    operands.append(left)
    operands.reverse()
    return joined([c.expr(operand) for operand in operands], at)


def _unary(c: Lowering, node: Node) -> Expr:
    operator = node.children[0].type
    value = c.expr(node.child_by_field_name("argument"))
    at = node.byte_range
    if operator == "void":
        return Const(None, at) if isinstance(value, Const) else Opaque("void", [], at)
    if operator == "-" and isinstance(value, Const) and type(value.value) in {int, float}:
        return Const(-cast("float", value.value), at)
    if operator == "delete":
        return Opaque("delete", [value], at)
    if operator == "!" and isinstance(value, Const) and type(value.value) is int:
        return Const(not value.value, at)  # `!0`
    return Unary(_UNARY.get(operator, operator), value, at)


def _parenthesized(c: Lowering, node: Node) -> Expr:
    for child in node.named_children:
        if child.type not in {"comment", "type_annotation"}:
            return c.expr(child)
    return Const(None, node.byte_range)


def _assignment(c: Lowering, node: Node) -> Expr:
    target = c.expr(node.child_by_field_name("left"))
    return AssignExpr(target, c.expr(node.child_by_field_name("right")), node.byte_range)


def augmented(c: Lowering, node: Node) -> tuple[Expr, Expr]:
    """The target of `a += b`, and the value that it gets."""
    operator = node.child_by_field_name("operator")
    sign = "+" if operator is None else c.text(operator)[:-1]
    target = c.expr(node.child_by_field_name("left"))
    value = c.expr(node.child_by_field_name("right"))
    at = node.byte_range
    if sign in _LOGICAL:
        return target, Logical(cast('Literal["and", "or", "??"]', _LOGICAL[sign]), target, value, at)
    if sign == "+":
        return target, joined([target, value], at)
    return target, Binary(_BINARY.get(sign, sign), target, value, at)


def _augmented(c: Lowering, node: Node) -> Expr:
    target, value = augmented(c, node)
    return AssignExpr(target, value, node.byte_range)


def _update(c: Lowering, node: Node) -> Expr:
    target = c.expr(node.child_by_field_name("argument"))
    at = node.byte_range
    operator = node.child_by_field_name("operator")
    sign = "-" if operator is not None and operator.type == "--" else "+"
    return AssignExpr(target, Binary(sign, target, Const(1, at), at), at)


def _ternary(c: Lowering, node: Node) -> Expr:
    field = node.child_by_field_name
    return Conditional(c.expr(field("condition")), c.expr(field("consequence")), c.expr(field("alternative")),
                       node.byte_range)  # fmt: skip


def _sequence(c: Lowering, node: Node) -> Expr:
    """`(a, b)` is b; what the others do happens before the statement."""
    operands = [node]
    flat: list[Node] = []
    while operands:
        current = operands.pop()
        if current.type == "sequence_expression":
            operands.extend(child for child in reversed(current.named_children) if child.type != "comment")
        else:
            flat.append(current)
    for operand in flat[:-1]:
        value = c.expr(operand)
        if not isinstance(value, (Const, Name)):
            c.pending.append(ExprStmt(value, operand.byte_range))
    return c.expr(flat[-1])


def _array(c: Lowering, node: Node) -> Expr:
    return Display("list", [c.expr(child) for child in node.named_children if child.type != "comment"], node.byte_range)


def _spread(c: Lowering, node: Node) -> Expr:
    inside = node.named_children
    return Spread(c.expr(inside[-1] if inside else None), node.byte_range)


def _object(c: Lowering, node: Node) -> Expr:
    entries: list[tuple[Expr | None, Expr]] = []
    for child in node.named_children:
        kind = child.type
        if kind == "pair":
            inside = child.named_children
            key, value = inside[0], inside[-1]
            if key.type == "property_identifier":
                name = c.text(key)
                entries.append((Const(name, key.byte_range), functions.named_value(c, value, name)))
            else:
                entries.append((functions.property_name(c, key), c.expr(value)))
        elif kind == "shorthand_property_identifier":
            name, at = c.text(child), child.byte_range
            entries.append((Const(name, at), Name(name, at)))
        elif kind == "method_definition":
            _object_method(c, child, entries)
        elif kind == "spread_element":
            inside = child.named_children
            entries.append((None, c.expr(inside[-1] if inside else None)))
        elif kind == "object_assignment_pattern":  # `({a = 1} = x)`: a target that is parsed as a value
            target = child.named_children[0]
            name, at = c.text(target), target.byte_range
            default = c.expr(child.named_children[-1])
            entries.append((Const(name, at), Logical("??", Name(name, at), default, child.byte_range)))
    return Record(entries, node.byte_range)


def _object_method(c: Lowering, node: Node, entries: list[tuple[Expr | None, Expr]]) -> None:
    named = node.child_by_field_name("name")
    key = None if named is None else functions.property_name(c, named)
    name = key.value if isinstance(key, Const) and isinstance(key.value, str) else ""
    at = node.byte_range
    first = node.children[0].type
    if first == "set":
        return
    value: Expr = Lambda(functions.function(c, node, name), at)
    if first == "get" and named is not None and named.byte_range[0] > at[0]:
        value = Call(value, [], [], at)  # what reading the property gives
    entries.append((key or Const("", at), value))


def _await(c: Lowering, node: Node) -> Expr:
    module = loaded(c, node)
    if module is not None:
        return _module(c, module, node)
    inside = node.named_children
    return Await(c.expr(inside[-1] if inside else None), node.byte_range)


def _yield(c: Lowering, node: Node) -> Expr:
    inside = [child for child in node.named_children if child.type != "comment"]
    at = node.byte_range
    if not inside:
        return Yield(None, at)
    value = c.expr(inside[0])
    return Yield(Spread(value, at) if any(child.type == "*" for child in node.children) else value, at)


def _first(c: Lowering, node: Node) -> Expr:
    """What TypeScript writes around a value: `x!`, `x satisfies T`, `f<T>`."""
    inside = node.named_children
    return c.expr(inside[0] if inside else None)


def _as(c: Lowering, node: Node) -> Expr:
    inside = node.named_children
    value = c.expr(inside[0] if inside else None)
    if len(inside) < 2 or isinstance(value, Const):  # `"text" as const`
        return value
    return Cast(c.text(inside[-1])[:200], value, node.byte_range)


def _assertion(c: Lowering, node: Node) -> Expr:
    inside = node.named_children
    return Cast(c.text(inside[0])[1:-1][:200], c.expr(inside[-1]), node.byte_range)


def _meta(c: Lowering, node: Node) -> Expr:
    at = node.byte_range
    target, _, name = c.text(node).partition(".")
    return Attr(Name(target.strip(), at), name.strip(), at)


def bind(c: Lowering, statement: Import) -> None:
    """Remember what stands for a whole library module."""
    if not statement.module.startswith("."):
        c.imported.update(local for name, local in statement.names if name == "")


EXPRESSIONS: dict[str, Callable[[Lowering, Node], Expr]] = {
    "identifier": _identifier,
    "property_identifier": _identifier,
    "private_property_identifier": _identifier,
    "shorthand_property_identifier": _identifier,
    "shorthand_property_identifier_pattern": _identifier,
    "this": _identifier,
    "super": _identifier,
    "nested_identifier": _member,
    "true": _true,
    "false": _false,
    "null": _none,
    "undefined": _none,
    "number": literals.number,
    "string": literals.string,
    "template_string": literals.template,
    "regex": literals.regex,
    "member_expression": _member,
    "subscript_expression": _subscript,
    "call_expression": _call,
    "new_expression": _new,
    "binary_expression": _binary,
    "unary_expression": _unary,
    "update_expression": _update,
    "parenthesized_expression": _parenthesized,
    "assignment_expression": _assignment,
    "augmented_assignment_expression": _augmented,
    "ternary_expression": _ternary,
    "sequence_expression": _sequence,
    "array": _array,
    "object": _object,
    "spread_element": _spread,
    "await_expression": _await,
    "yield_expression": _yield,
    "arrow_function": functions.lambda_,
    "function_expression": functions.lambda_,
    "generator_function": functions.lambda_,
    "class": functions.class_expression,
    "meta_property": _meta,
    "object_pattern": patterns.object_pattern,
    "array_pattern": patterns.array_pattern,
    "assignment_pattern": patterns.assignment_pattern,
    "rest_pattern": patterns.rest_pattern,
    "non_null_expression": _first,
    "satisfies_expression": _first,
    "instantiation_expression": _first,
    "as_expression": _as,
    "type_assertion": _assertion,
    "jsx_element": jsx.element,
    "jsx_self_closing_element": jsx.element,
    "jsx_expression": jsx.expression,
}
