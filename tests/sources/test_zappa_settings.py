from __future__ import annotations

import pytest
from tests.sources.described_reading import inputs, inventory, text_at

from casemate.model.setting import Unresolved

JSON = """
{
  "base": {"app_function": "shop.wsgi.app", "environment_variables": {"DEBUG": "1"}, "timeout_seconds": 60},
  "prod": {
    "extends": "base",
    "attach_policy": "policies/prod.json",
    "extra_permissions": [{"Effect": "Allow", "Action": ["rekognition:*"], "Resource": "*"}],
    "iam_authorization": true,
    "runtime": "python3.12",
    "aws_environment_variables": {"TABLE": "orders"},
    "events": [
      {"function": "jobs.nightly", "expression": "rate(1 day)"},
      {"function": "jobs.queue", "event_source": {"arn": "arn:aws:sqs:us-east-1:123456789012:orders"}}
    ],
    "keep_warm": false,
    "dead_letter_arn": "arn:aws:sqs:us-east-1:123456789012:failed",
    "xray_tracing": true
  }
}
"""
POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}'
FILES = {"app/zappa_settings.json": JSON, "app/policies/prod.json": POLICY}


def one(settings: str, name: str = "zappa_settings.json") -> dict[str, str]:
    return {name: settings}


def test_a_stage_extends_another() -> None:
    base, prod = inventory(FILES).functions
    assert (base.name, prod.name) == ("base", "prod")
    assert (prod.timeout.value, prod.timeout.at.start_line, prod.memory.value) == (60, 2, 512)
    assert prod.runtime.value == "python3.12"
    assert isinstance(base.runtime, Unresolved)
    assert [variable.name for variable in prod.environment] == ["TABLE", "DEBUG"]
    assert (prod.tracing.value, prod.dead_letter.value) == (True, True)


def test_the_default_policy_is_broad_and_stands_at_the_stage() -> None:
    found = inventory(FILES)
    role = next(role for role in found.roles if role.name == "base")
    actions = {term.text for statement in role.statements for term in statement.actions}
    assert {"s3:*", "dynamodb:*", "route53:*", "lambda:InvokeFunction"} <= actions
    assert {text_at(FILES, statement.at) for statement in role.statements} == {'"base"'}
    assert not any(statement.implied for statement in role.statements)
    assert {principal.term.text for statement in role.trust for principal in statement.principals} == {
        "apigateway.amazonaws.com", "lambda.amazonaws.com", "events.amazonaws.com",
    }  # fmt: skip


def test_a_policy_of_ones_own_takes_its_place() -> None:
    found = inventory(FILES)
    role = next(role for role in found.roles if role.name == "prod")
    assert [[term.text for term in statement.actions] for statement in role.statements] == [
        ["s3:GetObject"],
        ["rekognition:*"],
    ]
    assert [statement.at.path for statement in role.statements] == ["app/policies/prod.json", "app/zappa_settings.json"]
    assert inputs(found)["app/policies/prod.json"].reason == "a policy"


def test_roles_can_be_managed_by_somebody_else() -> None:
    found = inventory(one('{"dev": {"manage_roles": false, "role_arn": "arn:aws:iam::123456789012:role/x"}}'))
    assert not found.roles
    assert found.functions[0].role is not None
    assert found.functions[0].role.text == "arn:aws:iam::123456789012:role/x"


@pytest.mark.parametrize(
    ("settings", "auth"),
    [
        ("", "none"),
        ('"iam_authorization": true', "iam"),
        ('"iam_authorization": false', "none"),
        ('"authorizer": {"function": "a.auth"}', "lambda"),
        ('"authorizer": {"type": "COGNITO_USER_POOLS", "provider_arns": ["x"]}', "cognito"),
        ('"authorizer": {"function": "a.auth"}, "apigateway_version": "v2"', "none"),
        ('"iam_authorization": true, "apigateway_version": "v2"', "iam"),
    ],
)
def test_who_may_call(settings: str, auth: str) -> None:
    found = inventory(one(f'{{"dev": {{{settings}}}}}'))
    assert [route.auth.value for route in found.routes] == [auth]
    assert found.routes[0].function is not None
    assert found.routes[0].function.target == "zappa_settings.json#dev"


def test_a_function_url_is_open_unless_said() -> None:
    found = inventory(one('{"dev": {"function_url_enabled": true, "apigateway_enabled": false}}'))
    (route,) = found.routes
    assert (route.kind, route.auth.value) == ("function-url", "none")
    assert route.cors is not None
    assert [origin.value for origin in route.cors.origins] == ["*"]
    closed = inventory(
        one(
            '{"dev": {"function_url_enabled": true, "function_url_config": {"authorizer": "AWS_IAM", "cors": false}, "use_apigateway": false}}'
        )
    )
    assert [(route.auth.value, route.cors) for route in closed.routes] == [("iam", None)]


def test_events_are_triggers() -> None:
    found = [trigger for trigger in inventory(FILES).triggers if trigger.stack.endswith("@prod")]
    assert sorted(trigger.kind for trigger in found) == ["queue", "schedule"]
    warm = [trigger for trigger in inventory(FILES).triggers if trigger.stack.endswith("@base")]
    assert [trigger.kind for trigger in warm] == ["schedule"]


def test_cross_origin_sharing_and_the_stage() -> None:
    settings = '{"dev": {"cors": {"allowed_origin": "https://a.example"}, "cloudwatch_log_level": "INFO", "cloudwatch_data_trace": true}}'
    found = inventory(one(settings))
    preflight = next(route for route in found.routes if route.method == "OPTIONS")
    assert preflight.cors is not None
    assert [origin.value for origin in preflight.cors.origins] == ["https://a.example"]
    assert (found.apis[0].execution_logs.value, found.apis[0].full_payload_logs.value) == ("INFO", True)


def test_toml_and_yaml_say_the_same_with_their_own_places() -> None:
    toml = """
    [dev]
    timeout_seconds = 900  # long
    iam_authorization = true

    [dev.environment_variables]
    "TABLE" = "orders"
    """
    yaml = "dev:\n  timeout_seconds: 900\n  iam_authorization: true\n  environment_variables:\n    TABLE: orders\n"
    for name, text, line in (("zappa_settings.toml", toml, 2), ("zappa_settings.yml", yaml, 2)):
        found = inventory({name: text})
        (function,) = found.functions
        assert (function.timeout.value, function.timeout.at.start_line) == (900, line)
        assert [variable.name for variable in function.environment] == ["TABLE"]
        assert found.routes[0].auth.value == "iam"
    files = {"zappa_settings.toml": toml}
    (function,) = inventory(files).functions
    assert text_at(files, function.at) == "dev"
    assert text_at(files, function.environment[0].at) == '"TABLE"'


def test_bad_input_is_told() -> None:
    broken = inventory({"zappa_settings.toml": "[dev\n"})
    assert inputs(broken)["zappa_settings.toml"].status == "failed"
    assert broken.diagnostics[0].code == "toml-syntax"
    circle = inventory(one('{"a": {"extends": "b"}, "b": {"extends": "a"}}'))
    assert {diagnostic.code for diagnostic in circle.diagnostics} == {"extends-circle"}
    outside = inventory(one('{"a": {"attach_policy": "../../etc/passwd"}}'))
    assert [diagnostic.code for diagnostic in outside.diagnostics] == ["outside-root"]
