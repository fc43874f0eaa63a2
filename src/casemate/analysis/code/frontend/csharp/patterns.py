"""Patterns of `is` and `switch`, `switch` as a value, and queries.

Source: C# language reference, "Pattern matching", "switch expression", "Query keywords".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.frontend.csharp.names import simple_type
from casemate.analysis.code.ir import (
    Assign,
    AssignExpr,
    Attr,
    Binary,
    Call,
    Conditional,
    Const,
    Expr,
    Function,
    Index,
    Lambda,
    Logical,
    Name,
    Opaque,
    Parameter,
    Return,
    Unary,
)  # fmt: skip

if TYPE_CHECKING:
    from tree_sitter import Node

    from casemate.analysis.code.frontend.csharp.scope import CSharpLowering
    from casemate.analysis.code.ir import At

_MAX_DEEP = 20


def _bound(c: CSharpLowering, subject: Expr, name: str, at: At) -> Expr:
    """A variable of a pattern takes the subject. It is asked nothing: the test stays open."""
    if name and name != "_":
        c.local_names.add(name)
        return AssignExpr(Name(name, at), subject, at)
    return subject


def _opened(value: Expr, at: At) -> Expr:
    return Opaque("pattern", [value], at)


def matches(c: CSharpLowering, subject: Expr, node: Node | None, depth: int = 0) -> Expr:  # noqa: C901 - one case a pattern
    """Whether the subject matches."""
    if node is None or depth > _MAX_DEEP:
        return _opened(subject, (0, 0))
    at = node.byte_range
    kind = node.type
    field = node.child_by_field_name
    if kind in {"constant_pattern", "parenthesized_pattern"}:
        inner = next(iter(node.named_children), None)
        if kind == "parenthesized_pattern":
            return matches(c, subject, inner, depth + 1)
        if inner is not None and inner.type == "tuple_expression":
            return _tuple(c, subject, inner, depth)
        name = c.text(inner) if inner is not None and inner.type == "identifier" else ""
        if name[:1].isupper() and not _is_member(c, name):  # a type
            simple_type(c, inner)
            return _opened(subject, at)
        return Binary("==", subject, c.expr(inner), at)
    if kind == "negated_pattern":
        return Unary("not", matches(c, subject, next(iter(node.named_children), None), depth + 1), at)
    if kind in {"and_pattern", "or_pattern"}:
        left, right = matches(c, subject, field("left"), depth + 1), matches(c, subject, field("right"), depth + 1)
        return Logical("and" if kind == "and_pattern" else "or", left, right, at)
    if kind == "relational_pattern":
        sign = next((child.type for child in node.children if not child.is_named), ">")
        return Binary(sign, subject, c.expr(next(iter(node.named_children), None)), at)
    if kind in {"declaration_pattern", "var_pattern"}:
        if kind == "declaration_pattern":
            simple_type(c, field("type"))
        named = field("name") or (node.named_children[-1] if node.named_children else None)
        name = "" if named is None else c.text(named)
        return _opened(_bound(c, subject, name, at), at)
    if kind == "recursive_pattern":
        return _recursive(c, subject, node, depth)
    if kind == "list_pattern":
        parts = [matches(c, Index(subject, Const(place, at), at), child, depth + 1)
                 for place, child in enumerate(node.named_children[:_MAX_DEEP])]  # fmt: skip
        return Opaque("pattern", parts, at)
    if kind == "discard":
        return Const(True, at)
    if kind == "type_pattern":
        simple_type(c, next(iter(node.named_children), None))
        return _opened(subject, at)
    if kind in c.expressions:
        return Binary("==", subject, c.expr(node), at)
    return _opened(subject, at)


def _is_member(c: CSharpLowering, name: str) -> bool:
    return name in c.local_names or any(name in members.fields for members in c.classes)


def _tuple(c: CSharpLowering, subject: Expr, node: Node, depth: int) -> Expr:
    at = node.byte_range
    result: Expr | None = None
    for place, child in enumerate(node.named_children[:_MAX_DEEP]):
        inner = child.named_children[-1] if child.named_children else None
        item = Index(subject, Const(place, at), at)
        if inner is not None and inner.type == "declaration_expression":
            named = inner.child_by_field_name("name")
            one: Expr = _opened(_bound(c, item, "" if named is None else c.text(named), at), at)
        elif inner is not None and (inner.type == "discard" or c.text(inner) == "_"):
            continue
        elif inner is not None and inner.type.endswith("pattern"):
            one = matches(c, item, inner, depth + 1)
        else:
            one = Binary("==", item, c.expr(inner), at)
        result = one if result is None else Logical("and", result, one, at)
    return result or Const(True, at)


def _recursive(c: CSharpLowering, subject: Expr, node: Node, depth: int) -> Expr:
    """`Type { Property: pattern } name`, `(pattern, pattern)`."""
    at = node.byte_range
    simple_type(c, node.child_by_field_name("type"))
    result: Expr = _opened(subject, at)
    for clause in node.named_children:
        if clause.type not in {"property_pattern_clause", "positional_pattern_clause"}:
            continue
        for place, one in enumerate(child for child in clause.named_children if child.type == "subpattern"):
            inside = one.named_children
            if clause.type == "property_pattern_clause" and len(inside) > 1:
                target: Expr = subject
                for name in c.text(inside[0]).split(".")[:5]:
                    target = Attr(target, name, inside[0].byte_range)
            else:
                target = Index(subject, Const(place, at), at)
            if inside:
                result = Logical("and", result, matches(c, target, inside[-1], depth + 1), at)
    named = node.child_by_field_name("name")
    if named is not None:
        result = Logical("and", result, _opened(_bound(c, subject, c.text(named), at), at), at)
    return result


def arm_test(c: CSharpLowering, subject: Expr, children: list[Node]) -> Expr | None:
    """The test of a pattern with its `when`; None: everything matches."""
    pattern = children[0] if children else None
    when = next((child for child in children if child.type == "when_clause"), None)
    if pattern is None or pattern is when:
        return None
    condition = None if when is None else next(iter(when.named_children), None)
    found: Expr | None = None
    if not (pattern.type == "discard" or c.text(pattern) == "_"):
        found = matches(c, subject, pattern)
    if condition is None:
        return found
    extra = c.expr(condition)
    return extra if found is None else Logical("and", found, extra, pattern.byte_range)


def switch(c: CSharpLowering, node: Node) -> Expr:
    """`subject switch { pattern => value, … }`: a chain of conditionals."""
    at = node.byte_range
    inside = [child for child in node.named_children if not child.type.endswith("comment")]
    subject = c.expr(inside[0] if inside else None)
    if not isinstance(subject, (Name, Const, Attr)):
        name = Name(c.temporary("switch"), subject.at)
        c.pending.append(Assign(name, subject, subject.at, declares=True))
        subject = name
    tested: list[tuple[Expr | None, Expr]] = []
    for arm in inside[1:120]:
        parts = [child for child in arm.named_children if not child.type.endswith("comment")]
        if arm.type != "switch_expression_arm" or len(parts) < 2:
            continue
        before = set(c.local_names)
        found = arm_test(c, subject, parts[:-1])
        tested.append((found, c.expr(parts[-1])))
        c.local_names = before
    result: Expr = Opaque("switch", [], at)
    for found, value in reversed(tested):
        if isinstance(value, Opaque) and value.kind == "throw" and found is None:
            continue
        result = value if found is None else Conditional(found, value, result, at)
    return result


def query(c: CSharpLowering, node: Node) -> Expr:
    """`from x in xs where … select …` as calls of `Where` and `Select`."""
    at = node.byte_range
    result: Expr = Const(None, at)
    name = "_"
    before = set(c.local_names)
    for clause in node.named_children:
        inside = [child for child in clause.named_children if not child.type.endswith("comment")]
        last = inside[-1] if inside else None
        if clause.type == "from_clause":
            named = clause.child_by_field_name("name")
            source = c.expr(last)
            if result.__class__ is Const:
                result = source
            else:
                result = Call(Attr(result, "SelectMany", at), [_function(name, source, at)], [], at)
            name = "_" if named is None else c.text(named)
            c.local_names.add(name)
        elif clause.type == "let_clause" and len(inside) > 1:
            c.local_names.add(c.text(inside[0]))
            c.pending.append(_let(c.text(inside[0]), c.expr(last), at))
        elif clause.type == "where_clause":
            result = Call(Attr(result, "Where", at), [_function(name, c.expr(last), at)], [], at)
        elif clause.type == "select_clause":
            result = Call(Attr(result, "Select", at), [_function(name, c.expr(last), at)], [], at)
        elif clause.type == "join_clause":
            result = Opaque("join", [result, *(c.expr(child) for child in inside if child.type in c.expressions)], at)
    c.local_names = before
    return result


def _let(name: str, value: Expr, at: At) -> Assign:
    return Assign(Name(name, at), value, at, declares=True)


def _function(name: str, value: Expr, at: At) -> Expr:
    return Lambda(Function("", [Parameter(name)], [Return(value, at)], at, captures_this=True), at)
