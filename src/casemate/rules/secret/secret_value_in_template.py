"""A secret's value is written in the template.

What it does
------------
Reports secrets in managers whose value the template writes out, literal passwords of databases, caches, brokers and
directories, and plain `String` parameters in the parameter store whose name says that they are secrets. A value that
is the default of a template parameter is reported there (secret-in-parameter-default), one of a pipeline by
pipeline-secret-in-clear.

Why it matters
--------------
The secret manager protects the value from everybody but those who can read the repository, its history and every copy
of the template.

How to fix
----------
Let the manager generate it (`GenerateSecretString`, `ManageMasterUserPassword: true`), or create it empty and fill it
by an operator. Use `SecureString` in the parameter store. Rotate what was in the template.

When to allow it
----------------
Never.

References
----------
- https://docs.aws.amazon.com/secretsmanager/latest/userguide/best-practices.html
- https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.secrets.judging import literal_secret, names_a_secret
from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, Violation, bad, good, rule
from casemate.model.secret import Secret
from casemate.model.value import Fields, Items, Literal, Value, display


@rule("secret-value-in-template", weakness="hardcoded-secret", severity=HIGH, tags=["cwe-798"])
def check(secret: Secret, system: System) -> Iterator[Outcome]:
    if secret.value is None or secret.kind == "template-parameter":
        return
    if secret.kind == "parameter":
        if secret.encrypted.ever(bool) or literal_secret(secret.name, secret.value) is None:
            return
        found: Value | None = secret.value
    else:
        found = _written_out(secret.value)
    if found is not None and not _told_elsewhere(secret, found, system):
        yield Violation(f"{_named(secret)} is written in the template", found.at, evidence={"kind": secret.kind})


def _named(secret: Secret) -> str:
    if secret.kind != "credential":
        return f"The value of the {'parameter' if secret.kind == 'parameter' else 'secret'} {secret.name}"
    setting = secret.encrypted.name.rpartition(".")[2]
    return f"A credential of {secret.name} ({setting})" if setting else f"A credential of {secret.name}"


def _told_elsewhere(secret: Secret, found: Value, system: System) -> bool:
    """Whether another rule names the same place or the place that the value comes from."""
    if any(pipeline.resource is secret.resource for pipeline in system.inventory.pipelines):
        return True
    text = display(found)
    return any(
        isinstance(parameter.default, Literal) and display(parameter.default) == text
        for stack in system.inventory.stacks  # a nested stack may be given what is the outer one's default
        for parameter in stack.parameters
    )


def _written_out(value: Value) -> Value | None:
    """The first literal that is a value and not a placeholder."""
    for _, option in value.options():
        match option:
            case Literal(value=str() | int()) if literal_secret("PASSWORD", option) is not None and not _is_empty_json(
                display(option)
            ):
                return option
            case Fields(entries=entries):
                for key, entry in entries.items():
                    if names_a_secret(key) and literal_secret(key, entry.value):
                        return entry.value
            case Items(items=items):
                return next((found for item in items if (found := _written_out(item)) is not None), None)
            case _:
                pass
    return None


def _is_empty_json(text: str) -> bool:
    stripped = "".join(text.split())
    return stripped.startswith("{") and (
        '""' in stripped or stripped == "{}" or not names_a_secret(stripped.replace('"', " "))
    )


CASES = [
    bad(
        "cloudformation",
        """
        Db:
          Type: AWS::RDS::DBInstance
          Properties:
            Engine: postgres
            StorageEncrypted: true
            MasterUsername: shop
            MasterUserPassword: correct-horse-battery  # <- here
        """,
    ),
    good(
        "cloudformation",
        """
        Db:
          Type: AWS::RDS::DBInstance
          Properties:
            Engine: postgres
            StorageEncrypted: true
            MasterUsername: shop
            ManageMasterUserPassword: true
        Secret:
          Type: AWS::SecretsManager::Secret
          Properties:
            GenerateSecretString: {PasswordLength: 32}
        """,
    ),
    bad(
        "terraform",
        """
        resource "aws_secretsmanager_secret" "db" {
          name = "shop/db"
        }
        resource "aws_secretsmanager_secret_version" "db" {
          secret_id     = aws_secretsmanager_secret.db.id
          secret_string = "correct-horse-battery" # <- here
        }
        """,
    ),
    good(
        "cloudformation",
        """
        Parameters:
          DbPassword: {Type: String, NoEcho: true, Default: correct-horse-battery}
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties:
              Engine: postgres
              StorageEncrypted: true
              MasterUsername: shop
              MasterUserPassword: !Ref DbPassword
        """,
    ),
]
