"""Responses that say what they hold: what is sent as plain text or JSON is no page.

In Node's frameworks the type is said before the body is sent (`res.type("text/plain").send(name)`); in Python's an
object is made of the body, and its header written afterwards (`response.headers["Content-Type"] = "text/plain"`).

Sources: Express 4.x API reference, "res.type", "res.set", "res.send" (HTML unless a type was set); Node.js
documentation, "response.writeHead"; Koa, "Response"; Flask, "Response Objects"; Django, "Setting header fields".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.code.joining import known_text, options_of
from casemate.analysis.code.values import Const, Mapping, Thing, Value

if TYPE_CHECKING:
    from casemate.analysis.code import ir
    from casemate.analysis.code.interpret.applying import Given
    from casemate.analysis.code.interpret.machine import Frame, Machine

CELL = "response content type"
"""Where the machine keeps the type that the response of an entry has."""
_HEADERS = frozenset({"set", "header", "setHeader", "append", "writeHead"})
_TYPES = frozenset({"type", "contentType"})
_SETS = _HEADERS | _TYPES
_SENDS = re.compile(r"(?:^|\.)(?:Response|Reply|Context|NextApiResponse|ServerResponse)\.")
_SENT_HEADER, _SENT = "http.server.BaseHTTPRequestHandler.send_header", "http.server.ResponseStream.write"
"""What Python's own server says the type by, and sends the body by."""
_PAGES = ("html", "svg", "xml")
_MAKES = re.compile(r"(?:Response\w*|make_response)$")


def begin(machine: Machine) -> None:
    """A new entry: nothing is said of its response yet."""
    if machine.language in {"javascript", "python"}:
        machine.trail.set(machine.extras, CELL, Const(""))


def said(machine: Machine, path: str, name: str, given: Given) -> None:
    """A call that may say the type of what is sent."""
    if machine.language == "python":
        if path == _SENT_HEADER and _is_content_type(given):
            machine.trail.set(machine.extras, CELL, given.arguments[1])
        return
    if name not in _SETS or machine.language != "javascript" or not _SENDS.search(path):
        return
    written = _written(name, given)
    if written is not None:
        machine.trail.set(machine.extras, CELL, written)


def _is_content_type(given: Given) -> bool:
    name = known_text(given.arguments[0]) if len(given.arguments) > 1 else None
    return name is not None and name.lower() == "content-type"


def _written(name: str, given: Given) -> Value | None:
    """The type that a call sets; None where it sets another header."""
    arguments = given.arguments
    if name in _TYPES:
        return arguments[0] if arguments else None
    if name == "writeHead":
        arguments = arguments[-1:]
    first = arguments[0] if arguments else None
    if isinstance(first, Mapping):
        found = [value for key, value in first.fields.items() if str(key).lower() == "content-type"]
        return found[0] if found else None
    text = known_text(first) if first is not None else None
    return arguments[1] if text is not None and text.lower() == "content-type" and len(arguments) > 1 else None


def is_plain(machine: Machine, callee: str) -> bool:
    """Whether what this call sends was said to be no page."""
    if callee != _SENT and (machine.language != "javascript" or not _SENDS.search(callee)):
        return False
    written = machine.extras.get(CELL)  # empty until it is said
    return written is not None and all(_is_plain(option) for option in options_of(written))


def is_page(machine: Machine) -> bool:
    """Whether the response was said to be a page, where it would be none otherwise."""
    written = machine.extras.get(CELL)
    texts = [known_text(option) for option in options_of(written)] if written is not None else []
    return any(text is not None and any(one in text.lower() for one in _PAGES) for text in texts)


def _is_plain(value: Value) -> bool:
    text = known_text(value) or ""
    return bool(text) and not any(one in text.lower() for one in _PAGES)


def assigned(machine: Machine, target: Thing, key: Value, value: Value, frame: Frame, at: ir.At) -> None:
    """A header or attribute of a response of Python is written: of a plain one it is taken back that it is a page."""
    if not target.path or "esponse" not in target.path:
        return
    name = (known_text(key) or "").lower().replace("_", "-")
    if name not in {"content-type", "mimetype"} or not _is_plain(value) or not isinstance(value, Const):
        return
    function = frame.function
    start = function.at[0] if function is not None else 0
    before = [
        place for place, found in machine.found.items()
        if place[0] == "xss" and found.module is frame.module and start <= found.at[0] < at[0]
        and _MAKES.search(found.callee)
    ]  # fmt: skip
    if before:
        del machine.found[max(before, key=lambda place: place[2])]
