"""A credential in clear in a file.

What it does
------------
Reads every text file, whatever its suffix, for credentials: keys and tokens that show what they are by their form (some
410 kinds), private keys, passwords in addresses and connection strings, and values under a name that says what they are
(`DB_PASSWORD`, `"apiKey"`, `--token`), also inside of base64 and archives. References, placeholders, documented examples,
hashes, public keys and identifiers that are meant to be public are not reported, nor are weak values in tests. With
`--history` all commits are read as well.

Why it matters
--------------
Whoever can read the repository, a copy of it, an artefact built from it or an old commit has the credential. Scanners of
strangers find keys in public repositories within minutes.

How to fix
----------
Revoke or rotate the credential first: it is burnt, and removing the line does not take it out of the history. Then put the
new one into a secret manager (AWS Secrets Manager or an SSM `SecureString`, Azure Key Vault, Google Secret Manager, Vault),
give the function the right to read that one secret, and read it when the program starts.

When to allow it
----------------
For values that open nothing, such as the key of a local emulator: suppress it with that reason.

References
----------
- https://owasp.org/www-project-serverless-top-10/
- https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html
- https://learn.microsoft.com/azure/app-service/app-service-key-vault-references
- https://cloud.google.com/functions/docs/configuring/secrets
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.leak import Leak


@rule("hardcoded-credential", weakness="hardcoded-secret", severity=HIGH, tags=["cwe-798", "owasp-sls-07"])
def check(leak: Leak, system: System) -> Iterator[Outcome]:
    if leak.grade != "credential":
        return
    evidence = {"kind": leak.kind, "value": leak.preview, "hash": leak.digest, **leak.evidence}
    place = ""
    at = leak.at
    if leak.layers:
        evidence["inside"] = " / ".join(leak.layers)
        place = f", inside of {leak.layers[-1]}"
    if leak.past is not None:
        # the file of today is another text: what stands at this place in it is not the finding
        at = at._replace(path=f"{at.path}@{leak.past.commit[:12] or 'no-commit'}")
        evidence |= {
            "commit": leak.past.commit,
            "author": leak.past.author,
            "date": leak.past.date,
            "still there": "yes" if leak.past.in_head else "no",
        }
        place += f", in commit {leak.past.commit[:12]}" if leak.past.commit else ", in an object that no commit holds"
    named = f" ({leak.name})" if leak.name != leak.kind else ""
    yield Violation(
        f"A credential stands here in clear: {leak.title}{named}{place}",
        at,
        severity=HIGH if leak.confidence == "high" else MEDIUM,
        confidence=leak.confidence,
        evidence=evidence,
        resource=leak.name,
        cause=f"{leak.kind} {leak.digest}",
    )


_KEY_ID = "AKIA" + "Q3EGRIXN5YWUT2PL"
_PASSWORD = "tR7#m" + "qXw2pL"

CASES = [
    bad(
        "files",
        {
            "app.py": f"""
            import boto3
            client = boto3.client("s3", aws_access_key_id="{_KEY_ID}")  # <- here
            """
        },
    ),
    good(
        "files",
        {
            "app.py": """
            import os
            KEY = "AKIAIOSFODNN7EXAMPLE"
            TOKEN = os.environ["TOKEN"]
            db_password = get_secret("shop/db")
            """
        },
    ),
    bad(
        "files",
        {
            "settings.ini": f"""
            [database]
            user = shop
            password = {_PASSWORD}  # <- here
            """
        },
    ),
    good(
        "files",
        {
            "settings.yaml": """
            password: ${DB_PASSWORD}
            api_key: <your-api-key>
            client_secret: "{{resolve:secretsmanager:shop:SecretString:client}}"
            token: changeme
            checksum_key: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
            """
        },
    ),
]
