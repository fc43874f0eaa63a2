# terraform-aws-modules/iam/aws//modules/iam-assumable-role (before version 6): a role that principals and services assume.
variable "create_role" { default = false }
variable "role_name" { default = null }
variable "role_requires_mfa" { default = true }
variable "role_sts_externalid" { default = [] }
variable "role_permissions_boundary_arn" { default = null }
variable "trusted_role_arns" { default = [] }
variable "trusted_role_services" { default = [] }
variable "custom_role_trust_policy" { default = null }
variable "create_custom_role_trust_policy" { default = false }
variable "custom_role_policy_arns" { default = [] }
variable "attach_admin_policy" { default = false }
variable "attach_poweruser_policy" { default = false }
variable "inline_policy_statements" { default = [] }

data "aws_iam_policy_document" "assume_role" {
  dynamic "statement" {
    for_each = length(var.trusted_role_arns) > 0 ? [1] : []
    content {
      actions = ["sts:AssumeRole"]
      principals {
        type        = "AWS"
        identifiers = var.trusted_role_arns
      }
      dynamic "condition" {
        for_each = length(flatten([var.role_sts_externalid])) > 0 ? [1] : []
        content {
          test     = "StringEquals"
          variable = "sts:ExternalId"
          values   = flatten([var.role_sts_externalid])
        }
      }
      dynamic "condition" {
        for_each = var.role_requires_mfa ? [1] : []
        content {
          test     = "Bool"
          variable = "aws:MultiFactorAuthPresent"
          values   = ["true"]
        }
      }
    }
  }
  dynamic "statement" {
    for_each = length(var.trusted_role_services) > 0 ? [1] : []
    content {
      actions = ["sts:AssumeRole"]
      principals {
        type        = "Service"
        identifiers = var.trusted_role_services
      }
    }
  }
}

resource "aws_iam_role" "this" {
  count                = var.create_role ? 1 : 0
  name                 = var.role_name
  permissions_boundary = var.role_permissions_boundary_arn
  assume_role_policy   = var.create_custom_role_trust_policy ? var.custom_role_trust_policy : data.aws_iam_policy_document.assume_role.json
}

resource "aws_iam_role_policy_attachment" "custom" {
  count      = var.create_role ? length(var.custom_role_policy_arns) : 0
  role       = aws_iam_role.this[0].name
  policy_arn = var.custom_role_policy_arns[count.index]
}

resource "aws_iam_role_policy_attachment" "admin" {
  count      = var.create_role && var.attach_admin_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_role_policy_attachment" "poweruser" {
  count      = var.create_role && var.attach_poweruser_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
}

data "aws_iam_policy_document" "inline" {
  dynamic "statement" {
    for_each = var.inline_policy_statements
    content {
      effect    = try(statement.value.effect, null)
      actions   = try(statement.value.actions, null)
      resources = try(statement.value.resources, null)
    }
  }
}

resource "aws_iam_role_policy" "inline" {
  count  = var.create_role && length(var.inline_policy_statements) > 0 ? 1 : 0
  role   = aws_iam_role.this[0].name
  policy = data.aws_iam_policy_document.inline.json
}

output "iam_role_arn" { value = aws_iam_role.this[0].arn }
output "iam_role_name" { value = aws_iam_role.this[0].name }
