"""Lists and maps of Java: positions and keys stay apart as long as they are known.

Source: Java SE API documentation, java.util ("List", "Map", "Deque", "Collections", "Arrays").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.interpret.comparing import contains
from casemate.analysis.code.interpret.containers import JAVASCRIPT_LIST, PYTHON_LIST, every
from casemate.analysis.code.interpret.mappings import JAVASCRIPT_MAPPING, PYTHON_MAPPING
from casemate.analysis.code.joining import taint_of, unknown
from casemate.analysis.code.values import NONE, UNKNOWN, Const, Mapping, Sequence, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.analysis.code.interpret.applying import Given
    from casemate.analysis.code.interpret.containers import ListMethod
    from casemate.analysis.code.interpret.machine import Frame, Machine
    from casemate.analysis.code.interpret.mappings import MappingMethod


def _new_map(machine: Machine, given: Given, frame: Frame) -> Value:
    made = Mapping()
    if given.arguments:
        PYTHON_MAPPING["update"](machine, made, given, frame)
    return made


def _new_list(machine: Machine, given: Given, frame: Frame) -> Value:
    made = Sequence()
    if given.arguments and not (isinstance(given.arguments[0], Const)):
        PYTHON_LIST["extend"](machine, made, given, frame)
    return made


def _of(_machine: Machine, given: Given, _frame: Frame) -> Value:
    return Sequence(given.arguments)


def _pairs(machine: Machine, given: Given, _frame: Frame) -> Value:
    """`Map.of(key, value, …)`."""
    from casemate.analysis.code.interpret.writing import put

    made = Mapping()
    for key, value in zip(given.arguments[::2], given.arguments[1::2], strict=False):
        put(machine, made, key, value)
    return made


FUNCTIONS: dict[str, Callable[[Machine, Given, Frame], Value | None]] = {
    **dict.fromkeys(
        (
            f"java.util.{name}"
            for name in ("HashMap", "LinkedHashMap", "TreeMap", "Hashtable", "concurrent.ConcurrentHashMap")
        ),
        _new_map,
    ),
    **dict.fromkeys(
        (f"java.util.{name}" for name in
         ("ArrayList", "LinkedList", "HashSet", "LinkedHashSet", "TreeSet", "ArrayDeque", "Vector", "Stack")),
        _new_list,
    ),
    **dict.fromkeys(("java.util.List.of", "java.util.Set.of", "java.util.Arrays.asList"), _of),
    "java.util.Map.of": _pairs,
}  # fmt: skip
"""What makes a container."""


def _add(machine: Machine, target: Sequence, given: Given, frame: Frame) -> Value | None:
    if len(given.arguments) > 1:
        return PYTHON_LIST["insert"](machine, target, given, frame)
    PYTHON_LIST["append"](machine, target, given, frame)
    return unknown(sort="bool")


def _element(_machine: Machine, target: Sequence, given: Given, _frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.members import element

    return element(target, given.arguments[0] if given.arguments else Const(0))


def _replace(machine: Machine, target: Sequence, given: Given, frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.writing import set_member

    if len(given.arguments) < 2:
        return None
    set_member(machine, target, given.arguments[0], given.arguments[1], frame, given.node.at)
    return UNKNOWN


def _size(_machine: Machine, target: Sequence, _given: Given, _frame: Frame) -> Value | None:
    row = target.row
    return Const(len(row.items)) if row.rest is None else unknown(sort="int")


def _has(_machine: Machine, target: Sequence, given: Given, _frame: Frame) -> Value | None:
    return contains(target, given.arguments[0]) if given.arguments else None


def _last(_machine: Machine, target: Sequence, _given: Given, _frame: Frame) -> Value | None:
    row = target.row
    return row.items[-1] if row.items and row.rest is None else every(target)


LIST: dict[str, ListMethod] = {
    **{name: JAVASCRIPT_LIST[name] for name in ("forEach", "map", "filter") if name in JAVASCRIPT_LIST},
    "add": _add, "addLast": _add, "offer": _add, "push": PYTHON_LIST["append"], "addAll": PYTHON_LIST["extend"],
    "get": _element, "getFirst": _element, "getLast": _last, "peek": _element, "set": _replace,
    "remove": PYTHON_LIST["pop"], "removeFirst": JAVASCRIPT_LIST["shift"], "poll": JAVASCRIPT_LIST["shift"],
    "pop": PYTHON_LIST["pop"], "clear": PYTHON_LIST["clear"], "size": _size, "contains": _has,
    "isEmpty": lambda _machine, _target, _given, _frame: unknown(sort="bool"),
    "stream": lambda _machine, target, _given, _frame: target,
    "iterator": lambda _machine, target, _given, _frame: target,
    "next": lambda _machine, target, _given, _frame: every(target),
    "toArray": lambda _machine, target, _given, _frame: target,
}  # fmt: skip
"""Methods of lists, sets and queues."""


def _put(machine: Machine, target: Mapping, given: Given, frame: Frame) -> Value | None:
    JAVASCRIPT_MAPPING["set"](machine, target, given, frame)
    return NONE


MAPPING: dict[str, MappingMethod] = {
    "put": _put, "get": JAVASCRIPT_MAPPING["get"], "getOrDefault": PYTHON_MAPPING["get"],
    "remove": PYTHON_MAPPING["pop"], "containsKey": JAVASCRIPT_MAPPING["has"], "putAll": PYTHON_MAPPING["update"],
    "keySet": PYTHON_MAPPING["keys"], "values": PYTHON_MAPPING["values"], "clear": PYTHON_MAPPING["clear"],
    "putIfAbsent": PYTHON_MAPPING["setdefault"],
    "isEmpty": lambda _machine, _target, _given, _frame: unknown(sort="bool"),
    "toString": lambda _machine, target, _given, _frame: unknown(taint_of(target), "str"),
}  # fmt: skip
"""Methods of maps."""
