"""The format of docs/envelope-format.md once more, from that page and with the library's own HKDF: the oracle.

    python tests/guard/envelope_reference.py > tests/guard/envelope-vectors.json

All randomness of a vector comes from its number, so that the file can be made again.
"""

from __future__ import annotations

import json
import sys
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEK = "file://vectors.key"
FILE_KEY = bytes(range(32))


def kdf(key: bytes, info: str, salt: bytes = bytes(32)) -> bytes:
    return HKDF(SHA256(), 32, salt, f"casemate-envelope/1 {info}".encode()).derive(key)


def sized(data: bytes, size: int) -> bytes:
    return len(data).to_bytes(size, "big") + data


def context_bytes(context: dict[str, str]) -> bytes:
    entries = b"".join(sized(name.encode(), 4) + sized(context[name].encode(), 4) for name in sorted(context))
    return len(context).to_bytes(2, "big") + entries


def prefix(flags: int, uri: str, wrapped: bytes, key: bytes) -> bytes:
    return b"CME\x01\x01" + bytes([flags]) + sized(uri.encode(), 2) + sized(wrapped, 2) + kdf(key, "commitment")


def wrap(key: bytes, nonce: bytes, context: dict[str, str]) -> bytes:
    return nonce + AESGCM(kdf(FILE_KEY, "file")).encrypt(nonce, key, context_bytes(context))


def unwrap(wrapped: bytes, context: dict[str, str]) -> bytes:
    return AESGCM(kdf(FILE_KEY, "file")).decrypt(wrapped[:12], wrapped[12:], context_bytes(context))


def message(data: bytes, own: dict[str, str], call: dict[str, str], chance: bytes) -> bytes:
    key, wrapping, nonce = chance[:32], chance[32:44], chance[44:56]
    head = prefix(0, KEK, wrap(key, wrapping, own), key)
    return head + nonce + AESGCM(kdf(key, "message")).encrypt(nonce, data, head + context_bytes({**own, **call}))


def stream(data: bytes, own: dict[str, str], call: dict[str, str], size: int, chance: bytes) -> bytes:
    key, wrapping, salt = chance[:32], chance[32:44], chance[44:76]
    head = prefix(1, KEK, wrap(key, wrapping, own), key) + salt + size.to_bytes(4, "big")
    cipher = AESGCM(kdf(key, "stream", salt))
    chunks = [data[start : start + size] for start in range(0, len(data), size)] or [b""]
    result = head
    for number, chunk in enumerate(chunks):
        nonce = bytes(7) + number.to_bytes(4, "big") + bytes([number == len(chunks) - 1])
        result += cipher.encrypt(nonce, chunk, head + context_bytes({**own, **call}))
    return result


def read(text: bytes, own: dict[str, str], call: dict[str, str]) -> bytes:
    """The data of a message or a stream whose data key a file wraps; whatever is wrong raises."""
    assert text[:5] == b"CME\x01\x01"
    flags = text[5]
    place = 6
    parts = []
    for _ in ("the key's URI", "the wrapped data key"):
        size = int.from_bytes(text[place : place + 2], "big")
        parts.append(text[place + 2 : place + 2 + size])
        place += 2 + size
    key = unwrap(parts[1], own)
    assert text[place : place + 32] == kdf(key, "commitment")
    place += 32
    aad = context_bytes({**own, **call})
    if flags == 0:
        return AESGCM(kdf(key, "message")).decrypt(text[place : place + 12], text[place + 12 :], text[:place] + aad)
    assert flags == 1
    salt, size = text[place : place + 32], int.from_bytes(text[place + 32 : place + 36], "big")
    head, rest = text[: place + 36], text[place + 36 :]
    cipher = AESGCM(kdf(key, "stream", salt))
    chunks = [rest[start : start + size + 16] for start in range(0, len(rest), size + 16)]
    nonces = [
        bytes(7) + number.to_bytes(4, "big") + bytes([number == len(chunks) - 1]) for number in range(len(chunks))
    ]
    return b"".join(cipher.decrypt(nonce, chunk, head + aad) for nonce, chunk in zip(nonces, chunks, strict=True))


def chance(number: int) -> bytes:
    return b"".join(sha256(f"vector {number} {part}".encode()).digest() for part in range(3))


def vectors() -> list[dict[str, object]]:
    """What is committed."""
    own = {"application": "shop"}
    cases: list[tuple[str, bytes, dict[str, str], dict[str, str], int]] = [
        ("empty", b"", {}, {}, 0),
        ("text", "Grüße, 世界".encode(), {}, {}, 0),
        ("context of the envelope", b"4111111111111111", own, {}, 0),
        ("both contexts", b"4111111111111111", own, {"tenant": "42", "field": "card.number", "a": ""}, 0),
        ("names in the order of code points", b"x", {}, {"b": "1", "Z": "2", "é": "3", "ab": "4"}, 0),
        ("bytes", bytes(range(256)), own, {"field": "blob"}, 0),
        ("empty stream", b"", {}, {}, 16),
        ("stream of one short chunk", b"0123456789", own, {}, 16),
        ("stream of full chunks", b"0123456789abcdef" * 2, own, {"object": "a/b"}, 16),
        ("stream with a short last chunk", b"0123456789abcdef" * 2 + b"x", {}, {"object": "a/b"}, 16),
    ]
    made: list[dict[str, object]] = []
    for number, (name, data, fixed, call, size) in enumerate(cases):
        text = stream(data, fixed, call, size, chance(number)) if size else message(data, fixed, call, chance(number))
        made.append(
            {"name": name, "data": data.hex(), "own": fixed, "context": call, "chunk": size, "message": text.hex()}
        )
    return made


def main() -> None:
    document = {"kek": KEK, "key": FILE_KEY.hex(), "vectors": vectors()}
    sys.stdout.write(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
