"""Entities of HTML, undone: what the tokeniser of markup and the SecLang engine share."""

import re

_ENTITY = re.compile(rb"&(?:#[xX]([0-9A-Fa-f]+);?|#([0-9]+);?|(quot|amp|lt|gt|nbsp|apos);?)", re.IGNORECASE)
_NAMED = {b"quot": b'"', b"amp": b"&", b"lt": b"<", b"gt": b">", b"nbsp": b"\xa0", b"apos": b"'"}


def html_entity_decode(value: bytes) -> bytes:
    """Undo numeric entities and the few named ones that attacks need; the semicolon may be missing."""
    if b"&" not in value:
        return value

    def replace(found: "re.Match[bytes]") -> bytes:
        hexadecimal, decimal, name = found.groups()
        if name:
            return _NAMED[name.lower()]
        # the low byte is in the last digits: nobody has to convert a number of a million digits
        return bytes((int(hexadecimal[-8:], 16) & 0xFF if hexadecimal else int(decimal[-19:]) & 0xFF,))

    return _ENTITY.sub(replace, value)
