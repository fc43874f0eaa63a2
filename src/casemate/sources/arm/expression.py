"""The expression language of ARM templates: `[concat(parameters('a'), variables('b').c[0])]` as a tree.

Source: Azure documentation, "Syntax and expressions in ARM templates".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_LENGTH = 24_576
"""The longest expression that Azure accepts ("Template limits")."""
MAX_DEPTH = 60

_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][\w.]*)|(?P<punct>\?\.|\[\?|[()\[\],.]))"
)


class BadExpression(Exception):  # noqa: N818 - a signal between this module and the evaluator
    """The text is no expression; `str(self)` says why."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A string or number."""

    value: str | float


@dataclass(frozen=True, slots=True)
class Call:
    """`name(arguments)`; the name in lower case, since Azure ignores case.

    A user's function has its namespace before a dot.
    """

    name: str
    arguments: tuple[Expression, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Access:
    """`target.name` or `target[index]`."""

    target: Expression
    index: Expression
    text: str


Expression = Constant | Call | Access


def inner(text: str) -> str | None:
    """What stands between the brackets of an expression, or None when `text` is plain (`[[` begins a plain `[`)."""
    if len(text) > 2 and text[0] == "[" and text[-1] == "]" and text[1] != "[":
        return text[1:-1]
    return None


def parse(text: str) -> Expression:
    """The tree of an expression without its outer brackets. Raises `BadExpression`."""
    if len(text) > MAX_LENGTH:
        raise BadExpression("an expression longer than Azure accepts")
    parser = _Parser(text)
    found = parser.expression(0)
    if parser.kind:
        raise BadExpression(f"unexpected {parser.lexeme[:20]!r} in an expression")
    return found


class _Parser:
    """Recursive descent with one lexeme of look-ahead."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._start = 0
        self._end = 0
        self.kind = ""
        self.lexeme = ""
        self._advance()

    def _advance(self) -> None:
        self._end = self._position
        if not self._text[self._position :].strip():
            self.kind = self.lexeme = ""
            return
        match = _TOKEN.match(self._text, self._position)
        if match is None or match.lastgroup is None:
            raise BadExpression(
                f"unexpected {self._text[self._position : self._position + 20].strip()!r} in an expression"
            )
        self.kind, self.lexeme = match.lastgroup, match[match.lastgroup]
        self._start = match.start(match.lastgroup)
        self._position = match.end()

    def _expect(self, lexeme: str) -> None:
        if self.kind != "punct" or self.lexeme != lexeme:
            raise BadExpression(f"expected {lexeme!r} in an expression")
        self._advance()

    def expression(self, depth: int) -> Expression:
        if depth > MAX_DEPTH:
            raise BadExpression("an expression nested too deep")
        start = self._start
        found = self._primary(depth)
        while self.kind == "punct" and self.lexeme in {".", "?.", "[", "[?"}:
            if self.lexeme in {".", "?."}:
                self._advance()
                if self.kind != "name":
                    raise BadExpression("expected a property name in an expression")
                names = self.lexeme.split(".")
                self._advance()
                for name in names:
                    found = Access(found, Constant(name), self._text[start : self._end].strip())
            else:
                self._advance()
                index = self.expression(depth + 1)
                self._expect("]")
                found = Access(found, index, self._text[start : self._end].strip())
        return found

    def _primary(self, depth: int) -> Expression:
        kind, lexeme, start = self.kind, self.lexeme, self._start
        self._advance()
        if kind == "string":
            return Constant(lexeme[1:-1].replace("''", "'"))
        if kind == "number":
            return Constant(float(lexeme) if "." in lexeme else int(lexeme))
        if kind != "name":
            raise BadExpression("an incomplete expression")
        if lexeme.lower() in {"true", "false", "null"} and self.lexeme != "(":
            return Call(lexeme.lower(), (), lexeme)
        self._expect("(")
        arguments: list[Expression] = []
        while self.lexeme != ")" or self.kind != "punct":
            arguments.append(self.expression(depth + 1))
            if self.kind == "punct" and self.lexeme == ",":
                self._advance()
            elif self.lexeme != ")":
                raise BadExpression("expected ',' or ')' in an expression")
        self._advance()
        return Call(lexeme.lower(), tuple(arguments), self._text[start : self._end].strip())
