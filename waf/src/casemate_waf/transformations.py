"""The transformation functions by their names in lower case (ModSecurity's Reference Manual, same chapter).

Each takes and returns bytes and never raises; each is linear in the length of its value.
"""

import binascii
import re
from collections.abc import Callable

from casemate_guard.waf.entities import html_entity_decode
from casemate_waf import decoding

_SPACES = b" \t\n\r\x0b\x0c"
_WIDER_SPACES = _SPACES + b"\xa0"
_TO_BLANK = bytes.maketrans(_WIDER_SPACES, b" " * len(_WIDER_SPACES))
_BLOCK_COMMENT = re.compile(rb"/\*(?:[^*]|\*(?!/))*(?:\*/)?")
_COMMENT_SIGNS = re.compile(rb"/\*|\*/|<!--|-->|--|#")
_COMMENTS = re.compile(rb"/\*(?:[^*]|\*(?!/))*(?:\*/)?|<!--(?:[^-]|-(?!->))*(?:-->)?|(?:--|#)[^\n]*")
_COMMAND_NOISE = bytes.maketrans(b",;\t\n\r\x0b\x0c", b"       ")
_UNSAFE = re.compile(rb"[^A-Za-z0-9*_. -]")


def _command_line(value: bytes) -> bytes:
    """Undo what shells let pass: quotes, carets, backslashes, separators, runs of space."""
    plain = value.translate(_COMMAND_NOISE, b"\\\"'^")
    while plain.find(b"  ") >= 0:  # `in` takes five times as long, since it looks for a number first
        plain = plain.replace(b"  ", b" ")
    return plain.replace(b" /", b"/").replace(b" (", b"(").lower()


def _compress(value: bytes) -> bytes:
    """Each run of white space to one blank."""
    plain = value.translate(_TO_BLANK)
    while plain.find(b"  ") >= 0:
        plain = plain.replace(b"  ", b" ")
    return plain


def _resolved(value: bytes) -> bytes:
    """Resolve `//`, `/./` and `/../`; what goes above the start stays, since that is what it is looked for."""
    if not value:
        return value
    if value.find(b"/.") < 0 and value.find(b"../") < 0 and value[:1] != b".":
        while value.find(b"//") >= 0:
            value = value.replace(b"//", b"/")
        return value
    rooted, ends = value[:1] == b"/", value[-1:] == b"/" or value.endswith((b"/.", b"/..")) or value in (b".", b"..")
    kept: list[bytes] = []
    for part in value.split(b"/"):
        if part in (b"", b"."):
            continue
        if part == b"..":
            if kept and kept[-1] != b"..":
                kept.pop()
                continue
            if rooted and not kept:
                continue
        kept.append(part)
    text = b"/".join(kept)
    if rooted:
        text = b"/" + text
    return text + b"/" if ends and text and not text.endswith((b"/", b"..")) else text


def _url_encode(value: bytes) -> bytes:
    encoded = _UNSAFE.sub(lambda found: b"%%%02x" % found.group()[0], value)
    return encoded.replace(b" ", b"+")


def _md5(value: bytes) -> bytes:
    import hashlib

    return hashlib.md5(value, usedforsecurity=False).digest()


def _sha1(value: bytes) -> bytes:
    import hashlib

    return hashlib.sha1(value, usedforsecurity=False).digest()


TRANSFORMATIONS: dict[str, Callable[[bytes], bytes]] = {
    "base64decode": decoding.base64_decode,
    "base64decodeext": decoding.base64_decode_ext,
    "base64encode": lambda value: binascii.b2a_base64(value, newline=False),
    "cmdline": _command_line,
    "compresswhitespace": _compress,
    "cssdecode": decoding.css_decode,
    "escapeseqdecode": decoding.escape_seq_decode,
    "hexdecode": decoding.hex_decode,
    "hexencode": binascii.hexlify,
    "htmlentitydecode": html_entity_decode,
    "jsdecode": decoding.js_decode,
    "length": lambda value: b"%d" % len(value),
    "lowercase": bytes.lower,
    "md5": _md5,
    "normalisepath": _resolved,
    "normalisepathwin": lambda value: _resolved(value.replace(b"\\", b"/")),
    "normalizepath": _resolved,
    "normalizepathwin": lambda value: _resolved(value.replace(b"\\", b"/")),
    "removecomments": lambda value: _COMMENTS.sub(b"", value),
    "removecommentschar": lambda value: _COMMENT_SIGNS.sub(b"", value),
    "removenulls": lambda value: value.replace(b"\0", b""),
    "removewhitespace": lambda value: value.translate(None, _WIDER_SPACES),
    "replacecomments": lambda value: _BLOCK_COMMENT.sub(b" ", value),
    "replacenulls": lambda value: value.replace(b"\0", b" "),
    "sha1": _sha1,
    "sqlhexdecode": decoding.sql_hex_decode,
    "trim": lambda value: value.strip(_SPACES),
    "trimleft": lambda value: value.lstrip(_SPACES),
    "trimright": lambda value: value.rstrip(_SPACES),
    "uppercase": bytes.upper,
    "urldecode": decoding.url_decode,
    "urldecodeuni": decoding.url_decode_uni,
    "urlencode": _url_encode,
    "utf8tounicode": decoding.utf8_to_unicode,
}
