"""Large objects in chunks: the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár (CRYPTO 2015).

Each stream has a key of its own, made of the data key and a random salt; the nonce of a chunk is its number and whether
it is the last, so that none is changed, moved, left out, added or cut off unseen.
"""

from __future__ import annotations

import os

from casemate_guard.envelope.format import SALT, STREAM, TAG, EnvelopeError, Header, derive, end_of_prefix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

LARGEST_CHUNK = 1 << 24


def _nonce(number: int, *, last: bool) -> bytes:
    if number >= 1 << 32:
        raise EnvelopeError("a stream has at most 2**32 chunks")
    return bytes(7) + number.to_bytes(4, "big") + bytes([last])


def encrypted(chunks: Iterable[bytes], key: bytes, head: bytes, bound: bytes, size: int) -> Iterator[bytes]:
    """The header, then the chunks of `size` bytes, the last of them shorter or empty."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if not 0 < size <= LARGEST_CHUNK:
        raise EnvelopeError(f"a chunk has 1 to {LARGEST_CHUNK} bytes")
    salt = os.urandom(SALT)
    header = head + salt + size.to_bytes(4, "big")
    cipher = AESGCM(derive(key, b"stream", salt))
    aad = header + bound
    yield header
    number = 0
    rest = bytearray()
    for piece in chunks:
        rest += piece
        while len(rest) > size:  # what is left when all is read is the last chunk
            yield cipher.encrypt(_nonce(number, last=False), bytes(rest[:size]), aad)
            del rest[:size]
            number += 1
    yield cipher.encrypt(_nonce(number, last=True), bytes(rest), aad)


def decrypted(chunks: Iterable[bytes], key_of: Callable[[bytes], bytes], bound: bytes) -> Iterator[bytes]:
    """The plain chunks. Raises `EnvelopeError` at the first that is not right, and where the last is missing."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    pieces = iter(chunks)
    rest = bytearray()
    end = 0
    while not end or len(rest) < end + SALT + 4:
        rest += _more(pieces)
        if not end:
            try:
                end = end_of_prefix(bytes(rest[: 1 << 18]))
            except EnvelopeError:
                if len(rest) > 1 << 17 or (len(rest) >= 5 and rest[:3] != b"CME"):
                    raise
    head, header = bytes(rest[:end]), bytes(rest[: end + SALT + 4])
    size = int.from_bytes(header[-4:], "big")
    if not Header(head).flags & STREAM or not 0 < size <= LARGEST_CHUNK:
        raise EnvelopeError("not a stream of this format")
    del rest[: len(header)]
    cipher = AESGCM(derive(key_of(head), b"stream", header[end : end + SALT]))
    aad = header + bound
    number = 0
    full = size + TAG
    last = False
    while not last:
        piece = next(pieces, None)
        last = piece is None
        rest += piece or b""
        while len(rest) > full or last:
            chunk = bytes(rest[:full])
            final = last and len(rest) <= full
            try:
                yield cipher.decrypt(_nonce(number, last=final), chunk, aad)
            except (InvalidTag, ValueError):
                raise EnvelopeError("the stream was changed or cut off, or belongs to another context") from None
            del rest[:full]
            number += 1
            if final:
                break


def _more(pieces: Iterator[bytes]) -> bytes:
    found = next(pieces, None)
    if found is None:
        raise EnvelopeError("not a stream of this format")
    return found
