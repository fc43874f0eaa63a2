r"""Text that must stand in a record's bytes for an expression to hold: what the engine looks for before it decodes.

Sound because JSON writes ASCII letters, digits and most signs as they are; what it has to escape (quotes, backslash,
control signs, anything beyond ASCII) is never part of a literal, numbers and booleans are not quoted and never one,
and a record with `\u00` in it, the one way to hide an ASCII letter, or with `\/`, the other way to write a slash, is
always decoded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from casemate.authoring.query import All, Expression, Field, Keyword, Leaf, Some
from casemate.monitor.events.marks import MARKS
from casemate.monitor.events.source import Source
from casemate.monitor.knowledge import fold
from casemate.monitor.matching.plain import parse_like

_SAFE = re.compile(r"[ !#-\[\]-~]+")
"""Runs of printable ASCII without `"` and `\\`."""
_SAFE_INSIDE = re.compile(r"[A-Za-z0-9_.-]+")
"""What is neither escaped in JSON within JSON nor encoded in a URL."""
_NOT_TEXT = re.compile(r"[0-9eE+.\-:{}\[\], ]+")
_STRUCTURE = re.compile(r"[{}\[\],]")
"""What may be JSON's own punctuation; a colon of its own stands only behind a quote."""
_BEFORE_VALUE = re.compile(r"\A(?:[: ]*:(?=[-0-9tfn ]|\Z)| +)")
"""A colon that may be JSON's own: no quote follows it, so a number, a word of JSON or the end of what was cut does.
Before anything else (`:i-` of an instance's session) it can only be text."""
ESCAPES = (r"\u00", r"\/")
"""What a record has in it that does not write every sign of a literal as it is."""
Rate = Callable[[str], float]
"""The share of records that hold a literal, 0 to 1, as far as it is known."""


@dataclass(frozen=True, slots=True)
class Needed:
    """One of the literals must be there. `rate`: about how many records have one."""

    literals: frozenset[str]
    rate: float


def needed(expression: Expression, sources: tuple[Source, ...], rate: Rate) -> Needed | None:
    """The rarest necessary literals, over all sources that the expression is asked of; None where there are none."""
    if not sources:
        return _needed(expression, None, rate)
    return _union([_of_source(expression, source, rate) for source in sources])


def _of_source(expression: Expression, source: Source, rate: Rate) -> Needed | None:
    """What the expression needs, or what the source itself does, whichever is rarer."""
    own = _rarest(list(MARKS.get(source.name, ())), rate)
    asked = _needed(expression, source, rate)
    return min((one for one in (asked, own) if one is not None), key=_rank, default=None)


def every_literal(expression: Expression, sources: tuple[Source, ...]) -> Iterator[str]:
    """All literals that could be chosen, to learn how rare each is."""
    for source in sources or (None,):
        yield from _candidates(expression, source)
    for source in sources:
        for literals in MARKS.get(source.name, ()):
            yield from literals


def _candidates(expression: Expression, source: Source | None) -> Iterator[str]:
    match expression:
        case All() | Some():
            for part in expression.parts:
                yield from _candidates(part, source)
        case Leaf():
            for one in _of_leaf(expression, source):
                yield from one
        case Keyword():
            for one in _of_keyword(expression):
                yield from one


def _needed(expression: Expression, source: Source | None, rate: Rate) -> Needed | None:
    match expression:
        case All():
            found = [one for part in expression.parts if (one := _needed(part, source, rate)) is not None]
            return min(found, key=_rank, default=None)
        case Some():
            return _union([_needed(part, source, rate) for part in expression.parts])
        case Leaf():
            return _rarest(_of_leaf(expression, source), rate)
        case Keyword():
            return _rarest(_of_keyword(expression), rate)
        case _:
            return None


def _rank(one: Needed) -> tuple[float, int, list[str]]:
    return (one.rate, -min(map(len, one.literals), default=0), sorted(one.literals))


def _rarest(sets: list[frozenset[str]], rate: Rate) -> Needed | None:
    found = [Needed(one, min(1.0, sum(map(rate, one)))) for one in sets]
    return min(found, key=_rank, default=None)


def _union(found: list[Needed | None]) -> Needed | None:
    if not found:
        return Needed(frozenset(), 0.0)
    literals: set[str] = set()
    total = 0.0
    for one in found:
        if one is None:
            return None
        literals |= one.literals
        total += one.rate
    return Needed(frozenset(literals), min(1.0, total))


def _of_leaf(leaf: Leaf, source: Source | None) -> list[frozenset[str]]:
    """Sets of literals, each of which is necessary by itself (one of its members must be there)."""
    if leaf.operator == "missing":
        return []
    place = _place(leaf.field, source)
    if place is None:
        return []
    key, mode = place
    sets = [frozenset((key,))] if key else []
    if (
        leaf.operator in {"equals", "contains", "startswith", "endswith", "like", "regex"}
        and mode is not None
        and leaf.part is None
    ):
        texts = [_of_value(leaf, value, mode) for value in leaf.values]
        if leaf.every:
            sets += [frozenset((one,)) for one in texts if one]
        elif texts and all(texts):
            sets.append(frozenset(one for one in texts if one))
    return sets


def _place(field: Field, source: Source | None) -> tuple[str | None, str | None] | None:
    """The key that must be there, and how a value stands: whole, start, part, inside; None: nothing is known."""
    path: tuple[str, ...] | None = field.path
    mode: str | None = "whole"
    if field.canonical:
        if source is None:
            return None
        spelling = source.complete().get(field.path[0])
        if isinstance(spelling, tuple):
            path = spelling
        else:
            path, mode = None, source.verbatim.get(field.path[0])
            if mode is None:
                return None
    if field.inside is not None:
        mode = "inside"
    key = None
    if path is not None and _SAFE.fullmatch(path[-1]):
        key = f'{fold(path[-1])}"' if len(path) > 1 else f'"{fold(path[-1])}"'
    return key, mode


def _of_value(leaf: Leaf, value: str | float | bool, mode: str) -> str | None:  # noqa: FBT001 - a value, not a flag
    if not isinstance(value, str) or not value:
        return None
    text = fold(value)
    if leaf.operator == "equals" and not _is_text(text):
        return None
    if leaf.operator == "regex":
        return _longest(_literal_of_regex(value), mode)
    if leaf.operator == "like":
        pieces = "".join(part if isinstance(part, str) else "\n" for part in parse_like(text))
        return _longest(pieces, mode)
    quoted = _SAFE.fullmatch(text) is not None and _is_text(text) and _STRUCTURE.search(text) is None
    if mode in {"whole", "start"} and leaf.operator in {"equals", "startswith"} and quoted:
        return f'"{text}"' if mode == "whole" and leaf.operator == "equals" else f'"{text}'
    if mode == "whole" and leaf.operator == "endswith" and quoted:
        return f'{text}"'
    return _longest(text, mode)


def _longest(text: str, mode: str) -> str | None:
    runs = (_SAFE_INSIDE if mode == "inside" else _SAFE).findall(text)
    # A mapping counts as its compact JSON, and a record may be written with blanks where that has none.
    found = [_BEFORE_VALUE.sub("", piece) for run in runs for piece in _STRUCTURE.split(run)]
    best = max((one for one in found if _is_text(one)), key=len, default="")
    return best if len(best) >= 3 else None


def _is_text(piece: str) -> bool:
    """Whether it can only be (part of) a JSON string, not of a number, a word of JSON or its punctuation."""
    return not _NOT_TEXT.fullmatch(piece) and not any(piece in word for word in ("true", "false", "null"))


def _literal_of_regex(pattern: str) -> str:
    """Runs of characters that every match has, parted by line ends; empty where that cannot be told."""
    from re import _constants, _parser

    try:
        parsed = _parser.parse(pattern)
    except (re.error, RecursionError, OverflowError):
        return ""
    runs: list[str] = []
    for operation, argument in parsed:
        if operation is _constants.LITERAL and 32 <= argument < 127:
            runs.append(fold(chr(argument)))
        else:
            runs.append("\n")
    return "".join(runs)


def _of_keyword(keyword: Keyword) -> list[frozenset[str]]:
    if keyword.regex:
        return []
    texts = [
        _longest("".join(part if isinstance(part, str) else "\n" for part in parse_like(fold(value))), "part")
        for value in keyword.values
    ]
    if keyword.every:
        return [frozenset((one,)) for one in texts if one]
    return [frozenset(one for one in texts if one)] if texts and all(texts) else []


def guess(literal: str) -> float:
    """How rare a literal is, before any record was seen: longer is rarer."""
    return 1.0 / (1 + len(literal))


def measured(rates: Mapping[str, float]) -> Rate:
    """Rates from a sample; a literal that it never showed is rare, the longer the rarer."""
    return lambda literal: rates.get(literal) or guess(literal) / 1e6


__all__ = ["ESCAPES", "Needed", "every_literal", "guess", "measured", "needed"]
