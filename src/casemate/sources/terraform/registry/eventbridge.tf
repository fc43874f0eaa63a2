# terraform-aws-modules/eventbridge/aws: a bus with who may put events, rules and their targets.
variable "create" { default = true }
variable "create_bus" { default = true }
variable "create_rules" { default = true }
variable "create_targets" { default = true }
variable "create_role" { default = true }
variable "bus_name" { default = "default" }
variable "rules" { default = {} }
variable "targets" { default = {} }
variable "permissions" { default = {} }
variable "role_name" { default = null }
variable "attach_policy_json" { default = false }
variable "policy_json" { default = null }
variable "attach_policy" { default = false }
variable "policy" { default = null }
variable "attach_policies" { default = false }
variable "policies" { default = [] }
variable "attach_policy_statements" { default = false }
variable "policy_statements" { default = {} }

locals {
  bus = var.create_bus && var.create ? aws_cloudwatch_event_bus.this[0].name : var.bus_name
  targets = { for one in flatten([
    for rule, listed in var.targets : [for target in listed : { rule = rule, target = target }]
  ]) : one.target.name => one }
}

resource "aws_cloudwatch_event_bus" "this" {
  count = var.create && var.create_bus ? 1 : 0
  name  = var.bus_name
}

resource "aws_cloudwatch_event_permission" "this" {
  for_each       = var.create ? var.permissions : {}
  principal      = split(" ", each.key)[0]
  statement_id   = try(split(" ", each.key)[1], each.key)
  action         = try(each.value.action, null)
  event_bus_name = try(each.value.event_bus_name, local.bus)
  dynamic "condition" {
    for_each = try([each.value.condition_org], [])
    content {
      key   = "aws:PrincipalOrgID"
      type  = "StringEquals"
      value = condition.value
    }
  }
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each            = var.create && var.create_rules ? var.rules : {}
  name                = each.key
  event_bus_name      = local.bus
  event_pattern       = try(each.value.event_pattern, null)
  schedule_expression = try(each.value.schedule_expression, null)
}

resource "aws_cloudwatch_event_target" "this" {
  for_each       = var.create && var.create_targets ? local.targets : {}
  event_bus_name = local.bus
  rule           = aws_cloudwatch_event_rule.this[each.value.rule].name
  arn            = try(each.value.target.arn, null)
  role_arn       = try(tostring(each.value.target.attach_role_arn), null)
  dynamic "dead_letter_config" {
    for_each = try([each.value.target.dead_letter_arn], [])
    content {
      arn = dead_letter_config.value
    }
  }
}

data "aws_iam_policy_document" "assume_role" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "eventbridge" {
  count              = var.create && var.create_role ? 1 : 0
  name               = var.role_name != null ? var.role_name : var.bus_name
  assume_role_policy = data.aws_iam_policy_document.assume_role.json
}

resource "aws_iam_role_policy" "additional_json" {
  count  = var.create && var.create_role && var.attach_policy_json ? 1 : 0
  role   = aws_iam_role.eventbridge[0].name
  policy = var.policy_json
}

resource "aws_iam_role_policy_attachment" "additional_one" {
  count      = var.create && var.create_role && var.attach_policy ? 1 : 0
  role       = aws_iam_role.eventbridge[0].name
  policy_arn = var.policy
}

resource "aws_iam_role_policy_attachment" "additional_many" {
  count      = var.create && var.create_role && var.attach_policies ? length(var.policies) : 0
  role       = aws_iam_role.eventbridge[0].name
  policy_arn = var.policies[count.index]
}

data "aws_iam_policy_document" "additional_inline" {
  dynamic "statement" {
    for_each = var.policy_statements
    content {
      effect    = try(statement.value.effect, null)
      actions   = try(statement.value.actions, null)
      resources = try(statement.value.resources, null)
    }
  }
}

resource "aws_iam_role_policy" "additional_inline" {
  count  = var.create && var.create_role && var.attach_policy_statements ? 1 : 0
  role   = aws_iam_role.eventbridge[0].name
  policy = data.aws_iam_policy_document.additional_inline.json
}

output "eventbridge_bus_name" { value = local.bus }
output "eventbridge_bus_arn" { value = aws_cloudwatch_event_bus.this[0].arn }
output "eventbridge_rule_arns" { value = { for key, rule in aws_cloudwatch_event_rule.this : key => rule.arn } }
output "eventbridge_role_arn" { value = aws_iam_role.eventbridge[0].arn }
output "eventbridge_role_name" { value = aws_iam_role.eventbridge[0].name }
