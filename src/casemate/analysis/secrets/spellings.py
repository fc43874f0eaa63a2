"""How words that stand in credentials look inside of base64: what tells that a wrapped text is worth unwrapping."""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from casemate.analysis.secrets.detector import Detector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.analysis.secrets.detector import Hit

WRAPPED = "wrapped-text"
"""The id of the detector that only says that there is something to unwrap."""


def _spellings(word: bytes) -> Iterator[bytes]:
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + word)
        start = (shift * 8 + 5) // 6
        yield coded[start : start + (len(word) * 8 - (6 - shift * 8 % 6) % 6) // 6]


_WORDS = (
    b"password", b"PASSWORD", b"Password", b"secret", b"SECRET", b'token"', b"_TOKEN", b"apiKey",
    b"api_key", b"API_KEY", b"ACCESS_KEY", b"access_key", b"PRIVATE KEY", b"AKIA", b"ghp_", b"sk_live_",
    b"xoxb-", b"glpat-",
)  # fmt: skip


@lru_cache(maxsize=1)
def spelled() -> tuple[str, ...]:
    """Every spelling that is long enough to tell."""
    return tuple(sorted({text.decode() for word in _WORDS for text in _spellings(word) if len(text) >= 5}))


@lru_cache(maxsize=1)
def encoded_words() -> Any:  # noqa: ANN401 - re2 has no types
    """One automaton for all spellings."""
    import re2

    return re2.compile("|".join(re2.escape(text) for text in spelled()).encode())


def detector() -> Detector:
    """Looks for the spellings in the first pass; no match of it is a secret."""
    texts = spelled()
    escaped = tuple(text.replace("+", "\\+").replace("/", "\\/") for text in texts)
    return Detector(WRAPPED, "|".join(escaped), escaped, texts, caseless=False, judge=_nothing)


def _nothing(_: Hit) -> None:
    """What is wrapped is judged when it is unwrapped."""
