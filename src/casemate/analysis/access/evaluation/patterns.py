"""Wildcards as IAM has them: `*` for any run of characters, `?` for one; and the six parts of an ARN.

A pattern becomes a function once. Matching is greedy from left to right over the pieces between stars, so its cost is
at most length times length: no pattern, however hostile, makes it explode.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

Matcher: TypeAlias = Callable[[str], bool]


class _Wild:
    """A wildcard among the tokens of a pattern."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


STAR: Final = _Wild("*")
ANY: Final = _Wild("?")

Token: TypeAlias = "str | _Wild"  # noqa: S105 - of a pattern
"""Literal text, or a wildcard. Literal text may hold `*` and `?` (from `${*}`, or from the value of a variable)."""

_SPLIT = re.compile(r"([*?])")
_ARN_PARTS = 6


def tokens(pattern: str) -> tuple[Token, ...]:
    """A pattern as written, cut at its wildcards."""
    if "*" not in pattern and "?" not in pattern:
        return (pattern,)
    wild = {"*": STAR, "?": ANY}
    return tuple(wild.get(piece, piece) for piece in _SPLIT.split(pattern) if piece)


@lru_cache(maxsize=16_384)
def wildcard(pattern: str) -> Matcher:
    """The function that says whether a whole string matches `pattern`."""
    if "?" in pattern:
        return _build(tokens(pattern))
    head, *rest = pattern.split("*")
    return _plain(head, [piece for piece in rest[:-1] if piece], rest[-1]) if rest else pattern.__eq__


def matches(pattern: str, text: str) -> bool:
    """As `wildcard(pattern)(text)`, without keeping anything: for a pattern that is seldom met again."""
    if "?" in pattern:
        return wildcard(pattern)(text)
    head, star, rest = pattern.partition("*")
    if not star:
        return pattern == text
    if not text.startswith(head):
        return False
    if not rest:
        return True
    *middle, tail = rest.split("*")
    position, end = len(head), len(text) - len(tail)
    if position > end or not text.endswith(tail):
        return False
    for piece in middle:
        position = text.find(piece, position, end)
        if position < 0:
            return False
        position += len(piece)
    return True


@lru_cache(maxsize=16_384)
def from_tokens(pattern: tuple[Token, ...]) -> Matcher:
    """As `wildcard`, of tokens."""
    return _build(pattern)


def _build(pattern: tuple[Token, ...]) -> Matcher:
    runs: list[list[Token]] = [[]]
    for token in pattern:
        if token is STAR:
            if runs[-1] or len(runs) == 1:
                runs.append([])
        else:
            runs[-1].append(token)
    if len(runs) == 1:
        return _exact(runs[0])
    first, *middle, last = runs
    if all(isinstance(token, str) for run in runs for token in run):
        texts = ["".join(token for token in run if isinstance(token, str)) for run in runs]
        return _plain(texts[0], texts[1:-1], texts[-1])
    return _general(first, middle, last)


def _exact(run: Sequence[Token]) -> Matcher:
    if all(isinstance(token, str) for token in run):
        return "".join(token for token in run if isinstance(token, str)).__eq__
    whole = re.compile(_expression(run), re.DOTALL).fullmatch
    return lambda text: whole(text) is not None


def _plain(head: str, middle: list[str], tail: str) -> Matcher:
    """Head, pieces in any distance, tail: no `?` anywhere."""
    if not middle:
        if not tail:
            return (lambda text: text.startswith(head)) if head else (lambda _: True)
        if not head:
            return lambda text: text.endswith(tail)
        least = len(head) + len(tail)
        return lambda text: len(text) >= least and text.startswith(head) and text.endswith(tail)

    def match(text: str) -> bool:
        position, end = len(head), len(text) - len(tail)
        if position > end or not text.startswith(head) or not text.endswith(tail):
            return False
        for piece in middle:
            position = text.find(piece, position, end)
            if position < 0:
                return False
            position += len(piece)
        return True

    return match


def _general(head: Sequence[Token], middle: Sequence[Sequence[Token]], tail: Sequence[Token]) -> Matcher:
    first = re.compile(_expression(head), re.DOTALL).match
    pieces = [re.compile(_expression(run), re.DOTALL).search for run in middle]
    last, length = re.compile(_expression(tail), re.DOTALL).fullmatch, _length(tail)

    def match(text: str) -> bool:
        start = first(text)
        end = len(text) - length
        if start is None or start.end() > end or last(text, end) is None:
            return False
        position = start.end()
        for search in pieces:
            found = search(text, position, end)
            if found is None:
                return False
            position = found.end()
        return True

    return match


def _expression(run: Iterable[Token]) -> str:
    """A regular expression without repetition, so that it cannot backtrack."""
    return "".join(re.escape(token) if isinstance(token, str) else "." for token in run)


def _length(run: Iterable[Token]) -> int:
    return sum(len(token) if isinstance(token, str) else 1 for token in run)


@lru_cache(maxsize=16_384)
def arn_pattern(pattern: tuple[Token, ...]) -> Matcher:
    """Whether an ARN matches part by part: five colons divide pattern and value, the sixth part keeps its own colons.

    IAM User Guide, "Condition operators", ArnLike: each of the six parts is checked separately. A lone `*` stands for
    all. A value or pattern with fewer parts does not match.
    """
    if pattern == (STAR,):
        return lambda _: True
    parts = _split_parts(pattern)
    if len(parts) != _ARN_PARTS:
        return lambda _: False
    checks = [(index, from_tokens(part)) for index, part in enumerate(parts) if part != (STAR,)]

    def match(text: str) -> bool:
        given = text.split(":", _ARN_PARTS - 1)
        return len(given) == _ARN_PARTS and all(check(given[index]) for index, check in checks)

    return match


def _split_parts(pattern: Iterable[Token]) -> list[tuple[Token, ...]]:
    parts: list[list[Token]] = [[]]
    for token in pattern:
        if not isinstance(token, str):
            parts[-1].append(token)
            continue
        pieces = token.split(":", _ARN_PARTS - len(parts))
        for number, piece in enumerate(pieces):
            if number:
                parts.append([])
            if piece:
                parts[-1].append(piece)
    return [tuple(part) for part in parts]


def completed(resource: str) -> str:
    """An ARN of fewer than six parts with `*` for those that are missing, as IAM completes it in identity policies."""
    if not resource.startswith("arn:"):
        return resource
    missing = _ARN_PARTS - 1 - resource.count(":")
    return resource + ":*" * missing if missing > 0 else resource
