resource "aws_iam_role" "orders" {
  name = "orders"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy_attachment" "orders" {
  role       = aws_iam_role.orders.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_lambda_function" "orders" {
  function_name = "orders"
  filename      = "orders.zip"
  handler       = "orders.handler"
  runtime       = "python3.13"
  timeout       = 10
  memory_size   = 256
  role          = aws_iam_role.orders.arn
  tracing_config {
    mode = "Active"
  }
  environment {
    variables = merge(local.shared, { LIMIT = 5 })
  }
}

locals {
  shared = { MODE = var.mode }
}

variable "mode" {
  default = "live"
}
