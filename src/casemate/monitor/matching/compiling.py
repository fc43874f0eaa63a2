"""Expressions as closures over a decoded record: what `plain` says, at a fraction of its cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice, product

from casemate.authoring.query import All, Expression, Field, Keyword, Known, Leaf, Not, Some
from casemate.errors import ContentError
from casemate.monitor.events.source import Accessor, Body, Spelling
from casemate.monitor.knowledge import Knowledge, fold
from casemate.monitor.matching.plain import MAX_ROWS, keyword_tests, leaf_holds, test_of
from casemate.monitor.matching.values import every_text, values_of, written

Test = Callable[[Body], bool]
Read = Callable[[Body], list[str]]


def compiled(expression: Expression, fields: Mapping[str, Spelling], knowledge: Knowledge) -> Test:
    """A test of one record of a source. `fields`: the source's canonical fields."""
    match expression:
        case All():
            return _all([compiled(part, fields, knowledge) for part in _cheap_first(expression.parts)])
        case Some():
            return _some([compiled(part, fields, knowledge) for part in _cheap_first(expression.parts)])
        case Not():
            inner = compiled(expression.part, fields, knowledge)
            return lambda body: not inner(body)
        case Leaf():
            return _leaf(expression, fields)
        case Keyword():
            return _keyword(expression)
        case Known():
            return _known(expression, fields, knowledge)
        case _:
            raise ContentError(f"{type(expression).__name__} is no expression")


def _cheap_first(parts: tuple[Expression, ...]) -> list[Expression]:
    return sorted(parts, key=_cost)


def _cost(expression: Expression) -> int:
    match expression:
        case Leaf():
            return 1
        case Known():
            return 2
        case Not():
            return _cost(expression.part)
        case All() | Some():
            return sum(map(_cost, expression.parts))
        case _:
            return 50


def _all(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        one, two = tests
        return lambda body: one(body) and two(body)
    return lambda body: all(test(body) for test in tests)


def _some(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        one, two = tests
        return lambda body: one(body) or two(body)
    return lambda body: any(test(body) for test in tests)


def _leaf(leaf: Leaf, fields: Mapping[str, Spelling]) -> Test:
    read = reader(leaf.field, fields)
    if leaf.operator == "exists":
        return lambda body: bool(read(body))
    if leaf.operator == "missing":
        return lambda body: not read(body)
    if leaf.part is not None or leaf.operator == "present" or leaf.operator.startswith("same"):
        return lambda body: leaf_holds(leaf, body, fields)
    if leaf.every and len(leaf.values) > 1:
        tests = [test_of(leaf, value) for value in leaf.values]
        return lambda body: bool(found := read(body)) and all(any(test(one) for one in found) for test in tests)
    test = _any_value(leaf)
    path = _plain_path(leaf.field, fields)
    if path is None:
        return lambda body: any(test(one) for one in read(body))
    return _at(path, test, read)


def _at(path: tuple[str, ...], test: Callable[[str], bool], read: Read) -> Test:
    """The common case, a text at the end of mappings, without the generators of the general one."""
    key, rest = path[0], path[1:]

    def quick(body: Body) -> bool:
        value = body.get(key)
        for step in rest:
            if type(value) is not dict:
                if value is None:
                    break
                return any(test(one) for one in read(body))
            value = value.get(step)
        if type(value) is str:
            return test(value)
        if value is None and not (rest and ".".join(path) in body):
            return False
        return any(test(one) for one in read(body))

    return quick


def _any_value(leaf: Leaf) -> Callable[[str], bool]:
    """Whether a text meets some of the leaf's values."""
    if not leaf.cased and leaf.operator in {"equals", "contains", "startswith", "endswith"}:
        wanted = [fold(written(value)) for value in leaf.values]
        if leaf.operator == "equals":
            known = frozenset(wanted)
            return lambda one: fold(one) in known
        if leaf.operator == "contains":
            return lambda one: any(part in text for part in wanted) if (text := fold(one)) else "" in wanted
        parts = tuple(wanted)
        if leaf.operator == "startswith":
            return lambda one: fold(one).startswith(parts)
        return lambda one: fold(one).endswith(parts)
    tests = [test_of(leaf, value) for value in leaf.values]
    if len(tests) == 1:
        return tests[0]
    return lambda one: any(test(one) for test in tests)


def _plain_path(field: Field, fields: Mapping[str, Spelling]) -> tuple[str, ...] | None:
    if field.inside is not None:
        return None
    if not field.canonical:
        return field.path
    spelling = fields.get(field.path[0])
    return spelling if isinstance(spelling, tuple) else None


def reader(field: Field, fields: Mapping[str, Spelling]) -> Read:
    """The values of a field, as `values_of` gives them."""
    if field.canonical and field.inside is None:
        spelling = fields.get(field.path[0])
        if spelling is None:
            return lambda _: []
        if not isinstance(spelling, tuple):
            return _said(spelling, field, fields)
    path = _plain_path(field, fields)
    if path is None:
        return lambda body: values_of(field, body, fields)
    key, rest = path[0], path[1:]

    def read(body: Body) -> list[str]:
        value = body.get(key)
        for step in rest:
            if type(value) is not dict:
                break
            value = value.get(step)
        else:
            if type(value) is str:
                return [value]
        return values_of(field, body, fields)

    return read


_saying: dict[Accessor, Read] = {}


def _said(spelling: Accessor, field: Field, fields: Mapping[str, Spelling]) -> Read:
    """What a function of the record says, computed once a record however many slots ask."""
    known = _saying.get(spelling)
    if known is not None:
        return known
    last: tuple[object, list[str]] = (None, [])

    def said(body: Body) -> list[str]:
        nonlocal last
        before, found = last
        if before is body:
            return found
        value = spelling(body)
        found = [value] if type(value) is str else [] if value is None else values_of(field, body, fields)
        last = (body, found)
        return found

    _saying[spelling] = said
    return said


def _keyword(keyword: Keyword) -> Test:
    tests = keyword_tests(keyword)
    folded = not keyword.regex and not keyword.cased
    wanted = all if keyword.every else any

    def search(body: Body) -> bool:
        texts = [fold(one) for one in every_text(body)] if folded else list(every_text(body))
        return wanted(any(test(one) for one in texts) for test in tests)

    return search


def _known(known: Known, fields: Mapping[str, Spelling], knowledge: Knowledge) -> Test:
    reads = [reader(field, fields) for field in known.fields]
    holds, relation, every = knowledge.holds, known.relation, known.every

    def look(body: Body) -> bool:
        found = [read(body) for read in reads]
        if all(len(one) == 1 for one in found):
            return holds(relation, tuple(fold(one[0]) for one in found))
        rows = [tuple(map(fold, row)) for row in islice(product(*found), MAX_ROWS)]
        if every:
            return bool(rows) and all(holds(relation, row) for row in rows)
        return any(holds(relation, row) for row in rows)

    return look
