# terraform-aws-modules/sns/aws: a topic. The policy it writes by default is pinned to the account, like the service's own.
variable "create" { default = true }
variable "create_topic_policy" { default = true }
variable "create_subscription" { default = true }
variable "name" { default = null }
variable "fifo_topic" { default = null }
variable "kms_master_key_id" { default = null }
variable "topic_policy" { default = null }
variable "topic_policy_statements" { default = {} }
variable "source_topic_policy_documents" { default = [] }
variable "subscriptions" { default = {} }

resource "aws_sns_topic" "this" {
  count             = var.create ? 1 : 0
  name              = var.name
  fifo_topic        = var.fifo_topic
  kms_master_key_id = var.kms_master_key_id
  policy            = var.create_topic_policy ? null : var.topic_policy
}

data "aws_iam_policy_document" "this" {
  source_policy_documents = var.source_topic_policy_documents
  dynamic "statement" {
    for_each = var.topic_policy_statements == null ? {} : var.topic_policy_statements
    content {
      sid         = try(statement.value.sid, null)
      effect      = try(statement.value.effect, null)
      actions     = try(statement.value.actions, null)
      not_actions = try(statement.value.not_actions, null)
      resources   = try(statement.value.resources, [aws_sns_topic.this[0].arn])
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

resource "aws_sns_topic_policy" "this" {
  count  = var.create && var.create_topic_policy && (var.topic_policy_statements != {} || length(var.source_topic_policy_documents) > 0) ? 1 : 0
  arn    = aws_sns_topic.this[0].arn
  policy = data.aws_iam_policy_document.this.json
}

resource "aws_sns_topic_subscription" "this" {
  for_each      = var.create && var.create_subscription ? var.subscriptions : {}
  topic_arn     = aws_sns_topic.this[0].arn
  protocol      = each.value.protocol
  endpoint      = each.value.endpoint
  filter_policy = try(each.value.filter_policy, null)
}

output "topic_arn" { value = aws_sns_topic.this[0].arn }
output "topic_id" { value = aws_sns_topic.this[0].id }
output "topic_name" { value = aws_sns_topic.this[0].name }
