"""A cryptographic key in the source.

What it does
------------
Reports constant keys and initialisation vectors given to ciphers, HMACs and token signatures.

Why it matters
--------------
Code is in repositories, bundles and backups; the key cannot be changed without a release.

How to fix
----------
Fetch the key from a key service or secret manager, make a fresh nonce for each message.

When to allow it
----------------
Test vectors.

References
----------
- https://cwe.mitre.org/data/definitions/321.html
- https://cheatsheetseries.owasp.org/cheatsheets/Key_Management_Cheat_Sheet.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("hardcoded-key", weakness="weak-crypto", severity=HIGH, tags=["cwe-321", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "hardcoded-key":
        yield reported(flow, "whoever reads the code reads the data", HIGH)


CASES = [
    bad(
        "python",
        """
        import jwt


        def handler(event, context):
            return jwt.encode({"user": 1}, "my-signing-key", algorithm="HS256")  # <- here
    """,
    ),
    good(
        "python",
        """
        import os

        import jwt


        def handler(event, context):
            return jwt.encode({"user": 1}, os.environ["SIGNING_KEY"], algorithm="HS256")
    """,
    ),
]
