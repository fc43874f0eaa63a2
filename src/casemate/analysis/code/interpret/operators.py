"""Filters of document stores: data in them that may be an object, and so an operator instead of a value.

Sources: MongoDB manual, "Query and Projection Operators"; OWASP NoSQL Security Cheat Sheet; Express 4.x API reference,
"req.query" (`name[$ne]=` is an object there; query strings are text in Python's frameworks).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.labels import PART, Label, Taint, merge
from casemate.analysis.code.values import Mapping, Sequence, Thing, Union, Value

if TYPE_CHECKING:
    from casemate.analysis.code.interpret.machine import Machine

_ALWAYS_TEXT = ("the path", "a header", "a cookie", "the URL", "the form", "the Host", "an uploaded file", "a claim")
"""How the words for data begin that is text, whatever its sender does."""
_MAX_FILTER = 40


def operators(machine: Machine, value: Value) -> Taint:
    """The labels in a filter of data that may be an object: `{"$ne": null}` in the place of a name."""
    taint: Taint = ()
    stack = [value]
    for _ in range(_MAX_FILTER):
        if not stack:
            break
        one = stack.pop()
        if isinstance(one, Union):
            stack.extend(one.options)
        elif isinstance(one, Sequence):
            stack.extend((*one.row.items, *([one.row.rest] if one.row.rest is not None else ())))
        elif isinstance(one, Mapping):
            taint = merge(taint, one.taint)
            stack.extend(one.fields.values())
        elif isinstance(one, Thing) and one.sort in {"", "dict"} and one.path not in {"json.text", "encoded"}:
            taint = merge(taint, tuple(label for label in one.taint if _may_be_object(label, machine)))
    return taint


def _may_be_object(label: Label, machine: Machine) -> bool:
    what = label.origin.what
    if label.form == PART or what.startswith(_ALWAYS_TEXT):
        return False
    return machine.language != "python" or not what.startswith("the query string")
