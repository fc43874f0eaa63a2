"""What an entry gives back to its caller: pages, redirects and error texts.

Sources: API Gateway developer guide, "Set up Lambda proxy integrations" (a response without a content type is JSON);
Flask
documentation, "About Responses" (a returned text is HTML).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.interpret.applying import report, report_stored, start_taint
from casemate.analysis.code.interpret.content_types import is_page
from casemate.analysis.code.interpret.machine import Found, harmful
from casemate.analysis.code.joining import options_of, sort_of, taint_of
from casemate.analysis.code.labels import TRACEBACK
from casemate.analysis.code.values import Const, Mapping, Sequence, Text, Thing, Union, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.analysis.code import ir
    from casemate.analysis.code.interpret.machine import Frame, Machine
    from casemate.analysis.code.labels import Taint
    from casemate.model.finding import Confidence

_HTML_BY_DEFAULT = frozenset({"flask", "request", "hapi"})
_HTTP = frozenset({"controller", "fastify", "hapi", "lambda", "flask", "request", "fastapi", "chalice", "route",
                   "azure", "azure-js"})  # fmt: skip

_PROXIES = frozenset({"lambda", "route", "azure-js"})
"""Whose handlers answer with an object of a status, headers and a body (`HttpResponseInit` in Azure Functions)."""


def responder(machine: Machine, style: str) -> Callable[[Value, ir.Expr | None, ir.At, Frame], None] | None:
    """What judges each `return` of an entry; None where what it returns goes nowhere."""
    if style == "typed-http":
        return _told_to_caller(machine)
    if style not in _HTTP:
        return None

    def judge(value: Value, node: ir.Expr | None, at: ir.At, frame: Frame) -> None:
        for option in options_of(value):
            one = option
            if isinstance(one, Sequence) and one.row.items:
                one = one.row.items[0]
            if isinstance(one, Mapping) and style in _PROXIES:
                _proxy(machine, one, frame, at, node)
            elif (style in _HTML_BY_DEFAULT or (style == "fastify" and is_page(machine))) and _is_text(one):
                _page(machine, taint_of(one), frame, at, "return")
                _error_text(machine, one, frame, at)
            elif style == "controller" and _is_text(one):  # what went through something unknown is most often data
                _page(machine, tuple(label for label in taint_of(one) if label.sure), frame, at, "return")

    return judge


def _told_to_caller(machine: Machine) -> Callable[[Value, ir.Expr | None, ir.At, Frame], None]:
    """What judges an answer that is an object of a library (`IActionResult`): whatever went into it is told."""

    def judge(value: Value, _node: ir.Expr | None, at: ir.At, frame: Frame) -> None:
        if harmful(taint_of(value), machine, "verbose-error") is not None:
            _error_text(machine, value, frame, at)

    return judge


def _field(node: ir.Expr | None, name: str) -> ir.Expr | None:
    """A field of the response as it is written, if the response is written out."""
    from casemate.analysis.code import ir

    if isinstance(node, ir.Record):
        for key, value in node.entries:
            if isinstance(key, ir.Const) and key.value == name:
                return value
    return None


def _telling(machine: Machine, node: ir.Expr | None, frame: Frame, at: ir.At) -> ir.At:
    """The last place in a written-out body that has the text of an exception."""
    from casemate.analysis.code import ir
    from casemate.analysis.code.interpret.expressions import evaluate

    for _ in range(4):
        if isinstance(node, ir.Call) and node.arguments:
            node = node.arguments[0]
        if not isinstance(node, ir.Record):
            break
        machine.muted += 1
        telling = [
            value for _key, value in node.entries
            if harmful(taint_of(evaluate(machine, value, frame)), machine, "verbose-error") is not None
        ]  # fmt: skip
        machine.muted -= 1
        if not telling:
            break
        node = telling[-1]
        at = node.at
    return at


def _is_text(value: Value) -> bool:
    if isinstance(value, (Text, Const)):
        return True
    if isinstance(value, Union):
        return all(_is_text(option) for option in value.options)
    if isinstance(value, Thing) and value.path in {"json.text", "encoded"}:
        return False
    return isinstance(value, Thing) and (value.path is None or not value.made) and sort_of(value) in {"str", ""}


def _proxy(machine: Machine, response: Mapping, frame: Frame, at: ir.At, node: ir.Expr | None) -> None:
    """A response of a proxy integration."""
    kind = _headers(machine, response, frame, at)
    name = "jsonBody" if "jsonBody" in response.fields else "body"
    written = _field(node, name)
    at = written.at if written is not None else at
    body = response.fields.get(name)
    if body is None:
        return
    if name == "body" and ("html" in kind.lower() or "svg" in kind.lower()):
        for option in options_of(body):
            if isinstance(option, Thing) and option.path == "json.text":
                continue
            _page(machine, taint_of(option), frame, at, "the response's body")
    if harmful(taint_of(body), machine, "verbose-error") is not None:
        _error_text(machine, body, frame, _telling(machine, written, frame, at))


def _headers(machine: Machine, response: Mapping, frame: Frame, at: ir.At) -> str:
    """Judge what the headers of a response say; the type of its content, as far as it is written out."""
    kind = ""
    if "cookies" in response.fields:
        _cookies(machine, response.fields["cookies"], frame, at)
    for name in ("headers", "multiValueHeaders"):
        headers = response.fields.get(name)
        for option in options_of(headers) if headers is not None else ():
            for key, value in list(option.fields.items()) if isinstance(option, Mapping) else ():
                kind += _header(machine, str(key).lower(), value, frame, at)
    return kind


def _header(machine: Machine, name: str, value: Value, frame: Frame, at: ir.At) -> str:
    values = [one for option in options_of(value) for one in _elements(option)]
    if name == "content-type":
        return " ".join(str(one.value) for one in values if isinstance(one, Const))
    if name == "set-cookie":
        _cookies(machine, value, frame, at)
    elif name == "location":
        words = "it is where the caller is sent"
        for one in values:
            _told(machine, "redirect", start_taint(one, "redirect"), frame, at, "the Location header", "CWE-601", words)
    return ""


def _elements(value: Value) -> list[Value]:
    """The values of a header that may have several."""
    if not isinstance(value, Sequence):
        return [value]
    return [*value.row.items, *([value.row.rest] if value.row.rest is not None else [])]


def _cookies(machine: Machine, value: Value, frame: Frame, at: ir.At) -> None:
    """Cookies that are written by hand (RFC 6265, "Set-Cookie"): one without `Secure` also travels without TLS."""
    for option in [one for each in options_of(value) for one in _elements(each)]:
        parts = option.parts if isinstance(option, Text) else (option,)
        written = "".join(str(part.value) if isinstance(part, Const) else "\0" for part in parts).lower()
        attributes = [one.strip() for one in written.split(";")[1:]]
        if "=" not in written.partition(";")[0] or any("\0" in one for one in attributes):
            continue  # what is put in there may say so
        gone = "max-age=0" in attributes or any(one.startswith("expires=thu, 01 jan 1970") for one in attributes)
        if "secure" not in attributes and not gone and not machine.muted:
            machine.report(Found("cookie", frame.module, at, "Set-Cookie", None, "medium", "CWE-614",
                                 "the cookie is also sent without TLS"))  # fmt: skip


def _page(machine: Machine, taint: Taint, frame: Frame, at: ir.At, callee: str) -> None:
    """Data in a page."""
    _told(machine, "xss", taint, frame, at, callee, "CWE-79", "it is returned as a page")


def _told(
    machine: Machine, kind: str, taint: Taint, frame: Frame, at: ir.At, callee: str, cwe: str, message: str
) -> None:  # fmt: skip
    """Report data in a response, whoever chose it; keep what was stored."""
    label = harmful(taint, machine, kind)
    if label is not None:
        report(machine, kind, frame, at, callee, label, taint, cwe=cwe, message=message)
    else:
        report_stored(machine, kind, frame, at, callee, taint, cwe=cwe, message=message)


def _error_text(machine: Machine, value: Value, frame: Frame, at: ir.At) -> None:
    taint = taint_of(value)
    told = next((one for one in taint if one.origin.what == TRACEBACK), None)
    label = told or harmful(taint, machine, "verbose-error")
    if label is not None:
        confidence: Confidence = "high" if told is not None else "medium"
        report(machine, "verbose-error", frame, at, "the response", label, confidence=confidence, cwe="CWE-209",
               message="the caller is told the text of an exception")  # fmt: skip
