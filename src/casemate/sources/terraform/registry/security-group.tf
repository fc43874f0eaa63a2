# terraform-aws-modules/security-group/aws: a group and its inbound rules, by name of a well-known port or by map.
variable "create" { default = true }
variable "create_sg" { default = true }
variable "security_group_id" { default = null }
variable "name" { default = null }
variable "vpc_id" { default = null }
variable "use_name_prefix" { default = true }
variable "ingress_rules" { default = [] }
variable "ingress_cidr_blocks" { default = [] }
variable "ingress_ipv6_cidr_blocks" { default = [] }
variable "ingress_with_cidr_blocks" { default = [] }
variable "ingress_with_ipv6_cidr_blocks" { default = [] }
variable "ingress_with_source_security_group_id" { default = [] }

locals {
  plain    = var.create && var.create_sg && !var.use_name_prefix
  prefixed = var.create && var.create_sg && var.use_name_prefix
  group    = var.create_sg ? (var.use_name_prefix ? aws_security_group.this_name_prefix[0].id : aws_security_group.this[0].id) : var.security_group_id
  # name of a rule = [first port, last port, protocol]
  known = {
    "all-all"                     = [-1, -1, "-1"]
    "all-tcp"                     = [0, 65535, "tcp"]
    "all-udp"                     = [0, 65535, "udp"]
    "all-icmp"                    = [-1, -1, "icmp"]
    "all-ipv6-icmp"               = [-1, -1, "58"]
    "activemq-5671-tcp"           = [5671, 5671, "tcp"]
    "activemq-61617-tcp"          = [61617, 61617, "tcp"]
    "cassandra-clients-tcp"       = [9042, 9042, "tcp"]
    "consul-tcp"                  = [8300, 8300, "tcp"]
    "dax-cluster-encrypted-tcp"   = [9111, 9111, "tcp"]
    "dax-cluster-unencrypted-tcp" = [8111, 8111, "tcp"]
    "dns-tcp"                     = [53, 53, "tcp"]
    "dns-udp"                     = [53, 53, "udp"]
    "elasticsearch-java-tcp"      = [9300, 9300, "tcp"]
    "elasticsearch-rest-tcp"      = [9200, 9200, "tcp"]
    "etcd-client-tcp"             = [2379, 2379, "tcp"]
    "grafana-tcp"                 = [3000, 3000, "tcp"]
    "http-80-tcp"                 = [80, 80, "tcp"]
    "http-8080-tcp"               = [8080, 8080, "tcp"]
    "https-443-tcp"               = [443, 443, "tcp"]
    "https-8443-tcp"              = [8443, 8443, "tcp"]
    "kafka-broker-sasl-iam-tcp"   = [9098, 9098, "tcp"]
    "kafka-broker-sasl-scram-tcp" = [9096, 9096, "tcp"]
    "kafka-broker-tcp"            = [9092, 9092, "tcp"]
    "kafka-broker-tls-tcp"        = [9094, 9094, "tcp"]
    "kibana-tcp"                  = [5601, 5601, "tcp"]
    "kubernetes-api-tcp"          = [6443, 6443, "tcp"]
    "ldap-tcp"                    = [389, 389, "tcp"]
    "ldaps-tcp"                   = [636, 636, "tcp"]
    "memcached-tcp"               = [11211, 11211, "tcp"]
    "mongodb-27017-tcp"           = [27017, 27017, "tcp"]
    "mongodb-27018-tcp"           = [27018, 27018, "tcp"]
    "mongodb-27019-tcp"           = [27019, 27019, "tcp"]
    "mssql-tcp"                   = [1433, 1433, "tcp"]
    "mysql-tcp"                   = [3306, 3306, "tcp"]
    "nfs-tcp"                     = [2049, 2049, "tcp"]
    "ntp-udp"                     = [123, 123, "udp"]
    "openvpn-udp"                 = [1194, 1194, "udp"]
    "oracle-db-tcp"               = [1521, 1521, "tcp"]
    "postgresql-tcp"              = [5432, 5432, "tcp"]
    "prometheus-http-tcp"         = [9090, 9090, "tcp"]
    "rabbitmq-15672-tcp"          = [15672, 15672, "tcp"]
    "rabbitmq-5671-tcp"           = [5671, 5671, "tcp"]
    "rabbitmq-5672-tcp"           = [5672, 5672, "tcp"]
    "rdp-tcp"                     = [3389, 3389, "tcp"]
    "rdp-udp"                     = [3389, 3389, "udp"]
    "redis-tcp"                   = [6379, 6379, "tcp"]
    "redshift-tcp"                = [5439, 5439, "tcp"]
    "smtp-tcp"                    = [25, 25, "tcp"]
    "ssh-tcp"                     = [22, 22, "tcp"]
    "winrm-http-tcp"              = [5985, 5985, "tcp"]
    "winrm-https-tcp"             = [5986, 5986, "tcp"]
    "zookeeper-2181-tcp"          = [2181, 2181, "tcp"]
  }
}

resource "aws_security_group" "this" {
  count  = local.plain ? 1 : 0
  name   = var.name
  vpc_id = var.vpc_id
}

resource "aws_security_group" "this_name_prefix" {
  count       = local.prefixed ? 1 : 0
  name_prefix = var.name
  vpc_id      = var.vpc_id
}

resource "aws_security_group_rule" "ingress_rules" {
  count             = var.create ? length(var.ingress_rules) : 0
  type              = "ingress"
  security_group_id = local.group
  cidr_blocks       = var.ingress_cidr_blocks
  ipv6_cidr_blocks  = var.ingress_ipv6_cidr_blocks
  from_port         = local.known[var.ingress_rules[count.index]][0]
  to_port           = local.known[var.ingress_rules[count.index]][1]
  protocol          = local.known[var.ingress_rules[count.index]][2]
}

# `cidr_blocks` of a rule is one text with commas. Where it holds a single range, its own place is kept.
resource "aws_security_group_rule" "ingress_with_cidr_blocks" {
  count             = var.create ? length(var.ingress_with_cidr_blocks) : 0
  type              = "ingress"
  security_group_id = local.group
  cidr_blocks = try(
    length(split(",", var.ingress_with_cidr_blocks[count.index].cidr_blocks)) > 1
    ? split(",", replace(var.ingress_with_cidr_blocks[count.index].cidr_blocks, " ", ""))
    : [var.ingress_with_cidr_blocks[count.index].cidr_blocks],
    var.ingress_cidr_blocks
  )
  from_port = try(var.ingress_with_cidr_blocks[count.index].from_port, local.known[var.ingress_with_cidr_blocks[count.index].rule][0])
  to_port   = try(var.ingress_with_cidr_blocks[count.index].to_port, local.known[var.ingress_with_cidr_blocks[count.index].rule][1])
  protocol  = try(var.ingress_with_cidr_blocks[count.index].protocol, local.known[var.ingress_with_cidr_blocks[count.index].rule][2])
}

resource "aws_security_group_rule" "ingress_with_ipv6_cidr_blocks" {
  count             = var.create ? length(var.ingress_with_ipv6_cidr_blocks) : 0
  type              = "ingress"
  security_group_id = local.group
  ipv6_cidr_blocks = try(
    length(split(",", var.ingress_with_ipv6_cidr_blocks[count.index].ipv6_cidr_blocks)) > 1
    ? split(",", replace(var.ingress_with_ipv6_cidr_blocks[count.index].ipv6_cidr_blocks, " ", ""))
    : [var.ingress_with_ipv6_cidr_blocks[count.index].ipv6_cidr_blocks],
    var.ingress_ipv6_cidr_blocks
  )
  from_port = try(var.ingress_with_ipv6_cidr_blocks[count.index].from_port, local.known[var.ingress_with_ipv6_cidr_blocks[count.index].rule][0])
  to_port   = try(var.ingress_with_ipv6_cidr_blocks[count.index].to_port, local.known[var.ingress_with_ipv6_cidr_blocks[count.index].rule][1])
  protocol  = try(var.ingress_with_ipv6_cidr_blocks[count.index].protocol, local.known[var.ingress_with_ipv6_cidr_blocks[count.index].rule][2])
}

resource "aws_security_group_rule" "ingress_with_source_security_group_id" {
  count                    = var.create ? length(var.ingress_with_source_security_group_id) : 0
  type                     = "ingress"
  security_group_id        = local.group
  source_security_group_id = var.ingress_with_source_security_group_id[count.index].source_security_group_id
  from_port                = try(var.ingress_with_source_security_group_id[count.index].from_port, local.known[var.ingress_with_source_security_group_id[count.index].rule][0])
  to_port                  = try(var.ingress_with_source_security_group_id[count.index].to_port, local.known[var.ingress_with_source_security_group_id[count.index].rule][1])
  protocol                 = try(var.ingress_with_source_security_group_id[count.index].protocol, local.known[var.ingress_with_source_security_group_id[count.index].rule][2])
}

output "security_group_id" { value = local.group }
output "security_group_arn" { value = var.use_name_prefix ? aws_security_group.this_name_prefix[0].arn : aws_security_group.this[0].arn }
output "security_group_name" { value = var.use_name_prefix ? aws_security_group.this_name_prefix[0].name : aws_security_group.this[0].name }
