"""How a secret moves from a declaration into a secret manager, as text in the dialect that the declaration is in.

Three steps each time: a place for the value (which is put there by hand, so that it is in no file), the right to read
that one secret, and what the code does. Python code uses casemate-guard's `secrets.get(NAME).reveal()`, which caches
and reloads; other languages the provider's client. Key Vault references and Google's secret variables are resolved by
the platform and need no change of code.

Source: SAM "AWSSecretsManagerGetSecretValuePolicy", CloudFormation "AWS::SecretsManager::Secret", Serverless
Framework "IAM permissions", Terraform `aws_secretsmanager_secret`, `azurerm_key_vault_secret`,
`google_secret_manager_secret`, App Service "Use Key Vault references", Cloud Functions "Configure secrets".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.finding import Fix

if TYPE_CHECKING:
    from casemate.model.entity import Entity

_TITLE = "Move it into a secret manager, and rotate it: the old value is burnt"
_PIECE = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z0-9]+|[A-Z]")

_SAM = """Resources:
  {camel}Secret:
    Type: AWS::SecretsManager::Secret
  {key}:
    Properties:
      Policies:
        - AWSSecretsManagerGetSecretValuePolicy: {{SecretArn: !Ref {camel}Secret}}
      Environment:
        Variables:
          {name}_ARN: !Ref {camel}Secret
"""
_CLOUDFORMATION = """Resources:
  {camel}Secret:
    Type: AWS::SecretsManager::Secret
  {camel}Read:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: read-{dashed}
      Roles: [!Ref ROLE]
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{{Effect: Allow, Action: "secretsmanager:GetSecretValue", Resource: !Ref {camel}Secret}}]
  {key}:
    Properties:
      Environment: {{Variables: {{{name}_ARN: !Ref {camel}Secret}}}}
"""
_SERVERLESS = """provider:
  iam:
    role:
      statements:
        - {{Effect: Allow, Action: "secretsmanager:GetSecretValue", Resource: !Ref {camel}Secret}}
  environment:
    {name}_ARN: !Ref {camel}Secret
resources:
  Resources:
    {camel}Secret: {{Type: AWS::SecretsManager::Secret}}
"""
_CDK = """const {lower}Secret = new secretsmanager.Secret(this, '{camel}Secret');
{lower}Secret.grantRead(fn);
fn.addEnvironment('{name}_ARN', {lower}Secret.secretArn);
"""
_TERRAFORM_AWS = """resource "aws_secretsmanager_secret" "{snake}" {{
  name = "{dashed}"
}}
resource "aws_iam_role_policy" "read_{snake}" {{
  role = aws_iam_role.ROLE.id
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = aws_secretsmanager_secret.{snake}.arn
    }}]
  }})
}}
# in {key}
environment {{
  variables = {{ {name}_ARN = aws_secretsmanager_secret.{snake}.arn }}
}}
"""
_TERRAFORM_AZURE = """identity {{
  type = "SystemAssigned"
}}
app_settings = {{
  "{name}" = "@Microsoft.KeyVault(VaultName=${{azurerm_key_vault.VAULT.name}};SecretName={dashed})"
}}
# beside it
resource "azurerm_role_assignment" "read_{snake}" {{
  scope                = azurerm_key_vault.VAULT.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = {key}.identity[0].principal_id
}}
"""
_TERRAFORM_GOOGLE = """resource "google_secret_manager_secret" "{snake}" {{
  secret_id = "{dashed}"
  replication {{
    auto {{}}
  }}
}}
resource "google_secret_manager_secret_iam_member" "read_{snake}" {{
  secret_id = google_secret_manager_secret.{snake}.id
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${{google_service_account.ACCOUNT.email}}"
}}
# in service_config of {key}
secret_environment_variables {{
  key        = "{name}"
  project_id = var.project
  secret     = google_secret_manager_secret.{snake}.secret_id
  version    = "latest"
}}
"""
_ARM = """"identity": {{ "type": "SystemAssigned" }},
"siteConfig": {{ "appSettings": [
  {{ "name": "{name}", "value": "@Microsoft.KeyVault(VaultName=VAULT;SecretName={dashed})" }}
] }}
// and to the app's identity the role "Key Vault Secrets User" on the vault or on this secret
"""
_GOOGLE = """gcloud secrets create {dashed} --data-file=-
gcloud secrets add-iam-policy-binding {dashed} --member=serviceAccount:ACCOUNT --role=roles/secretmanager.secretAccessor
gcloud functions deploy {owner} --set-secrets={name}={dashed}:latest
"""
_BY_DIALECT = {
    ("sam", "aws"): _SAM,
    ("cloudformation", "aws"): _CLOUDFORMATION,
    ("cdk", "aws"): _CDK,
    ("serverless", "aws"): _SERVERLESS,
    ("terraform", "aws"): _TERRAFORM_AWS,
    ("terraform", "azure"): _TERRAFORM_AZURE,
    ("terraform", "google"): _TERRAFORM_GOOGLE,
    ("arm", "azure"): _ARM,
    ("google", "google"): _GOOGLE,
    ("chalice", "aws"): _SAM,
}
_PLATFORM_RESOLVES = frozenset({"azure", "google"})
"""Clouds whose reference above gives the code the same variable as before."""
_CODE = {
    "python": """from casemate_guard import secrets  # pip install casemate-guard

{lower} = secrets.get(os.environ["{name}_ARN"]).reveal()
""",
    "node": """const answer = await client.send(new GetSecretValueCommand({{ SecretId: process.env.{name}_ARN }}));
const {lower} = answer.SecretString; // once, outside of the handler: @aws-sdk/client-secrets-manager
""",
    "go": """answer, err := client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{{
    SecretId: aws.String(os.Getenv("{name}_ARN")),
}})
""",
    "java": """String {lower} = SecretsManagerClient.create()
    .getSecretValue(r -> r.secretId(System.getenv("{name}_ARN"))).secretString();
""",
}
_LANGUAGES = {"python": "python", "nodejs": "node", "node": "node", "go": "go", "provided": "go", "java": "java"}


def moved(owner: Entity, variable: str, runtime: str | None = None) -> tuple[Fix, ...]:
    """The repair of a variable of `owner` that holds a secret; nothing where the dialect has no such settings.

    `runtime`: as the platform spells it (`python3.13`); which code is shown depends on it.
    """
    declared = _BY_DIALECT.get((owner.resource.dialect, owner.cloud))
    if declared is None:
        return ()
    words = _words(variable)
    names = {
        "name": variable,
        "owner": owner.name,
        "key": owner.id.rpartition("#")[2],
        "camel": "".join(word.capitalize() for word in words),
        "lower": words[0] + "".join(word.capitalize() for word in words[1:]),
        "snake": "_".join(words),
        "dashed": "-".join(words),
    }
    text = declared.format(**names)
    if owner.cloud not in _PLATFORM_RESOLVES:
        text += f"\n{_code(runtime).format(**names)}"
    return (Fix(_TITLE, safe=False, text=text),)


def _words(variable: str) -> list[str]:
    words = [word.lower() for word in _PIECE.findall(variable)] or ["value"]
    return words if words[0][0].isalpha() else ["secret", *words]


def _code(runtime: str | None) -> str:
    start = re.match(r"[a-z]+", runtime or "")
    return _CODE[_LANGUAGES.get(start.group() if start else "", "python")]


_UNSAID = {
    "cloudformation": "{name}:\n  Type: String\n  NoEcho: true\n",
    "sam": "{name}:\n  Type: String\n  NoEcho: true\n",
    "cdk": "new CfnParameter(this, '{name}', {{ noEcho: true }});\n",
    "serverless": "{name}:\n  Type: String\n  NoEcho: true\n",
    "terraform": 'variable "{name}" {{\n  type      = string\n  sensitive = true\n}}\n',
    "arm": '"{name}": {{ "type": "securestring" }}\n',
}


def without_default(dialect: str, name: str) -> tuple[Fix, ...]:
    """A parameter as it should be declared: no default, and not shown again by the platform."""
    declared = _UNSAID.get(dialect)
    return (
        ()
        if declared is None
        else (Fix("Ask for it, and show it to nobody", safe=False, text=declared.format(name=name)),)
    )
