"""Secrets out of a record before anything of it is stored or told."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

MASK = "MASKED"
_SECRET_KEY = re.compile(
    r"(?:password|passwd|passphrase|secretstring|secretbinary|secretaccesskey|sessiontoken|privatekey|plaintext|"
    r"clientsecret|accesstoken|refreshtoken|idtoken|authtoken|authorization|apikey|credential)s?\Z"
)
_VALUES_KEYS = frozenset({"variables", "environmentvariables"})
"""Mappings of which every value may be a secret: a function's environment."""


_MAYBE = (
    r'(?i)"[a-z_-]*(?:passwd|pass_?word|pass_?phrase|secret_?string|secret_?binary|secret_?access_?key|token|'
    r'private_?key|plain_?text|client_?secret|authorization|api_?key|credential)s?"\s*:\s*"[^"]|variables"\s*:\s*\{'
)


@cache
def _may_hold_secrets() -> Callable[[bytes], object]:
    import re2

    search: Callable[[bytes], object] = re2.compile(_MAYBE.encode()).search
    return search


def masked_bytes(record: bytes) -> bytes:
    """A record as JSON with its secrets masked; the bytes themselves where no key of a secret stands in them."""
    if _may_hold_secrets()(record) is None:
        return record
    from orjson import dumps, loads

    return dumps(masked(loads(record)))


def masked(value: object) -> object:
    """A copy of a record in which the values of keys that name secrets read `MASKED`."""
    if isinstance(value, dict):
        return {key: _under(str(key).lower(), one) for key, one in value.items()}
    if isinstance(value, list):
        return [masked(one) for one in value]
    return value


def _under(key: str, value: object) -> object:
    plain = key.replace("_", "").replace("-", "")
    if isinstance(value, dict):
        if plain in _VALUES_KEYS:
            return dict.fromkeys(value, MASK)
        return masked(value)
    if isinstance(value, str) and value and _SECRET_KEY.search(plain):
        return MASK
    return masked(value)
