"""One change, one dialect: what stands in the file before and after."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from casemate.edits import applied, collides, lower, snippet
from casemate.errors import EditError
from casemate.inventory.build import build
from casemate.model.finding import Change, Edit
from casemate.model.location import Span
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.model.inventory import Inventory

SAM, CFN, SLS, TF, ARM = "template.yaml", "template.yaml", "serverless.yml", "main.tf", "azuredeploy.json"
TRANSFORM = "Transform: AWS::Serverless-2016-10-31\n"


def inventory_of(files: Mapping[str, bytes]) -> Inventory:
    return build(discover(MemoryTree(dict(files)), Options()).readings)


def changed(files: Mapping[str, bytes], change: Change, cause: Span | None = None) -> dict[str, bytes]:
    edits = lower(change, inventory_of(files), files.get, cause)
    return {path: applied(data, [edit for edit in edits if edit.path == path]) for path, data in files.items()}


def text(body: str) -> str:
    return textwrap.dedent(body).lstrip("\n")


def set_(entity: str, path: str, value: object) -> Change:
    return Change(entity, "set", tuple(path.split(".")), value)


CASES = {
    # -- CloudFormation, YAML -------------------------------------------------------------------------------------------
    "block: replace a scalar, the comment stays": (
        CFN,
        """
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties:
              StorageEncrypted: false  # for now
              Engine: postgres
        """,
        set_("template.yaml#Db", "StorageEncrypted", value=True),
        """
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties:
              StorageEncrypted: true  # for now
              Engine: postgres
        """,
    ),
    "block: keep double quotes": (
        CFN,
        """
        Resources:
          Files:
            Type: AWS::S3::Bucket
            Properties:
              AccessControl: "PublicRead"
        """,
        set_("template.yaml#Files", "AccessControl", "Private"),
        """
        Resources:
          Files:
            Type: AWS::S3::Bucket
            Properties:
              AccessControl: "Private"
        """,
    ),
    "block: add a key behind a nested block and its comment": (
        CFN,
        """
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties:
              Engine: postgres
              Tags:
                - Key: a
                  Value: b  # the last line
          # about the next one
          Other:
            Type: AWS::S3::Bucket
        """,
        set_("template.yaml#Db", "StorageEncrypted", value=True),
        """
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties:
              Engine: postgres
              Tags:
                - Key: a
                  Value: b  # the last line
              StorageEncrypted: true
          # about the next one
          Other:
            Type: AWS::S3::Bucket
        """,
    ),
    "block: add a key behind a block scalar, before what follows it": (
        CFN,
        """
        Resources:
          Hello:
            Type: AWS::Lambda::Function
            Properties:
              Handler: index.handler
              Code:
                ZipFile: |
                  def handler(event, context):

                      return 1

          # about the next one
          Other:
            Type: AWS::S3::Bucket
        """,
        set_("template.yaml#Hello", "TracingConfig.Mode", "Active"),
        """
        Resources:
          Hello:
            Type: AWS::Lambda::Function
            Properties:
              Handler: index.handler
              Code:
                ZipFile: |
                  def handler(event, context):

                      return 1
              TracingConfig:
                Mode: Active

          # about the next one
          Other:
            Type: AWS::S3::Bucket
        """,
    ),
    "block: make the properties": (
        CFN,
        """
        Resources:
            Files:
                Type: AWS::S3::Bucket
        """,
        set_(
            "template.yaml#Files",
            "PublicAccessBlockConfiguration",
            {"BlockPublicAcls": True, "IgnorePublicAcls": True},
        ),
        """
        Resources:
            Files:
                Type: AWS::S3::Bucket
                Properties:
                    PublicAccessBlockConfiguration:
                        BlockPublicAcls: true
                        IgnorePublicAcls: true
        """,
    ),
    "block: merge a map into one that is there": (
        CFN,
        """
        Resources:
          Files:
            Type: AWS::S3::Bucket
            Properties:
              PublicAccessBlockConfiguration:
                BlockPublicAcls: false
        """,
        set_(
            "template.yaml#Files",
            "PublicAccessBlockConfiguration",
            {"BlockPublicAcls": True, "IgnorePublicAcls": True},
        ),
        """
        Resources:
          Files:
            Type: AWS::S3::Bucket
            Properties:
              PublicAccessBlockConfiguration:
                BlockPublicAcls: true
                IgnorePublicAcls: true
        """,
    ),
    "flow: add in brackets": (
        CFN,
        """
        Resources:
          Db: {Type: AWS::RDS::DBInstance, Properties: {Engine: postgres}}
        """,
        set_("template.yaml#Db", "StorageEncrypted", value=True),
        """
        Resources:
          Db: {Type: AWS::RDS::DBInstance, Properties: {Engine: postgres, StorageEncrypted: true}}
        """,
    ),
    "flow: into empty brackets": (
        CFN,
        """
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties: {}
        """,
        set_("template.yaml#Db", "StorageEncrypted", value=True),
        """
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties: {StorageEncrypted: true}
        """,
    ),
    "list: the only element is meant": (
        CFN,
        """
        Resources:
          Files:
            Type: AWS::S3::Bucket
            Properties:
              BucketEncryption:
                ServerSideEncryptionConfiguration:
                  - ServerSideEncryptionByDefault:
                      SSEAlgorithm: AES256
        """,
        set_(
            "template.yaml#Files",
            "BucketEncryption.ServerSideEncryptionConfiguration.ServerSideEncryptionByDefault.SSEAlgorithm",
            "aws:kms",
        ),
        """
        Resources:
          Files:
            Type: AWS::S3::Bucket
            Properties:
              BucketEncryption:
                ServerSideEncryptionConfiguration:
                  - ServerSideEncryptionByDefault:
                      SSEAlgorithm: aws:kms
        """,
    ),
    "list: a numbered element": (
        CFN,
        """
        Resources:
          Group:
            Type: AWS::EC2::SecurityGroup
            Properties:
              SecurityGroupIngress:
                - {CidrIp: 10.0.0.0/8, IpProtocol: tcp}
                - CidrIp: 0.0.0.0/0
                  IpProtocol: tcp
        """,
        set_("template.yaml#Group", "SecurityGroupIngress.1.CidrIp", "10.1.0.0/16"),
        """
        Resources:
          Group:
            Type: AWS::EC2::SecurityGroup
            Properties:
              SecurityGroupIngress:
                - {CidrIp: 10.0.0.0/8, IpProtocol: tcp}
                - CidrIp: '10.1.0.0/16'
                  IpProtocol: tcp
        """,
    ),
    "list: add an element": (
        CFN,
        """
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties:
              EnableCloudwatchLogsExports:
                - postgresql
              Engine: postgres
        """,
        Change("template.yaml#Db", "add", ("EnableCloudwatchLogsExports",), "upgrade"),
        """
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties:
              EnableCloudwatchLogsExports:
                - postgresql
                - upgrade
              Engine: postgres
        """,
    ),
    "list: add an element in brackets": (
        CFN,
        """
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties: {EnableCloudwatchLogsExports: [postgresql]}
        """,
        Change("template.yaml#Db", "add", ("EnableCloudwatchLogsExports",), "upgrade"),
        """
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties: {EnableCloudwatchLogsExports: [postgresql, upgrade]}
        """,
    ),
    "list: make it": (
        CFN,
        """
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties:
              Engine: postgres
        """,
        Change("template.yaml#Db", "add", ("EnableCloudwatchLogsExports",), "upgrade"),
        """
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties:
              Engine: postgres
              EnableCloudwatchLogsExports:
                - upgrade
        """,
    ),
    "remove: a line": (
        CFN,
        """
        Resources:
          Files:
            Type: AWS::S3::Bucket
            Properties:
              AccessControl: PublicRead
              BucketName: files
        """,
        Change("template.yaml#Files", "remove", ("AccessControl",)),
        """
        Resources:
          Files:
            Type: AWS::S3::Bucket
            Properties:
              BucketName: files
        """,
    ),
    "remove: a section that would be empty goes as well": (
        CFN,
        """
        Resources:
          Files:
            Type: AWS::S3::Bucket
            Properties:
              AccessControl: PublicRead
          Other:
            Type: AWS::SQS::Queue
        """,
        Change("template.yaml#Files", "remove", ("AccessControl",)),
        """
        Resources:
          Files:
            Type: AWS::S3::Bucket
          Other:
            Type: AWS::SQS::Queue
        """,
    ),
    "remove: from brackets": (
        CFN,
        """
        Resources:
          Files:
            Type: AWS::S3::Bucket
            Properties: {BucketName: files, AccessControl: PublicRead}
        """,
        Change("template.yaml#Files", "remove", ("AccessControl",)),
        """
        Resources:
          Files:
            Type: AWS::S3::Bucket
            Properties: {BucketName: files}
        """,
    ),
    "remove: an element of a list": (
        CFN,
        """
        Resources:
          Group:
            Type: AWS::EC2::SecurityGroup
            Properties:
              SecurityGroupIngress:
                - CidrIp: 0.0.0.0/0
                  IpProtocol: tcp
                - {CidrIp: 10.0.0.0/8, IpProtocol: tcp}
        """,
        Change("template.yaml#Group", "remove", ("SecurityGroupIngress", "0")),
        """
        Resources:
          Group:
            Type: AWS::EC2::SecurityGroup
            Properties:
              SecurityGroupIngress:
                - {CidrIp: 10.0.0.0/8, IpProtocol: tcp}
        """,
    ),
    "companion: the URL of a function": (
        CFN,
        """
        Resources:
          Hello:
            Type: AWS::Lambda::Function
            Properties: {Handler: a.b}
          HelloUrl:
            Type: AWS::Lambda::Url
            Properties:
              TargetFunctionArn: !GetAtt Hello.Arn
              AuthType: NONE
        """,
        set_("template.yaml#Hello", "FunctionUrlConfig.AuthType", "AWS_IAM"),
        """
        Resources:
          Hello:
            Type: AWS::Lambda::Function
            Properties: {Handler: a.b}
          HelloUrl:
            Type: AWS::Lambda::Url
            Properties:
              TargetFunctionArn: !GetAtt Hello.Arn
              AuthType: AWS_IAM
        """,
    ),
    # -- CloudFormation, JSON -------------------------------------------------------------------------------------------
    "json: add with a comma": (
        "template.json",
        """
        {
          "Resources": {
            "Db": {
              "Type": "AWS::RDS::DBInstance",
              "Properties": {
                "Engine": "postgres"
              }
            }
          }
        }
        """,
        set_("template.json#Db", "StorageEncrypted", value=True),
        """
        {
          "Resources": {
            "Db": {
              "Type": "AWS::RDS::DBInstance",
              "Properties": {
                "Engine": "postgres",
                "StorageEncrypted": true
              }
            }
          }
        }
        """,
    ),
    "json: make sections": (
        "template.json",
        """
        {
            "Resources": {
                "Files": {
                    "Type": "AWS::S3::Bucket"
                }
            }
        }
        """,
        set_("template.json#Files", "VersioningConfiguration.Status", "Enabled"),
        """
        {
            "Resources": {
                "Files": {
                    "Type": "AWS::S3::Bucket",
                    "Properties": {
                        "VersioningConfiguration": {
                            "Status": "Enabled"
                        }
                    }
                }
            }
        }
        """,
    ),
    "json: on one line": (
        "template.json",
        '{"Resources": {"Db": {"Type": "AWS::RDS::DBInstance", "Properties": {"StorageEncrypted": "false"}}}}\n',
        set_("template.json#Db", "StorageEncrypted", value=True),
        '{"Resources": {"Db": {"Type": "AWS::RDS::DBInstance", "Properties": {"StorageEncrypted": true}}}}\n',
    ),
    # -- SAM ------------------------------------------------------------------------------------------------------------
    "sam: the URL's own section": (
        SAM,
        TRANSFORM
        + text("""
        Resources:
          Hello:
            Type: AWS::Serverless::Function
            Properties:
              FunctionUrlConfig:
                AuthType: NONE
              Handler: a.b
        """),
        set_("template.yaml#Hello", "FunctionUrlConfig.AuthType", "AWS_IAM"),
        TRANSFORM
        + text("""
        Resources:
          Hello:
            Type: AWS::Serverless::Function
            Properties:
              FunctionUrlConfig:
                AuthType: AWS_IAM
              Handler: a.b
        """),
    ),
    "sam: a property that SAM calls otherwise": (
        SAM,
        TRANSFORM
        + text("""
        Resources:
          Hello:
            Type: AWS::Serverless::Function
            Properties:
              Handler: a.b
        """),
        set_("template.yaml#Hello", "TracingConfig.Mode", "Active"),
        TRANSFORM
        + text("""
        Resources:
          Hello:
            Type: AWS::Serverless::Function
            Properties:
              Handler: a.b
              Tracing: Active
        """),
    ),
    "sam: the stage of an API": (
        SAM,
        TRANSFORM
        + text("""
        Resources:
          Api:
            Type: AWS::Serverless::Api
            Properties: {StageName: prod}
        """),
        set_("template.yaml#Api", "TracingEnabled", value=True),
        TRANSFORM
        + text("""
        Resources:
          Api:
            Type: AWS::Serverless::Api
            Properties: {StageName: prod, TracingEnabled: true}
        """),
    ),
    "sam: override Globals at the resource": (
        SAM,
        TRANSFORM
        + text("""
        Globals:
          Function: {Runtime: nodejs12.x}
        Resources:
          Hello:
            Type: AWS::Serverless::Function
            Properties:
              Handler: a.b
        """),
        set_("template.yaml#Hello", "Runtime", "nodejs24.x"),
        TRANSFORM
        + text("""
        Globals:
          Function: {Runtime: nodejs12.x}
        Resources:
          Hello:
            Type: AWS::Serverless::Function
            Properties:
              Handler: a.b
              Runtime: nodejs24.x
        """),
    ),
    # -- Serverless Framework -------------------------------------------------------------------------------------------
    "serverless: a flag becomes a section": (
        SLS,
        """
        service: shop
        provider: {name: aws}
        functions:
          hello:
            url: true
            handler: a.b
        """,
        set_("serverless.yml#HelloLambdaFunction", "FunctionUrlConfig.AuthType", "AWS_IAM"),
        """
        service: shop
        provider: {name: aws}
        functions:
          hello:
            url:
              authorizer: aws_iam
            handler: a.b
        """,
    ),
    "serverless: override the provider at the function": (
        SLS,
        """
        service: shop
        provider: {name: aws, runtime: nodejs12.x}
        functions:
          hello:
            handler: a.b
        """,
        set_("serverless.yml#HelloLambdaFunction", "Runtime", "nodejs24.x"),
        """
        service: shop
        provider: {name: aws, runtime: nodejs12.x}
        functions:
          hello:
            handler: a.b
            runtime: nodejs24.x
        """,
    ),
    "serverless: a declared resource is CloudFormation": (
        SLS,
        """
        service: shop
        provider: {name: aws}
        resources:
          Resources:
            Files:
              Type: AWS::S3::Bucket
        """,
        set_("serverless.yml#Files", "VersioningConfiguration.Status", "Enabled"),
        """
        service: shop
        provider: {name: aws}
        resources:
          Resources:
            Files:
              Type: AWS::S3::Bucket
              Properties:
                VersioningConfiguration:
                  Status: Enabled
        """,
    ),
    # -- Terraform ------------------------------------------------------------------------------------------------------
    "terraform: an argument in line with the others": (
        TF,
        """
        resource "aws_db_instance" "db" {
          engine         = "postgres" # a comment
          instance_class = "db.t4g.small"
        }
        """,
        set_(".#aws_db_instance.db", "StorageEncrypted", value=True),
        """
        resource "aws_db_instance" "db" {
          engine         = "postgres" # a comment
          instance_class = "db.t4g.small"
          storage_encrypted = true
        }
        """,
    ),
    "terraform: a short name is padded": (
        TF,
        """
        resource "aws_ebs_volume" "disk" {
          availability_zone = "eu-west-1a"
        }
        """,
        set_(".#aws_ebs_volume.disk", "Encrypted", value=True),
        """
        resource "aws_ebs_volume" "disk" {
          availability_zone = "eu-west-1a"
          encrypted         = true
        }
        """,
    ),
    "terraform: a word spelled otherwise": (
        TF,
        """
        resource "aws_s3_bucket" "files" {
          acl = "public-read"
        }
        """,
        set_(".#aws_s3_bucket.files", "AccessControl", "Private"),
        """
        resource "aws_s3_bucket" "files" {
          acl = "private"
        }
        """,
    ),
    "terraform: a new block": (
        TF,
        """
        resource "aws_dynamodb_table" "orders" {
          name = "orders"

          attribute {
            name = "id"
            type = "S"
          }
        }
        """,
        set_(".#aws_dynamodb_table.orders", "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", value=True),
        """
        resource "aws_dynamodb_table" "orders" {
          name = "orders"

          attribute {
            name = "id"
            type = "S"
          }

          point_in_time_recovery {
            enabled = true
          }
        }
        """,
    ),
    "terraform: inside of a block on one line": (
        TF,
        """
        resource "aws_lambda_function" "hello" {
          function_name = "hello"
          tracing_config { mode = "PassThrough" }
        }
        """,
        set_(".#aws_lambda_function.hello", "TracingConfig.Mode", "Active"),
        """
        resource "aws_lambda_function" "hello" {
          function_name = "hello"
          tracing_config { mode = "Active" }
        }
        """,
    ),
    "terraform: a resource on one line": (
        TF,
        """
        resource "aws_ecr_repository" "images" { name = "images" }
        """,
        set_(".#aws_ecr_repository.images", "ImageTagMutability", "IMMUTABLE"),
        """
        resource "aws_ecr_repository" "images" {
          name = "images"
          image_tag_mutability = "IMMUTABLE"
        }
        """,
    ),
    "terraform: a resource that completes another": (
        TF,
        """
        resource "aws_s3_bucket" "files" {
          bucket = "files"
        }
        """,
        set_(
            ".#aws_s3_bucket.files",
            "PublicAccessBlockConfiguration",
            {"BlockPublicAcls": True, "IgnorePublicAcls": True},
        ),
        """
        resource "aws_s3_bucket" "files" {
          bucket = "files"
        }

        resource "aws_s3_bucket_public_access_block" "files" {
          bucket = aws_s3_bucket.files.id

          block_public_acls  = true
          ignore_public_acls = true
        }
        """,
    ),
    "terraform: such a resource is there": (
        TF,
        """
        resource "aws_s3_bucket" "files" {}

        resource "aws_s3_bucket_public_access_block" "x" {
          bucket            = aws_s3_bucket.files.id
          block_public_acls = false
        }
        """,
        set_(
            ".#aws_s3_bucket.files",
            "PublicAccessBlockConfiguration",
            {"BlockPublicAcls": True, "IgnorePublicAcls": True},
        ),
        """
        resource "aws_s3_bucket" "files" {}

        resource "aws_s3_bucket_public_access_block" "x" {
          bucket            = aws_s3_bucket.files.id
          block_public_acls = true
          ignore_public_acls = true
        }
        """,
    ),
    "terraform: the URL of a function": (
        TF,
        """
        resource "aws_lambda_function" "hello" {
          function_name = "hello"
        }

        resource "aws_lambda_function_url" "hello" {
          function_name      = aws_lambda_function.hello.function_name
          authorization_type = "NONE"
        }
        """,
        set_(".#aws_lambda_function.hello", "FunctionUrlConfig.AuthType", "AWS_IAM"),
        """
        resource "aws_lambda_function" "hello" {
          function_name = "hello"
        }

        resource "aws_lambda_function_url" "hello" {
          function_name      = aws_lambda_function.hello.function_name
          authorization_type = "AWS_IAM"
        }
        """,
    ),
    "terraform: azurerm": (
        TF,
        """
        resource "azurerm_linux_function_app" "shop" {
          name       = "shop"
          https_only = false
          site_config {
          }
        }
        """,
        set_(".#azurerm_linux_function_app.shop", "properties.siteConfig.ftpsState", "FtpsOnly"),
        """
        resource "azurerm_linux_function_app" "shop" {
          name       = "shop"
          https_only = false
          site_config {
            ftps_state = "FtpsOnly"
          }
        }
        """,
    ),
    "terraform: google": (
        TF,
        """
        resource "google_sql_database_instance" "db" {
          name = "db"
          settings {
            tier = "db-f1-micro"
          }
        }
        """,
        set_(".#google_sql_database_instance.db", "settings.ip_configuration.ipv4_enabled", value=False),
        """
        resource "google_sql_database_instance" "db" {
          name = "db"
          settings {
            tier = "db-f1-micro"

            ip_configuration {
              ipv4_enabled = false
            }
          }
        }
        """,
    ),
    "terraform: an element of a list": (
        TF,
        """
        resource "aws_db_instance" "db" {
          enabled_cloudwatch_logs_exports = ["postgresql"]
        }
        """,
        Change(".#aws_db_instance.db", "add", ("EnableCloudwatchLogsExports",), "upgrade"),
        """
        resource "aws_db_instance" "db" {
          enabled_cloudwatch_logs_exports = ["postgresql", "upgrade"]
        }
        """,
    ),
    "terraform: remove an argument": (
        TF,
        """
        resource "aws_s3_bucket" "files" {
          bucket = "files"
          acl    = "public-read"
        }
        """,
        Change(".#aws_s3_bucket.files", "remove", ("AccessControl",)),
        """
        resource "aws_s3_bucket" "files" {
          bucket = "files"
        }
        """,
    ),
    "terraform: JSON syntax": (
        "main.tf.json",
        """
        {
          "resource": {
            "aws_ebs_volume": {
              "disk": {
                "availability_zone": "eu-west-1a"
              }
            }
          }
        }
        """,
        set_(".#aws_ebs_volume.disk", "Encrypted", value=True),
        """
        {
          "resource": {
            "aws_ebs_volume": {
              "disk": {
                "availability_zone": "eu-west-1a",
                "encrypted": true
              }
            }
          }
        }
        """,
    ),
    # -- ARM ------------------------------------------------------------------------------------------------------------
    "arm: add and keep comments": (
        ARM,
        """
        {
          "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
          "contentVersion": "1.0.0.0",
          "resources": [
            {
              "type": "Microsoft.Web/sites", // the app
              "apiVersion": "2023-12-01",
              "name": "shop",
              "kind": "functionapp",
              "properties": {
                "siteConfig": {"ftpsState": "AllAllowed"}
              }
            }
          ]
        }
        """,
        set_("azuredeploy.json#Microsoft.Web/sites/shop", "properties.httpsOnly", value=True),
        """
        {
          "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
          "contentVersion": "1.0.0.0",
          "resources": [
            {
              "type": "Microsoft.Web/sites", // the app
              "apiVersion": "2023-12-01",
              "name": "shop",
              "kind": "functionapp",
              "properties": {
                "siteConfig": {"ftpsState": "AllAllowed"},
                "httpsOnly": true
              }
            }
          ]
        }
        """,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_change_becomes_exactly_these_bytes(name: str) -> None:
    path, before, change, after = CASES[name]
    result = changed({path: text(before).encode()}, change)
    assert result[path].decode() == text(after)
    if change.op == "set":
        assert lower(change, inventory_of(result), result.get) == (), "a second time changes nothing"


def test_bytes_are_counted_behind_a_mark_and_wide_characters_and_lines_stay_windows_lines() -> None:
    before = "# größer\r\nResources:\r\n  Größe:  # \U0001f680\r\n    Type: AWS::S3::Bucket\r\n    Properties: {BucketName: 'é\U0001f680', AccessControl: PublicRead}\r\n"
    data = b"\xef\xbb\xbf" + before.encode()
    first = changed({CFN: data}, set_("template.yaml#Größe", "AccessControl", "Private"))
    assert first[CFN] == b"\xef\xbb\xbf" + before.replace("PublicRead", "Private").encode()
    second = changed(first, set_("template.yaml#Größe", "VersioningConfiguration", {"Status": "Enabled"}))
    assert b"Private, VersioningConfiguration: {Status: Enabled}}\r\n" in second[CFN]


def test_an_added_line_ends_as_the_other_lines_do() -> None:
    before = b"Resources:\r\n  Files:\r\n    Type: AWS::S3::Bucket\r\n  Other:\r\n    Type: AWS::SQS::Queue\r\n"
    after = changed({CFN: before}, set_("template.yaml#Files", "VersioningConfiguration.Status", "Enabled"))[CFN]
    assert after.count(b"\n") == after.count(b"\r\n") == before.count(b"\n") + 3


def test_tabs_of_json_stay_tabs() -> None:
    before = b'{\n\t"Resources": {\n\t\t"Db": {\n\t\t\t"Type": "AWS::RDS::DBInstance"\n\t\t}\n\t}\n}\n'
    after = changed({"t.json": before}, set_("t.json#Db", "StorageEncrypted", value=True))["t.json"]
    assert b'"AWS::RDS::DBInstance",\n\t\t\t"Properties": {\n\t\t\t\t"StorageEncrypted": true\n\t\t\t}\n' in after


def test_the_cause_is_edited_where_it_stands() -> None:
    files = {
        SAM: (
            TRANSFORM
            + "Globals:\n  Function: {Runtime: nodejs12.x}\nResources:\n  Hello:\n    Type: AWS::Serverless::Function\n    Properties: {Handler: a.b}\n"
        ).encode()
    }
    cause = Span(SAM, 3, 23, 3, 33)
    after = changed(files, set_("template.yaml#Hello", "Runtime", "nodejs24.x"), cause)[SAM].decode()
    assert "Function: {Runtime: nodejs24.x}" in after
    assert "Properties: {Handler: a.b}" in after


def test_one_branch_of_a_condition_can_be_the_cause() -> None:
    files = {
        CFN: text("""
        Conditions:
          IsDev: !Equals [!Ref AWS::Region, eu-west-1]
        Resources:
          Files:
            Type: AWS::S3::Bucket
            Properties:
              AccessControl: !If [IsDev, PublicRead, Private]
        """).encode()
    }
    change = set_("template.yaml#Files", "AccessControl", "Private")
    with pytest.raises(EditError, match="expression"):
        changed(files, change)
    line = files[CFN].decode().splitlines()[6]
    column = line.index("PublicRead") + 1
    after = changed(files, change, Span(CFN, 7, column, 7, column + 10))[CFN]
    assert b"!If [IsDev, Private, Private]" in after


def test_a_setting_in_another_file_is_edited_there() -> None:
    files = {
        "main.tf": b'resource "aws_s3_bucket" "files" {\n  bucket = "files"\n}\n',
        "access.tf": b'resource "aws_s3_bucket_acl" "files" {\n  bucket = aws_s3_bucket.files.id\n  acl    = "public-read"\n}\n',
    }
    store = inventory_of(files).stores[0]
    assert store.public is not None
    after = changed(files, set_(store.id, "AccessControl", "Private"), store.public.at)
    assert b'acl    = "private"' in after["access.tf"]
    assert after["main.tf"] == files["main.tf"]


REFUSED = {
    "a reference": (
        CFN,
        "Parameters:\n  Acl: {Type: String, Default: PublicRead}\nResources:\n  Files:\n    Type: AWS::S3::Bucket\n    Properties: {AccessControl: !Ref Acl}\n",
        set_("template.yaml#Files", "AccessControl", "Private"),
    ),
    "a function as a map": (
        CFN,
        "Parameters:\n  Acl: {Type: String}\nResources:\n  Files:\n    Type: AWS::S3::Bucket\n    Properties: {AccessControl: {Ref: Acl}}\n",
        set_("template.yaml#Files", "AccessControl", "Private"),
    ),
    "a variable": (
        SLS,
        "service: shop\nprovider: {name: aws}\ncustom: {runtime: nodejs12.x}\nfunctions:\n  hello:\n    handler: a.b\n    runtime: ${self:custom.runtime}\n",
        set_("serverless.yml#HelloLambdaFunction", "Runtime", "nodejs24.x"),
    ),
    "an alias": (
        CFN,
        "Shared: &acl PublicRead\nResources:\n  Files:\n    Type: AWS::S3::Bucket\n    Properties:\n      AccessControl: *acl\n",
        set_("template.yaml#Files", "AccessControl", "Private"),
    ),
    "an expression of Terraform": (
        TF,
        'variable "acl" {}\nresource "aws_s3_bucket" "files" {\n  acl = var.acl\n}\n',
        set_(".#aws_s3_bucket.files", "AccessControl", "Private"),
    ),
    "a dynamic block": (
        TF,
        'resource "aws_lambda_function" "hello" {\n  dynamic "tracing_config" {\n    for_each = var.x\n    content {\n      mode = "PassThrough"\n    }\n  }\n}\n',
        set_(".#aws_lambda_function.hello", "TracingConfig.Mode", "Active"),
    ),
    "an expression of ARM": (
        ARM,
        '{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0",\n'
        '"parameters": {"only": {"type": "bool"}}, "resources": [{"type": "Microsoft.Web/sites", "apiVersion": "2023-12-01", "name": "shop",'
        ' "properties": {"httpsOnly": "[parameters(\'only\')]"}}]}\n',
        set_("azuredeploy.json#Microsoft.Web/sites/shop", "properties.httpsOnly", value=True),
    ),
    "something in the way": (
        CFN,
        "Resources:\n  Files:\n    Type: AWS::S3::Bucket\n    Properties: {VersioningConfiguration: on}\n",
        set_("template.yaml#Files", "VersioningConfiguration.Status", "Enabled"),
    ),
    "a generated template": (
        "cdk.out/Shop.template.json",
        '{"Resources": {"Files": {"Type": "AWS::S3::Bucket", "Metadata": {"aws:cdk:path": "Shop/Files/Resource"}}}}',
        set_("cdk.out/Shop.template.json#Files", "AccessControl", "Private"),
    ),
    "what SAM cannot say": (
        SAM,
        TRANSFORM
        + "Resources:\n  Orders:\n    Type: AWS::Serverless::SimpleTable\n    Properties: {TableName: orders}\n",
        set_("template.yaml#Orders", "DeletionProtectionEnabled", value=True),
    ),
    "an unknown entity": (
        CFN,
        "Resources:\n  Files:\n    Type: AWS::S3::Bucket\n",
        set_("template.yaml#Nothing", "AccessControl", "Private"),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_computed_shared_or_generated_is_never_touched(name: str) -> None:
    path, before, change = REFUSED[name]
    with pytest.raises(EditError):
        changed({path: before.encode()}, change)


SNIPPETS = [
    (SAM, CASES["sam: the URL's own section"], "FunctionUrlConfig:\n  AuthType: AWS_IAM"),
    (CFN, CASES["companion: the URL of a function"], "AuthType: AWS_IAM"),
    (SLS, CASES["serverless: a flag becomes a section"], "url:\n  authorizer: aws_iam"),
    (TF, CASES["terraform: the URL of a function"], 'authorization_type = "AWS_IAM"'),
    (TF, CASES["terraform: a new block"], "point_in_time_recovery {\n  enabled = true\n}"),
    (ARM, CASES["arm: add and keep comments"], '{\n  "properties": {\n    "httpsOnly": true\n  }\n}'),
]


@pytest.mark.parametrize(("path", "case", "expected"), SNIPPETS)
def test_a_snippet_says_the_same_in_the_users_words(
    path: str, case: tuple[str, str, Change, str], expected: str
) -> None:
    inventory = inventory_of({path: text(case[1]).encode()})
    change = case[2]
    assert snippet(change, inventory.by_id[change.entity]) == expected


def test_a_program_gets_an_override() -> None:
    path, before, change = REFUSED["a generated template"]
    inventory = inventory_of({path: before.encode()})
    said = snippet(change, inventory.by_id[change.entity])
    assert said.endswith('.addPropertyOverride("AccessControl", "Private")')


def test_edits_that_overlap_are_not_applied() -> None:
    one, two = Edit("a", 0, 3, "x"), Edit("a", 2, 4, "y")
    assert collides(one, two)
    with pytest.raises(EditError, match="overlap"):
        applied(b"abcdef", [one, two])
    assert not collides(one, Edit("a", 3, 4, "y"))
    assert not collides(Edit("a", 5, 5, "\n  a: 1"), Edit("a", 5, 5, "\n  b: 1"))
    assert collides(Edit("a", 5, 5, "\n  a: 1"), Edit("a", 5, 5, "\n  a: 2"))
    assert collides(Edit("a", 5, 5, "a: 1"), Edit("a", 5, 5, "b: 1"))
