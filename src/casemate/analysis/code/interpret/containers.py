"""Methods of lists, sets and mappings of both languages: positions and keys stay apart as long as they are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.interpret.comparing import contains
from casemate.analysis.code.interpret.texts import joined
from casemate.analysis.code.joining import join, key_of, options_of, union, unknown
from casemate.analysis.code.values import (
    FALSE,
    ITEMS,
    NONE,
    TRUE,
    UNKNOWN,
    Const,
    Mapping,
    Row,
    Sequence,
    Value,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.analysis.code.interpret.applying import Given
    from casemate.analysis.code.interpret.machine import Frame, Machine

    ListMethod = Callable[[Machine, Sequence, Given, Frame], Value | None]
    MappingMethod = Callable[[Machine, Mapping, Given, Frame], Value | None]


MAX_KNOWN = 64


def every(target: Sequence) -> Value | None:
    """Any element, None when there is none."""
    row = target.row
    values = [*row.items, *([row.rest] if row.rest is not None else [])]
    return union(values) if values else None


def _write(machine: Machine, target: Sequence, items: tuple[Value, ...], rest: Value | None) -> None:
    if len(items) > MAX_KNOWN:
        more = union(items[MAX_KNOWN:])
        items, rest = items[:MAX_KNOWN], more if rest is None else join(rest, more)
    machine.trail.set(target.fields, ITEMS, Row(items, rest))


def _plus(rest: Value | None, values: list[Value]) -> Value | None:
    if not values:
        return rest
    return union(values) if rest is None else union([rest, *values])


def _append(machine: Machine, target: Sequence, given: Given, _frame: Frame) -> Value | None:
    row = target.row
    if row.rest is None:
        _write(machine, target, (*row.items, *given.arguments), None)
    else:
        _write(machine, target, row.items, _plus(row.rest, given.arguments))
    return NONE


def _push(machine: Machine, target: Sequence, given: Given, frame: Frame) -> Value | None:
    _append(machine, target, given, frame)
    return unknown(sort="int")


def _add(machine: Machine, target: Sequence, given: Given, _frame: Frame) -> Value | None:
    row = target.row
    known = {key_of(item) for item in row.items}
    _write(machine, target, (*row.items, *(one for one in given.arguments if key_of(one) not in known)), row.rest)
    return target


def _append_left(machine: Machine, target: Sequence, given: Given, _frame: Frame) -> Value | None:
    row = target.row
    _write(machine, target, (*given.arguments, *row.items), row.rest)
    return unknown(sort="int")


def _extend(machine: Machine, target: Sequence, given: Given, frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.members import iterate

    row = target.row
    for argument in given.arguments:
        more = iterate(machine, argument, frame, given.node.at)
        if row.rest is None:
            row = Row((*row.items, *more.items), more.rest)
        else:
            row = Row(row.items, _plus(row.rest, [*more.items, *([more.rest] if more.rest is not None else [])]))
    _write(machine, target, row.items, row.rest)
    return NONE


def _pop(machine: Machine, target: Sequence, given: Given, _frame: Frame) -> Value | None:
    row = target.row
    place = given.arguments[0] if given.arguments else Const(-1)
    if isinstance(place, Const) and isinstance(place.value, int):
        number = int(place.value)
        if row.rest is None:
            number = number + len(row.items) if number < 0 else number
            if not 0 <= number < len(row.items):
                return UNKNOWN
            _write(machine, target, (*row.items[:number], *row.items[number + 1 :]), None)
            return row.items[number]
        if 0 <= number < len(row.items):
            _write(machine, target, (*row.items[:number], *row.items[number + 1 :]), row.rest)
            return row.items[number]
    value = every(target)
    if value is not None:
        machine.trail.set(target.fields, ITEMS, Row((), value))
    return value or UNKNOWN


def _shift(machine: Machine, target: Sequence, given: Given, frame: Frame) -> Value | None:
    given.arguments[:] = [Const(0)]
    return _pop(machine, target, given, frame)


def _insert(machine: Machine, target: Sequence, given: Given, _frame: Frame) -> Value | None:
    if len(given.arguments) < 2:
        return NONE
    place, value = given.arguments[:2]
    row = target.row
    if isinstance(place, Const) and isinstance(place.value, int):
        number = int(place.value)
        if row.rest is None or 0 <= number <= len(row.items):
            number = max(0, number + len(row.items)) if number < 0 else min(number, len(row.items))
            _write(machine, target, (*row.items[:number], value, *row.items[number:]), row.rest)
            return NONE
    machine.trail.set(target.fields, ITEMS, Row((), _plus(every(target), [value])))
    return NONE


def _remove(machine: Machine, target: Sequence, given: Given, _frame: Frame) -> Value | None:
    row = target.row
    wanted = key_of(given.arguments[0]) if given.arguments else None
    for place, item in enumerate(row.items):
        if key_of(item) == wanted:
            _write(machine, target, (*row.items[:place], *row.items[place + 1 :]), row.rest)
            return NONE
        if not isinstance(item, Const):
            break
    value = every(target)
    machine.trail.set(target.fields, ITEMS, Row((), value))
    return NONE


def _clear(machine: Machine, target: Sequence, given: Given, _frame: Frame) -> Value | None:
    del given
    machine.trail.set(target.fields, ITEMS, Row(()))
    return NONE


def _reverse(machine: Machine, target: Sequence, given: Given, _frame: Frame) -> Value | None:
    del given
    row = target.row
    if row.rest is None:
        machine.trail.set(target.fields, ITEMS, Row(tuple(reversed(row.items))))
    else:
        machine.trail.set(target.fields, ITEMS, Row((), every(target)))
    return target


def _sort(machine: Machine, target: Sequence, given: Given, _frame: Frame) -> Value | None:
    del given
    row = target.row
    constants = [item.value for item in row.items if isinstance(item, Const)]
    if row.rest is None and len(constants) == len(row.items):
        try:
            machine.trail.set(target.fields, ITEMS, Row(tuple(Const(one) for one in sorted(constants))))  # type: ignore[type-var]
        except TypeError:
            return target
        return target
    if len(row.items) > 1 or row.rest is not None:
        machine.trail.set(target.fields, ITEMS, Row((), every(target)))
    return target


def _copy(_machine: Machine, target: Sequence, given: Given, _frame: Frame) -> Value | None:
    del given
    return Sequence(target.row.items, target.row.rest, target.kind)


def _index(_machine: Machine, target: Sequence, given: Given, _frame: Frame) -> Value | None:
    found = contains(target, given.arguments[0]) if given.arguments else UNKNOWN
    row = target.row
    if isinstance(found, Const):
        if not found.value:
            return Const(-1)
        wanted = given.arguments[0]
        for place, item in enumerate(row.items):
            if isinstance(item, Const) and isinstance(wanted, Const) and item.value == wanted.value:
                return Const(place)
    return Verdict(found.yes, found.no, index=True) if isinstance(found, Verdict) else unknown(sort="int")


def _includes(_machine: Machine, target: Sequence, given: Given, _frame: Frame) -> Value | None:
    return contains(target, given.arguments[0]) if given.arguments else None


def _count(_machine: Machine, target: Sequence, given: Given, _frame: Frame) -> Value | None:
    del target, given
    return unknown(sort="int")


def _join(_machine: Machine, target: Sequence, given: Given, _frame: Frame) -> Value | None:
    row = target.row
    return joined(given.arguments[0] if given.arguments else Const(","), row.items, row.rest)


def _concat(machine: Machine, target: Sequence, given: Given, frame: Frame) -> Value | None:
    result = Sequence(target.row.items, target.row.rest)
    given.arguments[:] = [one if isinstance(one, Sequence) else Sequence((one,)) for one in given.arguments]
    _extend(machine, result, given, frame)
    return result


def _slice(_machine: Machine, target: Sequence, given: Given, _frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.building import sliced

    bounds: list[Value | None] = [*given.arguments[:2], None, None]
    return sliced(target, [bounds[0], bounds[1], None])


def _splice(machine: Machine, target: Sequence, given: Given, _frame: Frame) -> Value | None:
    row = target.row
    start = given.arguments[0] if given.arguments else UNKNOWN
    count = given.arguments[1] if len(given.arguments) > 1 else Const(MAX_KNOWN)
    new = tuple(given.arguments[2:])
    if (
        isinstance(start, Const)
        and isinstance(count, Const)
        and isinstance(start.value, int)
        and isinstance(count.value, int)
    ):
        place = start.value + len(row.items) if start.value < 0 else start.value
        if row.rest is None and 0 <= place <= len(row.items):
            end = place + max(0, count.value)
            _write(machine, target, (*row.items[:place], *new, *row.items[end:]), None)
            return Sequence(row.items[place:end])
    value = _plus(every(target), list(new))
    machine.trail.set(target.fields, ITEMS, Row((), value))
    return Sequence((), value)


def _flat(machine: Machine, target: Sequence, given: Given, frame: Frame) -> Value | None:
    del given
    result = Sequence()
    row = target.row
    for item in (*row.items, *([row.rest] if row.rest is not None else [])):
        inside = item.row if isinstance(item, Sequence) else Row((item,))
        known = result.row
        exact = known.rest is None and row.rest is None
        more = [*inside.items, *([inside.rest] if inside.rest is not None else [])]
        machine.trail.set(
            result.fields,
            ITEMS,
            Row((*known.items, *inside.items), inside.rest) if exact else Row(known.items, _plus(known.rest, more)),
        )
    del frame
    return result


def with_callback(machine: Machine, name: str, element: Value, given: Given, frame: Frame) -> Value:
    """A method that calls a function with an element of which nothing else is known."""
    from casemate.analysis.code.interpret.calling import call

    if not given.arguments:
        return UNKNOWN
    function = given.arguments[0]
    if name in {"reduce", "reduceRight"}:
        start = given.arguments[1] if len(given.arguments) > 1 else element
        first = call(machine, function, [start, element, unknown(sort="int")], {}, frame, given.node)
        second = call(machine, function, [join(start, first), element, unknown(sort="int")], {}, frame, given.node)
        return union((start, first, second))
    if name == "sort":
        return Sequence((), element)
    result = call(machine, function, [element, unknown(sort="int")], {}, frame, given.node)
    if name in {"map", "flatMap"}:
        if name == "flatMap":
            result = union(
                [(every(one) or UNKNOWN) if isinstance(one, Sequence) else one for one in options_of(result)]
            )
        return Sequence((), result)
    if name == "filter":
        return Sequence((), _refined(element, result))
    if name == "find":
        return join(_refined(element, result), NONE)
    if name in {"then", "finally"}:
        return result if name == "then" else element
    if name in {"some", "every"}:
        return _of_all(name, result)
    return element if name == "catch" else NONE


def _of_all(name: str, result: Value) -> Value:
    """A check of every element holds for all that is in the list; that none of them has something, too."""
    from casemate.analysis.code.interpret.comparing import verdict_of

    verdict = verdict_of(result)
    if verdict is None:
        return unknown(sort="bool")
    guards = verdict.yes if name == "every" else verdict.no
    whole = tuple((key.removesuffix(".[]"), bits) for key, bits in guards if key.endswith(".[]"))
    return Verdict((*guards, *whole)) if name == "every" else Verdict((), (*guards, *whole))


def _refined(element: Value, verdict: Value) -> Value:
    """An element for which a check holds."""
    from casemate.analysis.code.interpret.comparing import verdict_of

    found = verdict_of(verdict)
    if found is None or not found.yes or not element.taint:
        return element
    guards = dict(found.yes)
    return unknown(tuple(label.derived(cured=guards.get(label.origin.key, 0)) for label in element.taint))


def _callback(name: str) -> ListMethod:
    def method(machine: Machine, target: Sequence, given: Given, frame: Frame) -> Value | None:
        from casemate.analysis.code.interpret.calling import call
        from casemate.analysis.code.interpret.comparing import truth

        row = target.row
        if row.rest is not None or len(row.items) > 12 or name in {"sort", "flatMap"}:
            element = every(target)
            return with_callback(machine, name, element if element is not None else UNKNOWN, given, frame)
        if not given.arguments:
            return None
        function = given.arguments[0]
        if name in {"reduce", "reduceRight"}:
            items = list(row.items if name == "reduce" else reversed(row.items))
            result = given.arguments[1] if len(given.arguments) > 1 else items.pop(0) if items else UNKNOWN
            for place, item in enumerate(items):
                result = call(machine, function, [result, item, Const(place), target], {}, frame, given.node)
            return result
        results = [
            call(machine, function, [item, Const(place), target], {}, frame, given.node)
            for place, item in enumerate(row.items)
        ]
        if name == "map":
            return Sequence(results)
        known = [truth(result) for result in results]
        if name == "filter":
            if None not in known:
                return Sequence([item for item, holds in zip(row.items, known, strict=True) if holds])
            kept = [
                _refined(item, result)
                for item, result, holds in zip(row.items, results, known, strict=True)
                if holds is not False
            ]
            return Sequence((), union(kept) if kept else None)
        if name == "find":
            kept = [
                _refined(item, result)
                for item, result, holds in zip(row.items, results, known, strict=True)
                if holds is not False
            ]
            return union([*kept, NONE])
        if name in {"some", "every"}:
            if None not in known:
                return TRUE if (any(known) if name == "some" else all(known)) else FALSE
            return unknown(sort="bool")
        return NONE

    return method


def _entries(machine: Machine, target: Sequence, given: Given, frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.members import iterate

    row = iterate(machine, target, frame, given.node.at, over="items")
    return Sequence(row.items, row.rest)


def _keys(_machine: Machine, _target: Sequence, _given: Given, _frame: Frame) -> Value | None:
    return Sequence((), unknown(sort="int"))


def _at(_machine: Machine, target: Sequence, given: Given, _frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.members import element

    return element(target, given.arguments[0] if given.arguments else Const(0))


PYTHON_LIST: dict[str, ListMethod] = {
    "append": _append, "add": _add, "appendleft": _append_left, "extend": _extend, "update": _extend, "pop": _pop,
    "popleft": _shift, "insert": _insert, "remove": _remove, "discard": _remove, "clear": _clear, "reverse": _reverse,
    "sort": _sort,
    "copy": _copy, "index": _index, "count": _count, "__contains__": _includes, "union": _concat, "put": _append,
    "get": _shift,
    "put_nowait": _append, "get_nowait": _shift,
}  # fmt: skip
JAVASCRIPT_LIST: dict[str, ListMethod] = {
    "push": _push, "add": _add, "unshift": _append_left, "pop": _pop, "shift": _shift, "splice": _splice,
    "slice": _slice,
    "concat": _concat, "join": _join, "includes": _includes, "has": _includes, "indexOf": _index,
    "lastIndexOf": _index, "reverse": _reverse,
    "sort": _sort, "flat": _flat, "entries": _entries, "values": _copy, "keys": _keys, "at": _at, "clear": _clear,
    "delete": _remove,
    "toString": _join, "fill": _copy, "toSorted": _copy, "toReversed": _copy,
    **{name: _callback(name) for name in (
        "map", "filter", "forEach", "reduce", "reduceRight", "find", "some", "every", "flatMap")},
}  # fmt: skip
