"""What each language's way to declare a function says: name, trigger, who may call."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Items, Literal, Unknown, Value
from casemate.sources.syntax.calls import Argument, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from casemate.model.location import Span

_LEVELS = frozenset({"anonymous", "function", "admin", "system", "user"})
_TAKES: dict[str, tuple[str, str]] = {
    # trigger in lower case without "trigger" and "_" -> (type of function.json, property that names the source)
    "queue": ("queueTrigger", "queueName"),
    "storagequeue": ("queueTrigger", "queueName"),
    "servicebus": ("serviceBusTrigger", "queueName"),
    "servicebusqueue": ("serviceBusTrigger", "queueName"),
    "servicebustopic": ("serviceBusTrigger", "topicName"),
    "eventhub": ("eventHubTrigger", "eventHubName"),
    "eventhubmessage": ("eventHubTrigger", "eventHubName"),
    "blob": ("blobTrigger", "path"),
    "storageblob": ("blobTrigger", "path"),
    "timer": ("timerTrigger", "schedule"),
    "schedule": ("timerTrigger", "schedule"),
    "cosmosdb": ("cosmosDBTrigger", "containerName"),
    "eventgrid": ("eventGridTrigger", ""),
    "kafka": ("kafkaTrigger", "topic"),
    "sql": ("sqlTrigger", "tableName"),
}
_SOURCES = {
    "queue_name": "queueName", "topic_name": "topicName", "event_hub_name": "eventHubName",
    "container_name": "containerName", "path": "path", "schedule": "schedule", "topic": "topic",
    "table_name": "tableName", "queueName": "queueName", "topicName": "topicName", "eventHubName": "eventHubName",
    "containerName": "containerName",
}  # fmt: skip
_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "trace"})


@dataclass(frozen=True, slots=True)
class CodeFunction:
    """One function.

    `at`: its name; `body`: the declaration; `binding`: as in a function.json, without `authLevel` where the app decides
    (`inherits`).
    """

    name: str
    at: Span
    body: Span
    binding: Fields
    inherits: bool = False


def declared(text: str, path: str) -> tuple[list[CodeFunction], Value | None]:
    """The functions of a file, and the level that a Python app asks of all that say none."""
    suffix = path.rpartition(".")[2].lower()
    source = Source(text, path, hash_comments=suffix == "py")
    if suffix == "py":
        return list(_python(source)), _app_level(source)
    if suffix in {"cs", "java"}:
        return list(_marked(source)), None
    return list(_node(source)), None


def _binding(kind: str, at: Span, **entries: Value | None) -> Fields:
    made: dict[str, Entry] = {"type": Entry(at, Literal(kind, at))}
    for name, value in entries.items():
        if value is not None:
            made[name] = Entry(value.at, value)
    return Fields(made, at)


def _level(source: Source, argument: Argument | None) -> Value | None:
    """`AuthLevel.ANONYMOUS`, `'anonymous'`, `AuthorizationLevel.Function`; anything else is not known."""
    if argument is None:
        return None
    at = source.span(argument.start, argument.end)
    word = source.words(argument).strip("\"'`").rpartition(".")[2].lower()
    return Literal(word, at) if word in _LEVELS else Unknown("the level is put together in code", at, "program")


def _text(source: Source, argument: Argument | None) -> Value | None:
    if argument is None:
        return None
    at = source.span(argument.start, argument.end)
    written = source.string(argument)
    return Unknown("put together in code", at, "program") if written is None else Literal(written, at)


def _methods(source: Source, argument: Argument | None) -> Value | None:
    """`['GET', 'POST']`, `["GET"]`, `{HttpMethod.GET}`."""
    if argument is None:
        return None
    at = source.span(argument.start, argument.end)
    words = re.findall(r"\w+", source.words(argument))
    return Items([Literal(word.lower(), at) for word in words if word.lower() in _VERBS], at)


def _by_name(arguments: list[Argument]) -> dict[str, Argument]:
    return {argument.name: argument for argument in arguments if argument.name is not None}


# -- Python ------------------------------------------------------------------------------------------------------------
_DECORATOR = re.compile(r"^[ \t]*@(\w{1,60})\.(\w{1,60})[ \t]*(\()", re.MULTILINE)
_DEFINED = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]+(\w{1,200})", re.MULTILINE)
_APP = re.compile(r"\b(?:FunctionApp|AsgiFunctionApp|WsgiFunctionApp)[ \t]*(\()")


def _app_level(source: Source) -> Value | None:
    for match in _APP.finditer(source.code):
        arguments = source.arguments(match.start(1))
        named = _by_name(arguments).get("http_auth_level")
        first = arguments[0] if arguments and arguments[0].name is None else None
        level = _level(source, named or first)
        if level is not None and (named is not None or isinstance(level, Literal)):
            return level
    return None


def _python(source: Source) -> Iterator[CodeFunction]:
    marks = sorted(
        [(match.start(), match, True) for match in _DECORATOR.finditer(source.code)]
        + [(match.start(), match, False) for match in _DEFINED.finditer(source.code)],
        key=lambda found: found[0],
    )
    pending: list[re.Match[str]] = []
    for _, match, decorates in marks:
        if decorates:
            pending.append(match)
            continue
        yield from _python_function(source, pending, match)
        pending = []


def _python_function(source: Source, marks: list[re.Match[str]], defined: re.Match[str]) -> Iterator[CodeFunction]:
    name, at = defined[1], source.span(defined.start(1), defined.end(1))
    found: tuple[Fields, bool] | None = None
    for mark in marks:
        arguments = source.arguments(mark.start(3))
        named = _by_name(arguments)
        place = source.span(mark.start(1) - 1, (source.closing(mark.start(3)) or mark.end()) + 1)
        if mark[2] == "function_name":
            argument = named.get("name") or (arguments[0] if arguments else None)
            written = source.string(argument) if argument is not None else None
            if argument is not None and written:
                name, at = written, source.span(argument.start, argument.end)
        elif mark[2] == "route":
            level = _level(source, named.get("auth_level"))
            found = (
                _binding(
                    "httpTrigger",
                    place,
                    authLevel=level,
                    route=_text(source, named.get("route")),
                    methods=_methods(source, named.get("methods")),
                ),
                level is None,
            )
        elif (taken := _taken(source, mark[2], named, arguments, place)) is not None:
            found = taken, False
    if found is not None:
        first = marks[0].start(1) - 1
        yield CodeFunction(name, at, source.span(first, defined.end()), found[0], inherits=found[1])


def _taken(source: Source, word: str, named: dict[str, Argument], arguments: list[Argument], at: Span) -> Fields | None:
    """A trigger that is no HTTP request, by the word that declares it."""
    lowered = word.lower().replace("_", "")
    key = lowered.removesuffix("trigger")
    if key not in _TAKES or (key == lowered and key != "schedule" and "_" in word):
        return None
    kind, property_ = _TAKES[key]
    entries: dict[str, Value | None] = {
        target: _text(source, named[name]) for name, target in _SOURCES.items() if name in named
    }
    first = next((one for one in arguments if one.name is None), None)
    if property_ and property_ not in entries and "topicName" not in entries and first is not None:
        entries[property_] = _text(source, first)
    return _binding(kind, at, **entries)


# -- Node --------------------------------------------------------------------------------------------------------------
_REGISTERED = re.compile(
    r"\bapp\.(http|get|post|put|patch|deleteRequest|timer|storageQueue|storageBlob|serviceBusQueue|serviceBusTopic|eventHub"
    r"|eventGrid|cosmosDB|sql)\s{0,20}(\()"
)


def _node(source: Source) -> Iterator[CodeFunction]:
    if "@azure/functions" not in source.text:
        return
    for match in _REGISTERED.finditer(source.code):
        arguments = source.arguments(match.start(2))
        written = source.string(arguments[0]) if arguments else None
        if not written or len(arguments) < 2:
            continue
        name = source.span(arguments[0].start, arguments[0].end)
        whole = source.span(match.start(), (source.closing(match.start(2)) or match.end()) + 1)
        opening = source.code.find("{", arguments[1].start, arguments[1].end)
        is_object = opening >= 0 and not source.code[arguments[1].start : opening].strip()
        named = _by_name(source.arguments(opening)) if is_object else {}
        word = match[1]
        if word in {"http", "get", "post", "put", "patch", "deleteRequest"}:
            default = Literal("anonymous", name)  # Node's default, unlike that of the other languages
            level = _level(source, named.get("authLevel")) or default
            methods = _methods(source, named.get("methods"))
            if word != "http":
                methods = Items([Literal("delete" if word == "deleteRequest" else word, name)], name)
            route = _text(source, named.get("route"))
            yield CodeFunction(
                written, name, whole, _binding("httpTrigger", name, authLevel=level, route=route, methods=methods)
            )
        elif (taken := _taken(source, word, named, [], name)) is not None:
            yield CodeFunction(written, name, whole, taken)


# -- .NET and Java -----------------------------------------------------------------------------------------------------
_MARK = re.compile(r"(?:\[|@)(?:\w{1,60}\.){0,4}(?:FunctionName|Function)\s{0,20}(\()")
_TRIGGER = re.compile(r"(?:\[|@)(?:\w{1,60}\.){0,4}(\w{1,40})Trigger(?:Attribute)?\s{0,20}(\(|\])")
_NAME_OF = re.compile(r"nameof\s*\(\s*(?:\w+\.)*(\w+)\s*\)")
_REACH = 4_000
"""Characters behind the mark of a function within which its trigger is looked for."""


def _marked(source: Source) -> Iterator[CodeFunction]:
    marks = list(_MARK.finditer(source.code))
    for number, mark in enumerate(marks):
        arguments = source.arguments(mark.start(1))
        if not arguments:
            continue
        name = source.string(arguments[0])
        if name is None and (of := _NAME_OF.fullmatch(source.words(arguments[0]))) is not None:
            name = of[1]
        if not name:
            continue
        limit = marks[number + 1].start() if number + 1 < len(marks) else len(source.code)
        trigger = _TRIGGER.search(source.code, mark.end(), min(limit, mark.end() + _REACH))
        if trigger is None:
            continue
        given = source.arguments(trigger.start(2)) if trigger[2] == "(" else []
        end = (source.closing(trigger.start(2)) or trigger.end()) + 1 if trigger[2] == "(" else trigger.end()
        place = source.span(trigger.start(), end)
        at = source.span(arguments[0].start, arguments[0].end)
        body = source.span(mark.start(), end)
        if trigger[1].lower() == "http":
            yield CodeFunction(name, at, body, _http(source, given, place))
        elif (taken := _taken(source, f"{trigger[1]}Trigger", _by_name(given), given, place)) is not None:
            yield CodeFunction(name, at, body, taken)


def _http(source: Source, given: list[Argument], place: Span) -> Fields:
    named = _by_name(given)
    loose = [argument for argument in given if argument.name is None]
    level = next((one for one in loose if "Level" in source.words(one)), None)
    verbs = [one for one in loose if (source.string(one) or "").lower() in _VERBS]
    methods = _methods(source, named.get("methods"))
    if verbs:
        at = source.span(verbs[0].start, verbs[-1].end)
        methods = Items([Literal((source.string(one) or "").lower(), at) for one in verbs], at)
    return _binding(
        "httpTrigger",
        place,
        authLevel=_level(source, named.get("authLevel") or named.get("AuthLevel") or level),
        route=_text(source, named.get("Route") or named.get("route")),
        methods=methods,
    )


SUFFIXES: dict[str, Callable[[bytes], bool]] = {
    ".py": lambda data: b"azure.functions" in data or b"azure import functions" in data,
    ".js": lambda data: b"@azure/functions" in data,
    ".mjs": lambda data: b"@azure/functions" in data,
    ".cjs": lambda data: b"@azure/functions" in data,
    ".ts": lambda data: b"@azure/functions" in data,
    ".cs": lambda data: b"Trigger" in data and b"Function" in data,
    ".java": lambda data: b"FunctionName" in data,
}
"""Suffix -> whether a file of it may declare functions."""
