"""AppSync: GraphQL APIs and Event APIs."""

from __future__ import annotations

import textwrap

import pytest
from tests.inventory.test_aws_api import auths, inventory

from casemate.inventory.build import build
from casemate.model.setting import Unresolved
from casemate.sources.cloudformation import source
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

GRAPH = "Api: {Type: AWS::AppSync::GraphQLApi, Properties: {AuthenticationType: AMAZON_COGNITO_USER_POOLS, AdditionalAuthenticationProviders: [{AuthenticationType: API_KEY}, {AuthenticationType: AWS_IAM}]}}\n"


@pytest.mark.parametrize(
    ("schema", "auths"),
    [
        ("type Query { a: Int } type Mutation @aws_iam { b: Int }", ["cognito", "iam"]),
        ("type Query { a: Int @aws_api_key }", ["api-key"]),
        ("type Query { a: Int @aws_api_key b: Int }", ["cognito", "api-key"]),
        ("type Query { a: Int @aws_cognito_user_pools @aws_iam }", ["cognito", "iam"]),
        ("type Query { a: Int } type Order @aws_api_key { id: ID }", ["cognito"]),
    ],
)
def test_directives_say_which_providers_open_a_graph(schema: str, auths: list[str]) -> None:
    found = inventory(
        f"{GRAPH}Schema: {{Type: AWS::AppSync::GraphQLSchema, Properties: {{ApiId: !GetAtt Api.ApiId, Definition: '{schema}'}}}}\n"
    )
    assert [route.auth.value for route in found.routes] == auths


def test_a_schema_that_was_not_scanned_leaves_the_additional_key_open() -> None:
    first, second = inventory(GRAPH).routes
    assert first.auth.value == "cognito"
    assert isinstance(second.auth, Unresolved)


def test_a_schema_in_a_file_is_read() -> None:
    graph = (
        GRAPH
        + "Schema: {Type: AWS::AppSync::GraphQLSchema, Properties: {ApiId: !GetAtt Api.ApiId, DefinitionS3Location: ./s.graphql}}\n"
    )
    files = {"t.yaml": f"Resources:\n{textwrap.indent(graph, '  ')}".encode(), "s.graphql": b"type Query { a: Int }"}
    built = build([source.read(MemoryTree(files), ("t.yaml",), Options())])
    assert [route.auth.value for route in built.routes] == ["cognito"]
    assert ("s.graphql", "graphql") in {(entry.path, entry.kind) for entry in built.inputs}
    files["t.yaml"] = files["t.yaml"].replace(b"./s.graphql", b"../s.graphql")
    built = build([source.read(MemoryTree(files), ("t.yaml",), Options())])
    assert [problem.code for problem in built.diagnostics] == ["outside-root"]


def test_channels_of_an_event_api() -> None:
    found = inventory("""
    Api:
      Type: AWS::AppSync::Api
      Properties:
        Name: news
        EventConfig:
          AuthProviders: [{AuthType: API_KEY}, {AuthType: AWS_LAMBDA, LambdaAuthorizerConfig: {AuthorizerUri: !GetAtt Hello.Arn}}]
          DefaultPublishAuthModes: [{AuthType: AWS_LAMBDA}]
          DefaultSubscribeAuthModes: [{AuthType: AWS_LAMBDA}, {AuthType: API_KEY}]
          LogConfig: {LogLevel: ALL}
    Source: {Type: AWS::AppSync::DataSource, Properties: {ApiId: !GetAtt Api.ApiId, Name: hello, Type: AWS_LAMBDA, LambdaConfig: {LambdaFunctionArn: !GetAtt Hello.Arn}}}
    News:
      Type: AWS::AppSync::ChannelNamespace
      Properties:
        ApiId: !GetAtt Api.ApiId
        Name: news
        HandlerConfigs: {OnPublish: {Behavior: DIRECT, Integration: {DataSourceName: hello, LambdaConfig: {InvokeType: EVENT}}}}
    Own: {Type: AWS::AppSync::ChannelNamespace, Properties: {ApiId: !GetAtt Api.ApiId, Name: own, SubscribeAuthModes: [{AuthType: AWS_IAM}]}}
    Lost: {Type: AWS::AppSync::ChannelNamespace, Properties: {ApiId: abc, Name: lost}}
    """)
    (api,) = found.apis
    assert (api.kind, api.execution_logs.value, api.full_payload_logs.value) == ("events", "ALL", True)
    assert auths(found.routes) == {
        "PUBLISH /news": ["lambda"], "SUBSCRIBE /news": ["api-key"], "PUBLISH /own": ["lambda"], "SUBSCRIBE /own": ["iam"],
        "PUBLISH /lost": [], "SUBSCRIBE /lost": [],
    }  # fmt: skip
    assert [route.function is not None for route in found.routes][:2] == [True, False]
    (authorizer,) = found.authorizers
    assert authorizer.function is not None


EVENTS = """
resource "aws_appsync_api" "news" {
  name = "news"
  event_config {
    auth_provider {
      auth_type = "API_KEY"
    }
    default_publish_auth_mode {
      auth_type = "AWS_IAM"
    }
    default_subscribe_auth_mode {
      auth_type = "API_KEY"
    }
  }
}
resource "aws_appsync_channel_namespace" "news" {
  name   = "news"
  api_id = aws_appsync_api.news.api_id
}
resource "aws_appsync_graphql_api" "shop" {
  name                = "shop"
  authentication_type = "AWS_IAM"
  schema              = "type Query { a: Int @aws_api_key }"
  additional_authentication_provider {
    authentication_type = "API_KEY"
  }
}
"""


def test_appsync_in_terraform() -> None:
    from casemate.sources.terraform.source import read

    found = build([read(MemoryTree({"main.tf": EVENTS.encode()}), ("main.tf",), Options())])
    assert {(route.kind, route.method, route.auth.value) for route in found.routes} == {
        ("events", "PUBLISH", "iam"), ("events", "SUBSCRIBE", "api-key"), ("graphql", "POST", "api-key"),
    }  # fmt: skip
