"""Classes, records, structs, enums and interfaces of C#, with their methods and properties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.frontend.csharp.attributes import attributes_of
from casemate.analysis.code.frontend.csharp.calls import arguments_of, body_of, parameters_of
from casemate.analysis.code.frontend.csharp.names import dotted, simple_type
from casemate.analysis.code.frontend.csharp.scope import (
    CLASSES,
    CSharpLowering,
    flattened,
    is_static,
    members_of,
    modifiers,
)
from casemate.analysis.code.ir import (
    Assign,
    Attr,
    Call,
    ClassDef,
    Const,
    Expr,
    ExprStmt,
    Function,
    FunctionDef,
    Name,
    Opaque,
    Parameter,
    Stmt,
)  # fmt: skip

if TYPE_CHECKING:
    from tree_sitter import Node


def declared(c: CSharpLowering, node: Node, body: list[Stmt]) -> None:
    """A class of any kind; those inside of it stand before it."""
    named = node.child_by_field_name("name")
    name = "" if named is None else c.text(named)
    if c.depth > 90 or len(c.classes) > 20:
        body.append(ClassDef(name, [], [], node.byte_range))
        c.errors.append(node.byte_range)
        return
    c.depth += 1
    bases, passed = _bases(c, node)
    members = members_of(c, node, name)
    given = next((child for child in node.named_children if child.type == "parameter_list"), None)
    primary = [] if given is None else parameters_of(c, given)
    members.fields.update({parameter.name: False for parameter in primary})
    inside: list[Stmt] = []
    extensions: list[Stmt] = []
    locals_, c.local_names = c.local_names, set()
    static, c.static = c.static, False
    c.classes.append(members)
    if primary:
        inside.append(_primary(c, primary, passed, name, given.byte_range if given is not None else node.byte_range))
    listed = node.child_by_field_name("body")
    for member in [] if listed is None else flattened(listed.named_children):
        _member(c, member, name, inside, body, extensions)
    c.classes.pop()
    c.local_names, c.static = locals_, static
    c.depth -= 1
    body.append(ClassDef(name, bases, inside, node.byte_range, attributes_of(c, node)))
    body.extend(extensions)


def _bases(c: CSharpLowering, node: Node) -> tuple[list[Expr], list[Expr]]:
    """The bases, and what a primary constructor hands to the first."""
    listed = next((child for child in node.named_children if child.type == "base_list"), None)
    bases: list[Expr] = []
    passed: list[Expr] = []
    for child in [] if listed is None else listed.named_children:
        inner = child
        if child.type == "argument_list":
            passed, _ = arguments_of(c, child)
            continue
        if child.type == "primary_constructor_base_type":
            inner = child.named_children[0]
            given = next((one for one in child.named_children if one.type == "argument_list"), None)
            passed, _ = arguments_of(c, given)
        if not inner.type.endswith("comment"):
            bases.append(dotted(simple_type(c, inner) or "Object", inner.byte_range))
    return bases, passed


def _primary(c: CSharpLowering, given: list[Parameter], passed: list[Expr], name: str, at: tuple[int, int]) -> Stmt:
    """The constructor that is written beside the name: its parameters are there in all of the class."""
    del c
    fields: list[Stmt] = [
        Assign(Attr(Name("this", at), one.name, at), Name(one.name, at), at, one.type) for one in given
    ]
    if passed:
        fields.append(ExprStmt(Call(Name("super", at), passed, [], at), at))
    return FunctionDef(Function("constructor", given, fields, at, owner=name))


def _member(
    c: CSharpLowering, node: Node, name: str, body: list[Stmt], outer: list[Stmt], extensions: list[Stmt]
) -> None:
    kind = node.type
    if kind in {"method_declaration", "constructor_declaration"}:
        function = method(c, node, name)
        if function.name == "constructor" and function.is_static:
            return
        body.append(FunctionDef(function))
        if _extends(node):
            at = function.name_at or node.byte_range
            target = Name(f"extension {function.name}", at)
            extensions.append(Assign(target, Attr(Name(name, at), function.name, at), at, declares=True))
    elif kind == "field_declaration":
        static, c.static = c.static, is_static(c, node)
        for child in node.named_children:
            if child.type == "variable_declaration":
                _fields(c, child, body, outer)
        c.static = static
    elif kind == "property_declaration":
        _property(c, node, name, body, outer)
    elif kind == "indexer_declaration":
        _indexer(c, node, name, body)
    elif kind in CLASSES:
        declared(c, node, outer)
    elif kind == "enum_member_declaration":
        named = node.child_by_field_name("name")
        if named is not None:
            body.append(Assign(Name(c.text(named), named.byte_range), Const(c.text(named), named.byte_range),
                               node.byte_range))  # fmt: skip


def _extends(node: Node) -> bool:
    given = node.child_by_field_name("parameters")
    first = next((child for child in given.named_children if child.type == "parameter"), None) if given else None
    return first is not None and any(child.type == "modifier" and child.text == b"this" for child in first.children)


def _fields(c: CSharpLowering, node: Node, body: list[Stmt], outer: list[Stmt]) -> None:
    written = simple_type(c, node.child_by_field_name("type"))
    expected, c.expected = c.expected, written
    for declarator in node.named_children:
        named = declarator.child_by_field_name("name")
        if declarator.type != "variable_declarator" or named is None:
            continue
        at = declarator.byte_range
        inside = [child for child in declarator.named_children if not child.type.endswith("comment")]
        value: Expr = c.expr(inside[-1]) if len(inside) > 1 else Opaque("declaration", [], at)
        c.flush(outer)
        body.append(Assign(Name(c.text(named), named.byte_range), value, at, written))
    c.expected = expected


def _property(c: CSharpLowering, node: Node, owner: str, body: list[Stmt], outer: list[Stmt]) -> None:
    """A property with a value of its own is a field; one that is computed is a method marked `property`."""
    named = node.child_by_field_name("name")
    if named is None:
        return
    name, at = c.text(named), node.byte_range
    written = simple_type(c, node.child_by_field_name("type"))
    value = node.child_by_field_name("value")
    getter = value if value is not None and value.type == "arrow_expression_clause" else _getter(c, node)
    if getter is not None:
        function = Function(name, [], [], at, owner=owner, is_static=is_static(c, node), name_at=named.byte_range)
        function.decorators = [Name("property", named.byte_range)]
        static, c.static = c.static, function.is_static
        before, c.local_names = c.local_names, set(c.local_names)
        function.body = body_of(c, getter)
        c.static, c.local_names = static, before
        body.append(FunctionDef(function))
        return
    static, c.static = c.static, is_static(c, node)
    expected, c.expected = c.expected, written
    result: Expr = Opaque("declaration", [], at) if value is None else c.expr(value)
    c.flush(outer)
    c.static, c.expected = static, expected
    body.append(Assign(Name(name, named.byte_range), result, at, written))


def _getter(c: CSharpLowering, node: Node) -> Node | None:
    """The body of `get`, if it has one."""
    accessors = node.child_by_field_name("accessors")
    for one in [] if accessors is None else accessors.named_children:
        kind = one.child_by_field_name("name")
        if one.type == "accessor_declaration" and kind is not None and c.text(kind) == "get":
            return one.child_by_field_name("body")
    return None


def _indexer(c: CSharpLowering, node: Node, owner: str, body: list[Stmt]) -> None:
    getter = node.child_by_field_name("value") or _getter(c, node)
    given = node.child_by_field_name("parameters")
    if getter is None or given is None:
        return
    function = Function("__getitem__", parameters_of(c, given), [], node.byte_range, owner=owner)
    before, c.local_names = c.local_names, {*c.local_names, *(one.name for one in function.parameters)}
    function.body = body_of(c, getter)
    c.local_names = before
    body.append(FunctionDef(function))


def method(c: CSharpLowering, node: Node, owner: str) -> Function:
    """A method or a constructor (named `constructor`)."""
    named = node.child_by_field_name("name")
    name = "" if named is None else c.text(named)
    if node.type == "constructor_declaration":
        name = "constructor"
    marks = modifiers(c, node)
    result = Function(name, [], [], node.byte_range, owner=owner, decorators=attributes_of(c, node))
    result.is_static, result.is_async = "static" in marks, "async" in marks
    result.name_at = None if named is None else named.byte_range
    returned = node.child_by_field_name("returns")
    if returned is not None:
        result.returns = c.text(returned)[:200]
        c.expected = simple_type(c, returned)
    if "private" in marks or not marks & {"public", "internal", "protected"}:
        result.decorators.append(Name("private", node.byte_range))
    before, c.local_names = c.local_names, set(c.local_names)
    static, c.static = c.static, result.is_static
    yields, c.yields = c.yields, False
    jumps, c.jumps = c.jumps, []
    given = node.child_by_field_name("parameters")
    if given is not None:
        result.parameters = parameters_of(c, given)
        c.local_names.update(parameter.name for parameter in result.parameters)
    body: list[Stmt] = []
    initializer = next((child for child in node.named_children if child.type == "constructor_initializer"), None)
    if initializer is not None:
        body.append(_handed_up(c, initializer))
    body.extend(body_of(c, node.child_by_field_name("body")))
    result.body = body
    result.is_generator = c.yields
    c.jumps, c.yields, c.expected = jumps, yields, ""
    c.local_names, c.static = before, static
    return result


def _handed_up(c: CSharpLowering, node: Node) -> Stmt:
    """`: base(…)`, `: this(…)`."""
    at = node.byte_range
    arguments, keywords = arguments_of(c, next(
        (child for child in node.named_children if child.type == "argument_list"), None))  # fmt: skip
    callee: Expr = Name("super", at)
    if any(child.type == "this" for child in node.children):
        callee = Attr(Name("this", at), "constructor", at)
    return ExprStmt(Call(callee, arguments, keywords, at), at)
