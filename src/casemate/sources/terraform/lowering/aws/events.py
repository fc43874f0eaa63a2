"""Event buses, rules and their targets."""

from __future__ import annotations

from casemate.sources.terraform.lowering.table import Join, Native, Table

NATIVES: dict[str, Native] = {
    "aws_cloudwatch_event_rule": Native(
        "AWS::Events::Rule",
        """
        is_enabled=State:ENABLED description event_bus_name event_pattern name role_arn schedule_expression
        state tags:tags
    """,
    ),
    "aws_cloudwatch_event_bus": Native(
        "AWS::Events::EventBus",
        """
        kms_key_identifier dead_letter_config{ arn } log_config{ include_detail level } name description
        event_source_name tags:tags
    """,
    ),
    "aws_cloudwatch_event_permission": Native(
        "AWS::Events::EventBusPolicy",
        """
        condition=Condition{ key type value } principal statement_id action event_bus_name
    """,
        {"Action": "events:PutEvents"},
    ),
    "aws_cloudwatch_event_bus_policy": Native(
        "AWS::Events::EventBusPolicy",
        """
        policy=Statement event_bus_name
    """,
    ),
    "aws_cloudwatch_event_archive": Native(
        "AWS::Events::Archive",
        """
        name=ArchiveName event_source_arn=SourceArn description event_pattern kms_key_identifier
        retention_days
    """,
    ),
    "aws_cloudwatch_event_connection": Native(
        "AWS::Events::Connection",
        """
        auth_parameters=AuthParameters{ api_key=ApiKeyAuthParameters{ key=ApiKeyName value=ApiKeyValue }
        basic=BasicAuthParameters{ username password } oauth=OAuthParameters{ authorization_endpoint
        http_method client_parameters=ClientParameters{ client_id=ClientID client_secret } } }
        authorization_type name description invocation_connectivity_parameters{ resource_parameters{
        resource_configuration_arn } } kms_key_identifier
    """,
    ),
    "aws_cloudwatch_event_api_destination": Native(
        "AWS::Events::ApiDestination",
        """
        connection_arn http_method invocation_endpoint name description invocation_rate_limit_per_second
    """,
    ),
    "aws_schemas_registry": Native(
        "AWS::EventSchemas::Registry",
        """
        name=RegistryName description tags:tags
    """,
    ),
    "aws_schemas_registry_policy": Native("AWS::EventSchemas::RegistryPolicy", "policy registry_name"),
}

JOINS: dict[str, Join] = {
    "aws_cloudwatch_event_target": Join(
        "rule",
        ("aws_cloudwatch_event_rule",),
        """
        target_id=Id dead_letter_config.arn=DeadLetterConfig.Arn retry_policy=RetryPolicy{
        maximum_event_age_in_seconds maximum_retry_attempts } input_transformer=InputTransformer{
        input_paths=InputPathsMap input_template } kinesis_target=KinesisParameters{ partition_key_path }
        sqs_target=SqsParameters{ message_group_id } http_target=HttpParameters{ header_parameters
        query_string_parameters path_parameter_values } ecs_target=EcsParameters{ task_definition_arn
        task_count launch_type platform_version
        network_configuration=NetworkConfiguration.AwsVpcConfiguration{ assign_public_ip:ENABLED
        security_groups subnets } enable_execute_command } arn input input_path role_arn
    """,
        into="Targets",
    ),
}

TABLE = Table(natives=NATIVES, joins=JOINS)
