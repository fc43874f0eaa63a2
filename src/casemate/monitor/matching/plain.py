"""The plain evaluator: one expression, one event, nothing clever. It is the oracle of all others."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import islice, product

from casemate.authoring.query import All, Expression, Keyword, Known, Leaf, Not, Some
from casemate.errors import ContentError
from casemate.model.event import Event
from casemate.monitor.events.source import Body, Spelling
from casemate.monitor.knowledge import Knowledge, fold, networks
from casemate.monitor.matching.values import date_part, every_text, is_present, values_of

MAX_ROWS = 256
"""Combinations of field values that are tried; an event with more has lists of hostile length."""


def holds(expression: Expression, event: Event, fields: Mapping[str, Spelling], knowledge: Knowledge) -> bool:
    """Whether the expression holds. `fields`: the canonical fields of the event's source."""
    match expression:
        case All():
            return all(holds(part, event, fields, knowledge) for part in expression.parts)
        case Some():
            return any(holds(part, event, fields, knowledge) for part in expression.parts)
        case Not():
            return not holds(expression.part, event, fields, knowledge)
        case Leaf():
            return leaf_holds(expression, event.body, fields)
        case Keyword():
            return _keyword(expression, event)
        case Known():
            return _known(expression, event, fields, knowledge)
        case _:
            raise ContentError(f"{type(expression).__name__} is no expression")


def leaf_holds(leaf: Leaf, body: Body, fields: Mapping[str, Spelling]) -> bool:
    """Whether one leaf holds of a record."""
    found = values_of(leaf.field, body, fields)
    if leaf.operator == "exists":
        return bool(found)
    if leaf.operator == "missing":
        return not found
    if leaf.operator == "present":
        return is_present(leaf.field, body, fields)
    if leaf.part is not None:
        found = [part for one in found if (part := date_part(one, leaf.part)) is not None]
    if leaf.operator in {"same", "same_start", "same_end", "same_part"}:
        return _same(leaf, found, values_of(leaf.other, body, fields) if leaf.other is not None else [])
    tests = [test_of(leaf, value) for value in leaf.values]
    wanted = all if leaf.every else any
    return wanted(any(test(one) for one in found) for test in tests)


def _same(leaf: Leaf, found: list[str], other: list[str]) -> bool:
    if not leaf.cased:
        found, other = [fold(one) for one in found], [fold(one) for one in other]
    if leaf.operator == "same":
        return not set(found).isdisjoint(other)
    test = {"same_start": str.startswith, "same_end": str.endswith, "same_part": str.__contains__}[leaf.operator]
    return any(test(one, part) for one in found[:MAX_ROWS] for part in other[:MAX_ROWS])


def test_of(leaf: Leaf, value: str | float | bool) -> Callable[[str], bool]:  # noqa: FBT001 - a value, not a flag
    """The test of one text that an operator makes with one of its values."""
    from casemate.monitor.matching.values import written

    wanted = written(value)
    match leaf.operator:
        case "regex":
            return regex(wanted, leaf.flags)
        case "cidr":
            network = networks((wanted,))
            known = Knowledge(networks={"": network})
            return lambda one: known.in_network("", one)
        case "lt" | "lte" | "gt" | "gte":
            return _number(leaf.operator, float(value))
    if not leaf.cased:
        wanted = fold(wanted)
    plain: Callable[[str], bool]
    match leaf.operator:
        case "equals":
            plain = wanted.__eq__
        case "contains":
            plain = lambda one: wanted in one  # noqa: E731 - four twins in one table
        case "startswith":
            plain = lambda one: one.startswith(wanted)  # noqa: E731
        case "endswith":
            plain = lambda one: one.endswith(wanted)  # noqa: E731
        case "like":
            plain = like(wanted)
        case _:
            raise ContentError(f"no operator {leaf.operator}")
    return plain if leaf.cased else lambda one: plain(fold(one))


NUMBER = r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?"
"""What a text must be to be compared as a number: what JSON writes."""
_is_number = re.compile(NUMBER).fullmatch


def _number(operator: str, bound: float) -> Callable[[str], bool]:
    def test(one: str) -> bool:
        if _is_number(one) is None:
            return False
        number = float(one)
        match operator:
            case "lt":
                return number < bound
            case "lte":
                return number <= bound
            case "gt":
                return number > bound
            case _:
                return number >= bound

    return test


def regex(pattern: str, flags: str = "") -> Callable[[str], bool]:
    """A search with re2, which is linear on hostile text. Raises `ContentError` for a pattern that it does not know."""
    import re2

    text = f"(?{flags}){pattern}" if flags else pattern
    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(text, options)
    except re2.error as error:
        raise ContentError(f"re2 does not know the pattern {pattern!r}", hint=str(error)) from error
    return lambda one: compiled.search(one) is not None


def like(pattern: str) -> Callable[[str], bool]:
    """A match of the whole text with `*` and `?`; linear, greedy from the left with one place to go back to."""
    parts = parse_like(pattern)

    def test(one: str) -> bool:
        at = step = 0
        star, mark = -1, 0
        while at < len(one):
            if step < len(parts) and parts[step] is ANY:
                star, mark = step, at
                step += 1
            elif step < len(parts) and (parts[step] is ONE or parts[step] == one[at]):
                at += 1
                step += 1
            elif star >= 0:
                mark += 1
                at, step = mark, star + 1
            else:
                return False
        return all(part is ANY for part in parts[step:])

    return test


ANY: None = None
"""Any text, in a parsed pattern."""
ONE = True
"""Any one character, in a parsed pattern."""


def parse_like(pattern: str) -> list[str | bool | None]:
    """A pattern as single characters, `ANY` and `ONE`."""
    parts: list[str | bool | None] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\" and at + 1 < len(pattern) and pattern[at + 1] in "*?\\":
            parts.append(pattern[at + 1])
            at += 1
        elif char == "*":
            parts.append(ANY)
        elif char == "?":
            parts.append(ONE)
        else:
            parts.append(char)
        at += 1
    return parts


def _keyword(keyword: Keyword, event: Event) -> bool:
    texts = list(every_text(event.body))
    if not keyword.regex and not keyword.cased:
        texts = [fold(one) for one in texts]
    wanted = all if keyword.every else any
    return wanted(any(test(one) for one in texts) for test in keyword_tests(keyword))


def keyword_tests(keyword: Keyword) -> list[Callable[[str], bool]]:
    """One test a value; texts are folded before, unless cased."""
    if keyword.regex:
        return [regex(value) for value in keyword.values]
    return [like(f"*{value if keyword.cased else fold(value)}*") for value in keyword.values]


def _known(known: Known, event: Event, fields: Mapping[str, Spelling], knowledge: Knowledge) -> bool:
    found = [values_of(field, event.body, fields) for field in known.fields]
    rows = [tuple(map(fold, row)) for row in islice(product(*found), MAX_ROWS)]
    if known.every:
        return bool(rows) and all(knowledge.holds(known.relation, row) for row in rows)
    return any(knowledge.holds(known.relation, row) for row in rows)
