"""Tokens: decoded without verification, verified with any algorithm or past their end.

Sources: READMEs of jsonwebtoken ("decode: Warning: This will not verify whether the signature is valid"), jose
("decodeJwt"), jwt-decode, jwt-simple, aws-jwt-verify; RFC 8725, "JSON Web Token Best Current Practices" (3.1).
"""

from __future__ import annotations

from typing import Final

from casemate.analysis.code.models import Misuse, Model, Test

_UNVERIFIED = "a token is read without its signature being verified"
_NONE = "a token without signature is accepted"
_EXPIRED = "a token is accepted after its end"
_KIND: Final = "token-unverified"

MODELS: tuple[Model, ...] = (
    *(Misuse(_KIND, name, _UNVERIFIED, cwe="CWE-347", confidence="medium")
      for name in ("jsonwebtoken.decode", "jose.decodeJwt", "jwt-decode", "jwt-decode.jwtDecode", "jwt-decode.default",
                   "njwt.decode", "fast-jwt.createDecoder")),
    Misuse(_KIND, "jwt-simple.decode", _UNVERIFIED, (Test(2, "is", (True,)),), cwe="CWE-347"),
    *(Misuse(_KIND, "jsonwebtoken.verify", _NONE, (Test(1, "is", values),), cwe="CWE-347")
      for values in (("", None, False),)),
    Misuse(_KIND, "jsonwebtoken.verify", _NONE, (Test("2.algorithms.0", "is", ("none",)),), cwe="CWE-347"),
    Misuse(_KIND, "jsonwebtoken.verify", _NONE, (Test("2.algorithms", "is", ("none",)),), cwe="CWE-347"),
    Misuse(_KIND, "jsonwebtoken.verify", _EXPIRED, (Test("2.ignoreExpiration", "is", (True,)),), cwe="CWE-613"),
    Misuse(_KIND, "jsonwebtoken.sign", _NONE, (Test("2.algorithm", "is", ("none",)),), cwe="CWE-347"),
    Misuse(_KIND, "express-jwt.expressjwt", _NONE, (Test("0.algorithms.0", "is", ("none",)),), cwe="CWE-347"),
)  # fmt: skip
