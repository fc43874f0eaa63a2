"""Maven's order of versions (Maven documentation, POM reference, "Version Order Specification").

Tokens are split at dots, hyphens, underscores and where digits meet letters (which counts as a hyphen); trailing null
tokens are dropped at each hyphen; the shorter version is filled with null tokens of the other's kind.
"""

from __future__ import annotations

import re
from functools import cmp_to_key
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from casemate.analysis.supply.ordering import Key

_TOKEN = re.compile(r"([-._])|(\d+)|([^-._\d]+)", re.ASCII)
_QUALIFIERS = ("alpha", "beta", "milestone", "rc", "snapshot", "", "sp")
_SAME = {"ga": "", "final": "", "release": "", "cr": "rc"}
_SHORT = {"a": "alpha", "b": "beta", "m": "milestone"}


class Token(NamedTuple):
    """One token with the separator before it."""

    separator: str
    number: int | None
    word: str

    @property
    def is_null(self) -> bool:
        return self.number == 0 or (self.number is None and not self.word)


def parse(text: str) -> Key | None:
    """The key of a version; every text is a version to Maven."""
    return _key(_trimmed(_tokens(text.lower())))


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    separator, pending = ".", True  # the text before is a separator: a token is awaited
    matches = list(_TOKEN.finditer(text))
    for number, match in enumerate(matches):
        if match[1]:
            if pending:
                found.append(Token(separator, 0, ""))
            separator, pending = ("." if match[1] == "." else "-"), True
            continue
        if not pending:
            separator = "-"
        if match[2]:
            found.append(Token(separator, int(match[2]), ""))
        else:
            word = match[3]
            follows = matches[number + 1] if number + 1 < len(matches) else None
            if follows is not None and follows[2]:
                word = _SHORT.get(word, word)
            found.append(Token(separator, None, _SAME.get(word, word)))
        pending = False
    if pending:
        found.append(Token(separator, 0, ""))
    return found


def _trimmed(tokens: list[Token]) -> tuple[Token, ...]:
    """Without null tokens at the end and before each hyphen, from the end to the start."""
    kept = list(tokens)
    position = len(kept)
    while position > 0:
        end = position
        while end > 0 and kept[end - 1].is_null and (end > 1 or kept[end - 1].separator == "-"):
            end -= 1
        del kept[end:position]
        position = end
        while position > 0 and kept[position - 1].separator != "-":
            position -= 1
        position -= 1
    return tuple(kept)


def _compare(one: tuple[Token, ...], other: tuple[Token, ...]) -> int:
    for index in range(max(len(one), len(other))):
        left = one[index] if index < len(one) else _null(other[index])
        right = other[index] if index < len(other) else _null(one[index])
        a, b = _rank(left), _rank(right)
        if a != b:
            return -1 if a < b else 1
    return 0


_key = cmp_to_key(_compare)


def _null(other: Token) -> Token:
    """What fills the shorter version, behind the same separator: 0 beside `.number`, else the empty qualifier."""
    if other.separator == "." and other.number is not None:
        return Token(".", 0, "")
    return Token(other.separator, None, "")


def _rank(token: Token) -> tuple[int, int, str]:
    """`.qualifier` before `-qualifier` before `-number` before `.number`; by their list, then the alphabet."""
    if token.number is not None:
        return (3 if token.separator == "." else 2, token.number, "")
    known = _QUALIFIERS.index(token.word) if token.word in _QUALIFIERS else len(_QUALIFIERS)
    return (0 if token.separator == "." else 1, known, token.word)
