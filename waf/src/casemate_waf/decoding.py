"""Decoders among the transformations: what an application may undo before it uses a value.

Each follows ModSecurity 2's reference behaviour (Reference Manual, "Transformation functions"): one pass, invalid
sequences stay as they are, and a code point above one byte keeps its low byte.
"""

import binascii
import re
from collections.abc import Callable

_WIDE_FROM, _WIDE_TO = 0xFF01, 0xFF5E
"""Full-width ASCII, U+FF01 to U+FF5E, which many servers fold to its narrow form."""

_MET = 4096
"""Escapes whose meaning is remembered."""
_DIGITS = "0123456789abcdefABCDEF"
_HEX = {(a + b).encode(): bytes((int(a + b, 16),)) for a in _DIGITS for b in _DIGITS}
_FOUR = re.compile(rb"[0-9A-Fa-f]{4}")
_SCRIPT = re.compile(rb"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([0-3][0-7]{0,2}|[4-7][0-7]?)|(.))", re.DOTALL)
_SCRIPT_SINGLE = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
_STYLE = re.compile(rb"\\(?:([0-9A-Fa-f]{1,6})[\s\x0b]?|(\n)|(.)|$)", re.DOTALL)
_SEQUENCE = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|([0-7]{1,3})|([abfnrtv\\?'\"]))")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]*")
_BASE64_NOISE = re.compile(rb"[^A-Za-z0-9+/]+")
_WIDE = re.compile(rb"[\x80-\xff]+")
_SQL_HEX = re.compile(rb"0[xX]((?:[0-9A-Fa-f]{2})+)")
_BEST_FIT = {
    0x00B4: 0x27, 0x02B9: 0x27, 0x02BA: 0x22, 0x02BC: 0x27, 0x02C4: 0x5E, 0x02C6: 0x5E, 0x02C8: 0x27, 0x02CB: 0x60,
    0x02CD: 0x5F, 0x02DA: 0x6F, 0x02DC: 0x7E, 0x0300: 0x60, 0x0302: 0x5E, 0x0303: 0x7E, 0x030E: 0x22, 0x0331: 0x5F,
    0x0332: 0x5F, 0x2010: 0x2D, 0x2011: 0x2D, 0x2013: 0x2D, 0x2014: 0x2D, 0x2018: 0x27, 0x2019: 0x27, 0x201A: 0x2C,
    0x201C: 0x22, 0x201D: 0x22, 0x201E: 0x22, 0x2022: 0x2E, 0x2026: 0x2E, 0x2032: 0x27, 0x2035: 0x60, 0x2039: 0x3C,
    0x203A: 0x3E, 0x2044: 0x2F, 0x2212: 0x2D, 0x2215: 0x2F, 0x2216: 0x5C, 0x2217: 0x2A, 0x2223: 0x7C, 0x2236: 0x3A,
    0x223C: 0x7E, 0x2329: 0x3C, 0x232A: 0x3E, 0x3008: 0x3C, 0x3009: 0x3E, 0x301A: 0x5B, 0x301B: 0x5D,
}  # fmt: skip
"""Punctuation that a lossy conversion to ASCII turns into something with a meaning (the idea of Windows' best fit)."""


def _low(code: int) -> bytes:
    if _WIDE_FROM <= code <= _WIDE_TO:
        code -= 0xFEE0
    return bytes((_BEST_FIT.get(code, code) & 0xFF,))


def url_decode_uni(value: bytes) -> bytes:
    """Undo percent encoding, `%uHHHH` included; `+` is a space."""
    value = value.replace(b"+", b" ")
    return _percent(value, wide=True) if b"%" in value else value


def percent_decode(value: bytes) -> bytes:
    """Undo percent encoding in a path, where `+` is itself."""
    return _percent(value, wide=False) if b"%" in value else value


def url_decode(value: bytes) -> bytes:
    """Undo percent encoding; `+` is a space."""
    value = value.replace(b"+", b" ")
    return _percent(value, wide=False) if b"%" in value else value


def _percent(value: bytes, *, wide: bool) -> bytes:
    """Undo `%HH`, and `%uHHHH` where it is `wide`: a table and slices take a quarter of what a pattern would."""
    first, *parts = value.split(b"%")
    pieces = [first]
    for part in parts:
        byte = _HEX.get(part[:2])
        if byte is not None:
            pieces += (byte, part[2:])
        elif wide and part[:1] in (b"u", b"U") and _FOUR.match(part, 1):
            pieces += (_low(int(part[1:5], 16)), part[5:])
        else:
            pieces += (b"%", part)
    return b"".join(pieces)


def _remembered(replace: "Callable[[re.Match[bytes]], bytes]") -> "Callable[[re.Match[bytes]], bytes]":
    """A replacement that depends on the matched text only, and is looked up where that text was met before."""
    known: dict[bytes, bytes] = {}

    def quick(found: "re.Match[bytes]") -> bytes:
        text = found[0]
        result = known.get(text)
        if result is None:
            result = replace(found)
            if len(known) < _MET and len(text) <= 8:
                known[text] = result
        return result

    return quick


@_remembered
def _script(found: "re.Match[bytes]") -> bytes:
    wide, narrow, octal, single = found.groups()
    if wide:
        return _low(int(wide, 16))
    if narrow:
        return bytes((int(narrow, 16),))
    if octal:
        return bytes((int(octal, 8) & 0xFF,))
    return _SCRIPT_SINGLE.get(single, single)


def js_decode(value: bytes) -> bytes:
    """Undo JavaScript escapes; an unknown one loses its backslash."""
    if b"\\" not in value:
        return value
    return _SCRIPT.sub(_script, value)


@_remembered
def _style(found: "re.Match[bytes]") -> bytes:
    digits, _, single = found.groups()
    if digits:
        return _low(int(digits, 16)) if len(digits) >= 4 else bytes((int(digits[-2:], 16),))
    return single or b""


def css_decode(value: bytes) -> bytes:
    """Undo CSS escapes: up to six hexadecimal digits and one white space; a line continuation vanishes."""
    if b"\\" not in value:
        return value
    return _STYLE.sub(_style, value)


@_remembered
def _sequence(found: "re.Match[bytes]") -> bytes:
    narrow, octal, single = found.groups()
    if narrow:
        return bytes((int(narrow, 16),))
    if octal:
        return bytes((int(octal, 8) & 0xFF,))
    return _SCRIPT_SINGLE.get(single, single)


def escape_seq_decode(value: bytes) -> bytes:
    """Undo ANSI C escapes; an unknown one stays."""
    if b"\\" not in value:
        return value
    return _SEQUENCE.sub(_sequence, value)


def base64_decode(value: bytes) -> bytes:
    """Decode as far as base64 goes."""
    return _base64(_BASE64.match(value).group())  # type: ignore[union-attr] # the pattern takes the empty text


def base64_decode_ext(value: bytes) -> bytes:
    """Decode and step over what is no base64."""
    return _base64(_BASE64_NOISE.sub(b"", value))


def _base64(digits: bytes) -> bytes:
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4))


def hex_decode(value: bytes) -> bytes:
    """Decode pairs of hexadecimal digits; a text that is none stays."""
    try:
        return binascii.unhexlify(value)
    except binascii.Error:
        return value


def sql_hex_decode(value: bytes) -> bytes:
    """Undo the hexadecimal literals of SQL, `0x414243`."""
    return _SQL_HEX.sub(lambda found: binascii.unhexlify(found.group(1)), value)


def utf8_to_unicode(value: bytes) -> bytes:
    """Write each UTF-8 sequence of more than one byte as `%uhhhh`, so that rules in ASCII see it."""
    if value.isascii():
        return value
    return _WIDE.sub(_as_unicode, value)


def _as_unicode(run: "re.Match[bytes]") -> bytes:
    out = []
    for character in run.group().decode("utf-8", "surrogateescape"):
        code = ord(character)
        # what is no UTF-8 stays
        out.append(bytes((code - 0xDC00,)) if 0xDC80 <= code <= 0xDCFF else b"%%u%04x" % code)
    return b"".join(out)
