# terraform-aws-modules/secrets-manager/aws: a secret, its policy and its value.
variable "create" { default = true }
variable "name" { default = null }
variable "name_prefix" { default = null }
variable "kms_key_id" { default = null }
variable "create_policy" { default = false }
variable "block_public_policy" { default = null }
variable "policy_statements" { default = {} }
variable "secret_string" { default = null }
variable "create_random_password" { default = false }
variable "enable_rotation" { default = false }
variable "rotation_lambda_arn" { default = null }
variable "rotation_rules" { default = {} }

resource "aws_secretsmanager_secret" "this" {
  count       = var.create ? 1 : 0
  name        = var.name
  name_prefix = var.name_prefix
  kms_key_id  = var.kms_key_id
}

data "aws_iam_policy_document" "this" {
  dynamic "statement" {
    for_each = var.policy_statements == null ? {} : var.policy_statements
    content {
      effect    = try(statement.value.effect, null)
      actions   = try(statement.value.actions, null)
      resources = try(statement.value.resources, ["*"])
      dynamic "principals" {
        for_each = try(statement.value.principals, [])
        content {
          type        = principals.value.type
          identifiers = principals.value.identifiers
        }
      }
      dynamic "condition" {
        for_each = try(statement.value.condition, statement.value.conditions, [])
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_secretsmanager_secret_policy" "this" {
  count               = var.create && var.create_policy ? 1 : 0
  secret_arn          = aws_secretsmanager_secret.this[0].arn
  policy              = data.aws_iam_policy_document.this.json
  block_public_policy = var.block_public_policy
}

resource "aws_secretsmanager_secret_version" "this" {
  count         = var.create && var.secret_string != null && !var.create_random_password ? 1 : 0
  secret_id     = aws_secretsmanager_secret.this[0].id
  secret_string = var.secret_string
}

resource "aws_secretsmanager_secret_rotation" "this" {
  count               = var.create && var.enable_rotation ? 1 : 0
  secret_id           = aws_secretsmanager_secret.this[0].id
  rotation_lambda_arn = var.rotation_lambda_arn
  rotation_rules {
    automatically_after_days = try(var.rotation_rules.automatically_after_days, null)
    schedule_expression      = try(var.rotation_rules.schedule_expression, null)
  }
}

output "secret_arn" { value = aws_secretsmanager_secret.this[0].arn }
output "secret_id" { value = aws_secretsmanager_secret.this[0].id }
output "secret_name" { value = aws_secretsmanager_secret.this[0].name }
