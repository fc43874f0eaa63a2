"""Where a platform or a web framework enters the code of a file, and with what.

Sources: the handler pages of the Lambda, Azure Functions (v1 and v2 models, Node.js v4) and Cloud Run functions
documentation; Powertools
for AWS Lambda, "REST API"; middy, "Introduction"; the quick starts of Mangum, serverless-http, Flask, FastAPI,
Starlette, Bottle, Django, Chalice,
Express, Koa, Fastify.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from casemate.analysis.code.azure_triggers import TRIGGERS, given_by
from casemate.analysis.code.class_views import class_views
from casemate.analysis.code.fastapi import declared_so
from casemate.analysis.code.interpret.machine import Frame, Machine
from casemate.analysis.code.joining import known_text, options_of
from casemate.analysis.code.typed_entries import typed_entries
from casemate.analysis.code.values import (
    UNKNOWN,
    Class,
    Closure,
    Instance,
    Mapping,
    ModuleValue,
    Partial,
    Thing,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence as Items

    from casemate.analysis.code.nest import Route
    from casemate.model.flow import CodeExposure


class Entry(NamedTuple):
    """A function that is entered from outside.

    `style`: how its arguments look (`lambda`, `flask`, `express` …); `typed`: the arguments, where the language's types
    say what they are; `exposure`: who can call it, where the code says so (an attribute of a trigger); `page`: text
    that it returns is a page, where the framework makes something else of it.
    """

    function: Value
    style: str
    name: str
    path: str = ""
    typed: Items[Value] = ()
    exposure: CodeExposure | None = None
    page: bool = False


_VERBS = frozenset(
    {
        "route",
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "options",
        "head",
        "api_route",
        "all",
        "use",
        "any",
        "websocket",
        "lambda_function",
    }
)
_FLASK = re.compile(r"^(?:flask|quart|sanic|bottle|flask_restful|flask_openapi3|apiflask)\b")
_FASTAPI = re.compile(r"^(?:fastapi|starlette)\b")
_CHALICE_EVENTS = frozenset(
    {
        "on_s3_event",
        "on_sns_message",
        "on_sqs_message",
        "on_cw_event",
        "on_kinesis_record",
        "on_dynamodb_record",
        "schedule",
        "authorizer",
    }
)
_JS_APPS = re.compile(
    r"^(?:express|koa|fastify|@koa/router|koa-router|hono|restify|polka|lambda-api|@middy|Router|application|app)",
    re.IGNORECASE,
)
_HANDLERS = ("lambda_handler", "handler", "main", "handle", "lambdaHandler", "run", "hello", "entrypoint")
_EVENT = frozenset({"event", "evt", "_event", "events", "lambda_event", "e", "event_data", "input_event"})
_CONTEXT = frozenset(
    {"context", "ctx", "_context", "_", "lambda_context", "_ctx", "contexts", "__", "unused_context", "c"}
)


def found_entries(machine: Machine, module: ModuleValue, wanted: str | None, style: str = "lambda") -> list[Entry]:
    """The entries of a module that was run: `wanted` is what the platform calls there, None when nobody knows."""
    if module.language == "csharp":
        from casemate.analysis.code.csharp_entries import csharp_entries

        return csharp_entries(machine, module, wanted)
    if module.language in {"go", "java"}:
        return [Entry(one.function, "typed", one.name, typed=one.arguments)
                for one in typed_entries(machine, module, wanted)]  # fmt: skip
    entries: list[Entry] = []
    if wanted:
        named = _named(machine, module, wanted)
        entries.extend(
            Entry(option, style, wanted)
            for option in options_of(named)
            if isinstance(option, (Closure, Partial, Instance))
        )
    entries.extend(_registered(machine, module))
    if module.language == "python":
        entries.extend(Entry(one.function, "django", one.name) for one in class_views(module))
    else:
        entries.extend(
            Entry(one.function, "typed", one.name, typed=one.arguments, page=one.page) for one in _nest(machine, module)
        )
    if not wanted:
        entries.extend(_shaped(module))
    unique: dict[int, Entry] = {}
    for entry in entries:
        function = entry.function.function if isinstance(entry.function, Closure) else entry.function
        known = unique.get(id(function))
        if known is None or known.style == "lambda":
            unique[id(function)] = entry
    return list(unique.values())


def _nest(machine: Machine, module: ModuleValue) -> Iterable[Route]:
    """Routes of NestJS, looked for where something of it was used."""
    if not any(path.startswith("@:@nestjs/") for path, *_ in machine.registrations):
        return ()
    from casemate.analysis.code.nest import nest_routes

    return nest_routes(machine, module)


def _named(machine: Machine, module: ModuleValue, wanted: str) -> Value:
    from casemate.analysis.code.interpret.members import attribute

    frame = Frame(module.module, module.scope, 0)
    value: Value = module
    for name in wanted.replace("::", ".").split("."):
        if isinstance(value, ModuleValue):
            value = machine.project.member(machine, value, name)
            if value is UNKNOWN and name in module.scope.fields:
                value = module.scope.fields[name]
            if value is UNKNOWN and name == "default" and "" in module.fields:
                value = module.fields[""]
        else:
            value = attribute(machine, value, name, frame, (0, 0))
    return value


def _registered(machine: Machine, module: ModuleValue) -> list[Entry]:
    """Functions that were given to a framework, by decorators or as arguments."""
    entries: list[Entry] = []
    whole = {option.path.removesuffix("()") for value in (*module.fields.values(),) for option in options_of(value)
             if isinstance(option, Thing) and option.path}  # fmt: skip
    python = module.language == "python"
    for path, arguments, keywords, place, _at in machine.registrations:
        decorated = path.startswith("@:")
        name = path.removeprefix("@:")
        owner, _, verb = name.rpartition(".")
        functions = [
            one for value in (*arguments, *keywords.values()) for one in _functions_in(value)
            if isinstance(one, (Closure, Partial, Class))
        ]  # fmt: skip
        if not functions:
            continue
        del place
        style = _python_style(name, owner, verb, decorated=decorated) if python else _script_style(owner, verb)
        if not style and not decorated and (_WRAPPERS.match(name) or name in whole):
            style = "lambda" if any(_takes_event(one) for one in functions) else ""
        if not style:
            continue
        route = next((text for one in arguments if (text := known_text(one)) is not None), "")
        for function in functions:
            if isinstance(function, Class):
                entries.extend(
                    Entry(member.bound(Instance(function)), style, f"{function.name}.{key}", route)
                    for key, member in function.fields.items()
                    if isinstance(member, Closure) and (key in _VERBS or key == "dispatch_request")
                )  # fmt: skip
                continue
            label = function.function.name if isinstance(function, Closure) else ""
            given = given_by(function, verb) if style == "azure-message" else ()
            entry = Entry(function, style, label or f"{verb} {route}".strip(), route, given)
            entries.append(declared_so(entry, function) if style == "fastapi" else entry)
    return entries


def hooks_of(machine: Machine, entry: Entry) -> list[Closure]:
    """What runs before a route of Flask: functions of `before_request`, which put into `g` what the route takes."""
    if entry.style != "flask":
        return []
    return [
        one
        for path, arguments, _, _, _ in machine.registrations
        if path.startswith("@:") and path.endswith((".before_request", ".before_app_request"))
        for one in arguments[:1]
        if isinstance(one, Closure) and one is not entry.function
    ]


_WRAPPERS = re.compile(
    r"^(?:@?middy|@sentry|@lumigo|@aws-lambda-powertools|datadog-lambda|aws-xray|@dazn|epsagon|lambda-|@vendia|Sentry|captureLambda)"
)


def _functions_in(value: Value) -> list[Value]:
    """The value's options, and what an options object holds."""
    found: list[Value] = []
    for option in options_of(value):
        found.append(option)
        if isinstance(option, Mapping):
            found.extend(option.fields.values())
    return found


def _takes_event(function: Value) -> bool:
    """Whether a function's first parameter is called like an event, or taken apart like one."""
    if not isinstance(function, Closure) or not function.function.parameters:
        return False
    first = function.function.parameters[0]
    return first.name in _EVENT or first.pattern is not None


def _python_style(name: str, owner: str, verb: str, *, decorated: bool) -> str:
    if name == "functions_framework.http":
        return "request"
    if name in {"functions_framework.cloud_event", "functions_framework.background_event"}:
        return "cloud-event"
    if owner.startswith("chalice.") and verb in _CHALICE_EVENTS:
        return "chalice-event"
    if (
        owner.startswith(("azure.functions", "azure_functions", "?"))
        and decorated
        and verb in {"route", "function_name"}
    ):
        return "azure" if owner.startswith("azure") else "flask"
    if owner.startswith("azure.functions") and decorated and verb.endswith("trigger"):
        return "azure"
    if verb not in _VERBS and verb not in {
        "add_url_rule",
        "add_get",
        "add_post",
        "add_put",
        "add_delete",
        "add_view",
        "add_api_route",
        "add_route",
        "before_request",
        "after_request",
        "errorhandler",
        "add_resource",
    }:
        return ""
    if owner.startswith("aws_lambda_powertools"):
        return "route"
    if owner.startswith("chalice."):
        return "chalice"
    if owner.startswith("aiohttp"):
        return "aiohttp"
    if _FASTAPI.match(owner):
        return "fastapi"
    if _FLASK.match(owner) or (decorated and verb in {"route", "get", "post", "put", "delete", "patch"}):
        return "flask"
    return ""


def _script_style(owner: str, verb: str) -> str:
    if owner in {"@azure/functions.app", "@azure/functions.App"}:
        return "azure-message" if verb in TRIGGERS else "azure-js"
    if owner in {"http", "https", "http2"} and verb in {"createServer", "createSecureServer"}:
        return "node"
    if owner.startswith("@hapi/hapi."):
        return "hapi" if verb in {"route", "ext"} else ""
    if owner.startswith("@google-cloud/functions-framework"):
        return "express" if verb == "http" else "cloud-event"
    if verb in {"get", "post", "put", "patch", "delete", "all", "use", "options", "head", "route"} and _JS_APPS.match(
        owner
    ):
        if owner.lower().startswith(("koa", "@koa")):
            return "koa"
        if owner.lower().startswith("hono"):
            return "hono"
        return "fastify" if owner.lower().startswith("fastify") else "express"
    return ""


def _shaped(module: ModuleValue) -> list[Entry]:
    """Functions that look like handlers: by their name and parameters."""
    entries: list[Entry] = []
    python = module.language == "python"
    fields = module.fields
    django = python and any(isinstance(one, Thing) and (one.path or "").startswith("django") for one in fields.values())
    for key, value in list(fields.items()):
        for option in options_of(value):
            called = option.cls.find("__call__") if isinstance(option, Instance) else None
            if python and isinstance(called, Closure) and key in _HANDLERS and len(called.function.parameters) == 3:
                entries.append(Entry(option, "lambda", key))
            if not isinstance(option, Closure) or option.module is not module.module or not isinstance(key, str):
                continue
            names = [parameter.name for parameter in option.function.parameters]
            first = names[0] if names else ""
            second = names[1] if len(names) > 1 else ""
            if python:
                if first == "request" and django:
                    entries.append(Entry(option, "django", key))
                elif (len(names) >= 2 and first in _EVENT and second in _CONTEXT) or (
                    key == "lambda_handler" and names
                ):
                    entries.append(Entry(option, "lambda", key))
            elif key in {"handler", "lambdaHandler", "main", "default", ""} or (first in _EVENT and len(names) <= 3):
                pattern = bool(option.function.parameters) and option.function.parameters[0].pattern is not None
                if first in {"req", "request"}:
                    entries.append(Entry(option, "express", key))
                elif first in _EVENT or pattern or key in {"handler", "lambdaHandler"}:
                    entries.append(Entry(option, "lambda", key or "handler"))
    return entries
