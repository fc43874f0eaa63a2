"""Environment variables without a key of one's own.

What it does
------------
Reports functions with environment variables that are not encrypted with a customer's KMS key.

Why it matters
--------------
With the service's key, everybody who may read the function's configuration reads the variables. With a key of your
own they also need `kms:Decrypt`.

How to fix
----------
Set `KmsKeyArn`, and keep secrets out of the environment all the same.

When to allow it
----------------
Functions whose variables hold nothing confidential.

References
----------
- https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Fix, Outcome, bad, good, judge, rule
from casemate.model.function import Function

_KEYED: dict[str, str] = {
    "sam": "KmsKeyArn: !GetAtt Key.Arn",
    "cloudformation": "KmsKeyArn: !GetAtt Key.Arn",
    "serverless": "kmsKeyArn: arn:aws:kms:REGION:ACCOUNT:key/ID",
    "terraform": "kms_key_arn = aws_kms_key.KEY.arn",
    "cdk": "environmentEncryption: key,",
}
"""Dialect -> a key of one's own; which one, only the author knows."""


@rule(
    "environment-without-own-key",
    weakness="missing-encryption-at-rest",
    severity=LOW,
    tags=["cwe-311"],
    profile="strict",
)
def check(function: Function, system: System) -> Iterator[Outcome]:
    if function.environment and function.kind == "lambda":
        yield from judge(
            function.environment_key,
            lambda key: key is None,
            f"The environment of {function.name} has no key of its own",
            fixes=(Fix("Encrypt it with a key of your own", safe=False, text=_KEYED.get(function.resource.dialect)),),
        )


CASES = [
    bad(
        "sam",
        """
        Hello:  # <- here
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            Environment: {Variables: {TABLE: orders}}
        """,
    ),
    good(
        "sam",
        """
        Hello:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            KmsKeyArn: arn:aws:kms:eu-west-1:123456789012:key/1
            Environment: {Variables: {TABLE: orders}}
        """,
    ),
]
