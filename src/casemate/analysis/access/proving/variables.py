"""Values worth trying for policy variables, so that a statement with one can be settled exactly."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.access.evaluation.variables import Key, template
from casemate.analysis.access.proving.cubes import RESOURCE
from casemate.analysis.access.proving.domains import MISSING, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from casemate.analysis.access.evaluation.compiled import Compiled
    from casemate.analysis.access.proving.cubes import Found

_LIKELY = "x"


def candidates(hint: Found, free: Iterable[str]) -> list[list[Value]]:
    """For each key, values to try: what the widened answer holds in the variable's place, some text, and none.

    `hint` is an answer in which variables matched anything: reading its resource back through the statements' patterns
    gives what they would have to be.
    """
    (resource,) = hint.point[RESOURCE]
    read: dict[str, dict[Value, None]] = {key: {} for key in free}
    for box in hint.boxes:
        for key, text in _read_back(box.source, resource, hint.point):  # type: ignore[arg-type]
            if key in read and text:
                read[key][text,] = None
    found = []
    for key, values in read.items():
        if hint.point.get(key):
            values.setdefault(hint.point[key])
        values.setdefault((_LIKELY,))
        values.setdefault(MISSING)
        found.append(list(values))
    return found


def _read_back(compiled: Compiled, resource: str, point: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    statement = compiled.statement
    for text in statement.resources:
        yield from _captured(text, resource)
    for condition in statement.conditions:
        for value in point.get(condition.key, ()):
            for text in condition.values:
                yield from _captured(text, value)


def _captured(text: str, value: str) -> Iterator[tuple[str, str]]:
    """What each variable of `text` stands for in `value`, where the text matches it."""
    import re2

    found = template(text)
    if found is None:
        return
    keys: list[str] = []
    expression = ""
    for piece in found.pieces:
        if isinstance(piece, Key):
            keys.append(piece.name)
            expression += "([^/:]*)"
        else:
            literal = piece if isinstance(piece, str) else piece.text
            wildcards = isinstance(piece, str)
            expression += "".join(
                ".*" if wildcards and char == "*" else "." if wildcards and char == "?" else re.escape(char)
                for char in literal
            )
    match = re2.fullmatch(f"(?s){expression}", value)
    if match is not None:
        yield from zip(keys, match.groups(), strict=True)
