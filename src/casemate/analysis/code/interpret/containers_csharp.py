"""Lists, dictionaries and sequences (LINQ) of C#.

Source: .NET API browser, System.Collections.Generic, System.Linq ("Enumerable Class").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.interpret.applying import Given
from casemate.analysis.code.interpret.comparing import contains
from casemate.analysis.code.interpret.containers import JAVASCRIPT_LIST, PYTHON_LIST, every
from casemate.analysis.code.interpret.mappings import JAVASCRIPT_MAPPING, PYTHON_MAPPING
from casemate.analysis.code.joining import taint_of, unknown
from casemate.analysis.code.values import (
    NONE,
    UNKNOWN,
    Closure,
    Const,
    Mapping,
    Partial,
    Sequence,
    Value,
)

if TYPE_CHECKING:
    from casemate.analysis.code.interpret.containers import ListMethod
    from casemate.analysis.code.interpret.machine import Frame, Machine
    from casemate.analysis.code.interpret.mappings import MappingMethod


# -- lists
def _first(machine: Machine, target: Sequence, given: Given, frame: Frame) -> Value | None:
    """`First()`, `FirstOrDefault()`; with a condition the first that holds."""
    if given.arguments and isinstance(given.arguments[0], (Closure, Partial)):
        return JAVASCRIPT_LIST["find"](machine, target, given, frame)
    row = target.row
    return row.items[0] if row.items else row.rest or NONE


def _last(machine: Machine, target: Sequence, given: Given, frame: Frame) -> Value | None:
    if given.arguments and isinstance(given.arguments[0], (Closure, Partial)):
        return JAVASCRIPT_LIST["find"](machine, target, given, frame)
    row = target.row
    return row.items[-1] if row.items and row.rest is None else every(target) or NONE


def _any(machine: Machine, target: Sequence, given: Given, frame: Frame) -> Value | None:
    if given.arguments:
        return JAVASCRIPT_LIST["some"](machine, target, given, frame)
    row = target.row
    return Const(bool(row.items)) if row.rest is None else unknown(sort="bool")


def _counted(_machine: Machine, target: Sequence, given: Given, _frame: Frame) -> Value | None:
    row = target.row
    return Const(len(row.items)) if row.rest is None and not given.arguments else unknown(sort="int")


def _skip(_machine: Machine, target: Sequence, given: Given, _frame: Frame) -> Value | None:
    count = given.arguments[0] if given.arguments else UNKNOWN
    row = target.row
    if isinstance(count, Const) and isinstance(count.value, int) and row.rest is None:
        return Sequence(row.items[max(0, count.value) :])
    return Sequence((), every(target))


def _take(_machine: Machine, target: Sequence, given: Given, _frame: Frame) -> Value | None:
    count = given.arguments[0] if given.arguments else UNKNOWN
    row = target.row
    if isinstance(count, Const) and isinstance(count.value, int) and row.rest is None:
        return Sequence(row.items[: max(0, count.value)])
    return Sequence((), every(target))


def _aggregate(machine: Machine, target: Sequence, given: Given, frame: Frame) -> Value | None:
    if len(given.arguments) > 1:
        given.arguments[:2] = [given.arguments[1], given.arguments[0]]
    return JAVASCRIPT_LIST["reduce"](machine, target, given, frame)


def _to_table(machine: Machine, target: Sequence, given: Given, frame: Frame) -> Value | None:
    """`ToDictionary(key, value)`."""
    from casemate.analysis.code.interpret.calling import call
    from casemate.analysis.code.interpret.writing import put

    made = Mapping()
    row = target.row
    for item in (*row.items, *([row.rest] if row.rest is not None else [])):
        key = call(machine, given.arguments[0], [item], {}, frame, given.node) if given.arguments else UNKNOWN
        value = call(machine, given.arguments[1], [item], {}, frame, given.node) if len(given.arguments) > 1 else item
        put(machine, made, key, value)
    return made


def _each(machine: Machine, target: Sequence, given: Given, frame: Frame) -> Value | None:
    return JAVASCRIPT_LIST["forEach"](machine, target, given, frame)


def _self(_machine: Machine, target: Sequence, _given: Given, _frame: Frame) -> Value | None:
    return target


def _element(_machine: Machine, target: Sequence, given: Given, _frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.members import element

    return element(target, given.arguments[0] if given.arguments else Const(0))


def _pop(machine: Machine, target: Sequence, given: Given, frame: Frame) -> Value | None:
    given.arguments[:] = []
    return PYTHON_LIST["pop"](machine, target, given, frame)


def _reversed(_machine: Machine, target: Sequence, _given: Given, _frame: Frame) -> Value | None:
    row = target.row
    return Sequence(tuple(reversed(row.items))) if row.rest is None else Sequence((), every(target))


LIST: dict[str, ListMethod] = {
    "Add": PYTHON_LIST["append"], "Append": PYTHON_LIST["append"], "Enqueue": PYTHON_LIST["append"],
    "Push": PYTHON_LIST["append"], "AddRange": PYTHON_LIST["extend"], "Insert": PYTHON_LIST["insert"],
    "RemoveAt": PYTHON_LIST["pop"], "Remove": PYTHON_LIST["remove"], "Clear": PYTHON_LIST["clear"],
    "Dequeue": JAVASCRIPT_LIST["shift"], "Pop": _pop, "Peek": _first, "ElementAt": _element,
    "ElementAtOrDefault": _element, "First": _first, "FirstOrDefault": _first, "Single": _first,
    "SingleOrDefault": _first, "Find": _first, "Last": _last, "LastOrDefault": _last, "Any": _any,
    "Exists": _any, "All": JAVASCRIPT_LIST["every"], "Count": _counted, "Contains": JAVASCRIPT_LIST["includes"],
    "IndexOf": JAVASCRIPT_LIST["indexOf"], "Select": JAVASCRIPT_LIST["map"], "ConvertAll": JAVASCRIPT_LIST["map"],
    "Where": JAVASCRIPT_LIST["filter"], "FindAll": JAVASCRIPT_LIST["filter"],
    "SelectMany": JAVASCRIPT_LIST["flatMap"], "ForEach": _each, "Aggregate": _aggregate, "Skip": _skip, "Take": _take,
    "Concat": JAVASCRIPT_LIST["concat"], "Union": JAVASCRIPT_LIST["concat"], "ToDictionary": _to_table,
    "Reverse": _reversed,
    **dict.fromkeys(("ToList", "ToArray", "AsEnumerable", "AsQueryable", "Distinct", "OrderBy", "OrderByDescending",
                     "ThenBy", "ToHashSet", "Cast", "OfType", "AsReadOnly", "AsParallel", "AsSpan"), _self),
}  # fmt: skip
"""Methods of lists, sets, queues, arrays and sequences."""


# -- dictionaries
def _put(machine: Machine, target: Mapping, given: Given, frame: Frame) -> Value | None:
    JAVASCRIPT_MAPPING["set"](machine, target, given, frame)
    return unknown(sort="bool")


def _pairs(method: str) -> MappingMethod:
    """A method of sequences on a dictionary: its elements are pairs."""

    def run(machine: Machine, target: Mapping, given: Given, frame: Frame) -> Value | None:
        from casemate.analysis.code.interpret.members import iterate

        row = iterate(machine, target, frame, given.node.at, over="items")
        return LIST[method](machine, Sequence(row.items, row.rest), given, frame)

    return run


def _has_value(machine: Machine, target: Mapping, given: Given, frame: Frame) -> Value | None:
    found = PYTHON_MAPPING["values"](machine, target, Given(target, [], {}, given.node), frame)
    return contains(found, given.arguments[0]) if given.arguments and found is not None else unknown(sort="bool")


MAPPING: dict[str, MappingMethod] = {
    "Add": _put, "TryAdd": _put, "Set": _put, "GetValueOrDefault": PYTHON_MAPPING["get"], "Get": PYTHON_MAPPING["get"],
    "GetValues": PYTHON_MAPPING["get"], "Remove": PYTHON_MAPPING["pop"], "Clear": PYTHON_MAPPING["clear"],
    "ContainsKey": JAVASCRIPT_MAPPING["has"], "Contains": JAVASCRIPT_MAPPING["has"], "ContainsValue": _has_value,
    "TryGetValue": JAVASCRIPT_MAPPING["has"], "GetOrAdd": PYTHON_MAPPING["setdefault"],
    "ToString": lambda _machine, target, _given, _frame: unknown(taint_of(target), "str"),
    **{name: _pairs(name) for name in ("Select", "Where", "First", "FirstOrDefault", "Any", "All", "ToList", "ToArray",
                                       "OrderBy", "Aggregate", "SelectMany")},
}  # fmt: skip
"""Methods of dictionaries."""
