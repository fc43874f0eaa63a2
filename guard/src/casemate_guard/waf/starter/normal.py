"""What a text says once the escapes that some parser behind would undo are undone, and whether it is free text."""

from __future__ import annotations

import re

from casemate_guard.waf.starter.table import pattern

_NAMED = {
    "lt": "<", "gt": ">", "quot": '"', "amp": "&", "apos": "'", "colon": ":", "lpar": "(", "rpar": ")", "sol": "/",
    "bsol": "\\", "grave": "`", "period": ".", "semi": ";", "num": "#", "dollar": "$", "equals": "=", "lbrace": "{",
    "rbrace": "}", "lcub": "{", "rcub": "}", "lsqb": "[", "rsqb": "]", "excl": "!", "plus": "+", "verbar": "|",
    "vert": "|", "percnt": "%", "commat": "@", "tab": "\t", "newline": "\n", "nbsp": " ", "comma": ",",
}  # fmt: skip
_ENTITY = re.compile(r"&(?:#x0{0,9}([0-9a-f]{1,5})|#0{0,9}([0-9]{1,6})|(" + "|".join(_NAMED) + r"));?", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(?:u\{?0{0,4}([0-9a-f]{2,5})\}?|x([0-9a-f]{2})|(/))", re.IGNORECASE)
_PERCENT = re.compile(r"%(?:u([0-9a-f]{4})|([0-9a-f]{2}))", re.IGNORECASE)
_OVERLONG = re.compile("[\u00c0\u00c1]([\u0080-\u00bf\\\\/])|\u00e0\u0080([\u0080-\u00bf])")
_INVISIBLE = re.compile("[\0\u00ad\u200b-\u200f\u2060\ufeff]")
_FOLDED = re.compile(
    "[\u02b9\u02bc\u2024\u2025\u2032\u2044\u2100-\u2138\u2215\u2216\u2460-\u24ff\ufe30-\ufe6f\uff01-\uffef"
    "\U0001d400-\U0001d7ff]"
)
_ALIKE = str.maketrans("\u02b9\u02bc\u2032\u2044\u2215\u2216", "'''//\\")
_PARTS = re.compile(
    r"""<!\[CDATA\[(.{3,4000}?)\]\]>|>\s{0,200}([^<>\s][^<>]{2,4000})<|=\s{0,3}"([^"<>]{3,4000})"|=\s{0,3}'([^'<>]{3,4000})'""",
    re.DOTALL,
)
_ROUNDS = 3
_LOOKED_AT = 6000


def _code(found: re.Match[str]) -> str:
    text = found[1] or found[2]
    if text is None:
        return "/"
    code = int(text, 16)
    return chr(code) if code < 0xD800 or 0xE000 <= code < 0x110000 else ""


def _entity(found: re.Match[str]) -> str:
    if found[3]:
        return _NAMED[found[3].lower()]
    code = int(found[1], 16) if found[1] else int(found[2])
    return chr(code) if code < 0xD800 or 0xE000 <= code < 0x110000 else ""


def _overlong(found: re.Match[str]) -> str:
    if found[2]:
        return chr(ord(found[2]) & 0x3F)
    last = ord(found[1])
    return chr((ord(found[0][0]) & 3) << 6 | last & 0x3F) if last >= 0x80 else found[1]


def undone(text: str) -> str:
    """The text without the escapes of HTML, JavaScript and URLs (three layers at most), look-alikes folded."""
    for _ in range(_ROUNDS):
        before = text
        if "%" in text:
            text = _PERCENT.sub(_code, text)
        if "&" in text:
            text = _ENTITY.sub(_entity, text)
        if "\\" in text:
            text = _ESCAPE.sub(_code, text)
        if text == before:
            break
    if not text.isascii():
        text = _OVERLONG.sub(_overlong, text)
        if _FOLDED.search(text):
            from unicodedata import normalize

            text = normalize("NFKC", text.translate(_ALIKE))
    return _INVISIBLE.sub("", text)


def parts_of(text: str) -> list[str]:
    """What stands between the tags and in the attributes of a document in XML or HTML; nothing of any other text."""
    if text.lstrip()[:1] != "<":
        return []
    return [part for found in _PARTS.findall(text) for part in found if part]


def is_free(text: str) -> bool:
    """Whether the (lower case) text reads like prose, a developer's command line, or a longer piece of code."""
    looked = text[:_LOOKED_AT]
    if looked.count("\n") >= 4 or pattern("machine").match(looked):
        return True
    small = len(pattern("small").findall(looked))
    if small >= 3:
        return True
    words = pattern("plain").findall(looked)
    share = (sum(map(len, words)) + len(words)) / max(len(looked), 1)
    return (len(words) + small >= 5 and share >= 0.35) or (len(words) + small >= 4 and share >= 0.5)
