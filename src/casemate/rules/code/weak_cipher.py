"""A cipher or mode that is broken.

What it does
------------
Reports DES, triple DES, RC2, RC4, Blowfish, the ECB mode, RSA keys under 2048 bits and `createCipher` without an
initialisation vector.

Why it matters
--------------
Equal blocks show, and short keys and old ciphers are broken with today's means.

How to fix
----------
Use AES-256-GCM or ChaCha20-Poly1305 with a fresh nonce each time, keys from a key service.

When to allow it
----------------
Reading old data while it is re-encrypted.

References
----------
- https://cwe.mitre.org/data/definitions/327.html
- https://cheatsheetseries.owasp.org/cheatsheets/Cryptographic_Storage_Cheat_Sheet.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("weak-cipher", weakness="weak-crypto", severity=MEDIUM, tags=["cwe-327", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "weak-cipher":
        yield reported(flow, "what was encrypted can be read or changed", MEDIUM)


CASES = [
    bad(
        "python",
        """
        from Crypto.Cipher import DES


        def encrypt(key, data):
            return DES.new(key, DES.MODE_CBC, b"12345678").encrypt(data)  # <- here
    """,
    ),
    good(
        "python",
        """
        from Crypto.Cipher import AES


        def encrypt(key, nonce, data):
            return AES.new(key, AES.MODE_GCM, nonce=nonce).encrypt(data)
    """,
    ),
]
