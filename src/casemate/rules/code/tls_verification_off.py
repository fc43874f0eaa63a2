"""Certificates are not checked.

What it does
------------
Reports clients that do not verify certificates: `verify=False`, `CERT_NONE`, `ssl._create_unverified_context`,
`rejectUnauthorized: false`, `NODE_TLS_REJECT_UNAUTHORIZED=0`, `InsecureSkipVerify`.

Why it matters
--------------
Encryption without knowing with whom protects from nobody.

How to fix
----------
Leave verification on; give the private authority's certificate to the client.

When to allow it
----------------
Tests against a local server.

References
----------
- https://cwe.mitre.org/data/definitions/295.html
- https://cheatsheetseries.owasp.org/cheatsheets/Transport_Layer_Security_Cheat_Sheet.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule(
    "tls-verification-off", weakness="missing-encryption-in-transit", severity=MEDIUM, tags=["cwe-295", "owasp-sls-01"]
)
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "tls-off":
        yield reported(flow, "anybody on the way can read and change the traffic", MEDIUM)


CASES = [
    bad(
        "python",
        """
        import requests


        def handler(event, context):
            return requests.get("https://api.example.com", verify=False).text  # <- here
    """,
    ),
    good(
        "python",
        """
        import requests


        def handler(event, context):
            return requests.get("https://api.example.com", verify="/opt/ca.pem").text
    """,
    ),
    bad(
        "javascript",
        """
        const https = require("https");

        exports.agent = new https.Agent({ rejectUnauthorized: false }); // <- here
    """,
    ),
    good(
        "javascript",
        """
        const https = require("https");

        exports.agent = new https.Agent({ keepAlive: true });
    """,
    ),
]
