"""Statements, expressions and filters that a sink is given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.prove.observing import maps, named, plain, text_of, top
from casemate.prove.verdicts import programs, statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.prove.case import Case
    from casemate.prove.observing import Hit, Rendered, Seen

_STATEMENTS = frozenset({"sql", "text", "query", "Statement", "QueryString", "statement", "Sql", "SqlText", "Sqls"})
_LITERALLY = frozenset({"$eq", "$literal"})
"""Operators whose value is compared as it is, operators in it included."""
_BATCHES = frozenset({"Statements", "TransactStatements"})
_EXPRESSIONS = frozenset({"FilterExpression", "KeyConditionExpression", "ConditionExpression", "UpdateExpression",
                          "ProjectionExpression"})  # fmt: skip
_BACKSLASHES = re.compile(r"mysql|maria|sql\.Connection", re.IGNORECASE)


def _statements(value: Rendered) -> Iterator[str]:
    """The statements in what a driver is given: a text, an object with one, a command of an SDK with one or several."""
    text = value if isinstance(value, str) else None
    if isinstance(value, dict) and "map" not in value and "stub" not in value:
        text = text_of(value)
    if text is not None:
        yield text
        return
    if isinstance(value, dict) and "stub" in value:
        yield from (one for one in value.get("list") or () if isinstance(one, str))
    for one in (
        *top(value, _STATEMENTS),
        *(inner for row in top(value, _BATCHES) for inner in named(row, _STATEMENTS)),
    ):
        said = text_of(one)
        if said is not None:
            yield said


def sql(case: Case, hit: Hit, seen: Seen) -> str:
    """A statement."""
    del seen
    backslashes = _BACKSLASHES.search(case.callee) is not None
    for name, value in hit.arguments():
        if name not in {"0", *_STATEMENTS}:
            continue
        for text in _statements(value):
            if statements.calls(text, case.token):
                return "the statement calls a function of the attacker's outside of every literal"
            if backslashes and "\\" in str(case.payload) and statements.calls(text, case.token, escapes=True):
                return "the statement calls a function of the attacker's outside of every literal"
    return ""


def nosql(case: Case, hit: Hit, seen: Seen) -> str:
    """A query of a document store."""
    found = sql(case, hit, seen)
    if found:
        return found
    for name, value in hit.arguments():
        expressions = [value] if name in _EXPRESSIONS else [*named(value, _EXPRESSIONS)]
        if any(statements.follows(text_of(one) or "", ("attribute_exists", "("), case.token) for one in expressions):
            return "the expression holds a condition of the attacker's"
        for one in named(value, frozenset({"$where"})):
            if programs.calls(text_of(one) or "", case.token, "javascript"):
                return "the script of $where calls a function of the attacker's"
        if isinstance(case.payload, dict) and not case.last.lower().startswith("insert"):
            for one in maps(value, _LITERALLY):
                if any(key.startswith("$") and plain(inner) == case.token for key, inner in one.items()):
                    return "the query holds an operator of the attacker's"
    return ""


def xpath(case: Case, hit: Hit, seen: Seen) -> str:
    """An XPath expression."""
    del seen
    texts_of = (
        text_of(value) for name, value in hit.arguments() if name.isdigit() or name in {"expr", "path", "xpath"}
    )
    if any(statements.calls(text, case.token, comments=False) for text in texts_of if text):
        return "the expression calls a function of the attacker's outside of every literal"
    return ""


def ldap(case: Case, hit: Hit, seen: Seen) -> str:
    """An LDAP filter."""
    del seen
    found: list[Rendered] = []
    for name, value in hit.arguments():
        found += [value] if name.isdigit() or "filter" in name else []
        found += top(value, frozenset({"filter"}))
    for text in map(text_of, found):
        if text is not None and text.lstrip().startswith("(") and statements.filters(text, case.token):
            return "the filter holds an assertion of the attacker's"
    return ""
