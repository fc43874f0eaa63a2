"""A secret encrypted with the service's own key.

What it does
------------
Reports secrets in managers without a customer's key.

Why it matters
--------------
With the default key, the right to read the secret is all that is needed; it also cannot be shared with another
account safely.

How to fix
----------
Set `KmsKeyId`.

When to allow it
----------------
Secrets of low value.

References
----------
- https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.secret import Secret


@rule("secret-without-own-key", weakness="missing-encryption-at-rest", severity=LOW, tags=["cwe-311"], profile="strict")
def check(secret: Secret, system: System) -> Iterator[Outcome]:
    if secret.kind == "secret":
        yield from judge(
            secret.customer_key, lambda own: not own, f"{secret.name} is encrypted with the service's own key only"
        )


CASES = [
    bad(
        "cloudformation",
        """
        Secret:  # <- here
          Type: AWS::SecretsManager::Secret
          Properties: {GenerateSecretString: {}}
        """,
    ),
    good(
        "cloudformation",
        """
        Secret:
          Type: AWS::SecretsManager::Secret
          Properties: {GenerateSecretString: {}, KmsKeyId: alias/shop}
        """,
    ),
]
