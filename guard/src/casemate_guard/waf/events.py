"""An event that is no HTTP request, as arguments: every text in it, and what an application may decode it to.

A decoded view stands beside the raw value under a name of its own (`Records.0.body|json.id`, `data|base64`), each step
is taken once, and everything is bounded: an event beyond the bounds is incomplete, which the caller has to refuse.
"""

import binascii
from typing import NamedTuple

from casemate_guard.waf.bodies import Pairs, encoded
from casemate_guard.waf.decoding import url_decode

MAX_DEPTH = 64
MAX_LEAVES = 20_000
MAX_VIEWS = 4
"""Decoding steps on top of each other: JSON in base64 in JSON is two."""

_BASE64 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_\r\n")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


class Leaves(NamedTuple):
    """The texts of an event by their paths, and whether that is all of them."""

    pairs: Pairs
    complete: bool


def leaves(event: object) -> Leaves:
    """The leaves of a decoded JSON `event` with their views. Never raises."""
    pairs: Pairs = []
    pending: list[tuple[str, object, int, int]] = [("", event, 0, 0)]
    while pending:
        path, value, depth, views = pending.pop()
        if depth > MAX_DEPTH or len(pairs) + len(pending) >= MAX_LEAVES:
            return Leaves(pairs, complete=False)
        if isinstance(value, dict):
            members = [(f"{path}.{key}" if path else str(key), member) for key, member in value.items()]
        elif isinstance(value, list):
            members = [(f"{path}.{index}" if path else str(index), member) for index, member in enumerate(value)]
        else:
            text = value if isinstance(value, str) else "" if value is None else str(value)
            raw = encoded(text)
            pairs.append((encoded(path), raw))
            if isinstance(value, str):
                found = _views(raw)
                if found and views >= MAX_VIEWS:
                    return Leaves(pairs, complete=False)
                pending.extend((f"{path}|{kind}", view, depth + 1, views + 1) for kind, view in found)
            continue
        pending.extend((name, member, depth + 1, views) for name, member in reversed(members))
    return Leaves(pairs, complete=True)


def _views(raw: bytes) -> list[tuple[str, object]]:
    """What `raw` may be decoded to, with the name of the step."""
    bare = raw.strip()
    if bare[:1] in (b"{", b"["):
        import json

        try:
            return [("json", json.loads(bare))]
        except (ValueError, RecursionError):
            pass
    found: list[tuple[str, object]] = []
    if b"%" in raw or b"+" in raw:
        decoded = url_decode(raw)
        if decoded != raw:
            found.append(("url", decoded.decode("utf-8", "surrogateescape")))
    text = _from_base64(bare)
    if text:
        found.append(("base64", text))
    return found


def _from_base64(bare: bytes) -> str:
    """The text that `bare` is the base64 of, when it is one: of 12 digits or more, and UTF-8 without control bytes."""
    if len(bare) < 12 or not _BASE64.issuperset(bare):
        return ""
    digits = bare.translate(_URL_SAFE, b"\r\n").rstrip(b"=")
    try:
        text = binascii.a2b_base64(digits + b"=" * (-len(digits) % 4)).decode("utf-8")
    except ValueError:
        return ""
    return text if text.isprintable() or not any(ord(character) < 9 for character in text) else ""
