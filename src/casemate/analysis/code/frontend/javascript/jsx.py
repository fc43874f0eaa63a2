"""JSX: `<Tag attribute={value}>child</Tag>` is `React.createElement(Tag, {attribute: value}, child)`.

Source: React documentation, "createElement".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.ir import Attr, Call, Const, Expr, Name, Record

if TYPE_CHECKING:
    from tree_sitter import Node

    from casemate.analysis.code.frontend.lowering import Lowering

_TAGS = frozenset({"jsx_opening_element", "jsx_closing_element"})


def element(c: Lowering, node: Node) -> Expr:
    """An element with its attributes and children."""
    at = node.byte_range
    opening = node.child_by_field_name("open_tag") or node
    children: list[Expr] = []
    if opening is not node:
        for child in node.named_children:
            if child.type in _TAGS:
                continue
            if child.type == "jsx_text":
                text = c.text(child).strip()
                if text:
                    children.append(Const(text, child.byte_range))
            elif child.type == "html_character_reference":
                children.append(Const(c.text(child), child.byte_range))
            else:
                children.append(c.expr(child))
    named = opening.child_by_field_name("name")
    tag: Expr = Const(None, at)
    if named is not None:
        text = c.text(named)
        tag = c.expr(named) if text[:1].isupper() or "." in text else Const(text, named.byte_range)
    entries: list[tuple[Expr | None, Expr]] = []
    for attribute in opening.children_by_field_name("attribute"):
        _attribute(c, attribute, entries)
    create = Attr(Name("React", at), "createElement", at)
    return Call(create, [tag, Record(entries, opening.byte_range), *children], [], at)


def _attribute(c: Lowering, node: Node, entries: list[tuple[Expr | None, Expr]]) -> None:
    inside = node.named_children
    if node.type == "jsx_expression":  # {...props}
        spread = inside[0] if inside else None
        if spread is not None and spread.type == "spread_element":
            entries.append((None, c.expr(spread.named_children[-1] if spread.named_children else None)))
        return
    if not inside:
        return
    value: Expr = Const(True, node.byte_range) if len(inside) < 2 else c.expr(inside[-1])
    entries.append((Const(c.text(inside[0]), inside[0].byte_range), value))


def expression(c: Lowering, node: Node) -> Expr:
    """`{value}` between tags."""
    for child in node.named_children:
        if child.type != "comment":
            return c.expr(child)
    return Const(None, node.byte_range)
