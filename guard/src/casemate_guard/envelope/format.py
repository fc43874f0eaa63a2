"""The bytes of an encrypted message: docs/envelope-format.md describes them one by one."""

from __future__ import annotations

import hmac

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

MAGIC = b"CME\x01\x01"
"""Magic, version 1, algorithm 1: HKDF-SHA-256 with key commitment, AES-256-GCM."""
STREAM = 1
NAMED = 2
FLAG = 5
"""Where the byte of flags stands."""
NONCE = 12
TAG = 16
COMMITMENT = 32
SALT = 32
_LABEL = b"casemate-envelope/1 "


class EnvelopeError(ValueError):
    """A message cannot be read, or a key cannot be had. What was wrong with a ciphertext is not told apart."""


def derive(key: bytes, purpose: bytes, salt: bytes = bytes(32)) -> bytes:
    """32 bytes of HKDF-SHA-256 (RFC 5869), of one block."""
    return hmac.digest(hmac.digest(salt, key, "sha256"), _LABEL + purpose + b"\x01", "sha256")


def prefix(flags: int, kek: str, wrapped: bytes, commitment: bytes) -> bytes:
    """What stands before the nonce (or the salt of a stream), the same for all messages of one data key."""
    uri = kek.encode()
    if len(uri) > 0xFFFF or len(wrapped) > 0xFFFF:
        raise EnvelopeError("the name of a key is too long")
    parts = (MAGIC, bytes([flags]), len(uri).to_bytes(2, "big"), uri, len(wrapped).to_bytes(2, "big"), wrapped)
    return b"".join(parts) + commitment


class Header:
    """A prefix, taken apart: `end` is where it ends in the message."""

    __slots__ = ("commitment", "end", "flags", "kek", "wrapped")

    def __init__(self, message: bytes) -> None:
        end = end_of_prefix(message)
        self.end = end
        self.flags = message[FLAG]
        size = int.from_bytes(message[6:8], "big")
        try:
            self.kek = message[8 : 8 + size].decode()
        except UnicodeDecodeError:
            raise EnvelopeError("not a message of this format") from None
        self.wrapped = message[10 + size : end - COMMITMENT]
        self.commitment = message[end - COMMITMENT : end]


def end_of_prefix(message: bytes) -> int:
    """Where the prefix of a message ends. Raises `EnvelopeError` for other bytes, and for a format that is unknown."""
    if message[:5] != MAGIC or len(message) < 10 or message[FLAG] & ~3:
        raise EnvelopeError("not a message of this format")
    wrapped = 8 + int.from_bytes(message[6:8], "big")
    end = wrapped + 2 + int.from_bytes(message[wrapped : wrapped + 2], "big") + COMMITMENT
    if end > len(message):
        raise EnvelopeError("not a message of this format")
    return end


def bound(context: Mapping[str, str]) -> bytes:
    """A context as bytes: 2 of the number of entries, then by name, name and value, each behind 4 of its length."""
    parts = [len(context).to_bytes(2, "big")]
    for name in sorted(context):
        for one in (name, context[name]):
            if not isinstance(one, str):
                raise TypeError("names and values of a context are strings")
            data = one.encode()
            parts += (len(data).to_bytes(4, "big"), data)
    return b"".join(parts)
