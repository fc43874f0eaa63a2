# terraform-aws-modules/apigateway-v2/aws: an HTTP or WebSocket API. `integrations` is what versions before 5 call `routes`.
variable "create" { default = true }
variable "create_stage" { default = true }
variable "create_routes_and_integrations" { default = true }
variable "name" { default = null }
variable "protocol_type" { default = "HTTP" }
variable "body" { default = null }
variable "target" { default = null }
variable "route_key" { default = null }
variable "cors_configuration" { default = null }
variable "disable_execute_api_endpoint" { default = null }
variable "authorizers" { default = {} }
variable "routes" { default = {} }
variable "integrations" { default = {} }
variable "stage_name" { default = "$default" }
variable "stage_access_log_settings" { default = {} }
variable "stage_default_route_settings" { default = {} }
variable "default_route_settings" { default = {} }
variable "default_stage_access_log_destination_arn" { default = null }

locals {
  routes = var.create && var.create_routes_and_integrations ? merge(var.routes, var.integrations) : {}
}

resource "aws_apigatewayv2_api" "this" {
  count                        = var.create ? 1 : 0
  name                         = var.name
  protocol_type                = var.protocol_type
  body                         = var.body
  target                       = var.target
  route_key                    = var.route_key
  disable_execute_api_endpoint = var.disable_execute_api_endpoint
  dynamic "cors_configuration" {
    for_each = var.cors_configuration == null ? [] : [var.cors_configuration]
    content {
      allow_credentials = try(cors_configuration.value.allow_credentials, null)
      allow_headers     = try(cors_configuration.value.allow_headers, null)
      allow_methods     = try(cors_configuration.value.allow_methods, null)
      allow_origins     = try(cors_configuration.value.allow_origins, null)
    }
  }
}

resource "aws_apigatewayv2_authorizer" "this" {
  for_each         = var.create ? var.authorizers : {}
  api_id           = aws_apigatewayv2_api.this[0].id
  authorizer_type  = try(each.value.authorizer_type, null)
  authorizer_uri   = try(each.value.authorizer_uri, null)
  identity_sources = try(each.value.identity_sources, null)
  name             = try(each.value.name, each.key)
  dynamic "jwt_configuration" {
    for_each = try([each.value.jwt_configuration], [])
    content {
      audience = try(jwt_configuration.value.audience, null)
      issuer   = try(jwt_configuration.value.issuer, null)
    }
  }
}

resource "aws_apigatewayv2_route" "this" {
  for_each           = local.routes
  api_id             = aws_apigatewayv2_api.this[0].id
  route_key          = each.key
  api_key_required   = try(each.value.api_key_required, null)
  authorization_type = try(each.value.authorization_type, null)
  authorizer_id      = try(aws_apigatewayv2_authorizer.this[each.value.authorizer_key].id, each.value.authorizer_id, null)
  target             = "integrations/${aws_apigatewayv2_integration.this[each.key].id}"
}

resource "aws_apigatewayv2_integration" "this" {
  for_each               = local.routes
  api_id                 = aws_apigatewayv2_api.this[0].id
  integration_type       = try(each.value.integration.type, each.value.integration_type, "AWS_PROXY")
  integration_uri        = try(each.value.integration.uri, each.value.lambda_arn, each.value.integration_uri, null)
  payload_format_version = try(each.value.integration.payload_format_version, each.value.payload_format_version, null)
}

resource "aws_apigatewayv2_stage" "this" {
  count       = var.create && var.create_stage ? 1 : 0
  api_id      = aws_apigatewayv2_api.this[0].id
  name        = var.stage_name
  auto_deploy = true
  dynamic "access_log_settings" {
    for_each = var.stage_access_log_settings == null ? [] : [1]
    content {
      destination_arn = try(var.stage_access_log_settings.destination_arn, var.default_stage_access_log_destination_arn != null ? var.default_stage_access_log_destination_arn : aws_cloudwatch_log_group.this[0].arn)
      format          = try(var.stage_access_log_settings.format, "$context.requestId")
    }
  }
  default_route_settings {
    throttling_burst_limit = try(var.stage_default_route_settings.throttling_burst_limit, var.default_route_settings.throttling_burst_limit, null)
    throttling_rate_limit  = try(var.stage_default_route_settings.throttling_rate_limit, var.default_route_settings.throttling_rate_limit, null)
    data_trace_enabled     = try(var.stage_default_route_settings.data_trace_enabled, null)
  }
}

resource "aws_cloudwatch_log_group" "this" {
  count             = var.create && var.create_stage && var.stage_access_log_settings != null ? 1 : 0
  name              = "/aws/apigateway/${var.name}"
  retention_in_days = try(var.stage_access_log_settings.log_group_retention_in_days, 30)
}

output "api_id" { value = aws_apigatewayv2_api.this[0].id }
output "api_arn" { value = aws_apigatewayv2_api.this[0].arn }
output "api_endpoint" { value = aws_apigatewayv2_api.this[0].api_endpoint }
output "api_execution_arn" { value = aws_apigatewayv2_api.this[0].execution_arn }
output "apigatewayv2_api_id" { value = aws_apigatewayv2_api.this[0].id }
output "apigatewayv2_api_execution_arn" { value = aws_apigatewayv2_api.this[0].execution_arn }
output "stage_arn" { value = aws_apigatewayv2_stage.this[0].arn }
output "stage_id" { value = aws_apigatewayv2_stage.this[0].id }
output "stage_execution_arn" { value = aws_apigatewayv2_stage.this[0].execution_arn }
