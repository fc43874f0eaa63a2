"""Literals: text with escapes, bytes, f-strings and template strings, numbers.

Sources: The Python Language Reference, "String and Bytes literals", "f-strings", "Numeric literals"; PEP 701, PEP 750.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from casemate.analysis.code.frontend.python.unit import parts
from casemate.analysis.code.ir import Const, Join, Opaque

if TYPE_CHECKING:
    from tree_sitter import Node

    from casemate.analysis.code.frontend.python.unit import Unit
    from casemate.analysis.code.ir import Expr

_TEXT_ESCAPE = re.compile(
    r"\\(?:\r?\n|([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|N\{([^{}\n]{1,100})\}|(.))",
    re.DOTALL,
)
_BYTES_ESCAPE = re.compile(rb"\\(?:\r?\n|([0-7]{1,3})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_SINGLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_LAST = 0x10FFFF


def string(unit: Unit, node: Node) -> Expr:
    """One string literal: a `Const`, or a `Join` if there is something to fill in."""
    start, end = node.byte_range
    source = unit.source
    lead = 0
    while lead < 3 and start + lead < end and source[start + lead] not in b"\"'":
        lead += 1
    prefix = source[start : start + lead].lower()
    mark = source[start + lead : start + lead + 3]
    width = 3 if mark in {b'"""', b"'''"} else 1
    if b"f" in prefix or b"t" in prefix:
        return _formatted(unit, node, raw=b"r" in prefix, template=b"t" in prefix)
    body = source[start + lead + width : max(end - width, start + lead + width)]
    if b"b" in prefix:
        return Const(body if b"r" in prefix else _bytes(body), (start, end))
    return Const(_text(body, raw=b"r" in prefix), (start, end))


def concatenated(unit: Unit, node: Node) -> Expr:
    """Literals side by side are one."""
    pieces: list[Expr] = []
    specs: list[str] = []
    for piece in (unit.expr(each) for each in parts(node)):
        if isinstance(piece, Join):
            pieces += piece.parts
            specs += piece.specs
        else:
            pieces.append(piece)
            specs.append("")
    at = node.byte_range
    values = [piece.value for piece in pieces if isinstance(piece, Const)]
    if len(values) == len(pieces):
        if all(isinstance(value, bytes) for value in values):
            return Const(b"".join(value for value in values if isinstance(value, bytes)), at)
        return Const("".join(value for value in values if isinstance(value, str)), at)
    if any(isinstance(piece, Opaque) for piece in pieces):  # a template string is no text
        return Opaque("template-string", [Join(pieces, at, specs)], at)
    return Join(pieces, at, specs)


def _formatted(unit: Unit, node: Node, *, raw: bool, template: bool) -> Expr:
    """An f-string; a template string (`t"…"`) is an `Opaque` around the `Join`, because it is not text yet."""
    children = node.children
    at = node.byte_range
    pieces: list[Expr] = []
    specs: list[str] = []
    position = children[0].end_byte
    end = children[-1].start_byte if children[-1].type == "string_end" else at[1]
    for each in children:
        if each.type != "interpolation":
            continue
        first, last = each.byte_range
        _literal(unit, (position, first), pieces, specs, raw=raw)
        _interpolation(unit, each, pieces, specs)
        position = last
    _literal(unit, (position, end), pieces, specs, raw=raw)
    if template:
        return Opaque("template-string", [Join(pieces, at, specs)], at)
    if not pieces:
        return Const("", at)
    return pieces[0] if len(pieces) == 1 and isinstance(pieces[0], Const) else Join(pieces, at, specs)


def _literal(unit: Unit, at: tuple[int, int], pieces: list[Expr], specs: list[str], *, raw: bool) -> None:
    body = unit.source[at[0] : at[1]]
    if body:
        text = _text(body.replace(b"{{", b"{").replace(b"}}", b"}"), raw=raw)
        pieces.append(Const(text, at))
        specs.append("")


def _interpolation(unit: Unit, node: Node, pieces: list[Expr], specs: list[str]) -> None:
    value: Expr | None = None
    conversion = spec = ""
    nested: list[Expr] = []
    for each in node.children:
        kind = each.type
        if kind == "type_conversion":
            conversion = unit.text(each)
        elif kind == "format_specifier":
            spec = unit.text(each)
            nested = [unit.expr(inner) for found in each.named_children for inner in parts(found)[:1]]
        elif kind == "=" and value is not None:
            pieces.append(
                Const(unit.source[node.start_byte + 1 : each.end_byte].decode("utf-8", "replace"), each.byte_range)
            )
            specs.append("")
            conversion = "!r"
        elif each.is_named and not each.is_extra:
            value = unit.expr(each)
    if value is None:
        return
    # A width or a precision that is computed flows into the text too.
    pieces.append(Opaque("format", [value, *nested], node.byte_range) if nested else value)
    specs.append(conversion + spec)


def _text(body: bytes, *, raw: bool) -> str:
    text = body.decode("utf-8", "replace")
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    return text if raw or "\\" not in text else _TEXT_ESCAPE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    octal, two, four, eight, name, other = match.groups()
    if other is not None:
        if other in "\\'\"":
            return str(other)
        return _SINGLE.get(other, "\\" + other)
    if octal is not None:
        return chr(int(octal, 8))
    if name is not None:
        try:
            return unicodedata.lookup(name)
        except KeyError:
            return "\N{REPLACEMENT CHARACTER}"
    digits = two or four or eight
    if digits is None:  # the end of a line is escaped
        return ""
    code = int(digits, 16)
    return chr(code) if code <= _LAST else "\N{REPLACEMENT CHARACTER}"


def _bytes(body: bytes) -> bytes:
    return body if b"\\" not in body else _BYTES_ESCAPE.sub(_escaped_byte, body)


def _escaped_byte(match: re.Match[bytes]) -> bytes:
    octal, two, other = match.groups()
    if other is not None:
        if other in b"\\'\"":
            return bytes(other)
        known = _SINGLE.get(other.decode("latin-1"))
        return known.encode("latin-1") if known else b"\\" + bytes(other)
    if octal is not None:
        return bytes([int(octal, 8) & 0xFF])
    return bytes([int(two, 16)]) if two is not None else b""


def integer(unit: Unit, node: Node) -> Expr:
    """A whole number, Python 2's `0777` and `10L` too; an imaginary one is an `Opaque`."""
    text = unit.text(node).replace("_", "").rstrip("lL")
    at = node.byte_range
    try:
        if len(text) > 1 and text[0] == "0" and text.isdigit():
            return Const(int(text, 8 if text.strip("01234567") == "" else 10), at)
        return Const(int(text, 0), at)
    except ValueError:  # imaginary, or longer than int() reads
        return Opaque("number", [], at)


def floating(unit: Unit, node: Node) -> Expr:
    """A number with a point or an exponent."""
    try:
        return Const(float(unit.text(node).replace("_", "")), node.byte_range)
    except ValueError:
        return Opaque("number", [], node.byte_range)
