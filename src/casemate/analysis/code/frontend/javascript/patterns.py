"""Destructuring, and types as they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.ir import Const, Display, Expr, Logical, Name, Record, Spread

if TYPE_CHECKING:
    from tree_sitter import Node

    from casemate.analysis.code.frontend.lowering import Lowering

_MAX_TYPE = 400


def type_text(c: Lowering, annotation: Node) -> str:
    """A type as written, without the colon; very long ones (object types) are cut."""
    return c.text(annotation).lstrip(":").strip()[:_MAX_TYPE]


def object_pattern(c: Lowering, node: Node) -> Expr:
    """`{a, b: c, d = 1, ...rest}` as a target."""
    from casemate.analysis.code.frontend.javascript.functions import property_name

    entries: list[tuple[Expr | None, Expr]] = []
    for child in node.named_children:
        kind = child.type
        at = child.byte_range
        if kind in {"shorthand_property_identifier_pattern", "shorthand_property_identifier"}:
            name = c.text(child)
            entries.append((Const(name, at), Name(name, at)))
        elif kind in {"pair_pattern", "pair"}:
            key = child.child_by_field_name("key")
            entries.append((None if key is None else property_name(c, key), c.expr(child.child_by_field_name("value"))))
        elif kind in {"object_assignment_pattern", "assignment_pattern"}:
            left = child.child_by_field_name("left")
            target = c.expr(left)
            default = c.expr(child.child_by_field_name("right"))
            key_text = target.id if isinstance(target, Name) else ""
            entries.append((Const(key_text, target.at), Logical("??", target, default, at)))
        elif kind in {"rest_pattern", "spread_element"}:
            inside = child.named_children
            entries.append((None, c.expr(inside[0] if inside else None)))
    return Record(entries, node.byte_range)


def array_pattern(c: Lowering, node: Node) -> Expr:
    """`[a, , b = 1, ...rest]` as a target; a hole takes what stands there and forgets it."""
    items: list[Expr] = []
    expected = True
    for child in node.children:
        kind = child.type
        if kind == ",":
            if expected:
                items.append(Name("", child.byte_range))
            expected = True
        elif kind not in {"[", "]", "comment"}:
            items.append(c.expr(child))
            expected = False
    return Display("list", items, node.byte_range)


def assignment_pattern(c: Lowering, node: Node) -> Expr:
    """`target = default` inside of a pattern."""
    left = c.expr(node.child_by_field_name("left"))
    return Logical("??", left, c.expr(node.child_by_field_name("right")), node.byte_range)


def rest_pattern(c: Lowering, node: Node) -> Expr:
    """`...rest`."""
    inside = node.named_children
    return Spread(c.expr(inside[0] if inside else None), node.byte_range)
