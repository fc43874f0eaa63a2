from __future__ import annotations

from tests.sources.serverless_reading import shown, stack

from casemate.model.resource import Stack

HEAD = """
service: shop
plugins: [serverless-appsync-plugin]
provider: {name: aws, runtime: nodejs22.x}
functions:
  orders: {handler: app.orders}
"""


def types(found: Stack) -> list[str]:
    return [one.type for one in found.resources.values() if "AppSync" in one.type or "WAF" in one.type]


def test_an_api_with_its_ways_to_sign_in() -> None:
    found = stack(
        HEAD
        + """
appSync:
  name: shop-graph
  authentication: {type: API_KEY}
  additionalAuthentications:
    - type: AMAZON_COGNITO_USER_POOLS
      config: {userPoolId: eu-west-1_abc}
  xrayEnabled: true
  introspection: false
  logging: {level: ERROR, retentionInDays: 14}
  waf: {enabled: true, name: wall}
  dataSources:
    orders: {type: AWS_LAMBDA, config: {functionName: orders}}
    table: {type: AMAZON_DYNAMODB, config: {tableName: orders}}
"""
    )
    assert found.resources["GraphQlApi"].name == "shop-graph"
    assert shown(found, "GraphQlApi", "AuthenticationType") == "API_KEY"
    assert (
        shown(found, "GraphQlApi", "AdditionalAuthenticationProviders.0.UserPoolConfig.UserPoolId") == "eu-west-1_abc"
    )
    assert shown(found, "GraphQlApi", "LogConfig.FieldLogLevel") == "ERROR"
    assert shown(found, "GraphQlApi", "IntrospectionConfig") == "DISABLED"
    assert shown(found, "GraphQlApiOrdersDataSource", "LambdaConfig.LambdaFunctionArn") == "${OrdersLambdaFunction.Arn}"
    assert types(found) == [
        "AWS::AppSync::GraphQLApi",
        "AWS::WAFv2::WebACLAssociation",
        "AWS::AppSync::DataSource",
        "AWS::AppSync::DataSource",
    ]


def test_the_first_version_of_the_plugin_reads_below_custom() -> None:
    found = stack(HEAD + "custom:\n  appSync:\n    - {name: a, authenticationType: AWS_IAM}\n    - {name: b}\n")
    assert shown(found, "GraphQlApi", "AuthenticationType") == "AWS_IAM"
    assert found.resources["GraphQlApi1"].name == "b"
    assert types(found) == ["AWS::AppSync::GraphQLApi"] * 2


def test_a_lambda_authoriser_and_a_log_that_is_off() -> None:
    found = stack(
        HEAD
        + """
appSync:
  name: g
  authentication: {type: AWS_LAMBDA, config: {functionName: orders, authorizerResultTtlInSeconds: 0}}
  logging: {level: ALL, enabled: false}
  waf: {enabled: false, name: wall}
"""
    )
    assert shown(found, "GraphQlApi", "LambdaAuthorizerConfig.AuthorizerUri") == "${OrdersLambdaFunction.Arn}"
    assert shown(found, "GraphQlApi", "LambdaAuthorizerConfig.AuthorizerResultTtlInSeconds") == "0"
    assert shown(found, "GraphQlApi", "LogConfig") is None
    assert types(found) == ["AWS::AppSync::GraphQLApi"]


def test_without_the_plugin_the_section_means_nothing() -> None:
    assert types(stack("service: s\nprovider: {name: aws}\nappSync: {name: g}\n")) == []
