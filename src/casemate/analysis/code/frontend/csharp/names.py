"""Names of types and members as they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.frontend.csharp.types import qualified
from casemate.analysis.code.ir import Attr, Name

if TYPE_CHECKING:
    from tree_sitter import Node

    from casemate.analysis.code.frontend.csharp.scope import CSharpLowering
    from casemate.analysis.code.ir import At, Expr


def dotted(name: str, at: At) -> Expr:
    """`A.B.C` as members of `A`."""
    first, *rest = name.split(".")
    result: Expr = Name(first, at)
    for part in rest[:20]:
        result = Attr(result, part, at)
    return result


def simple_type(c: CSharpLowering, node: Node | None) -> str:
    """A type without its arguments, `?` and namespace; a well-known one is imported."""
    if node is None:
        return ""
    if node.type == "nullable_type" and node.named_children:
        return simple_type(c, node.named_children[0])
    text = c.text(node) if node.end_byte - node.start_byte < 400 else c.text(node)[:400]
    name = text.partition("<")[0].partition("[")[0].strip().rstrip("?")
    if "." in name:
        full = qualified(name)
        if full is not None:
            short = full.rpartition(".")[2]
            c.used_types[short] = full
            return short
        first, dot, rest = name.partition(".")
        return f"{c.uses(first)}{dot}{rest}"[:200]
    return c.uses(name)[:200]


def type_argument(c: CSharpLowering, node: Node | None) -> str:
    """The one type argument of `name<T>`, else nothing."""
    if node is None or node.type != "generic_name":
        return ""
    given = next((child for child in node.named_children if child.type == "type_argument_list"), None)
    inside = [] if given is None else given.named_children
    return simple_type(c, inside[0]) if len(inside) == 1 and inside[0].type != "array_type" else ""
