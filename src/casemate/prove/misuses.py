"""Uses of a library that are wrong by themselves: confirmed when the call runs, with the arguments that make it wrong.

No data of an attacker is needed, so nothing breaks out; what is observed is that an ordinary event reaches the line,
and what it is given then. Sources: the documentation of hashlib, ssl, requests, Node's crypto and tls, PyJWT and
jsonwebtoken; NIST SP 800-131A rev. 2 (algorithms that are no longer allowed).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.prove.observing import maps, text_of, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from casemate.prove.observing import Hit, Rendered

_HASH = re.compile(r"^(?:md[245]|sha-?1|ripemd(?:160)?|rsa-(?:md5|sha1))$", re.IGNORECASE)
_CIPHER = re.compile(r"(?:^|[^a-z])(?:des|des3|3des|rc2|rc4|arc4|bf|blowfish|ecb|mode_ecb)(?:[^a-z]|$)", re.IGNORECASE)
_OFF = frozenset(
    {"verify", "rejectUnauthorized", "verify_ssl", "check_hostname", "ssl", "strictSSL", "cert_reqs", "value"}
)
_UNVERIFIED = frozenset({"verify_signature", "verify", "verify_exp", "ignoreExpiration"})


def misuse(kind: str, callee: str, hits: list[Hit]) -> str:
    """What was seen of the misuse; an empty text when the arguments do not show it."""
    judge = _JUDGES.get(kind)
    return next((said for hit in hits if judge is not None and (said := judge(callee, hit))), "")


def _named(hit: Hit, names: frozenset[str]) -> Iterator[tuple[str, Rendered]]:
    """Arguments by these names, also in the maps that are handed over."""
    yield from ((name, value) for name, value in hit.arguments() if name in names)
    for _, value in hit.arguments():
        for one in maps(value):
            yield from ((name, inner) for name, inner in one.items() if name in names)


def _words(hit: Hit) -> Iterator[str]:
    for _, value in hit.arguments():
        yield from texts(value)
        if isinstance(value, dict) and isinstance(value.get("stub"), str):
            yield value["stub"]


def _hash(callee: str, hit: Hit) -> str:
    name = callee.rpartition(".")[2]
    found = name if _HASH.match(name) else next((word for word in _words(hit) if _HASH.match(word)), None)
    return f"the call runs with {found}" if found and hit.values.get("usedforsecurity") is not False else ""


def _cipher(callee: str, hit: Hit) -> str:
    found = next((word for word in (*callee.split("."), *_words(hit)) if _CIPHER.search(word)), None)
    return f"the call runs with {found[:60]}" if found else ""


def _tls(callee: str, hit: Hit) -> str:
    del callee
    for name, value in _named(hit, _OFF):
        if value is False or value in {0, "0"} or "CERT_NONE" in str(value):
            return (
                f"the call runs with {name} off" if name != "value" else "the assignment that turns the check off runs"
            )
    weak = next((word for word in _words(hit) if re.search(r"AutoAddPolicy|WarningPolicy|CERT_NONE", word)), None)
    return f"the call runs with {weak[:60]}" if weak else ""


def _token(callee: str, hit: Hit) -> str:
    if callee.endswith(("jsonwebtoken.decode", "jwt_decode")):
        return "the token is read by a call that never verifies it" if hit.values else ""
    for name, value in _named(hit, _UNVERIFIED):
        if value is False or (name == "ignoreExpiration" and value is True):
            return f"the call runs with {name} off" if value is False else f"the call runs with {name}"
    return ""


def _key(callee: str, hit: Hit) -> str:
    del callee
    first = next((text_of(value) for _, value in hit.arguments() if text_of(value)), None)
    return "the call runs with a key that stands in the code" if first and len(first) >= 4 else ""


def _cookie(callee: str, hit: Hit) -> str:
    del callee
    flags = {
        name.lower(): value for name, value in _named(hit, frozenset({"secure", "httponly", "httpOnly", "samesite"}))
    }
    wrong = [name for name in ("secure", "httponly") if flags.get(name) in {None, False}]
    return f"the cookie is set without {' and '.join(wrong)}" if wrong and hit.values else ""


def _random(callee: str, hit: Hit) -> str:
    del hit
    return f"{callee} makes the value, and its numbers can be foretold"


_JUDGES: dict[str, Callable[[str, Hit], str]] = {
    "weak-hash": _hash, "weak-cipher": _cipher, "tls-off": _tls, "token-unverified": _token, "hardcoded-key": _key,
    "cookie": _cookie, "weak-randomness": _random,
}  # fmt: skip
MISUSES = frozenset(_JUDGES)
