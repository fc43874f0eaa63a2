"""Semantic Versioning 2.0.0, section 11: npm, Go modules and Cargo.

A leading `v` or `=` is dropped, as node-semver and Go do; fewer or more than three numbers compare as if filled with
zeros, since advisories write `1.2`. Build metadata (Go's `+incompatible` too) does not count.
"""

from __future__ import annotations

import re
from typing import TypeAlias

_VERSION = re.compile(
    r"[v=\s]*(?:go)?(\d+(?:\.\d+)*)(?:-?([0-9A-Za-z-][0-9A-Za-z.-]*))?(?:\+[0-9A-Za-z.+-]*)?", re.ASCII
)

Part: TypeAlias = tuple[int, int, str]
SemverKey: TypeAlias = tuple[tuple[int, ...], int, tuple[Part, ...]]


def parse(text: str) -> SemverKey | None:
    """The key of a version: numbers without trailing zeros, release after pre-release, the pre-release's parts."""
    found = _VERSION.fullmatch(text)
    if found is None:
        return None
    return numbers(found[1]), 0 if found[2] else 1, parts(found[2] or "")


def numbers(dotted: str) -> tuple[int, ...]:
    """Dotted numbers without trailing zeros, so that `1.2` equals `1.2.0`."""
    found = [int(number) for number in dotted.split(".")]
    while found and found[-1] == 0:
        found.pop()
    return tuple(found)


def parts(text: str) -> tuple[Part, ...]:
    """Pre-release identifiers: numbers in their order, before any text, text in ASCII order."""
    if not text:
        return ()
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in text.split("."))
