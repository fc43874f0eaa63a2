"""A secret that is never rotated.

What it does
------------
Reports secrets in managers without automatic rotation, vault secrets without an expiry date, and long-lived access
keys made by a template.

Why it matters
--------------
A secret that leaked, by a log, a laptop or a former colleague, stays valid for ever.

How to fix
----------
Set up rotation (`AWS::SecretsManager::RotationSchedule`), an expiry date, or replace the secret by a role.

When to allow it
----------------
Secrets of third parties that cannot be rotated by a program; put a reminder in their place.

References
----------
- https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.secret import Secret


@rule("secret-not-rotated", weakness="missing-key-rotation", severity=LOW, tags=["cwe-324"], profile="strict")
def check(secret: Secret, system: System) -> Iterator[Outcome]:
    yield from judge(secret.rotated, lambda done: not done, f"{secret.name} is never rotated")
    if secret.cloud == "azure":
        yield from judge(secret.expires, lambda done: not done, f"{secret.name} never expires")


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
          Properties: {GenerateSecretString: {}}
        Rotation:
          Type: AWS::SecretsManager::RotationSchedule
          Properties:
            SecretId: !Ref Secret
            RotationRules: {AutomaticallyAfterDays: 30}
        """,
    ),
]
