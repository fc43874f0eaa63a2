"""A secret parameter that the platform shows.

What it does
------------
Reports template parameters and input variables under a name that says that their value is a secret and that are not
marked as one: `NoEcho` in CloudFormation and SAM, `sensitive` in Terraform, `securestring` in ARM templates.

Why it matters
--------------
What is given to such a parameter is shown in clear to everybody who may describe the stack, in the console, in the
output of plans and in the history of deployments.

How to fix
----------
Mark the parameter. Better, do not pass the value at all: pass the name of a secret in the secret manager, and let the
function read it.

When to allow it
----------------
For a value that only sounds like a secret, such as the name of one: rename the parameter, or suppress it with the reason.

References
----------
- https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
- https://developer.hashicorp.com/terraform/language/values/variables
- https://learn.microsoft.com/azure/azure-resource-manager/templates/best-practices
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.secrets.judging import names_a_secret, secret_kind
from casemate.analysis.secrets.moving import without_default
from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.resource import Parameter, Stack
from casemate.model.value import Literal, display

_TEXTS = frozenset({None, "String", "string", "any"})


@rule(
    "secret-parameter-shown", weakness="hardcoded-secret", severity=LOW, tags=["cwe-532", "cwe-200"], profile="strict"
)
def check(stack: Stack, system: System) -> Iterator[Outcome]:
    for parameter in stack.parameters:
        if not parameter.secret and names_a_secret(parameter.name) and _is_value(parameter):
            yield Violation(
                f"The parameter {parameter.name} is a secret by its name and is shown to everybody who sees the stack",
                parameter.at,
                resource=parameter.name,
                evidence={"parameter": parameter.name},
                fixes=without_default(stack.dialect, parameter.name),
                cause=parameter.name,
            )


def _is_value(parameter: Parameter) -> bool:
    """Whether a text is asked for, and none of which the default says that it is the name of a secret."""
    if parameter.type not in _TEXTS:
        return False
    default = parameter.default
    if default is None:
        return True
    return isinstance(default, Literal) and (
        display(default) == "" or secret_kind(parameter.name, display(default)) is not None
    )


CASES = [
    bad(
        "cloudformation",
        """
        Parameters:
          DbPassword:  # <- here
            Type: String
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
          DbPasswordName:
            Type: String
          ApiToken:
            Type: AWS::SSM::Parameter::Value<String>
          UseSecret:
            Type: String
            Default: "true"
          StripeSecret:
            Type: String
            Default: /shop/stripe
        Resources:
          Files: {Type: AWS::S3::Bucket}
        """,
    ),
    bad(
        "terraform",
        """
        variable "db_password" { # <- here
          type = string
        }
        resource "aws_s3_bucket" "files" {}
        """,
    ),
    good(
        "terraform",
        """
        variable "db_password" {
          type      = string
          sensitive = true
        }
        variable "token_ttl" {
          type = number
        }
        resource "aws_s3_bucket" "files" {}
        """,
    ),
]
