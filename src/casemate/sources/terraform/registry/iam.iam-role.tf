# terraform-aws-modules/iam/aws//modules/iam-role (from version 6): a role with its trust, policies and inline statements.
variable "create" { default = true }
variable "name" { default = null }
variable "permissions_boundary" { default = null }
variable "trust_policy_permissions" { default = {} }
variable "policies" { default = {} }
variable "create_inline_policy" { default = false }
variable "inline_policy_permissions" { default = {} }
variable "enable_github_oidc" { default = false }
variable "github_provider" { default = "token.actions.githubusercontent.com" }
variable "oidc_subjects" { default = [] }
variable "oidc_wildcard_subjects" { default = [] }

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "this" {
  dynamic "statement" {
    for_each = var.trust_policy_permissions == null ? {} : var.trust_policy_permissions
    content {
      effect  = try(statement.value.effect, null)
      actions = try(statement.value.actions, null)
      dynamic "principals" {
        for_each = try(statement.value.principals, [])
        content {
          type        = principals.value.type
          identifiers = principals.value.identifiers
        }
      }
      dynamic "condition" {
        for_each = try(statement.value.condition, [])
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
  dynamic "statement" {
    for_each = var.enable_github_oidc ? [1] : []
    content {
      actions = ["sts:AssumeRoleWithWebIdentity"]
      principals {
        type        = "Federated"
        identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:oidc-provider/${var.github_provider}"]
      }
      condition {
        test     = "StringEquals"
        variable = "${var.github_provider}:aud"
        values   = ["sts.amazonaws.com"]
      }
      dynamic "condition" {
        for_each = length(var.oidc_subjects) > 0 ? [1] : []
        content {
          test     = "StringEquals"
          variable = "${var.github_provider}:sub"
          values   = [for one in var.oidc_subjects : "repo:${trimprefix(one, "repo:")}"]
        }
      }
      dynamic "condition" {
        for_each = length(var.oidc_wildcard_subjects) > 0 ? [1] : []
        content {
          test     = "StringLike"
          variable = "${var.github_provider}:sub"
          values   = [for one in var.oidc_wildcard_subjects : "repo:${trimprefix(one, "repo:")}"]
        }
      }
    }
  }
}

resource "aws_iam_role" "this" {
  count                = var.create ? 1 : 0
  name                 = var.name
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = data.aws_iam_policy_document.this.json
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each   = var.create ? var.policies : {}
  role       = aws_iam_role.this[0].name
  policy_arn = each.value
}

data "aws_iam_policy_document" "inline" {
  dynamic "statement" {
    for_each = var.inline_policy_permissions == null ? {} : var.inline_policy_permissions
    content {
      effect      = try(statement.value.effect, null)
      actions     = try(statement.value.actions, null)
      not_actions = try(statement.value.not_actions, null)
      resources   = try(statement.value.resources, null)
    }
  }
}

resource "aws_iam_role_policy" "inline" {
  count  = var.create && var.create_inline_policy ? 1 : 0
  role   = aws_iam_role.this[0].name
  policy = data.aws_iam_policy_document.inline.json
}

output "arn" { value = aws_iam_role.this[0].arn }
output "name" { value = aws_iam_role.this[0].name }
