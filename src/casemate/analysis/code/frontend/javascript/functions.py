"""Functions and classes of JavaScript and TypeScript: parameters, bodies, methods, fields, accessors, decorators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.frontend.javascript.patterns import type_text
from casemate.analysis.code.ir import (
    Assign,
    Attr,
    ClassDef,
    Const,
    Expr,
    Field,
    Function,
    FunctionDef,
    Lambda,
    Name,
    Parameter,
    Return,
    Stmt,
)  # fmt: skip

if TYPE_CHECKING:
    from tree_sitter import Node

    from casemate.analysis.code.frontend.lowering import Lowering

DECLARATIONS = frozenset({"function_declaration", "generator_function_declaration"})
CLASSES = frozenset({"class_declaration", "abstract_class_declaration", "class"})
_EXPRESSIONS = frozenset({"arrow_function", "function_expression", "generator_function"})
_FIELDS = frozenset({"field_definition", "public_field_definition"})
_MODIFIERS = frozenset({"accessibility_modifier", "override_modifier", "readonly"})


def in_order(nodes: list[Node]) -> list[Node]:
    """The nodes of a block as they come to exist: function declarations are there before the first statement runs."""
    first: list[Node] = []
    rest: list[Node] = []
    for node in nodes:
        kind = node.type
        if kind in DECLARATIONS:
            first.append(node)
        elif kind == "export_statement":
            declaration = node.child_by_field_name("declaration")
            (first if declaration is not None and declaration.type in DECLARATIONS else rest).append(node)
        else:
            rest.append(node)
    return first + rest if first else nodes


def function(c: Lowering, node: Node, name: str | None = None, owner: str | None = None) -> Function:
    """A function of any form from its node; `name` where the place gives it one (a property's key)."""
    kind = node.type
    name_at = None
    if name is None:
        named = node.child_by_field_name("name")
        name = "" if named is None else c.text(named)
        name_at = None if named is None else named.byte_range
    result = Function(name, [], [], node.byte_range, name_at=name_at, owner=owner)
    for child in node.children:
        keyword = child.type
        if keyword == "async":
            result.is_async = True
        elif keyword == "*":
            result.is_generator = True
        elif keyword in {"formal_parameters", "statement_block"}:
            break
    if kind in {"generator_function", "generator_function_declaration"}:
        result.is_generator = True
    result.captures_this = kind == "arrow_function"
    returned = node.child_by_field_name("return_type")
    if returned is not None:
        result.returns = type_text(c, returned)
    outer, c.jumps = c.jumps, []
    labels, c.labels = c.labels, []
    pending, c.pending = c.pending, []
    head: list[Stmt] = []
    single = node.child_by_field_name("parameter")
    if single is not None:
        result.parameters.append(Parameter(c.text(single)))
    else:
        given = node.child_by_field_name("parameters")
        if given is not None:
            _parameters(c, given, result, head)
    body = node.child_by_field_name("body")
    if body is not None:
        if body.type == "statement_block":
            result.body = head + c.block(in_order(body.named_children))
        else:
            value = c.expr(body)
            result.body = [*head, *c.pending, Return(value, body.byte_range)]
    c.jumps, c.labels, c.pending = outer, labels, pending
    return result


def lambda_(c: Lowering, node: Node) -> Expr:
    """A function as a value."""
    return Lambda(function(c, node), node.byte_range)


def named_value(c: Lowering, node: Node, name: str) -> Expr:
    """A value that is assigned to `name`: a function without a name of its own gets this one, as in the language."""
    if node.type in _EXPRESSIONS and node.child_by_field_name("name") is None:
        return Lambda(function(c, node, name), node.byte_range)
    return c.expr(node)


def declaration(c: Lowering, node: Node, body: list[Stmt]) -> None:
    """`function name() {}`."""
    body.append(FunctionDef(function(c, node)))


def _parameters(c: Lowering, node: Node, result: Function, head: list[Stmt]) -> None:
    for child in node.named_children:
        if child.type == "comment":
            continue
        parameter = _parameter(c, child)
        if parameter is None:
            continue
        result.parameters.append(parameter)
        if any(part.type in _MODIFIERS for part in child.children):
            at = child.byte_range  # `constructor(private db: Db)` is a field as well
            head.append(
                Assign(Attr(Name("this", at), parameter.name, at), Name(parameter.name, at), at, parameter.type)
            )


def _parameter(c: Lowering, node: Node) -> Parameter | None:
    kind = node.type
    if kind == "identifier":
        return Parameter(c.text(node))
    if kind == "assignment_pattern":
        left = node.child_by_field_name("left")
        parameter = _parameter(c, left) if left is not None else None
        if parameter is not None:
            parameter.default = c.expr(node.child_by_field_name("right"))
        return parameter
    if kind == "rest_pattern":
        inside = node.named_children
        parameter = _parameter(c, inside[0]) if inside else None
        if parameter is not None:
            parameter.kind = "rest"
        return parameter
    if kind in {"object_pattern", "array_pattern"}:
        return Parameter("", pattern=c.expr(node))
    if kind in {"required_parameter", "optional_parameter"}:
        return _typed_parameter(c, node)
    return None


def _typed_parameter(c: Lowering, node: Node) -> Parameter | None:
    pattern = node.child_by_field_name("pattern")
    if pattern is None or pattern.type == "this":
        return None
    parameter = _parameter(c, pattern)
    if parameter is None:
        return None
    annotation = node.child_by_field_name("type")
    if annotation is not None:
        parameter.type = type_text(c, annotation)
    value = node.child_by_field_name("value")
    if value is not None:
        parameter.default = c.expr(value)
    found = [child for child in node.named_children if child.type == "decorator"]
    if found:
        parameter.decorators = tuple(decorator(c, child) for child in found)
    return parameter


def decorator(c: Lowering, node: Node) -> Expr:
    """What stands behind the `@`."""
    inside = node.named_children
    return c.expr(inside[0] if inside else None)


def property_name(c: Lowering, node: Node) -> Expr:
    """The key of a property: text unless it is computed."""
    kind = node.type
    if kind in {"string", "number"}:
        value = c.expr(node)
        if isinstance(value, Const) and not isinstance(value.value, str):
            return Const(c.text(node), node.byte_range)
        return value
    if kind == "computed_property_name":
        inside = node.named_children
        return c.expr(inside[0] if inside else None)
    return Const(c.text(node), node.byte_range)


def class_(c: Lowering, node: Node, name: str, decorators: list[Expr]) -> ClassDef:
    """A class. Getters are methods decorated `property`, as in Python; setters are named `set x`."""
    bases: list[Expr] = []
    body: list[Stmt] = []
    fields: list[Field] = []
    outer, c.owner = c.owner, name
    decorators = decorators + [decorator(c, child) for child in node.children if child.type == "decorator"]
    for child in node.named_children:
        if child.type == "class_heritage":
            bases.extend(_bases(c, child))
    inside = node.child_by_field_name("body")
    if inside is not None and c.depth < 100:
        c.depth += 1
        waiting: list[Expr] = []
        for member in inside.named_children:
            if member.type == "decorator":
                waiting.append(decorator(c, member))
                continue
            _member(c, member, name, body, waiting)
            declared = _declared(c, member, waiting) if member.type in _FIELDS else None
            if declared is not None:
                fields.append(declared)
            if member.type != "comment":
                waiting = []
        c.depth -= 1
    c.owner = outer
    return ClassDef(name, bases, body, node.byte_range, decorators, fields)


def _declared(c: Lowering, node: Node, waiting: list[Expr]) -> Field | None:
    """A field with its type and decorators; None for one that has neither."""
    named = node.child_by_field_name("property" if node.type == "field_definition" else "name")
    annotation = node.child_by_field_name("type")
    notes = [*waiting, *(decorator(c, child) for child in node.children if child.type == "decorator")]
    if named is None or (annotation is None and not notes):
        return None
    key = property_name(c, named)
    if not isinstance(key, Const):
        return None
    return Field(str(key.value), "" if annotation is None else type_text(c, annotation), notes)


def _bases(c: Lowering, node: Node) -> list[Expr]:
    bases: list[Expr] = []
    for child in node.named_children:
        if child.type == "extends_clause":
            bases.extend(c.expr(base) for base in child.children_by_field_name("value"))
        elif child.type not in {"implements_clause", "comment"}:
            bases.append(c.expr(child))
    return bases


def _member(c: Lowering, node: Node, owner: str, body: list[Stmt], decorators: list[Expr]) -> None:
    kind = node.type
    if kind == "method_definition":
        body.append(FunctionDef(_method(c, node, owner, decorators)))
    elif kind in _FIELDS:
        value = node.child_by_field_name("value")
        named = node.child_by_field_name("property" if kind == "field_definition" else "name")
        if value is None or named is None:
            return
        key = property_name(c, named)
        if isinstance(key, Const):
            annotation = node.child_by_field_name("type")
            type_ = None if annotation is None else type_text(c, annotation)
            result = c.expr(value)
            c.flush(body)
            body.append(Assign(Name(str(key.value), named.byte_range), result, node.byte_range, type_))
    elif kind == "class_static_block":
        inside = node.child_by_field_name("body")
        if inside is not None:
            body.extend(c.block(inside.named_children))


def _method(c: Lowering, node: Node, owner: str, decorators: list[Expr]) -> Function:
    named = node.child_by_field_name("name")
    key = Const("", node.byte_range) if named is None else property_name(c, named)
    name = str(key.value) if isinstance(key, Const) else ""
    result = function(c, node, name, owner)
    result.name_at = None if named is None else named.byte_range
    result.decorators = decorators
    for child in node.children:
        if child.type == "static":
            result.is_static = True
        elif child.type == "get":
            result.decorators = [*decorators, Name("property", child.byte_range)]
        elif child.type == "set":
            result.name = f"set {name}"
        elif child.type == "decorator":
            result.decorators = [*result.decorators, decorator(c, child)]
        elif child.type == "formal_parameters":
            break
    return result


def class_expression(c: Lowering, node: Node) -> Expr:
    """A class as a value: declared in front of the statement, and then its name."""
    named = node.child_by_field_name("name")
    name = c.temporary("class") if named is None else c.text(named)
    found = class_(c, node, name, [])
    c.pending.append(found)
    return Name(name, node.byte_range)


def class_declaration(c: Lowering, node: Node, body: list[Stmt]) -> None:
    """`class Name {}`."""
    named = node.child_by_field_name("name")
    found = class_(c, node, "" if named is None else c.text(named), [])
    c.flush(body)
    body.append(found)
