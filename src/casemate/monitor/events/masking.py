"""Secrets out of a record before anything of it is stored or told: by keys that name them, by what values look like.

Values: what says itself that it is a secret (private keys, tokens of known makers, JSON Web Tokens, passwords in
addresses, `password=…` in text), as `casemate_guard.redact` knows them. Access key ids stay: they are how calls are
traced to a key, and no secret.
"""

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


_NAMED = frozenset({"name", "key", "parameterkey"})
"""In lists of `{"name": …, "value": …}` (containers, templates) the one names what the other holds."""
_SECRET_NAME = re.compile(r"(?:password|passwd|pwd|passphrase|secret|token|apikey|privatekey|credential)s?\Z")
_HOLDING = frozenset({"value", "parametervalue"})
_VALUE_MARKS = (
    "-----BEGIN", "://", "eyJ", "ghp_", "gho_", "ghs_", "ghu_", "ghr_", "github_pat_", "glpat-", "xox", "sk_live_",
    "rk_live_", "AIza", "npm_", "pypi-", "SG.", "sk-", "earer ", "asic ", "assword", "ASSWORD", "asswd", "ecret",
    "ECRET", "oken", "OKEN", "pi_key", "PI_KEY", "pikey", "assphrase",
)  # fmt: skip
"""One of these stands in every text that `redact` would mask; most texts have none and are not looked at further."""
_MAYBE = (
    r'-----BEGIN|://[^\s/:@"]+:[^\s/@"]+@|eyJ[\w-]{8,}\.eyJ|gh[pousr]_\w{20}|github_pat_|glpat-|xox[abeoprs]-|'
    r'[rs]k_live_|AIza[\w-]{30}|(?i:passw(?:or)?d|pwd|passphrase|secret|token|api_?key|private_?key|credential)s?"\s*[,}]|'
    r'(?i:bearer|basic) [\w+/.~-]{16}|(?i:passw|passphrase|secret|token|api_?-?key)[\w-]{0,20}(?:\\["\'])?\s{0,8}[:=]|'
    r'(?i)"[a-z_-]*(?:passwd|pass_?word|pass_?phrase|secret_?string|secret_?binary|secret_?access_?key|token|'
    r'private_?key|plain_?text|client_?secret|authorization|api_?key|credential)s?"\s*:\s*"[^"]|variables"\s*:\s*\{'
)


@cache
def _searching() -> Callable[[bytes], object]:
    import re2

    search: Callable[[bytes], object] = re2.compile(_MAYBE.encode()).search
    return search


def may_hold_secrets(record: bytes) -> bool:
    """Whether a record, or a key with what stands there and a comma behind, has anything in it that would be masked.

    Yes where it is not sure. What would be masked in a record shows in one of its keys by itself.
    """
    return _searching()(record) is not None


def masked_bytes(record: bytes) -> bytes:
    """A record as JSON with its secrets masked; the bytes themselves where no key of a secret stands in them."""
    if not may_hold_secrets(record):
        return record
    from orjson import dumps, loads

    return dumps(masked(loads(record)))


def masked(value: object) -> object:
    """A copy of a record in which the values of keys that name secrets read `MASKED`."""
    if isinstance(value, dict):
        named = next((one for key, one in value.items() if str(key).lower() in _NAMED and isinstance(one, str)), "")
        secret = bool(named) and _SECRET_NAME.search(_plain(named.lower())) is not None
        return {
            key: MASK if secret and str(key).lower() in _HOLDING else _under(str(key).lower(), one)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [masked(one) for one in value]
    if isinstance(value, str) and any(mark in value for mark in _VALUE_MARKS):
        return _masked_text(value)
    return value


def _masked_text(text: str) -> str:
    from casemate_guard.redact import find_secrets

    parts, position = [], 0
    for span in find_secrets(text):
        arn = text[max(0, span.start - 8) : span.start] == ":secret:"  # the name of a secret in its ARN is none
        if span.kind != "aws-access-key-id" and not arn:
            parts += [text[position : span.start], MASK]
            position = span.end
    return "".join((*parts, text[position:]))


def _under(key: str, value: object) -> object:
    if isinstance(value, dict):
        if _plain(key) in _VALUES_KEYS:
            return dict.fromkeys(value, MASK)
        return masked(value)
    if isinstance(value, str) and value and _is_secret(key):
        return MASK
    return masked(value)


def _plain(key: str) -> str:
    return key.replace("_", "").replace("-", "")


def _is_secret(key: str) -> bool:
    return _SECRET_KEY.search(_plain(key)) is not None
