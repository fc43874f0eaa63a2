"""A secret from a manager ends in clear in the environment.

What it does
------------
Reports variables that are filled at deployment from a secret manager, a secret parameter (`NoEcho`, `sensitive`), a
generated password or a key of another resource (`primary_connection_string`, `listKeys`), but for the storage that the
Functions host itself needs.

Why it matters
--------------
The template is clean, but the deployed function's configuration shows the value in clear to everybody who may read
it, and rotation does not reach the function until the next deployment.

How to fix
----------
Pass the secret's ARN or name and read it at run time with a short cache (the AWS parameters-and-secrets extension,
Key Vault references, Secret Manager volumes).

When to allow it
----------------
Values that are also known elsewhere, or functions whose configuration only deployers can read.

References
----------
- https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
- https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.secrets.judging import names_a_secret
from casemate.analysis.secrets.moving import moved
from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.function import Function
from casemate.model.pattern import late
from casemate.model.value import Reference, Text, Unknown, Value

_SECRET_KINDS = frozenset({"secret-store", "secret-parameter"})
_GENERATED = (
    "random_password.",
    "random_string.",
    "random_id.",
    "random_uuid.",
    "aws_iam_access_key.",
    "google_service_account_key.",
)


_KEY = late(
    r"(?i)^(?:default_?)?(?:primary|secondary)_?(?:master_?|shared_?access_?|access_?|readonly_?|sql_?)*(?:key|connection_?string)$"
    r"|^list(?:keys|connectionstrings)\b|^(?:primary|secondary)_?(?:blob_?)?connection_?string$|^administratorLoginPassword$"
)
_HOST = frozenset({"AzureWebJobsStorage", "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING", "AzureWebJobsDashboard"})
"""What the Functions host reads of its own storage, which runs without a function's doing."""


@rule(
    "secret-resolved-into-environment",
    weakness="plaintext-env-secret",
    severity=LOW,
    tags=["cwe-526"],
    profile="strict",
)
def check(function: Function, system: System) -> Iterator[Outcome]:
    for variable in function.environment:
        source = _secret_source(variable.name, variable.value)
        if source is not None:
            yield Violation(
                f"{function.name} gets {source} in clear in its variable {variable.name}",
                variable.value.at if variable.value.at.start_line == variable.at.start_line else variable.at,
                evidence={"variable": variable.name},
                fixes=moved(function, variable.name, next(iter(function.runtime.values()), None)),
                cause=variable.name,
            )


def _secret_source(name: str, value: Value) -> str | None:
    for _, option in value.options():
        for part in option.parts if isinstance(option, Text) else (option,):
            if isinstance(part, Unknown) and part.kind in _SECRET_KINDS:
                return "a secret from the manager" if part.kind == "secret-store" else "a secret parameter"
            if (
                isinstance(part, Reference)
                and part.target.rpartition("module.")[2].startswith(_GENERATED)
                and names_a_secret(name)
            ):
                return "a generated secret"
            if (
                isinstance(part, Reference)
                and part.attribute is not None
                and name not in _HOST
                and _KEY.search(part.attribute) is not None
            ):
                return f"a key of {part.target.rpartition('/')[2]}"
    return None


CASES = [
    bad(
        "sam",
        """
        Hello:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            Environment:
              Variables:
                DB_PASSWORD: "{{resolve:secretsmanager:shop:SecretString:password}}"  # <- here
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
            Environment:
              Variables:
                DB_SECRET_ARN: !Ref Secret
        Secret:
          Type: AWS::SecretsManager::Secret
          Properties: {GenerateSecretString: {}}
        """,
    ),
]
