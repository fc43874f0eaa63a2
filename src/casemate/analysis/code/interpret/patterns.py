"""Regular expressions as checks: for which sinks text that matches one from end to end is harmless.

The pattern is read with the standard library's own parser and only looked at, never run on anything.
"""

from __future__ import annotations

import re
import re._constants as names  # type: ignore[import-not-found]  # not public, but the only reader of patterns
import re._parser as parser  # type: ignore[import-not-found]  # as above
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from casemate.analysis.code.labels import BIT, EVERY, PLACE, SLASHED, WHOLE, Taint
from casemate.analysis.code.values import Const, Guards, Thing, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_PATTERN = 2_000

_DANGEROUS = {
    "command": " \t\n;&|$`<>(){}\\\"'*?!#~",
    "code": "()[]{}.;'\"`=+ \n",
    "sql": "'\" ;()-\n\\",
    "nosql": "{}$'\"",
    "xpath": "'\"[]/()|",
    "ldap": "()*\\|&",
    "xss": "<>\"'&",
    "template": "{}<>%$#",
    "log": "\r\n",
    "header": "\r\n",
    "regex": "()+*{}|",
    "xxe": "<>&",
    "prompt": " ",
}
"""The characters without which data does no harm at a sink. Paths and hosts are judged by `/`, `.` and `:`."""


def kinds_of(characters: frozenset[str]) -> int:
    """The kinds of sinks for which text of these characters only is harmless."""
    bits = 0
    for kind, dangerous in _DANGEROUS.items():
        if not characters & frozenset(dangerous):
            bits |= BIT[kind]
    if not {"/", "\\"} & characters:
        bits |= BIT["path"] | BIT["dynamic-import"]
    if not {"/", ":", "@", "."} & characters:
        bits |= BIT["ssrf"] | BIT["redirect"]
    if characters <= frozenset("0123456789abcdefABCDEF-_"):
        return EVERY
    if not characters & frozenset(" .,:;/\\'\"<>(){}[]|&$`%*?!#=+~\n\r@"):
        return EVERY
    return bits


def kinds_of_class(text: str) -> int:
    """The kinds for text of the characters of a class, given as in `[…]`."""
    found = characters_of(f"[{text}]")
    return kinds_of(found) if found is not None else 0


@lru_cache(maxsize=512)
def _parsed(pattern: str) -> tuple[frozenset[str] | None, bool, bool]:
    """(characters that a match can have, whether it is bound to the start, to the end)."""
    if len(pattern) > MAX_PATTERN:
        return None, False, False
    try:
        tree = list(parser.parse(_python(pattern)))
    except (parser.error, RecursionError, OverflowError, ValueError):
        return None, False, False
    start = bool(tree) and tree[0][0] is names.AT and tree[0][1] in (names.AT_BEGINNING, names.AT_BEGINNING_STRING)
    end = bool(tree) and tree[-1][0] is names.AT and tree[-1][1] in (names.AT_END, names.AT_END_STRING)
    found: set[str] = set()
    return (frozenset(found) if _collect(tree, found) else None), start, end


def _python(pattern: str) -> str:
    """The pattern as Python writes it: named groups, and the end of the text as Java, Go and .NET do."""
    pattern = pattern.replace("\\z", "\\Z")
    return (
        pattern.replace("(?<", "(?P<").replace("(?P<=", "(?<=").replace("(?P<!", "(?<!")
        if "(?<" in pattern
        else pattern
    )


def characters_of(pattern: str) -> frozenset[str] | None:
    """The characters that a match can have; None when that is not known."""
    return _parsed(pattern)[0]


_ASCII = frozenset(chr(code) for code in range(128))
_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_DIGIT = frozenset("0123456789")
_SPACE = frozenset(" \t\n\r\f\v")
_CATEGORIES = {
    names.CATEGORY_DIGIT: _DIGIT,
    names.CATEGORY_NOT_DIGIT: _ASCII - _DIGIT,
    names.CATEGORY_WORD: _WORD,
    names.CATEGORY_NOT_WORD: _ASCII - _WORD,
    names.CATEGORY_SPACE: _SPACE,
    names.CATEGORY_NOT_SPACE: _ASCII - _SPACE,
}


def _collect(tree: Iterable[Any], found: set[str]) -> bool:  # noqa: C901 - one case an operation of a pattern
    """Add the characters that a match can have; False when that is not known."""
    for operation, value in tree:
        if operation is names.LITERAL:
            found.add(chr(value))
        elif operation is names.NOT_LITERAL:
            found |= _ASCII - {chr(value)}
        elif operation is names.ANY:
            found |= _ASCII - {"\n"}
        elif operation is names.IN:
            found |= _class(value)
        elif operation in (names.MAX_REPEAT, names.MIN_REPEAT, names.POSSESSIVE_REPEAT):
            if not _collect(value[2], found):
                return False
        elif operation is names.SUBPATTERN:
            if not _collect(value[3], found):
                return False
        elif operation is names.BRANCH:
            if not all(_collect(branch, found) for branch in value[1]):
                return False
        elif operation in (names.AT, names.GROUPREF, names.ASSERT, names.ASSERT_NOT):
            continue
        else:
            return False
    return True


def _class(items: Iterable[Any]) -> frozenset[str]:
    found: set[str] = set()
    negated = False
    for operation, value in items:
        if operation is names.NEGATE:
            negated = True
        elif operation is names.LITERAL:
            found.add(chr(value))
        elif operation is names.RANGE:
            found |= {chr(code) for code in range(value[0], min(value[1], 127) + 1)}
        elif operation is names.CATEGORY:
            found |= _CATEGORIES.get(value, _ASCII)
    return _ASCII - found if negated else frozenset(found)


def _is_finite(tree: Iterable[Any], budget: int = 200) -> bool:
    """Whether a pattern matches only texts that are written out in it: `^(?:start|stop)$`."""
    for operation, value in tree:
        if operation in (names.LITERAL, names.AT):
            continue
        if operation is names.BRANCH:
            if budget <= 0 or not all(_is_finite(branch, budget - 1) for branch in value[1]):
                return False
        elif operation is names.SUBPATTERN:
            if budget <= 0 or not _is_finite(value[3], budget - 1):
                return False
        elif operation in (names.MAX_REPEAT, names.MIN_REPEAT):
            if value[1] != 1 or budget <= 0 or not _is_finite(value[2], budget - 1):
                return False
        else:
            return False
    return True


def _pins_host(tree: list[Any], characters: frozenset[str]) -> bool:
    """Whether what a pattern matches ends in a domain that is written out, and is a host only."""
    if characters & frozenset("/:@?#\\"):
        return False
    end = ""
    for operation, value in reversed(tree):
        if operation is names.LITERAL:
            end = chr(value) + end
        elif operation is not names.AT:
            break
    return end.startswith(".") and "." in end[1:]


@lru_cache(maxsize=512)
def _special(pattern: str) -> int:
    """Kinds that a pattern makes harmless by more than its characters."""
    characters, _start, _end = _parsed(pattern)
    if characters is None:
        return 0
    tree = list(parser.parse(_python(pattern)))
    if _is_finite(tree):
        return EVERY
    bits = BIT["ssrf"] | BIT["redirect"] if _pins_host(tree, characters) else 0
    first = next((value for operation, value in tree if operation is names.LITERAL), None)
    begins = tree[0][0] is names.LITERAL or (len(tree) > 1 and tree[0][0] is names.AT and tree[1][0] is names.LITERAL)
    return bits | SLASHED if begins and first == ord("/") else bits


def pattern_of(value: Value) -> str | None:
    """The text of a pattern: itself, or what a compiled one was made of."""
    if isinstance(value, Const) and isinstance(value.value, (str, bytes)):
        return value.value if isinstance(value.value, str) else value.value.decode("latin-1")
    if isinstance(value, Thing) and value.path in {"RegExp", "re.Pattern"} and isinstance(value.receiver, Const):
        return str(value.receiver.value)
    return None


def matched(pattern: str | None, taint: Taint) -> Taint:
    """The labels of what a pattern matched: it has no other characters than those that the pattern lets through."""
    characters = _parsed(pattern)[0] if pattern is not None and taint else None
    bits = kinds_of(characters) if characters is not None else 0
    return tuple(label.derived(cured=bits) for label in taint) if bits else taint


def guards_of(pattern: str | None, taint: Taint, *, whole: bool, bound: bool = False) -> Guards:
    """What is known of data that matches. `whole`: the match is from end to end; `bound`: from the start."""
    if pattern is None or not taint:
        return ()
    characters, start, end = _parsed(pattern)
    if characters is None or not (whole or ((start or bound) and end)):
        return ()
    bits = kinds_of(characters) | _special(pattern)
    found = []
    if bits:
        found = [(label.origin.key, bits) for label in taint if label.form in {WHOLE, PLACE}]
    if not found:
        scheme = pattern.lstrip("^").replace("\\/", "/")
        if (
            scheme.startswith(("https://", "http://", "https?://"))
            and (start or bound)
            and "/" in scheme.split("://", 1)[1]
        ):
            found = [(label.origin.key, BIT["ssrf"] | BIT["redirect"]) for label in taint if label.form == WHOLE]
    return tuple(found)


_LOCAL = re.compile(r"^\^?\\?/(?:\[\^[^\]]{0,8}/[^\]]{0,8}\]|\(\?!\[?/|\[?\\?[\w(])")
"""How a pattern begins that only paths of the own host match: a slash, and then no other."""


def local(pattern: str | None, taint: Taint, *, bound: bool) -> Guards:
    """What is known of an address that a pattern of a local path matched at its start."""
    if pattern is None or not (bound or pattern.startswith("^")) or "|" in pattern or not _LOCAL.match(pattern):
        return ()
    return tuple((label.origin.key, BIT["redirect"]) for label in taint if label.form == WHOLE)
