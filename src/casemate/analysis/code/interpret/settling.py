"""Cures that hold at one place of the program only, written into what leaves that place.

Where `if name in ALLOWED:` holds, the data behind `name` is harmless; what is assigned or returned there stays so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.values import Text, Thing, Union, Value

if TYPE_CHECKING:
    from casemate.analysis.code.interpret.machine import Machine


def settled(machine: Machine, value: Value) -> Value:
    """The value with what holds here in its labels."""
    if isinstance(value, Thing):
        taint = tuple(
            label.derived(cured=bits) if (bits := machine.cured(label)) != label.cured else label
            for label in value.taint
        )
        if taint == value.taint:
            return value
        return Thing(value.path, taint, made=value.made, receiver=value.receiver, sort=value.sort)
    if isinstance(value, Text):
        parts = tuple(settled(machine, part) if part.taint else part for part in value.parts)
        return value if parts == value.parts else Text(parts)
    if isinstance(value, Union):
        options = tuple(settled(machine, one) if one.taint else one for one in value.options)
        return value if options == value.options else Union(options)
    return value
