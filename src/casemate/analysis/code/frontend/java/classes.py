"""Classes, records, enums and interfaces of Java, with their methods and annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.frontend.java.expressions import arguments, type_name
from casemate.analysis.code.frontend.java.scope import JavaLowering, is_static, members_of
from casemate.analysis.code.ir import (
    Assign,
    Attr,
    Call,
    ClassDef,
    Const,
    Expr,
    Function,
    FunctionDef,
    Name,
    Opaque,
    Parameter,
    Return,
    Stmt,
)  # fmt: skip

if TYPE_CHECKING:
    from tree_sitter import Node

DECLARATIONS = frozenset({
    "class_declaration", "interface_declaration", "enum_declaration", "record_declaration",
    "annotation_type_declaration",
})  # fmt: skip


def declared(c: JavaLowering, node: Node, body: list[Stmt]) -> None:
    """A class of any kind; those inside of it stand before it."""
    named = node.child_by_field_name("name")
    name = "" if named is None else c.text(named)
    bases: list[Expr] = []
    for field in ("superclass", "interfaces"):
        found = _types(node.child_by_field_name(field))
        bases.extend(Name(type_name(c, child), child.byte_range) for child in found)
    _class(c, node, name, bases, body)


def anonymous(c: JavaLowering, node: Node, base: str) -> str:
    """`new Base() {…}`: a class in front of the statement; its name."""
    name = c.temporary("class")
    made: list[Stmt] = []
    _class(c, node, name, [Name(base, node.byte_range)], made)
    c.pending.extend(made)
    return name


def _types(node: Node | None) -> list[Node]:
    found: list[Node] = []
    stack = [] if node is None else list(reversed(node.named_children))
    while stack:
        child = stack.pop()
        if child.type in {"type_list", "interface_type_list"}:
            stack.extend(reversed(child.named_children))
        elif not child.type.endswith("comment"):
            found.append(child)
    return found


def _class(c: JavaLowering, node: Node, name: str, bases: list[Expr], into: list[Stmt]) -> None:
    if c.depth > 90 or len(c.classes) > 20:
        into.append(ClassDef(name, bases, [], node.byte_range))
        c.errors.append(node.byte_range)
        return
    c.depth += 1
    inside = node.child_by_field_name("body") or next(
        (child for child in node.named_children if child.type in {"class_body", "enum_body"}), None
    )
    members = members_of(c, node, name)
    parameters = node.child_by_field_name("parameters") if node.type == "record_declaration" else None
    body: list[Stmt] = []
    locals_, c.local_names = c.local_names, set(c.local_names) if name.startswith("class ") else set()
    static, c.static = c.static, False
    c.classes.append(members)
    if parameters is not None:
        _record(c, parameters, name, body)
    stack = [] if inside is None else list(reversed(inside.named_children))
    while stack:
        member = stack.pop()
        if member.type == "enum_body_declarations":
            stack.extend(reversed(member.named_children))
        else:
            _member(c, member, name, body, into)
    c.classes.pop()
    c.local_names, c.static = locals_, static
    c.depth -= 1
    into.append(ClassDef(name, bases, body, node.byte_range, annotated(c, node)))


def _record(c: JavaLowering, node: Node, name: str, body: list[Stmt]) -> None:
    """The constructor and the accessors that a record has without writing them (JLS 8.10)."""
    given = parameters_of(c, node)
    at = node.byte_range
    fields: list[Stmt] = [
        Assign(Attr(Name("this", at), one.name, at), Name(one.name, at), at, one.type) for one in given
    ]
    body.append(FunctionDef(Function("constructor", given, fields, at, owner=name)))
    for one in given:
        value = Attr(Name("this", at), one.name, at)
        body.append(FunctionDef(Function(one.name, [], [Return(value, at)], at, owner=name)))


def _member(c: JavaLowering, node: Node, name: str, body: list[Stmt], outer: list[Stmt]) -> None:
    kind = node.type
    if kind in {"method_declaration", "constructor_declaration", "compact_constructor_declaration"}:
        body.append(FunctionDef(method(c, node, name)))
    elif kind in {"field_declaration", "constant_declaration"}:
        type_ = node.child_by_field_name("type")
        written = type_name(c, type_)
        static, c.static = c.static, is_static(node)
        for declarator in node.children_by_field_name("declarator"):
            named, value = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
            if named is None:
                continue
            at = declarator.byte_range
            result = Opaque("declaration", [], at) if value is None else c.expr(value)
            c.flush(outer)
            body.append(Assign(Name(c.text(named), named.byte_range), result, at, written))
        c.static = static
    elif kind in DECLARATIONS:
        declared(c, node, outer)
    elif kind == "static_initializer":
        static, c.static = c.static, True
        body.extend(c.block([child for block in node.named_children for child in block.named_children]))
        c.static = static
    elif kind == "enum_constant":
        named = node.child_by_field_name("name")
        if named is not None:
            given = arguments(c, node.child_by_field_name("arguments"))
            at = node.byte_range
            constant: Expr = Call(Name(name, at), given, [], at, new=True) if given else Const(c.text(named), at)
            body.append(Assign(Name(c.text(named), at), constant, at))


def method(c: JavaLowering, node: Node, owner: str) -> Function:
    """A method or a constructor (named `constructor`)."""
    named = node.child_by_field_name("name")
    name = "" if named is None else c.text(named)
    if node.type != "method_declaration":
        name = "constructor"
    result = Function(name, [], [], node.byte_range, owner=owner, is_static=is_static(node),
                      name_at=None if named is None else named.byte_range, decorators=annotated(c, node))  # fmt: skip
    returned = node.child_by_field_name("type")
    if returned is not None:
        result.returns = c.text(returned)[:200]
    before, c.local_names = c.local_names, set(c.local_names)
    static, c.static = c.static, result.is_static
    given = node.child_by_field_name("parameters")
    if given is not None:
        result.parameters = parameters_of(c, given)
        c.local_names.update(parameter.name for parameter in result.parameters)
    body = node.child_by_field_name("body")
    jumps, c.jumps = c.jumps, []
    labels, c.labels = c.labels, []
    if body is not None:
        result.body = c.block(body.named_children)
    c.jumps, c.labels = jumps, labels
    c.local_names, c.static = before, static
    return result


def parameters_of(c: JavaLowering, node: Node) -> list[Parameter]:
    """The parameters with their types and annotations (`@RequestParam String id`)."""
    found: list[Parameter] = []
    for child in node.named_children:
        if child.type not in {"formal_parameter", "spread_parameter"}:
            continue
        named = child.child_by_field_name("name")
        if named is None:
            declarator = next((one for one in child.named_children if one.type == "variable_declarator"), None)
            named = None if declarator is None else declarator.child_by_field_name("name")
        type_ = child.child_by_field_name("type")
        written = None if type_ is None else c.text(type_)[:200]
        parameter = Parameter("" if named is None else c.text(named), type=written)
        parameter.decorators = tuple(annotated(c, child))
        if child.type == "spread_parameter":
            parameter.kind = "rest"
        found.append(parameter)
    return found


def annotated(c: JavaLowering, node: Node) -> list[Expr]:
    """`@Name` and `@Name(key = value)` as names and calls."""
    modifiers = next((child for child in node.named_children if child.type == "modifiers"), None)
    found: list[Expr] = []
    for child in [] if modifiers is None else modifiers.named_children:
        if child.type not in {"marker_annotation", "annotation"}:
            continue
        named = child.child_by_field_name("name")
        at = child.byte_range
        name = Name("" if named is None else c.text(named), at)
        given = child.child_by_field_name("arguments")
        if given is None:
            found.append(name)
            continue
        positional: list[Expr] = []
        keywords: list[tuple[str, Expr]] = []
        for one in given.named_children:
            if one.type == "element_value_pair":
                key = one.child_by_field_name("key")
                keywords.append(("" if key is None else c.text(key), c.expr(one.child_by_field_name("value"))))
            elif one.type in c.expressions:
                positional.append(c.expr(one))
        found.append(Call(name, positional, keywords, at))
    return found
