"""A function that runs whatever a tag points to.

What it does
------------
Reports functions whose container image is named by a tag, or by none, instead of by its digest.

Why it matters
--------------
Nobody can say which build runs: the tag may have moved since. A rollback, an audit and a signature check all need the
digest.

How to fix
----------
Deploy `repository@sha256:…`; let the pipeline write the digest.

When to allow it
----------------
Development stages.

References
----------
- https://docs.aws.amazon.com/lambda/latest/dg/images-create.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.function import Function


@rule("image-by-tag", weakness="untraceable-deployment", severity=LOW, tags=["cwe-494"], profile="strict")
def check(function: Function, system: System) -> Iterator[Outcome]:
    if function.code.image is not None:
        yield from judge(
            function.code.image,
            lambda image: "@sha256:" not in image,
            f"{function.name} runs whatever its image tag points to",
            cause="image",
        )


CASES = [
    bad(
        "cloudformation",
        """
        Hello:
          Type: AWS::Lambda::Function
          Properties:
            PackageType: Image
            Role: arn:aws:iam::123456789012:role/hello
            Code:
              ImageUri: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/hello:latest  # <- here
        """,
    ),
    good(
        "cloudformation",
        """
        Hello:
          Type: AWS::Lambda::Function
          Properties:
            PackageType: Image
            Role: arn:aws:iam::123456789012:role/hello
            Code:
              ImageUri: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/hello@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
        """,
    ),
]
