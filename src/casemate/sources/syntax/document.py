"""A parsed file, whatever its syntax."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic
from casemate.model.location import Span
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from casemate.model.value import Value

MAX_DEPTH = 200
"""Deeper nesting is refused: no template comes near, and readers recurse."""
MAX_EXPANDED = 2_000_000
"""Nodes a document may stand for once its aliases are expanded ("billion laughs")."""

_OPENING = re.compile(r"""\s*\{\s*(?:["}]|\Z)""")


@dataclass(frozen=True, slots=True)
class Document:
    """One document. `root` is None when it could not be parsed.

    `diagnostics` say why, or what was odd (duplicate keys).
    """

    root: Value | None
    diagnostics: tuple[Diagnostic, ...] = ()


def decode(data: bytes, path: str) -> tuple[str | None, tuple[Diagnostic, ...]]:
    """Bytes as text. Invalid UTF-8 is a Diagnostic with the line where it stands, and no text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), ()
        except UnicodeDecodeError:
            pass
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = len(data[data.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")) + 1
        at = Span(path, line, column, line, column + 1)
        hint = "save the file as UTF-8"
        return None, (Diagnostic("invalid-utf-8", f"byte {data[error.start]:#04x} is not UTF-8", at, "error", hint),)


def is_json(text: str, path: str) -> bool:
    """Whether a map is written as JSON.

    A brace alone does not say so: YAML has flow maps, and `{{` or `{%` begin a template language.
    """
    return _OPENING.match(text) is not None or (path.endswith(".json") and text.lstrip()[:1] in {"{", "["})


def whole(path: str) -> Span:
    """A span for what concerns a file as a whole: its first column."""
    return Span(path, 1, 1, 1, 1)
