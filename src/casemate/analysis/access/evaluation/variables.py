"""Policy variables: `${aws:username}`, defaults `${aws:username, 'nobody'}`, the characters `${*}`, `${?}`, `${$}`.

IAM User Guide, "IAM policy elements: Variables and tags": only in policies of version 2012-10-17, in Resource and
NotResource and in the values of string, ARN and Bool conditions. Key names have no case. A multivalued key is no
variable. What cannot be resolved cannot match: "any attempt to match it fails and causes the statement to be invalid".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from casemate.analysis.access.evaluation.patterns import Token, from_tokens, matches, tokens

_VARIABLE = re.compile(
    r"\$\{(?:(?P<char>[*?$])|(?P<key>[^{}'*?$,]+?)\s*(?:,\s*'(?P<default>[^'{}]*)')?\s*)\}",
)
_KEY = re.compile(r"\s*[^\s:]+:[^:].*", re.DOTALL)
"""Every condition key has a prefix and a colon. `${Name.Arn}` and `${AWS::Region}`, which are template syntax, have
not."""


class Template:
    """A string with variables: literal pieces (with wildcards), fixed characters, and keys with their defaults."""

    __slots__ = ("pieces",)

    def __init__(self, pieces: tuple[str | Literal | Key, ...]) -> None:
        self.pieces = pieces

    def resolve(self, context: Mapping[str, tuple[str, ...]], *, wildcards: bool) -> tuple[Token, ...] | None:
        """The tokens for this request, None when a key is missing or has several values.

        With `wildcards`, `*` and `?` as written are wildcards; what variables stand for is always plain text.
        """
        found: list[Token] = []
        for piece in self.pieces:
            if isinstance(piece, str):
                found.extend(tokens(piece) if wildcards else (piece,))
            elif isinstance(piece, Literal):
                found.append(piece.text)
            else:
                values = context.get(piece.name)
                if not values:
                    if piece.default is None:
                        return None
                    found.append(piece.default)
                elif len(values) == 1:
                    found.append(values[0])
                else:
                    return None
        return tuple(found)

    def matches(self, text: str, context: Mapping[str, tuple[str, ...]]) -> bool | None:
        """Whether a text matches it for this request, None as in `resolve`; without keeping anything."""
        found = self.resolve(context, wildcards=False)
        if found is None:
            return None
        fixed = "".join([piece for piece in found if isinstance(piece, str)])
        wild = sum([piece.count("*") + piece.count("?") for piece in self.pieces if isinstance(piece, str)])
        if fixed.count("*") + fixed.count("?") == wild:  # what was put in has none of its own
            return matches(fixed, text)
        return from_tokens(self.resolve(context, wildcards=True) or ())(text)

    def text(self, context: Mapping[str, tuple[str, ...]]) -> str | None:
        """The string for this request, without any wildcard; None as in `resolve`."""
        found = self.resolve(context, wildcards=False)
        return None if found is None else "".join(token for token in found if isinstance(token, str))


class Literal:
    """A character that would otherwise be syntax."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class Key:
    """A condition key whose value is put in; `name` in lower case."""

    __slots__ = ("default", "name")

    def __init__(self, name: str, default: str | None) -> None:
        self.name = name
        self.default = default


@lru_cache(maxsize=16_384)
def template(text: str) -> Template | None:
    """The template that `text` is, None when it holds no variable."""
    if "${" not in text:
        return None
    pieces: list[str | Literal | Key] = []
    position = 0
    for match in _VARIABLE.finditer(text):
        key = match["key"]
        if key is not None and _KEY.fullmatch(key) is None:
            continue
        if match.start() > position:
            pieces.append(text[position : match.start()])
        pieces.append(Literal(match["char"]) if key is None else Key(key.strip().lower(), match["default"]))
        position = match.end()
    if position == 0:
        return None
    if position < len(text):
        pieces.append(text[position:])
    return Template(tuple(pieces))
