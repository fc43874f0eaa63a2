"""Events inside of a program: functions that listen by name, and are called with what is emitted under it.

Sources: Node.js documentation, "Events" (`emitter.on`, `emitter.emit`); READMEs of eventemitter3 and mitt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.joining import known_text
from casemate.analysis.code.values import ITEMS, Closure, Partial, Row, Sequence, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.analysis.code.interpret.applying import Given
    from casemate.analysis.code.interpret.machine import Frame, Machine

    Native = Callable[[Machine, Given, Frame], Value | None]

MAX_LISTENERS = 20
_TYPES = ("events.EventEmitter", "events", "eventemitter3", "eventemitter3.EventEmitter", "mitt")
_LISTENS = ("on", "once", "addListener", "prependListener", "prependOnceListener")


def _cell(given: Given) -> str | None:
    name = known_text(given.arguments[0]) if given.arguments else None
    return None if name is None else f"emitted: {name}"


def _listened(machine: Machine, given: Given, _frame: Frame) -> Value | None:
    cell = _cell(given)
    if cell is None or len(given.arguments) < 2 or not isinstance(given.arguments[1], (Closure, Partial)):
        return None
    known = machine.extras.get(cell)
    row = known.row.items if isinstance(known, Sequence) else ()
    if len(row) < MAX_LISTENERS:
        made = Sequence()
        made.fields[ITEMS] = Row((*row, given.arguments[1]))
        machine.trail.set(machine.extras, cell, made)
    return given.receiver


def _emitted(machine: Machine, given: Given, frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.calling import call

    cell = _cell(given)
    known = machine.extras.get(cell) if cell is not None else None
    if not isinstance(known, Sequence):
        return None
    for listener in known.row.items:
        call(machine, listener, list(given.arguments[1:]), {}, frame, given.node)
    return given.receiver


JAVASCRIPT: dict[str, Native] = {
    **{f"{type_}.{name}": _listened for type_ in _TYPES for name in _LISTENS},
    **{f"{type_}.emit": _emitted for type_ in _TYPES},
}
