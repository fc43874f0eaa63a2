"""Signed tokens that are read without their signature, or accepted unsigned.

Sources: PyJWT documentation, "Usage Examples" (`verify_signature`); python-jose, Authlib, jwcrypto, PyJWKClient API
references; RFC 8725 (JSON Web Token Best Current Practices).
"""

from __future__ import annotations

from casemate.analysis.code.libraries.python._literals import written
from casemate.analysis.code.models import Misuse, Model, Sink, Test

_READ = "the token is read without its signature: anyone can write one"
_UNSIGNED = "tokens without a signature are accepted"
_NONE = ("none", "None", "NONE")
_KEY = "the key that signs tokens is in the source"

MODELS: tuple[Model, ...] = (
    Misuse(
        "token-unverified", "jwt.decode", _READ, (Test("options.verify_signature", "is", (False, 0)),), cwe="CWE-347"
    ),
    Misuse("token-unverified", "jwt.decode", _READ, (Test("verify", "is", (False, 0)),), cwe="CWE-347"),
    Misuse("token-unverified", "jwt.decode", _READ, (Test("options.verify", "is", (False, 0)),), cwe="CWE-347"),
    *(
        Misuse("token-unverified", f"{name}.decode", _UNSIGNED, (Test(argument, "is", _NONE),), cwe="CWE-347")
        for name in ("jwt", "jose.jwt", "jwt.api_jwt")
        for argument in ("algorithms", "algorithms.0", 2, "algorithm")
    ),
    Misuse(
        "token-unverified",
        "jwt.decode_complete",
        _READ,
        (Test("options.verify_signature", "is", (False, 0)),),
        cwe="CWE-347",
    ),
    Misuse(
        "token-unverified",
        "jose.jwt.decode",
        _READ,
        (Test("options.verify_signature", "is", (False, 0)),),
        cwe="CWE-347",
    ),
    Misuse("token-unverified", "jose.jwt.get_unverified_claims", _READ, cwe="CWE-347", confidence="medium"),
    Misuse("token-unverified", "jose.jws.get_unverified_claims", _READ, cwe="CWE-347", confidence="medium"),
    Misuse("token-unverified", "jose.jws.verify", _READ, (Test("verify", "is", (False,)),), cwe="CWE-347"),
    Misuse("token-unverified", "jwt.encode", "the token is not signed", (Test(2, "is", _NONE),), cwe="CWE-347"),
    Misuse(
        "token-unverified", "jwt.encode", "the token is not signed", (Test("algorithm", "is", _NONE),), cwe="CWE-347"
    ),
    *(
        Misuse("hardcoded-key", f"{name}.{verb}", _KEY, written(argument), cwe="CWE-321")
        for name in ("jwt", "jose.jwt")
        for verb in ("encode", "decode")
        for argument in (1, "key")
    ),
    *(
        Misuse("hardcoded-key", f"authlib.jose.jwt.{verb}", _KEY, written(position), cwe="CWE-321")
        for verb, position in (("encode", 2), ("decode", 1))
    ),
    Sink("token-unverified", "jwt.decode", ("algorithms",), part="whole", cwe="CWE-347"),
)
