"""Parameters of functions and lambdas.

Source: The Python Language Reference, "Function definitions".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from casemate.analysis.code.frontend.python.unit import parts
from casemate.analysis.code.ir import Parameter

if TYPE_CHECKING:
    from tree_sitter import Node

    from casemate.analysis.code.frontend.python.unit import Unit


def parameters(unit: Unit, node: Node | None) -> list[Parameter]:
    """The parameters in order. Those after `*` or `*rest` are taken by name only."""
    found: list[Parameter] = []
    kind: Literal["plain", "named"] = "plain"
    for each in parts(node) if node else []:
        if each.type == "keyword_separator":
            kind = "named"
        elif each.type != "positional_separator":
            parameter = _parameter(unit, each, kind)
            if parameter:
                found.append(parameter)
                kind = "named" if parameter.kind == "rest" else kind
    return found


def _parameter(unit: Unit, node: Node, kind: Literal["plain", "named"]) -> Parameter | None:
    match node.type:
        case "identifier":
            return Parameter(unit.text(node), kind=kind)
        case "list_splat_pattern":
            return Parameter(unit.text(parts(node)[0]), kind="rest")
        case "dictionary_splat_pattern":
            return Parameter(unit.text(parts(node)[0]), kind="keywords")
        case "tuple_pattern":  # Python 2
            return Parameter("", kind=kind, pattern=unit.expr(node))
        case "typed_parameter":
            inner = _parameter(unit, parts(node)[0], kind)
        case "default_parameter" | "typed_default_parameter":
            name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
            inner = _parameter(unit, name, kind) if name else None
            if inner and value:
                inner.default = unit.expr(value)
        case _:
            return None
    declared = node.child_by_field_name("type")
    if inner and declared:
        inner.type = unit.text(declared)
    return inner
