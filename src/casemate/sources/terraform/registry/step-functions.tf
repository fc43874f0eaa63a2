# terraform-aws-modules/step-functions/aws: a state machine with its role. Rights of `service_integrations` are not worked out.
variable "create" { default = true }
variable "create_role" { default = true }
variable "use_existing_role" { default = false }
variable "name" { default = null }
variable "definition" { default = null }
variable "role_arn" { default = null }
variable "type" { default = "STANDARD" }
variable "logging_configuration" { default = {} }
variable "service_integrations" { default = {} }
variable "attach_policy_json" { default = false }
variable "attach_policy" { default = false }
variable "attach_policies" { default = false }
variable "attach_policy_statements" { default = false }
variable "policy_json" { default = null }
variable "policy" { default = null }
variable "policies" { default = [] }
variable "policy_statements" { default = {} }

locals {
  makes_role = var.create && var.create_role && !var.use_existing_role
}

resource "aws_sfn_state_machine" "this" {
  count      = var.create ? 1 : 0
  name       = var.name
  type       = var.type
  definition = var.definition
  role_arn   = local.makes_role ? aws_iam_role.this[0].arn : var.role_arn
  dynamic "logging_configuration" {
    for_each = try(var.logging_configuration.level, "OFF") == "OFF" ? [] : [1]
    content {
      level                  = var.logging_configuration.level
      include_execution_data = try(var.logging_configuration.include_execution_data, null)
    }
  }
  dynamic "tracing_configuration" {
    for_each = try(var.service_integrations.xray.xray, false) ? [1] : []
    content {
      enabled = true
    }
  }
}

data "aws_iam_policy_document" "assume_role" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["states.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "this" {
  count              = local.makes_role ? 1 : 0
  name               = var.name
  assume_role_policy = data.aws_iam_policy_document.assume_role.json
}

resource "aws_iam_role_policy" "additional_json" {
  count  = local.makes_role && var.attach_policy_json ? 1 : 0
  role   = aws_iam_role.this[0].name
  policy = var.policy_json
}

resource "aws_iam_role_policy_attachment" "additional_one" {
  count      = local.makes_role && var.attach_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = var.policy
}

resource "aws_iam_role_policy_attachment" "additional_many" {
  count      = local.makes_role && var.attach_policies ? length(var.policies) : 0
  role       = aws_iam_role.this[0].name
  policy_arn = var.policies[count.index]
}

data "aws_iam_policy_document" "additional_inline" {
  dynamic "statement" {
    for_each = var.policy_statements
    content {
      effect        = try(statement.value.effect, null)
      actions       = try(statement.value.actions, null)
      not_actions   = try(statement.value.not_actions, null)
      resources     = try(statement.value.resources, null)
      not_resources = try(statement.value.not_resources, null)
    }
  }
}

resource "aws_iam_role_policy" "additional_inline" {
  count  = local.makes_role && var.attach_policy_statements ? 1 : 0
  role   = aws_iam_role.this[0].name
  policy = data.aws_iam_policy_document.additional_inline.json
}

output "state_machine_arn" { value = aws_sfn_state_machine.this[0].arn }
output "state_machine_id" { value = aws_sfn_state_machine.this[0].id }
output "state_machine_name" { value = aws_sfn_state_machine.this[0].name }
output "role_arn" { value = aws_iam_role.this[0].arn }
