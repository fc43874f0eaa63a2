"""What an entry is called with: an event, a request, the parts of a request that a framework hands to each parameter.

Sources: the handler pages of the Lambda, Azure Functions and Cloud Run functions documentation; FastAPI, Flask, Django,
Express, Koa, Fastify, hapi and Hono on the parameters of their handlers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.code import ir
from casemate.analysis.code.events import shape_for
from casemate.analysis.code.interpret.injecting import depended
from casemate.analysis.code.interpret.machine import Frame, Machine
from casemate.analysis.code.joining import unknown
from casemate.analysis.code.labels import Origin
from casemate.analysis.code.values import UNKNOWN, Closure, Instance, Mapping, Sequence, Shape, Thing, Union, Value

if TYPE_CHECKING:
    from casemate.analysis.code.entries import Entry
    from casemate.analysis.code.labels import Taint


def arguments_of(entry: Entry, machine: Machine, kinds: list[str]) -> tuple[list[Value], dict[str, Value]]:
    """What the entry is called with."""
    if entry.style in {"typed", "typed-http", "azure-message"}:
        return list(entry.typed), {}
    function = entry.function
    closure = function if isinstance(function, Closure) else None
    module = closure.module if closure is not None else next(iter(machine.modules.values())).module
    frame = Frame(module, closure.scope if closure is not None else next(iter(machine.modules.values())).scope, 0)
    at = closure.function.name_at or closure.function.at if closure is not None else (0, 0)
    if entry.style == "lambda":
        given = [_event(entry, machine, kinds, closure), Thing("lambda.context", made=True)]
        callback = [] if module.language == "python" else [Thing("lambda.callback", made=True)]
        return [*given, *callback], {}
    if entry.style == "azure-v1":
        return _context_and_request(), {}
    if entry.style in {"express", "koa", "fastify", "hapi", "hono", "node", "azure-js"}:
        return _script_arguments(entry, closure), {}
    taint: Taint = machine.source(frame, at, Origin(f"{entry.name}.parameters", "the path of the HTTP request"))
    if entry.style in {"request", "django", "aiohttp", "azure", "cloud-event", "chalice-event"}:
        return _typed_arguments(entry, closure, machine, taint, frame)
    keywords: dict[str, Value] = {}
    converters = dict(re.findall(r"<(?:(int|float|uuid|path|string|default)(?:\([^)]*\))?:)?(\w+)>", entry.path))
    numbers = {name for kind, name in converters.items() if kind in {"int", "float", "uuid"}}
    for parameter in closure.function.parameters if closure is not None else ():
        if parameter.kind in {"rest", "keywords"} or parameter.name in {"self", "cls"}:
            continue
        provided = (
            depended(machine, parameter, closure, lambda one, own: _parameter(machine, entry, one, taint, numbers, own))
            if entry.style == "fastapi" and closure is not None
            else None
        )
        keywords[parameter.name] = (
            _parameter(machine, entry, parameter, taint, numbers, closure) if provided is None else provided
        )
    return [], keywords


_CLEAN = frozenset({"int", "float", "bool", "UUID", "uuid.UUID", "date", "datetime", "Decimal", "EmailStr"})


def _parameter(
    machine: Machine, entry: Entry, parameter: ir.Parameter, taint: Taint, numbers: set[str], closure: Closure | None
) -> Value:
    """A parameter of a route: data of the request, a number, or the request itself."""
    from casemate.analysis.code.interpret.inlining import typed
    from casemate.analysis.code.interpret.members import specialised
    from casemate.analysis.code.interpret.validated import admitted, checked_by

    if closure is not None:  # a check of one parameter says nothing of another
        frame = Frame(closure.module, closure.scope, 0)
        taint = specialised(taint, parameter.name, frame, closure.function.name_at or closure.function.at)
    if entry.style == "fastapi" and closure is not None and parameter.type:
        left = admitted(machine, parameter.type, unknown(taint), closure.scope, closure.module)
        if left is not None:
            return checked_by(parameter.default, left)
    written = (parameter.type or "").replace("Optional[", "").replace(" | None", "").rstrip("]").strip()
    if parameter.name in numbers or written in _CLEAN or re.search(rf"<int:{re.escape(parameter.name)}>", entry.path):
        return unknown(sort="int")
    if written and closure is not None:
        found = typed(UNKNOWN, written, closure)
        if isinstance(found, Thing) and found.path:
            return found
        if isinstance(found, Instance):
            found.taint = taint
            for key, value in found.cls.fields.items():
                if not isinstance(value, Closure):
                    found.fields[key] = unknown(taint)
            return found
    if parameter.name == "request" and entry.style in {"fastapi", "flask"}:
        return Thing("starlette.requests.Request" if entry.style == "fastapi" else "flask.request", made=True)
    if (
        parameter.default is not None
        and isinstance(parameter.default, ir.Call)
        and "Depends" in repr(parameter.default.function)
    ):
        return UNKNOWN
    value = unknown(taint, "str" if written == "str" else "")
    return checked_by(parameter.default, value) if entry.style == "fastapi" else value


def _event(entry: Entry, machine: Machine, kinds: list[str], closure: Closure | None) -> Value:
    from casemate.analysis.code.labels import Label, Trace

    shape = shape_for(kinds)
    taint: Taint = ()
    if shape.what is not None and closure is not None:
        at = closure.function.name_at or closure.function.at
        taint = (Label(Origin("event", shape.what, shape.kind), Trace(closure.module, at, f"{shape.what} comes in")),)
    del entry
    event = Mapping(shape=shape, key="event", taint=taint)
    if closure is not None and closure.function.decorators and closure.module.language == "python":
        from casemate.analysis.code.interpret.validated import parsed_event

        parsed = parsed_event(machine, closure, event)
        if parsed is not None:
            return parsed
    declared = _declared_event(closure) if closure is not None else None
    return event if declared is None else Union((event, declared))  # such an object is read as the map, too


def _declared_event(closure: Closure) -> Value | None:
    """The event as an object of an event class of Powertools: by annotation, or by `@event_source(data_class=…)`."""
    from casemate.analysis.code.interpret.inlining import typed

    names = [parameter.type for parameter in closure.function.parameters[:1]]
    for one in closure.function.decorators:
        keywords = dict(one.keywords) if isinstance(one, ir.Call) else {}
        named = keywords.get("data_class") or keywords.get("model")
        names.append(named.id if isinstance(named, ir.Name) else None)
    for name in names:
        found = typed(UNKNOWN, name, closure)
        if isinstance(found, Thing) and found.path and found.path.startswith("aws_lambda_powertools.utilities."):
            return found
    return None


_GIVEN = {
    "koa": ("koa.Context", ""), "fastify": ("fastify.Request", "fastify.Reply"), "hono": ("hono.Context", ""),
    "hapi": ("@hapi/hapi.Request", "@hapi/hapi.ResponseToolkit"),
    "node": ("http.IncomingMessage", "http.ServerResponse"),
    "azure-js": ("@azure/functions.HttpRequest", "@azure/functions.InvocationContext"),
    "express": ("express.Request", "express.Response", "express.next"),
}  # fmt: skip
"""The types of what a framework's handlers are given, empty for a function that is called when they are done."""
_ERRONEOUS = 4
"""A handler of Express with so many parameters is given an error first (guide, "Error handling")."""


def _script_arguments(entry: Entry, closure: Closure | None) -> list[Value]:
    given: list[Value] = [Thing(name, made=True) if name else UNKNOWN for name in _GIVEN[entry.style]]
    if entry.style == "express" and closure is not None and len(closure.function.parameters) == _ERRONEOUS:
        return [Thing("exception.Error", made=True), *given]
    return given


def _context_and_request() -> list[Value]:
    """Azure's `module.exports = async function (context, req)`: what it answers is put into `context.res`."""
    request = Thing("@azure/functions.HttpRequest", made=True)
    context = Mapping(
        shape=Shape(
            None,
            {
                "bindings": Shape("the input of the function"),
                "bindingData": Shape("the input of the function"),
                "*": Shape(),
            },
        ),
        key="context",
    )
    context.fields["req"] = request
    context.fields["log"] = Thing("console.log")
    return [context, request]


def _of_route(machine: Machine, closure: Closure | None, taint: Taint, frame: Frame) -> list[Value]:
    """What a view of Django is given after the request: what its routes let through of the path."""
    from casemate.analysis.code.interpret.members import specialised
    from casemate.analysis.code.interpret.validated import fitting

    if closure is None:
        return [unknown(taint)] * 3
    view = closure.cls.name if closure.cls is not None else closure.function.name
    patterns = machine.project.django.parameters(view, closure.module.path)
    machine.project.consulted.update(machine.project.django.files)

    def left(name: str) -> Value:
        value = unknown(specialised(taint, name, frame, (0, 0)), "str")
        pattern = patterns.get(name)
        return value if pattern is None else fitting(value, pattern)

    if isinstance(closure.receiver, Instance):
        known = Mapping(taint=taint)
        known.fields.update((name, left(name)) for name in patterns)
        closure.receiver.fields["kwargs"] = known
        closure.receiver.fields["args"] = Sequence((), unknown(taint))
    skipped = 2 if closure.receiver is not None else 1
    return [left(one.name) for one in closure.function.parameters[skipped:] if one.kind == "plain"]


def _typed_arguments(
    entry: Entry, closure: Closure | None, machine: Machine, taint: Taint, frame: Frame
) -> tuple[list[Value], dict[str, Value]]:  # fmt: skip
    from casemate.analysis.code.interpret.inlining import typed

    if entry.style == "django":
        return [Thing("django.http.HttpRequest", made=True), *_of_route(machine, closure, taint, frame)], {}
    del machine, frame
    if entry.style == "request":
        return [Thing("flask.request", made=True)], {}
    if entry.style == "aiohttp":
        return [Thing("aiohttp.web.Request", made=True)], {}
    values: dict[str, Value] = {}
    for parameter in closure.function.parameters if closure is not None else ():
        found = typed(UNKNOWN, parameter.type, closure) if closure is not None else UNKNOWN
        if isinstance(found, Thing) and found.path:
            values[parameter.name] = found
        elif entry.style == "azure" and parameter.name in {"req", "request"}:
            values[parameter.name] = Thing("azure.functions.HttpRequest", made=True)
        elif parameter.name in {"context", "ctx"}:
            values[parameter.name] = UNKNOWN
        else:
            values[parameter.name] = unknown(taint)
    return [], values
