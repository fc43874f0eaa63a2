"""Edits put into the bytes of a file, in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.errors import EditError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casemate.model.finding import Edit

_NAME_ENDS = ":={ \t"


def applied(data: bytes, edits: Sequence[Edit]) -> bytes:
    """The bytes after all edits (of this one file).

    Edits at one place keep their order. Raises `EditError` when two overlap or one lies outside.
    """
    result: list[bytes] = []
    position = 0
    for edit in sorted(edits, key=lambda one: (one.start_byte, one.end_byte)):
        if edit.start_byte < position or edit.end_byte < edit.start_byte or edit.end_byte > len(data):
            raise EditError(f"edits of {edit.path} overlap")
        result += [data[position : edit.start_byte], edit.text.encode("utf-8")]
        position = edit.end_byte
    return b"".join([*result, data[position:]])


def collides(edit: Edit, other: Edit) -> bool:
    """Whether two edits cannot both be applied.

    They overlap, or add the same key (or the first one of an empty map) at the same place.
    """
    if edit.path != other.path or edit == other:
        return False
    if edit.start_byte == edit.end_byte == other.start_byte == other.end_byte:
        return _added(edit) == _added(other) or not (_continues(edit) and _continues(other))
    return (edit.start_byte < other.end_byte and other.start_byte < edit.end_byte) or _touches(edit, other)


def _touches(edit: Edit, other: Edit) -> bool:
    """An insertion at the very border of a replacement: which comes first would be a guess."""
    return edit.start_byte == other.start_byte and (
        edit.start_byte == edit.end_byte or other.start_byte == other.end_byte
    )


def _continues(edit: Edit) -> bool:
    """Whether an insertion follows something that is there: a new line of a block, or a comma and one more element."""
    return edit.text.startswith(("\n", "\r\n", ","))


def _added(edit: Edit) -> str:
    """The key that an insertion adds."""
    text = edit.text.lstrip(", \t\r\n")
    end = min((found for mark in _NAME_ENDS if (found := text.find(mark)) >= 0), default=len(text))
    return text[:end] if not text.startswith("resource ") else text.partition("{")[0]
