"""Expressions as generated Python over a decoded record: what `plain` says, at a fraction of its cost.

Most of an expression asks one field at a time, and the texts of most fields come again and again (an API's name, an
agent, an actor). So whatever part of it asks one field only is one look into a table from the field's text to what
the part says of it, made when the text is first seen. A test is one Python function that reads what it needs straight
out of the record's mappings and joins those looks with `and`, `or` and `not`.

Nothing of a rule is ever part of its text: values, fields and relations are objects that the text names by number.
What is not one text (a list, a number, a mapping) is asked in full, and what no table can say is a closure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice, product
from typing import Final

from casemate.authoring.query import All, Expression, Field, Keyword, Known, Leaf, Not, Some
from casemate.errors import ContentError
from casemate.monitor.events.source import Accessor, Body, Derived, Spelling
from casemate.monitor.knowledge import Knowledge, fold
from casemate.monitor.matching.fields import Kept, folded, reader
from casemate.monitor.matching.plain import MAX_ROWS, keyword_tests, leaf_holds, test_of
from casemate.monitor.matching.values import date_part, every_text, inside_of, values_of, written

Test = Callable[[Body], bool]
Decide = Callable[[list[str]], bool]
"""What a part of an expression says of the values of its field."""
_DEEP = 16
"""Parentheses in one another, beyond which a part becomes a function of its own: Python's parser has a limit."""


def compiled(expression: Expression, fields: Mapping[str, Spelling], knowledge: Knowledge) -> Test:
    """A test of one record of a source. `fields`: the source's canonical fields."""
    return _Writer(fields, knowledge).function(expression)


class _Wrong:
    """Stands where a mapping was expected and something else is: whoever looks into it finds it again."""

    __slots__ = ()

    def get(self, _key: str) -> _Wrong:
        """Itself."""
        return self


_WRONG: Final = _Wrong()
_EMPTY: Final[dict[str, object]] = {}


class _Writer:
    """Writes one test. `_names`: what its text refers to; `_ways`: the mappings that it goes through, by their path."""

    def __init__(self, fields: Mapping[str, Spelling], knowledge: Knowledge) -> None:
        self._fields = fields
        self._knowledge = knowledge
        self._names: dict[str, object] = {"empty": _EMPTY, "wrong": _WRONG}
        self._ways: dict[tuple[str, ...], str] = {}
        self._keys: dict[str, str] = {}

    def function(self, expression: Expression) -> Test:
        """The test itself. What needs no way into the record is asked first: mostly that is the end of it."""
        parts = _cheap_first(_joined(expression.parts, All)) if isinstance(expression, All) else [expression]
        first = ""
        if len(parts) > 1:
            text = self._text(parts[0], 0)
            if not self._ways:
                first = f"    if not {text}:\n        return False\n"
                parts = parts[1:]
        rest = self._text(parts[0] if len(parts) == 1 else All(tuple(parts)), 0)
        text = f"def test(body):\n    get = body.get\n{first}{self._way_in()}    return {rest}\n"
        space: dict[str, object] = self._names
        exec(compile(text, "<detection>", "exec"), space)  # noqa: S102 - our own words and numbered names
        made: Test = space.pop("test")  # type: ignore[assignment]
        return made

    def _way_in(self) -> str:
        lines = ""
        for path, name in self._ways.items():
            above = self._ways[path[:-1]] + ".get" if len(path) > 1 else "get"
            lines += f"    {name} = {above}({self._key(path[-1])})\n"
            lines += f"    if {name}.__class__ is not dict:\n        {name} = empty if {name} is None else wrong\n"
        return lines

    def _name(self, value: object) -> str:
        name = f"n{len(self._names)}"
        self._names[name] = value
        return name

    def _key(self, key: str) -> str:
        if key not in self._keys:
            self._keys[key] = self._name(key)
        return self._keys[key]

    def _text(self, expression: Expression, depth: int) -> str:
        field = _only_field(expression)
        if field is not None:
            return self._look(expression, field)
        if depth > _DEEP:
            return f"{self._name(compiled(expression, self._fields, self._knowledge))}(body)"
        match expression:
            case All() | Some():
                parts = _joined(expression.parts, type(expression))
                if not parts:
                    return "True" if isinstance(expression, All) else "False"
                word = " and " if isinstance(expression, All) else " or "
                return "(" + word.join(self._text(one, depth + 1) for one in _cheap_first(parts)) + ")"
            case Not():
                return f"(not {self._text(expression.part, depth + 1)})"
            case Leaf():
                return f"{self._name(_leaf(expression, self._fields))}(body)"
            case Keyword():
                return f"{self._name(_keyword(expression))}(body)"
            case Known():
                return self._known(expression)
            case _:
                raise ContentError(f"{type(expression).__name__} is no expression")

    def _look(self, expression: Expression, field: Field) -> str:
        """A part that asks one field: what is known of its text; what it says where there is none; the rest in full."""
        decide = _deciding(expression, self._knowledge)
        spelling: Spelling | None = self._fields.get(field.path[0]) if field.canonical else field.path
        if spelling is None:
            return str(decide([]))
        fields = self._fields
        inside, said = field.inside, spelling.of if isinstance(spelling, Derived) else None

        def of(text: str) -> bool:
            value = text if said is None else said(text)
            return decide([value] if inside is None else inside_of(value, inside))

        kept = Kept(of)

        def in_full(value: object, body: Body) -> bool:
            if value.__class__ is bool and said is None and inside is None:
                return kept["true" if value else "false"]
            return decide(values_of(field, body, fields))

        known, full = self._name(kept), self._name(in_full)
        if isinstance(spelling, Derived):
            return f"({known}[v] if (v := get({self._key(spelling.key)})).__class__ is str else {full}(v, body))"
        if not isinstance(spelling, tuple):
            read = f"{self._name(_once(spelling))}(body)"
        elif len(spelling) == 1:
            read = f"get({self._key(spelling[0])})"
        else:
            read = f"{self._way(spelling[:-1])}.get({self._key(spelling[-1])})"
        flat = not field.canonical and isinstance(spelling, tuple) and len(spelling) > 1
        none = "v is None" + (f" and {self._key('.'.join(field.path))} not in body" if flat else "")
        return f"({known}[v] if (v := {read}).__class__ is str else {decide([])} if {none} else {full}(v, body))"

    def _way(self, path: tuple[str, ...]) -> str:
        if path not in self._ways:
            if len(path) > 1:
                self._way(path[:-1])
            self._ways[path] = f"w{len(self._ways)}"
        return self._ways[path]

    def _known(self, known: Known) -> str:
        other = self._name(_known(known, self._fields, self._knowledge))
        if not known.fields:
            return f"{other}(body)"
        letters = [f"k{number}" for number in range(len(known.fields))]
        one = " and ".join(
            f"({letter} := {self._name(folded(field, self._fields))}(body)).__class__ is str"
            for letter, field in zip(letters, known.fields, strict=True)
        )
        holds, relation = self._name(self._knowledge.holds), self._name(known.relation)
        return f"({holds}({relation}, ({', '.join(letters)},)) if {one} else {other}(body))"


def _only_field(expression: Expression) -> Field | None:
    """The field whose values alone decide; None where there are more, or none, or where the record must be seen."""
    found: Field | None = None
    for one in _asked(expression):
        if one is None or (found is not None and one != found):
            return None
        found = one
    return found


def _asked(expression: Expression) -> Iterator[Field | None]:
    match expression:
        case All() | Some():
            for part in expression.parts:
                yield from _asked(part)
        case Not():
            yield from _asked(expression.part)
        case Leaf():
            by_itself = expression.operator != "present" and not expression.operator.startswith("same")
            yield expression.field if by_itself else None
        case Known():
            yield from expression.fields or (None,)
        case _:
            yield None


def _deciding(expression: Expression, knowledge: Knowledge) -> Decide:
    """What an expression of one field says of the field's values: `plain`, with the values at hand."""
    match expression:
        case All():
            parts = [_deciding(part, knowledge) for part in expression.parts]
            return lambda found: all(part(found) for part in parts)
        case Some():
            parts = [_deciding(part, knowledge) for part in expression.parts]
            return lambda found: any(part(found) for part in parts)
        case Not():
            inner = _deciding(expression.part, knowledge)
            return lambda found: not inner(found)
        case Known():
            return _deciding_known(expression, knowledge)
        case Leaf():
            return _deciding_leaf(expression)
        case _:
            raise ContentError(f"{type(expression).__name__} is no expression of one field")


def _deciding_leaf(leaf: Leaf) -> Decide:
    if leaf.operator == "exists":
        return bool
    if leaf.operator == "missing":
        return lambda found: not found
    tests = [test_of(leaf, value) for value in leaf.values]
    wanted, part = all if leaf.every else any, leaf.part
    if leaf.operator == "equals" and not leaf.cased and part is None and not leaf.every:
        texts = frozenset(fold(written(value)) for value in leaf.values)
        return lambda found: any(fold(one) in texts for one in found)

    def decide(found: list[str]) -> bool:
        if part is not None:
            found = [value for one in found if (value := date_part(one, part)) is not None]
        return wanted(any(test(one) for one in found) for test in tests)

    return decide


def _deciding_known(known: Known, knowledge: Knowledge) -> Decide:
    holds, relation, every, width = knowledge.holds, known.relation, known.every, len(known.fields)

    def decide(found: list[str]) -> bool:
        rows = [tuple(map(fold, row)) for row in islice(product(found, repeat=width), MAX_ROWS)]
        if every:
            return bool(rows) and all(holds(relation, row) for row in rows)
        return any(holds(relation, row) for row in rows)

    return decide


def _joined(parts: tuple[Expression, ...], kind: type[All | Some]) -> tuple[Expression, ...]:
    """With the parts that ask the same one field as one part."""
    by_field: dict[Field, list[Expression]] = {}
    order: list[Expression | Field] = []
    for part in parts:
        field = _only_field(part)
        if field is None:
            order.append(part)
            continue
        if field not in by_field:
            by_field[field] = []
            order.append(field)
        by_field[field].append(part)
    return tuple(
        one if isinstance(one, Expression)
        else by_field[one][0] if len(by_field[one]) == 1
        else kind(tuple(by_field[one]))
        for one in order
    )  # fmt: skip


def _cheap_first(parts: tuple[Expression, ...]) -> list[Expression]:
    return sorted(parts, key=_cost)


def _cost(expression: Expression) -> int:
    if _only_field(expression) is not None:
        return 1
    match expression:
        case Leaf():
            return 2
        case Known():
            return 2
        case Not():
            return _cost(expression.part)
        case All() | Some():
            return sum(map(_cost, expression.parts))
        case _:
            return 50


_said: dict[Accessor, Accessor] = {}


def _once(said: Accessor) -> Accessor:
    """What a function of the record says, asked once a record however many tests there are."""
    known = _said.get(said)
    if known is not None:
        return known
    last: object = None
    found: object = None

    def once(body: Body) -> object:
        nonlocal last, found
        if body is not last:
            found = said(body)
            last = body
        return found

    _said[said] = once
    return once


def _leaf(leaf: Leaf, fields: Mapping[str, Spelling]) -> Test:
    """A leaf that its field's values do not decide: it asks another field, or whether there is a null."""
    return lambda body: leaf_holds(leaf, body, fields)


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
