"""A function that runs unsigned code.

What it does
------------
Reports functions without a code signing configuration.

Why it matters
--------------
Whoever can upload a package can run it; the function does not ask where it came from.

How to fix
----------
Create a signing profile and an `AWS::Lambda::CodeSigningConfig` that enforces it.

When to allow it
----------------
Container images, which are signed in the registry instead, and systems whose only deployer is a protected pipeline.

References
----------
- https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.function import Function


@rule(
    "function-without-code-signing",
    weakness="unsigned-code",
    severity=LOW,
    tags=["cwe-347", "cwe-494"],
    profile="strict",
)
def check(function: Function, system: System) -> Iterator[Outcome]:
    if function.kind == "lambda" and function.code.image is None:
        yield from judge(function.code_signing, lambda on: not on, f"{function.name} runs whatever code is uploaded")


CASES = [
    bad(
        "sam",
        """
        Hello:  # <- here
          Type: AWS::Serverless::Function
          Properties: {Handler: app.handler, Runtime: python3.13}
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
            CodeSigningConfigArn: !Ref Signing
        Signing:
          Type: AWS::Lambda::CodeSigningConfig
          Properties: {AllowedPublishers: {SigningProfileVersionArns: [arn:aws:signer:eu-west-1:123456789012:/signing-profiles/p/1]}}
        """,
    ),
]
