# terraform-aws-modules/elasticache/aws: a replication group or a cluster; encrypted both ways unless told otherwise.
variable "create" { default = true }
variable "create_replication_group" { default = true }
variable "create_cluster" { default = false }
variable "cluster_id" { default = null }
variable "replication_group_id" { default = null }
variable "engine" { default = "redis" }
variable "engine_version" { default = null }
variable "node_type" { default = null }
variable "transit_encryption_enabled" { default = true }
variable "at_rest_encryption_enabled" { default = true }
variable "kms_key_arn" { default = null }
variable "auth_token" { default = null }
variable "snapshot_retention_limit" { default = null }
variable "security_group_ids" { default = [] }
variable "create_security_group" { default = true }
variable "security_group_rules" { default = {} }
variable "vpc_id" { default = null }

resource "aws_elasticache_replication_group" "this" {
  count                      = var.create && var.create_replication_group && !var.create_cluster ? 1 : 0
  replication_group_id       = var.replication_group_id
  engine                     = var.engine
  engine_version             = var.engine_version
  node_type                  = var.node_type
  transit_encryption_enabled = var.transit_encryption_enabled
  at_rest_encryption_enabled = var.at_rest_encryption_enabled
  kms_key_id                 = var.kms_key_arn
  auth_token                 = var.auth_token
  snapshot_retention_limit   = var.snapshot_retention_limit
  security_group_ids         = var.security_group_ids
}

resource "aws_elasticache_cluster" "this" {
  count                      = var.create && var.create_cluster ? 1 : 0
  cluster_id                 = var.cluster_id
  engine                     = var.engine
  engine_version             = var.engine_version
  node_type                  = var.node_type
  transit_encryption_enabled = var.engine == "memcached" ? var.transit_encryption_enabled : null
  snapshot_retention_limit   = var.snapshot_retention_limit
  security_group_ids         = var.security_group_ids
}

resource "aws_security_group" "this" {
  count  = var.create && var.create_security_group ? 1 : 0
  name   = var.replication_group_id != null ? var.replication_group_id : var.cluster_id
  vpc_id = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each = {
    for key, rule in var.security_group_rules : key => rule
    if var.create && var.create_security_group && try(rule.type, "ingress") == "ingress"
  }
  security_group_id            = aws_security_group.this[0].id
  ip_protocol                  = try(each.value.ip_protocol, "tcp")
  from_port                    = try(each.value.from_port, var.engine == "memcached" ? 11211 : 6379)
  to_port                      = try(each.value.to_port, var.engine == "memcached" ? 11211 : 6379)
  cidr_ipv4                    = try(each.value.cidr_ipv4, null)
  cidr_ipv6                    = try(each.value.cidr_ipv6, null)
  referenced_security_group_id = try(each.value.referenced_security_group_id, null)
}

output "replication_group_arn" { value = aws_elasticache_replication_group.this[0].arn }
output "replication_group_id" { value = aws_elasticache_replication_group.this[0].id }
output "replication_group_primary_endpoint_address" { value = aws_elasticache_replication_group.this[0].primary_endpoint_address }
output "cluster_arn" { value = aws_elasticache_cluster.this[0].arn }
output "security_group_id" { value = aws_security_group.this[0].id }
