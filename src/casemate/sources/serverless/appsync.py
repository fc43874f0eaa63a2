"""The plugin serverless-appsync-plugin: a GraphQL API with its ways to sign in, its log, firewall and data sources.

Source: its documentation, "General configuration", "Authentication", "DataSources", "WAF"; before version 2 the API
stood below `custom.appSync`, or was a list there, with CloudFormation's own names ("Upgrading from v1").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Items, Literal, Reference, Value, text_of
from casemate.sources.serverless import naming
from casemate.sources.serverless.service import PROVIDER
from casemate.sources.serverless.values import (
    Shape,
    entries_of,
    entry_of,
    fields,
    is_false,
    items_of,
    maps,
    text_at,
    value_of,
)

if TYPE_CHECKING:
    from casemate.sources.serverless.service import Service

PLUGIN = "serverless-appsync-plugin"
_API = "GraphQlApi"
_CONFIGS = {
    "AMAZON_COGNITO_USER_POOLS": "UserPoolConfig",
    "OPENID_CONNECT": "OpenIDConnectConfig",
    "AWS_LAMBDA": "LambdaAuthorizerConfig",
}


def add_graphql(service: Service) -> None:
    """Every API that the plugin makes."""
    if not service.has_plugin(PLUGIN):
        return
    section = service.section("appSync")
    entry = service.custom("appSync")
    found = section if section is not None else None if entry is None else entry.value
    for number, api in enumerate(maps(found)):
        _api(service, api, _API if number == 0 else f"{_API}{number}")


def _api(service: Service, api: Fields, key: str) -> None:
    named = entry_of(api, "name")
    at = named.value.at if named is not None else api.at
    name = text_at(api, "name") or service.name
    shape = Shape(at).put("Name", name).take("XrayEnabled", entry_of(api, "xrayEnabled"))
    shape.take("Visibility", entry_of(api, "visibility"))
    shape.take("IntrospectionConfig", entry_of(api, "introspection"), _introspection)
    main = entry_of(api, "authentication")
    if main is not None:
        _provider(service, main.value, shape)
    else:
        shape.take("AuthenticationType", entry_of(api, "authenticationType"))
    more = entry_of(api, "additionalAuthentications") or entry_of(api, "additionalAuthenticationProviders")
    if more is not None:
        providers: list[Value] = [_additional(service, one) for one in items_of(more.value)]
        shape.put("AdditionalAuthenticationProviders", Items(providers, more.value.at), more.key_at)
    shape.take("LogConfig", entry_of(api, "logging") or entry_of(api, "logConfig"), _logging)
    service.add("AWS::AppSync::GraphQLApi", key, shape, name=name, at=at)
    _firewall(service, api, key)
    for source, declared in entries_of(value_of(api, "dataSources")):
        _data_source(service, source, declared, key)


def _provider(service: Service, value: Value, shape: Shape) -> None:
    """`type` and `config` under the names of CloudFormation."""
    shape.take("AuthenticationType", entry_of(value, "type") or entry_of(value, "authenticationType"))
    where = _CONFIGS.get(text_at(value, "type") or "")
    config = entry_of(value, "config")
    if where is None or config is None:
        return
    made = Shape(config.value.at).copy(
        config.value,
        UserPoolId="userPoolId",
        DefaultAction="defaultAction",
        Issuer="issuer",
        ClientId="clientId",
        AuthorizerUri="functionArn",
        AuthorizerResultTtlInSeconds="authorizerResultTtlInSeconds",
    )
    function = service.functions.get(text_at(config.value, "functionName") or "")
    if function is not None:
        made.put("AuthorizerUri", function.arn(config.value.at))
    shape.put(where, made.fields(), config.key_at)


def _additional(service: Service, value: Value) -> Fields:
    shape = Shape(value.at)
    _provider(service, value, shape)
    return shape.fields()


def _introspection(value: Value) -> Value:
    return Literal("DISABLED" if is_false(value) else "ENABLED", value.at)


def _logging(value: Value) -> Value | None:
    if is_false(value_of(value, "enabled")):
        return None
    shape = Shape(value.at).copy(value, FieldLogLevel="level", ExcludeVerboseContent="excludeVerboseContent")
    return shape.take("CloudWatchLogsRoleArn", entry_of(value, "roleArn") or entry_of(value, "loggingRoleArn")).fields()


def _firewall(service: Service, api: Fields, key: str) -> None:
    found = entry_of(api, "waf") or entry_of(api, "wafConfig")
    if found is None or is_false(value_of(found.value, "enabled")):
        return
    acl = value_of(found.value, "arn") or Literal(text_of(value_of(found.value, "name")) or "", found.key_at)
    shape = fields(found.key_at, ResourceArn=Reference(key, "Arn", found.key_at), WebACLArn=acl)
    service.add("AWS::WAFv2::WebACLAssociation", f"{key}WafAssoc", shape, name=PROVIDER, at=found.key_at)


def _data_source(service: Service, name: str, declared: Entry, key: str) -> None:
    at, value = declared.key_at, declared.value
    shape = Shape(at).put("ApiId", Reference(key, "ApiId", at)).put("Name", name).take("Type", entry_of(value, "type"))
    function = service.functions.get(text_at(value, "config", "functionName") or "")
    target = function.arn(at) if function is not None else value_of(value, "config", "functionArn")
    if target is not None:
        shape.put("LambdaConfig", fields(at, LambdaFunctionArn=target))
    table = entry_of(value, "config", "tableName")
    if table is not None:
        shape.put("DynamoDBConfig", fields(at, TableName=table.value), table.key_at)
    service.add(
        "AWS::AppSync::DataSource",
        f"{key}{naming.alphanumeric(name)}DataSource",
        shape,
        name=name,
        at=at,
        implied_by=key,
    )
