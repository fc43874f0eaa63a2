# terraform-aws-modules/sqs/aws: a queue with an optional dead-letter queue; SSE-SQS is on unless switched off.
variable "create" { default = true }
variable "name" { default = null }
variable "fifo_queue" { default = null }
variable "kms_master_key_id" { default = null }
variable "sqs_managed_sse_enabled" { default = true }
variable "visibility_timeout_seconds" { default = null }
variable "message_retention_seconds" { default = null }
variable "redrive_policy" { default = {} }
variable "create_queue_policy" { default = false }
variable "queue_policy_statements" { default = {} }
variable "source_queue_policy_documents" { default = [] }
variable "create_dlq" { default = false }
variable "dlq_name" { default = null }
variable "dlq_kms_master_key_id" { default = null }
variable "dlq_sqs_managed_sse_enabled" { default = true }
variable "dlq_message_retention_seconds" { default = null }

resource "aws_sqs_queue" "this" {
  count                      = var.create ? 1 : 0
  name                       = var.name
  fifo_queue                 = var.fifo_queue
  kms_master_key_id          = var.kms_master_key_id
  sqs_managed_sse_enabled    = var.kms_master_key_id == null ? var.sqs_managed_sse_enabled : null
  visibility_timeout_seconds = var.visibility_timeout_seconds
  message_retention_seconds  = var.message_retention_seconds
}

resource "aws_sqs_queue" "dlq" {
  count                     = var.create && var.create_dlq ? 1 : 0
  name                      = var.dlq_name != null ? var.dlq_name : "${var.name}-dlq"
  fifo_queue                = var.fifo_queue
  kms_master_key_id         = var.dlq_kms_master_key_id
  sqs_managed_sse_enabled   = var.dlq_kms_master_key_id == null ? var.dlq_sqs_managed_sse_enabled : null
  message_retention_seconds = var.dlq_message_retention_seconds
}

resource "aws_sqs_queue_redrive_policy" "this" {
  count          = var.create && !var.create_dlq && var.redrive_policy != {} ? 1 : 0
  queue_url      = aws_sqs_queue.this[0].url
  redrive_policy = try(tostring(var.redrive_policy), jsonencode(var.redrive_policy))
}

resource "aws_sqs_queue_redrive_policy" "dlq" {
  count          = var.create && var.create_dlq ? 1 : 0
  queue_url      = aws_sqs_queue.this[0].url
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dlq[0].arn, maxReceiveCount = try(var.redrive_policy.maxReceiveCount, 5) })
}

data "aws_iam_policy_document" "this" {
  source_policy_documents = var.source_queue_policy_documents
  dynamic "statement" {
    for_each = var.queue_policy_statements == null ? {} : var.queue_policy_statements
    content {
      sid         = try(statement.value.sid, null)
      effect      = try(statement.value.effect, null)
      actions     = try(statement.value.actions, null)
      not_actions = try(statement.value.not_actions, null)
      resources   = try(statement.value.resources, [aws_sqs_queue.this[0].arn])
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

resource "aws_sqs_queue_policy" "this" {
  count     = var.create && var.create_queue_policy ? 1 : 0
  queue_url = aws_sqs_queue.this[0].url
  policy    = data.aws_iam_policy_document.this.json
}

output "queue_id" { value = aws_sqs_queue.this[0].id }
output "queue_arn" { value = aws_sqs_queue.this[0].arn }
output "queue_arn_static" { value = aws_sqs_queue.this[0].arn }
output "queue_url" { value = aws_sqs_queue.this[0].url }
output "queue_name" { value = aws_sqs_queue.this[0].name }
output "dead_letter_queue_id" { value = aws_sqs_queue.dlq[0].id }
output "dead_letter_queue_arn" { value = aws_sqs_queue.dlq[0].arn }
output "dead_letter_queue_url" { value = aws_sqs_queue.dlq[0].url }
