"""What a name means in a Java file: a local variable, a member of the class, or a class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.frontend.lowering import Lowering
from casemate.analysis.code.ir import Attr, Name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tree_sitter import Node

    from casemate.analysis.code.ir import At, Expr

_LANG = frozenset({
    "System", "Runtime", "ProcessBuilder", "Process", "Math", "Integer", "Long", "Double", "Float", "Boolean", "String",
    "StringBuilder", "StringBuffer", "Thread", "Class", "ClassLoader", "Character", "Short", "Byte", "Object",
})  # fmt: skip


class Members:
    """The fields and methods of a class; `static` ones belong to the class itself."""

    __slots__ = ("fields", "methods", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.fields: dict[str, bool] = {}
        self.methods: dict[str, bool] = {}


class JavaLowering(Lowering):
    """A Java file on its way. `classes`: the members of the classes around, the innermost last."""

    __slots__ = ("classes", "language_names", "local_names", "package", "static")

    def __init__(
        self,
        source: bytes,
        expressions: Mapping[str, Callable[..., Expr]],
        statements: Mapping[str, Callable[..., None]],
    ) -> None:
        super().__init__(source, expressions, statements)
        self.classes: list[Members] = []
        self.local_names: set[str] = set()
        self.language_names: set[str] = set()
        self.package: str | None = None
        self.static = False

    def variable(self, name: str, at: At) -> Expr:
        """A simple name as an expression."""
        if name not in self.local_names:
            for members in reversed(self.classes):
                static = members.fields.get(name)
                if static is not None:
                    return Attr(self.owner_of(members, at, static=static), name, at)
            if name in _LANG:
                self.language_names.add(name)
        return Name(name, at)

    def owner_of(self, members: Members, at: At, *, static: bool) -> Expr:
        """What holds a member that is named without its owner."""
        return Name(members.name if static or self.static or members is not self.classes[-1] else "this", at)

    def uses(self, name: str) -> None:
        """A class is named."""
        if name in _LANG:
            self.language_names.add(name)


def members_of(c: JavaLowering, node: Node, name: str) -> Members:
    """What a class declares, without its bases'."""
    members = Members(name)
    body = node.child_by_field_name("body")
    stack = [] if body is None else list(body.named_children)
    while stack:
        child = stack.pop()
        if child.type == "enum_body_declarations":
            stack.extend(child.named_children)
        elif child.type in {"field_declaration", "constant_declaration"}:
            static = is_static(child) or child.type == "constant_declaration"
            for declarator in child.children_by_field_name("declarator"):
                named = declarator.child_by_field_name("name")
                if named is not None:
                    members.fields[c.text(named)] = static
        elif child.type == "method_declaration":
            named = child.child_by_field_name("name")
            if named is not None:
                members.methods[c.text(named)] = is_static(child)
        elif child.type == "enum_constant":
            named = child.child_by_field_name("name")
            if named is not None:
                members.fields[c.text(named)] = True
    return members


def is_static(node: Node) -> bool:
    """Whether a declaration has the modifier `static`."""
    first = node.named_children[0] if node.named_children else None
    return first is not None and first.type == "modifiers" and any(child.type == "static" for child in first.children)
