"""JSON as this package writes it: laid out to be read and compared by lines.

It is pure ASCII, so that no terminal or log obeys what a scanned file holds.
"""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]


def document(value: Json, depth: int = 2) -> str:
    """`value` with its outer `depth` levels on lines of their own.

    Each deeper value is one line, which C encodes: quickly.
    """
    return _laid_out(value, depth, "") + "\n"


def _laid_out(value: Json, depth: int, indent: str) -> str:
    if depth > 0 and value:
        inner = indent + " "
        if isinstance(value, dict):
            items = (f"{dumps(key)}: {_laid_out(item, depth - 1, inner)}" for key, item in value.items())
            return "{\n" + ",\n".join(inner + item for item in items) + "\n" + indent + "}"
        if isinstance(value, list):
            return "[\n" + ",\n".join(inner + _laid_out(item, depth - 1, inner) for item in value) + "\n" + indent + "]"
    return dumps(value)
