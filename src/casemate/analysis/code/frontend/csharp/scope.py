"""What a name means in a C# file: a local variable, a member of the class, or a type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.frontend.csharp.types import full_name
from casemate.analysis.code.frontend.lowering import Lowering
from casemate.analysis.code.ir import Attr, Name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tree_sitter import Node

    from casemate.analysis.code.ir import At, Expr

CLASSES = frozenset({
    "class_declaration", "interface_declaration", "struct_declaration", "record_declaration", "enum_declaration",
    "record_struct_declaration",
})  # fmt: skip


class Members:
    """The fields, properties and methods of a class; `static` ones belong to the class itself."""

    __slots__ = ("fields", "methods", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.fields: dict[str, bool] = {}
        self.methods: dict[str, bool] = {}


class CSharpLowering(Lowering):
    """A C# file on its way.

    `classes`: the members of the classes around, the innermost last; `used_types`: types of libraries that the file
    names -> their full names; `expected`: the type that is declared where `new()` stands; `bound`: what `?.` is asked
    of; `yields`: whether the function around gives its values one by one.
    """

    __slots__ = ("bound", "classes", "declared", "expected", "local_names", "namespace", "static", "used_types",
                 "usings", "yields")  # fmt: skip

    def __init__(
        self,
        source: bytes,
        expressions: Mapping[str, Callable[..., Expr]],
        statements: Mapping[str, Callable[..., None]],
    ) -> None:
        super().__init__(source, expressions, statements)
        self.classes: list[Members] = []
        self.local_names: set[str] = set()
        self.used_types: dict[str, str] = {}
        self.declared: set[str] = set()
        self.usings: set[str] = set()
        self.namespace: str | None = None
        self.expected = ""
        self.bound: list[Expr] = []
        self.static = False
        self.yields = False

    def variable(self, name: str, at: At) -> Expr:
        """A simple name as an expression."""
        if name not in self.local_names:
            for members in reversed(self.classes):
                static = members.fields.get(name)
                if static is None:
                    static = members.methods.get(name)
                if static is not None:
                    return Attr(self.owner_of(members, at, static=static), name, at)
            self.uses(name)
        return Name(name, at)

    def owner_of(self, members: Members, at: At, *, static: bool) -> Expr:
        """What holds a member that is named without its owner."""
        return Name(members.name if static or self.static or members is not self.classes[-1] else "this", at)

    def uses(self, name: str) -> str:
        """A type is named; the name that it has here."""
        if name[:1].isupper() and name not in self.declared:
            full = full_name(name, self.usings)
            if full is not None:
                short = full.rpartition(".")[2]
                self.used_types[short] = full
                if name != short:  # `FunctionNameAttribute`
                    return short
        return name


def members_of(c: CSharpLowering, node: Node, name: str) -> Members:
    """What a class declares, without its bases'."""
    members = Members(name)
    body = node.child_by_field_name("body")
    for child in [] if body is None else flattened(body.named_children):
        kind = child.type
        static = is_static(c, child)
        if kind in {"field_declaration", "event_field_declaration"}:
            for one in child.named_children:
                if one.type == "variable_declaration":
                    for declarator in one.named_children:
                        named = declarator.child_by_field_name("name")
                        if declarator.type == "variable_declarator" and named is not None:
                            members.fields[c.text(named)] = static
        elif kind in {"property_declaration", "method_declaration", "enum_member_declaration"}:
            named = child.child_by_field_name("name")
            if named is not None and kind == "method_declaration":
                members.methods[c.text(named)] = static
            elif named is not None:
                members.fields[c.text(named)] = static or kind == "enum_member_declaration"
    return members


def flattened(nodes: list[Node]) -> list[Node]:
    """The nodes, with those that stand under a condition of the compiler among them."""
    found: list[Node] = []
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        if node.type.startswith("preproc_") and node.type in {"preproc_if", "preproc_else", "preproc_elif"}:
            condition = node.child_by_field_name("condition")
            start = -1 if condition is None else condition.start_byte
            stack.extend(child for child in reversed(node.named_children) if child.start_byte != start)
        else:
            found.append(node)
    return found


def modifiers(c: CSharpLowering, node: Node) -> set[str]:
    """Words before a declaration: `static`, `async`, `public`."""
    return {c.text(child) for child in node.children if child.type == "modifier"}


def is_static(c: CSharpLowering, node: Node) -> bool:
    """Whether a declaration belongs to the class itself."""
    return bool({"static", "const"} & modifiers(c, node))
