"""API Gateway (REST, HTTP and WebSocket) and AppSync."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Items, Literal, Reference, Value, display, references
from casemate.sources.terraform.lowering.blocks import blocks
from casemate.sources.terraform.lowering.notation import shape
from casemate.sources.terraform.lowering.shaping import shaped
from casemate.sources.terraform.lowering.table import Addition, Extra, Join, Native, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.sources.terraform.lowering.declared import Declared
    from casemate.sources.terraform.raw import RawResource

NATIVES: dict[str, Native] = {
    "aws_api_gateway_rest_api": Native(
        "AWS::ApiGateway::RestApi",
        """
        api_key_source=ApiKeySourceType name binary_media_types body description disable_execute_api_endpoint
        endpoint_configuration{ types ip_address_type vpc_endpoint_ids } fail_on_warnings
        minimum_compression_size parameters policy tags:tags
    """,
    ),
    "aws_api_gateway_resource": Native(
        "AWS::ApiGateway::Resource",
        """
        rest_api_id=RestApiId parent_id path_part
    """,
    ),
    "aws_api_gateway_method": Native(
        "AWS::ApiGateway::Method",
        """
        authorization=AuthorizationType http_method resource_id rest_api_id api_key_required
        authorization_scopes authorizer_id operation_name request_models request_parameters
        request_validator_id
    """,
    ),
    "aws_api_gateway_deployment": Native(
        "AWS::ApiGateway::Deployment",
        """
        stage_name=StageName rest_api_id description
    """,
    ),
    "aws_api_gateway_stage": Native(
        "AWS::ApiGateway::Stage",
        """
        xray_tracing_enabled=TracingEnabled access_log_settings=AccessLogSetting{ destination_arn format }
        canary_settings=CanarySetting{ percent_traffic deployment_id stage_variable_overrides use_stage_cache
        } deployment_id rest_api_id stage_name cache_cluster_enabled cache_cluster_size client_certificate_id
        description documentation_version tags:tags variables
    """,
    ),
    "aws_api_gateway_authorizer": Native(
        "AWS::ApiGateway::Authorizer",
        """
        provider_arns=ProviderARNs name rest_api_id authorizer_credentials authorizer_result_ttl_in_seconds
        authorizer_uri identity_source identity_validation_expression type
    """,
        {"Type": "TOKEN", "IdentitySource": "method.request.header.Authorization"},
    ),
    "aws_api_gateway_account": Native(
        "AWS::ApiGateway::Account",
        """
        cloudwatch_role_arn=CloudWatchRoleArn
    """,
    ),
    "aws_api_gateway_api_key": Native(
        "AWS::ApiGateway::ApiKey",
        """
        name customer_id description enabled tags:tags value
    """,
    ),
    "aws_api_gateway_usage_plan": Native(
        "AWS::ApiGateway::UsagePlan",
        """
        name=UsagePlanName quota_settings=Quota{ limit offset period } throttle_settings=Throttle{ burst_limit
        rate_limit } api_stages=ApiStages[ api_id stage ] description tags:tags
    """,
    ),
    "aws_api_gateway_usage_plan_key": Native(
        "AWS::ApiGateway::UsagePlanKey",
        """
        key_id key_type usage_plan_id
    """,
    ),
    "aws_api_gateway_domain_name": Native(
        "AWS::ApiGateway::DomainName",
        """
        domain_name certificate_arn endpoint_configuration{ types ip_address_type } mutual_tls_authentication{
        truststore_uri truststore_version } ownership_verification_certificate_arn regional_certificate_arn
        security_policy tags:tags
    """,
    ),
    "aws_api_gateway_base_path_mapping": Native(
        "AWS::ApiGateway::BasePathMapping",
        """
        api_id=RestApiId stage_name=Stage domain_name base_path
    """,
    ),
    "aws_api_gateway_request_validator": Native(
        "AWS::ApiGateway::RequestValidator",
        """
        name rest_api_id validate_request_body validate_request_parameters
    """,
    ),
    "aws_api_gateway_model": Native(
        "AWS::ApiGateway::Model",
        """
        content_type name rest_api_id description schema
    """,
    ),
    "aws_api_gateway_vpc_link": Native(
        "AWS::ApiGateway::VpcLink",
        """
        name target_arns description tags:tags
    """,
    ),
    "aws_api_gateway_client_certificate": Native(
        "AWS::ApiGateway::ClientCertificate",
        """
        description tags:tags
    """,
    ),
    "aws_api_gateway_gateway_response": Native(
        "AWS::ApiGateway::GatewayResponse",
        """
        response_type rest_api_id response_parameters response_templates status_code
    """,
    ),
    "aws_apigatewayv2_api": Native(
        "AWS::ApiGatewayV2::Api",
        """
        cors_configuration=CorsConfiguration{ allow_credentials allow_headers allow_methods allow_origins
        expose_headers max_age } name protocol_type api_key_selection_expression body credentials_arn
        description disable_execute_api_endpoint fail_on_warnings ip_address_type route_key
        route_selection_expression tags target version
    """,
    ),
    "aws_apigatewayv2_route": Native(
        "AWS::ApiGatewayV2::Route",
        """
        api_id route_key api_key_required authorization_scopes authorization_type authorizer_id
        model_selection_expression operation_name request_models request_parameter=RequestParameters[ required
        ] route_response_selection_expression target
    """,
    ),
    "aws_apigatewayv2_integration": Native(
        "AWS::ApiGatewayV2::Integration",
        """
        timeout_milliseconds=TimeoutInMillis api_id integration_type connection_id connection_type
        content_handling_strategy credentials_arn description integration_method integration_subtype
        integration_uri passthrough_behavior payload_format_version request_parameters request_templates
        template_selection_expression tls_config{ server_name_to_verify }
    """,
    ),
    "aws_apigatewayv2_stage": Native(
        "AWS::ApiGatewayV2::Stage",
        """
        name=StageName api_id access_log_settings{ destination_arn format } auto_deploy client_certificate_id
        default_route_settings{ data_trace_enabled detailed_metrics_enabled logging_level
        throttling_burst_limit throttling_rate_limit } deployment_id description stage_variables tags
    """,
    ),
    "aws_apigatewayv2_authorizer": Native(
        "AWS::ApiGatewayV2::Authorizer",
        """
        identity_sources=IdentitySource api_id authorizer_type name authorizer_credentials_arn
        authorizer_payload_format_version authorizer_result_ttl_in_seconds authorizer_uri
        enable_simple_responses jwt_configuration{ audience issuer }
    """,
    ),
    "aws_apigatewayv2_deployment": Native("AWS::ApiGatewayV2::Deployment", "api_id description"),
    "aws_apigatewayv2_domain_name": Native(
        "AWS::ApiGatewayV2::DomainName",
        """
        domain_name domain_name_configuration=DomainNameConfigurations[ certificate_arn endpoint_type
        security_policy ] mutual_tls_authentication=MutualTlsAuthentication{ truststore_uri truststore_version
        } tags
    """,
    ),
    "aws_apigatewayv2_api_mapping": Native(
        "AWS::ApiGatewayV2::ApiMapping",
        """
        domain_name stage api_id api_mapping_key
    """,
    ),
    "aws_apigatewayv2_vpc_link": Native(
        "AWS::ApiGatewayV2::VpcLink",
        """
        name security_group_ids subnet_ids tags
    """,
    ),
    "aws_appsync_graphql_api": Native(
        "AWS::AppSync::GraphQLApi",
        """
        xray_enabled additional_authentication_provider=AdditionalAuthenticationProviders[ authentication_type
        lambda_authorizer_config=LambdaAuthorizerConfig{ authorizer_result_ttl_in_seconds authorizer_uri
        identity_validation_expression } openid_connect_config=OpenIDConnectConfig{ auth_ttl=AuthTTL client_id
        iat_ttl=IatTTL issuer } user_pool_config=UserPoolConfig{ app_id_client_regex user_pool_id aws_region }
        ] log_config=LogConfig{ cloudwatch_logs_role_arn=CloudWatchLogsRoleArn exclude_verbose_content
        field_log_level } authentication_type name api_type enhanced_metrics_config{
        data_source_level_metrics_behavior operation_level_metrics_config resolver_level_metrics_behavior }
        introspection_config lambda_authorizer_config{ authorizer_uri authorizer_result_ttl_in_seconds
        identity_validation_expression } merged_api_execution_role_arn
        openid_connect_config=OpenIDConnectConfig{ issuer auth_ttl=AuthTTL client_id iat_ttl=IatTTL }
        query_depth_limit resolver_count_limit tags:tags user_pool_config{ default_action user_pool_id
        app_id_client_regex aws_region } visibility
    """,
    ),
    "aws_appsync_datasource": Native(
        "AWS::AppSync::DataSource",
        """
        lambda_config=LambdaConfig{ function_arn=LambdaFunctionArn } api_id name type description
        dynamodb_config=DynamoDBConfig{ table_name delta_sync_config{ delta_sync_table_name
        base_table_ttl=BaseTableTTL delta_sync_table_ttl=DeltaSyncTableTTL } use_caller_credentials versioned
        } elasticsearch_config{ endpoint } event_bridge_config{ event_bus_arn } http_config{ endpoint
        authorization_config{ authorization_type aws_iam_config{ signing_region signing_service_name } } }
        opensearchservice_config=OpenSearchServiceConfig{ endpoint } service_role_arn
    """,
    ),
    "aws_appsync_resolver": Native(
        "AWS::AppSync::Resolver",
        """
        type=TypeName field=FieldName data_source=DataSourceName request_template=RequestMappingTemplate
        response_template=ResponseMappingTemplate api_id caching_config{ caching_keys ttl } code kind
        max_batch_size pipeline_config{ functions } runtime{ name runtime_version } sync_config{
        conflict_detection conflict_handler lambda_conflict_handler_config{ lambda_conflict_handler_arn } }
    """,
    ),
    "aws_appsync_api": Native(
        "AWS::AppSync::Api",
        """
        name owner_contact tags event_config{ auth_provider=AuthProviders[ auth_type cognito_config{ app_id_client_regex
        aws_region user_pool_id } lambda_authorizer_config{ authorizer_uri authorizer_result_ttl_in_seconds
        identity_validation_expression } openid_connect_config=OpenIDConnectConfig{ auth_ttl=AuthTTL client_id
        iat_ttl=IatTTL issuer } ] connection_auth_mode=ConnectionAuthModes[ auth_type ]
        default_publish_auth_mode=DefaultPublishAuthModes[ auth_type ]
        default_subscribe_auth_mode=DefaultSubscribeAuthModes[ auth_type ] log_config{ cloudwatch_logs_role_arn
        log_level } }
    """,
    ),
    "aws_appsync_channel_namespace": Native(
        "AWS::AppSync::ChannelNamespace",
        """
        api_id name code_handlers tags publish_auth_mode=PublishAuthModes[ auth_type ]
        subscribe_auth_mode=SubscribeAuthModes[ auth_type ] handler_configs{ on_publish{ behavior integration{
        data_source_name lambda_config{ invoke_type } } } on_subscribe{ behavior integration{ data_source_name
        lambda_config{ invoke_type } } } }
    """,
    ),
    "aws_appsync_api_key": Native("AWS::AppSync::ApiKey", "api_id description expires"),
}

JOINS: dict[str, Join] = {
    "aws_api_gateway_rest_api_policy": Join("rest_api_id", ("aws_api_gateway_rest_api",), "policy"),
}

_INTEGRATION = """
    type integration_http_method uri credentials connection_type connection_id content_handling passthrough_behavior
    request_parameters request_templates timeout_milliseconds=TimeoutInMillis cache_key_parameters cache_namespace
    integration_target response_transfer_mode
"""
_SETTINGS = """
    logging_level data_trace_enabled metrics_enabled throttling_burst_limit:positive throttling_rate_limit:positive
    caching_enabled cache_data_encrypted cache_ttl_in_seconds
"""


def _integration(raw: RawResource, arguments: Fields, declared: Declared) -> Iterator[Addition | Extra]:
    """The integration of a method: CloudFormation has it inside of the method."""
    properties = shaped(shape(_INTEGRATION), arguments)
    for method in _methods(raw, arguments, declared):
        yield method.address, Fields({"Integration": Entry(raw.at, Fields(properties.entries, raw.body))}, raw.at)


def _integration_response(raw: RawResource, arguments: Fields, declared: Declared) -> Iterator[Addition | Extra]:
    """One answer of an integration: CloudFormation lists them inside of the method's integration."""
    properties = shaped(shape("status_code response_parameters response_templates selection_pattern"), arguments)
    answer = Entry(raw.at, Items([Fields(properties.entries, raw.body)], raw.body))
    for method in _methods(raw, arguments, declared):
        section = Fields({"IntegrationResponses": answer}, raw.body)
        yield method.address, Fields({"Integration": Entry(raw.at, section)}, raw.at)


def _methods(raw: RawResource, arguments: Fields, declared: Declared) -> Iterator[RawResource]:
    verb = raw.attributes.get("http_method")
    named = list(declared.named_by(verb, ("aws_api_gateway_method",)))
    if named:
        yield from named
        return
    place_ = _target(raw.attributes.get("resource_id"))
    verb = arguments.get("http_method")
    for method in declared.of_type("aws_api_gateway_method"):
        other = method.attributes.get("http_method")
        same = verb is not None and other is not None and display(verb) == display(other)
        if same and place_ is not None and _target(method.attributes.get("resource_id")) == place_:
            yield method


def _target(value: Value | None) -> tuple[str, str | None] | None:
    found = next(references(value), None) if value is not None else None
    return None if found is None else (found.target, found.attribute)


def _method_settings(raw: RawResource, arguments: Fields, declared: Declared) -> Iterator[Addition | Extra]:
    """Settings of methods (`*/*`: of all): in the list of the stage, or of the stage that a deployment makes."""
    for settings in blocks(arguments.get("settings")):
        properties = dict(shaped(shape(_SETTINGS), settings).entries)
        path = arguments.entries.get("method_path")
        if path is not None:
            where, _, verb = display(path.value).rpartition("/")
            properties["ResourcePath"] = Entry(
                path.key_at, Literal(f"/{where}".replace("/~1", "/").replace("//", "/"), path.value.at)
            )
            properties["HttpMethod"] = Entry(path.key_at, Literal(verb, path.value.at))
        element = Entry(settings.at, Items([Fields(properties, settings.at)], settings.at))
        named = raw.attributes.get("stage_name")
        for stage in declared.named_by(named, ("aws_api_gateway_stage",)):
            yield stage.address, Fields({"MethodSettings": element}, settings.at)
        for deployment in declared.named_by(named, ("aws_api_gateway_deployment",)):
            section = Fields({"MethodSettings": element}, settings.at)
            yield deployment.address, Fields({"StageDescription": Entry(settings.at, section)}, settings.at)


def _route_settings(raw: RawResource, arguments: Fields, _: Declared) -> Iterator[Addition | Extra]:
    """Settings by route: a list of blocks in Terraform, a map by route key in CloudFormation."""
    text = "data_trace_enabled detailed_metrics_enabled logging_level throttling_burst_limit throttling_rate_limit"
    tree: dict[str, Entry] = {}
    for block in blocks(arguments.get("route_settings")):
        key = block.entries.get("route_key")
        if key is not None:
            tree[display(key.value)] = Entry(key.value.at, shaped(shape(text), block))
    if tree:
        yield raw.address, Fields({"RouteSettings": Entry(raw.at, Fields(tree, raw.at))}, raw.at)


def _schema(raw: RawResource, arguments: Fields, _: Declared) -> Iterator[Addition | Extra]:
    """The schema, which CloudFormation has as a resource of its own."""
    schema = arguments.entries.get("schema")
    if schema is not None:
        api = Entry(schema.key_at, Reference(raw.address, "ApiId", schema.key_at))
        yield Extra("AWS::AppSync::GraphQLSchema", "schema", Fields({"ApiId": api, "Definition": schema}, raw.body))


TABLE = Table(
    natives=NATIVES,
    joins=JOINS,
    more={
        "aws_api_gateway_integration": _integration,
        "aws_api_gateway_integration_response": _integration_response,
        "aws_api_gateway_method_settings": _method_settings,
        "aws_apigatewayv2_stage": _route_settings,
        "aws_appsync_graphql_api": _schema,
    },
)
