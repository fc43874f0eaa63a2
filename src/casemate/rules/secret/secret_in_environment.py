"""A secret in clear in a function's environment.

What it does
------------
Reports environment variables and app settings of functions whose value is a secret written in the template: known
token shapes (access keys, private keys, URLs with passwords, connection strings), or a literal under a name that says
so (`DB_PASSWORD`, `stripeApiKey`). Names such as `SECRET_ARN` or `TOKEN_TTL`, references, paths into secret managers
and placeholders are not.

Why it matters
--------------
The template is in git, so everybody who can read the repository has the secret, for ever. In the cloud it is shown in
clear to everybody who may read the function's configuration, and it ends up in every deployment artefact.

How to fix
----------
Put the value into a secret manager, give the function the right to read that one secret, and pass only its ARN or
name. Then rotate the secret: it is burnt.

When to allow it
----------------
Values that are public by design, such as publishable keys; rename the variable or suppress it with the reason.

References
----------
- https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
- https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html
- https://learn.microsoft.com/azure/app-service/app-service-key-vault-references
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.secrets.judging import literal_secret
from casemate.analysis.secrets.moving import moved
from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, Violation, bad, good, rule
from casemate.model.function import Function
from casemate.model.network import Host


@rule(
    "secret-in-environment", weakness="plaintext-env-secret", severity=HIGH, tags=["cwe-526", "cwe-798", "owasp-sls-07"]
)
def check(subject: Function | Host, system: System) -> Iterator[Outcome]:
    for variable in subject.environment:
        kind = literal_secret(variable.name, variable.value)
        if kind is not None:
            yield Violation(
                f"{subject.name} has a secret in clear in its variable {variable.name}",
                variable.value.at if variable.value.at.start_line == variable.at.start_line else variable.at,
                evidence={"variable": variable.name, "kind": kind},
                fixes=moved(subject, variable.name, _runtime(subject)),
                cause=variable.name,
            )


def _runtime(subject: Function | Host) -> str | None:
    return next(iter(subject.runtime.values()), None) if isinstance(subject, Function) else None


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
                TABLE: orders
                DB_PASSWORD: "correct-horse-battery"  # <- here
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
                TOKEN_TTL: "3600"
                DB_PASSWORD: "{{resolve:secretsmanager:shop:SecretString:password}}"
                API_KEY_NAME: shop/stripe
                SLACK_TOKEN: <your-token>
        Secret:
          Type: AWS::SecretsManager::Secret
          Properties: {GenerateSecretString: {}}
        """,
    ),
    bad(
        "serverless",
        """
        service: shop
        provider:
          name: aws
          runtime: nodejs22.x
          environment:
            JWT_SECRET: "hunter2-hunter2"  # <- here
        functions:
          a: {handler: app.a}
          b: {handler: app.b}
        """,
    ),
    bad(
        "terraform",
        """
        resource "aws_lambda_function" "hello" {
          function_name = "hello"
          role          = "arn:aws:iam::123456789012:role/hello"
          handler       = "app.handler"
          runtime       = "python3.13"
          environment {
            variables = {
              API_KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0" # <- here
              STAGE   = "prod"
            }
          }
        }
        """,
    ),
]
