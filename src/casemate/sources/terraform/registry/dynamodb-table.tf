# terraform-aws-modules/dynamodb-table/aws: a table.
variable "create_table" { default = true }
variable "name" { default = null }
variable "hash_key" { default = null }
variable "range_key" { default = null }
variable "billing_mode" { default = "PAY_PER_REQUEST" }
variable "stream_enabled" { default = false }
variable "stream_view_type" { default = null }
variable "point_in_time_recovery_enabled" { default = false }
variable "server_side_encryption_enabled" { default = false }
variable "server_side_encryption_kms_key_arn" { default = null }
variable "deletion_protection_enabled" { default = null }
variable "resource_policy" { default = null }

resource "aws_dynamodb_table" "this" {
  count                       = var.create_table ? 1 : 0
  name                        = var.name
  billing_mode                = var.billing_mode
  hash_key                    = var.hash_key
  range_key                   = var.range_key
  stream_enabled              = var.stream_enabled
  stream_view_type            = var.stream_view_type
  deletion_protection_enabled = var.deletion_protection_enabled
  point_in_time_recovery {
    enabled = var.point_in_time_recovery_enabled
  }
  dynamic "server_side_encryption" {
    for_each = var.server_side_encryption_enabled ? [1] : []
    content {
      enabled     = var.server_side_encryption_enabled
      kms_key_arn = var.server_side_encryption_kms_key_arn
    }
  }
}

resource "aws_dynamodb_resource_policy" "this" {
  count        = var.create_table && var.resource_policy != null ? 1 : 0
  resource_arn = aws_dynamodb_table.this[0].arn
  policy       = var.resource_policy
}

output "dynamodb_table_arn" { value = aws_dynamodb_table.this[0].arn }
output "dynamodb_table_id" { value = aws_dynamodb_table.this[0].id }
output "dynamodb_table_stream_arn" { value = aws_dynamodb_table.this[0].stream_arn }
