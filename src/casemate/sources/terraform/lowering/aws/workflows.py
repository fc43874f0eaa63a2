"""State machines, schedules and pipes."""

from __future__ import annotations

from casemate.sources.terraform.lowering.table import Native, Table

NATIVES: dict[str, Native] = {
    "aws_sfn_state_machine": Native(
        "AWS::StepFunctions::StateMachine",
        """
        name=StateMachineName definition=DefinitionString type=StateMachineType
        logging_configuration=LoggingConfiguration{ include_execution_data level }
        logging_configuration=LoggingConfiguration.Destinations[
        log_destination=CloudWatchLogsLogGroup.LogGroupArn ]
        tracing_configuration.enabled=TracingConfiguration.Enabled
        encryption_configuration=EncryptionConfiguration{ kms_key_id kms_data_key_reuse_period_seconds type }
        role_arn tags:tags
    """,
    ),
    "aws_sfn_activity": Native(
        "AWS::StepFunctions::Activity",
        """
        name encryption_configuration{ kms_data_key_reuse_period_seconds kms_key_id type } tags:tags
    """,
    ),
    "aws_sfn_alias": Native(
        "AWS::StepFunctions::StateMachineAlias",
        """
        name routing_configuration[ state_machine_version_arn weight ] description
    """,
    ),
    "aws_scheduler_schedule": Native(
        "AWS::Scheduler::Schedule",
        """
        target=Target{ arn role_arn input dead_letter_config.arn=DeadLetterConfig.Arn
        retry_policy=RetryPolicy{ maximum_event_age_in_seconds maximum_retry_attempts }
        ecs_parameters=EcsParameters{ task_definition_arn launch_type
        network_configuration=NetworkConfiguration.AwsvpcConfiguration{ assign_public_ip security_groups
        subnets } task_count platform_version } eventbridge_parameters=EventBridgeParameters{ detail_type
        source } kinesis_parameters=KinesisParameters{ partition_key } sqs_parameters=SqsParameters{
        message_group_id } } flexible_time_window{ mode maximum_window_in_minutes } schedule_expression
        description end_date group_name kms_key_arn name schedule_expression_timezone start_date state
    """,
    ),
    "aws_scheduler_schedule_group": Native("AWS::Scheduler::ScheduleGroup", "name tags:tags"),
    "aws_pipes_pipe": Native(
        "AWS::Pipes::Pipe",
        """
        role_arn source target description desired_state enrichment enrichment_parameters{ http_parameters{
        header_parameters path_parameter_values query_string_parameters } input_template } kms_key_identifier
        log_configuration{ level cloudwatch_logs_log_destination{ log_group_arn } firehose_log_destination{
        delivery_stream_arn } include_execution_data s3_log_destination{ bucket_name bucket_owner
        output_format prefix } } name source_parameters{ activemq_broker_parameters=ActiveMQBrokerParameters{
        credentials{ basic_auth } queue_name batch_size maximum_batching_window_in_seconds }
        dynamodb_stream_parameters=DynamoDBStreamParameters{ starting_position batch_size dead_letter_config{
        arn } maximum_batching_window_in_seconds maximum_record_age_in_seconds maximum_retry_attempts
        on_partial_batch_item_failure parallelization_factor } filter_criteria{ filter=Filters[ pattern ] }
        kinesis_stream_parameters{ starting_position batch_size dead_letter_config{ arn }
        maximum_batching_window_in_seconds maximum_record_age_in_seconds maximum_retry_attempts
        on_partial_batch_item_failure parallelization_factor starting_position_timestamp }
        managed_streaming_kafka_parameters{ topic_name batch_size consumer_group_id=ConsumerGroupID
        credentials{ client_certificate_tls_auth sasl_scram_512_auth } maximum_batching_window_in_seconds
        starting_position } rabbitmq_broker_parameters=RabbitMQBrokerParameters{ credentials{ basic_auth }
        queue_name batch_size maximum_batching_window_in_seconds virtual_host } self_managed_kafka_parameters{
        topic_name additional_bootstrap_servers batch_size consumer_group_id=ConsumerGroupID credentials{
        basic_auth client_certificate_tls_auth sasl_scram_256_auth sasl_scram_512_auth }
        maximum_batching_window_in_seconds server_root_ca_certificate starting_position vpc{ subnets } }
        sqs_queue_parameters{ batch_size maximum_batching_window_in_seconds } } tags target_parameters{
        batch_job_parameters{ job_definition job_name array_properties{ size } container_overrides{ command
        environment[ name value ] instance_type resource_requirement=ResourceRequirements[ type value ] }
        depends_on[ job_id type ] parameters retry_strategy{ attempts } }
        cloudwatch_logs_parameters=CloudWatchLogsParameters{ log_stream_name timestamp } ecs_task_parameters{
        task_definition_arn capacity_provider_strategy[ capacity_provider base weight ]
        enable_ecs_managed_tags=EnableECSManagedTags enable_execute_command group launch_type
        network_configuration{ aws_vpc_configuration=AwsvpcConfiguration{ assign_public_ip security_groups
        subnets } } overrides{ container_override=ContainerOverrides[ command cpu environment[ name value ]
        environment_file=EnvironmentFiles[ type value ] memory memory_reservation name
        resource_requirement=ResourceRequirements[ type value ] ] cpu ephemeral_storage{ size_in_gib=SizeInGiB
        } execution_role_arn inference_accelerator_override=InferenceAcceleratorOverrides[ device_name
        device_type ] memory task_role_arn } placement_constraint=PlacementConstraints[ expression type ]
        placement_strategy[ field type ] platform_version propagate_tags reference_id tags:tags task_count }
        eventbridge_event_bus_parameters=EventBridgeEventBusParameters{ detail_type endpoint_id resources
        source time } http_parameters{ header_parameters path_parameter_values query_string_parameters }
        input_template kinesis_stream_parameters{ partition_key } lambda_function_parameters{ invocation_type
        } redshift_data_parameters{ database sqls db_user secret_manager_arn statement_name with_event }
        sqs_queue_parameters{ message_deduplication_id message_group_id }
        step_function_state_machine_parameters{ invocation_type } }
    """,
    ),
}

TABLE = Table(natives=NATIVES)
