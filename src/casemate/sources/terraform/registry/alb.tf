# terraform-aws-modules/alb/aws: a load balancer, how its listeners speak, who may reach it, and functions behind it.
variable "create" { default = true }
variable "name" { default = null }
variable "internal" { default = null }
variable "load_balancer_type" { default = "application" }
variable "access_logs" { default = null }
variable "security_groups" { default = [] }
variable "create_security_group" { default = true }
variable "security_group_ingress_rules" { default = {} }
variable "vpc_id" { default = null }
variable "default_port" { default = 80 }
variable "default_protocol" { default = "HTTP" }
variable "listeners" { default = {} }
variable "target_groups" { default = {} }
variable "associate_web_acl" { default = false }
variable "web_acl_arn" { default = null }

resource "aws_lb" "this" {
  count              = var.create ? 1 : 0
  name               = var.name
  internal           = var.internal
  load_balancer_type = var.load_balancer_type
  security_groups    = var.create_security_group ? concat([aws_security_group.this[0].id], var.security_groups) : var.security_groups
  dynamic "access_logs" {
    for_each = var.access_logs == null ? [] : [var.access_logs]
    content {
      bucket  = access_logs.value.bucket
      enabled = try(access_logs.value.enabled, true)
    }
  }
}

resource "aws_lb_listener" "this" {
  for_each          = var.create && var.listeners != null ? var.listeners : {}
  load_balancer_arn = aws_lb.this[0].arn
  port              = try(each.value.port, var.default_port)
  protocol          = try(each.value.protocol, var.default_protocol)
  ssl_policy        = try(each.value.ssl_policy, contains(["HTTPS", "TLS"], try(each.value.protocol, "")) ? "ELBSecurityPolicy-TLS13-1-2-Res-2021-06" : null)
  dynamic "default_action" {
    for_each = try([each.value.redirect], [])
    content {
      type = "redirect"
      redirect {
        port        = try(default_action.value.port, null)
        protocol    = try(default_action.value.protocol, null)
        status_code = try(default_action.value.status_code, null)
      }
    }
  }
  dynamic "default_action" {
    for_each = try([each.value.authenticate_cognito], [])
    content {
      type = "authenticate-cognito"
    }
  }
  dynamic "default_action" {
    for_each = try([each.value.authenticate_oidc], [])
    content {
      type = "authenticate-oidc"
    }
  }
  dynamic "default_action" {
    for_each = try([each.value.forward], [])
    content {
      type             = "forward"
      target_group_arn = try(aws_lb_target_group.this[default_action.value.target_group_key].arn, default_action.value.target_group_arn, null)
    }
  }
}

resource "aws_lb_target_group" "this" {
  for_each    = var.create && var.target_groups != null ? var.target_groups : {}
  name        = try(each.value.name, each.key)
  target_type = try(each.value.target_type, null)
}

resource "aws_lb_target_group_attachment" "this" {
  for_each         = { for key, one in var.target_groups : key => one if var.create && try(one.target_id, null) != null }
  target_group_arn = aws_lb_target_group.this[each.key].arn
  target_id        = each.value.target_id
}

resource "aws_security_group" "this" {
  count  = var.create && var.create_security_group ? 1 : 0
  name   = var.name
  vpc_id = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each                     = var.create && var.create_security_group && var.security_group_ingress_rules != null ? var.security_group_ingress_rules : {}
  security_group_id            = aws_security_group.this[0].id
  ip_protocol                  = try(each.value.ip_protocol, "tcp")
  from_port                    = try(each.value.from_port, null)
  to_port                      = try(each.value.to_port, each.value.from_port, null)
  cidr_ipv4                    = try(each.value.cidr_ipv4, null)
  cidr_ipv6                    = try(each.value.cidr_ipv6, null)
  referenced_security_group_id = try(each.value.referenced_security_group_id, null)
}

resource "aws_wafv2_web_acl_association" "this" {
  count        = var.create && var.associate_web_acl ? 1 : 0
  resource_arn = aws_lb.this[0].arn
  web_acl_arn  = var.web_acl_arn
}

output "arn" { value = aws_lb.this[0].arn }
output "id" { value = aws_lb.this[0].id }
output "dns_name" { value = aws_lb.this[0].dns_name }
output "security_group_id" { value = aws_security_group.this[0].id }
output "listeners" { value = aws_lb_listener.this }
output "target_groups" { value = aws_lb_target_group.this }
