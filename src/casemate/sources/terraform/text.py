"""Strings put together from parts, with the place of every line kept, and values moved to where they are used."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

from casemate.model.value import Absent, Cases, Fields, Items, Literal, Reference, Text, Unknown, Value, display

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casemate.model.location import Span

MAX_CASES = 8
"""Most alternatives that a string or call with conditional parts is written out for."""
MAX_TEXT = 1_000_000
"""Longer texts, in characters, are not put together: locals that double one another would fill the memory."""
MAX_PARTS = 10_000
MAX_NODES = 50_000
"""Nodes that one value may stand for once what it shares is counted each time."""
MAX_DEPTH = 60


class Written(Literal):
    """A known text of several lines (a heredoc, a file). Each has its own span, and so has what is parsed from it."""

    __slots__ = ("lines",)

    def __init__(self, value: str, lines: Sequence[Value], at: Span) -> None:
        super().__init__(value, at)
        self.lines: Final = lines


class Passage(Text):
    """The same with parts that are not known or are references; not yet joined."""

    __slots__ = ()


def compose(parts: Sequence[Value], at: Span, *, keep: bool) -> Value:
    """The parts as one string. `keep`: remember the place of every line."""
    if not keep:
        return concatenate(parts, at)
    flat: list[Value] = []
    for part in parts:
        match part:
            case Absent():
                continue
            case Written(lines=lines):
                flat.extend(lines)
            case Text(parts=inner):
                flat.extend(inner)
            case _:
                flat.append(part)
    if len(flat) > MAX_PARTS or _length(flat) > MAX_TEXT:
        return Unknown("the text is too long", at, "error")
    solid = [part for part in flat if not (isinstance(part, Literal) and not display(part).strip())]
    if len(solid) == 1 and isinstance(solid[0], Fields | Items):  # `${jsonencode(x)}` and a newline
        return solid[0]
    if all(isinstance(part, Literal) for part in flat):
        return Written("".join(map(display, flat)), flat, at)
    return Passage(flat, at)


def concatenate(parts: Sequence[Value], at: Span) -> Value:
    """The parts as one string: a `Literal` when all are known, `Cases` when a few are conditional, else `Text`."""
    flat: list[Value] = []
    for part in parts:
        match part:
            case Absent():
                continue
            case Text(parts=inner):
                flat.extend(inner)
            case Literal(value=""):
                continue
            case _:
                flat.append(part)
    if len(flat) > MAX_PARTS or _length(flat) > MAX_TEXT:
        return Unknown("the text is too long", at, "error")
    if any(isinstance(part, Cases) for part in flat):
        spread = _spread(flat, at)
        if spread is not None:
            return spread
    merged: list[Value] = []
    run: list[str] = []
    for part in flat:
        if isinstance(part, Literal):
            run.append(display(part))
            continue
        if run:
            merged.append(Literal("".join(run), at))
            run = []
        merged.append(part)
    if run or not merged:
        merged.append(Literal("".join(run), at))
    return merged[0] if len(merged) == 1 else Text(merged, at)


def _spread(flat: Sequence[Value], at: Span) -> Value | None:
    choices = []
    total = 1
    for part in flat:
        options = list(part.options()) if isinstance(part, Cases) else [(None, part)]
        total *= len(options)
        if total > MAX_CASES:
            return None
        choices.append(options)
    return Cases(
        [
            (
                " and ".join(dict.fromkeys(words for words, _ in picks if words)),
                concatenate([value for _, value in picks], at),
            )
            for picks in product(*choices)
        ],
        at,
    )


def _length(parts: Sequence[Value]) -> int:
    return sum(len(part.value) for part in parts if isinstance(part, Literal) and isinstance(part.value, str))


def relocate(value: Value, at: Span) -> Value:
    """A scalar as if it had been written at `at`, where it is used.

    Lists, maps and documents keep the places of their parts.
    """
    match value:
        case Written(value=str(text), lines=lines):
            return Written(text, lines, at)
        case Literal(value=scalar):
            return Literal(scalar, at)
        case Reference(target=target, attribute=attribute):
            return Reference(target, attribute, at)
        case Unknown(reason=reason, kind=kind, source=source):
            return Unknown(reason, at, kind, source)
        case Passage(parts=parts):
            return Passage(parts, at)
        case Text(parts=parts):
            return Text(parts, at)
        case Absent():
            return Absent(at)
        case Cases(cases=cases):
            return Cases([(words, relocate(case, at)) for words, case in cases], at)
        case _:
            return value


def bounded(value: Value) -> Value:
    """`value`, or Unknown when it stands for too many nodes or too deep a nesting."""
    if not isinstance(value, Fields | Items | Cases):
        return value
    count = 0
    stack: list[tuple[Value, int]] = [(value, 0)]
    while stack:
        node, depth = stack.pop()
        count += 1
        if count > MAX_NODES or depth > MAX_DEPTH:
            return Unknown("the value is too large", value.at, "error")
        match node:
            case Fields(entries=entries):
                stack.extend((entry.value, depth + 1) for entry in entries.values())
            case Items(items=items):
                stack.extend((item, depth + 1) for item in items)
            case Cases(cases=cases):
                stack.extend((case, depth + 1) for _, case in cases)
            case Text(parts=parts):
                count += len(parts)
            case _:
                pass
    return value


def without_cases(value: Value) -> list[tuple[str | None, Value]] | None:
    """The options of a value, or None when there are too many to follow."""
    if not isinstance(value, Cases):
        return [(None, value)]
    found = []
    for option in value.options():
        found.append(option)
        if len(found) > MAX_CASES:
            return None
    return found
