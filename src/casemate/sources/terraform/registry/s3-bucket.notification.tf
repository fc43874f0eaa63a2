# terraform-aws-modules/s3-bucket/aws//modules/notification: what a bucket tells of, and the right of S3 to call functions.
variable "create" { default = true }
variable "create_lambda_permission" { default = true }
variable "bucket" { default = null }
variable "eventbridge" { default = null }
variable "lambda_notifications" { default = {} }
variable "sqs_notifications" { default = {} }
variable "sns_notifications" { default = {} }

resource "aws_s3_bucket_notification" "this" {
  count       = var.create ? 1 : 0
  bucket      = var.bucket
  eventbridge = var.eventbridge
  dynamic "lambda_function" {
    for_each = var.lambda_notifications
    content {
      lambda_function_arn = lambda_function.value.function_arn
      events              = lambda_function.value.events
      filter_prefix       = try(lambda_function.value.filter_prefix, null)
      filter_suffix       = try(lambda_function.value.filter_suffix, null)
    }
  }
  dynamic "queue" {
    for_each = var.sqs_notifications
    content {
      queue_arn     = queue.value.queue_arn
      events        = queue.value.events
      filter_prefix = try(queue.value.filter_prefix, null)
      filter_suffix = try(queue.value.filter_suffix, null)
    }
  }
  dynamic "topic" {
    for_each = var.sns_notifications
    content {
      topic_arn     = topic.value.topic_arn
      events        = topic.value.events
      filter_prefix = try(topic.value.filter_prefix, null)
      filter_suffix = try(topic.value.filter_suffix, null)
    }
  }
}

resource "aws_lambda_permission" "allow" {
  for_each       = var.create && var.create_lambda_permission ? var.lambda_notifications : {}
  action         = "lambda:InvokeFunction"
  function_name  = each.value.function_name
  principal      = "s3.amazonaws.com"
  source_arn     = "arn:aws:s3:::${var.bucket}"
  source_account = try(each.value.source_account, null)
}
