"""Expressions of C#."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from casemate.analysis.code.frontend.csharp import literals, making, patterns
from casemate.analysis.code.frontend.csharp.calls import call, function_of
from casemate.analysis.code.frontend.csharp.names import dotted, simple_type
from casemate.analysis.code.frontend.csharp.scope import CSharpLowering
from casemate.analysis.code.frontend.csharp.types import qualified
from casemate.analysis.code.frontend.lowering import joined
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
    Index,
    Logical,
    Name,
    Opaque,
    Slice,
    Spread,
    Unary,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

_WRITTEN = {
    "string": "String", "int": "Int32", "long": "Int64", "bool": "Boolean", "double": "Double", "float": "Single",
    "decimal": "Decimal", "char": "Char", "byte": "Byte", "short": "Int16", "uint": "Int32", "ulong": "Int64",
    "object": "Object",
}  # fmt: skip


def _identifier(c: CSharpLowering, node: Node) -> Expr:
    return c.variable(c.text(node), node.byte_range)


def _this(_c: CSharpLowering, node: Node) -> Expr:
    return Name("this", node.byte_range)


def _base(_c: CSharpLowering, node: Node) -> Expr:
    """`base.Name`: a member of the object, unless the class has one of the same name itself."""
    return Name("super", node.byte_range)


def _predefined(c: CSharpLowering, node: Node) -> Expr:
    name = _WRITTEN.get(c.text(node), c.text(node))
    c.uses(name)
    return Name(name, node.byte_range)


def _generic(c: CSharpLowering, node: Node) -> Expr:
    return c.variable(simple_type(c, node), node.byte_range)


def _member(c: CSharpLowering, node: Node) -> Expr:
    target, named = node.child_by_field_name("expression"), node.child_by_field_name("name")
    name = "" if named is None else simple_type(c, named)
    at = node.byte_range
    if target is None:
        return Name(name, at)
    if target.type == "identifier" and c.text(target)[:1].isupper() and "." not in name:
        full = qualified(c.text(node)) if c.text(target) in {"System", "Dapper", "Serilog", "NLog"} else None
    elif target.type in {"member_access_expression", "alias_qualified_name"} and name[:1].isupper():
        full = qualified(c.text(node).replace(" ", "")) if node.end_byte - node.start_byte < 200 else None
    else:
        full = None
    if full is not None:
        short = full.rpartition(".")[2]
        c.used_types[short] = full
        return Name(short, at)
    value = c.expr(target)
    if name == "Result" and isinstance(value, (Call, Await)):  # of a `Task`
        return value
    return Attr(value, name, at)


def _conditional_access(c: CSharpLowering, node: Node) -> Expr:
    inside = [child for child in node.named_children if not child.type.endswith("comment")]
    if len(inside) < 2:
        return c.opaque(node)
    c.bound.append(c.expr(inside[0]))
    result = c.expr(inside[-1])
    c.bound.pop()
    return result


def _member_binding(c: CSharpLowering, node: Node) -> Expr:
    named = node.child_by_field_name("name")
    name = "" if named is None else simple_type(c, named)
    return Attr(c.bound[-1] if c.bound else Const(None, node.byte_range), name, node.byte_range)


def _element_binding(c: CSharpLowering, node: Node) -> Expr:
    target = c.bound[-1] if c.bound else Const(None, node.byte_range)
    return Index(target, _subscript(c, node), node.byte_range)


def _element(c: CSharpLowering, node: Node) -> Expr:
    target = c.expr(node.child_by_field_name("expression"))
    inside = node.child_by_field_name("subscript")
    return Index(target, Const(None, node.byte_range) if inside is None else _subscript(c, inside), node.byte_range)


def _subscript(c: CSharpLowering, node: Node) -> Expr:
    """`[key]`, `[^1]`, `[1..^2]`."""
    given = next((child for child in node.named_children if child.type == "argument"), node)
    value = next((child for child in given.named_children if not child.type.endswith("comment")), None)
    if value is not None and value.type == "range_expression":
        bounds: list[Expr | None] = [None, None]
        place = 0
        for child in value.children:
            if child.type == "..":
                place = 1
            elif child.is_named:
                bounds[place] = c.expr(child)
        return Slice(bounds[0], bounds[1], None, value.byte_range)
    return c.expr(value)


def _binary(c: CSharpLowering, node: Node) -> Expr:
    field = node.child_by_field_name
    operator = field("operator")
    sign = "" if operator is None else operator.type
    left, right = field("left"), field("right")
    at = node.byte_range
    if sign == "+" and left is not None and right is not None:
        operands = [right]
        while left.type == "binary_expression":
            inner = left.child_by_field_name("operator")
            first, second = left.child_by_field_name("left"), left.child_by_field_name("right")
            if inner is None or inner.type != "+" or first is None or second is None:
                break
            operands.append(second)
            left = first
        return joined([c.expr(operand) for operand in (left, *reversed(operands))], at)
    if sign == "&&":
        return Logical("and", c.expr(left), c.expr(right), at)
    if sign == "||":
        return Logical("or", c.expr(left), c.expr(right), at)
    if sign == "??":
        return Logical("??", c.expr(left), c.expr(right), at)
    return Binary({">>>": ">>"}.get(sign, sign), c.expr(left), c.expr(right), at)


def _unary(c: CSharpLowering, node: Node) -> Expr:
    sign = next((child.type for child in node.children if not child.is_named), "")
    at = node.byte_range
    value = c.expr(next(iter(node.named_children), None))
    if sign in {"++", "--"}:
        return AssignExpr(value, Binary(sign[0], value, Const(1, at), at), at)
    if sign in {"-", "^"} and isinstance(value, Const) and type(value.value) in {int, float}:
        return Const(-cast("float", value.value), at)
    return Unary({"!": "not"}.get(sign, sign), value, at)


def _postfix(c: CSharpLowering, node: Node) -> Expr:
    sign = next((child.type for child in node.children if not child.is_named), "")
    value = c.expr(next(iter(node.named_children), None))
    at = node.byte_range
    if sign in {"++", "--"}:
        return AssignExpr(value, Binary(sign[0], value, Const(1, at), at), at)
    return value  # `x!`


def assigned(c: CSharpLowering, node: Node) -> tuple[Expr, Expr]:
    """The target of an assignment, and the value that it gets."""
    operator = node.child_by_field_name("operator")
    sign = "=" if operator is None else operator.type
    written = node.child_by_field_name("left")
    right = node.child_by_field_name("right")
    target = target_of(c, written)
    at = node.byte_range
    if sign == "+=" and right is not None and isinstance(target, Attr) and making.is_handler(c, right):
        trusting = making.certificate(target.name, right, c)
        if trusting is not None:
            return target, trusting
        handler = Call(Attr(target.target, f"add_{target.name}", target.at), [making.handler(c, right)], [], at)
        return Name(c.temporary("event"), at), handler
    value = c.expr(right)
    if sign == "+=":
        value = joined([target, value], at)
    elif sign == "??=":
        value = Logical("??", target, value, at)
    elif sign != "=":
        value = Binary({">>>": ">>"}.get(sign[:-1], sign[:-1]), target, value, at)
    elif right is not None and isinstance(target, Attr):
        value = making.certificate(target.name, right, c) or value
    return target, value


def target_of(c: CSharpLowering, node: Node | None) -> Expr:
    """What is assigned to: a variable, a member, an element, or several of them."""
    if node is None:
        return Const(None, (0, 0))
    if node.type in {"tuple_expression", "tuple_pattern", "parenthesized_variable_designation"}:
        return Display("tuple", [target_of(c, child) for child in node.named_children], node.byte_range)
    if node.type == "argument":
        return target_of(c, node.named_children[-1] if node.named_children else None)
    if node.type == "declaration_expression":
        named = node.child_by_field_name("name")
        if named is not None and named.type == "parenthesized_variable_designation":
            return target_of(c, named)
        name = "" if named is None else c.text(named)
        c.local_names.add(name)
        return Name(name, node.byte_range)
    if node.type == "discard" or (node.type == "identifier" and c.text(node) == "_"):
        return Name("", node.byte_range)
    around = "" if node.parent is None else node.parent.type
    if node.type == "identifier" and around in {"tuple_pattern", "parenthesized_variable_designation"}:
        c.local_names.add(c.text(node))
    return c.expr(node)


def _assignment(c: CSharpLowering, node: Node) -> Expr:
    target, value = assigned(c, node)
    return AssignExpr(target, value, node.byte_range)


def _ternary(c: CSharpLowering, node: Node) -> Expr:
    field = node.child_by_field_name
    test, then, otherwise = field("condition"), field("consequence"), field("alternative")
    return Conditional(c.expr(test), c.expr(then), c.expr(otherwise), node.byte_range)


def _cast(c: CSharpLowering, node: Node) -> Expr:
    type_ = node.child_by_field_name("type")
    return Cast(simple_type(c, type_), c.expr(node.child_by_field_name("value")), node.byte_range)


def _as(c: CSharpLowering, node: Node) -> Expr:
    right = node.child_by_field_name("right")
    return Cast(simple_type(c, right), c.expr(node.child_by_field_name("left")), node.byte_range)


def _is(c: CSharpLowering, node: Node) -> Expr:
    field = node.child_by_field_name
    value, right = c.expr(field("left")), field("right")
    at = node.byte_range
    return Binary("instanceof", value, dotted(simple_type(c, right) or "Object", at), at)


def _is_pattern(c: CSharpLowering, node: Node) -> Expr:
    return patterns.matches(c, c.expr(node.child_by_field_name("expression")), node.child_by_field_name("pattern"))


def _inside(c: CSharpLowering, node: Node) -> Expr:
    return c.expr(next((child for child in node.named_children if not child.type.endswith("comment")), None))


def _lambda(c: CSharpLowering, node: Node) -> Expr:
    return function_of(c, node)


def _typeof(c: CSharpLowering, node: Node) -> Expr:
    return c.variable(simple_type(c, node.child_by_field_name("type")) or "Object", node.byte_range)


def _default(_c: CSharpLowering, node: Node) -> Expr:
    return Const(None, node.byte_range)


def _await(c: CSharpLowering, node: Node) -> Expr:
    return Await(_inside(c, node), node.byte_range)


def _tuple(c: CSharpLowering, node: Node) -> Expr:
    return Display("tuple", [c.expr(child.named_children[-1]) for child in node.named_children
                             if child.type == "argument" and child.named_children], node.byte_range)  # fmt: skip


def _collection(c: CSharpLowering, node: Node) -> Expr:
    items: list[Expr] = []
    for child in node.named_children:
        inner = child.named_children[0] if child.type == "collection_element" and child.named_children else child
        value = inner.named_children[0] if inner.named_children else None
        if inner.type == "spread_element":
            items.append(Spread(c.expr(value), inner.byte_range))
        elif inner.type == "expression_element":
            items.append(c.expr(value))
    return Display("list", items, node.byte_range)


def _throw(_c: CSharpLowering, node: Node) -> Expr:
    """`value ?? throw …`: nothing comes of it."""
    return Opaque("throw", [], node.byte_range)


def _declaration(c: CSharpLowering, node: Node) -> Expr:
    return target_of(c, node)


def _alias(c: CSharpLowering, node: Node) -> Expr:
    named = node.child_by_field_name("name")
    return c.variable("" if named is None else simple_type(c, named), node.byte_range)


EXPRESSIONS: dict[str, Callable[..., Expr]] = {
    "identifier": _identifier, "this": _this, "this_expression": _this, "base": _base, "base_expression": _base,
    "predefined_type": _predefined, "generic_name": _generic, "alias_qualified_name": _alias,
    "qualified_name": _alias,
    "string_literal": literals.string, "verbatim_string_literal": literals.string,
    "raw_string_literal": literals.string, "character_literal": literals.string,
    "interpolated_string_expression": literals.interpolated,
    "integer_literal": literals.number, "real_literal": literals.number, "boolean_literal": literals.constant,
    "null_literal": literals.constant, "default_expression": _default,
    "invocation_expression": call, "object_creation_expression": making.created,
    "implicit_object_creation_expression": making.created, "anonymous_object_creation_expression": making.anonymous,
    "array_creation_expression": making.array, "implicit_array_creation_expression": making.array,
    "implicit_stackalloc_expression": making.array, "stackalloc_expression": making.array,
    "initializer_expression": making.initializer, "with_expression": making.changed,
    "collection_expression": _collection, "tuple_expression": _tuple,
    "member_access_expression": _member, "conditional_access_expression": _conditional_access,
    "member_binding_expression": _member_binding, "element_binding_expression": _element_binding,
    "element_access_expression": _element, "binary_expression": _binary, "prefix_unary_expression": _unary,
    "postfix_unary_expression": _postfix, "assignment_expression": _assignment, "conditional_expression": _ternary,
    "cast_expression": _cast, "as_expression": _as, "is_expression": _is, "is_pattern_expression": _is_pattern,
    "switch_expression": patterns.switch, "parenthesized_expression": _inside, "checked_expression": _inside,
    "ref_expression": _inside, "lambda_expression": _lambda, "anonymous_method_expression": _lambda,
    "typeof_expression": _typeof, "sizeof_expression": _default, "await_expression": _await,
    "throw_expression": _throw, "declaration_expression": _declaration, "query_expression": patterns.query,
}  # fmt: skip
