"""Finds markup that runs script, whatever place of a page a value lands in: `@detectXSS`.

The idea is libinjection's (N. Galbreath, "libinjection: from SQLi to XSS", 2014): read the value five times as HTML5
would, beginning in text and in an attribute value with each way of quoting, and ask whether a tag, an attribute or a
URL appears that the author of a page would not take from a stranger. The tokeniser and the lists are our own, so
verdicts differ from libinjection's in detail.
"""

from collections.abc import Generator, Iterator

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
_SPACE = b" \t\n\r\x0b\x0c\0"
_NAME_ENDS = frozenset(_SPACE + b"/>=")
_BARE_ENDS = frozenset(_SPACE + b">")
_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_CALLS = frozenset(b"(`[=.")

Token = tuple[str, bytes]


def is_xss(value: bytes) -> bool:
    """Whether `value` brings script into a page from any of the five beginnings. Linear in the length of the value."""
    if b"<" not in value and b"=" not in value:
        return False
    return any(_hostile(value, beginning) for beginning in ("", " ", "'", '"', "`"))


def _hostile(value: bytes, beginning: str) -> bool:
    """Whether the tokens from this beginning hold something hostile."""
    attribute = b""
    in_tag = False
    for count, (kind, text) in enumerate(_tokens(value, beginning)):
        lowered = text.lower().replace(b"\0", b"")
        if count > MAX_TOKENS or kind == "doctype":
            return True
        if kind == "tag":
            in_tag, attribute = True, b""
            name = lowered.rpartition(b":")[2]
            if name in _TAGS or name.startswith(_TAG_PREFIXES):
                return True
        elif kind == "comment" and (b"`" in text or lowered.lstrip().startswith((b"[if", b"import", b"entity"))):
            return True
        elif kind == "name":
            attribute = lowered
            if lowered.startswith((b"xmlns", b"xlink")):
                return True
        elif kind == "value" and _dangerous(attribute, lowered, sure=in_tag or beginning in ("'", '"', "`")):
            return True
    return False


def _dangerous(attribute: bytes, value: bytes, *, sure: bool) -> bool:
    """Whether this attribute with this value runs script. Unless it is `sure` that we are in a tag, ask for a call."""
    if attribute.startswith(b"on") and len(attribute) >= 5 and attribute[2:].isalpha():
        return sure or not _CALLS.isdisjoint(value)
    if attribute in _ALWAYS:
        return sure or b":" in value or b"(" in value
    if attribute in _NAMES_AS_VALUES:
        return value.startswith(b"on") or value in _URLS
    return attribute in _URLS and _runs(value)


def _runs(url: bytes) -> bool:
    from casemate_guard.waf.entities import html_entity_decode

    plain = bytes(byte for byte in html_entity_decode(url[:256]).lower() if 32 < byte < 127)
    return plain.startswith(_SCHEMES)


def _tokens(value: bytes, beginning: str) -> Iterator[Token]:
    """Read `value` as HTML, beginning in text ("") or in an attribute value: bare (" ") or after a quote."""
    position = 0
    if beginning:
        quote = b"" if beginning == " " else beginning.encode()
        position = _value_end(value, 0, quote)
        if position >= len(value):
            return
        position += len(quote)
        position = yield from _attributes(value, position)
    while position < len(value):
        start = value.find(b"<", position)
        if start < 0 or start + 1 >= len(value):
            return
        following = value[start + 1]
        if following in _LETTERS:
            stop = _span(value, start + 1, _NAME_ENDS)
            yield "tag", value[start + 1 : stop]
            position = yield from _attributes(value, stop)
        elif following == 0x21:  # !
            position, token = _declaration(value, start + 2)
            yield token
        elif following in (0x3F, 0x25):  # ? and %, a bogus comment
            stop = _find(value, b">", start + 2)
            yield "comment", value[start + 2 : stop]
            position = stop + 1
        elif following == 0x2F:  # /
            position = _find(value, b">", start + 2) + 1
        else:
            position = start + 1


def _declaration(value: bytes, start: int) -> tuple[int, Token]:
    if value.startswith(b"--", start):
        stop = _find(value, b"--", start + 2)
        return _find(value, b">", stop) + 1, ("comment", value[start + 2 : stop])
    if value[start : start + 7].lower() == b"doctype":
        return _find(value, b">", start) + 1, ("doctype", b"")
    stop = _find(value, b">", start)
    return stop + 1, ("comment", value[start:stop])


def _attributes(value: bytes, position: int) -> Generator[Token, None, int]:
    """Yield names and values up to the end of the tag; returns where it ends."""
    end = len(value)
    while position < end:
        byte = value[position]
        if byte == 0x3E:
            return position + 1
        if byte in _SPACE or byte in b"/'\"`" or byte == 0x3D:
            position += 1
            continue
        stop = _span(value, position, _NAME_ENDS)
        yield "name", value[position:stop]
        position = _skip(value, stop)
        if position < end and value[position] == 0x3D:
            position = _skip(value, position + 1)
            quote = value[position : position + 1] if value[position : position + 1] in (b"'", b'"', b"`") else b""
            position += len(quote)
            stop = _value_end(value, position, quote)
            yield "value", value[position:stop]
            position = stop + len(quote)
    return end


def _value_end(value: bytes, start: int, quote: bytes) -> int:
    return _find(value, quote, start) if quote else _span(value, start, _BARE_ENDS)


def _find(value: bytes, word: bytes, start: int) -> int:
    found = value.find(word, start)
    return len(value) if found < 0 else found


def _span(value: bytes, start: int, ends: frozenset[int]) -> int:
    position, end = start, len(value)
    while position < end and value[position] not in ends:
        position += 1
    return position


def _skip(value: bytes, position: int) -> int:
    while position < len(value) and value[position] in _SPACE:
        position += 1
    return position


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
