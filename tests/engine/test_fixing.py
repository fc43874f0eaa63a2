"""Fixes from end to end: a weak system in, the same system without the weakness out."""

from __future__ import annotations

import io
import os
import textwrap
from datetime import date
from typing import TYPE_CHECKING

import pytest

from casemate.engine.fixing import fix, with_edits, write
from casemate.engine.scanning import Request, Scan, scan
from casemate.errors import EditError
from casemate.sources.tree import FolderTree

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from casemate.model.finding import Report

TODAY = date(2026, 11, 24)
SAM = "Transform: AWS::Serverless-2016-10-31\n"
ARM = """
    {{
      "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      "contentVersion": "1.0.0.0",
      "resources": [
        {{
          "type": "{type}",
          "apiVersion": "2023-01-01",
          "name": "shop",
          "kind": "{kind}",
          "properties": {properties}
        }}
      ]
    }}
"""


def arm(type_: str, properties: str, kind: str = "functionapp") -> dict[str, str]:
    return {"azuredeploy.json": ARM.format(type=type_, kind=kind, properties=properties)}


def cfn(resources: str) -> dict[str, str]:
    return {"template.yaml": "Resources:\n" + textwrap.indent(textwrap.dedent(resources).strip("\n"), "  ") + "\n"}


def sam(resources: str) -> dict[str, str]:
    return {"template.yaml": SAM + cfn(resources)["template.yaml"]}


def sls(functions: str, resources: str = "") -> dict[str, str]:
    text = "service: shop\nprovider: {name: aws, runtime: python3.13}\n"
    text += textwrap.dedent(functions).lstrip("\n")
    if resources:
        text += "resources:\n  Resources:\n" + textwrap.indent(textwrap.dedent(resources).strip("\n"), "    ") + "\n"
    return {"serverless.yml": text}


def tf(text: str) -> dict[str, str]:
    return {"main.tf": textwrap.dedent(text).lstrip("\n")}


FUNCTION_URL_TF = """
    resource "aws_lambda_function" "hello" {
      function_name = "hello"
      role          = "arn:aws:iam::123456789012:role/x"
      handler       = "a.b"
      runtime       = "python3.13"
    }
    resource "aws_lambda_function_url" "hello" {
      function_name      = aws_lambda_function.hello.function_name
      authorization_type = "NONE"
    }
"""
SITE = "Microsoft.Web/sites"
APP_TF = """
    resource "azurerm_linux_function_app" "shop" {{
      name                = "shop"
      resource_group_name = "shop"
      location            = "westeurope"
      service_plan_id     = "plan"
      https_only          = {https}
      site_config {{
        {setting}
      }}
    }}
"""

WEAK: list[tuple[str, str, dict[str, str]]] = [
    ("function-url-without-auth", "sam", sam("""
        Hello:
          Type: AWS::Serverless::Function
          Properties:
            Handler: a.b
            Runtime: python3.13
            FunctionUrlConfig: {AuthType: NONE}
     """)),
    ("function-url-without-auth", "sam globals", {"template.yaml": SAM + textwrap.dedent("""
        Globals:
          Function:
            Runtime: python3.13
            FunctionUrlConfig:
              AuthType: NONE
        Resources:
          Hello: {Type: AWS::Serverless::Function, Properties: {Handler: a.b}}
          Again: {Type: AWS::Serverless::Function, Properties: {Handler: a.c}}
     """)}),
    ("function-url-without-auth", "cloudformation", cfn("""
        Hello: {Type: AWS::Lambda::Function, Properties: {Handler: a.b, Runtime: python3.13, Role: x}}
        Url:
          Type: AWS::Lambda::Url
          Properties: {TargetFunctionArn: !Ref Hello, AuthType: NONE}
     """)),
    ("function-url-without-auth", "serverless", sls("""
        functions:
          hello:
            handler: a.b
            url: true
     """)),
    ("function-url-without-auth", "terraform", tf(FUNCTION_URL_TF)),
    ("public-store", "cloudformation", cfn("""
        Files:
          Type: AWS::S3::Bucket
          Properties:
            AccessControl: PublicReadWrite
     """)),
    ("public-store", "serverless", sls("functions: {}\n", """
        Files:
          Type: AWS::S3::Bucket
          Properties: {AccessControl: PublicRead}
     """)),
    ("public-store", "terraform", tf("""
        resource "aws_s3_bucket" "files" {
          bucket = "files"
        }
        resource "aws_s3_bucket_acl" "files" {
          bucket = aws_s3_bucket.files.id
          acl    = "public-read"
        }
     """)),
    ("bucket-public-access-not-blocked", "terraform", tf("""
        resource "aws_s3_bucket" "files" {}
        resource "aws_s3_bucket_public_access_block" "files" {
          bucket            = aws_s3_bucket.files.id
          block_public_acls = false
        }
     """)),
    ("bucket-public-access-not-blocked", "cloudformation json", {"template.json": textwrap.dedent("""
        {
          "Resources": {
            "Files": {
              "Type": "AWS::S3::Bucket",
              "Properties": {
                "PublicAccessBlockConfiguration": {"BlockPublicAcls": true, "BlockPublicPolicy": "false"}
              }
            }
          }
        }
     """)}),
    ("store-unencrypted", "cloudformation", cfn("""
        Events: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
        Disk: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: eu-west-1a, Size: 8}}
     """)),
    ("store-unencrypted", "terraform", tf("""
        resource "aws_kinesis_stream" "events" {
          name        = "events"
          shard_count = 1
        }
        resource "aws_db_instance" "db" {
          engine            = "postgres"
          storage_encrypted = false
        }
     """)),
    ("store-accepts-plain-text", "terraform", tf("""
        resource "aws_elasticache_replication_group" "sessions" {
          replication_group_id       = "sessions"
          description                = "sessions"
          at_rest_encryption_enabled = true
          transit_encryption_enabled = false
        }
     """)),
    ("store-accepts-plain-text", "arm", arm(
        "Microsoft.Storage/storageAccounts", '{"supportsHttpsTrafficOnly": false}', "StorageV2")),
    ("endpoint-accepts-plain-http", "arm", arm(SITE, '{"siteConfig": {}}')),
    ("endpoint-accepts-plain-http", "terraform", tf(APP_TF.format(https="false", setting='minimum_tls_version = "1.2"'))),
    ("endpoint-accepts-plain-http", "cloudformation", cfn("""
        Site:
          Type: AWS::CloudFront::Distribution
          Properties:
            DistributionConfig:
              Enabled: true
              DefaultCacheBehavior: {TargetOriginId: web, ViewerProtocolPolicy: allow-all}
              Origins: [{Id: web, DomainName: web.example, CustomOriginConfig: {OriginProtocolPolicy: https-only}}]
     """)),
    ("outdated-tls", "arm", arm(SITE, '{"httpsOnly": true, "siteConfig": {"minTlsVersion": "1.0"}}')),
    ("outdated-tls", "terraform", tf(APP_TF.format(https="true", setting='minimum_tls_version = "1.0"'))),
    ("outdated-tls", "terraform domain", tf("""
        resource "aws_api_gateway_rest_api" "shop" {
          name = "shop"
        }
        resource "aws_api_gateway_stage" "prod" {
          rest_api_id = aws_api_gateway_rest_api.shop.id
          stage_name  = "prod"
        }
        resource "aws_api_gateway_domain_name" "shop" {
          domain_name     = "shop.example"
          security_policy = "TLS_1_0"
        }
        resource "aws_api_gateway_base_path_mapping" "shop" {
          api_id      = aws_api_gateway_rest_api.shop.id
          stage_name  = aws_api_gateway_stage.prod.stage_name
          domain_name = aws_api_gateway_domain_name.shop.id
        }
     """)),
    ("deployment-over-ftp", "arm", arm(SITE, '{"httpsOnly": true, "siteConfig": {"ftpsState": "AllAllowed"}}')),
    ("deployment-over-ftp", "terraform", tf(APP_TF.format(https="true", setting='ftps_state = "AllAllowed"'))),
    ("remote-debugging-enabled", "arm", arm(SITE, '{"httpsOnly": true, "siteConfig": {"remoteDebuggingEnabled": true}}')),
    ("remote-debugging-enabled", "terraform", tf(APP_TF.format(https="true", setting="remote_debugging_enabled = true"))),
    ("api-logs-payloads", "sam", sam("""
        Api:
          Type: AWS::Serverless::Api
          Properties:
            StageName: prod
            MethodSettings:
              - HttpMethod: "*"
                ResourcePath: /*
                LoggingLevel: ERROR
                DataTraceEnabled: true
     """)),
    ("api-logs-payloads", "terraform", tf("""
        resource "aws_api_gateway_rest_api" "shop" {
          name = "shop"
        }
        resource "aws_api_gateway_stage" "prod" {
          rest_api_id = aws_api_gateway_rest_api.shop.id
          stage_name  = "prod"
        }
        resource "aws_api_gateway_method_settings" "all" {
          rest_api_id = aws_api_gateway_rest_api.shop.id
          stage_name  = aws_api_gateway_stage.prod.stage_name
          method_path = "*/*"
          settings {
            data_trace_enabled = true
          }
        }
     """)),
    ("key-rotation-off", "terraform", tf('resource "aws_kms_key" "key" {\n  description = "x"\n}\n')),
    ("tracing-off", "sam", sam("""
        Hello: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.13}}
        Api: {Type: AWS::Serverless::Api, Properties: {StageName: prod}}
     """)),
    ("tracing-off", "cloudformation", cfn("""
        Hello: {Type: AWS::Lambda::Function, Properties: {Handler: a.b, Runtime: python3.13, Role: x}}
        Flow:
          Type: AWS::StepFunctions::StateMachine
          Properties:
            RoleArn: x
            Definition: {StartAt: A, States: {A: {Type: Pass, End: true}}}
     """)),
    ("tracing-off", "serverless", sls("""
        functions:
          hello: {handler: a.b}
     """)),
    ("tracing-off", "terraform", tf(FUNCTION_URL_TF)),
    ("backup-off", "sam", sam("Orders: {Type: AWS::Serverless::SimpleTable}")),
    ("backup-off", "terraform", tf("""
        resource "aws_dynamodb_table" "orders" {
          name     = "orders"
          hash_key = "id"
          attribute {
            name = "id"
            type = "S"
          }
        }
        resource "google_sql_database_instance" "db" {
          name             = "db"
          database_version = "POSTGRES_16"
          settings {
            tier = "db-f1-micro"
          }
        }
     """)),
    ("deletion-unprotected", "cloudformation", cfn("Orders: {Type: AWS::DynamoDB::Table, Properties: {TableName: x}}")),
    ("deletion-unprotected", "terraform", tf("""
        resource "aws_db_instance" "db" {
          engine            = "postgres"
          storage_encrypted = true
        }
     """)),
    ("log-retention-unlimited", "terraform", tf('resource "aws_cloudwatch_log_group" "a" {\n  name = "a"\n}\n')),
    ("identity-pool-allows-guests", "terraform", tf("""
        resource "aws_cognito_identity_pool" "guests" {
          identity_pool_name               = "x"
          allow_unauthenticated_identities = true
        }
     """)),
    ("publicly-routable-database", "terraform", tf("""
        resource "aws_db_instance" "db" {
          engine              = "postgres"
          publicly_accessible = true
        }
        resource "google_sql_database_instance" "db" {
          name             = "db"
          database_version = "POSTGRES_16"
          settings {
            tier = "db-f1-micro"
            ip_configuration {
              ipv4_enabled = true
            }
          }
        }
     """)),
    ("subnet-assigns-public-addresses", "terraform", tf("""
        resource "aws_subnet" "public" {
          vpc_id                  = "vpc-1"
          cidr_block              = "10.0.0.0/24"
          map_public_ip_on_launch = true
        }
     """)),
    ("outdated-runtime", "sam globals", {"template.yaml": SAM + textwrap.dedent("""
        Globals: {Function: {Runtime: nodejs12.x}}
        Resources:
          Hello: {Type: AWS::Serverless::Function, Properties: {Handler: a.b}}
     """)}),
    ("outdated-runtime", "serverless provider", {"serverless.yml": textwrap.dedent("""
        service: shop
        provider:
          name: aws
          runtime: python3.7
        functions:
          hello: {handler: a.b}
     """)}),
    ("outdated-runtime", "serverless variable", {"serverless.yml": textwrap.dedent("""
        service: shop
        provider: {name: aws, runtime: "${self:custom.language}"}
        custom:
          language: python3.7
        functions:
          hello: {handler: a.b}
     """)}),
    ("outdated-runtime", "terraform", tf("""
        resource "aws_lambda_function" "hello" {
          function_name = "hello"
          runtime       = "nodejs14.x"
        }
        resource "google_cloudfunctions2_function" "hello" {
          name     = "hello"
          location = "europe-west1"
          build_config {
            runtime     = "nodejs14"
            entry_point = "x"
          }
        }
     """)),
    ("image-tags-mutable", "terraform", tf('resource "aws_ecr_repository" "images" {\n  name = "images"\n}\n')),
    ("trail-incomplete", "terraform", tf("""
        resource "aws_cloudtrail" "trail" {
          name           = "trail"
          s3_bucket_name = "logs"
        }
     """)),
    ("build-runs-privileged", "terraform", tf("""
        resource "aws_codebuild_project" "build" {
          name         = "build"
          service_role = "x"
          artifacts {
            type = "NO_ARTIFACTS"
          }
          environment {
            compute_type    = "BUILD_GENERAL1_SMALL"
            image           = "aws/codebuild/standard:7.0"
            type            = "LINUX_CONTAINER"
            privileged_mode = true
          }
          source {
            type = "NO_SOURCE"
          }
        }
     """)),
    ("api-cache-unencrypted", "sam", sam("""
        Api:
          Type: AWS::Serverless::Api
          Properties:
            StageName: prod
            CacheClusterEnabled: true
            MethodSettings: [{HttpMethod: "*", ResourcePath: /*, CachingEnabled: true, CacheDataEncrypted: false}]
     """)),
]  # fmt: skip


def laid(root: Path, files: Mapping[str, str]) -> FolderTree:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    return FolderTree(root)


def scanned(tree: FolderTree, *rules: str) -> tuple[Scan, Request]:
    request = Request(today=TODAY, only=rules, profile="strict")
    return scan(tree, request), request


def fixed(tree: FolderTree, *rules: str, unsafe: bool = True) -> tuple[Report, str]:
    result, request = scanned(tree, *rules)
    assert result.report.open, "the input is weak"
    log = io.StringIO()
    _, report = fix(result, result.report, tree, request, unsafe=unsafe, log=log)
    return report, log.getvalue()


@pytest.mark.parametrize(("rule", "dialect", "files"), WEAK, ids=[f"{rule} in {dialect}" for rule, dialect, _ in WEAK])
def test_a_fix_ends_the_finding(tmp_path: Path, rule: str, dialect: str, files: dict[str, str]) -> None:
    tree = laid(tmp_path, files)
    report, log = fixed(tree, rule)
    assert not report.open, log
    again, _ = scanned(FolderTree(tmp_path), rule)
    assert not again.report.open
    assert not again.report.diagnostics


def test_only_safe_fixes_unless_asked(tmp_path: Path) -> None:
    files = cfn("""
        Events: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
        Disk: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: eu-west-1a, Size: 8}}
    """)
    report, log = fixed(laid(tmp_path, files), "store-unencrypted", unsafe=False)
    assert [finding.resource.name for finding in report.open] == ["Disk"]
    assert "1 fixed, 0 not, 1 files written" in log


def test_fixes_of_one_section_follow_one_another(tmp_path: Path) -> None:
    files = cfn("Orders: {Type: AWS::DynamoDB::Table}\nFiles: {Type: AWS::S3::Bucket}\n")
    report, log = fixed(laid(tmp_path, files), "backup-off", "deletion-unprotected")
    assert not report.open, log
    text = (tmp_path / "template.yaml").read_text()
    assert text.count("Properties") == 2
    assert "DeletionProtectionEnabled: true" in text
    assert "PointInTimeRecoveryEnabled: true" in text


def test_a_fix_that_would_bring_a_new_finding_is_not_made(tmp_path: Path) -> None:
    """Without its ACL the bucket is as closed as before; the rule folder's own `good` would accept it, a second rule does not."""
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "private_forbidden.py").write_text(RULE)
    tree = laid(tmp_path / "system", cfn("Files: {Type: AWS::S3::Bucket, Properties: {AccessControl: PublicRead}}"))
    before = (tmp_path / "system" / "template.yaml").read_text()
    from casemate.engine.catalogue import user_rules

    request = Request(today=TODAY, only=("public-store", "private-forbidden"), extra=user_rules(rules))
    result = scan(tree, request)
    log = io.StringIO()
    _, report = fix(result, result.report, tree, request, unsafe=True, log=log)
    assert [finding.rule for finding in report.open] == ["public-store"]
    assert "not fixed template.yaml:2: public-store: private-forbidden would appear at Files" in log.getvalue()
    assert (tmp_path / "system" / "template.yaml").read_text() == before


RULE = '''"""Private ACLs are forbidden here.

What it does
------------
x

Why it matters
--------------
x

How to fix
----------
x

When to allow it
----------------
x

References
----------
- x
"""

from __future__ import annotations

from casemate.authoring import HIGH, judge, rule


@rule("private-forbidden", weakness="public-access", severity=HIGH, tags=["cwe-732"])
def check(store: Store, system: System):
    if store.public is not None and store.public.declared:
        yield from judge(store.public, lambda public: not public, "private")


CASES = []
'''


def test_a_suppressed_finding_is_left_alone(tmp_path: Path) -> None:
    text = "Resources:\n  Files:\n    Type: AWS::S3::Bucket\n    Properties:\n      AccessControl: PublicRead  # casemate: ignore[public-store] -- a web site\n"
    tree = laid(tmp_path, {"template.yaml": text})
    result, request = scanned(tree, "public-store")
    fix(result, result.report, tree, request, unsafe=True, log=io.StringIO())
    assert (tmp_path / "template.yaml").read_text() == text


def test_what_a_difference_leaves_out_is_neither_fixed_nor_reported(tmp_path: Path) -> None:
    from dataclasses import replace

    files = cfn("""
        Old: {Type: AWS::S3::Bucket, Properties: {AccessControl: PublicRead}}
        New: {Type: AWS::S3::Bucket, Properties: {AccessControl: PublicRead}}
    """)
    tree = laid(tmp_path, files)
    result, request = scanned(tree, "public-store")
    new = replace(result.report, findings=tuple(one for one in result.report.findings if one.resource.name == "New"))
    _, report = fix(result, new, tree, request, unsafe=True, log=io.StringIO())
    assert report.findings == ()
    text = (tmp_path / "template.yaml").read_text()
    assert "Old: {Type: AWS::S3::Bucket, Properties: {AccessControl: PublicRead}}" in text
    assert "New: {Type: AWS::S3::Bucket, Properties: {AccessControl: Private}}" in text


def test_fixes_show_their_edits_or_text(tmp_path: Path) -> None:
    files = {
        **cfn("Files: {Type: AWS::S3::Bucket, Properties: {AccessControl: PublicRead}}"),
        "cdk.out/Shop.template.json": '{"Resources": {"Files": {"Type": "AWS::S3::Bucket", "Properties": {"AccessControl": "PublicRead"},'
        ' "Metadata": {"aws:cdk:path": "Shop/Files/Resource"}}}}',
    }
    tree = laid(tmp_path, files)
    result, _ = scanned(tree, "public-store")
    report = with_edits(result.report, result.inventory, tree)
    by_path = {finding.primary.span.path: finding.fixes[0] for finding in report.open if finding.primary.span}
    edit = by_path["template.yaml"].edits[0]
    data = (tmp_path / "template.yaml").read_bytes()
    assert (data[edit.start_byte : edit.end_byte], edit.text) == (b"PublicRead", "Private")
    assert by_path["cdk.out/Shop.template.json"].edits == ()
    assert (
        by_path["cdk.out/Shop.template.json"].text
        == 'files.node.defaultChild.addPropertyOverride("AccessControl", "Private")'
    )


# -- writing -----------------------------------------------------------------------------------------------------------
def test_a_file_keeps_its_mode_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"old")
    file.chmod(0o640)
    write(tmp_path, "a.yaml", b"old", b"new")
    assert file.read_bytes() == b"new"
    assert file.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs symbolic links")
def test_nothing_is_written_through_a_link_or_out_of_the_root(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    outside.mkdir()
    root.mkdir()
    (outside / "a.yaml").write_bytes(b"old")
    (root / "link.yaml").symlink_to(outside / "a.yaml")
    (root / "folder").symlink_to(outside)
    (root / "inner.yaml").write_bytes(b"old")
    (root / "alias.yaml").symlink_to(root / "inner.yaml")
    for path in ("link.yaml", "folder/a.yaml", "alias.yaml", "../outside/a.yaml"):
        with pytest.raises(EditError):
            write(root, path, b"old", b"new")
    assert (outside / "a.yaml").read_bytes() == b"old"
    assert (root / "inner.yaml").read_bytes() == b"old"


def test_a_file_that_has_changed_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"newer")
    with pytest.raises(EditError, match="has changed"):
        write(tmp_path, "a.yaml", b"old", b"new")
    with pytest.raises(EditError):
        write(tmp_path, "missing.yaml", b"", b"new")
