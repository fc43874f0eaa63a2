"""What an entry gives back to its caller: pages, redirects and error texts.

Sources: API Gateway developer guide, "Set up Lambda proxy integrations" (a response without a content type is JSON); Flask
documentation, "About Responses" (a returned text is HTML).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.interpret.applying import report, start_taint
from casemate.analysis.code.interpret.machine import harmful
from casemate.analysis.code.values import (
    Closure,
    Const,
    Mapping,
    Partial,
    Sequence,
    Text,
    Thing,
    Union,
    Value,
    options_of,
    sort_of,
    taint_of,
)

if TYPE_CHECKING:
    from casemate.analysis.code import ir
    from casemate.analysis.code.entries import Entry
    from casemate.analysis.code.interpret.machine import Frame, Machine

_HTML_BY_DEFAULT = frozenset({"flask", "request"})
_HTTP = frozenset({"lambda", "flask", "request", "fastapi", "chalice", "route", "azure"})


def respond(machine: Machine, entry: Entry, value: Value, frame: Frame) -> None:
    """Judge what an entry gives back."""
    function = entry.function
    while isinstance(function, Partial):
        function = function.function
    if not isinstance(function, Closure) or entry.style not in _HTTP:
        return
    place = _last(function)
    frame = _in(function, frame)
    for option in options_of(value):
        one = option
        if isinstance(one, Sequence) and one.row.items:
            one = one.row.items[0]
        if isinstance(one, Mapping) and entry.style in {"lambda", "route"}:
            _proxy(machine, one, frame, place)
        elif entry.style in _HTML_BY_DEFAULT and _is_text(one):
            label = harmful(taint_of(one), machine, "xss")
            if label is not None:
                report(machine, "xss", frame, place, "return", label, cwe="CWE-79", message="it is returned as a page")
            _error_text(machine, one, frame, place)


def _is_text(value: Value) -> bool:
    if isinstance(value, (Text, Const)):
        return True
    if isinstance(value, Union):
        return all(_is_text(option) for option in value.options)
    if isinstance(value, Thing) and value.path in {"json.text", "encoded"}:
        return False
    return isinstance(value, Thing) and (value.path is None or not value.made) and sort_of(value) in {"str", ""}


def _in(function: Closure, frame: Frame) -> Frame:
    from casemate.analysis.code.interpret.machine import Frame as New

    return New(function.module, function.scope, frame.mark)


def _last(function: Closure) -> ir.At:
    """The last `return` of a function, where there is one."""
    from casemate.analysis.code import ir

    for statement in reversed(function.function.body):
        if isinstance(statement, ir.Return):
            return statement.at
    stack = list(reversed(function.function.body))
    found: ir.At | None = None
    for _ in range(2000):
        if not stack:
            break
        statement = stack.pop()
        if isinstance(statement, ir.Return):
            found = statement.at
        elif isinstance(statement, ir.If):
            stack.extend([*statement.otherwise, *statement.body])
        elif isinstance(statement, ir.Try):
            stack.extend([*statement.finish, *statement.body])
        elif isinstance(statement, (ir.With, ir.Loop)):
            stack.extend(statement.body)
    return found or function.function.name_at or function.function.at


def _proxy(machine: Machine, response: Mapping, frame: Frame, at: ir.At) -> None:
    """A response of a proxy integration."""
    headers = response.fields.get("headers")
    kind = ""
    for option in options_of(headers) if headers is not None else ():
        if not isinstance(option, Mapping):
            continue
        for key, value in list(option.fields.items()):
            name = str(key).lower()
            if name == "content-type":
                kind += " ".join(str(one.value) for one in options_of(value) if isinstance(one, Const))
            elif name == "location":
                label = harmful(start_taint(value, "redirect"), machine, "redirect")
                if label is not None:
                    report(machine, "redirect", frame, at, "the Location header", label, cwe="CWE-601", message="it is where the caller is sent")
    body = response.fields.get("body")
    if body is None:
        return
    if "html" in kind.lower() or "svg" in kind.lower():
        for option in options_of(body):
            if isinstance(option, Thing) and option.path == "json.text":
                continue
            label = harmful(taint_of(option), machine, "xss")
            if label is not None:
                report(machine, "xss", frame, at, "the response's body", label, cwe="CWE-79", message="it is returned as a page")
    _error_text(machine, body, frame, at)


def _error_text(machine: Machine, value: Value, frame: Frame, at: ir.At) -> None:
    label = harmful(taint_of(value), machine, "verbose-error")
    if label is not None:
        report(machine, "verbose-error", frame, at, "the response", label, confidence="medium", cwe="CWE-209",
               message="the caller is told the text of an exception")  # fmt: skip
