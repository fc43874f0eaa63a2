"""The repair of a secret in clear, in the dialect of the file, with the change of the code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from casemate.sources.tree import FolderTree

VALUE = "correct-horse-9battery"


class Loose(yaml.SafeLoader):
    pass


Loose.add_multi_constructor("!", lambda _, suffix, node: f"{suffix} {node.value}")

SAM = f"""
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      CodeUri: .
      Environment: {{Variables: {{DB_PASSWORD: {VALUE}}}}}
"""
CLOUDFORMATION = f"""
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Hello:
    Type: AWS::Lambda::Function
    Properties:
      Handler: app.handler
      Runtime: nodejs22.x
      Role: arn:aws:iam::123456789012:role/x
      Code: {{ZipFile: "x"}}
      Environment: {{Variables: {{DB_PASSWORD: {VALUE}}}}}
"""
SERVERLESS = f"""
service: shop
provider: {{name: aws, runtime: nodejs22.x, environment: {{DB_PASSWORD: {VALUE}}}}}
functions: {{a: {{handler: app.a}}}}
"""
TERRAFORM = f"""
resource "aws_lambda_function" "hello" {{
  function_name = "hello"
  role          = "arn:aws:iam::123456789012:role/hello"
  handler       = "app.handler"
  runtime       = "python3.13"
  environment {{
    variables = {{
      DB_PASSWORD = "{VALUE}"
    }}
  }}
}}
"""
AZURERM = f"""
resource "azurerm_linux_function_app" "shop" {{
  name                = "shop"
  resource_group_name = "shop"
  location            = "westeurope"
  service_plan_id     = "x"
  app_settings = {{
    DB_PASSWORD = "{VALUE}"
  }}
  site_config {{}}
}}
"""
GOOGLE = f"""
resource "google_cloudfunctions2_function" "shop" {{
  name     = "shop"
  location = "europe-west1"
  build_config {{
    runtime     = "python312"
    entry_point = "main"
  }}
  service_config {{
    environment_variables = {{
      DB_PASSWORD = "{VALUE}"
    }}
  }}
}}
"""
ARM = json.dumps(
    {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": [
            {
                "type": "Microsoft.Web/sites",
                "apiVersion": "2023-12-01",
                "name": "shop",
                "kind": "functionapp",
                "location": "westeurope",
                "properties": {"siteConfig": {"appSettings": [{"name": "DB_PASSWORD", "value": VALUE}]}},
            }
        ],
    }
)


def fix_of(folder: Path, name: str, text: str, rule: str = "secret-in-environment") -> str:
    from datetime import date

    from casemate.engine.scanning import Request, scan

    (folder / name).write_text(text)
    report = scan(FolderTree(folder), Request(today=date(2026, 1, 1), only=(rule,), profile="strict")).report
    found = [fix.text for finding in report.findings for fix in finding.fixes if fix.text]
    assert len(found) == 1, report.findings
    assert VALUE not in found[0]
    return found[0]


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("template.yaml", SAM, 'secrets.get(os.environ["DB_PASSWORD_ARN"]).reveal()'),
        ("template.yaml", CLOUDFORMATION, "SecretId: process.env.DB_PASSWORD_ARN"),
        ("serverless.yml", SERVERLESS, "SecretId: process.env.DB_PASSWORD_ARN"),
    ],
    ids=["sam", "cloudformation", "serverless"],
)
def test_a_template_gets_a_secret_the_right_to_read_it_and_the_code(
    tmp_path: Path, name: str, text: str, code: str
) -> None:
    fix = fix_of(tmp_path, name, text)
    declared, _, program = fix.partition("\n\n")
    assert code in program
    written = yaml.load(declared, Loose)  # noqa: S506 - a safe loader that lets tags pass
    resources = written["Resources"] if "Resources" in written else written["resources"]["Resources"]
    assert resources["DbPasswordSecret"]["Type"] == "AWS::SecretsManager::Secret"
    assert "DB_PASSWORD_ARN" in str(written)
    assert "GetSecretValue" in declared


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TERRAFORM, 'resource "aws_secretsmanager_secret" "db_password"'),
        (AZURERM, 'role_definition_name = "Key Vault Secrets User"'),
        (GOOGLE, "secret_environment_variables {"),
    ],
    ids=["aws", "azurerm", "google"],
)
def test_terraform_gets_it_for_the_cloud_of_the_function(tmp_path: Path, text: str, expected: str) -> None:
    import tree_sitter_hcl
    from tree_sitter import Language, Parser

    fix = fix_of(tmp_path, "main.tf", text)
    assert expected in fix
    declared = fix.partition("\nfrom casemate_guard")[0]
    assert not Parser(Language(tree_sitter_hcl.language())).parse(declared.encode()).root_node.has_error


def test_an_app_setting_becomes_a_reference_to_the_vault(tmp_path: Path) -> None:
    fix = fix_of(tmp_path, "azuredeploy.json", ARM)
    assert '"value": "@Microsoft.KeyVault(VaultName=VAULT;SecretName=db-password)"' in fix


def test_a_parameter_is_asked_for_and_not_shown(tmp_path: Path) -> None:
    text = "Parameters:\n  DbPassword: {Type: String}\nResources:\n  Files: {Type: AWS::S3::Bucket}\n"
    fix = fix_of(tmp_path, "template.yaml", text, "secret-parameter-shown")
    assert yaml.safe_load(fix) == {"DbPassword": {"Type": "String", "NoEcho": True}}
