"""Which files were written by a machine: minified or bundled JavaScript is not what a person can repair.

Judged by the text alone. A line that a person wrote has some tens of bytes; a minifier leaves lines of thousands, with
hardly any space in them. A handler that carries a long data URL or an embedded table is still source, because its
long lines hold no code.
"""

from __future__ import annotations

_SAMPLE = 262_144
_SMALL = 1_000
_LONG = 500
_CODE = (b";", b",", b"{", b"(")


def is_minified(source: bytes) -> bool:
    """Whether most of `source` lies in lines of over 500 bytes that are dense code."""
    sample = source[:_SAMPLE]
    if len(sample) < _SMALL:
        return False
    long = [line for line in sample.split(b"\n") if len(line) > _LONG]
    size = sum(map(len, long))
    if size * 2 < len(sample):
        return False
    code = sum(line.count(sign) for line in long for sign in _CODE)
    spaces = sum(line.count(b" ") for line in long)
    return code * 40 > size and spaces * 8 < size
