"""Calls, their arguments, and functions as values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.frontend.csharp.names import dotted, simple_type, type_argument
from casemate.analysis.code.ir import (
    AssignExpr,
    Attr,
    Await,
    Call,
    Cast,
    Const,
    Expr,
    Function,
    Lambda,
    Name,
    Opaque,
    Parameter,
    Return,
    Stmt,
)  # fmt: skip

if TYPE_CHECKING:
    from tree_sitter import Node

    from casemate.analysis.code.frontend.csharp.scope import CSharpLowering

_TYPED = frozenset({
    "DeserializeObject", "Deserialize", "DeserializeAsync", "ReadFromJsonAsync", "ReadAsAsync", "ToObject", "GetValue",
    "Value", "Get", "ConvertTo",
})  # fmt: skip
"""Methods whose result is an object of the type argument."""
_STORED = frozenset({
    "LoadAsync", "SaveAsync", "DeleteAsync", "QueryAsync", "ScanAsync", "FromQueryAsync", "FromScanAsync",
    "CreateBatchWrite", "CreateBatchGet", "CreateTransactWrite", "CreateTransactGet", "GetTargetTable",
})  # fmt: skip
"""Methods of DynamoDB's object persistence model: the type says which table it is."""
_SERVICES = frozenset({"GetRequiredService", "GetService"})
"""What asks a container of dependencies for an object by its type."""
_AWAITERS = frozenset({"ConfigureAwait", "GetAwaiter", "GetResult", "AsTask", "WaitAsync"})


def call(c: CSharpLowering, node: Node) -> Expr:
    """A call."""
    function = node.child_by_field_name("function")
    given = node.child_by_field_name("arguments")
    at = node.byte_range
    if function is None:
        return c.opaque(node)
    name_node = function
    while name_node.type == "conditional_access_expression" and name_node.named_children:
        name_node = name_node.named_children[-1]
    if name_node.type in {"member_access_expression", "member_binding_expression"}:
        name_node = name_node.child_by_field_name("name") or name_node
    name = simple_type(c, name_node) if name_node.type == "generic_name" else c.text(name_node)
    if function.type == "identifier" and name == "nameof":
        written = "" if given is None else c.text(given).strip("() ")
        return Const(written.rpartition(".")[2], at)
    callee = _callee(c, function, name)
    if isinstance(callee, Attr) and name in _AWAITERS:
        inner = callee.target
        return inner if isinstance(inner, Await) else Await(inner, at)
    arguments, keywords = arguments_of(c, given, callee, name)
    type_ = type_argument(c, name_node)
    if type_ and name in _STORED:
        keywords.append(("type argument", dotted(type_, at)))
    if type_ and name in _SERVICES and not arguments:
        return Call(Name("csharp service", at), [dotted(type_, at)], [], at)
    result: Expr = Call(callee, arguments, keywords, at)
    if type_ and name in _TYPED:
        result = Cast(type_, result, at)
    return result


def _callee(c: CSharpLowering, function: Node, name: str) -> Expr:
    if function.type not in {"identifier", "generic_name"}:
        return c.expr(function)
    place = function.byte_range
    if name in c.local_names:
        return Name(name, place)
    for members in reversed(c.classes):
        static = members.methods.get(name)
        if static is None:
            static = members.fields.get(name)
        if static is not None:
            return Attr(c.owner_of(members, place, static=static), name, place)
    return Name(name, place)


def arguments_of(
    c: CSharpLowering, node: Node | None, callee: Expr | None = None, name: str = ""
) -> tuple[list[Expr], list[tuple[str, Expr]]]:
    """The arguments by position and by name; `out x` assigns what the call tells of the others."""
    arguments: list[Expr] = []
    keywords: list[tuple[str, Expr]] = []
    for child in [] if node is None else node.named_children:
        if child.type not in {"argument", "attribute_argument"}:
            continue
        inside = [one for one in child.named_children if not one.type.endswith("comment")]
        named = child.child_by_field_name("name")
        values = [one for one in inside if named is None or one.start_byte != named.start_byte]
        if not values:
            continue
        if any(one.type == "out" for one in child.children):
            value: Expr = _given_out(c, values[-1], callee, name, arguments)
        else:
            value = c.expr(values[-1])
        if named is None:
            arguments.append(value)
        else:
            keywords.append((c.text(named), value))
    return arguments, keywords


def _given_out(c: CSharpLowering, node: Node, callee: Expr | None, name: str, others: list[Expr]) -> Expr:
    """`out var x`: what `TryParse` parsed, what `TryGetValue` got; else something made of the other arguments."""
    from casemate.analysis.code.frontend.csharp.expressions import target_of

    at = node.byte_range
    target = target_of(c, node)
    parts = list(others)
    value: Expr
    if name.startswith("Try") and isinstance(callee, Attr):
        inner = {"TryGetValue": "GetValueOrDefault", "TryCreate": "Create"}.get(name, name[3:])
        value = Call(Attr(callee.target, inner, at), parts, [], at)
        if isinstance(callee.target, Name) and callee.target.id in {"this", *(one.name for one in c.classes)}:
            value = Opaque("out", parts, at)
    else:
        value = Opaque("out", parts, at)
    if isinstance(target, Name) and not target.id:
        return Const(None, at)
    return AssignExpr(target, value, at)


def function_of(c: CSharpLowering, node: Node) -> Expr:
    """A lambda, or `delegate (…) { … }`."""
    given = node.child_by_field_name("parameters")
    body = node.child_by_field_name("body") or next(
        (child for child in node.named_children if child.type == "block"), None
    )
    result = Function("", [], [], node.byte_range, captures_this=True)
    result.is_async = any(child.type == "async" or c.text(child) == "async" for child in node.children[:2])
    before, jumps, yields = set(c.local_names), c.jumps, c.yields
    c.jumps = []
    if given is not None and given.type == "implicit_parameter":
        result.parameters = [Parameter(c.text(given))]
    elif given is not None:
        result.parameters = parameters_of(c, given)
    c.local_names.update(parameter.name for parameter in result.parameters)
    result.body = body_of(c, body)
    c.local_names, c.jumps, c.yields = before, jumps, yields
    return Lambda(result, node.byte_range)


def body_of(c: CSharpLowering, node: Node | None) -> list[Stmt]:
    """Statements of a body: a block, or `=> value`."""
    from casemate.analysis.code.frontend.csharp.statements import ordered

    if node is None:
        return []
    if node.type == "block":
        return c.block(ordered(node.named_children))
    if node.type == "arrow_expression_clause":
        node = next((child for child in node.named_children if not child.type.endswith("comment")), None)
    if node is None:
        return []
    if node.type == "throw_expression":
        return c.block([node])
    outer, c.pending = c.pending, []
    value = c.expr(node)
    body: list[Stmt] = [*c.pending, Return(value, node.byte_range)]
    c.pending = outer
    return body


def parameters_of(c: CSharpLowering, node: Node) -> list[Parameter]:
    """The parameters with their types, defaults and attributes."""
    from casemate.analysis.code.frontend.csharp.attributes import attributes_of

    found: list[Parameter] = []
    rest_type = ""
    for child in node.children:
        if child.type == "array_type" or (child.type == "nullable_type" and child.parent is node):
            rest_type = c.text(child)[:200]  # `params string[] rest` stands in the list itself
        elif child.type == "identifier" and rest_type:
            found.append(Parameter(c.text(child), kind="rest", type=rest_type))
            rest_type = ""
        elif child.type == "parameter":
            named, type_ = child.child_by_field_name("name"), child.child_by_field_name("type")
            written = None
            if type_ is not None:
                simple_type(c, type_)
                written = c.text(type_)[:200]
            parameter = Parameter("" if named is None else c.text(named), type=written)
            seen = False
            for one in child.named_children:
                if named is not None and one.start_byte == named.start_byte:
                    seen = True
                elif seen and one.type in c.expressions:
                    parameter.default = c.expr(one)
            parameter.decorators = tuple(attributes_of(c, child))
            found.append(parameter)
    return found
