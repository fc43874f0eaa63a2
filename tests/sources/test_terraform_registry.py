from __future__ import annotations

import pytest
from tests.sources.test_terraform_evaluate import plain, raw

from casemate.model.location import Span
from casemate.model.value import Fields, Items
from casemate.sources.source import Options
from casemate.sources.syntax import hcl
from casemate.sources.terraform import registry
from casemate.sources.terraform.source import read
from casemate.sources.tree import MemoryTree

AT = Span("main.tf", 7, 1, 7, 9)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("terraform-aws-modules/lambda/aws", "lambda"),
        ("registry.terraform.io/terraform-aws-modules/sqs/aws", "sqs"),
        ("github.com/terraform-aws-modules/terraform-aws-lambda?ref=v7.0.0", "lambda"),
        ("git::https://github.com/terraform-aws-modules/terraform-aws-s3-bucket.git?ref=abc", "s3-bucket"),
        ("git@github.com:terraform-aws-modules/terraform-aws-kms.git", "kms"),
        ("terraform-aws-modules/lambda/aws//modules/alias", None),
        ("terraform-aws-modules/iam/aws//modules/iam-policy", "iam.iam-policy"),
        ("terraform-aws-modules/lambda/aws//../../../x", None),
        ("terraform-aws-modules/vpc/aws", None),
        ("somebody/lambda/aws", None),
        ("./modules/lambda", None),
        ("", None),
    ],
)
def test_sources_are_named(source: str, name: str | None) -> None:
    assert registry.name_of(source) == name


@pytest.mark.parametrize("name", sorted(registry.known()))
def test_descriptions_parse_and_stand_at_the_call(name: str) -> None:
    file = registry.described(name, AT)
    assert not file.diagnostics
    assert not file.is_partial
    declared = {label for block in file.body.blocks if block.type == "variable" for label, _ in block.labels}
    used = set(hcl_names(registry.text(name), "var"))
    assert declared == used, f"{name}: declared and used variables differ"
    assert all(block.at == AT for block in file.body.blocks)


def hcl_names(text: str, root: str) -> list[str]:
    import re

    return re.findall(rf"\b{root}\.(\w+)", text)


def test_hcl_can_stand_at_one_place() -> None:
    file = hcl.parse('variable "x" { default = [1, "a"] }\n', "main.tf", AT)
    assert file.body.blocks[0].body.arguments["default"].value.at == AT


FUNCTION = """
module "api" {
  source        = "terraform-aws-modules/lambda/aws"
  version       = "~> 7.0"
  function_name = "shop-api"
  handler       = "app.handler"
  runtime       = "python3.9"
  create_lambda_function_url = true
  environment_variables = { TABLE = "orders" }
  attach_policy_statements = true
  policy_statements = {
    data = { effect = "Allow", actions = ["dynamodb:*"], resources = ["*"] }
  }
  attach_policies = true
  policies        = ["arn:aws:iam::aws:policy/AmazonSQSFullAccess"]
}
"""


def test_a_function_has_its_role_url_and_policies() -> None:
    found = raw(FUNCTION)
    function = found["module.api.aws_lambda_function.this[0]"]
    assert function.at.start_line == 2
    runtime = function.attributes.get("runtime")
    assert runtime is not None
    assert (plain(runtime), runtime.at.start_line) == ("python3.9", 7)
    assert plain(function.attributes.get("role")) == "${module.api.aws_iam_role.lambda[0].arn}"
    url = found["module.api.aws_lambda_function_url.this[0]"].attributes.get("authorization_type")
    assert url is not None
    assert (plain(url), url.at.start_line) == ("NONE", 2)  # the module's default, told at the call
    inline = found["module.api.aws_iam_role_policy.additional_inline[0]"].attributes.get("policy")
    assert isinstance(inline, Fields)
    statements = inline.get("Statement")
    assert isinstance(statements, Items)
    (statement,) = statements.items
    assert isinstance(statement, Fields)
    assert (plain(statement.get("Action")), plain(statement.get("Resource"))) == (["dynamodb:*"], ["*"])
    attached = found["module.api.aws_iam_role_policy_attachment.additional_many[0]"].attributes.get("policy_arn")
    assert plain(attached) == "arn:aws:iam::aws:policy/AmazonSQSFullAccess"
    assert not [address for address in found if "dead_letter" in address or "permission" in address]


def test_a_bucket_blocks_public_access_unless_told_otherwise() -> None:
    found = raw('module "b" {\n  source = "terraform-aws-modules/s3-bucket/aws"\n  bucket = "x"\n}\n')
    block = found["module.b.aws_s3_bucket_public_access_block.this[0]"].attributes
    assert plain(block.get("block_public_policy")) is True
    assert "module.b.aws_s3_bucket_acl.this[0]" not in found


def test_ports_have_names() -> None:
    found = raw(
        'module "g" {\n  source = "terraform-aws-modules/security-group/aws"\n  name = "db"\n'
        '  ingress_cidr_blocks = ["0.0.0.0/0"]\n  ingress_rules = ["mysql-tcp"]\n'
        '  ingress_with_cidr_blocks = [{ rule = "ssh-tcp", cidr_blocks = "10.0.0.0/8, 10.1.0.0/16" },\n'
        '    { from_port = 8080, to_port = 8081, protocol = "tcp", cidr_blocks = "0.0.0.0/0" }]\n}\n'
    )
    by_name = found["module.g.aws_security_group_rule.ingress_rules[0]"].attributes
    assert (plain(by_name.get("from_port")), plain(by_name.get("cidr_blocks"))) == (3306, ["0.0.0.0/0"])
    several = found["module.g.aws_security_group_rule.ingress_with_cidr_blocks[0]"].attributes
    assert (plain(several.get("from_port")), plain(several.get("cidr_blocks"))) == (22, ["10.0.0.0/8", "10.1.0.0/16"])
    single = found["module.g.aws_security_group_rule.ingress_with_cidr_blocks[1]"].attributes.get("cidr_blocks")
    assert isinstance(single, Items)
    assert single.items[0].at.start_line == 7


def test_modules_may_take_outputs_of_one_another() -> None:
    """The function's permission names the API, the API's route the function: no circle of values."""
    found = raw(
        'module "fn" {\n  source = "terraform-aws-modules/lambda/aws"\n  function_name = "f"\n'
        '  allowed_triggers = { Api = { service = "apigateway", source_arn = "${module.api.api_execution_arn}/*/*" } }\n}\n'
        'module "api" {\n  source = "terraform-aws-modules/apigateway-v2/aws"\n  name = "a"\n  routes = {\n'
        '    "GET /x" = { integration = { uri = module.fn.lambda_function_arn } }\n  }\n}\n'
    )
    uri = found['module.api.aws_apigatewayv2_integration.this["GET /x"]'].attributes.get("integration_uri")
    assert plain(uri) == "${module.fn.aws_lambda_function.this[0].arn}"
    pinned = found['module.fn.aws_lambda_permission.unqualified_alias_triggers["Api"]'].attributes.get("source_arn")
    assert plain(pinned) == "${module.api.aws_apigatewayv2_api.this[0].execution_arn}/*/*"
    assert found['module.api.aws_apigatewayv2_route.this["GET /x"]'].at.start_line == 10


def test_a_value_that_needs_itself_is_unknown() -> None:
    found = raw(
        'module "a" {\n  source = "terraform-aws-modules/lambda/aws"\n  function_name = module.a.lambda_function_name\n'
        "  lambda_role = module.b.s3_bucket_arn\n}\n"
        'module "b" {\n  source = "terraform-aws-modules/s3-bucket/aws"\n  bucket = module.b.s3_bucket_id\n}\n'
    )
    assert "module.a.aws_lambda_function.this[0]" in found
    assert "module.b.aws_s3_bucket.this[0]" in found


def test_only_what_is_not_described_is_noted() -> None:
    text = 'module "q" {\n  source = "terraform-aws-modules/sqs/aws"\n}\nmodule "v" {\n  source = "terraform-aws-modules/vpc/aws"\n}\n'
    reading = read(MemoryTree({"main.tf": text.encode()}), ("main.tf",), Options())
    assert [one.code for one in reading.diagnostics] == ["module-not-scanned"]
    (queue,) = reading.stacks[0].resources.values()
    assert (queue.type, queue.name) == ("AWS::SQS::Queue", "module.q.aws_sqs_queue.this[0]")


def test_roles_policies_and_notifications() -> None:
    found = raw(
        'module "p" {\n  source = "terraform-aws-modules/iam/aws//modules/iam-policy"\n  policy = "{}"\n}\n'
        'module "r" {\n  source = "terraform-aws-modules/iam/aws//modules/iam-assumable-role"\n  create_role = true\n'
        '  trusted_role_services = ["lambda.amazonaws.com"]\n  custom_role_policy_arns = [module.p.arn]\n}\n'
        'module "g" {\n  source = "terraform-aws-modules/iam/aws//modules/iam-role"\n  enable_github_oidc = true\n'
        '  oidc_wildcard_subjects = ["acme/*:*"]\n  policies = { admin = "arn:aws:iam::aws:policy/AdministratorAccess" }\n}\n'
        'module "n" {\n  source = "terraform-aws-modules/s3-bucket/aws//modules/notification"\n  bucket = "b"\n'
        '  lambda_notifications = { in = { function_arn = "arn:f", function_name = "f", events = ["s3:ObjectCreated:*"] } }\n}\n'
    )
    attached = found["module.r.aws_iam_role_policy_attachment.custom[0]"].attributes.get("policy_arn")
    assert plain(attached) == "${module.p.aws_iam_policy.policy[0].arn}"
    trust = found["module.g.aws_iam_role.this[0]"].attributes.get("assume_role_policy")
    assert isinstance(trust, Fields)
    assert "repo:acme/*:*" in str(plain(trust))
    assert plain(found['module.n.aws_lambda_permission.allow["in"]'].attributes.get("source_arn")) == "arn:aws:s3:::b"


def test_rules_have_targets_and_balancers_listeners() -> None:
    found = raw(
        'module "e" {\n  source = "terraform-aws-modules/eventbridge/aws"\n  create_bus = false\n'
        '  rules = { nightly = { schedule_expression = "rate(1 day)" } }\n'
        '  targets = { nightly = [{ name = "f", arn = "arn:aws:lambda:eu-west-1:123456789012:function:f" }] }\n}\n'
        'module "l" {\n  source = "terraform-aws-modules/alb/aws"\n  listeners = {\n'
        '    plain = { port = 80, protocol = "HTTP", forward = { target_group_key = "f" } }\n'
        '    up = { port = 81, protocol = "HTTP", redirect = { port = "443", protocol = "HTTPS", status_code = "HTTP_301" } }\n  }\n'
        '  target_groups = { f = { target_type = "lambda", target_id = "arn:f" } }\n}\n'
        'module "c" {\n  source = "terraform-aws-modules/elasticache/aws"\n  transit_encryption_enabled = false\n}\n'
    )
    target = found['module.e.aws_cloudwatch_event_target.this["f"]'].attributes
    assert plain(target.get("rule")) == '${module.e.aws_cloudwatch_event_rule.this["nightly"].name}'
    plain_http = found['module.l.aws_lb_listener.this["plain"]'].attributes.get("default_action")
    assert "forward" in str(plain(plain_http))
    assert "redirect" in str(plain(found['module.l.aws_lb_listener.this["up"]'].attributes.get("default_action")))
    cache = found["module.c.aws_elasticache_replication_group.this[0]"].attributes
    assert plain(cache.get("transit_encryption_enabled")) is False
    assert plain(cache.get("at_rest_encryption_enabled")) is True
