"""Functions that are given to libraries, and are called with what the models say, or with whatever else goes in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.interpret.machine import MAX_DEPTH, Frame, Machine
from casemate.analysis.code.interpret.members import iterate
from casemate.analysis.code.joining import union, unknown
from casemate.analysis.code.labels import Label, Origin, Trace
from casemate.analysis.code.values import UNKNOWN, Client, Closure, Method, Partial, Thing, Value

if TYPE_CHECKING:
    from casemate.analysis.code import ir
    from casemate.analysis.code.interpret.applying import Given


def called_back(machine: Machine, names: list[str], given: Given, frame: Frame, node: ir.Expr) -> None:
    """Functions that were given to a library are called."""
    from casemate.analysis.code.interpret.calling import call

    for one in names:
        models = machine.models.calls.get(one)
        if not models:
            continue
        for model in models:
            function = given.get(model.callback)
            if function is None:
                continue
            values: list[Value] = []
            for which in model.values:
                source = None if which is None else given.get(which)
                if source is None:
                    values.append(UNKNOWN)
                else:
                    row = iterate(machine, source, frame, node.at)
                    values.append(union([*row.items, *([row.rest] if row.rest is not None else [])] or [UNKNOWN]))
            first = (
                function.function.parameters[0]
                if isinstance(function, Closure) and function.function.parameters
                else None
            )
            if not values and isinstance(function, Closure) and first is not None and first.name in _ERRORS:
                values.append(_error(frame, function))
            call(machine, function, values, {}, frame, node)
        return
    _unknown_callbacks(machine, given, frame, node)


def _unknown_callbacks(machine: Machine, given: Given, frame: Frame, node: ir.Expr) -> None:
    """A function that goes into a call that is not known is called with whatever else goes in."""
    from casemate.analysis.code.interpret.calling import call
    from casemate.analysis.code.interpret.inlining import _weak

    if machine.depth > MAX_DEPTH // 2:
        return
    functions = [one for one in (*given.arguments, *given.keywords.values()) if isinstance(one, (Closure, Partial))]
    for place, one in enumerate(given.arguments):
        if isinstance(one, Method) and isinstance(one.receiver, Client):  # `submit(client.get_object, Bucket=…)`
            call(machine, one, list(given.arguments[place + 1 :]), dict(given.keywords), frame, node)
    if not functions:
        return
    taint = _weak(given.taint(), given.receiver)
    for function in functions:
        count = len(function.function.parameters) if isinstance(function, Closure) else 2
        trail = machine.trail
        mark = trail.mark()
        values: list[Value] = [unknown(taint)] * count
        if isinstance(function, Closure) and count and function.function.parameters[0].name in _ERRORS:
            values[0] = _error(frame, function)
        call(machine, function, values, {}, frame, node)
        changes = trail.take(mark)
        trail.settle([{}, changes])


_ERRORS = frozenset({"err", "error", "e", "_err", "_error"})


def _error(frame: Frame, function: Closure) -> Value:
    """The error that a callback is given first (Node.js documentation, "Errors", Error-first callbacks)."""
    del frame
    trace = Trace(function.module, function.function.at, "an error is given to the callback")
    return Thing("exception.Error", (Label(Origin("exception", "an exception's text", "error"), trace),), made=True)
