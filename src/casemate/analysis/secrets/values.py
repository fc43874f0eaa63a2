"""What a value must be like, under a name that promises a password, a secret or a key."""

from __future__ import annotations

import re

from casemate.analysis.secrets.context import is_member, words_of
from casemate.analysis.secrets.shapes import (
    is_hexadecimal,
    is_random,
    is_repetitive,
    is_uuid,
    sequence_share,
    surprise,
)
from casemate.model.pattern import late


def has_digit(value: str) -> bool:
    """Whether there is a digit in it."""
    return any(character.isdigit() for character in value)


def may_be_generated(value: str) -> bool:
    """Whether it is long enough, with a digit or longer, to be what a service hands out."""
    return len(value) >= 8 and (has_digit(value) or len(value) >= 20)


def is_password(value: str, *, strict: bool) -> bool:
    """Whether a text under the name of a password is one. Words of an interface are not."""
    if len(value) < 4 or len(value) > 128 or (value.isdigit() and len(value) < 6):
        return False
    if value.startswith(("-", "/", "\\", "#{", "@{", ".", "*")) or value.endswith(("(", "[", "{", ":")):
        return False
    letters = [character for character in value if character.isalpha()]
    if not letters:
        return len(value) >= 6 and len(set(value)) > 3 and sequence_share(value) < 0.9
    if value.isalpha():
        mixed = value != value.lower() and value != value.upper() and value != value.capitalize()
        camel = re.fullmatch(r"[a-z]+(?:[A-Z][a-z]+)+|(?:[A-Z][a-z]+){2,}", value) is not None
        if strict or camel:
            return mixed and not camel and surprise(value) > 5
        return len(value) >= 6
    if re.fullmatch(r"[a-zA-Z]+(?:[ _.\-:/][a-zA-Z]+)+", value):  # words only: a message key, a class, a field
        return not strict and re.fullmatch(r"[a-z]{3,}(?:-[a-z]{3,}){2,}", value) is not None
    return True


_FOREIGN = late(r"[^\w\-./+=:~|,@;%!]|%(?![0-9A-Fa-f]{2})")
_OWN_WORDS = frozenset({"secret", "secrets", "pepper", "salt", "credential", "credentials"})


def is_foreign(name: str, value: str) -> bool:
    """Whether a value under the name of a key or a token has signs that nobody who hands out keys puts into them.

    They must pass through headers, addresses and shells (RFC 6750, section 2.1: `b64token`). What a framework draws for
    itself (`SECRET_KEY`) and what people call a secret may hold any.
    """
    return value[:1] in {"=", "?", "^", "%"} or (
        _FOREIGN.search(value) is not None and _OWN_WORDS.isdisjoint(words_of(name))
    )


HOLLOW = re.compile(r"(.)\1{8}")
"""A long row of one character: padding inside of a structure, no key."""


def is_secret(value: str, *, loose: bool) -> bool:
    """Whether a text under the name of a secret is one: generated, or as varied as rules for passwords ask."""
    if is_uuid(value):
        return not loose
    if is_repetitive(value) or sequence_share(value) > 0.6 or value.isdigit() or HOLLOW.search(value):
        return False
    if len(value) >= 8 and has_digit(value) and any(character.isalpha() for character in value):
        plain = value.replace("-", "")
        if is_hexadecimal(plain):
            return len(plain) >= 12 and is_random(plain)
        return surprise(value) >= (5.3 if loose else 4.85) or (not loose and is_strong(value))
    if len(value) >= 16:
        return surprise(value) >= 5.3 and not is_member(value)
    return not loose and len(value) >= 8 and value.isalpha() and surprise(value) >= 6.2


_COMMON = frozenset({
    "my", "your", "the", "a", "api", "access", "secret", "private", "key", "token", "auth", "password", "client",
    "user",
    "app", "application", "service", "server", "admin", "new", "old", "test", "example", "demo", "sample", "some",
    "this", "default", "public", "bearer", "authorization", "x", "id", "hash", "cache", "commit", "object", "version",
    "personal", "oauth", "session", "refresh", "jwt", "basic", "header", "value", "env", "var", "const", "let",
})  # fmt: skip


def is_qualified(name: str) -> bool:
    """Whether a name says whose key it is: `acme_api_key`, and not `api_key`."""
    return any(word not in _COMMON and not word.isdigit() and len(word) > 1 for word in words_of(name))


def is_counted(value: str) -> bool:
    """Letters and digits in a length that keys have, even when they count up: for all one can tell, a key."""
    plain = re.sub(r"[^0-9A-Za-z]", "", value)
    return (
        len(plain) >= 12
        and re.fullmatch(r"[0-9A-Za-z_\-+/=.%]{12,400}", value) is not None
        and has_digit(plain)
        and any(character.isalpha() for character in plain)
        and len(set(plain.lower())) >= 7
        and (surprise(value) > 4.9 or sequence_share(value) > 0.4 or is_hexadecimal(value) or is_uuid(value))
    )


def is_made_of_words(value: str) -> bool:
    """Whether letters read like words and are no run of the alphabet."""
    return surprise(value[:200]) < 5.3 and sequence_share(value[:200]) <= 0.6


def is_counted_out(value: str) -> bool:
    """What a person types to stand for a key of a given length: the alphabet, the digits, a short piece repeated.

    Words are none: a name in camel case, a sentence.
    """
    plain = re.sub(r"[^0-9A-Za-z]", "", value)
    if len(plain) < 12 or len(set(plain.lower())) < 4 or HOLLOW.search(value):
        return False
    if has_digit(plain):
        return is_counted(value) or (is_hexadecimal(plain) and len(plain) >= 24)
    return (
        sequence_share(plain) > 0.6 or (is_hexadecimal(plain) and len(plain) >= 24) or surprise(value) > 5.4
    ) and not is_repetitive(plain)


_ONE_PIECE = late(r"[0-9A-Za-z+/=_.\-]{20,}")


def is_full_size(value: str) -> bool:
    """Whether it has the length of what services hand out, in one piece with letters and digits, or is a UUID.

    Under a name that says whose key it is, that is worth a look even when it counts up: nobody else can tell.
    """
    return is_uuid(value) or (
        _ONE_PIECE.fullmatch(value) is not None and has_digit(value) and any(character.isalpha() for character in value)
    )


def is_strong(value: str) -> bool:
    """Letters of both cases, digits and signs, as rules for passwords ask for."""
    return (
        any(character.islower() for character in value)
        and any(character.isupper() for character in value)
        and has_digit(value)
        and any(not character.isalnum() and character not in "._-/:" for character in value)
    )


def is_key(value: str) -> bool:
    """Whether a text under the mere word `key` is one: long, and clearly generated."""
    if len(value) < 20 or is_uuid(value) or is_foreign("", value):
        return False
    if is_hexadecimal(value) and len(value) not in {32, 48, 64, 96, 128}:
        return False
    varied = has_digit(value) and any(c.isalpha() for c in value)
    return varied and is_random(value, 5.4) and "." not in value.strip(".")


def echoes(name: str, value: str) -> bool:
    """Whether the value only says again what the name says: `password: "dbPassword"`."""
    said = set(words_of(name))
    words = [word for word in words_of(value) if not word.isdigit()]
    return bool(words) and all(
        word in said
        or word in {"password", "secret", "token", "key", "my", "the", "api", "user", "db", "access", "auth"}
        for word in words
    )
