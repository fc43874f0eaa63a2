"""Controllers of NestJS: methods whose parameters' decorators say which part of the request they take.

Sources: NestJS documentation, "Controllers" (route parameters, request payloads), "Pipes" (a pipe gives back what it
made of the value), "Providers" (constructors are given objects by type).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from casemate.analysis.code import ir
from casemate.analysis.code.interpret.machine import Frame
from casemate.analysis.code.joining import options_of, unknown
from casemate.analysis.code.labels import Origin
from casemate.analysis.code.values import UNKNOWN, Class, Closure, Instance, Thing, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.analysis.code.interpret.machine import Machine
    from casemate.analysis.code.values import ModuleValue

_METHODS = frozenset({"Get", "Post", "Put", "Patch", "Delete", "All", "Options", "Head", "Search"})
_MESSAGES = frozenset({"MessagePattern", "EventPattern", "SubscribeMessage"})
_TAKES = {
    "Body": "the body", "Query": "the query string", "Param": "the path", "Headers": "a header",
    "HostParam": "a header",
    "UploadedFile": "an uploaded file", "UploadedFiles": "an uploaded file", "RawBody": "the body",
    "Payload": "a message", "MessageBody": "a message",
}  # fmt: skip
_OBJECTS = {"Req": "express.Request", "Request": "express.Request", "Res": "express.Response",
            "Response": "express.Response", "Next": "express.next"}  # fmt: skip
_CLEANS = re.compile(r"^Parse(?:Int|Float|Bool|UUID|Enum|Date)Pipe$")


class Route(NamedTuple):
    """A method of a controller with its arguments. `page`: text that it returns is sent as HTML."""

    function: Closure
    name: str
    arguments: list[Value]
    page: bool = False


def nest_routes(machine: Machine, module: ModuleValue) -> Iterator[Route]:
    """The routes of the controllers that the module declares."""
    controllers = [
        option
        for path, arguments, _keywords, of, _at in machine.registrations
        if path in {"@:@nestjs/common.Controller", "@:@nestjs/websockets.WebSocketGateway"} and of is module.module
        for value in arguments[:1]
        for option in options_of(value)
        if isinstance(option, Class)
    ]
    for cls in dict.fromkeys(controllers):
        members = [one for one in cls.fields.values() if isinstance(one, Closure) and _is_route(one)]
        if not members:
            continue
        from casemate.analysis.code.interpret.injecting import constructed

        frame = Frame(module.module, module.scope, machine.trail.mark())
        controller = constructed(machine, cls, frame, ir.Const(None, (0, 0)))
        for member in members:
            arguments = [_argument(machine, member, one) for one in member.function.parameters]
            yield Route(member.bound(controller), f"{cls.name}.{member.function.name}", arguments, _is_page(member))


def _is_route(member: Closure) -> bool:
    return any(_named(one) in _METHODS | _MESSAGES for one in member.function.decorators)


def _is_page(member: Closure) -> bool:
    """Whether text is sent as a page: the platform below answers so unless a header says something else."""
    names = {_named(one) for one in member.function.decorators}
    if names & _MESSAGES or "Render" in names:
        return False
    for one in member.function.decorators:
        if _named(one) == "Header" and isinstance(one, ir.Call) and len(one.arguments) > 1:
            name, value = one.arguments[:2]
            if isinstance(name, ir.Const) and str(name.value).lower() == "content-type":
                return isinstance(value, ir.Const) and "html" in str(value.value).lower()
    return True


def _named(decorator: ir.Expr) -> str:
    target = decorator.function if isinstance(decorator, ir.Call) else decorator
    return target.id if isinstance(target, ir.Name) else ""


def _argument(machine: Machine, member: Closure, parameter: ir.Parameter) -> Value:
    """What a parameter is given; a pipe that makes a number of it leaves nothing of the data."""
    for decorator in parameter.decorators:
        name = _named(decorator)
        if name in _OBJECTS:
            return Thing(_OBJECTS[name], made=True)
        if name not in _TAKES:
            continue
        given = decorator.arguments if isinstance(decorator, ir.Call) else []
        if any(_cleans(one) for one in given):
            return unknown(sort="int")
        key = next((str(one.value) for one in given if isinstance(one, ir.Const)), parameter.name)
        at = member.function.name_at or member.function.at
        frame = Frame(member.module, member.scope, 0)
        taint = machine.source(frame, at, Origin(f"{name}.{key}", f"{_TAKES[name]} of the HTTP request"))
        checked = _checked(machine, member, parameter, unknown(taint)) if parameter.type else None
        return unknown(taint) if checked is None else checked
    return UNKNOWN


_STARTS = re.compile(
    r"(?:^|/)(?:main|app|bootstrap|server|index|lambda|handler|serverless|setup|[\w.-]{1,60}\.module)\.[cm]?[jt]s$"
)
"""Files in which an application is put together, or started."""


def _checked(machine: Machine, member: Closure, parameter: ir.Parameter, given: Value) -> Value | None:
    """What a pipe leaves of a parameter whose class says what fits; None where nothing is checked."""
    from casemate.analysis.code.interpret.inlining import typed
    from casemate.analysis.code.interpret.validated_scripts import modelled

    declared = typed(UNKNOWN, parameter.type, member)
    if not isinstance(declared, Instance) or not _validates(machine, member.module):
        return None
    return modelled(machine, declared.cls, given)


def _validates(machine: Machine, module: ir.Module) -> bool:
    """Whether a pipe validates: in this file, or where the application starts."""
    if b"ValidationPipe" in module.source:
        return True
    project = machine.project
    for path in sorted(path for path in project.files if _STARTS.search(path)):
        project.consulted.add(path)
        if b"ValidationPipe" in (project.content(path) or b""):
            return True
    return False


def _cleans(pipe: ir.Expr) -> bool:
    target = pipe.function if isinstance(pipe, ir.Call) else pipe
    return isinstance(target, ir.Name) and bool(_CLEANS.match(target.id))
