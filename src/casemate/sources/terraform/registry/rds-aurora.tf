# terraform-aws-modules/rds-aurora/aws: a cluster with its instances; encrypted and with a managed password by default.
variable "create" { default = true }
variable "name" { default = null }
variable "engine" { default = null }
variable "engine_mode" { default = "provisioned" }
variable "engine_version" { default = null }
variable "master_username" { default = null }
variable "master_password" { default = null }
variable "manage_master_user_password" { default = true }
variable "storage_encrypted" { default = true }
variable "kms_key_id" { default = null }
variable "backup_retention_period" { default = null }
variable "deletion_protection" { default = null }
variable "publicly_accessible" { default = null }
variable "vpc_security_group_ids" { default = [] }
variable "instances" { default = {} }
variable "instance_class" { default = null }
variable "vpc_id" { default = null }
variable "create_security_group" { default = true }
variable "security_group_rules" { default = {} }
variable "security_group_ingress_rules" { default = {} }

resource "aws_rds_cluster" "this" {
  count                       = var.create ? 1 : 0
  cluster_identifier          = var.name
  engine                      = var.engine
  engine_mode                 = var.engine_mode
  engine_version              = var.engine_version
  master_username             = var.master_username
  master_password             = var.manage_master_user_password ? null : var.master_password
  manage_master_user_password = var.manage_master_user_password ? true : null
  storage_encrypted           = var.storage_encrypted
  kms_key_id                  = var.kms_key_id
  backup_retention_period     = var.backup_retention_period
  deletion_protection         = var.deletion_protection
  vpc_security_group_ids      = var.vpc_security_group_ids
}

resource "aws_rds_cluster_instance" "this" {
  for_each            = var.create ? var.instances : {}
  cluster_identifier  = aws_rds_cluster.this[0].id
  engine              = var.engine
  instance_class      = try(each.value.instance_class, var.instance_class)
  publicly_accessible = try(each.value.publicly_accessible, var.publicly_accessible)
}

resource "aws_security_group" "this" {
  count  = var.create && var.create_security_group ? 1 : 0
  name   = var.name
  vpc_id = var.vpc_id
}

resource "aws_security_group_rule" "this" {
  for_each                 = var.create && var.create_security_group ? var.security_group_rules : {}
  security_group_id        = aws_security_group.this[0].id
  type                     = try(each.value.type, "ingress")
  from_port                = try(each.value.from_port, var.engine == "aurora-postgresql" ? 5432 : 3306)
  to_port                  = try(each.value.to_port, var.engine == "aurora-postgresql" ? 5432 : 3306)
  protocol                 = try(each.value.protocol, "tcp")
  cidr_blocks              = try(each.value.cidr_blocks, null)
  source_security_group_id = try(each.value.source_security_group_id, null)
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each                     = var.create && var.create_security_group ? var.security_group_ingress_rules : {}
  security_group_id            = aws_security_group.this[0].id
  ip_protocol                  = try(each.value.ip_protocol, "tcp")
  from_port                    = try(each.value.from_port, var.engine == "aurora-postgresql" ? 5432 : 3306)
  to_port                      = try(each.value.to_port, var.engine == "aurora-postgresql" ? 5432 : 3306)
  cidr_ipv4                    = try(each.value.cidr_ipv4, null)
  cidr_ipv6                    = try(each.value.cidr_ipv6, null)
  referenced_security_group_id = try(each.value.referenced_security_group_id, null)
}

output "cluster_arn" { value = aws_rds_cluster.this[0].arn }
output "cluster_id" { value = aws_rds_cluster.this[0].id }
output "cluster_endpoint" { value = aws_rds_cluster.this[0].endpoint }
output "security_group_id" { value = aws_security_group.this[0].id }
