"""A secret as the default of a parameter.

What it does
------------
Reports template parameters and input variables with a default under a name that says it is a secret, or marked as one
(`NoEcho`, `sensitive`).

Why it matters
--------------
The default is in git and is what every deployment gets that does not say otherwise.

How to fix
----------
Remove the default, so that a deployment has to give a value; better, let the secret manager generate it.

When to allow it
----------------
Never.

References
----------
- https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html#creds
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.secrets.judging import names_a_secret, secret_kind
from casemate.analysis.secrets.moving import without_default
from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.resource import Stack
from casemate.model.value import Literal, display


@rule("secret-in-parameter-default", weakness="hardcoded-secret", severity=MEDIUM, tags=["cwe-798", "cwe-1392"])
def check(stack: Stack, system: System) -> Iterator[Outcome]:
    for parameter in stack.parameters:
        default = parameter.default
        if (
            not isinstance(default, Literal)
            or not isinstance(default.value, str | int)
            or isinstance(default.value, bool)
        ):
            continue
        if (parameter.type or "").startswith(("AWS::SSM", "List<", "AWS::")):
            continue
        name = parameter.name if names_a_secret(parameter.name) or not parameter.secret else f"{parameter.name}_SECRET"
        kind = secret_kind(name, display(default))
        if kind is not None:
            yield Violation(
                f"The secret parameter {parameter.name} has a default that is in the repository",
                default.at,
                resource=parameter.name,
                evidence={"kind": kind},
                fixes=without_default(stack.dialect, parameter.name),
                cause=parameter.name,
            )


CASES = [
    bad(
        "cloudformation",
        """
        Parameters:
          DbPassword:
            Type: String
            NoEcho: true
            Default: correct-horse-battery  # <- here
        Resources:
          Files: {Type: AWS::S3::Bucket}
        """,
    ),
    good(
        "cloudformation",
        """
        Parameters:
          DbPassword:
            Type: String
            NoEcho: true
          SecretName:
            Type: String
            Default: shop/db
        Resources:
          Files: {Type: AWS::S3::Bucket}
        """,
    ),
    bad(
        "terraform",
        """
        variable "db_password" {
          type    = string
          default = "correct-horse-battery" # <- here
        }
        resource "aws_s3_bucket" "files" {}
        """,
    ),
]
