"""A hash function that is broken.

What it does
------------
Reports MD5, SHA-1 and older functions, also behind a name (`hashlib.new("md5")`, `createHash("sha1")`). A call that
says `usedforsecurity=False` is not reported.

Why it matters
--------------
Signatures, file checks and passwords that rest on such a hash can be forged.

How to fix
----------
Use SHA-256 or BLAKE2; for passwords scrypt, argon2 or bcrypt. Where nothing depends on it, say
`usedforsecurity=False`.

When to allow it
----------------
Cache keys and ETags, said so in the call or a suppression.

References
----------
- https://cwe.mitre.org/data/definitions/328.html
- https://docs.python.org/3/library/hashlib.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("weak-hash", weakness="weak-crypto", severity=LOW, tags=["cwe-328", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "weak-hash":
        yield reported(flow, "two inputs with one hash can be made", LOW)


CASES = [
    bad(
        "python",
        """
        import hashlib


        def digest(data):
            return hashlib.md5(data).hexdigest()  # <- here
    """,
    ),
    good(
        "python",
        """
        import hashlib


        def digest(data):
            return hashlib.sha256(data).hexdigest()
    """,
    ),
    bad(
        "javascript",
        """
        const crypto = require("crypto");

        exports.digest = (data) => crypto.createHash("sha1").update(data).digest("hex"); // <- here
    """,
    ),
    good(
        "javascript",
        """
        const crypto = require("crypto");

        exports.digest = (data) => crypto.createHash("sha256").update(data).digest("hex");
    """,
    ),
]
