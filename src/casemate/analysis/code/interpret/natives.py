"""What the languages themselves define: methods of text, numbers and containers, and built-in functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.interpret import (
    builtins_javascript,
    builtins_python,
    containers,
    containers_java,
    emitters,
    mappings,
    objects_python,
    schemas,
    texts,
    tokens,
    validated,
)
from casemate.analysis.code.interpret.applying import Given
from casemate.analysis.code.interpret.guessing import random_labels
from casemate.analysis.code.joining import known_text, sort_of, taint_of, unknown
from casemate.analysis.code.labels import as_part
from casemate.analysis.code.values import UNKNOWN, Const, Environment, Mapping, Sequence, Text, Thing, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.analysis.code.interpret.machine import Frame, Machine


def _variable(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """A variable of the environment; without a name all of them."""
    if not given.arguments:
        return Thing("os.environ")
    name = known_text(given.arguments[0])
    return unknown(sort="str") if name is None else Environment(name)


def _looked_up(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`value, ok := os.LookupEnv(name)`."""
    name = known_text(given.arguments[0]) if given.arguments else None
    return Sequence((unknown(sort="str") if name is None else Environment(name), unknown(sort="bool")), kind="tuple")


_FUNCTIONS: dict[str, dict[str, Callable[[Machine, Given, Frame], Value | None]]] = {
    "python": {
        **builtins_python.FUNCTIONS,
        **objects_python.FUNCTIONS,
        **validated.FUNCTIONS,
        **tokens.PYTHON,
        **schemas.PYTHON,
    },
    "go": {"os.Getenv": _variable, "os.LookupEnv": _looked_up},
    "java": {**containers_java.FUNCTIONS, "java.lang.System.getenv": _variable, "os.environ.get": _variable},
}


_SCRIPT = {**builtins_javascript.FUNCTIONS, **tokens.JAVASCRIPT, **schemas.JAVASCRIPT, **emitters.JAVASCRIPT}
_LISTS = {"python": containers.PYTHON_LIST, "java": containers_java.LIST}
_MAPPINGS = {"python": mappings.PYTHON_MAPPING, "java": containers_java.MAPPING}
_TEXTS = {"python": texts.PYTHON}
"""Methods by language; those that are not here have JavaScript's."""


def ready(language: str) -> None:
    """Load what a language defines when its first file is walked: C#'s is left out of all other scans."""
    if language == "go" and "strings.HasPrefix" not in _FUNCTIONS["go"]:
        from casemate.analysis.code.interpret import library_go

        _FUNCTIONS["go"].update(library_go.FUNCTIONS)
        _LISTS["go"] = library_go.LIST
    if language == "java" and "java" not in _TEXTS:
        from casemate.analysis.code.interpret import library_java

        _TEXTS["java"] = library_java.TEXT
        _FUNCTIONS["java"].update(library_java.FUNCTIONS)
    if language == "csharp" and language not in _FUNCTIONS:
        from casemate.analysis.code.interpret import containers_csharp, library_csharp

        _FUNCTIONS[language], _TEXTS[language] = library_csharp.FUNCTIONS, library_csharp.TEXT
        _LISTS[language], _MAPPINGS[language] = containers_csharp.LIST, containers_csharp.MAPPING


def native_function(machine: Machine, path: str, given: Given, frame: Frame) -> Value | None:
    """The result of a built-in function or one of the standard library that is known exactly; None: it is not."""
    function = _FUNCTIONS.get(frame.module.language, _SCRIPT).get(path)
    return None if function is None else function(machine, given, frame)


def native_method(machine: Machine, given: Given, name: str, frame: Frame) -> Value | None:
    """The result of a method that the language defines; None: it does not."""
    receiver = given.receiver
    language = frame.module.language
    promised = _promised(machine, given, name, frame) if name in _AWAITS else None
    if promised is not None:
        return promised
    if isinstance(receiver, Sequence):
        table = _LISTS.get(language, containers.JAVASCRIPT_LIST)
        function = table.get(name)
        if function is not None:
            return function(machine, receiver, given, frame)
        return unknown(as_part(taint_of(receiver)))
    if isinstance(receiver, schemas.Schema):
        return schemas.method(machine, receiver, name, given, frame)
    if isinstance(receiver, Mapping):
        if receiver.path == "configparser":
            return _config(machine, receiver, given, name, frame)
        mapping_table = _MAPPINGS.get(language, mappings.JAVASCRIPT_MAPPING)
        mapped = mapping_table.get(name)
        script = language in {"javascript", "typescript"}
        if mapped is None and script and receiver.shape is not None and name in _CALLBACKS:
            from casemate.analysis.code.interpret.members import any_field

            element = any_field(machine, receiver, frame, given.node.at)  # an input that is a list
            return containers.with_callback(machine, name, element, given, frame)
        return None if mapped is None else mapped(machine, receiver, given, frame)
    if isinstance(receiver, (Const, Text, Environment)) or (
        isinstance(receiver, Thing) and receiver.sort in {"str", "bytes", ""}
    ):
        text_table = _TEXTS.get(language, texts.JAVASCRIPT)
        text_method = text_table.get(name)
        if text_method is not None:
            return text_method(machine, receiver, given, frame)
        if isinstance(receiver, Thing) and receiver.sort == "" and (receiver.path is None or receiver.taint):
            return _loose(machine, receiver, given, name, frame)
        return None
    if receiver is not None and sort_of(receiver) in {"int", "float", "bool"}:
        return unknown(random_labels(taint_of(receiver)), "str")
    return None


_AWAITS = frozenset({"then", "finally", "catch"})


def _promised(machine: Machine, given: Given, name: str, frame: Frame) -> Value | None:
    """What a promise of a known value does with a function that waits for it."""
    receiver = given.receiver
    if frame.module.language not in {"javascript", "typescript"}:
        return None
    if not isinstance(receiver, (Sequence, Const, Text, Environment, Mapping)):
        return None
    if isinstance(receiver, Mapping) and name in receiver.fields:
        return None
    return receiver if name == "catch" else containers.with_callback(machine, name, receiver, given, frame)


def _config(machine: Machine, receiver: Mapping, given: Given, name: str, frame: Frame) -> Value:
    """A `configparser`: options by section and name."""
    if name == "set":
        return mappings.config_set(machine, receiver, given, frame)
    if name == "get":
        return mappings.config_get(machine, receiver, given, frame)
    if name == "read_dict" and given.arguments:
        mappings.config_read(machine, receiver, given.arguments[0])
    if name == "items" and given.arguments:
        return mappings.PYTHON_MAPPING["items"](machine, mappings.config_section(receiver, given.arguments[0]), Given(
            receiver, [], {}, given.node), frame) or UNKNOWN  # fmt: skip
    return UNKNOWN


def _loose(machine: Machine, receiver: Thing, given: Given, name: str, frame: Frame) -> Value | None:
    """A method of data of which the type is not known: what reads a container reads the data."""
    from casemate.analysis.code.interpret.members import index, iterate, specialised

    if frame.module.language == "csharp":
        from casemate.analysis.code.interpret import library_csharp

        return library_csharp.looped(machine, receiver, name, given, frame)
    if name in {"get", "pop", "getlist", "at"} and given.arguments:
        found = index(machine, receiver, given.arguments[0], frame, given.node.at)
        if len(given.arguments) > 1 and name in {"get", "pop"}:
            from casemate.analysis.code.joining import join

            return join(found, given.arguments[1])
        return found
    if name in {"keys", "values", "items", "entries"}:
        row = iterate(
            machine, receiver, frame, given.node.at, over="items" if name in {"items", "entries"} else "values"
        )
        return Sequence(row.items, row.rest)
    if name in _CALLBACKS:
        element = unknown(specialised(receiver.taint, "[]", frame, given.node.at))
        return containers.with_callback(machine, name, element, given, frame)
    if name in {"append", "push", "add", "extend", "update", "set"} and not receiver.taint and not given.taint():
        return UNKNOWN
    return None


_CALLBACKS = frozenset(
    {
        "map",
        "forEach",
        "filter",
        "find",
        "some",
        "every",
        "flatMap",
        "reduce",
        "reduceRight",
        "then",
        "catch",
        "finally",
        "sort",
    }
)
