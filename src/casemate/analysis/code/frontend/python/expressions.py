"""Expressions and assignment targets.

Source: The Python Language Reference, "Expressions".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from casemate.analysis.code.frontend.python.literals import concatenated, floating, integer, string
from casemate.analysis.code.frontend.python.parameters import parameters
from casemate.analysis.code.frontend.python.unit import child, parts
from casemate.analysis.code.ir import (
    AssignExpr,
    Attr,
    Await,
    Binary,
    Call,
    Clause,
    Comprehension,
    Conditional,
    Const,
    Display,
    Function,
    Index,
    Lambda,
    Logical,
    Name,
    Opaque,
    Record,
    Return,
    Slice,
    Spread,
    Unary,
    Yield,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from casemate.analysis.code.frontend.python.unit import LowerExpr, Unit
    from casemate.analysis.code.ir import At, Expr

MAX_CHAIN = 60
"""Operands of a chain of one operator that nest to the left, as the language says; more are nested in halves."""
_SPELLED = {"not in": "not-in", "is not": "is-not", "<>": "!="}
_LOGICAL: dict[str, Literal["and", "or"]] = {"and": "and", "or": "or"}
_ASSOCIATIVE = frozenset({"+", "*", "&", "|", "^", "and", "or"})
_DISPLAYS: dict[str, Literal["list", "tuple", "set"]] = {"list": "list", "list_pattern": "list", "set": "set"}
_COMPREHENSIONS: dict[str, Literal["list", "set", "dict", "generator"]] = {
    "list_comprehension": "list",
    "set_comprehension": "set",
    "dictionary_comprehension": "dict",
    "generator_expression": "generator",
}


def opaque(unit: Unit, node: Node) -> Expr:
    """Whatever has no node of its own, with what is in it."""
    return Opaque(node.type, [unit.expr(each) for each in parts(node)], node.byte_range)


def several(unit: Unit, nodes: list[Node], at: At) -> Expr:
    """One expression, or a tuple without brackets."""
    if len(nodes) == 1:
        return unit.expr(nodes[0])
    return Display("tuple", [unit.expr(each) for each in nodes], at)


def _identifier(unit: Unit, node: Node) -> Expr:
    start, end = at = node.byte_range
    raw = unit.source[start:end]
    word = unit.words.get(raw)
    if word is None:
        word = unit.words[raw] = raw.decode("utf-8", "replace")
    return Name(word, at)


def _dotted(unit: Unit, node: Node) -> Expr:
    names = parts(node)
    result: Expr = Name(unit.text(names[0]), names[0].byte_range)
    for name in names[1:]:
        result = Attr(result, unit.text(name), (node.start_byte, name.end_byte))
    return result


def _attribute(unit: Unit, node: Node) -> Expr:
    found = parts(node)
    if len(found) < 2:
        return opaque(unit, node)
    return Attr(unit.expr(found[0]), unit.text(found[-1]), node.byte_range)


def _subscript(unit: Unit, node: Node) -> Expr:
    found = parts(node)
    if len(found) < 2:
        return opaque(unit, node)
    keys = found[1:]
    return Index(unit.expr(found[0]), several(unit, keys, (keys[0].start_byte, keys[-1].end_byte)), node.byte_range)


def _slice(unit: Unit, node: Node) -> Expr:
    bounds: list[Expr | None] = [None, None, None]
    position = 0
    for each in node.children:
        if each.type == ":":
            position = min(position + 1, 2)
        elif each.is_named and not each.is_extra:
            bounds[position] = unit.expr(each)
    return Slice(bounds[0], bounds[1], bounds[2], node.byte_range)


def _call(unit: Unit, node: Node) -> Expr:
    found = parts(node)
    if len(found) < 2:
        return opaque(unit, node)
    function = unit.expr(found[0])
    given = found[1]
    if given.type != "argument_list":  # `f(x for x in y)`
        return Call(function, [unit.expr(given)], [], node.byte_range)
    arguments: list[Expr] = []
    keywords: list[tuple[str, Expr]] = []
    for each in given.named_children:
        kind = each.type
        if kind == "keyword_argument":
            pair = parts(each)
            if len(pair) == 2:
                keywords.append((unit.text(pair[0]), unit.expr(pair[1])))
        elif kind == "dictionary_splat":
            keywords.append(("", unit.expr(parts(each)[0])))
        elif not each.is_extra:
            arguments.append(unit.expr(each))
    return Call(function, arguments, keywords, node.byte_range)


def _inner(unit: Unit, node: Node) -> Expr:
    """Brackets, `await x`'s inside, `x as y`: the first expression in it."""
    found = parts(node)
    return unit.expr(found[0]) if found else Opaque(node.type, [], node.byte_range)


def _spread(unit: Unit, node: Node) -> Expr:
    return Spread(_inner(unit, node), node.byte_range)


def _await(unit: Unit, node: Node) -> Expr:
    return Await(_inner(unit, node), node.byte_range)


def _yield(unit: Unit, node: Node) -> Expr:
    unit.yields = True
    found = parts(node)
    if not found:
        return Yield(None, node.byte_range)
    value = several(unit, found, node.byte_range)
    return Yield(Spread(value, node.byte_range) if child(node, "from") else value, node.byte_range)


def _display(unit: Unit, node: Node) -> Expr:
    items = [unit.expr(each) for each in parts(node)]
    return Display(_DISPLAYS.get(node.type, "tuple"), items, node.byte_range)


def _dictionary(unit: Unit, node: Node) -> Expr:
    entries: list[tuple[Expr | None, Expr]] = []
    for each in parts(node):
        found = parts(each)
        if each.type == "pair" and len(found) == 2:
            entries.append((unit.expr(found[0]), unit.expr(found[1])))
        elif found:
            entries.append((None, unit.expr(found[0])))
    return Record(entries, node.byte_range)


def _comprehension(unit: Unit, node: Node) -> Expr:
    body, *rest = parts(node)
    clauses: list[Clause] = []
    for each in rest:
        found = parts(each)
        if each.type == "for_in_clause" and len(found) >= 2:
            at = found[1].start_byte, found[-1].end_byte
            clauses.append(Clause(unit.expr(found[0]), several(unit, found[1:], at), []))
        elif each.type == "if_clause" and clauses and found:
            clauses[-1].conditions.append(unit.expr(found[0]))
    kind = _COMPREHENSIONS[node.type]
    key: Expr | None = None
    if kind == "dict":
        pair = parts(body)
        key, element = unit.expr(pair[0]), unit.expr(pair[-1])
    else:
        element = unit.expr(body)
    return Comprehension(kind, element, key, clauses, node.byte_range)


def _lambda(unit: Unit, node: Node) -> Expr:
    yields, owner = unit.yields, unit.owner
    unit.yields, unit.owner = False, None
    body = node.child_by_field_name("body")
    value = unit.expr(body) if body else None
    at = node.byte_range
    function = Function("", parameters(unit, child(node, "lambda_parameters")), [Return(value, at)], at)
    function.is_generator = unit.yields
    unit.yields, unit.owner = yields, owner
    return Lambda(function, at)


def _conditional(unit: Unit, node: Node) -> Expr:
    found = parts(node)
    if len(found) != 3:
        return opaque(unit, node)
    then, test, otherwise = (unit.expr(each) for each in found)
    return Conditional(test, then, otherwise, node.byte_range)


def _named(unit: Unit, node: Node) -> Expr:
    found = parts(node)
    if len(found) != 2:
        return opaque(unit, node)
    return AssignExpr(unit.expr(found[0]), unit.expr(found[1]), node.byte_range)


def _unary(unit: Unit, node: Node) -> Expr:
    value = _inner(unit, node)
    operator = node.children[0].type
    if operator == "-" and isinstance(value, Const) and isinstance(value.value, int | float):
        return Const(-value.value, node.byte_range)
    return Unary(operator, value, node.byte_range)


def _comparison(unit: Unit, node: Node) -> Expr:
    """`a < b < c` is `a < b and b < c`."""
    operands: list[Expr] = []
    operators: list[str] = []
    ends: list[int] = []
    for each in node.children:
        if each.is_named and not each.is_extra:
            operands.append(unit.expr(each))
            ends.append(each.end_byte)
        elif not each.is_named:
            operators.append(_SPELLED.get(each.type, each.type))
    start = node.start_byte
    if len(operands) != len(operators) + 1 or not operators:
        return opaque(unit, node)
    tests: list[Expr] = [
        Binary(operator, operands[index], operands[index + 1], (start, ends[index + 1]))
        for index, operator in enumerate(operators)
    ]
    return _nested(tests, lambda left, right: Logical("and", left, right, (start, right.at[1])))


def _binary(unit: Unit, node: Node) -> Expr:
    """A chain that nests to the left (`a + b + c + …`) is walked in a loop: generated code has thousands of terms."""
    kind = node.kind_id
    operators: list[str] = []
    operands: list[Node] = []
    current = node
    while current.kind_id == kind:
        found = [each for each in current.children if not each.is_extra]
        if len(found) != 3:
            break
        operators.append(found[1].type)
        operands.append(found[2])
        current = found[0]
    if not operators:
        return opaque(unit, node)
    values = [unit.expr(current), *(unit.expr(each) for each in reversed(operands))]
    operators.reverse()
    at = node.byte_range
    if "@" in operators:
        return Opaque("@", values, at)
    same = len(set(operators)) == 1
    if len(values) > MAX_CHAIN and not (same and operators[0] in _ASSOCIATIVE):
        return Opaque("chain", values, at)
    if same:
        return _nested(values, _combine(operators[0]))
    result = values[0]
    for operator, value in zip(operators, values[1:], strict=True):
        result = _combine(operator)(result, value)
    return result


def _combine(operator: str) -> Callable[[Expr, Expr], Expr]:
    logical = _LOGICAL.get(operator)
    if logical:
        return lambda left, right: Logical(logical, left, right, (left.at[0], right.at[1]))
    return lambda left, right: Binary(operator, left, right, (left.at[0], right.at[1]))


def _nested(values: list[Expr], combine: Callable[[Expr, Expr], Expr]) -> Expr:
    """To the left up to `MAX_CHAIN`, in halves above, so that the depth stays logarithmic."""
    if len(values) > MAX_CHAIN:
        middle = len(values) // 2
        return combine(_nested(values[:middle], combine), _nested(values[middle:], combine))
    result = values[0]
    for value in values[1:]:
        result = combine(result, value)
    return result


def _constant(value: bool | None) -> LowerExpr:  # noqa: FBT001 - it is the value
    return lambda _unit, node: Const(value, node.byte_range)


EXPRESSIONS: dict[str, LowerExpr] = {
    "identifier": _identifier,
    "dotted_name": _dotted,
    "attribute": _attribute,
    "subscript": _subscript,
    "slice": _slice,
    "call": _call,
    "string": string,
    "concatenated_string": concatenated,
    "integer": integer,
    "float": floating,
    "true": _constant(True),
    "false": _constant(False),
    "none": _constant(None),
    "parenthesized_expression": _inner,
    "as_pattern": _inner,
    "as_pattern_target": _inner,
    "type": _inner,
    "list_splat": _spread,
    "list_splat_pattern": _spread,
    "await": _await,
    "yield": _yield,
    "list": _display,
    "tuple": _display,
    "set": _display,
    "expression_list": _display,
    "pattern_list": _display,
    "tuple_pattern": _display,
    "list_pattern": _display,
    "dictionary": _dictionary,
    "list_comprehension": _comprehension,
    "set_comprehension": _comprehension,
    "dictionary_comprehension": _comprehension,
    "generator_expression": _comprehension,
    "lambda": _lambda,
    "conditional_expression": _conditional,
    "named_expression": _named,
    "not_operator": _unary,
    "unary_operator": _unary,
    "comparison_operator": _comparison,
    "binary_operator": _binary,
    "boolean_operator": _binary,
}
