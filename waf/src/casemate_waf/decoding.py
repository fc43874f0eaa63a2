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
"""Code points whose byte is remembered."""
_DIGITS = "0123456789abcdefABCDEF"
_HEX = {(a + b).encode(): bytes((int(a + b, 16),)) for a in _DIGITS for b in _DIGITS}
_FOUR = re.compile(rb"[0-9A-Fa-f]{4}")
_SCRIPT = re.compile(rb"u([0-9A-Fa-f]{4})|([0-3][0-7]{0,2}|[4-7][0-7]?)")
_SCRIPT_SINGLE = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
_STYLE = re.compile(rb"([0-9A-Fa-f]{1,6})[\s\x0b]?")
_SEQUENCE = re.compile(rb"[0-7]{1,3}")
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


_UNICODE: dict[bytes, bytes] = {}  # what was met; nothing depends on it


def _unicode(part: bytes) -> bytes | None:
    """The byte that `uHHHH` at the beginning stands for."""
    if not _FOUR.match(part, 1):
        return None
    byte = _low(int(part[1:5], 16))
    if len(_UNICODE) < _MET:
        _UNICODE[part[1:5]] = byte
    return byte


def url_decode_uni(value: bytes) -> bytes:
    """Undo percent encoding, `%uHHHH` included; `+` is a space."""
    value = value.replace(b"+", b" ")
    return _percent(value, wide=True) if 0x25 in value else value


def percent_decode(value: bytes) -> bytes:
    """Undo percent encoding in a path, where `+` is itself."""
    return _percent(value, wide=False) if 0x25 in value else value


def url_decode(value: bytes) -> bytes:
    """Undo percent encoding; `+` is a space."""
    value = value.replace(b"+", b" ")
    return _percent(value, wide=False) if 0x25 in value else value


def _percent(value: bytes, *, wide: bool) -> bytes:
    """Undo `%HH`, and `%uHHHH` where it is `wide`: a table and slices take a quarter of what a pattern would."""
    first, *parts = value.split(b"%")
    pieces = [first]
    for part in parts:
        byte = _HEX.get(part[:2])
        if byte is not None:
            pieces += (byte, part[2:])
        elif wide and part[:1] in (b"u", b"U") and (byte := _UNICODE.get(part[1:5]) or _unicode(part)):
            pieces += (byte, part[5:])
        else:
            pieces += (b"%", part)
    return b"".join(pieces)


def _unescaped(
    value: bytes,
    singles: dict[bytes, bytes],
    triples: dict[bytes, bytes],
    longer: "Callable[[bytes], tuple[bytes, int] | None]",
    last: bytes,
) -> bytes:
    """Undo what stands behind each backslash: one byte of `singles`, three of `triples`, else what `longer` says.

    That gives a length too. A byte that none of them knows stays, with its backslash. `last` is what a backslash at the
    end becomes. Slices and tables take a third of what a pattern with a function would.
    """
    first, *parts = value.split(b"\\")
    pieces = [first]
    escaped = False
    for part in parts:
        if escaped:  # this backslash was what the one before escaped
            escaped = False
            pieces.append(part)
            continue
        head = part[:1]
        single = singles.get(head)
        if single is not None:
            pieces += (single, part[1:])
        elif not head:
            escaped = True
            pieces.append(b"\\")
        elif (triple := triples.get(part[:3])) is not None:
            pieces += (triple, part[3:])
        else:
            known = longer(part)
            pieces += (b"\\", part) if known is None else (known[0], part[known[1] :])
    if escaped:
        pieces[-1] = last
    return b"".join(pieces)


_TRIPLES = {b"x" + digits: byte for digits, byte in _HEX.items()}
_BYTES = [bytes((number,)) for number in range(256)]
_SCRIPT_SINGLES = {one: _SCRIPT_SINGLE.get(one, one) for one in _BYTES if one not in b"ux01234567\\"}
_STYLE_SINGLES = {one: b"" if one == b"\n" else one for one in _BYTES if one not in b"0123456789abcdefABCDEF\\"}
_SEQUENCE_SINGLES = {one: _SCRIPT_SINGLE.get(one, one) for one in _BYTES if one in b"abfnrtv?'\""}


def _script(part: bytes) -> tuple[bytes, int]:
    found = _SCRIPT.match(part)
    if found is None:
        return part[:1], 1
    wide, octal = found.groups()
    return (_low(int(wide, 16)), 5) if wide else (bytes((int(octal, 8) & 0xFF,)), len(octal))


def js_decode(value: bytes) -> bytes:
    """Undo JavaScript escapes; an unknown one loses its backslash."""
    if 0x5C not in value:
        return value
    return _unescaped(value, _SCRIPT_SINGLES, _TRIPLES, _script, b"\\")


def _style(part: bytes) -> tuple[bytes, int]:
    found = _STYLE.match(part)
    digits = found[1] if found else part[:1]
    byte = _low(int(digits, 16)) if len(digits) >= 4 else bytes((int(digits[-2:], 16),))
    return byte, found.end() if found else 1


def css_decode(value: bytes) -> bytes:
    """Undo CSS escapes: up to six hexadecimal digits and one white space; a line continuation vanishes."""
    if 0x5C not in value:
        return value
    return _unescaped(value, _STYLE_SINGLES, {}, _style, b"")


def _sequence(part: bytes) -> tuple[bytes, int] | None:
    found = _SEQUENCE.match(part)
    if found is None:
        return None
    return bytes((int(found[0], 8) & 0xFF,)), found.end()


def escape_seq_decode(value: bytes) -> bytes:
    """Undo ANSI C escapes; an unknown one stays."""
    if 0x5C not in value:
        return value
    return _unescaped(value, _SEQUENCE_SINGLES, _TRIPLES, _sequence, b"\\")


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
    try:
        text = run.group().decode()
    except UnicodeDecodeError:
        text = "\U0010ffff"
    if max(text) <= "\uffff":
        return b"%u" + text.encode("utf-16-be").hex("%", 2).replace("%", "%u").encode()
    out = []
    for character in run.group().decode("utf-8", "surrogateescape"):
        code = ord(character)
        # what is no UTF-8 stays
        out.append(bytes((code - 0xDC00,)) if 0xDC80 <= code <= 0xDCFF else b"%%u%04x" % code)
    return b"".join(out)
