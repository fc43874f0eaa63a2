from __future__ import annotations

from tests.sources.described_reading import inputs, inventory, text_at

from casemate.model.setting import Unresolved
from casemate.sources.source import Options

CONFIG = """
{
  "version": "2.0",
  "app_name": "shop",
  "environment_variables": {"TABLE": "orders", "MODE": "top"},
  "lambda_timeout": 120,
  "stages": {
    "dev": {
      "api_gateway_stage": "api",
      "autogen_policy": false,
      "environment_variables": {"MODE": "dev"},
      "lambda_functions": {
        "worker": {"lambda_timeout": 900, "reserved_concurrency": 3, "autogen_policy": true}
      }
    },
    "prod": {
      "api_gateway_stage": "api",
      "manage_iam_role": false,
      "iam_role_arn": "arn:aws:iam::123456789012:role/shop",
      "xray": true,
      "subnet_ids": ["subnet-1"],
      "security_group_ids": ["sg-1"],
      "log_retention_in_days": 14
    }
  }
}
"""
POLICY = """
{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}]}
"""
FILES = {"svc/.chalice/config.json": CONFIG, "svc/.chalice/policy-dev.json": POLICY}
DEV, PROD = "svc/.chalice/config.json@dev", "svc/.chalice/config.json@prod"


def test_each_stage_is_a_stack_of_its_own() -> None:
    found = inventory(FILES)
    assert [(stack.name, stack.root) for stack in found.stacks] == [("shop-dev", "svc"), ("shop-prod", "svc")]
    assert [(function.stack, function.name) for function in found.functions] == [
        (DEV, "api_handler"), (DEV, "worker"), (PROD, "api_handler"),
    ]  # fmt: skip


def test_one_stage_can_be_asked_for() -> None:
    found = inventory(FILES, Options(stage="prod"))
    assert [stack.path for stack in found.stacks] == ["svc/.chalice/config.json"]


def test_the_narrowest_setting_counts() -> None:
    api, worker, prod = inventory(FILES).functions
    assert (api.timeout.value, worker.timeout.value, prod.timeout.value) == (120, 900, 120)
    assert (api.reserved_concurrency.value, worker.reserved_concurrency.value) == (None, 3)
    assert (api.memory.value, prod.tracing.value, prod.in_network.value, api.in_network.value) == (
        128,
        True,
        True,
        False,
    )
    assert text_at(FILES, worker.timeout.at) == "900"
    variables = {variable.name: variable for variable in api.environment}
    assert set(variables) == {"TABLE", "MODE"}
    assert variables["MODE"].at.start_line == 10


def test_a_policy_file_is_the_role_and_stands_in_its_file() -> None:
    found = inventory(FILES)
    role = next(role for role in found.roles if role.name == "api_handler")
    (statement,) = role.statements
    assert (statement.actions[0].text, statement.implied) == ("dynamodb:*", False)
    assert (statement.actions[0].at.path, text_at(FILES, statement.actions[0].at)) == (
        "svc/.chalice/policy-dev.json",
        '"dynamodb:*"',
    )
    assert inputs(found)["svc/.chalice/policy-dev.json"].kind == "chalice"


def test_a_derived_policy_is_not_known_and_a_given_role_is_linked() -> None:
    found = inventory(FILES)
    derived = next(role for role in found.roles if role.name == "default-role")
    assert derived.statements == ()
    prod = found.functions[2]
    assert prod.role is not None
    assert prod.role.text == "arn:aws:iam::123456789012:role/shop"


def test_routes_are_those_of_a_program() -> None:
    found = inventory(FILES)
    assert {(route.label, route.function.target if route.function else None) for route in found.routes} == {
        ("ANY /{proxy+}", f"{DEV}#api_handler"), ("ANY /{proxy+}", f"{PROD}#api_handler"),
    }  # fmt: skip
    assert all(isinstance(route.auth, Unresolved) for route in found.routes)
    assert [api.tracing.value for api in found.apis] == [False, True]


def test_a_missing_policy_and_one_outside_are_told() -> None:
    config = '{"app_name": "a", "autogen_policy": false, "iam_policy_file": "%s", "stages": {"dev": {}}}'
    missing = inventory({".chalice/config.json": config % "nope.json"})
    assert [diagnostic.code for diagnostic in missing.diagnostics] == ["included-file-missing"]
    outside = inventory({".chalice/config.json": config % "../../../etc/passwd"})
    assert outside.roles[0].statements == ()


def test_a_broken_file_fails() -> None:
    found = inventory({".chalice/config.json": '{"app_name": '})
    assert inputs(found)[".chalice/config.json"].status == "failed"


# -- what app.py says
PROGRAM = """\
from chalice import Chalice, CORSConfig, IAMAuthorizer, CognitoUserPoolAuthorizer
app = Chalice(app_name="shop")
iam = IAMAuthorizer()
pool = CognitoUserPoolAuthorizer("pool", provider_arns=["arn"])
own = CORSConfig(allow_origin="https://shop.example")

@app.route("/orders", methods=["POST", "GET"], cors=True)
def orders(): ...

@app.route("/mine", authorizer=iam, cors=own)
def mine(): ...

@app.route("/pool", authorizer=pool)
@app.route("/made", authorizer=make())
def pooled(): ...

# @app.route("/commented")
@app.route("/keyed", api_key_required=True)
def keyed(): ...

@app.lambda_function(name="nightly")
def night(event, context): ...

@app.lambda_function()
def plain(event, context): ...
"""


def test_routes_and_functions_of_the_program() -> None:
    files = {
        "svc/.chalice/config.json": '{"version": "2.0", "app_name": "s", "stages": {"dev": {"api_gateway_stage": "api"}}}'
    }
    found = inventory({**files, "svc/app.py": PROGRAM})
    routes = {route.label: route for route in found.routes if route.method != "OPTIONS"}
    assert {label: route.auth.value for label, route in routes.items()} == {
        "POST /orders": "none",
        "GET /orders": "none",
        "GET /mine": "iam",
        "GET /pool": "cognito",
        "GET /made": "lambda",
        "GET /keyed": "none",
    }
    assert routes["GET /keyed"].api_key.value is True
    assert (routes["GET /mine"].at.path, routes["GET /mine"].at.start_line) == ("svc/app.py", 10)
    origins = {
        route.path: [one.value for one in route.cors.origins] for route in found.routes if route.cors is not None
    }
    assert origins == {"/orders": ["*"], "/mine": ["https://shop.example"]}
    assert [function.name for function in found.functions] == ["api_handler", "nightly", "plain"]
    assert routes["GET /pool"].name == "pooled"


def test_without_a_program_the_routes_are_not_known() -> None:
    files = {
        "svc/.chalice/config.json": '{"version": "2.0", "app_name": "s", "stages": {"dev": {"api_gateway_stage": "api"}}}'
    }
    (route,) = inventory(files).routes
    assert isinstance(route.auth, Unresolved)
