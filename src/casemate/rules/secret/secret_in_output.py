"""A template that shows a secret among its outputs.

What it does
------------
Reports outputs of CloudFormation and ARM templates whose value is a secret parameter (`NoEcho`, `secureString`), a
value from a secret manager, or a key of a resource (`listKeys`, `listConnectionStrings`, a generated password).

Why it matters
--------------
Outputs are kept with the stack or deployment and shown in clear to everybody who may read its description, in its
history too, and pipelines print them into their logs.

How to fix
----------
Put the value into a secret manager in the same template, and output the secret's name or ARN.

When to allow it
----------------
Never for a value that still works. In Bicep, `@secure()` outputs are not kept.

References
----------
- https://learn.microsoft.com/azure/azure-resource-manager/bicep/linter-rule-outputs-should-not-contain-secrets
- https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.pattern import late
from casemate.model.resource import Stack
from casemate.model.value import Reference, Text, Unknown, Value

_TEMPLATES = frozenset({"arm", "bicep", "cloudformation", "sam", "serverless"})
_KEYS = late(
    r"(?i)^list(?:keys|connectionstrings|secrets|credentials|adminkeys|querykeys|accountsas|servicesas|authkeys|callbackurl)\b"
)


@rule("secret-in-output", weakness="sensitive-data-logging", severity=MEDIUM, tags=["cwe-200", "cwe-532"])
def check(stack: Stack, system: System) -> Iterator[Outcome]:
    if stack.dialect not in _TEMPLATES:
        return
    for name, value in stack.outputs.items():
        what = _secret(value)
        if what is not None:
            yield Violation(
                f"The output {name} shows {what} to everybody who sees the {_kept(stack)}",
                value.at,
                resource=name,
                evidence={"output": name},
                cause=name,
            )


def _kept(stack: Stack) -> str:
    return "deployment" if stack.dialect in {"arm", "bicep"} else "stack"


def _secret(value: Value) -> str | None:
    for _, option in value.options():
        for part in option.parts if isinstance(option, Text) else (option,):
            if isinstance(part, Unknown) and part.kind == "secret-parameter":
                return "a secret parameter"
            if isinstance(part, Unknown) and part.kind == "secret-store":
                return "a secret from the manager"
            if isinstance(part, Unknown) and _KEYS.match(part.source.strip().lstrip("[")):
                return "a key"
            if isinstance(part, Reference) and part.attribute is not None and _KEYS.match(part.attribute):
                return f"a key of {part.target.rpartition('/')[2]}"
    return None


CASES = [
    bad(
        "arm",
        """
        {
          "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
          "contentVersion": "1.0.0.0",
          "resources": [
            {
              "type": "Microsoft.Storage/storageAccounts", "apiVersion": "2022-09-01", "name": "shop",
              "location": "westeurope", "sku": {"name": "Standard_LRS"}, "kind": "StorageV2", "properties": {}
            }
          ],
          "outputs": {
            "host": {"type": "string", "value": "[reference('shop').primaryEndpoints.blob]"},
            "key": {
              "type": "string",
              "value": "[listKeys(resourceId('Microsoft.Storage/storageAccounts', 'shop'), '2022-09-01').keys[0].value]" // <- here
            }
          }
        }
        """,
    ),
    bad(
        "files",
        {
            "template.yaml": """
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Password: {Type: String, NoEcho: true}
Resources:
  Queue: {Type: AWS::SQS::Queue}
Outputs:
  Database:
    Value: !Sub "postgres://shop:${Password}@db/shop"  # <- here
  Url:
    Value: !Ref Queue
"""
        },
    ),
    good(
        "files",
        {
            "template.yaml": """
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Stage: {Type: String}
Resources:
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties: {GenerateSecretString: {}}
Outputs:
  Secret:
    Value: !Ref Secret
  Stage:
    Value: !Ref Stage
"""
        },
    ),
]
