"""What a value looks like by itself: how random it is, whether it is a sequence, and checksums that tokens carry.

Randomness is measured with a small model of which character follows which in words that people write
(`data/bigrams.json`): text made of words surprises it little, a generated token a lot. It separates better than
Shannon entropy, which calls every long identifier random and every short token a word.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from functools import lru_cache
from pathlib import Path

from casemate.model.pattern import late

_DIGIT_BITS = 2.5
"""The model knows "a digit"; which one of ten it is, is worth up to 3.3 bits more, less for dates and versions."""
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_HEX = late(r"[0-9a-fA-F]+")
_UUID = late(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "zyxwvutsrqponmlkjihgfedcba",
    "01234567890123456789",
    "98765432109876543210",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
)
_STEPS = frozenset(run[place : place + 3] for run in _RUNS for place in range(len(run) - 2))
_NO_LETTER = late(r"[^0-9a-z]")
_NO_LETTER_ANY_CASE = late(r"[^0-9A-Za-z]")


@lru_cache(maxsize=1)
def _model() -> tuple[dict[str, int], bytes, int]:
    text = (Path(__file__).parent / "data/bigrams.json").read_text("utf-8")
    data = json.loads(text)
    alphabet: str = data["alphabet"]
    places = {character: number for number, character in enumerate(alphabet)}
    places.update({letter.upper(): places[letter] for letter in alphabet if letter.isalpha()})
    places.update(dict.fromkeys("123456789", places["0"]))
    return places, bytes.fromhex(data["sixteenths"]), len(alphabet)


@lru_cache(maxsize=4096)
def surprise(text: str) -> float:
    """Mean bits of surprise a character (letters and digits only): words below 4.5, generated tokens above 5.

    >>> surprise("getPasswordFromStore") < 4.5 < surprise("DkWLqcP3ace3wHuJ7fiw")
    True
    """
    places, table, width = _model()
    digit = places["0"]
    previous = 0
    total = 0.0
    counted = 0
    for character in text:
        place = places.get(character)
        if place is None or place == width - 1:
            previous = 0
            continue
        total += table[previous * width + place] / 16
        if place == digit:
            total += _DIGIT_BITS
        previous = place
        counted += 1
    return total / counted if counted else 0.0


def is_uuid(text: str) -> bool:
    """Whether it is a UUID in the usual spelling."""
    return _UUID.fullmatch(text) is not None


def is_uuid_of_time(text: str) -> bool:
    """Whether it is a UUID of version 1: a clock and an address, nothing that can be kept secret (RFC 9562)."""
    return is_uuid(text) and text[14] == "1"


def is_hexadecimal(text: str) -> bool:
    """Whether it has hexadecimal digits only."""
    return _HEX.fullmatch(text) is not None


def is_repetitive(text: str) -> bool:
    """Whether a few characters make up most of it, or one short piece is repeated: nobody's generator gives that.

    >>> is_repetitive("xxxxxxxxxxxxxxxxxxxx"), is_repetitive("abcabcabcabcabc"), is_repetitive("k3Jx9QpLm2Vw7RtZ")
    (True, True, False)
    """
    plain = _NO_LETTER_ANY_CASE.sub("", text)
    if not plain:
        return True
    if len(plain) < 8:
        return len(set(plain.lower())) == 1
    if len(set(plain)) <= max(2, min(5, len(plain) // 6)):
        return True
    most = max(plain.count(character) for character in set(plain))
    if most * 2 > len(plain):
        return True
    return any(plain[size:] == plain[:-size] for size in range(1, min(4, len(plain) // 2) + 1))


@lru_cache(maxsize=4096)
def sequence_share(text: str) -> float:
    """The share of characters that continue a run of the alphabet, of the digits or of the keyboard.

    >>> sequence_share("abcdefghijklmnop1234567890") > 0.8, sequence_share("k3Jx9QpLm2Vw7RtZ") < 0.2
    (True, True)
    """
    plain = _NO_LETTER.sub("", text.lower())
    if len(plain) < 4:
        return 0.0
    inside = [False] * len(plain)
    for place in range(len(plain) - 2):
        if plain[place : place + 3] in _STEPS:
            inside[place : place + 3] = [True] * 3
    # a1b2c3d4…: letters and digits count up in turn
    for first in (plain[0::2], plain[1::2]):
        if len(first) >= 5 and any(first[:-1] in run + run for run in _RUNS[:3]):
            return 1.0
    return sum(inside) / len(plain)


def is_random(text: str, bits: float = 5.0) -> bool:
    """Whether a value of this shape was generated and not written: enough different characters, no words, no run."""
    if is_repetitive(text) or sequence_share(text) > 0.5:
        return False
    if is_hexadecimal(text):
        return len(set(text.lower())) >= min(8, len(text) // 2) and any(character.isdigit() for character in text)
    return surprise(text) >= bits


def base62_crc32(body: str, check: str) -> bool:
    """Whether `check` (base 62, six digits) is the CRC-32 of `body`.

    Source: GitHub, "Behind GitHub's new authentication token formats"; npm uses the same for its tokens.
    """
    number = zlib.crc32(body.encode())
    digits = ""
    while number:
        number, rest = divmod(number, 62)
        digits = _BASE62[rest] + digits
    return digits.rjust(len(check), "0") == check


def prefixed_crc32(token: str) -> bool:
    """The checksum of `xyz_` + 30 characters + 6 of check (GitHub, npm)."""
    body = token.partition("_")[2]
    return len(body) > 6 and base62_crc32(body[:-6], body[-6:])


def decoded_json(part: str) -> dict[str, object] | None:
    """A base64url part of a JWT as an object; None when it is none."""
    try:
        value = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def names_a_number(token: str) -> bool:
    """Whether the first part is a number in base64: the id of the account (Discord, "Bot tokens")."""
    part = token.split(".", 1)[0]
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).isdigit()
    except (binascii.Error, ValueError):
        return False


def is_jwt(token: str) -> bool:
    """Whether the first part of a JSON Web Token is a header that names an algorithm (RFC 7515, section 4.1)."""
    header = decoded_json(token.split(".", 1)[0])
    return header is not None and ("alg" in header or "typ" in header or "enc" in header)


def is_mixed(token: str) -> bool:
    """Whether the last part has digits and letters of both cases: nobody names things so, and no hash looks so."""
    part = token.rpartition("_")[2]
    return (
        sum(character.isdigit() for character in part) > 1
        and any(character.islower() for character in part)
        and any(character.isupper() for character in part)
    )
