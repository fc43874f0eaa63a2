"""Decodings of text and bytes: percent, base64, gzip and deflate, charset, JSON. Each decodes once; who calls, bounds.

Sources: RFC 3986 section 2.1 (percent), RFC 4648 (base64, also its URL alphabet), RFC 1950 to 1952 (compression),
RFC 8259 and 7464 (JSON), Microsoft's `%uXXXX` (ECMA-262 annex B.2.1, `escape`).
"""

from __future__ import annotations

import re
import zlib
from binascii import Error as Base64Error
from binascii import a2b_base64
from json import JSONDecoder

from casemate_guard.events.budgets import BudgetExceededError

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}[\r\n]{0,2}")
_URL_ALPHABET = str.maketrans("-_", "+/")
_CHARSET = re.compile(r"charset\s{0,8}=\s{0,8}[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffd]")
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CHARSETS = frozenset(
    {
        *("utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "latin1", "iso-8859-15", "windows-1252"),
        *("cp1252", "utf-16", "utf-16le", "utf-16be", "utf-7", "utf-32", "utf-32le", "utf-32be", "ibm037", "cp037"),
        *("shift_jis", "euc-jp", "gb2312", "gbk", "gb18030", "big5", "euc-kr", "koi8-r", "windows-1251"),
    }
)
_PIECE = 64 * 1024
_DIGITS = "0123456789abcdefABCDEF"
_HEX = {(a + b).encode(): bytes((int(a + b, 16),)) for a in _DIGITS for b in _DIGITS}
_UNICODE = re.compile(rb"u[0-9A-Fa-f]{4}")


class Pairs(list[tuple[str, object]]):
    """A JSON object as it was written: in order, with keys that stand twice."""


_decode_json = JSONDecoder(object_pairs_hook=Pairs).raw_decode


def percent_decoded(text: str, *, plus: bool = False) -> str:
    """The text with `%XX` and `%uXXXX` replaced once, and `+` by a blank where it stands in a form or an S3 key."""
    if plus:
        text = text.replace("+", " ")
    if "%" not in text:
        return text
    first, *parts = text.encode("utf-8", "surrogatepass").split(b"%")
    pieces = [first]
    for part in parts:  # a table and slices: a pattern with a function takes four times as long
        byte = _HEX.get(part[:2])
        if byte is not None:
            pieces += (byte, part[2:])
        elif part[:1] == b"u" and _UNICODE.match(part):
            pieces += (chr(int(part[1:5], 16)).encode("utf-8", "surrogatepass"), part[5:])
        else:
            pieces += (b"%", part)
    decoded = b"".join(pieces)
    try:
        return decoded.decode()
    except UnicodeDecodeError:
        return decoded.decode("latin-1")


def unbase64(text: str) -> bytes | None:
    """The bytes of standard or URL-safe base64, with or without padding; None where it is none."""
    text = text.strip().translate(_URL_ALPHABET)
    try:
        return a2b_base64(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), strict_mode=False)
    except (Base64Error, ValueError):
        return None


def may_be_base64(text: str) -> bool:
    """Whether text is base64 by its alphabet."""
    return len(text) >= 8 and " " not in text and _BASE64.fullmatch(text) is not None


def hidden_text(text: str) -> bytes | None:
    """The bytes behind text that may be base64 by its alphabet and length."""
    return unbase64(text) if may_be_base64(text) and len(text.strip().rstrip("=")) % 4 != 1 else None


def readable(data: bytes) -> str | None:
    """The text of bytes that are plausibly text (so that not every word counts as base64)."""
    if not data:
        return None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        if len(data) % 2 or not (data[:2] in {b"\xff\xfe", b"\xfe\xff"} or 0 in data[:8]):
            return None
        text = decoded(data, None)[0]
    return None if len(_UNPRINTABLE.findall(text)) * 20 > len(text) else text


def is_compressed(data: bytes) -> bool:
    """Whether it begins like gzip, or like a zlib stream of the usual window."""
    return data[:2] == b"\x1f\x8b" or (len(data) > 8 and data[0] == 0x78 and data[1] in {0x01, 0x5E, 0x9C, 0xDA})


def inflated(data: bytes, most: int, growth: int, path: str) -> bytes | None:
    """The unpacked bytes of gzip (all members), zlib or raw deflate; None where it is none of them.

    Raises `BudgetExceededError` beyond `most` bytes or where it grows more than `growth` times.
    """
    window = 47 if is_compressed(data) else -15
    result: list[bytes] = []
    size, limit = 0, min(most, max(len(data) * growth, 64 * 1024))
    rest = data
    try:
        while rest:
            stream = zlib.decompressobj(window)
            while rest and not stream.eof:
                piece = stream.decompress(rest, _PIECE)
                size += len(piece)
                if size > limit:
                    raise BudgetExceededError("growth" if limit < most else "size", path)
                result.append(piece)
                rest = stream.unconsumed_tail
                if not piece and not rest:
                    break
            rest = stream.unused_data if stream.eof and stream.unused_data[:2] == b"\x1f\x8b" else b""
    except zlib.error:
        return b"".join(result) or None
    return b"".join(result) or None


def decoded(data: bytes, content_type: str | None) -> tuple[str, bool]:
    """The text of bytes by byte order mark, declared charset or guess, and whether they were in that charset."""
    for bom, charset in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(charset, "replace"), True
    declared = _CHARSET.search(content_type) if content_type else None
    name = declared[1].lower() if declared else "utf-8"
    if declared is None and len(data) >= 4 and (data[1::2][:16].count(0) * 2 > len(data[1::2][:16])):
        name = "utf-16-le"
    elif declared is None and len(data) >= 4 and (data[::2][:16].count(0) * 2 > len(data[::2][:16])):
        name = "utf-16-be"
    elif name not in _CHARSETS:
        return data.decode("latin-1"), False
    try:
        return data.decode(name), True
    except (UnicodeDecodeError, LookupError):
        return data.decode("latin-1"), False


def parsed_json(text: str, path: str) -> tuple[object, bool]:
    """The value of a JSON text and True, or (None, False) where it is none.

    Objects are `Pairs`. Raises `BudgetExceededError` where it nests deeper than the parser can follow.
    """
    text = text.strip(" \t\r\n\x1e\ufeff")
    try:
        value, end = _decode_json(text)
    except RecursionError:
        raise BudgetExceededError("depth", path) from None
    except ValueError:
        return None, False
    return (value, True) if end == len(text) else (None, False)


def parsed_lines(text: str, path: str, most: int) -> list[object] | None:
    """The values of JSON Lines or of JSON texts behind one another (Firehose joins them); None where it is neither.

    Raises `BudgetExceededError` beyond `most` values, which a small text can have: `{}{}{}…`.
    """
    values: list[object] = []
    place, end = 0, len(text)
    while True:
        while place < end and text[place] in " \t\r\n\x1e,":
            place += 1
        if place >= end:
            return values if len(values) > 1 else None
        if text[place] not in "{[":
            return None
        try:
            value, place = _decode_json(text, place)
        except RecursionError:
            raise BudgetExceededError("depth", path) from None
        except ValueError:
            return None
        values.append(value)
        if len(values) > most:
            raise BudgetExceededError("keys", path)
