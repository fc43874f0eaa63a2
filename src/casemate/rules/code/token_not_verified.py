"""A token whose signature is not checked.

What it does
------------
Reports JWTs that are decoded without verification: `jwt.decode(…, options={"verify_signature": False})`,
`jsonwebtoken.decode`, algorithm `none`, ignored expiry.

Why it matters
--------------
Whoever calls becomes whoever they say they are.

How to fix
----------
Verify with the issuer's key, name the allowed algorithms, check audience and expiry.

When to allow it
----------------
Reading a header to choose the key, when verification follows.

References
----------
- https://cwe.mitre.org/data/definitions/347.html
- https://cheatsheetseries.owasp.org/cheatsheets/JSON_Web_Token_for_Java_Cheat_Sheet.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("token-not-verified", weakness="unverified-token", severity=HIGH, tags=["cwe-347", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "token-unverified":
        yield reported(flow, "anybody can write a token", HIGH)


CASES = [
    bad(
        "python",
        """
        import jwt


        def handler(event, context):
            claims = jwt.decode(event["headers"]["authorization"], options={"verify_signature": False})  # <- here
            return claims["sub"]
    """,
    ),
    good(
        "python",
        """
        import os

        import jwt


        def handler(event, context):
            claims = jwt.decode(event["headers"]["authorization"], os.environ["PUBLIC_KEY"], algorithms=["RS256"])
            return claims["sub"]
    """,
    ),
    bad(
        "javascript",
        """
        const jwt = require("jsonwebtoken");

        exports.handler = async (event) => jwt.decode(event.headers.authorization).sub; // <- here
    """,
    ),
    good(
        "javascript",
        """
        const jwt = require("jsonwebtoken");

        exports.handler = async (event) =>
          jwt.verify(event.headers.authorization, process.env.PUBLIC_KEY, { algorithms: ["RS256"] }).sub;
    """,
    ),
]
