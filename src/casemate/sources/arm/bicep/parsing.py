"""Tokens -> declarations. A statement that is wrong is left out and told; reading goes on at the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.sources.arm.bicep.lexing import BadBicep, Lexer, Token
from casemate.sources.arm.bicep.tree import (
    Array,
    Call,
    Declaration,
    File,
    Index,
    Lambda,
    Loop,
    Member,
    Name,
    Node,
    Object,
    Operation,
    Plain,
    Property,
    Text,
)

if TYPE_CHECKING:
    from casemate.model.location import Span

MAX_DEPTH = 80
MAX_CHAIN = 200
"""Operators or attributes in a row; trees that are deeper are no configuration."""
_STATEMENTS = frozenset(
    {
        "param", "var", "resource", "module", "output", "targetScope", "metadata", "import", "provider", "extension",
        "type", "func", "assert", "using", "test",
    }
)  # fmt: skip
_PRECEDENCE = {
    "??": 1, "||": 2, "&&": 3, "==": 4, "!=": 4, "=~": 4, "!~": 4, "<": 5, "<=": 5, ">": 5, ">=": 5, "+": 6, "-": 6,
    "*": 7, "/": 7, "%": 7,
}  # fmt: skip
"""Operators, the loosest first."""
_LEADING = frozenset({"??", "||", "&&"})
"""Operators that may begin a line."""
_OPEN, _CLOSED = frozenset("([{"), frozenset(")]}")


def parse(text: str, path: str) -> File:
    """A whole file. Raises `BadBicep` where not even its tokens can be told apart."""
    return _Parser(Lexer(text, path).tokens()).file()


class _Parser:
    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = 0

    # -- tokens
    # ------------------------------------------------------------------------------------------------------------------
    @property
    def _next(self) -> Token:
        return self._tokens[min(self._position, len(self._tokens) - 1)]

    def _take(self) -> Token:
        token = self._next
        self._position += 1
        return token

    def _is(self, *texts: str) -> bool:
        return self._next.kind in {"mark", "name"} and self._next.text in texts

    def _accept(self, *texts: str) -> Token | None:
        return self._take() if self._is(*texts) else None

    def _expect(self, text: str) -> Token:
        if not self._is(text):
            raise BadBicep(f"expected {text!r}", self._next.at)
        return self._take()

    def _lines(self) -> None:
        while self._next.kind == "line":
            self._position += 1

    def _over_lines_to(self, *texts: str) -> bool:
        """Whether one of `texts` comes next, if need be on a later line."""
        position = self._position
        while position < len(self._tokens) and self._tokens[position].kind == "line":
            position += 1
        token = self._tokens[min(position, len(self._tokens) - 1)]
        if token.kind == "mark" and token.text in texts:
            self._position = position
            return True
        return False

    # -- statements
    # --------------------------------------------------------------------------------------------------------------
    def file(self) -> File:
        found = File()
        while True:
            self._lines()
            if self._next.kind == "end":
                return found
            start = self._position
            try:
                declaration = self._statement()
                if declaration is not None:
                    found.declarations.append(declaration)
                self._ended()
            except BadBicep as problem:
                found.problems.append((str(problem), problem.at))
                self._position = max(self._position, start + 1)
                self._recover()

    def _ended(self) -> None:
        if self._next.kind not in {"line", "end"}:
            raise BadBicep(f"unexpected {self._next.text!r}", self._next.at)

    def _recover(self) -> None:
        """To the next line that begins a statement at the left edge."""
        while self._next.kind != "end":
            token = self._take()
            following = self._next
            if (
                token.kind == "line"
                and following.at.start_column == 1
                and (following.text in _STATEMENTS or following.text == "@")
            ):
                return

    def _statement(self) -> Declaration | None:
        secure = self._decorators()
        word = self._take()
        if word.kind != "name":
            raise BadBicep(f"unexpected {word.text!r}", word.at)
        match word.text:
            case "param":
                return self._param(secure=secure)
            case "var":
                return self._var()
            case "resource" | "module":
                return self._resource(word.text)
            case "output":
                return self._output(secure=secure)
            case _ if word.text in _STATEMENTS:
                self._skip()
                return None
            case _:
                raise BadBicep(f"{word.text!r} begins no statement", word.at)

    def _decorators(self) -> bool:
        secure = False
        while self._accept("@"):
            node = self._postfix()
            secure = secure or (isinstance(node, Call) and node.name == "secure")
            self._lines()
        return secure

    def _skip(self) -> None:
        """The rest of a statement that says nothing of resources."""
        depth = 0
        text = ""
        while self._next.kind != "end" and not (
            self._next.kind == "line" and depth <= 0 and text not in {"=", "|", "=>"} and not self._over_lines_to("|")
        ):
            token = self._take()
            text = token.text if token.kind != "line" else text
            depth += (token.text in _OPEN) - (token.text in _CLOSED)

    def _named(self) -> Token:
        token = self._take()
        if token.kind != "name":
            raise BadBicep("expected a name", token.at)
        return token

    def _type(self) -> str:
        """A type expression up to `=` or the end of the line; only its first word matters."""
        first = self._next.text
        depth = 0
        if self._next.kind == "line":
            self._over_lines_to("|")
        while self._next.kind not in {"line", "end"} or depth:
            if self._next.kind == "end" or (not depth and self._is("=")):
                break
            text = self._take().text
            depth += (text in _OPEN) - (text in _CLOSED)
            if self._next.kind == "line" and not depth:
                self._over_lines_to("|")
        return first

    def _param(self, *, secure: bool) -> Declaration:
        name = self._named()
        type_ = self._type()
        value = None
        if self._accept("="):
            self._lines()
            value = self._expression()
        return Declaration("param", name.text, name.at, type_, value, secure=secure)

    def _var(self) -> Declaration:
        name = self._named()
        type_ = self._type()
        self._expect("=")
        self._lines()
        return Declaration("var", name.text, name.at, type_, self._expression())

    def _output(self, *, secure: bool) -> Declaration:
        name = self._named()
        type_ = self._type()
        self._expect("=")
        self._lines()
        return Declaration("output", name.text, name.at, type_, self._expression(), secure=secure)

    def _resource(self, kind: str) -> Declaration:
        name = self._named()
        type_ = self._take()
        if type_.kind != "string" or len(type_.parts) != 1:
            raise BadBicep("expected a type in quotes", type_.at)
        existing = self._accept("existing") is not None
        self._expect("=")
        self._lines()
        condition: Node | None = None
        if self._accept("if"):
            condition = self._parenthesised()
        value = self._expression()
        return Declaration(
            "module" if kind == "module" else "resource",
            name.text,
            name.at,
            str(type_.parts[0]),
            value,
            condition,
            existing,
        )

    def _parenthesised(self) -> Node:
        self._expect("(")
        self._lines()
        found = self._expression()
        self._lines()
        self._expect(")")
        return found

    # -- expressions
    # -------------------------------------------------------------------------------------------------------------
    def _expression(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise BadBicep("nested too deeply", self._next.at)
        try:
            condition = self._binary(1)
            if not self._over_lines_to("?"):
                return condition
            self._take()
            self._lines()
            yes = self._expression()
            self._over_lines_to(":")
            self._expect(":")
            self._lines()
            no = self._expression()
            return Operation("?:", (condition, yes, no), condition.at.to(no.at))
        finally:
            self._depth -= 1

    def _binary(self, least: int) -> Node:
        """Operators that bind at least as tight as `least`."""
        left = self._unary()
        for _ in range(MAX_CHAIN):
            sign = self._next.text if self._next.kind == "mark" else ""
            if self._next.kind == "line" and self._over_lines_to(*_LEADING):
                sign = self._next.text
            binding = _PRECEDENCE.get(sign, 0)
            if not binding or binding < least:
                return left
            self._take()
            self._lines()
            right = self._binary(binding + 1)
            left = Operation(sign, (left, right), left.at.to(right.at))
        raise BadBicep("too many operators in a row", left.at)

    def _unary(self) -> Node:
        sign = self._accept("!", "-")
        if sign is None:
            return self._postfix()
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise BadBicep("nested too deeply", sign.at)
        operand = self._unary()
        self._depth -= 1
        if sign.text == "-" and isinstance(operand, Plain) and isinstance(operand.value, int):
            return Plain(-operand.value, sign.at.to(operand.at))
        return Operation(sign.text, (operand,), sign.at.to(operand.at))

    def _postfix(self) -> Node:
        found = self._primary()
        for _ in range(MAX_CHAIN):
            if self._accept(".", "?."):
                if self._is("?"):
                    self._take()
                name = self._named()
                if self._is("("):
                    arguments, end = self._arguments()
                    found = Call(name.text, arguments, found.at.to(end), found)
                else:
                    found = Member(found, name.text, found.at.to(name.at))
            elif self._accept("::"):
                name = self._named()
                found = Member(found, name.text, found.at.to(name.at), nested=True)
            elif self._accept("[", "[?"):
                self._accept("?")
                index = self._expression()
                end = self._expect("]").at
                found = Index(found, index, found.at.to(end))
            elif self._is("!") and self._tokens[self._position + 1].text in {".", "[", "::"}:
                self._take()  # "this is not null": says nothing about the value
            else:
                return found
        raise BadBicep("too many parts in a row", found.at)

    def _arguments(self) -> tuple[tuple[Node, ...], Span]:
        self._expect("(")
        found: list[Node] = []
        self._lines()
        while not self._is(")"):
            found.append(self._argument())
            self._lines()
            self._accept(",")
            self._lines()
        return tuple(found), self._take().at

    def _argument(self) -> Node:
        """An argument; a lambda is passed over."""
        start = self._position
        if self._next.kind == "name" and self._tokens[self._position + 1].text == "=>":
            at = self._take().at
            self._take()
            self._lines()
            self._expression()
            return Lambda(at)
        if self._is("("):
            depth = 0
            while self._next.kind != "end":
                text = self._take().text
                depth += (text == "(") - (text == ")")
                if not depth:
                    break
            if self._is("=>"):
                at = self._take().at
                self._lines()
                self._expression()
                return Lambda(at)
            self._position = start
        return self._expression()

    def _primary(self) -> Node:
        token = self._take()
        match token.kind, token.text:
            case "string", _:
                return self._text(token)
            case "number", text:
                return Plain(int(text[:18]), token.at)
            case "name", "true" | "false":
                return Plain(token.text == "true", token.at)
            case "name", "null":
                return Plain(None, token.at)
            case "name", _:
                if self._is("("):
                    arguments, end = self._arguments()
                    return Call(token.text, arguments, token.at.to(end))
                return Name(token.text, token.at)
            case "mark", "(":
                self._lines()
                found = self._expression()
                self._lines()
                self._expect(")")
                return found
            case "mark", "{":
                return self._object(token.at)
            case "mark", "[":
                return self._array(token.at)
            case _:
                raise BadBicep(f"unexpected {token.text!r}", token.at)

    def _text(self, token: Token) -> Text:
        parts: list[str | Node] = []
        for part in token.parts:
            if isinstance(part, str):
                parts.append(part)
            else:
                inside = _Parser(part)
                inside._depth = self._depth + 1
                inside._lines()
                parts.append(inside._expression())
        return Text(tuple(parts), token.at)

    def _object(self, start: Span) -> Object:
        properties: list[Property] = []
        nested: list[Declaration] = []
        while True:
            self._lines()
            while self._accept(","):
                self._lines()
            if self._is("}"):
                return Object(tuple(properties), tuple(nested), start.to(self._take().at))
            if self._accept("..."):
                self._expression()  # what it spreads is not followed
                continue
            secure = self._decorators()
            if self._is("resource") and self._tokens[self._position + 1].kind == "name":
                self._take()
                nested.append(self._resource("resource"))
                continue
            key = self._take()
            if key.kind not in {"name", "string"}:
                raise BadBicep("expected a property", key.at)
            text = self._text(key) if key.kind == "string" else Text((key.text,), key.at)
            self._expect(":")
            self._lines()
            properties.append(Property(text, self._expression()))
            del secure

    def _array(self, start: Span) -> Node:
        self._lines()
        if self._is("for"):
            return self._loop(start)
        items: list[Node] = []
        while True:
            self._lines()
            while self._accept(","):
                self._lines()
            if self._is("]"):
                return Array(tuple(items), start.to(self._take().at))
            self._accept("...")
            items.append(self._expression())

    def _loop(self, start: Span) -> Loop:
        self._take()
        index: str | None = None
        if self._accept("("):
            item = self._named().text
            self._expect(",")
            index = self._named().text
            self._expect(")")
        else:
            item = self._named().text
        self._expect("in")
        source = self._expression()
        self._expect(":")
        self._lines()
        condition = self._parenthesised() if self._accept("if") else None
        self._lines()
        body = self._expression()
        self._lines()
        return Loop(item, index, source, body, condition, start.to(self._expect("]").at))
