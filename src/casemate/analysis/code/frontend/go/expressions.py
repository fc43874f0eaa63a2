"""Expressions of Go."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from casemate.analysis.code.frontend.lowering import joined
from casemate.analysis.code.ir import (
    Assign,
    Attr,
    Binary,
    Call,
    Cast,
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
    Record,
    Slice,
    Spread,
    Unary,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from casemate.analysis.code.frontend.lowering import Lowering

_BASIC = frozenset({
    "string", "bool", "byte", "rune", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32",
    "uint64", "float32", "float64", "uintptr",
})  # fmt: skip
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


def unescaped(text: str) -> str:
    """The value of the inside of an interpreted literal (Go specification, "String literals")."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    code = match[1]
    if code in _SIMPLE:
        return _SIMPLE[code]
    if code[0] in "xuU" and len(code) > 1:
        number = int(code[1:], 16)
    elif len(code) == 3:
        number = int(code, 8)
    else:
        return code
    return chr(number) if number <= 0x10FFFF and not 0xD800 <= number < 0xE000 else "\ufffd"


def _identifier(c: Lowering, node: Node) -> Expr:
    name = c.text(node)
    return Name("" if name == "_" else name, node.byte_range)


def _string(c: Lowering, node: Node) -> Expr:
    return Const(unescaped(c.text(node)[1:-1]), node.byte_range)


def _raw(c: Lowering, node: Node) -> Expr:
    return Const(c.text(node)[1:-1].replace("\r", ""), node.byte_range)


def _number(c: Lowering, node: Node) -> Expr:
    text = c.text(node).replace("_", "")
    try:
        if node.type == "int_literal":
            octal = len(text) > 1 and text[0] == "0" and text.isdigit()
            return Const(int(text, 8 if octal else 0), node.byte_range)
        return Const(float(text), node.byte_range)
    except ValueError:
        return Const(None, node.byte_range)


def _constant(_c: Lowering, node: Node) -> Expr:
    return Const({"true": True, "false": False}.get(node.type), node.byte_range)


def _selector(c: Lowering, node: Node) -> Expr:
    field = node.child_by_field_name("field")
    return Attr(c.expr(node.child_by_field_name("operand")), "" if field is None else c.text(field), node.byte_range)


def _index(c: Lowering, node: Node) -> Expr:
    key = c.expr(node.child_by_field_name("index"))
    return Index(c.expr(node.child_by_field_name("operand")), key, node.byte_range)


def _slice(c: Lowering, node: Node) -> Expr:
    at = node.byte_range
    start, end = node.child_by_field_name("start"), node.child_by_field_name("end")
    key = Slice(None if start is None else c.expr(start), None if end is None else c.expr(end), None, at)
    return Index(c.expr(node.child_by_field_name("operand")), key, at)


def _call(c: Lowering, node: Node) -> Expr:
    callee = node.child_by_field_name("function")
    given = node.child_by_field_name("arguments")
    arguments: list[Expr] = []
    for child in [] if given is None else given.named_children:
        if child.type == "variadic_argument":
            inside = child.named_children
            arguments.append(Spread(c.expr(inside[0] if inside else None), child.byte_range))
        elif child.type in c.expressions:
            arguments.append(c.expr(child))
        elif child.type != "comment":  # `make([]string, 0)`, `new(T)`
            arguments.append(Opaque(c.text(child)[:100], [], child.byte_range))
    at = node.byte_range
    if callee is not None and callee.type == "identifier" and len(arguments) == 1:
        name = c.text(callee)
        if name in _BASIC:
            return Cast(name, arguments[0], at)
    return Call(c.expr(callee), arguments, [], at)


def _conversion(c: Lowering, node: Node) -> Expr:
    type_ = node.child_by_field_name("type")
    return Cast(
        "" if type_ is None else c.text(type_)[:200], c.expr(node.child_by_field_name("operand")), node.byte_range
    )


def _literal(c: Lowering, node: Node) -> Expr:
    """`T{a: b}`, `[]string{"a"}`, `map[string]int{"a": 1}`."""
    type_ = node.child_by_field_name("type")
    body = node.child_by_field_name("body")
    at = node.byte_range
    kind = "" if type_ is None else type_.type
    value = c.expr(body) if body is not None else Record([], at)
    if kind in {"slice_type", "array_type", "implicit_length_array_type"}:
        _elided(value, None if type_ is None else type_.child_by_field_name("element"))
        return value if isinstance(value, Display) else Display("list", [entry for _key, entry in _entries(value)], at)
    if isinstance(value, Display) and not value.items:
        value = Record([], at)
    if kind == "map_type" or type_ is None:
        _elided(value, None if type_ is None else type_.child_by_field_name("value"))
        return value
    if isinstance(value, Record):  # the names of fields are no variables
        value.entries = [
            (Const(key.id, key.at) if isinstance(key, Name) else key, entry) for key, entry in value.entries
        ]
        if kind == "type_identifier":  # a type of the package: constructed with its fields by name
            keywords = [(str(key.value), entry) for key, entry in value.entries if isinstance(key, Const)]
            return Call(Name(c.text(type_), type_.byte_range), [], keywords, at, new=True)
    return Cast(c.text(type_)[:200], value, at)


_STRUCTS = frozenset({"type_identifier", "qualified_type", "pointer_type", "struct_type", "generic_type"})


def _elided(value: Expr, element: Node | None) -> None:
    """Elements written without their type (`[]T{{a: b}}`): where that is a struct, the keys are names of fields."""
    if element is None or element.type not in _STRUCTS:
        return
    inside = value.items if isinstance(value, Display) else [entry for _key, entry in _entries(value)]
    for one in inside:
        if isinstance(one, Record):
            one.entries = [(Const(key.id, key.at) if isinstance(key, Name) else key, entry)
                           for key, entry in one.entries]  # fmt: skip


def _entries(value: Expr) -> list[tuple[Expr | None, Expr]]:
    return value.entries if isinstance(value, Record) else []


def _literal_value(c: Lowering, node: Node) -> Expr:
    entries: list[tuple[Expr | None, Expr]] = []
    items: list[Expr] = []
    for child in node.named_children:
        if child.type == "keyed_element":
            inside = [one for one in child.named_children if one.type != "comment"]
            if len(inside) >= 2:
                entries.append((_element(c, inside[0]), _element(c, inside[-1])))
        elif child.type != "comment":
            items.append(_element(c, child))
    return Record(entries, node.byte_range) if entries else Display("list", items, node.byte_range)


def _element(c: Lowering, node: Node) -> Expr:
    if node.type == "literal_element":
        inside = [child for child in node.named_children if child.type != "comment"]
        return c.expr(inside[0]) if inside else Name(c.text(node), node.byte_range)
    return c.expr(node)


def _unary(c: Lowering, node: Node) -> Expr:
    operator = node.child_by_field_name("operator")
    sign = "" if operator is None else operator.type
    value = c.expr(node.child_by_field_name("operand"))
    at = node.byte_range
    if sign == "<-":
        return Opaque("receive", [value], at)
    if sign == "-" and isinstance(value, Const) and type(value.value) in {int, float}:
        return Const(-cast("float", value.value), at)
    return Unary({"!": "not", "^": "~"}.get(sign, sign), value, at)


def _binary(c: Lowering, node: Node) -> Expr:
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
    return Binary(sign, c.expr(left), c.expr(right), at)


def _inside(c: Lowering, node: Node) -> Expr:
    return c.expr(next((child for child in node.named_children if child.type != "comment"), None))


def _assertion(c: Lowering, node: Node) -> Expr:
    type_ = node.child_by_field_name("type")
    value = c.expr(node.child_by_field_name("operand"))
    return Cast("" if type_ is None else c.text(type_)[:200], value, node.byte_range)


def function(c: Lowering, node: Node) -> Function:
    """A function, a method, or a function literal."""
    named = node.child_by_field_name("name")
    result = Function("" if named is None else c.text(named), [], [], node.byte_range,
                      name_at=None if named is None else named.byte_range)  # fmt: skip
    given = node.child_by_field_name("parameters")
    result.parameters = [] if given is None else parameters(c, given)
    receiver = node.child_by_field_name("receiver")
    if receiver is not None:
        found = parameters(c, receiver)
        if found:
            owner = (found[0].type or "").lstrip("*").partition("[")[0]
            result.receiver = (found[0].name, found[0].type or "")
            result.owner = owner
    returned = node.child_by_field_name("result")
    if returned is not None:
        result.returns = c.text(returned)[:200]
    body = node.child_by_field_name("body")
    if body is not None:
        jumps, c.jumps = c.jumps, []
        labels, c.labels = c.labels, []
        result.body = c.block(body.named_children)
        if result.receiver is not None and result.receiver[0]:
            at = body.byte_range
            result.body.insert(0, Assign(Name(result.receiver[0], at), Name("this", at), at, declares=True))
        c.jumps, c.labels = jumps, labels
    return result


def parameters(c: Lowering, node: Node) -> list[Parameter]:
    """Parameters: one type may be that of several names."""
    found: list[Parameter] = []
    for child in node.named_children:
        if child.type not in {"parameter_declaration", "variadic_parameter_declaration"}:
            continue
        type_ = child.child_by_field_name("type")
        written = None if type_ is None else c.text(type_)[:200]
        names = [c.text(name) for name in child.children_by_field_name("name")] or [""]
        for name in names:
            parameter = Parameter(name, type=written)
            if child.type == "variadic_parameter_declaration":
                parameter.kind = "rest"
            found.append(parameter)
    return found


def _lambda(c: Lowering, node: Node) -> Expr:
    return Lambda(function(c, node), node.byte_range)


def tuple_of(c: Lowering, node: Node | None) -> Expr | None:
    """An expression list: one expression, or a tuple of several."""
    if node is None:
        return None
    if node.type != "expression_list":
        return c.expr(node)
    found = [c.expr(child) for child in node.named_children if child.type != "comment"]
    return found[0] if len(found) == 1 else Display("tuple", found, node.byte_range)


EXPRESSIONS: dict[str, Callable[..., Expr]] = {
    "identifier": _identifier, "field_identifier": _identifier, "package_identifier": _identifier,
    "blank_identifier": lambda _c, node: Name("", node.byte_range),
    "interpreted_string_literal": _string, "raw_string_literal": _raw, "rune_literal": _string,
    "int_literal": _number, "float_literal": _number, "imaginary_literal": _number,
    "true": _constant, "false": _constant, "nil": _constant, "iota": _identifier,
    "selector_expression": _selector, "index_expression": _index, "slice_expression": _slice,
    "call_expression": _call, "type_conversion_expression": _conversion, "composite_literal": _literal,
    "literal_value": _literal_value, "unary_expression": _unary, "binary_expression": _binary,
    "parenthesized_expression": _inside, "type_assertion_expression": _assertion, "func_literal": _lambda,
    "type_instantiation_expression": _inside,
}  # fmt: skip
