"""Hashes that locks record, in one spelling: `sha256:` or `sha512:` and hexadecimal digits.

Sources: Subresource Integrity (`sha512-` and base64, as npm's locks have it); pip, "Repeatable installs"
(`--hash=sha256:…`).
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import TYPE_CHECKING

from casemate.model.pattern import late

if TYPE_CHECKING:
    from collections.abc import Iterable

_SIZES = {"sha256": 32, "sha384": 48, "sha512": 64}
_HEX = late(r"(sha256|sha384|sha512)[:=]([0-9a-fA-F]{64,128})(?![0-9a-fA-F])")
_MAX = 500
"""Hashes of one entry: a package with more files than this is none."""


def digests_of(texts: Iterable[object]) -> tuple[str, ...]:
    """Every strong hash in these texts, once; weak ones (md5, sha1) prove nothing and are left out."""
    found: dict[str, None] = {}
    for text in texts:
        if not isinstance(text, str):
            continue
        for part in text.split()[:_MAX]:
            digest = _one(part)
            if digest is not None and len(found) < _MAX:
                found[digest] = None
    return tuple(found)


def _one(text: str) -> str | None:
    kind, dash, rest = text.partition("-")
    if dash and kind in _SIZES:
        try:
            raw = b64decode(rest.partition("?")[0], validate=True)
        except (binascii.Error, ValueError):
            return None
        return f"{kind}:{raw.hex()}" if len(raw) == _SIZES[kind] else None
    match = _HEX.search(text)
    if match is None or len(match[2]) != 2 * _SIZES[match[1]]:
        return None
    return f"{match[1]}:{match[2].lower()}"
