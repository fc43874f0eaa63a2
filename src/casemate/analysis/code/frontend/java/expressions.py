"""Expressions of Java."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from casemate.analysis.code.frontend.java.scope import JavaLowering
from casemate.analysis.code.frontend.lowering import joined
from casemate.analysis.code.ir import (
    AssignExpr,
    Attr,
    Binary,
    Call,
    Cast,
    Conditional,
    Const,
    Display,
    Expr,
    Function,
    Index,
    Lambda,
    Logical,
    Name,
    Opaque,
    Parameter,
    Return,
    Unary,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

_ESCAPE = re.compile(r"\\(u+[0-9a-fA-F]{4}|[0-7]{1,3}|\r?\n|.)", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "s": " ", "\n": "", "\r\n": ""}


def unescaped(text: str) -> str:
    """The value of the inside of a string literal (JLS 3.10.7)."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    code = match[1]
    if code in _SIMPLE:
        return _SIMPLE[code]
    if code[0] == "u" and len(code) > 1:
        number = int(code.lstrip("u"), 16)
        return "\ufffd" if 0xD800 <= number < 0xE000 else chr(number)
    return chr(int(code, 8)) if code.isdigit() and "8" not in code and "9" not in code else code


def _identifier(c: JavaLowering, node: Node) -> Expr:
    return c.variable(c.text(node), node.byte_range)


def _name(c: JavaLowering, node: Node) -> Expr:
    return Name(c.text(node), node.byte_range)


def _string(c: JavaLowering, node: Node) -> Expr:
    text = c.text(node)
    if text.startswith('"""'):
        lines = text[3:-3].partition("\n")[2].split("\n")
        filled = [line for line in lines if line.strip()] + lines[-1:]
        indent = min((len(line) - len(line.lstrip()) for line in filled), default=0)
        return Const(unescaped("\n".join(line[indent:].rstrip() for line in lines)), node.byte_range)
    return Const(unescaped(text[1:-1]), node.byte_range)


def _number(c: JavaLowering, node: Node) -> Expr:
    text = c.text(node).replace("_", "").lower()
    at = node.byte_range
    try:
        if "floating" in node.type:
            return Const(float(text.rstrip("fd")), at)
        text = text.rstrip("l")
        octal = len(text) > 1 and text[0] == "0" and text.isdigit()
        return Const(int(text, 8 if octal else 0), at)
    except ValueError:
        return Const(None, at)


def _constant(_c: JavaLowering, node: Node) -> Expr:
    return Const({"true": True, "false": False}.get(node.type), node.byte_range)


def arguments(c: JavaLowering, node: Node | None) -> list[Expr]:
    """The arguments of a call."""
    if node is None:
        return []
    return [c.expr(child) for child in node.named_children if not child.type.endswith("comment")]


def _call(c: JavaLowering, node: Node) -> Expr:
    field = node.child_by_field_name
    named, target = field("name"), field("object")
    name = "" if named is None else c.text(named)
    at = node.byte_range
    given = arguments(c, field("arguments"))
    if target is not None:
        return Call(Attr(c.expr(target), name, (target.start_byte, named.end_byte if named else at[1])), given, [], at)
    place = at if named is None else named.byte_range
    for members in reversed(c.classes):
        static = members.methods.get(name)
        if static is not None:
            return Call(Attr(c.owner_of(members, place, static=static), name, place), given, [], at)
    if c.classes and not c.static and name not in c.imported:  # of a base
        return Call(Attr(Name("this", place), name, place), given, [], at)
    return Call(Name(name, place), given, [], at)


def type_name(c: JavaLowering, node: Node | None) -> str:
    """A type as written, without what stands in angle brackets."""
    if node is None:
        return ""
    text = c.text(node).partition("<")[0].strip()
    c.uses(text)
    return text[:200]


def _dotted(name: str, at: tuple[int, int]) -> Expr:
    first, *rest = name.split(".")
    result: Expr = Name(first, at)
    for part in rest[:20]:
        result = Attr(result, part, at)
    return result


def _new(c: JavaLowering, node: Node) -> Expr:
    type_ = node.child_by_field_name("type")
    at = node.byte_range
    given = arguments(c, node.child_by_field_name("arguments"))
    body = next((child for child in node.named_children if child.type == "class_body"), None)
    name = type_name(c, type_)
    place = at if type_ is None else type_.byte_range
    if body is not None:  # an anonymous class
        from casemate.analysis.code.frontend.java.classes import anonymous

        return Call(Name(anonymous(c, node, name), place), given, [], at, new=True)
    return Call(_dotted(name, place), given, [], at, new=True)


def _field(c: JavaLowering, node: Node) -> Expr:
    named = node.child_by_field_name("field")
    return Attr(c.expr(node.child_by_field_name("object")), "" if named is None else c.text(named), node.byte_range)


def _scoped(c: JavaLowering, node: Node) -> Expr:
    return _dotted(c.text(node), node.byte_range)


def _access(c: JavaLowering, node: Node) -> Expr:
    target = c.expr(node.child_by_field_name("array"))
    return Index(target, c.expr(node.child_by_field_name("index")), node.byte_range)


def _array(c: JavaLowering, node: Node) -> Expr:
    value = node.child_by_field_name("value")
    return Display("list", [], node.byte_range) if value is None else c.expr(value)


def _initializer(c: JavaLowering, node: Node) -> Expr:
    return Display("list", arguments(c, node), node.byte_range)


def _binary(c: JavaLowering, node: Node) -> Expr:
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
    return Binary({">>>": ">>"}.get(sign, sign), c.expr(left), c.expr(right), at)


def _unary(c: JavaLowering, node: Node) -> Expr:
    operator = node.child_by_field_name("operator")
    sign = "" if operator is None else operator.type
    value = c.expr(node.child_by_field_name("operand"))
    at = node.byte_range
    if sign == "-" and isinstance(value, Const) and type(value.value) in {int, float}:
        return Const(-cast("float", value.value), at)
    return Unary({"!": "not"}.get(sign, sign), value, at)


def assigned(c: JavaLowering, node: Node) -> tuple[Expr, Expr]:
    """The target of an assignment, and the value that it gets."""
    operator = node.child_by_field_name("operator")
    sign = "=" if operator is None else operator.type
    target = c.expr(node.child_by_field_name("left"))
    value = c.expr(node.child_by_field_name("right"))
    at = node.byte_range
    if sign == "+=":
        value = joined([target, value], at)
    elif sign != "=":
        value = Binary({">>>": ">>"}.get(sign[:-1], sign[:-1]), target, value, at)
    return target, value


def _assignment(c: JavaLowering, node: Node) -> Expr:
    target, value = assigned(c, node)
    return AssignExpr(target, value, node.byte_range)


def _update(c: JavaLowering, node: Node) -> Expr:
    target = c.expr(next(iter(node.named_children), None))
    at = node.byte_range
    sign = "-" if any(child.type == "--" for child in node.children) else "+"
    return AssignExpr(target, Binary(sign, target, Const(1, at), at), at)


def _ternary(c: JavaLowering, node: Node) -> Expr:
    field = node.child_by_field_name
    test, then, otherwise = field("condition"), field("consequence"), field("alternative")
    return Conditional(c.expr(test), c.expr(then), c.expr(otherwise), node.byte_range)


def _cast(c: JavaLowering, node: Node) -> Expr:
    type_ = node.child_by_field_name("type")
    return Cast(type_name(c, type_), c.expr(node.child_by_field_name("value")), node.byte_range)


def _instance(c: JavaLowering, node: Node) -> Expr:
    field = node.child_by_field_name
    value = c.expr(field("left"))
    named = field("name")
    if named is not None:  # `x instanceof T t` binds t
        c.local_names.add(c.text(named))
        value = AssignExpr(Name(c.text(named), named.byte_range), value, node.byte_range)
    right = field("right")
    return Binary("instanceof", value, _dotted(type_name(c, right) or "Object", node.byte_range), node.byte_range)


def _inside(c: JavaLowering, node: Node) -> Expr:
    return c.expr(next((child for child in node.named_children if not child.type.endswith("comment")), None))


def _lambda(c: JavaLowering, node: Node) -> Expr:
    given = node.child_by_field_name("parameters")
    body = node.child_by_field_name("body")
    result = Function("", [], [], node.byte_range, captures_this=True)
    before = set(c.local_names)
    if given is not None and given.type == "identifier":
        result.parameters = [Parameter(c.text(given))]
    elif given is not None:
        for child in given.named_children:
            if child.type == "identifier":
                result.parameters.append(Parameter(c.text(child)))
            elif child.type == "formal_parameter":
                named = child.child_by_field_name("name")
                result.parameters.append(Parameter("" if named is None else c.text(named)))
    c.local_names.update(parameter.name for parameter in result.parameters)
    jumps, c.jumps = c.jumps, []
    if body is not None and body.type == "block":
        result.body = c.block(body.named_children)
    elif body is not None:
        result.body = [Return(c.expr(body), body.byte_range)]
    c.jumps = jumps
    c.local_names = before
    return Lambda(result, node.byte_range)


def _reference(c: JavaLowering, node: Node) -> Expr:
    """`Type::method`, `this::method`, `Type::new`."""
    inside = [child for child in node.named_children if child.type != "type_arguments"]
    at = node.byte_range
    if not inside:
        return Opaque("method_reference", [], at)
    name = c.text(node).rpartition("::")[2].strip()
    target = c.expr(inside[0])
    return target if name == "new" else Attr(target, name, at)


def _class_literal(c: JavaLowering, node: Node) -> Expr:
    inside = node.named_children
    at = node.byte_range
    name = type_name(c, inside[0] if inside else None) or "Object"
    return Attr(_dotted(name, at), "class", at)


def _switch(c: JavaLowering, node: Node) -> Expr:
    """`switch` as a value: a chain of conditionals; a case that is a block is not followed."""
    from casemate.analysis.code.frontend.java.statements import case_tests

    at = node.byte_range
    subject = c.expr(node.child_by_field_name("condition"))
    body = node.child_by_field_name("body")
    result: Expr = Const(None, at)
    for rule in reversed([] if body is None else body.named_children):
        if rule.type != "switch_rule":
            continue
        inside = [child for child in rule.named_children if child.type != "switch_label"]
        value = Opaque("case", [], rule.byte_range) if not inside else _case_value(c, inside[0])
        label = next((child for child in rule.named_children if child.type == "switch_label"), None)
        test = None if label is None else case_tests(c, subject, label)
        result = value if test is None else Conditional(test, value, result, at)
    return result


def _case_value(c: JavaLowering, node: Node) -> Expr:
    if node.type == "expression_statement":
        return c.expr(next(iter(node.named_children), None))
    found: list[Expr] = []
    stack = [node]
    while stack and len(found) < 20:
        current = stack.pop()
        if current.type == "yield_statement":
            found.append(c.expr(next(iter(current.named_children), None)))
        else:
            stack.extend(current.named_children)
    return found[0] if len(found) == 1 else Opaque("case", found, node.byte_range)


EXPRESSIONS: dict[str, Callable[..., Expr]] = {
    "identifier": _identifier, "type_identifier": _name, "this": _name, "super": _name,
    "string_literal": _string, "character_literal": _string, "decimal_integer_literal": _number,
    "hex_integer_literal": _number, "octal_integer_literal": _number, "binary_integer_literal": _number,
    "decimal_floating_point_literal": _number, "hex_floating_point_literal": _number,
    "true": _constant, "false": _constant, "null_literal": _constant,
    "method_invocation": _call, "object_creation_expression": _new, "field_access": _field,
    "scoped_identifier": _scoped, "scoped_type_identifier": _scoped, "array_access": _access,
    "array_creation_expression": _array, "array_initializer": _initializer,
    "element_value_array_initializer": _initializer,
    "binary_expression": _binary, "unary_expression": _unary, "assignment_expression": _assignment,
    "update_expression": _update, "ternary_expression": _ternary, "cast_expression": _cast,
    "instanceof_expression": _instance, "parenthesized_expression": _inside, "lambda_expression": _lambda,
    "method_reference": _reference, "class_literal": _class_literal, "switch_expression": _switch,
}  # fmt: skip
