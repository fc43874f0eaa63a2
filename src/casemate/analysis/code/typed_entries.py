"""Entries of Go and Java: functions that take a request, an event, or parameters that a framework fills in.

In these languages the type of a parameter says what comes in, whoever calls the function: `*http.Request`,
`events.SQSEvent`, `HttpServletRequest`, `@RequestParam String`. A Lambda function whose event is a type of its own is
the one that `lambda.Start` is given, or a `handleRequest`.

Sources: Lambda developer guide, "Define Lambda function handlers in Go" and "… in Java"; Go net/http ("HandlerFunc");
Spring Framework, "Annotated Controllers".
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, NamedTuple

from casemate.analysis.code import ir
from casemate.analysis.code.interpret.machine import Frame
from casemate.analysis.code.joining import unknown
from casemate.analysis.code.labels import Origin
from casemate.analysis.code.values import UNKNOWN, Class, Closure, Scope, Thing, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.analysis.code.interpret.machine import Machine
    from casemate.analysis.code.values import ModuleValue

_MAX_NODES = 20_000
_STARTERS = frozenset({"Start", "StartWithOptions", "StartWithContext", "StartHandlerFunc"})
_CONTEXTS = frozenset({"context.Context", "Context", "lambdacontext.LambdaContext"})


class TypedEntry(NamedTuple):
    """A function with the values of its parameters."""

    function: Closure
    name: str
    arguments: list[Value]


def typed_entries(machine: Machine, module: ModuleValue, wanted: str | None) -> list[TypedEntry]:
    """Every function of the module that something from outside calls. `wanted`: what the platform calls there."""
    package = [module]
    if wanted:  # the platform starts the package, not the file
        package = [one for one in machine.modules.values() if one.fields is module.fields]
    started = {name for one in package for name in _started(one.module)}
    if wanted:
        started.add(wanted.replace("::", ".").rpartition(".")[2])
    found: list[TypedEntry] = []
    files = {id(one.module) for one in package}
    for closure in _functions(machine, module, files):
        arguments = _arguments(machine, closure)
        name = closure.function.name
        if arguments is None and name in started:
            arguments = [_whole(machine, closure, one) for one in closure.function.parameters]
        if arguments is None and name == "handleRequest":
            arguments = [_whole(machine, closure, one) for one in closure.function.parameters]
        if arguments is not None:
            owner = closure.function.owner
            found.append(TypedEntry(closure, f"{owner}.{name}" if owner else name, arguments))
    return found


def _functions(machine: Machine, module: ModuleValue, files: set[int]) -> Iterator[Closure]:
    """The functions and methods that stand in these files of the module's package."""
    for value in list(module.scope.fields.values()):
        if isinstance(value, Closure):
            if id(value.module) in files:
                yield value
        elif isinstance(value, Class):
            methods = [one for one in value.fields.values() if isinstance(one, Closure) and id(one.module) in files]
            if not methods:
                continue
            instance = instance_of(machine, module, value)
            for one in methods:
                yield one if one.function.is_static else one.bound(instance)


def instance_of(machine: Machine, module: ModuleValue, cls: Class) -> Value:
    """An object of the class, with what a framework gives its constructor: objects of the declared types."""
    from casemate.analysis.code.interpret.injecting import handed_in
    from casemate.analysis.code.interpret.inlining import instantiate

    constructor = cls.find("constructor")
    given: list[Value] = []
    frame = Frame(module.module, module.scope, machine.trail.mark())
    if any(not one.function.parameters for one in cls.overloads.get("constructor", ())):
        constructor = None  # the one without parameters is the platform's (Lambda developer guide, "handler in C#")
    for parameter in constructor.function.parameters if isinstance(constructor, Closure) else ():
        path = type_path(constructor, parameter.type) if isinstance(constructor, Closure) else None
        if path is not None:
            given.append(Thing(path, made=True))
        elif isinstance(constructor, Closure):
            given.append(handed_in(machine, parameter, constructor, frame))
    return instantiate(machine, cls, given, {}, frame, ir.Const(None, (0, 0)))


def _started(module: ir.Module) -> set[str]:
    """The functions that `lambda.Start` is given, by name."""
    names: set[str] = set()
    if module.language != "go":
        return names
    stack: list[object] = list(module.body)
    visited = 0
    while stack and visited < _MAX_NODES:
        node = stack.pop()
        visited += 1
        if isinstance(node, ir.Call) and isinstance(node.function, ir.Attr) and node.function.name in _STARTERS:
            names.update(one.id if isinstance(one, ir.Name) else one.name for one in node.arguments
                         if isinstance(one, (ir.Name, ir.Attr)))  # fmt: skip
        if isinstance(node, (list, tuple)):
            stack.extend(node)
        elif is_dataclass(node):
            stack.extend(getattr(node, one.name) for one in fields(node) if one.name not in {"at", "name_at"})
    return names


def _arguments(machine: Machine, closure: Closure) -> list[Value] | None:
    """The parameters' values; None when no parameter brings data of a request."""
    values: list[Value] = []
    brings = False
    for parameter in closure.function.parameters:
        path = type_path(closure, parameter.type)
        value: Value = UNKNOWN if path is None else Thing(path, made=True)
        brings = brings or (path is not None and has_sources(machine, path))
        for one in parameter.decorators:
            named = one.function if isinstance(one, ir.Call) else one
            decorator = type_path(closure, named.id) if isinstance(named, ir.Name) else None
            sources = machine.models.sources.get(decorator or "")
            if sources:
                brings = True
                value = _data(machine, closure, parameter, sources[0].what)
        values.append(value)
    return values if brings else None


_roots: dict[int, frozenset[str]] = {}


def has_sources(machine: Machine, path: str) -> bool:
    """Whether members of the type, or of what is in it, are data of a request."""
    roots = _roots.get(id(machine.models))
    if roots is None:
        made = {makes.callee.rpartition(".")[0] for found in machine.models.makes.values() for makes in found
                if makes.callee.endswith("[]")}  # fmt: skip
        roots = frozenset(callee.rpartition(".")[0] for callee in machine.models.sources) | made
        _roots[id(machine.models)] = roots
    return path in roots


def type_path(closure: Closure, written: str | None) -> str | None:
    """The name of a library's type: `*http.Request` is `net/http.Request` where `http` is imported."""
    name = (written or "").strip().lstrip("*&").partition("<")[0].strip()
    first, dot, rest = name.partition(".")
    if not first.isidentifier():
        return None
    scope: Scope | None = closure.scope
    while scope is not None:
        found = scope.fields.get(first)
        if found is not None:
            return f"{found.path}{dot}{rest}" if isinstance(found, Thing) and found.path else None
        scope = scope.parent
    return None


def _data(machine: Machine, closure: Closure, parameter: ir.Parameter, what: str) -> Value:
    at = closure.function.name_at or closure.function.at
    frame = Frame(closure.module, closure.scope, 0)
    numbers = parameter.type in {"int", "long", "Integer", "Long", "boolean", "Boolean", "UUID", "int64", "bool"}
    taint = () if numbers else machine.source(frame, at, Origin(f"parameter.{parameter.name}", f"{what} of a request"))
    return unknown(taint, "str" if parameter.type in {"String", "string"} else "")


def _whole(machine: Machine, closure: Closure, parameter: ir.Parameter) -> Value:
    """The event of a function that no type of a library describes."""
    if (parameter.type or "") in _CONTEXTS:
        return UNKNOWN
    return _data(machine, closure, parameter, "the event")
