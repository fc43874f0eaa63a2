"""Secrets or personal data written into logs.

What it does
------------
Reports passwords, tokens, secrets from a secret manager, authorisation headers and whole environments that reach a
log message or `print`.

Why it matters
--------------
Logs are read by more people, kept longer and protected less than the secret; subscriptions copy them elsewhere.

How to fix
----------
Log an identifier instead, or redact (`casemate_guard.redact`).

When to allow it
----------------
Never for live credentials.

References
----------
- https://cwe.mitre.org/data/definitions/532.html
- https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("sensitive-data-logged", weakness="sensitive-data-logging", severity=MEDIUM, tags=["cwe-532", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "sensitive-log":
        yield reported(flow, "whoever reads the logs reads the secret", MEDIUM)


CASES = [
    bad(
        "python",
        """
        import boto3


        def handler(event, context):
            secret = boto3.client("secretsmanager").get_secret_value(SecretId="db")["SecretString"]
            print("connecting with", secret)  # <- here
    """,
    ),
    good(
        "python",
        """
        import boto3


        def handler(event, context):
            secret = boto3.client("secretsmanager").get_secret_value(SecretId="db")["SecretString"]
            print("connecting with a secret of", len(secret), "characters")
    """,
    ),
]
