"""Expressions as generated Python over a decoded record: what `plain` says, at a fraction of its cost.

A test is one Python expression of `and`, `or` and `not` over readers of fields. Nothing of a rule is ever part of its
text: values, fields and relations are objects that the text names by number. What the text cannot say is a closure.
"""

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
Folded = Callable[[Body], str | tuple[str, ...] | None]
"""The folded values of a field: a text where there is one, a tuple where there are several, else None."""
_DEEP = 16
"""Parentheses in one another, beyond which a part becomes a function of its own: Python's parser has a limit."""


def compiled(expression: Expression, fields: Mapping[str, Spelling], knowledge: Knowledge) -> Test:
    """A test of one record of a source. `fields`: the source's canonical fields."""
    return _Writer(fields, knowledge).function(expression)


class _Writer:
    """Writes one test. `_names`: what its text refers to."""

    def __init__(self, fields: Mapping[str, Spelling], knowledge: Knowledge) -> None:
        self._fields = fields
        self._knowledge = knowledge
        self._names: dict[str, object] = {}
        self._readers: dict[Field, str] = {}

    def function(self, expression: Expression) -> Test:
        """The test itself."""
        text = f"def test(body):\n    return {self._text(expression, 0)}\n"
        space: dict[str, object] = self._names
        exec(compile(text, "<detection>", "exec"), space)  # noqa: S102 - our own words and numbered names
        made: Test = space.pop("test")  # type: ignore[assignment]
        return made

    def _name(self, value: object) -> str:
        name = f"n{len(self._names)}"
        self._names[name] = value
        return name

    def _read(self, field: Field) -> str:
        name = self._readers.get(field)
        if name is None:
            name = self._readers[field] = self._name(folded(field, self._fields))
        return name

    def _text(self, expression: Expression, depth: int) -> str:
        if depth > _DEEP:
            return f"{self._name(compiled(expression, self._fields, self._knowledge))}(body)"
        match expression:
            case All() | Some():
                if not expression.parts:
                    return "True" if isinstance(expression, All) else "False"
                word = " and " if isinstance(expression, All) else " or "
                return "(" + word.join(self._text(one, depth + 1) for one in _cheap_first(expression.parts)) + ")"
            case Not():
                return f"(not {self._text(expression.part, depth + 1)})"
            case Leaf():
                return self._leaf(expression)
            case Keyword():
                return f"{self._name(_keyword(expression))}(body)"
            case Known():
                return self._known(expression)
            case _:
                raise ContentError(f"{type(expression).__name__} is no expression")

    def _leaf(self, leaf: Leaf) -> str:
        if leaf.operator in {"exists", "missing"}:
            return f"({self._read(leaf.field)}(body) is {'not ' if leaf.operator == 'exists' else ''}None)"
        plain = leaf.operator in {"equals", "contains", "startswith", "endswith"}
        if not plain or leaf.cased or leaf.part is not None or (leaf.every and len(leaf.values) > 1):
            return f"{self._name(_leaf(leaf, self._fields))}(body)"
        wanted = [fold(written(value)) for value in leaf.values]
        match leaf.operator:
            case "equals":
                known = frozenset(wanted)
                one = f"v in {self._name(known)}"
                several = lambda found: not known.isdisjoint(found)  # noqa: E731 - a branch of a table
            case "contains":
                one = " or ".join(f"{self._name(part)} in v" for part in wanted) or "False"
                several = lambda found: any(part in text for text in found for part in wanted)  # noqa: E731 - as above
            case _:
                parts, method = tuple(wanted), leaf.operator
                one = f"v.{method}({self._name(parts)})"
                several = lambda found: any(getattr(text, method)(parts) for text in found)  # noqa: E731 - as above
        some = self._name(several)
        return f"(({one}) if (v := {self._read(leaf.field)}(body)).__class__ is str else v is not None and {some}(v))"

    def _known(self, known: Known) -> str:
        other = self._name(_known(known, self._fields, self._knowledge))
        if not known.fields:
            return f"{other}(body)"
        letters = [f"k{number}" for number in range(len(known.fields))]
        one = " and ".join(
            f"({letter} := {self._read(field)}(body)).__class__ is str"
            for letter, field in zip(letters, known.fields, strict=True)
        )
        holds, relation = self._name(self._knowledge.holds), self._name(known.relation)
        return f"({holds}({relation}, ({', '.join(letters)},)) if {one} else {other}(body))"


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


def _leaf(leaf: Leaf, fields: Mapping[str, Spelling]) -> Test:
    """A leaf that the text of a test cannot say."""
    if leaf.part is not None or leaf.operator == "present" or leaf.operator.startswith("same"):
        return lambda body: leaf_holds(leaf, body, fields)
    read = reader(leaf.field, fields)
    tests = [test_of(leaf, value) for value in leaf.values]
    if leaf.every and len(tests) > 1:
        return lambda body: bool(found := read(body)) and all(any(test(one) for one in found) for test in tests)
    if len(tests) == 1:
        (test,) = tests
        return lambda body: any(map(test, read(body)))
    return lambda body: any(test(one) for one in read(body) for test in tests)


_reading: dict[tuple[int, Field], tuple[Mapping[str, Spelling], Folded]] = {}


def folded(field: Field, fields: Mapping[str, Spelling]) -> Folded:
    """The folded values of a field, read once a record however many tests ask."""
    key = (id(fields), field)
    known = _reading.get(key)
    if known is None:
        known = _reading[key] = (fields, _remembering(_folded(field, fields)))
    return known[1]


def _remembering(read: Folded) -> Folded:
    last: object = None
    found: str | tuple[str, ...] | None = None

    def remembered(body: Body) -> str | tuple[str, ...] | None:
        nonlocal last, found
        if body is not last:
            found = read(body)
            last = body
        return found

    return remembered


def _folded(field: Field, fields: Mapping[str, Spelling]) -> Folded:
    def slow(body: Body) -> str | tuple[str, ...] | None:
        found = values_of(field, body, fields)
        return fold(found[0]) if len(found) == 1 else tuple(map(fold, found)) or None

    spelling: Spelling | None = fields.get(field.path[0]) if field.canonical else field.path
    if field.inside is not None:
        return slow
    if spelling is None:
        return lambda _: None
    if isinstance(spelling, tuple):
        return _at(spelling, slow, "" if field.canonical or len(spelling) == 1 else ".".join(spelling))
    said = _said(spelling, field, fields)

    def folded_of(body: Body) -> str | tuple[str, ...] | None:
        found = said(body)
        return fold(found[0]) if len(found) == 1 else tuple(map(fold, found)) or None

    return folded_of


def _at(path: tuple[str, ...], slow: Folded, flat: str) -> Folded:
    """The common case, a text at the end of mappings. `flat`: the key of a record that was flattened on its way."""
    key, rest = path[0], path[1:]

    def quick(body: Body) -> str | tuple[str, ...] | None:
        value = body.get(key)
        for step in rest:
            if value.__class__ is not dict:
                break
            value = value.get(step)
        else:
            if value.__class__ is str:
                return value.lower() if value.isascii() else fold(value)
        if value is None and not (flat and flat in body):
            return None
        return slow(body)

    return quick


def reader(field: Field, fields: Mapping[str, Spelling]) -> Read:
    """The values of a field, as `values_of` gives them."""
    spelling: Spelling | None = fields.get(field.path[0]) if field.canonical else field.path
    if field.inside is not None:
        return lambda body: values_of(field, body, fields)
    if spelling is None:
        return lambda _: []
    if not isinstance(spelling, tuple):
        return _said(spelling, field, fields)
    key, rest = spelling[0], spelling[1:]

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
