"""Changes of Terraform modules."""

from __future__ import annotations

from tests.edits.edit_cases import TF, Case, set_

from casemate.model.finding import Change

CASES: dict[str, Case] = {
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
    "terraform: the brace shares the last line": (
        TF,
        """
        resource "aws_ebs_volume" "disk" {
          availability_zone = "eu-west-1a" }
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
    "terraform: an argument of a registry module": (
        TF,
        """
        module "db" {
          source            = "terraform-aws-modules/rds/aws"
          engine            = "postgres"
          storage_encrypted = false # for now
        }
        """,
        set_(".#module.db.aws_db_instance.this[0]", "StorageEncrypted", value=True),
        """
        module "db" {
          source            = "terraform-aws-modules/rds/aws"
          engine            = "postgres"
          storage_encrypted = true # for now
        }
        """,
    ),
}
