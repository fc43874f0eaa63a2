"""Small systems, each with one weakness that a fix can end, in every dialect that can express it."""

from __future__ import annotations

import textwrap

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
