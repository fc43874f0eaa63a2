"""Entities of HTML, undone: what the tokeniser of markup and the SecLang engine share."""

import re

_ENTITY = re.compile(rb"#[xX]([0-9A-Fa-f]+);?|#([0-9]+);?|(quot|amp|lt|gt|nbsp|apos);?", re.IGNORECASE).match
_BYTES = [bytes((number,)) for number in range(256)]
_NAMED = {b"quot": b'"', b"amp": b"&", b"lt": b"<", b"gt": b">", b"nbsp": b"\xa0", b"apos": b"'"}


def html_entity_decode(value: bytes) -> bytes:
    """Undo numeric entities and the few named ones that attacks need; the semicolon may be missing."""
    if 0x26 not in value:
        return value

    first, *parts = value.split(b"&")
    pieces = [first]
    for part in parts:
        found = _ENTITY(part)
        if found is None:
            pieces += (b"&", part)
            continue
        hexadecimal, decimal, name = found.groups()
        if name:
            byte = _NAMED[name.lower()]
        else:  # the low byte is in the last digits: nobody has to convert a number of a million digits
            byte = _BYTES[(int(hexadecimal[-8:], 16) if hexadecimal else int(decimal[-19:])) & 0xFF]
        pieces += (byte, part[found.end() :])
    return b"".join(pieces)
