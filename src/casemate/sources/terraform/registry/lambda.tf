# terraform-aws-modules/lambda/aws: a function with its role, URL, permissions and sources of events.
variable "create" { default = true }
variable "create_function" { default = true }
variable "create_layer" { default = false }
variable "create_role" { default = true }
variable "create_lambda_function_url" { default = false }
variable "create_unqualified_alias_allowed_triggers" { default = true }
variable "create_async_event_config" { default = false }
variable "function_name" { default = null }
variable "handler" { default = null }
variable "runtime" { default = null }
variable "lambda_role" { default = null }
variable "code_signing_config_arn" { default = null }
variable "layers" { default = null }
variable "architectures" { default = null }
variable "kms_key_arn" { default = null }
variable "memory_size" { default = 128 }
variable "timeout" { default = 3 }
variable "reserved_concurrent_executions" { default = null }
variable "environment_variables" { default = {} }
variable "dead_letter_target_arn" { default = null }
variable "tracing_mode" { default = null }
variable "vpc_subnet_ids" { default = null }
variable "vpc_security_group_ids" { default = null }
variable "file_system_arn" { default = null }
variable "file_system_local_mount_path" { default = null }
variable "package_type" { default = "Zip" }
variable "image_uri" { default = null }
variable "source_path" { default = null }
variable "local_existing_package" { default = null }
variable "s3_existing_package" { default = null }
variable "authorization_type" { default = "NONE" }
variable "cors" { default = {} }
variable "invoke_mode" { default = null }
variable "maximum_retry_attempts" { default = null }
variable "destination_on_failure" { default = null }
variable "destination_on_success" { default = null }
variable "allowed_triggers" { default = {} }
variable "event_source_mapping" { default = {} }
variable "use_existing_cloudwatch_log_group" { default = false }
variable "cloudwatch_logs_retention_in_days" { default = null }
variable "cloudwatch_logs_kms_key_id" { default = null }
variable "logging_log_group" { default = null }
variable "role_name" { default = null }
variable "role_permissions_boundary" { default = null }
variable "trusted_entities" { default = [] }
variable "assume_role_policy_statements" { default = {} }
variable "attach_cloudwatch_logs_policy" { default = true }
variable "attach_dead_letter_policy" { default = false }
variable "attach_network_policy" { default = false }
variable "attach_tracing_policy" { default = false }
variable "attach_async_event_policy" { default = false }
variable "attach_policy_json" { default = false }
variable "attach_policy_jsons" { default = false }
variable "attach_policy" { default = false }
variable "attach_policies" { default = false }
variable "attach_policy_statements" { default = false }
variable "policy_json" { default = null }
variable "policy_jsons" { default = [] }
variable "policy" { default = null }
variable "policies" { default = [] }
variable "policy_statements" { default = {} }

locals {
  makes_function = var.create && var.create_function && !var.create_layer
  makes_role     = local.makes_function && var.create_role
}

resource "aws_lambda_function" "this" {
  count                          = local.makes_function ? 1 : 0
  function_name                  = var.function_name
  role                           = var.create_role ? aws_iam_role.lambda[0].arn : var.lambda_role
  handler                        = var.package_type == "Zip" ? var.handler : null
  runtime                        = var.package_type == "Zip" ? var.runtime : null
  package_type                   = var.package_type
  image_uri                      = var.image_uri
  filename                       = try(tostring(var.source_path), var.source_path[0].path, tostring(var.source_path[0]), var.local_existing_package)
  s3_bucket                      = try(var.s3_existing_package.bucket, null)
  s3_key                         = try(var.s3_existing_package.key, null)
  memory_size                    = var.memory_size
  timeout                        = var.timeout
  reserved_concurrent_executions = var.reserved_concurrent_executions
  layers                         = var.layers
  architectures                  = var.architectures
  kms_key_arn                    = var.kms_key_arn
  code_signing_config_arn        = var.code_signing_config_arn

  dynamic "environment" {
    for_each = var.environment_variables == {} ? [] : [1]
    content {
      variables = var.environment_variables
    }
  }
  dynamic "dead_letter_config" {
    for_each = var.dead_letter_target_arn == null ? [] : [1]
    content {
      target_arn = var.dead_letter_target_arn
    }
  }
  dynamic "tracing_config" {
    for_each = var.tracing_mode == null ? [] : [1]
    content {
      mode = var.tracing_mode
    }
  }
  dynamic "vpc_config" {
    for_each = var.vpc_subnet_ids == null || var.vpc_security_group_ids == null ? [] : [1]
    content {
      subnet_ids         = var.vpc_subnet_ids
      security_group_ids = var.vpc_security_group_ids
    }
  }
  dynamic "file_system_config" {
    for_each = var.file_system_arn == null || var.file_system_local_mount_path == null ? [] : [1]
    content {
      arn              = var.file_system_arn
      local_mount_path = var.file_system_local_mount_path
    }
  }
}

resource "aws_lambda_function_url" "this" {
  count              = local.makes_function && var.create_lambda_function_url ? 1 : 0
  function_name      = aws_lambda_function.this[0].function_name
  authorization_type = var.authorization_type
  invoke_mode        = var.invoke_mode
  dynamic "cors" {
    for_each = var.cors == {} ? [] : [var.cors]
    content {
      allow_credentials = try(cors.value.allow_credentials, null)
      allow_headers     = try(cors.value.allow_headers, null)
      allow_methods     = try(cors.value.allow_methods, null)
      allow_origins     = try(cors.value.allow_origins, null)
    }
  }
}

resource "aws_cloudwatch_log_group" "lambda" {
  count             = local.makes_function && !var.use_existing_cloudwatch_log_group ? 1 : 0
  name              = var.logging_log_group != null ? var.logging_log_group : "/aws/lambda/${var.function_name}"
  retention_in_days = var.cloudwatch_logs_retention_in_days
  kms_key_id        = var.cloudwatch_logs_kms_key_id
}

resource "aws_lambda_function_event_invoke_config" "this" {
  count                  = local.makes_function && var.create_async_event_config ? 1 : 0
  function_name          = aws_lambda_function.this[0].function_name
  maximum_retry_attempts = var.maximum_retry_attempts
  dynamic "destination_config" {
    for_each = var.destination_on_failure == null && var.destination_on_success == null ? [] : [1]
    content {
      dynamic "on_failure" {
        for_each = var.destination_on_failure == null ? [] : [1]
        content {
          destination = var.destination_on_failure
        }
      }
      dynamic "on_success" {
        for_each = var.destination_on_success == null ? [] : [1]
        content {
          destination = var.destination_on_success
        }
      }
    }
  }
}

resource "aws_lambda_permission" "unqualified_alias_triggers" {
  for_each           = local.makes_function && var.create_unqualified_alias_allowed_triggers ? var.allowed_triggers : {}
  function_name      = aws_lambda_function.this[0].function_name
  action             = try(each.value.action, "lambda:InvokeFunction")
  principal          = try(each.value.principal, "${each.value.service}.amazonaws.com")
  principal_org_id   = try(each.value.principal_org_id, null)
  source_arn         = try(each.value.source_arn, null)
  source_account     = try(each.value.source_account, null)
  event_source_token = try(each.value.event_source_token, null)
}

resource "aws_lambda_event_source_mapping" "this" {
  for_each                       = local.makes_function ? var.event_source_mapping : {}
  function_name                  = aws_lambda_function.this[0].arn
  event_source_arn               = try(each.value.event_source_arn, null)
  batch_size                     = try(each.value.batch_size, null)
  enabled                        = try(each.value.enabled, true)
  starting_position              = try(each.value.starting_position, null)
  maximum_retry_attempts         = try(each.value.maximum_retry_attempts, null)
  maximum_record_age_in_seconds  = try(each.value.maximum_record_age_in_seconds, null)
  bisect_batch_on_function_error = try(each.value.bisect_batch_on_function_error, null)
  function_response_types        = try(each.value.function_response_types, null)
  dynamic "destination_config" {
    for_each = try([each.value.destination_arn_on_failure], [])
    content {
      on_failure {
        destination_arn = destination_config.value
      }
    }
  }
  dynamic "filter_criteria" {
    for_each = try([each.value.filter_criteria], [])
    content {
      dynamic "filter" {
        for_each = try(flatten([filter_criteria.value]), [])
        content {
          pattern = try(filter.value.pattern, null)
        }
      }
    }
  }
}

data "aws_iam_policy_document" "assume_role" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = concat(["lambda.amazonaws.com"], [for one in var.trusted_entities : one if can(tostring(one))])
    }
    dynamic "principals" {
      for_each = [for one in var.trusted_entities : one if !can(tostring(one))]
      content {
        type        = principals.value.type
        identifiers = principals.value.identifiers
      }
    }
  }
  dynamic "statement" {
    for_each = var.assume_role_policy_statements
    content {
      effect  = try(statement.value.effect, null)
      actions = try(statement.value.actions, null)
      dynamic "principals" {
        for_each = try(statement.value.principals, [])
        content {
          type        = principals.value.type
          identifiers = principals.value.identifiers
        }
      }
      dynamic "condition" {
        for_each = try(statement.value.condition, [])
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_iam_role" "lambda" {
  count                = local.makes_role ? 1 : 0
  name                 = var.role_name != null ? var.role_name : var.function_name
  permissions_boundary = var.role_permissions_boundary
  assume_role_policy   = data.aws_iam_policy_document.assume_role.json
}

data "aws_iam_policy_document" "logs" {
  statement {
    actions   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["arn:aws:logs:*:*:log-group:/aws/lambda/${var.function_name}:*"]
  }
}

resource "aws_iam_role_policy" "logs" {
  count  = local.makes_role && var.attach_cloudwatch_logs_policy ? 1 : 0
  role   = aws_iam_role.lambda[0].name
  policy = data.aws_iam_policy_document.logs.json
}

data "aws_iam_policy_document" "dead_letter" {
  statement {
    actions   = ["sns:Publish", "sqs:SendMessage"]
    resources = [var.dead_letter_target_arn]
  }
}

resource "aws_iam_role_policy" "dead_letter" {
  count  = local.makes_role && var.attach_dead_letter_policy ? 1 : 0
  role   = aws_iam_role.lambda[0].name
  policy = data.aws_iam_policy_document.dead_letter.json
}

data "aws_iam_policy_document" "async" {
  statement {
    actions   = ["sns:Publish", "sqs:SendMessage", "events:PutEvents", "lambda:InvokeFunction"]
    resources = [for one in [var.destination_on_failure, var.destination_on_success] : one if one != null]
  }
}

resource "aws_iam_role_policy" "async" {
  count  = local.makes_role && var.attach_async_event_policy ? 1 : 0
  role   = aws_iam_role.lambda[0].name
  policy = data.aws_iam_policy_document.async.json
}

resource "aws_iam_role_policy_attachment" "vpc" {
  count      = local.makes_role && var.attach_network_policy ? 1 : 0
  role       = aws_iam_role.lambda[0].name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaENIManagementAccess"
}

resource "aws_iam_role_policy_attachment" "tracing" {
  count      = local.makes_role && var.attach_tracing_policy ? 1 : 0
  role       = aws_iam_role.lambda[0].name
  policy_arn = "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"
}

resource "aws_iam_role_policy" "additional_json" {
  count  = local.makes_role && var.attach_policy_json ? 1 : 0
  role   = aws_iam_role.lambda[0].name
  policy = var.policy_json
}

resource "aws_iam_role_policy" "additional_jsons" {
  count  = local.makes_role && var.attach_policy_jsons ? length(var.policy_jsons) : 0
  role   = aws_iam_role.lambda[0].name
  policy = var.policy_jsons[count.index]
}

resource "aws_iam_role_policy_attachment" "additional_one" {
  count      = local.makes_role && var.attach_policy ? 1 : 0
  role       = aws_iam_role.lambda[0].name
  policy_arn = var.policy
}

resource "aws_iam_role_policy_attachment" "additional_many" {
  count      = local.makes_role && var.attach_policies ? length(var.policies) : 0
  role       = aws_iam_role.lambda[0].name
  policy_arn = var.policies[count.index]
}

data "aws_iam_policy_document" "additional_inline" {
  dynamic "statement" {
    for_each = var.policy_statements
    content {
      sid           = try(statement.value.sid, null)
      effect        = try(statement.value.effect, null)
      actions       = try(statement.value.actions, null)
      not_actions   = try(statement.value.not_actions, null)
      resources     = try(statement.value.resources, null)
      not_resources = try(statement.value.not_resources, null)
      dynamic "condition" {
        for_each = try(statement.value.condition, [])
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_iam_role_policy" "additional_inline" {
  count  = local.makes_role && var.attach_policy_statements ? 1 : 0
  role   = aws_iam_role.lambda[0].name
  policy = data.aws_iam_policy_document.additional_inline.json
}

output "lambda_function_arn" { value = aws_lambda_function.this[0].arn }
output "lambda_function_arn_static" { value = aws_lambda_function.this[0].arn }
output "lambda_function_qualified_arn" { value = aws_lambda_function.this[0].arn }
output "lambda_function_invoke_arn" { value = aws_lambda_function.this[0].invoke_arn }
output "lambda_function_qualified_invoke_arn" { value = aws_lambda_function.this[0].invoke_arn }
output "lambda_function_name" { value = aws_lambda_function.this[0].function_name }
output "lambda_role_arn" { value = aws_iam_role.lambda[0].arn }
output "lambda_role_name" { value = aws_iam_role.lambda[0].name }
output "lambda_cloudwatch_log_group_arn" { value = aws_cloudwatch_log_group.lambda[0].arn }
output "lambda_cloudwatch_log_group_name" { value = aws_cloudwatch_log_group.lambda[0].name }
