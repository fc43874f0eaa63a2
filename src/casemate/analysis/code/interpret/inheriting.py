"""Calls of `super`: the class above, or its constructor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.interpret.applying import Given
from casemate.analysis.code.labels import merge
from casemate.analysis.code.values import UNKNOWN, Class, Closure, Instance, Super, Thing, Value

if TYPE_CHECKING:
    from casemate.analysis.code import ir
    from casemate.analysis.code.interpret.machine import Frame, Machine


def called_super(machine: Machine, node: ir.Call, frame: Frame) -> Value:
    """`super(…)`: Python's object of the class above, elsewhere the constructor of the base, called."""
    from casemate.analysis.code.interpret.calling import call
    from casemate.analysis.code.interpret.expressions import evaluate, name_value

    own = "self" if frame.module.language == "python" else "this"
    receiver = name_value(machine, own, frame)
    cls = frame.cls
    if cls is None:
        return UNKNOWN
    if frame.module.language == "python":
        named = evaluate(machine, node.arguments[0], frame) if node.arguments else None
        return Super(named if isinstance(named, Class) else cls, receiver)
    arguments = [evaluate(machine, argument, frame) for argument in node.arguments]
    for base in cls.bases:
        constructor = base.find("constructor") if isinstance(base, Class) else None
        if isinstance(base, Thing) and isinstance(receiver, Instance):
            given = Given(None, arguments, {}, node)
            receiver.taint = merge(receiver.taint, given.taint())
        if isinstance(constructor, Closure):
            call(machine, constructor.bound(receiver), arguments, {}, frame, node)
    return receiver
