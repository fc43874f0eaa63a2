"""`AWS::Serverless::GraphQLApi` -> AppSync: API, schema, keys, data sources with their roles, functions and resolvers.

Source: AWS SAM developer guide, "AWS::Serverless::GraphQLApi".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Items, Reference, Value, display
from casemate.sources.sam.connectors import connect
from casemate.sources.sam.writing import arn_of, elements, entry, fields, fill, map_of, tags, texts, trust, value_of

if TYPE_CHECKING:
    from casemate.model.location import Span
    from casemate.model.resource import Resource
    from casemate.sources.sam.expansion import Expansion

_CONFIGS = {
    "LambdaAuthorizer": "LambdaAuthorizerConfig",
    "OpenIDConnect": "OpenIDConnectConfig",
    "UserPool": "UserPoolConfig",
}


def expand_graphql_apis(expansion: Expansion) -> None:
    """Every API of the type."""
    for resource in expansion.of_kind("GraphQLApi"):
        properties = expansion.properties[resource.key]
        expansion.become(resource, "AWS::AppSync::GraphQLApi", _api(expansion, resource, properties))
        _parts(expansion, resource, properties)


def _api(expansion: Expansion, resource: Resource, properties: Fields) -> Fields:
    at = resource.at
    auth = map_of(properties, "Auth")
    further = [item for item in elements(value_of(auth, "Additional")) if isinstance(item, Fields)]
    passed = (
        "Visibility",
        "OwnerContact",
        "XrayEnabled",
        "IntrospectionConfig",
        "QueryDepthLimit",
        "ResolverCountLimit",
    )
    for number, item in enumerate((auth, *further), 1):
        _authorizer_permission(expansion, resource, item, number)
    return fields(
        at,
        {
            "Name": entry(properties, "Name") or resource.key,
            "AuthenticationType": entry(auth, "Type"),
            **_configs(auth),
            "AdditionalAuthenticationProviders": Items(
                [fields(item.at, {"AuthenticationType": entry(item, "Type"), **_configs(item)}) for item in further],
                auth.at,
            )
            if further
            else None,
            **{name: entry(properties, name) for name in passed},
            "LogConfig": _logging(expansion, resource, entry(properties, "Logging")),
            "Tags": tags(value_of(properties, "Tags")),
        },
    )


def _configs(auth: Fields) -> dict[str, Entry | None]:
    return {native: entry(auth, name) for name, native in _CONFIGS.items()}


def _authorizer_permission(expansion: Expansion, resource: Resource, auth: Fields, number: int) -> None:
    function = value_of(auth, "LambdaAuthorizer", "AuthorizerUri")
    if function is None:
        return
    at = function.at
    arn = fill(
        "arn:${AWS::Partition}:appsync:${AWS::Region}:${AWS::AccountId}:apis/${Api}",
        at,
        {"Api": Reference(resource.key, "ApiId", at)},
    )
    expansion.imply(
        f"{resource.key}ToLambdaAuthConnector{number}WriteLambdaPermission",
        "AWS::Lambda::Permission",
        resource,
        at,
        fields(
            at,
            {
                "Action": "lambda:InvokeFunction",
                "FunctionName": function,
                "Principal": "appsync.amazonaws.com",
                "SourceArn": arn,
            },
        ),
    )


def _logging(expansion: Expansion, resource: Resource, logging: Entry | None) -> Entry | Value | None:
    """SAM logs every field unless `Logging` is false, with a role of its own unless one is given."""
    at = resource.at if logging is None else logging.key_at
    given = logging.value if logging is not None and isinstance(logging.value, Fields) else None
    if given is None and logging is not None and display(logging.value).lower() == "false":
        return None
    role: Entry | Value | None = None if given is None else entry(given, "CloudWatchLogsRoleArn")
    if role is None:
        key = f"{resource.key}CloudWatchRole"
        managed = texts(at, "arn:aws:iam::aws:policy/service-role/AWSAppSyncPushToCloudWatchLogs")
        made = fields(
            at, {"AssumeRolePolicyDocument": trust("appsync.amazonaws.com", at), "ManagedPolicyArns": managed}
        )
        expansion.imply(key, "AWS::IAM::Role", resource, at, made)
        role = arn_of(key, at)
    level: Entry | str = "ALL" if given is None else entry(given, "FieldLogLevel") or "ALL"
    verbose = None if given is None else entry(given, "ExcludeVerboseContent")
    return Entry(
        at, fields(at, {"FieldLogLevel": level, "CloudWatchLogsRoleArn": role, "ExcludeVerboseContent": verbose})
    )


def _parts(expansion: Expansion, resource: Resource, properties: Fields) -> None:
    api, at = Reference(resource.key, "ApiId", resource.at), resource.at
    schema = {
        "ApiId": api,
        "Definition": entry(properties, "SchemaInline"),
        "DefinitionS3Location": entry(properties, "SchemaUri"),
    }
    expansion.imply(f"{resource.key}Schema", "AWS::AppSync::GraphQLSchema", resource, at, fields(at, schema))
    for name, item in map_of(properties, "ApiKeys").entries.items():
        given = item.value if isinstance(item.value, Fields) else Fields({}, item.key_at)
        key = {
            "ApiId": api,
            "ApiKeyId": entry(given, "ApiKeyId"),
            "Description": entry(given, "Description"),
            "Expires": entry(given, "ExpiresOn"),
        }
        expansion.imply(
            f"{resource.key}{name}", "AWS::AppSync::ApiKey", resource, item.key_at, fields(item.key_at, key)
        )
    if (cache := entry(properties, "Cache")) is not None and isinstance(cache.value, Fields):
        expansion.imply(
            f"{resource.key}ApiCache",
            "AWS::AppSync::ApiCache",
            resource,
            cache.key_at,
            fields(
                cache.key_at,
                {
                    "ApiId": api,
                    **cache.value.entries,
                },
            ),
        )
    if (domain := entry(properties, "DomainName")) is not None and isinstance(domain.value, Fields):
        at, key_ = domain.key_at, f"{resource.key}DomainName"
        expansion.imply(key_, "AWS::AppSync::DomainName", resource, at, domain.value)
        association = {"ApiId": api, "DomainName": Reference(key_, "DomainName", at)}
        expansion.imply(
            f"{key_}ApiAssociation", "AWS::AppSync::DomainNameApiAssociation", resource, at, fields(at, association)
        )
    sources = _data_sources(expansion, resource, api, map_of(properties, "DataSources"))
    functions: dict[str, Value] = {}
    for name, item in map_of(properties, "Functions").entries.items():
        if isinstance(item.value, Fields):
            given_id = value_of(item.value, "Id")
            functions[name] = given_id or Reference(f"{resource.key}{name}", "FunctionId", item.key_at)
            if given_id is None:
                made = _code(
                    expansion,
                    resource,
                    api,
                    item.value,
                    sources,
                    {"Name": entry(item.value, "Name") or name},
                    item.key_at,
                )
                expansion.imply(
                    f"{resource.key}{name}", "AWS::AppSync::FunctionConfiguration", resource, item.key_at, made
                )
    for type_, resolvers in map_of(properties, "Resolvers").entries.items():
        for name, item in resolvers.value.entries.items() if isinstance(resolvers.value, Fields) else ():
            if isinstance(item.value, Fields):
                at = item.key_at
                pipeline = [functions.get(display(part), part) for part in elements(value_of(item.value, "Pipeline"))]
                named = {"TypeName": type_, "FieldName": entry(item.value, "FieldName") or name, "Kind": "PIPELINE"}
                listed = fields(at, {"Functions": Items(pipeline, at)}) if pipeline else None
                made = _code(expansion, resource, api, item.value, sources, {**named, "PipelineConfig": listed}, at)
                expansion.imply(f"{resource.key}{type_}{name}", "AWS::AppSync::Resolver", resource, at, made)


def _code(
    expansion: Expansion,
    resource: Resource,
    api: Value,
    given: Fields,
    sources: dict[str, Value],
    named: dict[str, Entry | Value | str | None],
    at: Span,
) -> Fields:
    source = value_of(given, "DataSource")
    if source is not None and display(source).lower() == "none":
        key = f"{resource.key}NoneDataSource"
        expansion.imply(
            key,
            "AWS::AppSync::DataSource",
            resource,
            source.at,
            fields(source.at, {"ApiId": api, "Name": key, "Type": "NONE"}),
        )
        source = Reference(key, "Name", source.at)
    elif source is not None:
        source = sources.get(display(source), source)
    runtime = value_of(given, "Runtime")
    if isinstance(runtime, Fields):
        runtime = fields(runtime.at, {"Name": entry(runtime, "Name"), "RuntimeVersion": entry(runtime, "Version")})
    return fields(
        at,
        {
            "ApiId": api,
            **named,
            "DataSourceName": source,
            "Code": entry(given, "InlineCode"),
            "CodeS3Location": entry(given, "CodeUri"),
            "Runtime": runtime,
            "Description": entry(given, "Description"),
            "MaxBatchSize": entry(given, "MaxBatchSize"),
        },
    )


def _data_sources(expansion: Expansion, resource: Resource, api: Value, given: Fields) -> dict[str, Value]:
    """Name -> reference to the name of the native data source."""
    found: dict[str, Value] = {}
    for kind, word in (("DynamoDb", "DynamoDB"), ("Lambda", "Lambda")):
        for name, item in map_of(given, kind).entries.items():
            if not isinstance(item.value, Fields):
                continue
            at, settings = item.key_at, item.value
            key = f"{resource.key}{name}{word}DataSource"
            role = entry(settings, "ServiceRoleArn")
            config = (
                _dynamodb(settings, at)
                if kind == "DynamoDb"
                else {"LambdaConfig": fields(at, {"LambdaFunctionArn": entry(settings, "FunctionArn")})}
            )
            expansion.imply(
                key,
                "AWS::AppSync::DataSource",
                resource,
                at,
                fields(
                    at,
                    {
                        "ApiId": api,
                        "Name": entry(settings, "Name") or name,
                        "Type": "AMAZON_DYNAMODB" if kind == "DynamoDb" else "AWS_LAMBDA",
                        "Description": entry(settings, "Description"),
                        "ServiceRoleArn": role or arn_of(f"{key}Role", at),
                        **config,
                    },
                ),
            )
            found[name] = Reference(key, "Name", at)
            if role is None:
                _source_role(expansion, resource, key, settings, at, table=kind == "DynamoDb")
    return found


def _dynamodb(settings: Fields, at: Span) -> dict[str, Fields]:
    region = entry(settings, "Region") or Reference("AWS::Region", None, at)
    passed = {name: entry(settings, name) for name in ("TableName", "UseCallerCredentials", "Versioned")}
    return {
        "DynamoDBConfig": fields(at, {"AwsRegion": region, **passed, "DeltaSyncConfig": entry(settings, "DeltaSync")})
    }


def _source_role(
    expansion: Expansion, resource: Resource, key: str, settings: Fields, at: Span, *, table: bool
) -> None:
    """The role of a data source, with what a connector to its table or function grants."""
    role = f"{key}Role"
    expansion.imply(
        role,
        "AWS::IAM::Role",
        resource,
        at,
        fields(at, {"AssumeRolePolicyDocument": trust("appsync.amazonaws.com", at)}),
    )
    target = value_of(settings, "TableArn" if table else "FunctionArn")
    if target is None and (name := value_of(settings, "TableName")) is not None:
        target = fill(
            "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${Table}", name.at, {"Table": name}
        )
    source = fields(
        at,
        {
            "Type": "AWS::AppSync::DataSource",
            "Arn": Reference(key, "DataSourceArn", at),
            "RoleName": Reference(role, None, at),
        },
    )
    destination = fields(at, {"Type": "AWS::DynamoDB::Table" if table else "AWS::Lambda::Function", "Arn": target})
    access = entry(settings, "Permissions") if table else None
    permissions: Entry | Value = access or (texts(at, "Read", "Write") if table else texts(at, "Write"))
    connector = fields(at, {"Destination": destination, "Permissions": permissions})
    connect(expansion, resource, f"{key}To{'Table' if table else 'Lambda'}Connector", source, connector, at)
