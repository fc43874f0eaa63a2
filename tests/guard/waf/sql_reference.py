"""The tokeniser of SQL as a plain loop, one token after the other: the oracle of `casemate_guard.waf.sqltokens`."""

from __future__ import annotations

import re

from casemate_guard.waf.sqltokens import MAX_TOKENS

_TOKEN = re.compile(
    rb"""
    (?P<space>[\s\x0b\xa0\0]+)
  | (?P<versioned>/\*!\d*|\*/)
  | (?P<block>/\*(?:[^*]|\*(?!/))*(?:\*/)?)
  | (?P<line>(?:--|\#)[^\n]*)
  | (?P<number>0[xX][0-9A-Fa-f]+ | (?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![A-Za-z_]) )
  | (?P<variable>@@?(?:[A-Za-z_$][A-Za-z0-9_$.]*|`[^`]*`?)? )
  | (?P<word>[A-Za-z_\x80-\xff$][A-Za-z0-9_\x80-\xff$]* | \d+[A-Za-z_][A-Za-z0-9_]* )
  | (?P<quoted>`[^`]*`? | \[[A-Za-z0-9_ .]+\] )
  | (?P<logical>\|\||&&)
  | (?P<operator><=>|<>|!=|<=|>=|:=|<<|>>|==|!<|!>|::|[=<>!+\-*/%^|&~])
  | (?P<mark>[(),;.{}])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_LOGICAL = frozenset(b"and or xor rlike not having div mod".split())
_OPERATORS = frozenset(b"like is in between regexp similar sounds glob ilike".split())
_KEYWORDS = frozenset(
    b"all alter analyse as asc begin by call case cast commit convert create database declare delay delete desc "
    b"describe distinct drop dumpfile else end exec execute exists explain from function goto grant group if index "
    b"insert into join kill limit load lock merge null offset on open order outfile print procedure rename replace "
    b"returning revoke rollback schema select set show shutdown table then time top trigger truncate union unlock "
    b"update use user using values view waitfor when where while with".split()
)


def tokens(value: bytes, quote: bytes = b"") -> list[tuple[str, bytes]]:
    """Kind and text of each token of `value`; with `quote` the text begins inside of a string of that quote."""
    found: list[tuple[str, bytes]] = []
    position, end = 0, len(value)
    if quote:
        position = _closing(value, 0, quote)
        if position > end:
            return found
        found.append(("s", b""))
    while position < end and len(found) < MAX_TOKENS:
        first = value[position : position + 1]
        if first in (b"'", b'"'):
            stop = _closing(value, position + 1, first)
            found.append(("s", value[position + 1 : min(stop, end + 1) - 1].lower()))
            position = min(stop, end)
            continue
        match = _TOKEN.match(value, position)
        assert match is not None
        token = _token(match, value)
        if token is not None:
            found.append(token)
        position = match.end()
    return found


def _closing(value: bytes, start: int, quote: bytes) -> int:
    """Where a string ends, after its quote; beyond the end when it does not. A doubled or escaped quote is a member."""
    position = start
    while True:
        position = value.find(quote, position)
        if position < 0:
            return len(value) + 1
        slashes = position - 1
        while slashes >= start and value[slashes] == 0x5C:
            slashes -= 1
        if (position - 1 - slashes) % 2:
            position += 1
        elif position > start and value[position + 1 : position + 2] == quote:
            position += 2
        else:
            return position + 1


def _token(match: re.Match[bytes], value: bytes) -> tuple[str, bytes] | None:
    kind, text = match.lastgroup, match.group().lower()
    if kind in ("space", "versioned", "other") or (kind == "block" and match.end() < len(value)):
        return None
    if kind in ("block", "line"):
        return "c", text
    if kind == "word":
        return _word(text, value[match.end() : match.end() + 4]), text
    plain = {"number": "1", "variable": "v", "quoted": "n", "logical": "&", "operator": "o"}
    return plain.get(kind or "", text.decode("latin-1")), text


def _word(text: bytes, following: bytes) -> str:
    if text in _LOGICAL:
        return "&"
    if text in _OPERATORS:
        return "o"
    if text in _KEYWORDS:
        return "k"
    return "f" if following.lstrip()[:1] == b"(" else "n"
