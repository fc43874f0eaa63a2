"""Objects, collections and handlers of events as they are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.frontend.csharp.calls import arguments_of, function_of
from casemate.analysis.code.frontend.csharp.names import dotted, simple_type
from casemate.analysis.code.ir import (
    Attr,
    Call,
    Const,
    Display,
    Expr,
    Lambda,
    Name,
    Opaque,
    Record,
    Return,
)  # fmt: skip

if TYPE_CHECKING:
    from tree_sitter import Node

    from casemate.analysis.code.frontend.csharp.scope import CSharpLowering

_TABLES = frozenset({
    "Dictionary", "SortedDictionary", "ConcurrentDictionary", "SortedList", "Hashtable", "NameValueCollection",
    "IDictionary", "IReadOnlyDictionary", "ExpandoObject",
})  # fmt: skip
_LISTS = frozenset({
    "List", "HashSet", "Queue", "Stack", "LinkedList", "SortedSet", "ArrayList", "ConcurrentQueue", "ConcurrentBag",
    "ConcurrentStack", "Collection", "ObservableCollection", "IList", "IEnumerable", "ICollection",
})  # fmt: skip


def created(c: CSharpLowering, node: Node) -> Expr:
    """`new T(arguments) { Property = value }`: properties are given by name, like arguments."""
    type_ = node.child_by_field_name("type")
    at = node.byte_range
    named = simple_type(c, type_) if type_ is not None else c.expected
    given = next((child for child in node.named_children if child.type == "argument_list"), None)
    inside = next((child for child in node.named_children if child.type == "initializer_expression"), None)
    last = named.rpartition(".")[2]
    if last in _TABLES and (given is None or not given.named_children or inside is not None):
        return Record([], at) if inside is None else _table(c, inside, at)
    if last in _LISTS and (given is None or not given.named_children or inside is not None):
        return Display("list", [], at) if inside is None else initializer(c, inside)
    arguments, keywords = arguments_of(c, given)
    place = at if type_ is None else type_.byte_range
    if not named:
        return initializer(c, inside) if inside is not None else Opaque("new", arguments, at)
    if inside is not None:
        filled = initializer(c, inside)
        if isinstance(filled, Record) and all(isinstance(key, Const) for key, _ in filled.entries):
            if any(one.type == "element_binding_expression" for child in inside.named_children
                   for one in child.named_children[:1]):  # fmt: skip
                return Record(filled.entries, at)
            keywords.extend((str(key.value), value) for key, value in filled.entries if isinstance(key, Const))
        elif isinstance(filled, Display):
            arguments.extend(filled.items)
        else:
            return filled
    return Call(dotted(named, place), arguments, keywords, at, new=True)


def initializer(c: CSharpLowering, node: Node) -> Expr:
    """`{ A = 1 }`, `{ [key] = value }`, `{ { key, value } }` as a record; `{ a, b }` as a list."""
    inside = [child for child in node.named_children if not child.type.endswith("comment")]
    pairs = bool(inside) and all(child.type in {"assignment_expression", "initializer_expression"} for child in inside)
    if pairs and (inside[0].type == "assignment_expression" or len(inside[0].named_children) == 2):
        return _table(c, node, node.byte_range)
    return Display("list", [c.expr(child) for child in inside], node.byte_range)


def _table(c: CSharpLowering, node: Node, at: tuple[int, int]) -> Record:
    entries: list[tuple[Expr | None, Expr]] = []
    for child in node.named_children:
        if child.type == "initializer_expression":
            pair = [one for one in child.named_children if not one.type.endswith("comment")]
            if len(pair) == 2:
                entries.append((c.expr(pair[0]), c.expr(pair[1])))
        elif child.type == "assignment_expression":
            left, right = child.child_by_field_name("left"), child.child_by_field_name("right")
            if left is None or right is None:
                continue
            if left.type in {"element_binding_expression", "implicit_element_access"}:
                given = next((one for one in left.named_children if one.type == "argument"), None)
                key = c.expr(given.named_children[-1] if given is not None and given.named_children else None)
                entries.append((key, c.expr(right)))
            else:
                name = c.text(left)
                expected, c.expected = c.expected, ""
                entries.append((Const(name, left.byte_range), certificate(name, right, c) or c.expr(right)))
                c.expected = expected
    return Record(entries, at)


def anonymous(c: CSharpLowering, node: Node) -> Expr:
    """`new { a = 1, b.c, d }`."""
    entries: list[tuple[Expr | None, Expr]] = []
    name: Node | None = None
    children = node.children
    for place, child in enumerate(children):
        if not child.is_named or child.type.endswith("comment"):
            continue
        if child.type == "identifier" and place + 1 < len(children) and children[place + 1].type == "=":
            name = child
            continue
        value = c.expr(child)
        written = c.text(name) if name is not None else c.text(child).rpartition(".")[2]
        entries.append((Const(written, child.byte_range), value))
        name = None
    return Record(entries, node.byte_range)


def array(c: CSharpLowering, node: Node) -> Expr:
    """`new T[] { … }`, `new[] { … }`."""
    inside = next((child for child in node.named_children if child.type == "initializer_expression"), None)
    if inside is not None:
        items = [c.expr(child) for child in inside.named_children if not child.type.endswith("comment")]
        data = [one.value for one in items if isinstance(one, Const) and isinstance(one.value, int)]
        if len(data) == len(items) >= 8 and "byte" in c.text(node)[:12] and all(0 <= one < 256 for one in data):
            return Const(bytes(data), node.byte_range)  # a key, or a vector
        return Display("list", items, node.byte_range)
    for child in node.named_children:
        simple_type(c, child)
    return Call(Name("new array", node.byte_range), [], [], node.byte_range)


def changed(c: CSharpLowering, node: Node) -> Expr:
    """`value with { Name = x }`: a copy with other fields."""
    inside = node.named_children
    entries: list[tuple[Expr | None, Expr]] = [(None, c.expr(inside[0] if inside else None))]
    for child in inside[1:]:
        pair = child.named_children
        if child.type in {"with_initializer", "assignment_expression"} and len(pair) == 2:
            entries.append((Const(c.text(pair[0]), pair[0].byte_range), c.expr(pair[1])))
        else:
            for one in pair:
                if len(one.named_children) == 2:
                    name, value = one.named_children
                    entries.append((Const(c.text(name), name.byte_range), c.expr(value)))
    return Record(entries, node.byte_range)


# -- handlers
def is_handler(c: CSharpLowering, node: Node) -> bool:
    """Whether what is added with `+=` is a function: an event's handler, not a number or a text."""
    if node.type in {"lambda_expression", "anonymous_method_expression"}:
        return True
    if node.type == "object_creation_expression":
        return c.text(node.child_by_field_name("type") or node).partition("<")[0].endswith("Handler")
    return node.type == "identifier" and any(c.text(node) in members.methods for members in c.classes)


def handler(c: CSharpLowering, node: Node) -> Expr:
    """The function that is added."""
    if node.type == "object_creation_expression":
        given = next((child for child in node.named_children if child.type == "argument_list"), None)
        arguments, _ = arguments_of(c, given)
        if len(arguments) == 1:
            return arguments[0]
    return c.expr(node)


def certificate(name: str, node: Node, c: CSharpLowering) -> Expr | None:
    """A check of certificates that always says yes, under the name of the library's own."""
    if "Certificate" not in name or node.type not in {"lambda_expression", "anonymous_method_expression"}:
        return None
    function = function_of(c, node)
    if not isinstance(function, Lambda) or len(function.function.body) != 1:
        return None
    only = function.function.body[0]
    if isinstance(only, Return) and isinstance(only.value, Const) and only.value.value is True:
        c.uses("HttpClientHandler")
        at = node.byte_range
        return Attr(Name("HttpClientHandler", at), "DangerousAcceptAnyServerCertificateValidator", at)
    return None
