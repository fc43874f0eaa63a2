# terraform-aws-modules/rds/aws: a database instance; it is encrypted, private and has a managed password unless the
# caller says otherwise.
variable "create_db_instance" { default = true }
variable "identifier" { default = null }
variable "engine" { default = null }
variable "engine_version" { default = null }
variable "instance_class" { default = null }
variable "username" { default = null }
variable "password" { default = null }
variable "manage_master_user_password" { default = true }
variable "publicly_accessible" { default = false }
variable "storage_encrypted" { default = true }
variable "kms_key_id" { default = null }
variable "backup_retention_period" { default = null }
variable "deletion_protection" { default = false }
variable "iam_database_authentication_enabled" { default = false }
variable "vpc_security_group_ids" { default = [] }
variable "enabled_cloudwatch_logs_exports" { default = [] }

resource "aws_db_instance" "this" {
  count                               = var.create_db_instance ? 1 : 0
  identifier                          = var.identifier
  engine                              = var.engine
  engine_version                      = var.engine_version
  instance_class                      = var.instance_class
  username                            = var.username
  password                            = var.manage_master_user_password ? null : var.password
  manage_master_user_password         = var.manage_master_user_password ? true : null
  publicly_accessible                 = var.publicly_accessible
  storage_encrypted                   = var.storage_encrypted
  kms_key_id                          = var.kms_key_id
  backup_retention_period             = var.backup_retention_period
  deletion_protection                 = var.deletion_protection
  iam_database_authentication_enabled = var.iam_database_authentication_enabled
  vpc_security_group_ids              = var.vpc_security_group_ids
  enabled_cloudwatch_logs_exports     = var.enabled_cloudwatch_logs_exports
}

output "db_instance_arn" { value = aws_db_instance.this[0].arn }
output "db_instance_address" { value = aws_db_instance.this[0].address }
output "db_instance_endpoint" { value = aws_db_instance.this[0].endpoint }
output "db_instance_identifier" { value = aws_db_instance.this[0].identifier }
