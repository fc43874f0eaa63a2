"""Text that begins with something known, cut at a separator: what is before it is known, too."""

from __future__ import annotations

from casemate.analysis.code.joining import concat, unknown
from casemate.analysis.code.labels import as_part
from casemate.analysis.code.values import Const, Sequence, Text, Value

MAX_PIECES = 20


def cut_at(receiver: Text, separator: str) -> tuple[Value, Value] | None:
    """The text before and after the first separator, if that stands in its known beginning."""
    head = receiver.parts[0]
    if not separator or not isinstance(head, Const) or not isinstance(head.value, str):
        return None
    before, found, after = head.value.partition(separator)
    return (Const(before), concat((Const(after), *receiver.parts[1:]))) if found else None


def pieces_of(receiver: Text, separator: str) -> Sequence | None:
    """The pieces of a text; None when not even the first of them is known."""
    items: list[Value] = []
    rest: Value = receiver
    while isinstance(rest, Text) and len(items) < MAX_PIECES:
        cut = cut_at(rest, separator)
        if cut is None:
            break
        items.append(cut[0])
        rest = cut[1]
    if not items:
        return None
    if isinstance(rest, Const):
        return Sequence([*items, *(Const(one) for one in str(rest.value).split(separator))])
    piece = unknown(as_part(rest.taint), "str")
    return Sequence([*items, piece], piece)
