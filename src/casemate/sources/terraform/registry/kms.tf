# terraform-aws-modules/kms/aws: a key; it is rotated unless the caller says otherwise.
variable "create" { default = true }
variable "enable_key_rotation" { default = true }
variable "deletion_window_in_days" { default = null }
variable "key_usage" { default = null }
variable "policy" { default = null }

resource "aws_kms_key" "this" {
  count                   = var.create ? 1 : 0
  enable_key_rotation     = var.enable_key_rotation
  deletion_window_in_days = var.deletion_window_in_days
  key_usage               = var.key_usage
  policy                  = var.policy
}

output "key_arn" { value = aws_kms_key.this[0].arn }
output "key_id" { value = aws_kms_key.this[0].key_id }
