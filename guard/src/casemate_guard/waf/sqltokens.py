"""Reads a value as the text of an SQL statement, beginning outside or inside of a string.

The token classes are few, since the question is only what shape a text has. They cover MySQL, PostgreSQL, SQL Server,
Oracle and SQLite together: what any of them reads as a comment or an operator is one.

One expression finds all tokens at once, since most of the time of hostile values is spent here; what a token is, its
text says.
"""

import re

MAX_TOKENS = 4000
"""Tokens read of one value; a longer one is judged by these."""

_STRINGS = "|".join(
    rf"{quote}(?:(?:[^{quote}\\]|\\(?:.|\Z))(?:[^{quote}\\]++|\\(?:.|\Z)|{quote}{quote})*+)?+{quote}?+"
    for quote in ("'", '"')
)
_COMMENT = r"/\*(?!!)(?:[^*]++|\*(?!/))*+"
_TOKEN = re.compile(
    rf"""
    (?: [\s\xa0\0\\?\]\x01-\x08\x0e-\x1f\x7f]++ | /\*!\d*+ | \*/ | {_COMMENT}\*/(?!\Z) | :(?![:=])
      | \[(?![a-z0-9_ .]+\]) )*+
    ( (?:[a-z_\x80-\xff$][a-z0-9_\x80-\xff$]*+) (?:[ \t\n\r\x0b\x0c]{{0,3}}+\()?+
    | {_STRINGS}
    | (?:--|\#)[^\n]*+
    | 0x[0-9a-f]+ | (?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?(?![a-z_])
    | \d+[a-z_][a-z0-9_]*+ (?:[ \t\n\r\x0b\x0c]{{0,3}}+\()?+
    | {_COMMENT}(?:\*/)?
    | @@?(?:[a-z_$][a-z0-9_$.]*|`[^`]*`?)?
    | `[^`]*`? | \[[a-z0-9_ .]+\]
    | \|\||&&
    | <=>|<>|!=|<=|>=|:=|<<|>>|==|!<|!>|::|[=<>!+\-*/%^|&~]
    | [(),;.{{}}] | \Z )
    """.encode("latin-1"),
    re.VERBOSE | re.DOTALL,
)
_CLOSING = {
    quote.encode(): re.compile(
        rf"(?:{quote}|(?:[^{quote}\\]|\\.)(?:[^{quote}\\]++|\\.|{quote}{quote})*+{quote})".encode(), re.DOTALL
    ).match
    for quote in ("'", '"')
}
_KEYWORDS = (
    b"all alter analyse as asc begin by call case cast commit convert create database declare delay delete desc "
    b"describe distinct drop dumpfile else end exec execute exists explain from function goto grant group if index "
    b"insert into join kill limit load lock merge null offset on open order outfile print procedure rename replace "
    b"returning revoke rollback schema select set show shutdown table then time top trigger truncate union unlock "
    b"update use user using values view waitfor when where while with"
)
_KINDS = {
    **dict.fromkeys(_KEYWORDS.split(), "k"),
    **dict.fromkeys(b"and or xor rlike not having div mod || &&".split(), "&"),
    **dict.fromkeys(b"like is in between regexp similar sounds glob ilike".split(), "o"),
    **dict.fromkeys(b"<=> <> != <= >= := << >> == !< !> :: = < > ! + - * / % ^ | & ~".split(), "o"),
    **{bytes((mark,)): chr(mark) for mark in b"(),;.{}"},
    **{b"%d" % digit: "1" for digit in range(10)},
}
_BY_FIRST = {
    **dict.fromkeys(b"'\"", "s"),
    **dict.fromkeys(b"0123456789.", "1"),
    **dict.fromkeys(b"`[", "n"),
    **dict.fromkeys(b"-#/", "c"),
    0x40: "v",
}
_NUMBER = re.compile(rb"0x[0-9a-f]+|[0-9.]+(?:e[+-]?\d+)?").fullmatch


_SHORT, _MANY = 4, 1 << 14
"""Bytes of a token whose kind is remembered (too few to be anybody's secret), and how many of these."""


class _Kinds(dict[bytes, str]):
    """The kind of each token that was met; two letters for a word and the bracket of its call."""

    def __missing__(self, text: bytes) -> str:
        kind = _kind(text)
        if len(text) <= _SHORT and len(self) < _MANY:
            self[text] = kind
        return kind


def _kind(text: bytes) -> str:
    known = _KINDS.get(text)
    if known is not None:
        return known
    kind = _BY_FIRST.get(text[0])
    if kind is None or (kind == "1" and not _NUMBER(text)):
        return _KINDS.get(text[:-1].rstrip(), "f") + "(" if text[-1] == 0x28 else "n"
    return kind


_MET = _Kinds(_KINDS)


class Tokens:
    """The tokens of a value: `texts` in lower case, a string with its quotes, and `kinds` with one letter for each.

    A kind is one of: 1 number, s string, n name, v variable, k keyword, f function name, & logical operator,
    o other operator, c comment, and ( ) , ; . { } for themselves.
    """

    __slots__ = ("kinds", "texts")

    def __init__(self, kinds: str, texts: list[bytes]) -> None:
        self.kinds = kinds
        self.texts = texts

    def kind(self, at: int) -> str:
        """The kind of a token, or "" where there is none."""
        return self.kinds[at] if 0 <= at < len(self.kinds) else ""

    def text(self, at: int) -> bytes:
        """The text of a token, or nothing; that of a string without its quotes."""
        if not 0 <= at < len(self.kinds):
            return b""
        text = self.texts[at]
        return _inner(text) if self.kinds[at] == "s" else text


def tokens(value: bytes, quote: bytes = b"", most: int = MAX_TOKENS) -> Tokens:
    """The first tokens of `value`, which is in lower case. With `quote` the text begins inside of such a string."""
    start, texts = 0, list[bytes]()
    if quote:
        closed = _CLOSING[quote](value)
        if closed is None:
            return Tokens("", texts)
        start = closed.end()
        texts.append(quote + quote)
    texts += _found(value, start, most)
    kinds = list(map(_MET.__getitem__, texts))
    joined = "".join(kinds)
    if len(joined) != len(texts):
        calls = [at for at, kind in enumerate(kinds) if len(kind) > 1]
        pieces: list[bytes] = []
        before = 0
        for at in calls:  # a word and the bracket of its call are two tokens
            pieces += texts[before:at]
            pieces += (texts[at][:-1].rstrip(), b"(")
            before = at + 1
        texts = pieces + texts[before:]
    return Tokens(joined[:most], texts[:most])


def _found(value: bytes, start: int, most: int) -> list[bytes]:
    """The texts of the first tokens; what ends where a piece of the value ends is not among them."""
    piece = most * 4
    while start + piece < len(value):
        found: list[bytes] = _TOKEN.findall(value, start, start + piece)
        if len(found) > most + 3:
            return found[: most + 1]
        piece = piece * (most + 8) // len(found) + piece // 4
    found = _TOKEN.findall(value, start)
    while found and not found[-1]:
        found.pop()
    return found[: most + 1]


def _inner(text: bytes) -> bytes:
    """A string without its quotes; one that is never closed has only the first."""
    quote = text[:1]
    closed = len(text) > 1 and _CLOSING[quote](text, 1)
    return text[1:-1] if closed and closed.end() == len(text) else text[1:]
