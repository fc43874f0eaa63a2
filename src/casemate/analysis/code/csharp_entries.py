"""Entries of C#: methods that a platform or a web framework calls, by their attributes, types and names.

Sources: Azure Functions, "Develop C# class library functions" (in process) and "Guide for running C# Azure Functions in
the isolated worker model"; Lambda developer guide, "Define Lambda function handler in C#"; aws-lambda-dotnet,
"Amazon.Lambda.Annotations"; Functions Framework for .NET; ASP.NET Core, "Minimal APIs" and "Controller actions".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.code import ir
from casemate.analysis.code.entries import Entry
from casemate.analysis.code.interpret.machine import Frame
from casemate.analysis.code.interpret.reading_csharp import NUMBERS, bare, document
from casemate.analysis.code.joining import options_of, unknown
from casemate.analysis.code.labels import Origin
from casemate.analysis.code.typed_entries import instance_of, type_path
from casemate.analysis.code.values import UNKNOWN, Class, Closure, Scope, Thing, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.analysis.code.interpret.machine import Machine
    from casemate.analysis.code.values import ModuleValue
    from casemate.model.flow import CodeExposure

_TRIGGERS: dict[str, str] = {
    "HttpTrigger": "the body", "QueueTrigger": "a message of the queue", "BlobTrigger": "a file in the container",
    "ServiceBusTrigger": "a message of the queue", "EventHubTrigger": "a record of the stream",
    "CosmosDBTrigger": "an item of the container", "EventGridTrigger": "an event",
    "KafkaTrigger": "a record of the topic",
    "RabbitMQTrigger": "a message of the queue", "SqlTrigger": "a row of the table", "TimerTrigger": "",
    "ActivityTrigger": "the input of the activity", "SignalRTrigger": "a message of the hub",
    "OrchestrationTrigger": "",
}  # fmt: skip
_BOUND = {"FromQuery": "the query string", "FromRoute": "the path", "FromBody": "the body", "FromHeader": "a header",
          "FromForm": "the form"}  # fmt: skip
_NAMED = frozenset({"FunctionName", "Function"})
_ACTIONS = frozenset({"HttpGet", "HttpPost", "HttpPut", "HttpDelete", "HttpPatch", "Route", "AcceptVerbs"})
_CONTROLLERS = re.compile(r"^Microsoft\.AspNetCore\.Mvc\.(?:Controller|ControllerBase)$")
_MAPS = frozenset({"MapGet", "MapPost", "MapPut", "MapDelete", "MapPatch", "Map", "MapMethods", "MapFallback"})
_CONTEXTS = frozenset({"ILambdaContext", "CancellationToken", "FunctionContext", "ExecutionContext", "TimerInfo"})
_WEB = frozenset({
    "Microsoft.AspNetCore.Http.HttpRequest", "Microsoft.AspNetCore.Http.HttpContext",
    "Microsoft.Azure.Functions.Worker.Http.HttpRequestData",
})  # fmt: skip
_MAX_BASES = 5
_SERVICE = re.compile(r"^I[A-Z]\w*(?:<.*>)?$")


def csharp_entries(machine: Machine, module: ModuleValue, wanted: str | None) -> list[Entry]:
    """Every method of the file that something from outside calls. `wanted`: what the platform calls there."""
    found: list[Entry] = []
    for closure, cls in _methods(machine, module):
        entry = _entry(machine, closure, cls, (wanted or "").replace("::", ".").rpartition(".")[2])
        if entry is not None:
            found.append(entry)
    found.extend(_mapped(machine))
    if wanted:
        name = wanted.replace("::", ".")
        method = name.rpartition(".")[2]
        chosen = [one for one in found if one.name == name or _method_of(one) == method or one.name == method]
        return chosen or found
    return found


def _method_of(entry: Entry) -> str:
    return entry.function.function.name if isinstance(entry.function, Closure) else ""


def _methods(machine: Machine, module: ModuleValue) -> Iterator[tuple[Closure, Class | None]]:
    """The functions and methods that stand in this file."""
    for value in list(module.scope.fields.values()):
        if isinstance(value, Class):
            every = [*value.fields.values(), *(one for found in value.overloads.values() for one in found[:-1])]
            methods = [one for one in every if isinstance(one, Closure) and one.module is module.module]
            if not methods:
                continue
            instance = instance_of(machine, module, value)
            for one in (*methods, *_inherited(value)):
                yield (one if one.function.is_static else one.bound(instance)), value


def _inherited(cls: Class, depth: int = 0) -> Iterator[Closure]:
    """Methods that a class has of its bases: with its own parts filled in they do something else."""
    for base in cls.bases:
        if isinstance(base, Class) and depth < _MAX_BASES:
            yield from (one for name, one in base.fields.items() if isinstance(one, Closure) and name not in cls.fields)
            yield from _inherited(base, depth + 1)


def _marks(decorators: list[ir.Expr] | tuple[ir.Expr, ...]) -> dict[str, ir.Expr]:
    """Attributes by name."""
    found: dict[str, ir.Expr] = {}
    for one in decorators:
        named = one.function if isinstance(one, ir.Call) else one
        if isinstance(named, ir.Name):
            found[named.id.removesuffix("Attribute")] = one
    return found


def _entry(machine: Machine, closure: Closure, cls: Class | None, wanted: str) -> Entry | None:
    function = closure.function
    marks = _marks(function.decorators)
    owner = function.owner or ""
    label = f"{owner}.{function.name}" if owner else function.name
    named = next((marks[name] for name in _NAMED if name in marks), None)
    if named is not None:
        return _azure(machine, closure, named, label)
    if function.name in {"constructor", "Main"} or "property" in marks:
        return None
    bases = {base.path or "" for base in cls.bases if isinstance(base, Thing)} if cls is not None else set()
    if "LambdaFunction" in marks:
        http = bool({"HttpApi", "RestApi"} & set(marks))
        return Entry(closure, "typed-http" if http else "typed", label,
                     typed=_bound(machine, closure, "a parameter" if http else "the event"))  # fmt: skip
    base = cls.library_base() if cls is not None else None
    if base is not None and (_CONTROLLERS.match(base) or base.endswith(("Controller", "ControllerBase"))):
        if "private" in marks or function.is_static or "NonAction" in marks:
            return None
        return Entry(closure, "typed-http", label, typed=_bound(machine, closure, "a parameter"))
    if _ACTIONS & set(marks):
        return Entry(closure, "typed-http", label, typed=_bound(machine, closure, "a parameter"))
    if any(one.startswith("Google.Cloud.Functions.Framework.") for one in bases) and function.name == "HandleAsync":
        return Entry(closure, "typed-http", label, typed=_bound(machine, closure, "the event"))
    paths = [type_path(closure, (one.type or "").rstrip("?")) for one in function.parameters]
    if "private" in marks:
        return None
    if any(path is not None and _brings(machine, path) for path in paths):
        style = "typed-http" if any("Proxy" in (one or "") or one in _WEB for one in paths) else "typed"
        return Entry(closure, style, label, typed=_bound(machine, closure, ""))
    types = [bare(one.type) for one in function.parameters]
    if types and ("ILambdaContext" in types or (wanted and function.name == wanted)):
        return Entry(closure, "typed", label, typed=_bound(machine, closure, "the event"))
    return None


# -- Azure
def _azure(machine: Machine, closure: Closure, mark: ir.Expr, label: str) -> Entry:
    """A method with `[FunctionName]` or `[Function]`: its trigger stands before a parameter."""
    given = mark.arguments[0] if isinstance(mark, ir.Call) and mark.arguments else None
    name = given.value if isinstance(given, ir.Const) and isinstance(given.value, str) else label
    trigger, route, exposure = "", "", "internal"
    for parameter in closure.function.parameters:
        for key, one in _marks(parameter.decorators).items():
            if key in _TRIGGERS:
                trigger = key
                if key == "HttpTrigger":
                    exposure = _level(one)
                    keywords = dict(one.keywords) if isinstance(one, ir.Call) else {}
                    written = keywords.get("Route")
                    route = str(written.value) if isinstance(written, ir.Const) and written.value else ""
    what = _TRIGGERS.get(trigger, "")
    values: list[Value] = []
    for parameter in closure.function.parameters:
        marks = _marks(parameter.decorators)
        if trigger and trigger in marks:
            values.append(_value(machine, closure, parameter, what))
        elif marks or not what:
            values.append(
                _value(machine, closure, parameter, next((_BOUND[one] for one in marks if one in _BOUND), ""))
            )
        elif trigger == "HttpTrigger":
            in_route = re.search(rf"\{{{re.escape(parameter.name)}\b", route, re.IGNORECASE)
            values.append(_value(machine, closure, parameter, "the path" if in_route else ""))
        elif trigger == "BlobTrigger" and bare(parameter.type) in {"string", "String"}:
            values.append(_value(machine, closure, parameter, "the name of a file in the container"))
        else:
            values.append(_value(machine, closure, parameter, ""))
    style = "typed-http" if trigger == "HttpTrigger" else "typed"
    known: CodeExposure | None = exposure if trigger else None  # type: ignore[assignment]
    return Entry(closure, style, str(name), typed=values, exposure=known)


def _level(trigger: ir.Expr) -> str:
    """Who may call: `AuthorizationLevel` says it, and Function is what it is by default."""
    level = "Function"
    for one in trigger.arguments if isinstance(trigger, ir.Call) else ():
        if isinstance(one, ir.Attr) and isinstance(one.target, ir.Name) and one.target.id == "AuthorizationLevel":
            level = one.name
    return "public" if level == "Anonymous" else "authenticated"


# -- the others
def _mapped(machine: Machine) -> list[Entry]:
    """`app.MapGet("/x", (string id) => …)`, `LambdaBootstrapBuilder.Create(handler)`."""
    found: list[Entry] = []
    for path, arguments, _keywords, _module, _at in machine.registrations:
        owner, _, verb = path.rpartition(".")
        routed = verb in _MAPS and owner.startswith("Microsoft.AspNetCore.Builder.")
        if not routed and not path.startswith("Amazon.Lambda.RuntimeSupport.LambdaBootstrapBuilder.Create"):
            continue
        for value in arguments:
            for option in options_of(value):
                if isinstance(option, Closure):
                    label = option.function.name or f"{verb} handler"
                    what = "a parameter" if routed else "the event"
                    style = "typed-http" if routed else "typed"
                    found.append(Entry(option, style, label, typed=_bound(machine, option, what)))
    return found


def _bound(machine: Machine, closure: Closure, what: str) -> list[Value]:
    """The parameters of a method that a framework fills in; `what` is what those without an attribute are."""
    values: list[Value] = []
    for parameter in closure.function.parameters:
        marks = _marks(parameter.decorators)
        source = next((_BOUND[one] for one in marks if one in _BOUND), "" if marks else what)
        values.append(_value(machine, closure, parameter, source))
    return values


def _value(machine: Machine, closure: Closure, parameter: ir.Parameter, what: str) -> Value:
    """The value of a parameter: an object of a library, a document, a text, or nothing that anybody chooses."""
    written = (parameter.type or "").strip().rstrip("?")
    name = bare(written)
    path = type_path(closure, written)
    if path is not None and _brings(machine, path):
        return Thing(path, made=True)
    if name in NUMBERS or name in _CONTEXTS:
        return Thing(path, made=True) if path is not None else UNKNOWN
    if path is not None and not what:
        return Thing(path, made=True)
    if not what or (_SERVICE.match(name) and not name.startswith(("IEnumerable", "IList", "IReadOnly", "IDictionary",
                                                                 "IFormFile", "IFormCollection"))):  # fmt: skip
        return UNKNOWN if path is None else Thing(path, made=True)
    at = closure.function.name_at or closure.function.at
    frame = Frame(closure.module, closure.scope, 0)
    words = f"{what} of a request" if what in {"a parameter", *_BOUND.values()} else what
    taint = machine.source(frame, at, Origin(f"parameter.{parameter.name}", words))
    cls = _class(closure, name)
    if cls is not None:
        return document(cls, taint)
    return unknown(taint, "str" if name in {"string", "String"} else "")


def _brings(machine: Machine, path: str) -> bool:
    """Whether something in an object of the type is data of a request or a message."""
    return path in _WEB or any(callee.startswith(f"{path}.") for callee in machine.models.sources)


def _class(closure: Closure, name: str) -> Class | None:
    scope: Scope | None = closure.scope
    while scope is not None:
        found = scope.fields.get(name)
        if isinstance(found, Class):
            return found
        scope = scope.parent
    return None
