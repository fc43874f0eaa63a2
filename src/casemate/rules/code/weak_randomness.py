"""Chance that can be guessed.

What it does
------------
Reports the generators of `random` and `Math.random` where a secret is made: the value goes into a token, password,
key, session, cookie or code. Sampling, jitter and tests are not reported.

Why it matters
--------------
The state of these generators follows from some of their outputs: tokens can be predicted.

How to fix
----------
Use `secrets`, `crypto.randomBytes`, `SecureRandom`.

When to allow it
----------------
Values that need not be secret.

References
----------
- https://cwe.mitre.org/data/definitions/330.html
- https://docs.python.org/3/library/secrets.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("weak-randomness", weakness="weak-randomness", severity=LOW, tags=["cwe-330", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "weak-randomness":
        yield reported(flow, "an observer can compute the next value", LOW)


CASES = [
    bad(
        "python",
        """
        import random


        def handler(event, context):
            token = str(random.random())  # <- here
            return {"token": token}
    """,
    ),
    good(
        "python",
        """
        import secrets


        def handler(event, context):
            token = secrets.token_hex(16)
            return {"token": token}
    """,
    ),
]
