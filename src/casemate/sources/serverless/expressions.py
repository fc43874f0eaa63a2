"""`${…}` in texts: where they stand, and what is tried in turn inside of them. Syntax only.

Source: Serverless Framework documentation, "Variables" (sources, fallbacks, escaping) and, for versions 1 and 2,
"variableSyntax".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_EXPRESSION = 4096
"""Longest text between the delimiters that is taken for an expression."""
MAX_NESTING = 30
"""Deepest that an expression may lie in others."""
_CALL = re.compile(r"([A-Za-z][\w.-]*)(?:\(([^()]*)\))?(?::(?!:)(.*))?", re.DOTALL)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Syntax:
    """The delimiters of an expression. The framework's own are `${` and `}`."""

    opening: str = "${"
    closing: str = "}"


@dataclass(frozen=True, slots=True)
class Constant:
    """A fallback that is written out."""

    value: str | float | bool | None


@dataclass(frozen=True, slots=True)
class Lookup:
    """`kind(argument):address`; `argument` and `address` None where they are not written."""

    kind: str
    argument: str | None
    address: str | None
    source: str


Attempt = Constant | Lookup


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text: plain, or (`expression` not None) the inside of a pair of delimiters."""

    text: str
    expression: str | None = None


def syntax_of(pattern: str) -> Syntax:
    r"""The delimiters of a custom `variableSyntax`. The user's regular expression is never compiled.

    What stands around its group are the delimiters.

    >>> syntax_of(r"\${{([ ~:a-z0-9]+?)}}")
    Syntax(opening='${{', closing='}}')
    """
    group = pattern.find("(")
    end = pattern.rfind(")")
    opening = pattern[:group].replace("\\", "") if group >= 0 else ""
    closing = pattern[end + 1 :].replace("\\", "") if end >= 0 else ""
    return Syntax(opening, closing) if opening and closing else Syntax()


def pieces(text: str, syntax: Syntax) -> Iterator[Piece]:
    r"""The text cut at its outermost expressions; `\${` is an escaped opening.

    An opening without its closing is plain text.
    """
    last = 0
    for start, end in _outermost(text, syntax):
        if start > 0 and text[start - 1] == "\\":
            yield Piece(text[last : start - 1] + text[start:end])
        else:
            if start > last:
                yield Piece(text[last:start])
            yield Piece(text[start:end], text[start + len(syntax.opening) : end - len(syntax.closing)])
        last = end
    if last < len(text):
        yield Piece(text[last:])


def _outermost(text: str, syntax: Syntax) -> list[tuple[int, int]]:
    """(start, end) of each expression that lies in no other one; in one pass, however the delimiters stand."""
    found: list[tuple[int, int]] = []
    opened: list[tuple[int, int]] = []  # (start, depth of what lies inside)
    for match in _delimiters(syntax).finditer(text):
        if match[0] == syntax.opening:
            opened.append((match.start(), 0))
        elif opened:
            start, inside = opened.pop()
            if opened:
                opened[-1] = (opened[-1][0], max(opened[-1][1], inside + 1))
            if inside < MAX_NESTING and match.end() - start <= MAX_EXPRESSION:
                while found and found[-1][0] > start:
                    found.pop()
                found.append((start, match.end()))
    return found


@lru_cache(maxsize=8)
def _delimiters(syntax: Syntax) -> re.Pattern[str]:
    return re.compile(f"{re.escape(syntax.opening)}|{re.escape(syntax.closing)}")


def alternatives(expression: str, syntax: Syntax) -> Iterator[str]:
    """The parts of an expression that are tried in turn.

    Between commas outside of quotes, parentheses and nested expressions.
    """
    nested = dict(_outermost(expression, syntax))
    quote, depth, start, position = "", 0, 0, 0
    while position < len(expression):
        char = expression[position]
        if position in nested:
            position = nested[position]
            continue
        if quote:
            quote = "" if char == quote else quote
        elif char in {'"', "'"}:
            quote = char
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
        elif char == "," and depth <= 0:
            yield expression[start:position].strip()
            start = position + 1
        position += 1
    yield expression[start:].strip()


def attempt(text: str, *, first: bool) -> Attempt | None:
    """One alternative, nested expressions already replaced. None when it is nothing of the framework's.

    The first of `${AWS::Region}` or `${Bucket.Arn}`.
    """
    constant = _constant(text) if not first or text[:1] in {'"', "'"} else None
    found = constant or _lookup(text)
    return Constant(text) if found is None and not first else found


def _constant(text: str) -> Constant | None:
    if len(text) > 1 and text[0] == text[-1] and text[0] in {'"', "'"}:
        return Constant(text[1:-1])
    if text in _WORDS:
        return Constant(_WORDS[text])
    if _NUMBER.fullmatch(text) and len(text) < 18:
        return Constant(float(text) if "." in text else int(text))
    return None


def _lookup(text: str) -> Lookup | None:
    match = _CALL.fullmatch(text)
    if match is None or (match[2] is None and match[3] is None):
        return None
    return Lookup(match[1].partition(".")[0], match[2], match[3], text.replace("\0", "?"))
