"""`[Name]` and `[Name(value, Key = value)]` as names and calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.frontend.csharp.calls import arguments_of
from casemate.analysis.code.frontend.csharp.names import simple_type
from casemate.analysis.code.ir import Call, Name

if TYPE_CHECKING:
    from tree_sitter import Node

    from casemate.analysis.code.frontend.csharp.scope import CSharpLowering
    from casemate.analysis.code.ir import Expr


def attributes_of(c: CSharpLowering, node: Node) -> list[Expr]:
    """The attributes of a declaration or a parameter."""
    found: list[Expr] = []
    for group in node.named_children:
        if group.type != "attribute_list":
            continue
        for one in group.named_children:
            named = one.child_by_field_name("name")
            if one.type != "attribute" or named is None:
                continue
            name = Name(simple_type(c, named), one.byte_range)
            given = next((child for child in one.named_children if child.type == "attribute_argument_list"), None)
            if given is None:
                found.append(name)
            else:
                arguments, keywords = arguments_of(c, given)
                found.append(Call(name, arguments, keywords, one.byte_range))
    return found
