"""Finds markup that runs script, whatever place of a page a value lands in: `@detectXSS`.

The idea is libinjection's (N. Galbreath, "libinjection: from SQLi to XSS", 2014): read the value five times as HTML5
would, beginning in text and in an attribute value with each way of quoting, and ask whether a tag, an attribute or a
URL appears that the author of a page would not take from a stranger. The tokeniser and the lists are our own, so
verdicts differ from libinjection's in detail.
"""

import re

MAX_TOKENS = 2000
"""Tokens read of one value and one beginning. A value with more markup than this is taken as hostile."""

_TAGS = frozenset(
    b"applet animate base bgsound comment embed foreignobject frame frameset handler iframe image import isindex layer "
    b"link listener marquee math meta noscript object param portal script set style template vmlframe xml xss".split()
)
_TAG_PREFIXES = (b"svg", b"xsl", b"script")
_URLS = frozenset(
    b"action background data dynsrc folder formaction from href lowsrc manifest ping poster src to values xlink:href "
    b"xml:base".split()
)
_ALWAYS = frozenset(b"allowscriptaccess datafld dataformatas datasrc fscommand seeksegmenttime srcdoc style".split())
_NAMES_AS_VALUES = frozenset((b"attributename",))
_SCHEMES = (b"data:", b"javascript:", b"vbscript:", b"view-source:", b"livescript:", b"mocha:")
_NAME = re.compile(rb"[^ \t\n\r\x0b\x0c\0/>=]*").match
_BARE = re.compile(rb"[^ \t\n\r\x0b\x0c\0>]*").match
_BLANK = re.compile(rb"[ \t\n\r\x0b\x0c\0]*").match
_BETWEEN = re.compile(rb"[ \t\n\r\x0b\x0c\0/'\"`=]*").match
_OPENS = re.compile(rb"<[A-Za-z!?%/]").search
_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyz")
_CALLS = frozenset(b"(`[=.")

Token = tuple[str, bytes]


def is_xss(value: bytes) -> bool:
    """Whether `value` brings script into a page from any of the five beginnings. Linear in the length of the value."""
    if 0x3C not in value and 0x3D not in value:
        return False
    known: dict[int, int] = {}
    return any(_hostile(value, beginning, known) for beginning in (b"", b" ", b"'", b'"', b"`"))


def _hostile(value: bytes, beginning: bytes, known: dict[int, int]) -> bool:
    """Whether the tokens from this beginning hold something hostile; or are too many.

    The beginnings soon read alike: `known` has, for each `<` in text that was met, how many tokens follow from there.
    """
    position, count = 0, 0
    if beginning:
        quote = beginning.strip()
        position = _value_end(value, 0, quote)
        if position >= len(value):
            return False
        position, tokens = _attributes(value, position + len(quote))
        if _tells(tokens, sure=bool(quote)):
            return True
        count = len(tokens)
    met: list[tuple[int, int]] = []
    while True:
        found = _OPENS(value, position)
        if found is None:
            break
        start = found.start()
        if start in known:
            count += known[start]
            break
        met.append((start, count))
        position, tokens = _markup(value, start + 1)
        if _tells(tokens, sure=True):
            return True
        count += len(tokens)
        if count > MAX_TOKENS + 1:
            return True
    known.update({place: count - before for place, before in met})
    return count > MAX_TOKENS + 1


def _tells(tokens: list[Token], *, sure: bool) -> bool:
    """Whether one of the tokens is hostile. Unless we are `sure` to be in a tag, a handler has to call something."""
    attribute = b""
    for kind, text in tokens:
        lowered = text.lower().replace(b"\0", b"")
        if kind == "value":
            if _dangerous(attribute, lowered, sure=sure):
                return True
        elif kind == "name":
            attribute = lowered
            if lowered.startswith((b"xmlns", b"xlink")):
                return True
        elif kind == "tag":
            name = lowered.rpartition(b":")[2]
            if name in _TAGS or name.startswith(_TAG_PREFIXES):
                return True
        elif kind == "doctype" or 0x60 in text or lowered.lstrip().startswith((b"[if", b"import", b"entity")):
            return True
    return False


def _dangerous(attribute: bytes, value: bytes, *, sure: bool) -> bool:
    """Whether this attribute with this value runs script. Unless it is `sure` that we are in a tag, ask for a call."""
    if attribute.startswith(b"on") and len(attribute) >= 5 and attribute[2:].isalpha():
        return sure or not _CALLS.isdisjoint(value)
    if attribute in _ALWAYS:
        return sure or 0x3A in value or 0x28 in value
    if attribute in _NAMES_AS_VALUES:
        return value.startswith(b"on") or value in _URLS
    return attribute in _URLS and _runs(value)


def _runs(url: bytes) -> bool:
    from casemate_guard.waf.entities import html_entity_decode

    plain = bytes(byte for byte in html_entity_decode(url[:256]).lower() if 32 < byte < 127)
    return plain.startswith(_SCHEMES)


def _markup(value: bytes, start: int) -> tuple[int, list[Token]]:
    """What follows a `<` in text: where it ends, and its tokens."""
    following = value[start]
    if following | 32 in _LETTERS:
        stop = _NAME(value, start).end()  # type: ignore[union-attr] # it takes the empty text
        position, tokens = _attributes(value, stop)
        return position, [("tag", value[start:stop]), *tokens]
    if following == 0x21:  # !
        position, token = _declaration(value, start + 1)
        return position, [token]
    if following in (0x3F, 0x25):  # ? and %, a bogus comment
        stop = _find(value, b">", start + 1)
        return stop + 1, [("comment", value[start + 1 : stop])]
    return _find(value, b">", start + 1) + 1, []  # a closing tag


def _declaration(value: bytes, start: int) -> tuple[int, Token]:
    if value.startswith(b"--", start):
        stop = _find(value, b"--", start + 2)
        return _find(value, b">", stop) + 1, ("comment", value[start + 2 : stop])
    if value[start : start + 7].lower() == b"doctype":
        return _find(value, b">", start) + 1, ("doctype", b"")
    stop = _find(value, b">", start)
    return stop + 1, ("comment", value[start:stop])


def _attributes(value: bytes, position: int) -> tuple[int, list[Token]]:
    """Names and values up to the end of the tag, and where that is."""
    end = len(value)
    tokens: list[Token] = []
    while len(tokens) <= MAX_TOKENS * 2:
        position = _BETWEEN(value, position).end()  # type: ignore[union-attr] # it takes the empty text
        if position >= end:
            break
        if value[position] == 0x3E:
            return position + 1, tokens
        stop = _NAME(value, position).end()  # type: ignore[union-attr]
        tokens.append(("name", value[position:stop]))
        position = _BLANK(value, stop).end()  # type: ignore[union-attr]
        if position < end and value[position] == 0x3D:
            position = _BLANK(value, position + 1).end()  # type: ignore[union-attr]
            quote = value[position : position + 1] if value[position : position + 1] in (b"'", b'"', b"`") else b""
            position += len(quote)
            stop = _value_end(value, position, quote)
            tokens.append(("value", value[position:stop]))
            position = stop + len(quote)
    return end, tokens


def _value_end(value: bytes, start: int, quote: bytes) -> int:
    return _find(value, quote, start) if quote else _BARE(value, start).end()  # type: ignore[union-attr]


def _find(value: bytes, word: bytes, start: int) -> int:
    found = value.find(word, start)
    return len(value) if found < 0 else found


def necessary() -> bytes:
    """A regular expression without look-around that finds something in every value that `is_xss` calls hostile.

    But for one of more than `MAX_TOKENS` bytes: that many tokens are hostile by their number.
    """
    blank = rb"[ \t\n\r\x0b\x0c\x00]*="
    urls = b"|".join(sorted(_URLS))
    always = b"|".join(sorted(_ALWAYS | _NAMES_AS_VALUES))
    return b"".join(
        (
            rb"(?i)<[!?%a-z]|xmlns|xlink|on[a-z]{3,}" + blank + rb"|(?:" + always + rb")" + blank,
            rb"|(?:" + urls + rb")" + blank + rb"[ \t\n\r\x0b\x0c\x00]*[\"'`]?[\x00-\x20\x7f-\xff]*[djvlm&]",
        )
    )
