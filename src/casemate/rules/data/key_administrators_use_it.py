"""Who manages a key can also read with it.

What it does
------------
Reports key policies in which one identity (other than the account itself) both administers the key and decrypts with
it.

Why it matters
--------------
One stolen identity can read all data and then destroy the key; nobody else has to agree.

How to fix
----------
Give administration (`kms:Put*`, `kms:ScheduleKeyDeletion`, …) and use (`kms:Decrypt`, `kms:GenerateDataKey`) to
different roles.

When to allow it
----------------
Single-team accounts where the same people do both by design.

References
----------
- https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.policy import ResourcePolicy

_MANAGES = ("kms:put", "kms:schedulekeydeletion", "kms:disable", "kms:create", "kms:delete")
_USES = ("kms:decrypt", "kms:generatedatakey", "kms:encrypt", "kms:reencrypt")
_BOTH = frozenset({"kms:*", "*"})


@rule("key-administrators-use-it", weakness="separation-of-duties", severity=LOW, tags=["cwe-250"], profile="strict")
def check(policy: ResourcePolicy, system: System) -> Iterator[Outcome]:
    if policy.subject != "key":
        return
    for statement in policy.statements:
        names = [term.text.lower() for term in statement.actions]
        manages = any(name.startswith(_MANAGES) or name in _BOTH for name in names)
        uses = any(name.startswith(_USES) or name in _BOTH for name in names)
        if statement.effect != "Allow" or not (manages and uses):
            continue
        for principal in statement.principals:
            if principal.type == "AWS" and not principal.term.text.endswith(":root") and not principal.term.is_star:
                yield Violation(
                    f"{principal.term.text} both manages the key {policy.name} and reads with it",
                    principal.term.at,
                    cause=principal.term.text,
                )


CASES = [
    bad(
        "cloudformation",
        """
        Key:
          Type: AWS::KMS::Key
          Properties:
            EnableKeyRotation: true
            KeyPolicy:
              Statement:
                - Effect: Allow
                  Principal: {AWS: arn:aws:iam::123456789012:role/ops}  # <- here
                  Action: kms:*
                  Resource: "*"
        """,
    ),
    good(
        "cloudformation",
        """
        Key:
          Type: AWS::KMS::Key
          Properties:
            EnableKeyRotation: true
            KeyPolicy:
              Statement:
                - {Effect: Allow, Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}, Action: "kms:*", Resource: "*"}
                - {Effect: Allow, Principal: {AWS: arn:aws:iam::123456789012:role/ops}, Action: ["kms:Put*", "kms:ScheduleKeyDeletion"], Resource: "*"}
                - {Effect: Allow, Principal: {AWS: arn:aws:iam::123456789012:role/app}, Action: ["kms:Decrypt", "kms:GenerateDataKey*"], Resource: "*"}
        """,
    ),
]
