"""Secrets that are wrapped: in base64, in archives (zip, wheel, jar, a function's bundle), in gzip.

Notebooks, `.env` files and JSON in JSON are text and need no unwrapping.

Bounds: three layers, 64 MB of what is unpacked from one file, 5,000 members, ratios over 200 are refused, no member
is written anywhere, and nothing is followed out of the archive.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import TYPE_CHECKING

from casemate.analysis.secrets import engine
from casemate.analysis.secrets.context import holds_text
from casemate.analysis.secrets.members import LARGEST_MEMBER, STEEPEST, members
from casemate.analysis.secrets.spellings import WRAPPED, encoded_words
from casemate.model.location import Span
from casemate.model.pattern import late
from casemate.model.record import replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.analysis.secrets.prefilter import Prefilter
    from casemate.model.leak import Leak

DEEPEST = 3
MOST_ENCODED = 200
"""Encoded stretches of one file."""

_ENCODED = rb"[0-9A-Za-z+/]{40,}={0,2}"
_MIDDLE = late(r"(?i)(?:^|/)(?:node_modules|site-packages|vendor|botocore|boto3|[^/]+\.dist-info)(?:/|$)")


def is_archive(data: bytes) -> bool:
    """Whether it is a zip archive or gzip."""
    return data.startswith((b"PK\x03\x04", b"\x1f\x8b"))


def may_hold_layers(data: bytes) -> bool:
    """Whether it is worth a closer look."""
    if is_archive(data):
        return True
    return b"\0" not in data[:1024] and len(data) < 1024 * 1024 and _marks(data)


def _marks(data: bytes) -> bool:
    """Whether base64 of a word that stands in credentials occurs, at any of its three places in a group of four."""
    return encoded_words().search(data) is not None


def leaks_in_layers(path: str, data: bytes, prefilter: Prefilter, depth: int = 1) -> Iterator[Leak]:
    """The secrets inside of what can be unwrapped. Their place is that of the outermost wrapping in the file."""
    if depth > DEEPEST:
        return
    if data.startswith(b"PK\x03\x04"):
        for name, content in members(data, _is_wanted):
            layer = f"{path.rpartition('/')[2]}!/{name}" if depth == 1 else name
            yield from _inside(path, name, content, layer, prefilter, depth)
    elif data.startswith(b"\x1f\x8b"):
        unpacked = _inflated(data)
        if unpacked:
            yield from _inside(path, path.removesuffix(".gz"), unpacked, "gzip", prefilter, depth)
    else:
        yield from _encoded(path, data, prefilter, depth)


def _inside(path: str, name: str, content: bytes, layer: str, prefilter: Prefilter, depth: int) -> Iterator[Leak]:
    whole = Span(path, 1, 1, 1, 1)
    seen: set[str] = set()
    for leak in engine.leaks_in(name, content, prefilter, seen):
        yield replace(
            leak, at=whole, layers=(layer, *leak.layers), evidence={**leak.evidence, "line": str(leak.at.start_line)}
        )
    if is_archive(content) or (WRAPPED in seen and may_hold_layers(content)):
        for leak in leaks_in_layers(name, content, prefilter, depth + 1):
            yield replace(leak, at=whole, layers=(layer, *leak.layers))


def _is_wanted(name: str) -> bool:
    return holds_text(name) and _MIDDLE.search(name) is None


def _inflated(data: bytes) -> bytes | None:
    try:
        unpacked = zlib.decompressobj(wbits=31).decompress(data, LARGEST_MEMBER)
    except zlib.error:
        return None
    return None if len(unpacked) > STEEPEST * len(data) else unpacked


def _encoded(path: str, data: bytes, prefilter: Prefilter, depth: int) -> Iterator[Leak]:
    import re2

    lines = engine.Lines(data)
    for number, match in enumerate(re2.finditer(_ENCODED, data)):
        if number >= MOST_ENCODED:
            return
        decoded = _decoded(match.group())
        if decoded is None:
            continue
        at = Span(path, *lines.at(match.start()), *lines.at(match.end()))
        inner = engine.leaks_in(path, decoded, prefilter)
        if depth < DEEPEST and _marks(decoded):
            inner.extend(leaks_in_layers(path, decoded, prefilter, depth + 1))
        for leak in inner:
            yield replace(leak, at=at, layers=("base64", *leak.layers))


def _decoded(text: bytes) -> bytes | None:
    """The text behind base64; None when it is no printable text."""
    try:
        decoded = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
        plain = decoded.decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    readable = sum(character.isprintable() or character in "\r\n\t" for character in plain)
    return decoded if readable == len(plain) else None
