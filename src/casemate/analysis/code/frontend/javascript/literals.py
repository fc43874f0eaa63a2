"""Literals of JavaScript: strings with their escapes, numbers, template literals, regular expressions.

Source: ECMAScript language specification, "Literals" (12.9).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.code.frontend.lowering import regular_expression
from casemate.analysis.code.ir import Const, Join

if TYPE_CHECKING:
    from tree_sitter import Node

    from casemate.analysis.code.frontend.lowering import Lowering
    from casemate.analysis.code.ir import Expr

_ESCAPE = re.compile(r"\\(u\{[0-9A-Fa-f]{1,8}\}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[0-7]{1,3}|\r\n|.)", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "v": "\v", "f": "\f",
           "\n": "", "\r": "", "\r\n": "", "\u2028": "", "\u2029": ""}  # fmt: skip


def unescaped(text: str) -> str:
    r"""The value of the inside of a literal: `a\n` is two characters."""
    if "\\" not in text:
        return text
    value = _ESCAPE.sub(_character, text)
    try:
        value.encode()
    except UnicodeEncodeError:  # surrogates: a pair is one character, half of one is none
        value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def _character(match: re.Match[str]) -> str:
    code = match[1]
    simple = _SIMPLE.get(code)
    if simple is not None:
        return simple
    if code[0] == "u" and len(code) > 1:
        number = int(code[2:-1] if code[1] == "{" else code[1:], 16)
    elif code[0] == "x" and len(code) > 1:
        number = int(code[1:], 16)
    elif code[0] in "01234567":
        number = int(code, 8)
    else:
        return code
    return chr(number) if number <= 0x10FFFF else "\ufffd"


def string(c: Lowering, node: Node) -> Expr:
    """`"text"`."""
    start, end = at = node.byte_range
    return Const(unescaped(c.source[start + 1 : end - 1].decode("utf-8", "replace")), at)


def number(c: Lowering, node: Node) -> Expr:
    """`1`, `0x1F`, `1_000`, `1n`, `1.5e3`, `017`."""
    text = c.text(node).replace("_", "").lower()
    at = node.byte_range
    try:
        if text.endswith("n") and not text.startswith("0x"):
            text = text[:-1]
        if text.startswith(("0x", "0o", "0b")):
            return Const(int(text.rstrip("n"), 0), at)
        if text.isdigit():
            octal = len(text) > 1 and text[0] == "0" and not set(text) & {"8", "9"}
            return Const(int(text, 8 if octal else 10), at)
        return Const(float(text), at)
    except ValueError:  # more digits than Python converts
        return Const(None, at)


def template(c: Lowering, node: Node) -> Expr:
    """A template literal: a `Join`, or a constant when nothing is put in."""
    parts: list[Expr] = []
    start, end = at = node.byte_range
    position = start + 1
    source = c.source
    for child in node.named_children:
        if child.type != "template_substitution":
            continue
        first, last = child.byte_range
        if first > position:
            literal = unescaped(source[position:first].decode("utf-8", "replace"))
            parts.append(Const(literal, (position, first)))
        inside = [part for part in child.named_children if part.type != "comment"]
        parts.append(c.expr(inside[-1] if inside else None))
        position = last
    if position < end - 1 or not parts:
        literal = unescaped(source[position : end - 1].decode("utf-8", "replace"))
        parts.append(Const(literal, (position, end - 1)))
    if len(parts) == 1 and isinstance(parts[0], Const):
        return Const(parts[0].value, at)
    return Join(parts, at, [""] * len(parts))


def regex(c: Lowering, node: Node) -> Expr:
    """`/pattern/flags`: `new RegExp("pattern", "flags")`."""
    text = c.text(node)
    end = text.rfind("/")
    return regular_expression(text[1:end], text[end + 1 :], node.byte_range)
