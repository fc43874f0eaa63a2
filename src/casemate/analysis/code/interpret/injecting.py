"""Objects that a framework makes and hands in: containers of dependencies, FastAPI's `Depends`, stacks of contexts.

Sources: tsyringe, TypeDI and InversifyJS READMEs ("constructor injection by type"); the injector package for Python;
FastAPI documentation, "Dependencies"; Python standard library, `contextlib.ExitStack`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.code import ir
from casemate.analysis.code.joining import options_of, union, unknown
from casemate.analysis.code.labels import Origin
from casemate.analysis.code.values import UNKNOWN, Class, Client, Closure, Instance, Mapping, Sequence, Thing, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.analysis.code.interpret.applying import Given
    from casemate.analysis.code.interpret.machine import Frame, Machine

    Fill = Callable[[ir.Parameter, Closure], Value]

_CONTAINERS = re.compile(r"^(?:tsyringe|typedi|inversify|injector|@nestjs/core|dependency_injector|punq|lagom)\b")
_RESOLVES = frozenset({"resolve", "get", "create", "make"})
_ENTERS = frozenset({"enter_async_context", "enter_context"})
_DEPENDS = frozenset(
    {"fastapi.Depends", "fastapi.Security", "fastapi.params.Depends", "fastapi.param_functions.Depends"}
)
_WRITTEN = re.compile(r"\b(?:Depends|Security)\(\s*([A-Za-z_]\w*)\s*[,)]")
_DEEPEST = 6
_TYPED = frozenset({"csharp", "java"})


def injected(machine: Machine, path: str, given: Given, frame: Frame) -> Value | None:
    """What a container, a stack of contexts or `Depends` gives for its argument; None for every other call."""
    name = path.rpartition(".")[2]
    if name in _ENTERS and path.startswith("contextlib.") and given.arguments:
        return entered(given.arguments[0])
    if path in _DEPENDS and given.arguments:
        return provided(machine, given.arguments[0], frame, given.node)
    if name not in _RESOLVES or not given.arguments or not _CONTAINERS.match(path):
        return None
    made = [
        constructed(machine, option, frame, given.node)
        for option in options_of(given.arguments[0])
        if isinstance(option, Class)
    ]
    return union(made) if made else None


def constructed(machine: Machine, cls: Class, frame: Frame, node: ir.Expr, depth: int = 0) -> Value:
    """An object of a class of the project, its constructor's arguments made by their types."""
    from casemate.analysis.code.interpret.calling import call
    from casemate.analysis.code.interpret.inlining import typed

    cls = _implementing(machine, cls)
    arguments: list[Value] = []
    member = cls.find("constructor") or cls.find("__init__")
    if isinstance(member, Closure) and depth < _DEEPEST:
        for parameter in member.function.parameters:
            if parameter.name in {"self", "this"}:
                continue
            known = typed(UNKNOWN, parameter.type, member)
            if isinstance(known, Instance):
                known = constructed(machine, known.cls, frame, node, depth + 1)
            arguments.append(known)
    return call(machine, cls, arguments, {}, frame, node)


def handed_in(machine: Machine, parameter: ir.Parameter, constructor: Closure, frame: Frame) -> Value:
    """What a container gives for a constructor's parameter that has a type of the project."""
    from casemate.analysis.code.interpret.inlining import typed

    known = typed(UNKNOWN, parameter.type, constructor)
    if not isinstance(known, Instance):
        return known
    return constructed(machine, known.cls, frame, ir.Const(None, (0, 0)), 1)


def _implementing(machine: Machine, cls: Class) -> Class:
    """The one class of the project that an interface has; a class with a body of its own is meant itself."""
    methods = [one for one in cls.fields.values() if isinstance(one, Closure)]
    if machine.language not in _TYPED or not methods or any(one.function.body for one in methods):
        return cls
    scopes = [*machine.packages.values(), *(module.scope for module in machine.modules.values())]
    found = {
        id(value): value
        for scope in scopes
        for value in scope.fields.values()
        if isinstance(value, Class) and value is not cls and _extends(value, cls)
    }
    return next(iter(found.values())) if len(found) == 1 else cls


def _extends(value: Class, cls: Class) -> bool:
    """Whether a class has another one as a base, which may have been declared after it."""
    return any(base is cls or (isinstance(base, Thing) and base.path == cls.name) for base in value.bases)


def provided(
    machine: Machine, provider: Value, frame: Frame, node: ir.Expr, fill: Fill | None = None, depth: int = 0
) -> Value:  # fmt: skip
    """What a dependency of FastAPI is: what its function returns, or yields.

    `fill`: what of a request goes into a parameter of it, as of a route's own.
    """
    from casemate.analysis.code.interpret.calling import call

    if isinstance(provider, Thing) and (provider.path or "").startswith("fastapi.security."):
        origin = Origin(f"{provider.path}.{node.at[0]}", "a header of the HTTP request")
        return unknown(machine.source(frame, node.at, origin))
    given: dict[str, Value] = {}
    taken = provider.find("__init__") if isinstance(provider, Class) else provider
    if fill is not None and isinstance(taken, Closure) and depth < _DEEPEST:
        for parameter in taken.function.parameters:
            if parameter.name not in {"self", "cls"} and parameter.kind in {"plain", "named"}:
                inner = depended(machine, parameter, taken, fill, depth + 1)
                given[parameter.name] = fill(parameter, taken) if inner is None else inner
    result = call(machine, provider, [], given, frame, node)
    return entered(result) if isinstance(result, Sequence) else result


def entered(value: Value) -> Value:
    """What a context gives: of a generator what it yields, of everything else the thing itself."""
    if isinstance(value, Sequence) and (value.row.items or value.row.rest is not None):
        return union([*value.row.items, *([value.row.rest] if value.row.rest is not None else [])])
    return value


def prototype_of(machine: Machine, function: Closure) -> Value:
    """`Store.prototype` of a function that makes objects: a mapping of what they all have."""
    cell = f"prototype:{id(function.function)}"
    known = machine.extras.get(cell)
    if known is None:
        known = Mapping()
        machine.trail.set(machine.extras, cell, known)
    return known


def made_by(
    machine: Machine, function: Value, arguments: list[Value], keywords: dict[str, Value], frame: Frame, node: ir.Expr
) -> Value:
    """`new Store(…)` of a function: what it gives back where that is an object, else what it made of `this`."""
    from casemate.analysis.code.interpret.calling import call

    if not isinstance(function, Closure):
        return call(machine, function, arguments, keywords, frame, node)
    made = Mapping()
    shared = machine.extras.get(f"prototype:{id(function.function)}")
    if isinstance(shared, Mapping):
        made.fields.update(shared.fields)
    for key, value in list(made.fields.items()):
        if isinstance(value, Closure):
            made.fields[key] = value.bound(made)
    result = call(machine, function.bound(made), arguments, keywords, frame, node)
    own = [one for one in options_of(result) if isinstance(one, (Mapping, Instance, Client, Sequence))]
    if own:
        return union(own)
    for key, value in list(made.fields.items()):
        if isinstance(value, Closure) and value.receiver is None:
            made.fields[key] = value.bound(made)
    return made


def left(machine: Machine, value: Instance, frame: Frame, node: ir.Expr) -> None:
    """The end of a `with` block: the object's `__exit__` runs."""
    from casemate.analysis.code.interpret.calling import call

    method = value.cls.find("__exit__") or value.cls.find("__aexit__")
    if isinstance(method, Closure):
        call(machine, method.bound(value), [UNKNOWN] * 3, {}, frame, node)


def depended(
    machine: Machine, parameter: ir.Parameter, closure: Closure, fill: Fill | None = None, depth: int = 0
) -> Value | None:  # fmt: skip
    """The value of a route's parameter that a dependency provides, in its default or its annotation; else None."""
    from casemate.analysis.code.interpret.expressions import evaluate
    from casemate.analysis.code.interpret.machine import Frame as Place

    frame = Place(closure.module, closure.scope, 0)
    default = parameter.default
    if isinstance(default, ir.Call):
        value = evaluate(machine, default.function, frame)
        if isinstance(value, Thing) and value.path in _DEPENDS and default.arguments:
            return provided(machine, evaluate(machine, default.arguments[0], frame), frame, default, fill, depth)
    text = parameter.type or ""
    if text.isidentifier():  # `Table = Annotated[Any, Depends(table)]`
        from casemate.analysis.code.interpret.validated import alias

        text = alias(text, closure.module) or text
    written = _WRITTEN.search(text)
    if written is None:
        return None
    at = closure.function.at
    return provided(machine, evaluate(machine, ir.Name(written[1], at), frame), frame, ir.Const(None, at), fill, depth)
