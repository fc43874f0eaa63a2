"""Methods of dicts, objects and maps: keys stay apart as long as they are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.interpret.comparing import contains
from casemate.analysis.code.joining import as_text, join, taint_of, union, unknown
from casemate.analysis.code.values import (
    FRESH,
    KEYS,
    NONE,
    REST,
    UNKNOWN,
    Cells,
    Const,
    Mapping,
    Sequence,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.analysis.code.interpret.applying import Given
    from casemate.analysis.code.interpret.machine import Frame, Machine

    ListMethod = Callable[[Machine, Sequence, Given, Frame], Value | None]
    MappingMethod = Callable[[Machine, Mapping, Given, Frame], Value | None]

from casemate.analysis.code.interpret.containers import with_callback


# -- mappings
def _get(machine: Machine, target: Mapping, given: Given, frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.members import any_field, field

    if not given.arguments:
        return None
    key = given.arguments[0]
    default = given.arguments[1] if len(given.arguments) > 1 else NONE
    if isinstance(key, Const):
        sure = key.value in target.fields
        found = field(machine, target, key.value, frame, given.node.at, missing=default)
        return found if sure or found is default else join(found, default)
    return join(any_field(machine, target, frame, given.node.at), default)


def _setdefault(machine: Machine, target: Mapping, given: Given, frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.writing import put

    found = _get(machine, target, given, frame)
    if (
        found is not None
        and given.arguments
        and not (isinstance(given.arguments[0], Const) and given.arguments[0].value in target.fields)
    ):
        put(machine, target, given.arguments[0], found)
    return found


def _pop_key(machine: Machine, target: Mapping, given: Given, frame: Frame) -> Value | None:
    found = _get(machine, target, given, frame)
    if given.arguments and isinstance(given.arguments[0], Const):
        machine.trail.delete(target.fields, given.arguments[0].value)
    return found


def _iterated(over: str) -> MappingMethod:
    def method(machine: Machine, target: Mapping, given: Given, frame: Frame) -> Value | None:
        from casemate.analysis.code.interpret.members import any_field, iterate

        if over == "values":
            if not {REST, KEYS} & set(target.fields) and target.shape is None and not target.taint:
                return Sequence(list(target.fields.values()))
            return Sequence((), any_field(machine, target, frame, given.node.at))
        row = iterate(machine, target, frame, given.node.at, over=over)
        return Sequence(row.items, row.rest)

    return method


def _update(machine: Machine, target: Mapping, given: Given, _frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.writing import refreshed, spread_into

    for argument in given.arguments:
        spread_into(machine, target, argument)
    for name, value in given.keywords.items():
        machine.trail.set(target.fields, REST if name == "**" else name, value)
        refreshed(machine, target, name)
    return NONE


def _clear_all(machine: Machine, target: Mapping, given: Given, _frame: Frame) -> Value | None:
    del given
    for key in list(target.fields):
        machine.trail.delete(target.fields, key)
    return NONE


def _copied(_machine: Machine, target: Mapping, given: Given, _frame: Frame) -> Value | None:
    del given
    return Mapping(Cells(target.fields.items()), target.shape, target.key, target.taint)


def _has(_machine: Machine, target: Mapping, given: Given, _frame: Frame) -> Value | None:
    return contains(target, given.arguments[0]) if given.arguments else None


def _set(machine: Machine, target: Mapping, given: Given, _frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.writing import put

    if len(given.arguments) > 1:
        put(machine, target, given.arguments[0], given.arguments[1])
    return target


def _each(machine: Machine, target: Mapping, given: Given, frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.members import any_field, keys_of

    value = any_field(machine, target, frame, given.node.at)
    with_callback(machine, "forEach", union([value, *keys_of(target)][:1]), given, frame)
    return NONE


# configparser: sections of options.
def _option(given: Given) -> str | None:
    if len(given.arguments) > 1 and isinstance(given.arguments[0], Const) and isinstance(given.arguments[1], Const):
        return f"{as_text(given.arguments[0])}\0{as_text(given.arguments[1]).lower()}"
    return None


def config_set(machine: Machine, target: Mapping, given: Given, _frame: Frame) -> Value:
    """`ConfigParser.set(section, option, value)`."""
    name = _option(given)
    value = given.arguments[2] if len(given.arguments) > 2 else given.keywords.get("value", NONE)
    if name is not None:
        machine.trail.set(target.fields, name, value)
    else:
        known = target.fields.get(REST)
        machine.trail.delete(target.fields, FRESH)
        machine.trail.set(target.fields, REST, value if known is None else join(known, value))
    return NONE


def config_read(machine: Machine, target: Mapping, source: Value) -> None:
    """`ConfigParser.read_dict({section: {option: value}})`."""
    for section, options in source.fields.items() if isinstance(source, Mapping) else ():
        for option, value in options.fields.items() if isinstance(options, Mapping) else ():
            if isinstance(section, str) and isinstance(option, str):
                machine.trail.set(target.fields, f"{section}\0{option.lower()}", value)


def config_section(target: Mapping, section: Value) -> Mapping:
    """The options of a section, `parser[section]`."""
    start = f"{as_text(section)}\0" if isinstance(section, Const) else ""
    return Mapping(
        Cells(
            (name[len(start) :] if start else name.partition("\0")[2], value)
            for name, value in target.fields.items()
            if isinstance(name, str) and name.startswith(start)
        )
    )


def config_get(_machine: Machine, target: Mapping, given: Given, _frame: Frame) -> Value:
    """`ConfigParser.get(section, option)`."""
    name = _option(given)
    found = target.fields.get(name) if name is not None else None
    rest = target.fields.get(REST)
    if found is not None:
        return found if rest is None else join(found, rest)
    if name is not None:
        default = given.keywords.get("fallback")
        if default is None:
            return rest or UNKNOWN
        return join(default, rest or UNKNOWN)
    return union(target.fields.values()) if target.fields else UNKNOWN


PYTHON_MAPPING: dict[str, MappingMethod] = {
    "get": _get, "setdefault": _setdefault, "pop": _pop_key, "keys": _iterated("keys"), "values": _iterated("values"),
    "items": _iterated("items"), "update": _update, "clear": _clear_all, "copy": _copied, "__contains__": _has,
    "has_key": _has,
    "getlist": lambda machine, target, given, frame: _listed(_get(machine, target, given, frame)),
    "__getitem__": _get, "__setitem__": _set,
}  # fmt: skip
JAVASCRIPT_MAPPING: dict[str, MappingMethod] = {
    "get": _get, "set": _set, "has": _has, "hasOwnProperty": _has, "delete": _pop_key, "keys": _iterated("keys"),
    "values": _iterated("values"), "entries": _iterated("items"), "clear": _clear_all, "forEach": _each,
    "toString": lambda _machine, target, _given, _frame: unknown(taint_of(target), "str"),
}  # fmt: skip


def _listed(value: Value | None) -> Value | None:
    return None if value is None else Sequence((), value)
