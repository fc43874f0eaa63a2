"""The text of HCL templates: escapes, and the indentation that `<<-` removes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.sources.syntax.hcl_nodes import Lit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casemate.sources.syntax.hcl_nodes import Node

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))|(\$\$|%%)(?=\{)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
_DOUBLED = re.compile(r"(\$\$|%%)(?=\{)")


def single(text: str) -> str:
    """`$${` and `%%{` of a heredoc, which has no other escapes."""
    return _DOUBLED.sub(lambda match: match[0][0], text) if "{" in text else text


def split_lines(text: bytes) -> list[bytes]:
    """Lines with their ends, cut at line feeds only."""
    return [line + b"\n" for line in text.split(b"\n")[:-1]] + [line for line in text.split(b"\n")[-1:] if line]


def dedented(parts: Sequence[Node]) -> list[Node]:
    """`<<-`: as many leading spaces as every line has are removed from all.

    Source: HCL specification, "Template Expressions".
    """
    starts = True
    widths: list[int] = []
    begins: list[bool] = []
    for part in parts:
        begins.append(starts)
        text = part.value if isinstance(part, Lit) and isinstance(part.value, str) else None
        if starts and (text is None or text.strip()):
            widths.append(0 if text is None else len(text) - len(text.lstrip(" \t")))
        starts = text is not None and text.endswith("\n")
    cut = min(widths, default=0)
    if not cut:
        return list(parts)
    found: list[Node] = []
    for part, begin in zip(parts, begins, strict=True):
        if begin and isinstance(part, Lit) and isinstance(part.value, str):
            blank = len(part.value) - len(part.value.lstrip(" \t"))
            width = min(cut, blank)
            at = part.at._replace(start_column=part.at.start_column + width)
            found.append(Lit(part.value[width:], at))
        else:
            found.append(part)
    return found


def unescape(text: str) -> str:
    """Escapes of a quoted template. Source: HCL specification, "Template Expressions"."""
    return _ESCAPE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    if match[4]:
        return match[4][0]
    code = match[1] or match[2]
    if code:
        number = int(code, 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
    return _ESCAPED.get(match[3], match[3])


def number(text: str) -> int | float:
    """A number as it is written."""
    try:
        return int(text) if text.isdigit() and len(text) <= 18 else _float(text)
    except ValueError:
        return 0


def _float(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < 1e15 else number
