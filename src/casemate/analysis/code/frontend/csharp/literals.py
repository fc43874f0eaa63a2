"""Literals of C#, interpolated strings among them.

Source: C# language reference, "Strings and string literals", "$ - string interpolation", "Raw string literals".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.code.ir import Const, Expr, Join

if TYPE_CHECKING:
    from tree_sitter import Node

    from casemate.analysis.code.frontend.csharp.scope import CSharpLowering

_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{1,4}|.)", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0", "a": "\a", "v": "\v", "e": "\x1b"}


def unescaped(text: str) -> str:
    """The value of the inside of a regular string literal."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    code = match[1]
    if len(code) > 1:
        number = int(code[1:], 16)
        return "\ufffd" if 0xD800 <= number < 0xE000 or number > 0x10FFFF else chr(number)
    return _SIMPLE.get(code, code)


def string(c: CSharpLowering, node: Node) -> Expr:
    """`"…"`, `'c'`, `@"…"`, `\"\"\"…\"\"\"`."""
    text = c.text(node)
    at = node.byte_range
    text = text.removesuffix("u8")
    if text.startswith("@"):
        return Const(text[2:-1].replace('""', '"'), at)
    if text.startswith('"""'):
        return Const(_raw(text.strip('"')), at)
    return Const(unescaped(text[1:-1]), at)


def _raw(text: str) -> str:
    """The inside of a raw literal: without the indentation of its last line."""
    if "\n" not in text:
        return text
    lines = text.split("\n")[1:]
    indent = len(lines[-1]) - len(lines[-1].lstrip()) if lines else 0
    return "\n".join(line[indent:] for line in lines[:-1])


def interpolated(c: CSharpLowering, node: Node) -> Expr:
    """`$"…{value}…"` in its regular, verbatim and raw forms."""
    start = next((c.text(child) for child in node.children if child.type == "interpolation_start"), "$")
    raw = any(child.type == "interpolation_quote" and c.text(child).startswith('"""') for child in node.children)
    verbatim = "@" in start
    parts: list[Expr] = []
    for child in node.named_children:
        if child.type == "interpolation":
            inside = [one for one in child.named_children if one.type in c.expressions]
            if inside:
                parts.append(c.expr(inside[0]))
        elif child.type in {"string_content", "escape_sequence", "interpolation_text"}:
            text = c.text(child)
            if not raw:
                text = text.replace('""', '"') if verbatim else unescaped(text)
                text = text.replace("{{", "{").replace("}}", "}")
            last = parts[-1] if parts else None
            if isinstance(last, Const) and isinstance(last.value, str):
                parts[-1] = Const(last.value + text, (last.at[0], child.end_byte))
            else:
                parts.append(Const(text, child.byte_range))
    at = node.byte_range
    if not parts:
        return Const("", at)
    if len(parts) == 1 and isinstance(parts[0], Const):
        return Const(parts[0].value, at)
    return Join(parts, at, [""] * len(parts))


def number(c: CSharpLowering, node: Node) -> Expr:
    """An integer or a real number with its suffix."""
    text = c.text(node).replace("_", "").lower()
    at = node.byte_range
    try:
        if node.type == "real_literal":
            return Const(float(text.rstrip("fdm")), at)
        text = text.rstrip("ul")
        if text.startswith(("0x", "0b")):
            return Const(int(text, 0), at)
        return Const(int(text[:400]), at)
    except ValueError:
        return Const(None, at)


def constant(c: CSharpLowering, node: Node) -> Expr:
    """`true`, `false`, `null`, `default`."""
    return Const({"true": True, "false": False}.get(c.text(node)), node.byte_range)
