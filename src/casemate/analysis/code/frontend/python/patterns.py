"""`match` as a chain of `If`s: what a pattern asks of the subject, and the names that it binds.

Source: The Python Language Reference, "The match statement"; PEP 634. Python binds the names of a pattern before its
guard is evaluated; so do we, in front of the `If`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.frontend.python.unit import MAX_DEPTH, child, parts
from casemate.analysis.code.ir import (
    Assign,
    Attr,
    Binary,
    Call,
    Conditional,
    Const,
    Display,
    If,
    Index,
    Logical,
    Name,
    Opaque,
    Slice,
    Unary,
)

if TYPE_CHECKING:
    from tree_sitter import Node

    from casemate.analysis.code.frontend.python.unit import Unit
    from casemate.analysis.code.ir import At, Expr, Stmt

Bound = list[tuple[Name, "Expr"]]
_ITSELF = frozenset({"bool", "bytearray", "bytes", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple"})
"""Classes whose one positional pattern is the object itself (PEP 634, "Class patterns")."""


def match(unit: Unit, node: Node, out: list[Stmt]) -> None:
    """Lower a `match`. A subject that is not a plain name is evaluated once, into a name no program can have."""
    at = node.byte_range
    subjects = node.children_by_field_name("subject")
    if not subjects:
        return
    values = [unit.expr(each) for each in subjects]
    tuple_of = len(values) > 1 or any(each.type == "," for each in node.children)
    value: Expr = Display("tuple", values, (subjects[0].start_byte, subjects[-1].end_byte)) if tuple_of else values[0]
    if isinstance(value, Name):
        subject = value
    else:
        subject = Name(f"match@{at[0]}", value.at)
        out.append(Assign(subject, value, value.at))
    body = node.child_by_field_name("body")
    chain: list[Stmt] = []
    for clause in reversed(parts(body) if body else []):
        if clause.type == "case_clause":
            chain = _case(unit, clause, subject, chain)
    out += chain


def _case(unit: Unit, node: Node, subject: Name, rest: list[Stmt]) -> list[Stmt]:
    """One case, and in its `otherwise` those that come after it."""
    at = node.byte_range
    patterns = [each for each in node.children if each.type == "case_pattern"]
    if len(patterns) > 1 or child(node, ","):
        test, bound = _sequence(unit, patterns, subject, at)
    else:
        test, bound = pattern(unit, patterns[0], subject) if patterns else (Opaque("pattern", [subject], at), [])
    binds: list[Stmt] = [Assign(name, value, name.at) for name, value in bound]
    body = unit.block(node.child_by_field_name("consequence"))
    guard = node.child_by_field_name("guard")
    condition = parts(guard)[0] if guard and parts(guard) else None
    if condition is None:
        return [If(test, [*binds, *body], rest, at)]
    guarded = unit.expr(condition)
    both = guarded if _always(test) else Logical("and", test, guarded, at)
    return [*binds, If(both, body, rest, at)]


def pattern(unit: Unit, node: Node, subject: Expr) -> tuple[Expr, Bound]:
    """What must hold for the pattern to match, and what it binds to what."""
    if unit.depth >= MAX_DEPTH:
        unit.too_deep.append(node.byte_range)
        return Opaque("deep", [subject], node.byte_range), []
    unit.depth += 1
    result = _pattern(unit, node, subject)
    unit.depth -= 1
    return result


def _pattern(unit: Unit, node: Node, subject: Expr) -> tuple[Expr, Bound]:
    at = node.byte_range
    found = parts(node)
    match node.type:
        case "case_pattern":
            if len(found) != 1 or len(node.children) != 1:
                return _wildcard_or_number(unit, node, subject)
            return pattern(unit, found[0], subject)
        case "dotted_name" if len(found) == 1:
            name = Name(unit.text(found[0]), at)
            return Const(value=True, at=at), [] if name.id == "_" else [(name, subject)]
        case "union_pattern":
            return _union(unit, node, subject)
        case "list_pattern" | "tuple_pattern":
            if node.type == "tuple_pattern" and len(found) == 1 and not child(node, ","):  # only brackets
                return pattern(unit, found[0], subject)
            return _sequence(unit, found, subject, at)
        case "dict_pattern":
            return _mapping(unit, node, subject)
        case "class_pattern":
            return _class(unit, found, subject, at)
        case "as_pattern":
            test, bound = pattern(unit, found[0], subject)
            return test, [*bound, (Name(unit.text(found[-1]), found[-1].byte_range), subject)]
        case "none" | "true" | "false":
            return Binary("is", subject, unit.expr(node), at), []
        case "string" | "concatenated_string" | "integer" | "float" | "dotted_name":
            return Binary("==", subject, unit.expr(node), at), []
        case _:
            return Opaque("pattern", [subject], at), []


def _wildcard_or_number(unit: Unit, node: Node, subject: Expr) -> tuple[Expr, Bound]:
    at = node.byte_range
    numbers = [each for each in node.children if each.type in {"integer", "float"}]
    if len(numbers) == 1:
        value = unit.expr(numbers[0])
        negative = Unary("-", value, at)
        if isinstance(value, Const) and isinstance(value.value, int | float):
            return Binary("==", subject, Const(-value.value, at), at), []
        return Binary("==", subject, negative, at), []
    if unit.text(node) == "_":
        return Const(value=True, at=at), []
    return Opaque("pattern", [subject], at), []


def _union(unit: Unit, node: Node, subject: Expr) -> tuple[Expr, Bound]:
    """Any of several. Constants become a membership test; names take the value of the side that holds."""
    at = node.byte_range
    sides: list[tuple[Expr, Bound]] = []
    minus = False
    for each in node.children:
        if each.type == "-":
            minus = True
        elif each.type == "_":
            sides.append((Const(value=True, at=each.byte_range), []))
        elif each.is_named and not each.is_extra:
            test, bound = pattern(unit, each, subject)
            if minus and isinstance(test, Binary) and isinstance(test.right, Const):
                number = test.right.value
                if isinstance(number, int | float):
                    test = Binary("==", subject, Const(-number, test.at), test.at)
            sides.append((test, bound))
            minus = False
    constants = [
        test.right
        for test, _ in sides
        if isinstance(test, Binary) and test.operator == "==" and isinstance(test.right, Const)
    ]
    if len(constants) == len(sides):
        return Binary("in", subject, Display("tuple", list(constants), at), at), []
    test, bound = sides[-1]
    for other, names in reversed(sides[:-1]):
        values = {name.id: value for name, value in bound}
        bound = [(name, Conditional(other, value, values.get(name.id, value), at)) for name, value in names]
        test = Logical("or", other, test, at)
    return test, bound


def _sequence(unit: Unit, items: list[Node], subject: Expr, at: At) -> tuple[Expr, Bound]:
    """`[a, *rest, b]`: the length, then each element; those after the star count from the end."""
    inner = [_core(each) for each in items]
    star = next((index for index, each in enumerate(inner) if each.type == "splat_pattern"), None)
    length = Call(Name("len", at), [subject], [], at)
    wanted = Const(len(items) if star is None else len(items) - 1, at)
    test: Expr = Binary("==" if star is None else ">=", length, wanted, at)
    bound: Bound = []
    for index, each in enumerate(inner):
        place = each.byte_range
        if index == star:
            name = child(each, "identifier")
            if name:
                upper = index + 1 - len(items)
                key = Slice(Const(index, place), Const(upper, place) if upper else None, None, place)
                bound.append((Name(unit.text(name), name.byte_range), Index(subject, key, place)))
            continue
        position = index if star is None or index < star else index - len(items)
        test = _both(test, pattern(unit, items[index], Index(subject, Const(position, place), place)), bound, at)
    return test, bound


def _mapping(unit: Unit, node: Node, subject: Expr) -> tuple[Expr, Bound]:
    """`{"key": pattern, **rest}`: each key is there, and its value matches."""
    at = node.byte_range
    test: Expr = Call(Name("isinstance", at), [subject, Name("dict", at)], [], at)
    bound: Bound = []
    key: Expr | None = None
    minus = False
    for each in node.children:
        if each.type == "splat_pattern":
            name = child(each, "identifier")
            if name:
                bound.append((Name(unit.text(name), name.byte_range), subject))
        elif each.type == "-":
            minus = True
        elif each.type == "case_pattern" and key is not None:
            test = Logical("and", test, Binary("in", key, subject, at), at)
            test = _both(test, pattern(unit, each, Index(subject, key, each.byte_range)), bound, at)
            key = None
        elif each.is_named and not each.is_extra:
            key = Unary("-", unit.expr(each), each.byte_range) if minus else unit.expr(each)
            minus = False
    return test, bound


def _class(unit: Unit, found: list[Node], subject: Expr, at: At) -> tuple[Expr, Bound]:
    """`Type(pattern, name=pattern)`. Which attribute a position means, only `__match_args__` says."""
    kind = unit.expr(found[0])
    test: Expr = Call(Name("isinstance", at), [subject, kind], [], at)
    bound: Bound = []
    positional = 0
    for each in found[1:]:
        core = _core(each)
        if core.type == "keyword_pattern":
            inner = parts(core)
            value: Expr = Attr(subject, unit.text(inner[0]), core.byte_range)
            if len(inner) == 2:
                test = _both(test, pattern(unit, inner[1], value), bound, at)
            continue
        itself = positional == 0 and isinstance(kind, Name) and kind.id in _ITSELF
        value = subject if itself else Opaque("match-argument", [subject], each.byte_range)
        test = _both(test, pattern(unit, each, value), bound, at)
        positional += 1
    return test, bound


def _core(node: Node) -> Node:
    """A pattern without the `case_pattern` around it."""
    return node.children[0] if node.type == "case_pattern" and len(node.children) == 1 else node


def _both(test: Expr, more: tuple[Expr, Bound], bound: Bound, at: At) -> Expr:
    bound += more[1]
    return test if _always(more[0]) else Logical("and", test, more[0], at)


def _always(test: Expr) -> bool:
    return isinstance(test, Const) and test.value is True
