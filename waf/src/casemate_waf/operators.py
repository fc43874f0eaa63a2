"""The operators: each becomes a function from a value to a `Hit` or None, for an argument that is known.

The names and meanings are those of ModSecurity's Reference Manual, "Operators". A negated operator is turned round by
the executor. `validate…` operators hit on what is *invalid*.
"""

import re
from collections.abc import Callable

from casemate_waf.errors import RuleSetError
from casemate_waf.patterns import compiled, phrases
from casemate_waf.rules import Hit, Place, Test

_NOTHING = Hit()
_INTEGER = re.compile(rb"\s*([+-]?\d{1,18})")
_WORD_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_BAD_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")

REFUSED = {
    "exec": "it runs a program",
    "fuzzyhash": "it reads files",
    "geolookup": "it needs a location database",
    "gsblookup": "it asks a remote list",
    "inspectfile": "it runs a program on a file",
    "ipmatchfromurl": "it reads a remote list",
    "pmfromurl": "it reads a remote list",
    "rbl": "it asks a remote list",
    "rsub": "it changes bodies",
    "validatedtd": "it reads a document type from outside",
    "validatehash": "it changes responses",
    "validateschema": "it reads a schema from outside",
}


def integer(value: bytes) -> int:
    """The number at the start of `value`, else 0, as C's atoi reads it."""
    if value.isdigit() and len(value) < 19:
        return int(value)
    found = _INTEGER.match(value)
    return int(found.group(1)) if found else 0


NUMBERS: dict[str, Callable[[int, int], bool]] = {
    "eq": lambda value, wanted: value == wanted,
    "ge": lambda value, wanted: value >= wanted,
    "gt": lambda value, wanted: value > wanted,
    "le": lambda value, wanted: value <= wanted,
    "lt": lambda value, wanted: value < wanted,
}


def _contains_word(value: bytes, word: bytes) -> bool:
    start = value.find(word) if word else -1
    while start >= 0:
        end = start + len(word)
        before = start == 0 or value[start - 1] not in _WORD_BYTES
        if before and (end == len(value) or value[end] not in _WORD_BYTES):
            return True
        start = value.find(word, start + 1)
    return False


FINDERS: dict[str, Callable[[bytes, bytes], bool]] = {
    "beginswith": bytes.startswith,
    "contains": lambda value, word: value.find(word) >= 0,
    "containsword": _contains_word,
    "endswith": bytes.endswith,
    "streq": lambda value, word: value == word,
    "strmatch": lambda value, word: value.find(word) >= 0,
    "within": lambda value, text: text.find(value) >= 0,
}


def valid_utf8(value: bytes) -> bool:
    """Whether `value` is UTF-8 by RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF."""
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _byte_range(argument: bytes, place: Place) -> Test:
    allowed = bytearray()
    for entry in argument.split(b","):
        low, dash, high = entry.strip().partition(b"-")
        if not low.isdigit() or (dash and not high.strip().isdigit()):
            raise RuleSetError(f"@validateByteRange cannot read {entry.decode('latin-1')!r}", *place)
        last = int(high) if dash else int(low)
        if not 0 <= int(low) <= last <= 255:
            raise RuleSetError("@validateByteRange goes from 0 to 255", *place)
        allowed.extend(range(int(low), last + 1))
    permitted = bytes(allowed)
    return lambda value: _NOTHING if value.translate(None, permitted) else None


def _networks(words: list[bytes], place: Place) -> Test:
    import ipaddress

    try:
        networks = [ipaddress.ip_network(word.strip().decode("ascii"), strict=False) for word in words if word.strip()]
    except ValueError as error:
        raise RuleSetError(f"@ipMatch: {error}", *place) from None

    def test(value: bytes) -> Hit | None:
        try:
            address = ipaddress.ip_address(value.decode("ascii"))
        except ValueError:
            return None
        mapped = getattr(address, "ipv4_mapped", None)
        return _NOTHING if any(address in network or (mapped and mapped in network) for network in networks) else None

    return test


def _sql() -> Test:
    from casemate_guard.waf.sqli import is_sqli

    def test(value: bytes) -> Hit | None:
        fingerprint = is_sqli(value)
        return Hit((fingerprint,)) if fingerprint else None

    return test


def _script() -> Test:
    from casemate_guard.waf.xss import is_xss

    return lambda value: Hit((value,)) if is_xss(value) else None


def _wordless(name: str) -> Test:
    if name == "detectsqli":
        return _sql()
    if name == "detectxss":
        return _script()
    if name == "sqltautology":
        from casemate_waf.tautology import tautology

        return tautology()
    if name == "validateutf8encoding":
        return lambda value: None if valid_utf8(value) else _NOTHING
    if name == "validateurlencoding":
        return lambda value: _NOTHING if _BAD_PERCENT.search(value) else None
    return (lambda value: Hit((value,))) if name == "unconditionalmatch" else lambda _: None


_NAMES = (
    "rx rxglobal pm pmf pmfromfile ipmatch ipmatchf ipmatchfromfile validatebyterange detectsqli detectxss nomatch "
    "sqltautology unconditionalmatch validateurlencoding validateutf8encoding"
)
WORDLESS = frozenset(_NAMES.split())
"""Operators that are no number and no plain word comparison."""


def build(name: str, argument: bytes | list[bytes], place: Place, *, exact: bool = False) -> Test:
    """The test of operator `name` for an argument without macros, or for the words of its files.

    Raises `RuleSetError` when the argument is malformed, or RE2 is missing or cannot express a pattern.
    """
    if isinstance(argument, list):
        return _networks(argument, place) if name.startswith("ip") else phrases(argument, place).search
    if name in ("rx", "rxglobal"):
        return compiled(argument.decode("utf-8", "surrogateescape"), place, exact=exact).search
    if name == "pm":
        return phrases(argument.split(), place).search
    if name == "ipmatch":
        return _networks(argument.split(b","), place)
    if name == "validatebyterange":
        return _byte_range(argument, place)
    if name in FINDERS:
        find = FINDERS[name]
        return lambda value: Hit((argument,)) if find(value, argument) else None
    if name in NUMBERS:
        holds, wanted = NUMBERS[name], integer(argument)
        return lambda value: Hit((value,)) if holds(integer(value), wanted) else None
    if name in WORDLESS:
        return _wordless(name)
    raise RuleSetError(f"the operator @{name} is not supported", *place)
