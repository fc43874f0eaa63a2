"""What was signed, and was checked to be: tokens, and data that comes with a keyed hash of it.

What a checked token says of the caller is an issuer's word, as an authoriser's claims are. Data whose keyed hash was
compared is what a holder of the key sent: objects may be restored from it, and it may say where to go. It is not
harmless for other sinks: the sender of a webhook signs whatever its own users wrote.

Sources: Python documentation, "hmac"; Node.js documentation, "Crypto", `timingSafeEqual`; PyJWT, python-jose and
Authlib, "Usage"; jsonwebtoken README, `jwt.verify`; jose, `jwtVerify`; aws-jwt-verify README; RFC 7519, "JWT Claims".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.events import CLAIMS
from casemate.analysis.code.interpret.applying import change
from casemate.analysis.code.interpret.comparing import MAC, signed
from casemate.analysis.code.joining import options_of, taint_of, unknown
from casemate.analysis.code.labels import EVERY, Taint, merge
from casemate.analysis.code.values import Closure, Const, Mapping, Thing, Value, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.analysis.code.interpret.applying import Given
    from casemate.analysis.code.interpret.machine import Frame, Machine

    Native = Callable[[Machine, Given, Frame], Value | None]

_OFF = frozenset({"verify_signature", "verify"})


def claims() -> Mapping:
    """What a checked token says: who the caller is, and a profile that they edit themselves."""
    return Mapping(shape=CLAIMS, key="token")


def _decoded(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`jwt.decode(token, key, algorithms=[…])`; None where the signature is not looked at."""
    if len(given.arguments) < 2 and "key" not in given.keywords:
        return None
    options = given.keywords.get("options")
    for option in options_of(options) if options is not None else ():
        if not isinstance(option, Mapping) or any(_is_off(option, name) for name in _OFF):
            return None
    verify = given.keywords.get("verify")
    return None if isinstance(verify, Const) and verify.value is False else claims()


def _is_off(options: Mapping, name: str) -> bool:
    value = options.fields.get(name)
    return value is not None and not (isinstance(value, Const) and value.value is True)


def _verified(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`jwt.verify(token, key, options?, callback?)`: the claims, given back or handed to the callback."""
    if len(given.arguments) < 2:
        return None
    last = given.arguments[-1]
    if isinstance(last, Closure):
        from casemate.analysis.code.interpret.calling import call
        from casemate.analysis.code.values import NONE

        call(machine, last, [NONE, claims()], {}, frame, given.node)
    return claims()


def _enveloped(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`await jwtVerify(token, key)`: `{payload, protectedHeader}`."""
    if len(given.arguments) < 2:
        return None
    made = Mapping()
    made.fields["payload"] = claims()
    return made


def _checked(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    return claims() if given.arguments else None


# -- keyed hashes
def _hashed(taint: Taint) -> Taint:
    """The labels of a hash of data: they say what it is of, and do no harm."""
    return tuple(label.derived(cured=EVERY) for label in taint)


def _keyed(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`hmac.new(key, data, "sha256")`."""
    key = given.keywords.get("key") or next(iter(given.arguments), None)
    data = given.keywords.get("msg") or next(iter(given.arguments[1:2]), None)
    if key is None or taint_of(key):
        return None
    return Thing("hmac.HMAC", _hashed(taint_of(data)) if data is not None else (), made=True)


def _keyed_at_once(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`hmac.digest(key, data, "sha256")`."""
    made = _keyed(machine, given, frame)
    return None if made is None else Thing(MAC, made.taint, made=True, sort="str")


def _keyed_later(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`crypto.createHmac("sha256", key)`."""
    if len(given.arguments) < 2 or taint_of(given.arguments[1]):
        return None
    return Thing("crypto.Hmac", (), made=True)


def _fed(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`hash.update(data)`: it is of this, too."""
    receiver = given.receiver
    if not isinstance(receiver, Thing):
        return None
    taint = merge(receiver.taint, _hashed(given.taint()))
    change(machine, "self", given, frame, taint=taint)
    return Thing(receiver.path, taint, made=True)


def _finished(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    receiver = given.receiver
    return Thing(MAC, receiver.taint, made=True, sort="str") if isinstance(receiver, Thing) else None


def _equal(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """A comparison in constant time: where it holds, what a keyed hash is of is what a holder of the key sent."""
    found = next((one for one in given.arguments[:2] if signed(one) is not None), None)
    if found is None:
        return unknown(sort="bool")
    return Verdict(signed(found) or ())


PYTHON: dict[str, Native] = {
    **dict.fromkeys(
        ("jwt.decode", "jose.jwt.decode", "jwt.api_jwt.decode", "authlib.jose.jwt.decode"), _decoded
    ),
    "hmac.new": _keyed, "hmac.HMAC": _keyed, "hmac.digest": _keyed_at_once, "hmac.HMAC.update": _fed,
    "hmac.HMAC.hexdigest": _finished, "hmac.HMAC.digest": _finished,
    "hmac.compare_digest": _equal, "secrets.compare_digest": _equal,
}  # fmt: skip
JAVASCRIPT: dict[str, Native] = {
    "crypto.createHmac": _keyed_later, "crypto.Hmac.update": _fed, "crypto.Hmac.digest": _finished,
    "crypto.timingSafeEqual": _equal,
    "jsonwebtoken.verify": _verified, "jose.jwtVerify": _enveloped,
    **{f"aws-jwt-verify.{name}.create().verify": _checked for name in ("CognitoJwtVerifier", "JwtRsaVerifier",
                                                                       "JwtVerifier")},
}  # fmt: skip
